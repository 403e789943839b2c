import Foundation
import SQLite
import Testing

/// Forgotten and changed passwords, over TLS, from outside.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct PasswordTests {
    private static let other = "Other-Walrus9-Tent!"

    @Test func `a link sets one password, ends every session, and signs nobody in`() throws {
        let staffed = try StaffedSchool()
        let (leader, stranger) = (staffed.leader, Person(staffed.school))
        let address = "leader@whitetrees.example"
        try leader.elevate()
        let link = try newLink(to: address, staffed.school) {
            try sameAnswer(to: address, and: "nobody@whitetrees.example", by: stranger)
        }
        let weak = try redeem(link, "leader", by: stranger)
        #expect(weak.status == 422 && weak.problem == "weak-password", "\(weak.text)")
        // Seven rules, each an entry of its own.
        #expect(weak.fields == Array(repeating: "password", count: 7), "\(weak.text)")
        #expect(weak.text.contains("must have 12 characters or more"))
        #expect(try leader.get("/v1/session").status == 200)

        let done = try redeem(link, PasswordTests.other, by: stranger)
        #expect(done.status == 204 && done.text.isEmpty)
        #expect(done.headers["set-cookie"] == nil)
        #expect(try leader.get("/v1/session").problem == "session-expired")
        #expect(try redeem(link, "Third-Walrus9-Tent!", by: stranger).problem == "reset-expired")
        #expect(try signIn(address, RunningSchool.password, by: leader).status == 401)
        #expect(try signIn(address, PasswordTests.other, by: leader).status == 201)
        // The second factor is what it was.
        #expect(try leader.get("/v1/authenticator")["state"] as? String == "active")
        let notice = try mails(to: address, staffed.school).last { $0.contains("was set") }
        #expect(notice?.contains(link) == false)
    }

    @Test func `no password is set without the token that was mailed`() throws {
        let staffed = try StaffedSchool()
        let (stranger, address) = (Person(staffed.school), "teacher@whitetrees.example")
        let used = try staffed.school.link(to: address)
        let link = try newLink(to: address, staffed.school) { try ask(address, by: stranger) }
        let session = try #require(staffed.teacher.token)
        let near = String(link.dropLast()) + (link.hasSuffix("A") ? "Q" : "A")
        for token in ["", used, near, link + "A", String(link.dropLast()), session, address] {
            let answer = try redeem(token, PasswordTests.other, by: stranger)
            #expect(answer.problem == "reset-expired", "\(token): \(answer.text)")
        }
        let password = #""password":"\#(PasswordTests.other)""#
        for body in [
            "{\(password)}", #"{"token":null,\#(password)}"#,
            #"{"token":["\#(link)"],\#(password)}"#, #"{"token":true,\#(password)}"#,
            #"{"email":"\#(address)",\#(password)}"#,
            #"{"token":"\#(used)","email":"\#(address)",\#(password)}"#,
        ] {
            let answer = try stranger.post("/v1/password-resets/redeem", body)
            #expect(answer.problem == "validation", "\(body): \(answer.text)")
        }
        // Nor by those who manage accounts, nor by somebody who is not signed in.
        let path = "/v1/staff/\(staffed.ids["teacher"] ?? "")"
        #expect(try staffed.administrator.patch(path, "{\(password)}").fields == ["password"])
        let new = #"{"email":"n@whitetrees.example","name":"N N","roles":["staff"],\#(password)}"#
        #expect(try staffed.administrator.post("/v1/staff", new).fields == ["password"])
        let own = try change(from: RunningSchool.password, to: PasswordTests.other, by: stranger)
        #expect(own.problem == "not-authenticated")
        #expect(try signIn(address, PasswordTests.other, by: stranger).status == 401)
        #expect(try signIn(address, RunningSchool.password, by: stranger).status == 201)
        stranger.token = nil
        #expect(try redeem(link, PasswordTests.other, by: stranger).status == 204)
    }

    @Test func `a newer link ends the older, and an hour has three mails`() throws {
        let staffed = try StaffedSchool()
        let address = "teacher@whitetrees.example"
        let stranger = Person(staffed.school)
        let first = try newLink(to: address, staffed.school) { try ask(address, by: stranger) }
        let second = try newLink(to: address, staffed.school) {
            try ask("Teacher@WHITETREES.example", by: stranger)
        }
        #expect(try redeem(first, PasswordTests.other, by: stranger).problem == "reset-expired")
        // The invitation was the first mail of the hour.
        try ask(address, by: stranger)
        // A link for somebody else, asked for after it, is mailed after it: then the fourth is none.
        _ = try newLink(to: "colleague@whitetrees.example", staffed.school) {
            try ask("colleague@whitetrees.example", by: stranger)
        }
        #expect(
            try links(to: address, staffed.school).subtracting([first, second]).count == 1
        )
        #expect(try redeem(second, PasswordTests.other, by: stranger).status == 204)
    }

    @Test func `no Host header changes the link, and no look-alike gets it`() throws {
        let staffed = try StaffedSchool()
        let stranger = Person(staffed.school)
        let address = "teacher@whitetrees.example"
        let body = Data(#"{"email":"\#(address)"}"#.utf8)
        let path = "/v1/password-resets"
        let misled = try stranger.call("POST", path, body, headers: ["Host: evil.example"])
        #expect(misled.status == 421)
        for header in ["X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"] {
            #expect(try stranger.call("POST", path, body, headers: [header]).status == 202)
        }
        for body in [
            #"{"email":["\#(address)","thief@evil.example"]}"#, #"{"email":{"a":1}}"#, #"{}"#,
            #"{"email":"\#(address)","to":"thief@evil.example"}"#,
        ] {
            #expect(try stranger.post(path, body).problem == "validation", "\(body)")
        }
        // U+0131 and U+212A, which some foldings turn into `i` and `k` (CVE-2019-19844).
        for lookAlike in ["b\u{131}tander", "bystan\u{212A}er"] {
            #expect(try ask("\(lookAlike)@whitetrees.example", by: stranger) == 202)
        }
        _ = try newLink(to: "colleague@whitetrees.example", staffed.school) {
            try ask("colleague@whitetrees.example", by: stranger)
        }
        let all = try mails(to: nil, staffed.school)
        #expect(all.allSatisfy { !$0.contains("evil.example") })
        #expect(
            all.filter { $0.contains("#reset=") }.allSatisfy {
                $0.contains("https://school.example/#")
            }
        )
    }

    @Test func `a link that cannot be made takes no other one with it`() throws {
        let staffed = try StaffedSchool()
        let (school, stranger) = (staffed.school, Person(staffed.school))
        let damaged = try #require(staffed.ids["bystander"].flatMap { Identifier($0) })
        let connection = try Connection(path: school.database, access: .writing)
        try connection.run("UPDATE account SET name = x'00' WHERE id = ?1", .id(damaged))
        // Asked for within half a second they are made together.
        let names = ["teacher", "bystander", "colleague"]
        let earlier = try names.map { try links(to: "\($0)@whitetrees.example", school) }
        for name in names { try ask("\(name)@whitetrees.example", by: stranger) }
        for (name, before) in zip(names, earlier) where name != "bystander" {
            _ = try newLink(to: "\(name)@whitetrees.example", school, besides: before)
        }
        #expect(try links(to: "bystander@whitetrees.example", school) == earlier[1])
        let log = try String(contentsOfFile: school.errorLog, encoding: .utf8)
        #expect(log.contains("failure=a%20link%20was%20not%20mailed:"))
        #expect(!log.contains("bystander"))
    }

    @Test func `elevation ends with the change of one's own password, at the very next request`()
        throws
    {
        let (_, person) = try RunningSchool.founded()
        try person.elevate()
        #expect(try person.get("/v1/staff").status == 200)
        // What changes nothing ends nothing.
        let wrong = try change(from: "nonsense", to: PasswordTests.other, by: person)
        #expect(wrong.problem == "invalid-credentials")
        #expect(try person.get("/v1/staff").status == 200)
        let done = try change(from: RunningSchool.password, to: PasswordTests.other, by: person)
        #expect(done.status == 204)
        let refused = try person.get("/v1/staff")
        #expect(refused.status == 401 && refused.problem == "elevation-required")
        let session = try person.get("/v1/session")
        #expect(session.status == 200 && session["elevated"] as? Bool == false)
        #expect(session["elevatedUntil"] is NSNull)
    }

    @Test func `one's own password is changed with the present one, and other sessions end`() throws
    {
        let (school, person) = try RunningSchool.founded()
        let elsewhere = Person(school)
        try elsewhere.signIn(RunningSchool.administrator)
        let wrong = try change(from: "nonsense", to: PasswordTests.other, by: person)
        #expect(wrong.status == 401 && wrong.problem == "invalid-credentials")
        let weak = try change(from: RunningSchool.password, to: "Wonderland-2026", by: person)
        #expect(weak.problem == "weak-password" && weak.fields == ["new"], "\(weak.text)")
        let used = try change(
            from: RunningSchool.password,
            to: RunningSchool.password,
            by: person
        )
        #expect(used.text.contains("must not be one of your last 5 passwords"))
        #expect(try elsewhere.get("/v1/session").status == 200)
        let done = try change(from: RunningSchool.password, to: PasswordTests.other, by: person)
        #expect(done.status == 204, "\(done.text)")
        let file = try Connection(path: school.database, access: .reading)
        let policies = try file.first(
            "SELECT policies FROM access_log WHERE action = 'changePassword' AND decision = 'allow'"
        ) { $0.text(0) }
        #expect(policies?.contains("account-own") == true, "permitted before the hash")
        // Once by the first link, and once now.
        let (address, told) = (RunningSchool.administrator, "Your password was set.")
        #expect(try school.mails(to: address, saying: told, atLeast: 2).count == 2)
        #expect(try person.get("/v1/session").status == 200)
        #expect(try elsewhere.get("/v1/session").problem == "session-expired")
        let nobody = Person(school)
        #expect(try change(from: "a", to: "b", by: nobody).problem == "not-authenticated")
    }

    @Test func `the rules are told to anybody, for a form to show`() throws {
        let school = try RunningSchool()
        _ = try school.found()
        try school.start()
        let rules = try Person(school).get("/v1/password-rules")
        #expect(rules.status == 200)
        #expect(rules["profile"] as? String == "school")
        #expect(rules["minLength"] as? Int == 8 && rules["elevatableMinLength"] as? Int == 12)
        #expect((rules["rules"] as? [String])?.count == 10)
    }

    // MARK: - Calls

    @discardableResult
    private func ask(_ address: String, by person: Person) throws -> Int {
        try person.post("/v1/password-resets", #"{"email":"\#(address)"}"#).status
    }

    private func sameAnswer(to known: String, and unknown: String, by person: Person) throws {
        let answers = try [known, unknown].map {
            try person.post("/v1/password-resets", #"{"email":"\#($0)"}"#)
        }
        #expect(answers.map(\.status) == [202, 202])
        #expect(answers[0].text == answers[1].text)
        #expect(Set(answers[0].headers.keys) == Set(answers[1].headers.keys))
    }

    private func redeem(_ token: String, _ password: String, by person: Person) throws -> Answer {
        try person.post(
            "/v1/password-resets/redeem",
            #"{"token":"\#(token)","password":"\#(password)"}"#
        )
    }

    private func signIn(_ address: String, _ password: String, by person: Person) throws -> Answer {
        person.token = nil
        let answer = try person.post(
            "/v1/session",
            #"{"email":"\#(address)","password":"\#(password)"}"#
        )
        person.token = answer["token"] as? String
        return answer
    }

    private func change(from current: String, to new: String, by person: Person) throws -> Answer {
        try person.call(
            "PUT",
            "/v1/password",
            Data(#"{"current":"\#(current)","new":"\#(new)"}"#.utf8)
        )
    }

    // MARK: - Mails

    /// The mails to an address, or to anybody.
    private func mails(to address: String?, _ school: RunningSchool) throws -> [String] {
        let folder = school.folder + "/mail"
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".eml") }
            .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
            .filter { text in address.map { text.contains("To: \($0)") } ?? true }
    }

    private func links(to address: String, _ school: RunningSchool) throws -> Set<String> {
        Set(
            try mails(to: address, school)
                .compactMap { $0.firstMatch(of: /\/#reset=(\S+)/).map { String($0.1) } }
        )
    }

    /// The link that is mailed after `body`.
    private func newLink<R>(
        to address: String,
        _ school: RunningSchool,
        after body: () throws -> R
    ) throws -> String {
        let before = try links(to: address, school)
        _ = try body()
        return try newLink(to: address, school, besides: before)
    }

    /// The link that is or will be mailed and is none of those before.
    private func newLink(
        to address: String,
        _ school: RunningSchool,
        besides before: Set<String>
    ) throws -> String {
        let new = try eventually { try links(to: address, school).subtracting(before).first }
        return try #require(new, "no link was mailed to \(address)")
    }
}
