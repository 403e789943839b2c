import Crypto
import Foundation
import SQLite
import Testing

/// What is wrong with a request is told by name, and the store does not hear of it.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct BadInputTests {
    /// A body that is no incident, and what it is told.
    private struct Case {
        let what: String
        let body: Data
        let status: Int
        let problem: String
        let fields: [String]
    }

    @Test func `bad input gets the right problem, stores nothing, and the service stays up`() throws
    {
        let staffed = try StaffedSchool()
        let teacher = staffed.teacher
        for bad in try unreadable(staffed) + unacceptable(staffed) {
            let answer = try teacher.call("POST", "/v1/incidents", bad.body)
            #expect(answer.status == bad.status, "\(bad.what): \(answer.text)")
            #expect(answer.problem == bad.problem, "\(bad.what): \(answer.text)")
            #expect(answer.fields == bad.fields, "\(bad.what): \(answer.text)")
        }
        try misdirected(staffed)
        try flooded(staffed)
        try unidentified(staffed)

        #expect(try teacher.get("/v1/incidents").items.isEmpty)
        #expect(try teacher.get("/healthz").status == 200)
        #expect(try teacher.get("/readyz").status == 200)
        // What the school could have come to hold by mistake, no list would have to show.
        #expect(staffed.school.stop() == 0)
        let connection = try Connection(path: staffed.school.database, access: .writing)
        let stored = try connection.first(
            """
            SELECT (SELECT count(*) FROM incident) + (SELECT count(*) FROM incident_key)
                + (SELECT count(*) FROM incident_action) + (SELECT count(*) FROM alert)
            """
        ) { $0.int(0) }
        #expect(stored == 0)
    }

    private func unreadable(_ staffed: StaffedSchool) throws -> [Case] {
        let good = try staffed.incident()
        let text = String(decoding: good, as: UTF8.self)
        var badUTF8 = good
        let crying = try #require(badUTF8.range(of: Data("crying".utf8)))
        badUTF8.replaceSubrange(crying, with: [0x63, 0xC3, 0x28])
        let bodies: [(String, Data)] = [
            ("malformed JSON", Data(text.dropLast().utf8)),
            ("bytes after the end", Data((text + "x").utf8)),
            ("a key twice", Data((text.dropLast() + #","urgent":true,"urgent":true}"#).utf8)),
            ("bad UTF-8", badUTF8),
            ("too deep", Data(String(repeating: "[", count: 100_000).utf8)),
            ("too many values", BadInputTests.values(10_001)),
            ("110,000 keys", BadInputTests.keys(110_000)),
        ]
        return bodies.map {
            Case(what: $0, body: $1, status: 400, problem: "bad-request", fields: [])
        } + [
            Case(
                what: "2 MB",
                body: Data(repeating: 0x20, count: 2 << 20),
                status: 413,
                problem: "too-large",
                fields: []
            )
        ]
    }

    private func unacceptable(_ staffed: StaffedSchool) throws -> [Case] {
        let future = StaffedSchool.time(daysFromNow: 1)
        let bodies: [(String, Data, [String])] = [
            ("an unknown field", try staffed.incident(["mood": 1]), ["mood"]),
            ("a wrong type", try staffed.incident(["urgent": "yes"]), ["urgent"]),
            ("a wrong type", try staffed.incident(["narrative": 7]), ["narrative"]),
            ("a wrong type", try staffed.incident(["linkedPupils": "x"]), ["linkedPupils"]),
            ("no narrative", try staffed.incident(without: "narrative"), ["narrative"]),
            ("no time", try staffed.incident(without: "occurredAt"), ["occurredAt"]),
            ("no category", try staffed.incident(without: "categories"), ["categories"]),
            ("nobody it is about", try staffed.incident(without: "pupil"), ["pupil"]),
            ("a blank narrative", try staffed.incident(["narrative": " \n"]), ["narrative"]),
            ("an unknown pupil", try staffed.incident(["pupil": "0000000000001"]), ["pupil"]),
            ("a colleague nobody is", try staffed.incident(["alert": ["x"]]), ["alert[0]"]),
            ("a file nobody has", try staffed.incident(["files": ["x"]]), ["files[0]"]),
            ("a future date", try staffed.incident(["occurredAt": future]), ["occurredAt"]),
            ("no date", try staffed.incident(["occurredAt": "23/11/2026"]), ["occurredAt"]),
            (
                "nine categories",
                try staffed.incident(["categories": [String](repeating: "1", count: 9)]),
                ["categories"]
            ),
            (
                "two things at once", try staffed.incident(["mood": 1, "urgent": 1]),
                ["urgent", "mood"]
            ),
        ]
        return bodies.map {
            Case(what: $0, body: $1, status: 422, problem: "validation", fields: $2)
        }
    }

    /// An object of this many values, itself and a list of it among them.
    private static func values(_ count: Int) -> Data {
        Data("{\"x\":[\(repeatElement("0", count: count - 2).joined(separator: ","))]}".utf8)
    }

    /// An object of keys that nobody asked for.
    private static func keys(_ count: Int) -> Data {
        let keys = (0..<count).map { "\"\(String($0, radix: 36))\":1" }
        return Data("{\(keys.joined(separator: ","))}".utf8)
    }

    /// A body of nothing but mistakes costs no answer of several times its size, and one that
    /// anybody may send is small.
    private func flooded(_ staffed: StaffedSchool) throws {
        let teacher = staffed.teacher
        let most = try teacher.call("POST", "/v1/incidents", BadInputTests.values(10_000))
        #expect(most.status == 422 && most.fields.contains("x"))
        let stranger = Person(staffed.school)
        let answer = try stranger.call("POST", "/v1/session", BadInputTests.keys(1_000))
        #expect(answer.status == 422 && answer.problem == "validation")
        #expect(answer.list("errors").count == 100)
        for path in ["/v1/session", "/v1/password-resets", "/v1/password-resets/redeem"] {
            let space = String(repeating: " ", count: (16 << 10) - 2)
            #expect(try stranger.post(path, "{\(space)}").status == 422)
            let long = try stranger.post(path, "{ \(space)}")
            #expect(long.status == 413 && long.problem == "too-large")
        }
    }

    /// Another host's name, and numbers that are none.
    private func misdirected(_ staffed: StaffedSchool) throws {
        let host = try staffed.teacher.call(
            "POST",
            "/v1/incidents",
            try staffed.incident(),
            headers: ["Host: elsewhere.example"]
        )
        #expect(host.status == 421 && host.problem == "misdirected")
        let right = IncidentNumber(value: 1_234_567).digits
        let wrong = (0...9).map { right.dropLast() + "\($0)" }.filter { $0 != right }
        for number in wrong {
            let answer = try staffed.teacher.get("/v1/incidents/\(number)")
            #expect(answer.status == 422 && answer.problem == "validation", "\(number)")
        }
        for number in [right, "1234567", "123456789", "12345678x"] {
            let answer = try staffed.teacher.get("/v1/incidents/\(number)")
            #expect(answer.status == 404 && answer.problem == "not-found", "\(number)")
        }
    }

    /// Codes, passwords and tokens that are not, or no longer, good.
    private func unidentified(_ staffed: StaffedSchool) throws {
        let leader = staffed.leader
        for form in [#"{"code":123456}"#, #"{"code":"12345"}"#, #"{"code":"１２３４５６"}"#, "{}"] {
            let answer = try leader.post("/v1/session/elevation", form)
            #expect(answer.status == 422 && answer.fields == ["code"], "\(form): \(answer.text)")
        }
        let wrong = try leader.post(
            "/v1/session/elevation",
            #"{"code":"\#(try leader.wrongCode())"}"#
        )
        #expect(wrong.status == 401 && wrong.problem == "invalid-code")
        let none = try staffed.teacher.post("/v1/session/elevation", #"{"code":"123456"}"#)
        #expect(none.problem == "forbidden" || none.problem == "no-authenticator", "\(none.text)")

        let stranger = Person(staffed.school)
        let nobody = try stranger.call("POST", "/v1/incidents", try staffed.incident())
        #expect(nobody.status == 401 && nobody.problem == "not-authenticated")
        for address in ["teacher@whitetrees.example", "nobody@whitetrees.example"] {
            let body = #"{"email":"\#(address)","password":"Not-The-Password-1"}"#
            let answer = try stranger.post("/v1/session", body)
            #expect(answer.status == 401 && answer.problem == "invalid-credentials")
        }
        stranger.token = String(repeating: "A", count: 43)
        let unknown = try stranger.call("POST", "/v1/incidents", try staffed.incident())
        #expect(unknown.status == 401 && unknown.problem == "not-authenticated")

        #expect(try staffed.colleague.call("DELETE", "/v1/session").status == 204)
        let ended = try staffed.colleague.call("POST", "/v1/incidents", try staffed.incident())
        #expect(ended.status == 401 && ended.problem == "session-expired")
    }
}
