import Foundation
import SQLite
import Testing

/// What is refused to somebody who has no session is on record: one entry a source and minute.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct RefusalTests {
    @Test func `a thousand refusals are a handful of entries with their count, reason and source`()
        throws
    {
        let clocked = try ClockedSchool()
        let lead = try safeguardingLead(clocked)
        let school = clocked.school
        try refuseStrangers(school)
        try refuse(endedSessionOf: lead)
        leaveNoTrace(try unlogged(school))
        clocked.pass(.seconds(60))
        // Who is refused is counted by the minute: the next start enters what is over.
        try clocked.restart()
        try lead.signIn("lead@whitetrees.example")
        try lead.elevate()
        let entries = try lead.get("/v1/access-log?decision=deny&limit=200").items
        let shown = Set(
            entries.map { entry in
                ["action", "reason", "address", "count"].map { "\(entry[$0] ?? "")" }
                    .joined(separator: " ")
            }
        )
        #expect(entries.count == 6)
        #expect(
            shown == [
                "useSession not-authenticated 127.0.0.1 1006",
                "useSession not-authenticated 127.0.0.2 1",
                "useSession session-expired 127.0.0.1 4",
                "makeRequest cross-site 127.0.0.1 2",
                "makeRequest misdirected 127.0.0.1 2",
                "setPassword reset-expired 127.0.0.1 2",
            ]
        )
        for entry in entries {
            let actor = (entry["actor"] as? [String: Any])?["id"] as? String
            #expect(actor?.hasPrefix("unknown:") == true && entry["session"] is NSNull)
            #expect(entry["elevated"] as? Bool == false)
            #expect(entry["resource"] as? String == #"School::"school""#)
        }
    }

    @Test func `the first of a minute outlives kill -9, and all of them an orderly end`() throws {
        let school = try RunningSchool()
        _ = try school.found()
        try school.start()
        for _ in 0..<3 { #expect(try Person(school).get("/v1/incidents").status == 401) }
        school.kill()
        let kept = try counted(school)
        #expect((1...3).contains(kept))
        try school.start()
        #expect(try statuses(school, count: 100) == [401: 100])
        #expect(school.stop() == 0)
        #expect(try counted(school) == kept + 100)
    }

    @Test func `what cannot be put on record is not answered`() throws {
        let school = try RunningSchool()
        _ = try school.found()
        try school.start()
        let other = try Connection(path: school.database, access: .writing)
        try other.run("BEGIN IMMEDIATE")
        // The later two wait for the first one's entry.
        let refused = try statuses(school, count: 3, arguments: ["--parallel"])
        #expect(refused == [503: 3])
        #expect(try Person(school).get("/healthz").status == 200)
        try other.run("ROLLBACK")
        #expect(try Person(school).get("/v1/incidents").problem == "not-authenticated")
    }

    @Test func `somebody with many addresses is one source past those that are kept apart`()
        throws
    {
        let clocked = try ClockedSchool()
        let school = clocked.school
        let requests = (0..<300).map { number in
            """
            url = "\(school.address)/v1/incidents"
            cacert = "\(school.certificate)"
            interface = "127.0.\(number / 200).\(number % 200 + 2)"
            output = "/dev/null"
            """
        }
        let list = school.folder + "/requests"
        try Data(requests.joined(separator: "\nnext\n").utf8).write(to: URL(fileURLWithPath: list))
        try Tool.run("curl", ["-sS", "--config", list])
        school.stop()
        let connection = try Connection(path: school.database, access: .writing)
        let counts = try connection.all(
            "SELECT source, count FROM access_log_tally ORDER BY count DESC"
        ) { ($0.text(0), Int($0.int(1))) }
        #expect(counts.count == 257 && counts.first?.0 == "others" && counts.first?.1 == 44)
    }

    private func safeguardingLead(_ clocked: ClockedSchool) throws -> Person {
        let address = "lead@whitetrees.example"
        try clocked.administrator.elevate()
        let invited = try clocked.administrator.post(
            "/v1/staff",
            #"{"email":"\#(address)","name":"Lead Person","roles":["staff","dsl"]}"#
        )
        let lead = Person(clocked.school)
        try lead.redeem(try clocked.school.link(to: address))
        try lead.signIn(address)
        try lead.enrol(try #require(invited["enrolmentCode"] as? String))
        return lead
    }

    private func refuseStrangers(_ school: RunningSchool) throws {
        let stranger = Person(school)
        #expect(try statuses(school, count: 1_000) == [401: 1_000])
        let other = try stranger.call("GET", "/v1/alerts", from: "127.0.0.2")
        #expect(other.status == 401)
        let pretended = "Authorization: Bearer \(String(repeating: "A", count: 43))"
        for _ in 0..<2 {
            // Before the writer, on a snapshot, and by the writer.
            let calls = [("POST", []), ("GET", [pretended]), ("POST", [pretended])]
            for (method, headers) in calls {
                let body = method == "GET" ? nil : Data("{}".utf8)
                let path = "/v1/incidents"
                let answer = try stranger.call(method, path, body, headers: headers)
                #expect(answer.problem == "not-authenticated")
            }
            let site = ["Sec-Fetch-Site: cross-site"]
            let foreign = try stranger.call("POST", "/v1/session", Data("{}".utf8), headers: site)
            #expect(foreign.problem == "cross-site")
            let host = ["Host: elsewhere.example"]
            let misdirected = try stranger.call("GET", "/v1/incidents", headers: host)
            #expect(misdirected.problem == "misdirected")
            let link = try stranger.post(
                "/v1/password-resets/redeem",
                #"{"token":"no-such-token","password":"\#(RunningSchool.password)"}"#
            )
            #expect(link.problem == "reset-expired")
        }
    }

    private func refuse(endedSessionOf person: Person) throws {
        #expect(try person.call("DELETE", "/v1/session").status == 204)
        for _ in 0..<2 {
            #expect(try person.get("/v1/session").problem == "session-expired")
            #expect(try person.post("/v1/session/lock").problem == "session-expired")
        }
    }

    /// Requests that tell nothing of the school, or are for nothing that is there.
    private func unlogged(_ school: RunningSchool) throws -> [Int] {
        let stranger = Person(school)
        let foreign = ["Host: elsewhere.example"]
        return try [
            stranger.get("/healthz"), stranger.get("/readyz"), stranger.get("/v1/password-rules"),
            stranger.get("/nothing"), stranger.post("/healthz"),
            stranger.call("GET", "/healthz", headers: foreign),
            stranger.call("GET", "/nothing", headers: foreign),
        ].map(\.status)
    }

    private func leaveNoTrace(_ statuses: [Int]) {
        #expect(statuses == [200, 200, 200, 404, 405, 421, 421])
    }

    /// How often each status was the answer to so many requests without a session.
    private func statuses(
        _ school: RunningSchool,
        count: Int,
        arguments: [String] = []
    ) throws -> [Int: Int] {
        let printed = try Tool.run(
            "curl",
            [
                "-sS", "--cacert", school.certificate, "-o", "/dev/null", "-w", "%{http_code}\n",
                "\(school.address)/v1/incidents?limit=[1-\(count)]",
            ] + arguments
        )
        let codes = String(decoding: printed, as: UTF8.self).split(separator: "\n")
        return Dictionary(codes.compactMap { Int($0) }.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// The refusals that the file knows of, entered or not.
    private func counted(_ school: RunningSchool) throws -> Int {
        let connection = try Connection(path: school.database, access: .writing)
        return try #require(
            try connection.first(
                """
                SELECT (SELECT coalesce(sum(count), 0) FROM access_log
                        WHERE reason = 'not-authenticated')
                    + (SELECT coalesce(sum(count), 0) FROM access_log_tally)
                """
            ) { Int($0.int(0)) }
        )
    }
}
