import Foundation
import SQLite
import Testing

/// Guessing from outside: in parallel, in many spellings, from pretended addresses, past `kill -9`.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct ThrottleTests {
    private static let address = RunningSchool.administrator

    @Test func `of 500 parallel guesses five are evaluated, and the wait survives kill -9`() throws
    {
        // So long that no machine is so slow that it is over.
        let school = try RunningSchool.founded(firstWait: 3_600).school
        let own = try device(of: ThrottleTests.address, school)
        var answers = try guess(
            (0..<500).map { turn in
                // One login in many spellings, from addresses that a client makes up.
                let spelling = turn % 2 == 0 ? "Office@WhiteTrees.example" : ThrottleTests.address
                return (spelling, "X-Forwarded-For: 203.0.113.\(turn % 250)")
            },
            school
        )
        // Unknown addresses wait like known ones.
        let nobody = Array(repeating: ("nobody@whitetrees.example", "X-A: b"), count: 20)
        answers += try guess(nobody, school)
        #expect(answers.count == 520 && answers.allSatisfy { [401, 429, 503].contains($0) })
        for address in [ThrottleTests.address, "nobody@whitetrees.example"] {
            // A machine that is too busy for five hashes in time turns an attempt away, uncounted.
            var last: [Int] = []
            for _ in 0...5 where last != [429] {
                last = try guess([(address, "X-A: b")], school)
                answers += last
            }
        }
        #expect(answers.count { $0 == 401 } == 10)

        school.kill()
        try school.start()
        let stranger = Person(school)
        let refused = try signIn(by: stranger)
        #expect(refused.status == 429 && refused.problem == "throttled")
        let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
        #expect((1...3_600).contains(wait))
        // A person's own device does not wait at all.
        #expect(try signIn(by: stranger, headers: ["Cookie: __Host-device=\(own)"]).status == 201)
        try counted(answers.count { $0 == 429 } + 1, school)
    }

    @Test func `wrong codes and their wait survive kill -9, and passwords do not wait with them`()
        throws
    {
        let (school, person) = try RunningSchool.founded(firstWait: 3_600)
        let wrong = #"{"code":"\#(try person.wrongCode())"}"#
        let path = "/v1/session/elevation"
        for _ in 0..<5 { #expect(try person.post(path, wrong).problem == "invalid-code") }
        #expect(try person.post(path, wrong).problem == "throttled")
        school.kill()
        try school.start()
        let right = #"{"code":"\#(try person.code())"}"#
        let elsewhere = try person.another(ThrottleTests.address)
        for (somebody, body) in [(person, right), (person, wrong), (elsewhere, right)] {
            let refused = try somebody.post(path, body)
            #expect(refused.status == 429 && refused.problem == "throttled", "\(refused.text)")
            let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
            #expect((1...3_600).contains(wait))
        }
    }

    @Test func `a forwarded-for header counts only as the last word of a configured proxy`() throws
    {
        let school = try RunningSchool()
        try replace("policies/rules.json", of: school) { _ in
            #"{"throttle": {"sourceFailuresPer10Minutes": 3}}"#
        }
        _ = try school.found()
        try school.start()
        let claims = (0..<6).map { ["X-Forwarded-For: 203.0.113.\($0)"] }
        let claimed = try statuses(claims, school)
        #expect(claimed == [401, 401, 401, 429, 429, 429])
        #expect(school.stop() == 0)

        try replace("config.json", of: school) {
            $0.replacing("{", with: #"{"behindProxy": true, "#, maxReplacements: 1)
        }
        try school.start()
        // The client's own words come first, in the same field or in one of their own.
        let hop = "198.51.100.9"
        let proxied =
            (0..<3).map { ["X-Forwarded-For: 203.0.113.\($0), \(hop)"] }
            + (3..<6).map { ["X-Forwarded-For: 203.0.113.\($0)", "X-Forwarded-For: \(hop)"] }
            + [["X-Forwarded-For: \(hop), 198.51.100.10"]]
        let told = try statuses(proxied, school)
        #expect(told == [401, 401, 401, 429, 429, 429, 401])
    }

    @Test func `a forwarded-for header that makes no sense skips no step`() throws {
        let (school, _) = try RunningSchool.founded()
        #expect(school.stop() == 0)
        try replace("config.json", of: school) {
            $0.replacing("{", with: #"{"behindProxy": true, "#, maxReplacements: 1)
        }
        try school.start()
        for value in [
            "", ",", " , ", "unknown", "_hidden", "203.0.113.7,", "999.1.1.1", "[::1]:80", "\u{e9}",
            "' OR 1=1 --", String(repeating: "203.0.113.7, ", count: 200),
        ] {
            let header = ["X-Forwarded-For: \(value)"]
            #expect(try statuses([header], school) == [401], "\(value)")
            let person = Person(school)
            let answer = try signIn(by: person, headers: header)
            #expect(answer.status == 201 && answer["elevated"] as? Bool == false, "\(value)")
            person.token = answer["token"] as? String
            let path = "/v1/session/elevation"
            let wrong = Data(#"{"code":"aaaa-aaaa-aaaa-aaaa"}"#.utf8)
            // Five in all are evaluated, wherever they claim to come from.
            let code = try person.call("POST", path, wrong, headers: header)
            #expect([401, 429].contains(code.status), "\(value): \(code.text)")
            let staff = try person.call("GET", "/v1/staff", headers: header)
            #expect(staff.problem == "elevation-required", "\(value)")
        }
    }

    /// The status of a wrong password for an address of its own, by each list of header fields.
    private func statuses(_ headers: [[String]], _ school: RunningSchool) throws -> [Int] {
        let person = Person(school)
        return try headers.map { headers in
            let body = #"{"email":"\#(UUID().uuidString)@whitetrees.example","password":"no"}"#
            return try person.call("POST", "/v1/session", Data(body.utf8), headers: headers).status
        }
    }

    private func replace(
        _ name: String,
        of school: RunningSchool,
        _ change: (String) -> String
    ) throws {
        let path = "\(school.folder)/\(name)"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try change(text).write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// Each refused attempt is counted, and none of them is an entry of its own.
    private func counted(_ refused: Int, _ school: RunningSchool) throws {
        #expect(school.stop() == 0)
        let connection = try Connection(path: school.database, access: .writing)
        let entries = try #require(
            try connection.first(
                """
                SELECT (SELECT count(*) FROM access_log WHERE reason = 'throttled' AND count IS NULL),
                    (SELECT coalesce(sum(count), 0) FROM access_log WHERE reason = 'throttled')
                    + (SELECT coalesce(sum(count), 0) FROM access_log_tally
                        WHERE reason = 'throttled'),
                    (SELECT count(*) FROM access_log WHERE reason = 'throttled')
                    + (SELECT count(*) FROM access_log_tally WHERE reason = 'throttled')
                """
            ) { (single: $0.int(0), attempts: Int($0.int(1)), entries: $0.int(2)) }
        )
        #expect(entries.single == 0)
        #expect(entries.attempts == refused)
        // One a minute: this takes some seconds, on a busy machine minutes.
        #expect((1...10).contains(entries.entries))
    }

    private func signIn(by person: Person, headers: [String] = []) throws -> Answer {
        let body =
            #"{"email":"\#(ThrottleTests.address)","password":"\#(RunningSchool.password)"}"#
        return try person.call("POST", "/v1/session", Data(body.utf8), headers: headers)
    }

    /// Signs in and keeps the device's cookie.
    private func device(of address: String, _ school: RunningSchool) throws -> String {
        let jar = school.folder + "/jar"
        try Tool.run(
            "curl",
            [
                "-sS", "--fail", "--cacert", school.certificate, "-c", jar, "-o", "/dev/null",
                "-H", "Content-Type: application/json", "-d",
                #"{"email":"\#(address)","password":"\#(RunningSchool.password)"}"#,
                school.address + "/v1/session",
            ]
        )
        let cookies = try String(contentsOfFile: jar, encoding: .utf8)
        return String(try #require(cookies.firstMatch(of: /__Host-device\t(\S+)/)).1)
    }

    /// Sends wrong passwords, many at once; the status of each.
    private func guess(
        _ guesses: [(email: String, header: String)],
        _ school: RunningSchool
    ) throws -> [Int] {
        let requests = guesses.map { guess in
            """
            url = "\(school.address)/v1/session"
            cacert = "\(school.certificate)"
            header = "Content-Type: application/json"
            header = "\(guess.header)"
            data = "{\\"email\\":\\"\(guess.email)\\",\\"password\\":\\"no\\"}"
            output = "/dev/null"
            write-out = "%{http_code}\\n"
            """
        }
        let list = school.folder + "/guesses"
        try Data(requests.joined(separator: "\nnext\n").utf8).write(to: URL(fileURLWithPath: list))
        let printed = try Tool.run(
            "curl",
            ["-sS", "--parallel", "--parallel-max", "50", "--config", list]
        )
        return String(decoding: printed, as: UTF8.self).split(separator: "\n").compactMap {
            Int($0)
        }
    }
}
