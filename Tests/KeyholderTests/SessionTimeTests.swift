import Foundation
import Testing

/// When sessions and elevations end, by a clock that stands still until the test moves it.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct SessionTimeTests {
    private let clocked: ClockedSchool
    private var person: Person { clocked.administrator }

    init() throws { clocked = try ClockedSchool() }

    private func pass(_ duration: Duration) { clocked.pass(duration) }

    /// Does something, and lets the rest of ten minutes but one pass, so many times.
    private func work(minutes: Int) throws {
        for _ in 0..<(minutes / 9) {
            pass(.seconds(9 * 60))
            #expect(try person.get("/v1/authenticator").status == 200)
        }
    }

    @Test func `ten minutes without activity end a session, at the second`() throws {
        try person.signIn(RunningSchool.administrator)
        pass(.seconds(599))
        let watched = try person.get("/v1/session")
        #expect(watched.status == 200 && watched["idleTimeoutSeconds"] as? Int == 600)
        #expect(watched["idleSecondsLeft"] as? Int == 1)
        pass(.milliseconds(999))
        // Neither a look at the session nor a page that polls is somebody who is there.
        let polled = try person.call("GET", "/v1/authenticator", headers: ["X-Background: 1"])
        #expect(polled.status == 200)
        let typed = try person.call(
            "POST",
            "/v1/session/activity",
            headers: ["X-Background: 1"]
        )
        #expect(typed.status == 204)
        #expect(try person.get("/v1/session").status == 200)
        pass(.milliseconds(1))
        for path in ["/v1/session", "/v1/authenticator"] {
            let ended = try person.get(path)
            #expect(ended.status == 401 && ended.problem == "session-expired")
            #expect(ended.headers["www-authenticate"] == "Bearer error=\"invalid_token\"")
        }
        // Nor does it come back, and a day later nobody knows what it was.
        pass(.seconds(86_400) - .milliseconds(1))
        #expect(try person.get("/v1/session").problem == "session-expired")
        pass(.milliseconds(1))
        #expect(try person.get("/v1/session").problem == "not-authenticated")
    }

    @Test func `each act begins the ten minutes anew, and twelve hours are the end of it`() throws {
        try person.signIn(RunningSchool.administrator)
        try work(minutes: 711)
        pass(.seconds(540) - .milliseconds(1))
        #expect(try person.get("/v1/authenticator").status == 200)
        pass(.milliseconds(1))
        #expect(try person.get("/v1/authenticator").problem == "session-expired")
    }

    @Test func `an elevation ends after an hour of work, and the session goes on`() throws {
        try person.elevate()
        try work(minutes: 54)
        pass(.seconds(360) - .milliseconds(1))
        #expect(try person.get("/v1/staff").status == 200)
        #expect(try person.get("/v1/session")["elevated"] as? Bool == true)
        pass(.milliseconds(1))
        let asked = try person.get("/v1/staff")
        #expect(asked.status == 401 && asked.problem == "elevation-required")
        let session = try person.get("/v1/session")
        #expect(session.status == 200 && session["elevated"] as? Bool == false)
        #expect(session["elevatedUntil"] is NSNull)
    }

    @Test func `idling ends an elevation with its session`() throws {
        try person.elevate()
        pass(.seconds(600))
        #expect(try person.get("/v1/staff").problem == "session-expired")
    }
}
