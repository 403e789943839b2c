import Foundation
import SQLite
import Testing

/// Accounts, from outside: who comes, changes and goes.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct AccountTests {
    @Test func `accounts are listed page by page, and shown to those who manage them`() throws {
        let staffed = try StaffedSchool()
        let administrator = staffed.administrator
        var (ids, path): ([String], String?) = ([], "/v1/staff?limit=2")
        while let next = path {
            let page = try administrator.get(next)
            ids += page.items.compactMap { $0["id"] as? String }
            path = (page["next"] as? String).map { "/v1/staff?limit=2&cursor=\($0)" }
        }
        let oldest = try staffed.administratorID()
        #expect(ids.count == 6 && Set(ids).count == 6 && ids.last == oldest)
        let one = "/v1/staff/\(staffed.ids["teacher"] ?? "")"
        let shown = try administrator.get(one)
        #expect(
            Set(shown.object.keys) == [
                "id", "email", "name", "jobTitle", "roles", "state", "chair", "relatedPupils",
                "authenticator", "pendingApproval",
            ]
        )
        let absent = "/v1/staff/0000000000001"
        #expect(try administrator.get(absent).problem == "not-found")
        // Without a code a manager is asked for one whoever it is; a teacher is told nothing.
        for path in [one, absent] {
            #expect(try staffed.leader.get(path).problem == "elevation-required")
            #expect(try staffed.teacher.get(path).problem == "not-found")
        }
        #expect(try staffed.teacher.get("/v1/staff").problem == "forbidden")
        #expect(try staffed.leader.get("/v1/staff").problem == "elevation-required")
        let (patch, body) = ("/v1/staff/0000000000001", #"{"name":"No One"}"#)
        #expect(try administrator.patch(patch, body).problem == "not-found")
        #expect(try staffed.teacher.patch(patch, body).problem == "not-found")
        #expect(try staffed.teacher.patch(one, body).problem == "not-found")
        #expect(try administrator.patch(one, #"{"rank":1}"#).fields == ["rank"])
        #expect(try administrator.patch(one, #"{"roles":["king"]}"#).fields == ["roles[0]"])
        let all = try administrator.patch(
            one,
            """
            {"name":"Tara Teacher","jobTitle":"Year 5","chair":false,"state":"active",
             "relatedPupils":["\(staffed.pupils[0])"],"roles":["staff","site_lead"]}
            """
        )
        #expect(all.status == 200 && all["name"] as? String == "Tara Teacher", "\(all.text)")
        #expect(all["jobTitle"] as? String == "Year 5" && all.list("relatedPupils").count == 1)
        #expect(all["enrolmentCode"] is String)
        let found = try staffed.bystander.post("/v1/staff/search", #"{"query":"tara"}"#)
        #expect(found.items.first?["jobTitle"] as? String == "Year 5")
    }

    @Test func `suspension ends sessions at once, and who leaves is never another person`() throws {
        let staffed = try StaffedSchool()
        let first = try staffed.school.link(to: "teacher@whitetrees.example")
        let logged = try staffed.teacher.call("POST", "/v1/incidents", try staffed.incident())
        let incident = "/v1/incidents/\(try #require(logged["id"] as? String))"
        #expect(try staffed.change("teacher", ["state": "suspended"]).status == 200)
        #expect(try staffed.teacher.get("/v1/session").problem == "session-expired")
        let attempt = try staffed.teacher.post(
            "/v1/session",
            #"{"email":"teacher@whitetrees.example","password":"\#(RunningSchool.password)"}"#
        )
        #expect(attempt.problem == "invalid-credentials")
        #expect(try staffed.change("teacher", ["state": "invited"]).problem == "conflict")
        #expect(try staffed.change("teacher", ["state": "active"]).status == 200)
        try staffed.teacher.signIn("teacher@whitetrees.example")
        #expect(try staffed.change("teacher", ["state": "left"]).status == 200)
        #expect(try staffed.teacher.get("/v1/session").problem == "session-expired")
        for state in ["active", "invited", "suspended"] {
            #expect(try staffed.change("teacher", ["state": state]).problem == "conflict")
        }
        #expect(try staffed.change("teacher", ["name": "Someone Else"]).problem == "conflict")
        // The address is free for another account; what the first one wrote stays the first one's.
        let next = try staffed.administrator.post(
            "/v1/staff",
            #"{"email":"teacher@whitetrees.example","name":"Next Teacher","roles":["staff"]}"#
        )
        #expect(next.status == 201 && next["id"] as? String != staffed.ids["teacher"])
        try staffed.leader.elevate()
        let author = try staffed.leader.get(incident)["author"] as? [String: Any]
        #expect(author?["id"] as? String == staffed.ids["teacher"])
        #expect(author?["name"] as? String == "Teacher Person")
        let successor = Person(staffed.school)
        try successor.redeem(
            try staffed.school.link(to: "teacher@whitetrees.example", after: first)
        )
        try successor.signIn("teacher@whitetrees.example")
        #expect(try successor.get(incident).problem == "not-found")
    }

    @Test func `an invitation can be sent again, and the first one is dead then`() throws {
        let staffed = try StaffedSchool()
        let (school, address) = (staffed.school, "late@whitetrees.example")
        let invited = try staffed.administrator.post(
            "/v1/staff",
            #"{"email":"\#(address)","name":"Late Person","roles":["staff"]}"#
        )
        let first = try school.link(to: address)
        let again = try staffed.administrator.patch(
            "/v1/staff/\(invited["id"] as? String ?? "")",
            #"{"state":"invited"}"#
        )
        #expect(again.status == 200 && !again.text.contains("reset="))
        let second = try school.link(to: address, after: first)
        let person = Person(school)
        let body = #"{"token":"\#(first)","password":"\#(RunningSchool.password)"}"#
        #expect(try person.post("/v1/password-resets/redeem", body).problem == "reset-expired")
        try person.redeem(second)
    }

    @Test func `an account is mailed three invitations an hour, and the fourth is refused whole`()
        throws
    {
        let (school, administrator) = try RunningSchool.founded()
        try administrator.elevate()
        let address = "late@whitetrees.example"
        let invited = try administrator.post(
            "/v1/staff",
            #"{"email":"\#(address)","name":"Late Person","roles":["staff"]}"#
        )
        let path = "/v1/staff/\(try #require(invited["id"] as? String))"
        for _ in 0..<2 {
            #expect(try administrator.patch(path, #"{"state":"invited"}"#).status == 200)
        }
        let again = #"{"state":"invited","jobTitle":"Year 5"}"#
        for body in [again, #"{"email":"later@whitetrees.example"}"#] {
            let refused = try administrator.patch(path, body)
            #expect(refused.status == 429 && refused.problem == "throttled", "\(refused.text)")
            let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
            #expect((3_000...3_600).contains(wait))
        }
        // What else the call asked for is not done either; and the newest link is good still.
        let shown = try administrator.get(path)
        #expect(shown["jobTitle"] is NSNull && shown["email"] as? String == address)
        let links = try school.mails(to: address, atLeast: 3).compactMap { mail in
            mail.firstMatch(of: /#reset=(\S+)/).map { String($0.1) }
        }
        #expect(links.count == 3)
        let stranger = Person(school)
        let answers = try links.map { link in
            try stranger.post(
                "/v1/password-resets/redeem",
                #"{"token":"\#(link)","password":"\#(RunningSchool.password)"}"#
            ).status
        }
        #expect(answers.sorted() == [204, 410, 410])
    }

    @Test func `nobody raises themselves, not even to be the chair`() throws {
        let staffed = try StaffedSchool()
        let own = "/v1/staff/\(try staffed.administratorID())"
        for body in [
            #"{"roles":["staff","administrator","dsl"]}"#, #"{"chair":true}"#,
            #"{"relatedPupils":[]}"#,
        ] {
            let answer = try staffed.administrator.patch(own, body)
            #expect(answer.problem == "forbidden", "\(body): \(answer.text)")
            #expect(answer["reason"] is String)
        }
        // One's own address is another's word too, whatever the rule for others.
        let moved = try staffed.administrator.patch(own, #"{"email":"it@whitetrees.example"}"#)
        #expect(moved["email"] as? String == "office@whitetrees.example")
        #expect(moved["pendingApproval"] is String)
        #expect(try staffed.administrator.patch(own, #"{"jobTitle":"Office"}"#).status == 200)
    }

    @Test func `the last safeguarding lead stays, also when two go at once`() throws {
        let staffed = try StaffedSchool()
        for change: [String: Any] in [
            ["state": "suspended"], ["state": "left"], ["roles": ["staff"]],
        ] {
            #expect(try staffed.change("safeguarding", change).problem == "last-holder")
        }
        // What cannot be done as things are was tried all the same.
        try staffed.safeguarding.elevate()
        let tried = try staffed.safeguarding.get("/v1/access-log?limit=20").items.filter { entry in
            entry["reason"] as? String == "last-holder"
        }
        #expect(tried.map { $0["action"] as? String } == Array(repeating: "changeStaff", count: 3))
        #expect(tried.allSatisfy { $0["decision"] as? String == "deny" })
        // A deputy without an authenticator is none.
        let deputy = try staffed.change("bystander", ["roles": ["staff", "dsl"]])
        #expect(try staffed.change("safeguarding", ["roles": ["staff"]]).problem == "last-holder")
        try staffed.bystander.enrol(try #require(deputy["enrolmentCode"] as? String))
        try staffed.leader.elevate()
        let answers = try atOnce({ try staffed.change("bystander", ["state": "left"]) }) {
            try staffed.leader.patch(
                "/v1/staff/\(staffed.ids["safeguarding"] ?? "")",
                #"{"roles":["staff"]}"#
            )
        }
        #expect(Set(answers.map(\.status)) == [200, 409], "\(answers.map(\.text))")
        #expect(answers.contains { $0.problem == "last-holder" })
        let left = try staffed.administrator.get("/v1/staff").items.filter { member in
            member["state"] as? String == "active"
                && (member["roles"] as? [String])?.contains("dsl") == true
        }
        #expect(left.count == 1 && left.first?["authenticator"] as? String == "active")
    }

    @Test func `the last who manages accounts stays`() throws {
        let school = try RunningSchool()
        let setUp = try school.found()
        try school.start()
        let administrator = Person(school)
        try administrator.redeem(setUp.token)
        try administrator.signIn("office@whitetrees.example")
        try administrator.enrol(setUp.code)
        try administrator.elevate()
        let user = try administrator.get("/v1/session")["user"] as? [String: Any]
        let own = "/v1/staff/\(user?["id"] as? String ?? "")"
        for body in [#"{"state":"suspended"}"#, #"{"state":"left"}"#, #"{"roles":["staff"]}"#] {
            #expect(try administrator.patch(own, body).problem == "last-holder")
        }
    }

    @Test func `the last who manages accounts stays, also when two go at once`() throws {
        let (school, first) = try RunningSchool.founded()
        try first.elevate()
        let address = "it@whitetrees.example"
        let invited = try first.post(
            "/v1/staff",
            #"{"email":"\#(address)","name":"It Person","roles":["staff","administrator"]}"#
        )
        let second = Person(school)
        try second.redeem(try school.link(to: address))
        try second.signIn(address)
        try second.enrol(try #require(invited["enrolmentCode"] as? String))
        let user = try first.get("/v1/session")["user"] as? [String: Any]
        let (people, ids) = (
            [first, second],
            [user?["id"] as? String ?? "", invited["id"] as? String ?? ""]
        )
        let roles = #"{"roles":["staff"]}"#
        for (round, bodies) in [
            [roles, roles], [roles, #"{"state":"suspended"}"#], [roles, roles], [roles, roles],
        ].enumerated() {
            for person in people
            where try person.get("/v1/session")["elevated"] as? Bool != true {
                try person.elevate(with: person.recoveryCodes[round])
            }
            // Each goes, or each sends the other away.
            let targets = round < 2 ? ids : ids.reversed()
            let answers = try atOnce({ try first.patch("/v1/staff/\(targets[0])", bodies[0]) }) {
                try second.patch("/v1/staff/\(targets[1])", bodies[1])
            }
            let isDone = answers.map { $0.status == 200 }
            #expect(Set(isDone) == [true, false], "\(answers.map(\.text))")
            let refused = answers.first { $0.status != 200 }
            if round < 2 { #expect(refused?.problem == "last-holder") }
            let gone = isDone[0] == (round < 2) ? 0 : 1
            let left = people[1 - gone]
            let managers = try left.get("/v1/staff").items.filter { member in
                member["state"] as? String == "active"
                    && (member["roles"] as? [String])?.contains("administrator") == true
            }
            #expect(managers.count == 1 && managers.first?["authenticator"] as? String == "active")
            let back = try left.patch(
                "/v1/staff/\(ids[gone])",
                #"{"roles":["staff","administrator"],"state":"active"}"#
            )
            #expect(back.status == 200, "\(back.text)")
            // Only the second one is ever suspended, which ends the session.
            if bodies[gone] != roles { try second.signIn(address) }
        }
    }

    @Test func `no answer to an administrator shows what opens somebody else's account`() throws {
        let staffed = try StaffedSchool(approval: "always")
        let (school, administrator) = (staffed.school, staffed.administrator)
        try staffed.safeguarding.elevate()
        var answers: [Answer] = []
        answers.append(try administrator.get("/v1/staff"))
        for id in staffed.ids.values { answers.append(try administrator.get("/v1/staff/\(id)")) }
        answers.append(try staffed.change("teacher", ["roles": ["staff", "slt"]]))
        answers.append(try staffed.change("leader", ["email": "l2@whitetrees.example"]))
        answers.append(try staffed.change("colleague", ["email": "c2@whitetrees.example"]))
        answers.append(
            try administrator.post(
                "/v1/staff",
                #"{"email":"new@whitetrees.example","name":"New Person","roles":["staff"]}"#
            )
        )
        answers.append(
            try administrator.post(
                "/v1/staff/\(staffed.ids["leader"] ?? "")/authenticator-reset",
                #"{"reason":"lost"}"#
            )
        )
        let pending = try administrator.get("/v1/approvals")
        answers.append(pending)
        var codes: [String] = []
        for item in pending.items {
            let id = try #require(item["id"] as? String)
            let decided = try staffed.safeguarding.decide(id, "approve")
            #expect(decided.status == 200, "\(decided.text)")
            if let code = decided["enrolmentCode"] as? String { codes.append(code) }
        }
        #expect(codes.count == 2)
        answers.append(try administrator.get("/v1/approvals"))
        answers.append(try administrator.get("/v1/staff"))
        answers.append(try administrator.post("/v1/staff/search", #"{"query":"person"}"#))
        answers.append(try administrator.get("/v1/session"))
        answers.append(try administrator.get("/v1/authenticator"))
        answers.append(try administrator.get("/v1/access-log"))
        answers.append(try administrator.get("/healthz"))
        let others = [staffed.teacher, staffed.leader, staffed.safeguarding]
        var secrets =
            codes + others.compactMap(\.token) + others.map(\.secret).filter { !$0.isEmpty }
        secrets += try school.allLinks()
        secrets += try school.stored("SELECT password FROM account WHERE password IS NOT NULL")
        secrets += ["$scrypt$", "#reset=", "otpauth:"]
        #expect(secrets.count > 15)
        for answer in answers {
            #expect(answer.status < 500)
            for secret in secrets where answer.text.contains(secret) {
                Issue.record("shown: \(secret) in \(answer.text)")
            }
        }
    }
}

extension RunningSchool {
    /// The link that was mailed to an address after another one.
    func link(to address: String, after first: String) throws -> String {
        let link: String? = try eventually {
            let links = try mails(to: address).compactMap { mail in
                mail.firstMatch(of: /#reset=(\S+)/).map { String($0.1) }
            }
            return links.first { $0 != first }
        }
        return try #require(link, "no second link was mailed to \(address)")
    }

    /// Every link that was mailed to anybody.
    func allLinks() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/mail").compactMap { name in
            let text = try String(contentsOfFile: "\(folder)/mail/\(name)", encoding: .utf8)
            return text.firstMatch(of: /#reset=(\S+)/).map { String($0.1) }
        }
    }

    /// A column of the database file.
    func stored(_ sql: StaticString) throws -> [String] {
        let connection = try Connection(path: database, access: .reading)
        return try connection.all(sql) { $0.text(0) }
    }
}
