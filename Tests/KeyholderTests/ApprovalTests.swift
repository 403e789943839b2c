import Foundation
import SQLite
import Testing

/// What takes two people, from outside.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct ApprovalTests {
    @Test func `a role that elevates waits for a safeguarding lead who did not ask for it`() throws
    {
        let staffed = try StaffedSchool(approval: "always")
        let (school, lead) = (staffed.school, staffed.safeguarding)
        // Where every role that is wanted waits, those that are held stay.
        let wanted = try staffed.change("teacher", ["roles": ["slt"]])
        #expect(wanted.status == 200 && wanted["roles"] as? [String] == ["staff"])
        let asked = try staffed.change(
            "colleague",
            ["roles": ["staff", "slt"], "jobTitle": "Deputy head", "reason": "agreed on Monday"]
        )
        let id = try #require(asked["pendingApproval"] as? String, "\(asked.text)")
        #expect(asked.status == 200 && asked["roles"] as? [String] == ["staff"])
        #expect(asked["jobTitle"] as? String == "Deputy head" && asked["enrolmentCode"] == nil)
        // Neither the one who asked, nor the one concerned, nor a leader for a role, nor a password.
        try staffed.leader.elevate()
        for person in [staffed.administrator, staffed.colleague, staffed.leader] {
            #expect(try person.decide(id, "approve").problem == "forbidden")
        }
        #expect(try staffed.teacher.decide(id, "approve").problem == "forbidden")
        #expect(try lead.decide(id, "approve").problem == "elevation-required")
        #expect(try lead.get("/v1/approvals").items.isEmpty)
        #expect(try staffed.leader.get("/v1/approvals").items.isEmpty)
        #expect(try staffed.administrator.get("/v1/approvals").items.count == 2)
        try lead.elevate()
        let item = try #require(
            try lead.get("/v1/approvals").items.first { $0["id"] as? String == id }
        )
        #expect(item["kind"] as? String == "role-grant" && item["state"] as? String == "open")
        #expect(item["roles"] as? [String] == ["slt"])
        #expect(item["reason"] as? String == "agreed on Monday")
        #expect((item["about"] as? [String: Any])?["id"] as? String == staffed.ids["colleague"])
        let approved = try lead.decide(id, "approve")
        #expect(approved.status == 200 && approved["state"] as? String == "approved")
        let code = try #require(approved["enrolmentCode"] as? String, "\(approved.text)")
        // Decided once; the code is shown once; and it serves the person it was made for.
        #expect(try lead.decide(id, "reject").problem == "conflict")
        #expect(try lead.decide("0000000000001", "approve").problem == "not-found")
        #expect(try !staffed.administrator.get("/v1/approvals").text.contains(code))
        let member = try staffed.administrator.get("/v1/staff/\(staffed.ids["colleague"] ?? "")")
        #expect(member["roles"] as? [String] == ["slt", "staff"])
        #expect(member["pendingApproval"] is NSNull && !member.text.contains(code))
        try staffed.colleague.enrol(code)
        try staffed.colleague.elevate()
        // A role by which nobody elevates takes nobody else; and all of it was mailed.
        #expect(try staffed.change("bystander", ["roles": ["staff"]]).status == 200)
        for address in ["colleague", "safeguarding"] {
            try school.mail(to: "\(address)@whitetrees.example", saying: "has asked for this")
            try school.mail(to: "\(address)@whitetrees.example", saying: "has approved what")
        }
        try staffed.expectLog("requestApproval", count: 2)
        try staffed.expectLog("decideApproval", count: 1)
        try staffed.expectLog("decideApproval", decision: "deny", count: 7)
    }

    @Test func `a new leader has no role until a second person says so`() throws {
        let staffed = try StaffedSchool(approval: "always")
        try staffed.safeguarding.elevate()
        func invite(_ name: String) throws -> Answer {
            try staffed.administrator.post(
                "/v1/staff",
                #"{"email":"\#(name)@whitetrees.example","name":"New Person","roles":["slt"]}"#
            )
        }
        let (first, second) = (try invite("one"), try invite("two"))
        for answer in [first, second] {
            #expect(answer.status == 201 && (answer["roles"] as? [String])?.isEmpty == true)
            #expect(answer["enrolmentCode"] == nil)
        }
        let ids = try [first, second].map { try #require($0["pendingApproval"] as? String) }
        #expect(try staffed.safeguarding.decide(ids[0], "reject").status == 200)
        #expect(try staffed.safeguarding.decide(ids[0], "approve").problem == "conflict")
        let rejected = try staffed.administrator.get("/v1/staff/\(first["id"] as? String ?? "")")
        #expect((rejected["roles"] as? [String])?.isEmpty == true)
        // Whoever asked for it and is suspended since could have been a thief.
        try staffed.leader.elevate()
        let suspended = try staffed.leader.patch(
            "/v1/staff/\(try staffed.administratorID())",
            #"{"state":"suspended"}"#
        )
        #expect(suspended.status == 200, "\(suspended.text)")
        #expect(try staffed.administrator.get("/v1/staff").status == 401)
        #expect(try staffed.safeguarding.decide(ids[1], "approve").problem == "conflict")
        #expect(try staffed.safeguarding.decide(ids[1], "reject").status == 200)
    }

    @Test func `another address for a leader waits, is mailed to both, and kills old links`() throws
    {
        let staffed = try StaffedSchool(approval: "always")
        let (school, lead) = (staffed.school, staffed.safeguarding)
        try lead.elevate()
        let (old, new) = ("leader@whitetrees.example", "head@whitetrees.example")
        let asked = try staffed.change("leader", ["email": new])
        #expect(asked.status == 200 && asked["email"] as? String == old)
        for address in [old, new, "safeguarding@whitetrees.example"] {
            try school.mail(to: address, saying: "has asked for this")
        }
        let id = try #require(asked["pendingApproval"] as? String)
        #expect(try lead.decide(id, "approve").status == 200)
        for address in [old, new] { try school.mail(to: address, saying: "has approved what") }
        try staffed.leader.signIn(new)
        // One who is to become a leader is no way around it; the link to the old address dies.
        let invited = try staffed.administrator.post(
            "/v1/staff",
            #"{"email":"wrong@whitetrees.example","name":"New Person","roles":["slt"]}"#
        )
        let link = try school.link(to: "wrong@whitetrees.example")
        let corrected = try staffed.administrator.patch(
            "/v1/staff/\(invited["id"] as? String ?? "")",
            #"{"email":"right@whitetrees.example"}"#
        )
        #expect(corrected["email"] as? String == "wrong@whitetrees.example")
        let correction = try #require(corrected["pendingApproval"] as? String)
        #expect(correction != invited["pendingApproval"] as? String)
        #expect(try lead.decide(correction, "approve").status == 200)
        let body = #"{"token":"\#(link)","password":"\#(RunningSchool.password)"}"#
        let stranger = Person(school)
        #expect(try stranger.post("/v1/password-resets/redeem", body).problem == "reset-expired")
        try stranger.redeem(try school.link(to: "right@whitetrees.example"))
        // A teacher's takes one person, and both addresses hear of it.
        let teacher = try staffed.change("teacher", ["email": "t2@whitetrees.example"])
        #expect(teacher["email"] as? String == "t2@whitetrees.example")
        for address in ["teacher@whitetrees.example", "t2@whitetrees.example"] {
            try school.mail(to: address, saying: "no more")
        }
        // An address that somebody has is refused at once.
        let taken = try staffed.change("safeguarding", ["email": "t2@whitetrees.example"])
        #expect(taken.problem == "validation" && taken.fields == ["email"])
    }

    @Test func `taking a relation away waits, adding one does not`() throws {
        let staffed = try StaffedSchool(approval: "always")
        let both = try staffed.change("teacher", ["relatedPupils": staffed.pupils])
        #expect(both.list("relatedPupils").count == 2 && both["pendingApproval"] is NSNull)
        let asked = try staffed.change("teacher", ["relatedPupils": [staffed.pupils[1]]])
        #expect(asked.list("relatedPupils").count == 2)
        let id = try #require(asked["pendingApproval"] as? String)
        try staffed.leader.elevate()
        let item = try #require(try staffed.leader.get("/v1/approvals").items.first)
        #expect((item["pupils"] as? [[String: Any]])?.first?["id"] as? String == staffed.pupils[0])
        #expect(try staffed.leader.decide(id, "approve").status == 200)
        let after = try staffed.administrator.get("/v1/staff/\(staffed.ids["teacher"] ?? "")")
        #expect(after.list("relatedPupils").map { $0["id"] as? String } == [staffed.pupils[1]])
        for mail in try staffed.school.mails(to: "teacher@whitetrees.example", atLeast: 3) {
            #expect(!mail.contains("Arden"))
        }
        // One's own are nobody's to change alone, nor to ask for.
        let own = try staffed.administrator.patch(
            "/v1/staff/\(try staffed.administratorID())",
            #"{"relatedPupils":["\#(staffed.pupils[0])"]}"#
        )
        #expect(own.problem == "forbidden")
    }

    @Test func `a lost authenticator is reset by two people, of whom one holds a key`() throws {
        let staffed = try StaffedSchool()
        let (leader, lead) = (staffed.leader, staffed.safeguarding)
        let path = "/v1/staff/\(staffed.ids["leader"] ?? "")/authenticator-reset"
        #expect(try leader.post(path).fields == ["reason"])
        #expect(try staffed.bystander.post(path, #"{"reason":"x"}"#).problem == "not-found")
        let none = "/v1/staff/\(staffed.ids["teacher"] ?? "")/authenticator-reset"
        let without = try staffed.administrator.post(none, #"{"reason":"x"}"#)
        #expect(without.problem == "no-authenticator")
        let asked = try leader.post(path, #"{"reason":"phone fell into the sea"}"#)
        let id = try #require(asked["approval"] as? String, "\(asked.text)")
        #expect(asked.status == 202)
        let again = try leader.post(path, #"{"reason":"phone fell into the sea"}"#)
        #expect(again["approval"] as? String == id)
        #expect(try staffed.administrator.decide(id, "approve").problem == "forbidden")
        #expect(try leader.decide(id, "approve").problem == "forbidden")
        try lead.elevate()
        let approved = try lead.decide(id, "approve")
        let code = try #require(approved["enrolmentCode"] as? String, "\(approved.text)")
        #expect(try leader.get("/v1/session").problem == "session-expired")
        try leader.signIn("leader@whitetrees.example")
        #expect(try leader.get("/v1/authenticator")["state"] as? String == "none")
        // The slip of paper is lost too: another one takes two people, and the first is dead.
        let second = try leader.post(path, #"{"reason":"and the code with it"}"#)
        let renewed = try lead.decide(try #require(second["approval"] as? String), "approve")
        let body = #"{"password":"\#(RunningSchool.password)","enrolmentCode":"\#(code)"}"#
        try leader.signIn("leader@whitetrees.example")
        #expect(try leader.post("/v1/authenticator", body).fields == ["enrolmentCode"])
        try leader.enrol(try #require(renewed["enrolmentCode"] as? String))
        try staffed.school.mail(
            to: "leader@whitetrees.example",
            saying: "Your authenticator was reset."
        )
    }

    @Test func `two who decide at once decide once, and one who is demoted not at all`() throws {
        let staffed = try StaffedSchool()
        let (leader, lead) = (staffed.leader, staffed.safeguarding)
        try lead.elevate()
        try leader.elevate()
        let path = "/v1/staff/\(try staffed.administratorID())/authenticator-reset"
        func ask() throws -> String {
            let asked = try staffed.administrator.post(path, #"{"reason":"new phone"}"#)
            return try #require(asked["approval"] as? String, "\(asked.text)")
        }
        let first = try ask()
        let both = try atOnce({ try leader.decide(first, "reject") }) {
            try lead.decide(first, "reject")
        }
        #expect(Set(both.map(\.status)) == [200, 409], "\(both.map(\.text))")
        for _ in 1...3 {
            let id = try ask()
            // The demotion ends the elevation: whichever came first, one of them was without right.
            let body = #"{"roles":["staff"]}"#
            let raced = try atOnce({ try leader.decide(id, "reject") }) {
                try staffed.administrator.patch("/v1/staff/\(staffed.ids["leader"] ?? "")", body)
            }
            #expect(raced[1].status == 200, "\(raced[1].text)")
            #expect([200, 401, 403].contains(raced[0].status), "\(raced[0].text)")
            #expect(try leader.decide(id, "approve").problem == "forbidden")
            if raced[0].status != 200 { #expect(try lead.decide(id, "reject").status == 200) }
            let back = try staffed.change("leader", ["roles": ["staff", "slt"]])
            #expect(back.status == 200, "\(back.text)")
        }
    }

    @Test func `what one person changes of an account is on record, and told to the leads`() throws
    {
        let staffed = try StaffedSchool()
        let (school, leads) = (staffed.school, "safeguarding@whitetrees.example")
        for (name, fields) in [
            ("leader", ["jobTitle": "Head of Year 5"]), ("leader", ["roles": ["staff"]]),
            ("bystander", ["chair": true]), ("colleague", ["email": "other@whitetrees.example"]),
            ("bystander", ["state": "suspended"]),
        ] as [(String, [String: Any])] {
            let changed = try staffed.change(name, fields)
            #expect(changed.status == 200, "\(changed.text)")
        }
        try school.mail(to: leads, saying: "Leader Person holds the role slt no more")
        try school.mail(to: leads, saying: "Bystander Person is the chair")
        try school.mail(to: leads, saying: "the address of Colleague Person's account")
        try school.mail(to: "leader@whitetrees.example", saying: "holds the role slt no more")
        try staffed.safeguarding.elevate()
        let entries = try staffed.safeguarding.get("/v1/access-log?action=changeStaff").items
        #expect(
            entries.map { $0["reason"] as? String }
                == ["suspended", "email", "+chair", "-slt", "jobTitle"]
        )
        let created = try staffed.safeguarding.get("/v1/access-log?action=createStaff").items
        #expect(created.last?["reason"] as? String == "+staff")
        #expect(created.first?["reason"] as? String == "+dsl +staff")
    }

    @Test func `whoever has kept an authenticator keeps what goes with it`() throws {
        let staffed = try StaffedSchool(approval: "always")
        let leader = staffed.leader
        #expect(try staffed.change("leader", ["roles": ["staff"]]).status == 200)
        let short = #"{"current":"\#(RunningSchool.password)","new":"Kx9-vQ2z"}"#
        let refused = try leader.call("PUT", "/v1/password", Data(short.utf8))
        #expect(refused.problem == "weak-password", "\(refused.text)")
        let moved = try staffed.change("leader", ["email": "thief@whitetrees.example"])
        #expect(moved["email"] as? String == "leader@whitetrees.example")
        #expect(moved["pendingApproval"] is String, "\(moved.text)")
    }

    @Test func `no number of grants keeps the first safeguarding lead from elevating`() throws {
        let staffed = try StaffedSchool(approval: "always")
        let file = try Connection(path: staffed.school.database, access: .writing)
        try file.run(
            """
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 3000)
            INSERT INTO lone_grant (id, account, granter, roles, granted_at)
            SELECT n, account, granter, roles, granted_at FROM number, lone_grant WHERE roles = 'slt'
            """
        )
        try staffed.safeguarding.elevate()
        let list = try staffed.school.mail(
            to: "safeguarding@whitetrees.example",
            saying: "before you came"
        )
        #expect(list.contains("and 2962 before these"), "\(list)")
        let grants = try staffed.safeguarding.get("/v1/approvals").list("grantedAlone")
        #expect(grants.count == 3_002)
    }

    @Test func `the first safeguarding lead is shown what one person granted before`() throws {
        let staffed = try StaffedSchool(approval: "always")
        let lead = staffed.safeguarding
        #expect(try lead.get("/v1/approvals").list("grantedAlone").isEmpty)
        try lead.elevate()
        let list = try staffed.school.mail(
            to: "safeguarding@whitetrees.example",
            saying: "before you came"
        )
        #expect(!list.contains("before these"))
        #expect(list.contains("Leader Person: slt") && list.contains("Safeguarding Person: dsl"))
        let grants = try lead.get("/v1/approvals").list("grantedAlone")
        #expect(grants.map { $0["roles"] as? [String] } == [["slt"], ["dsl"]])
        #expect(try staffed.administrator.get("/v1/approvals").list("grantedAlone").isEmpty)
        try staffed.expectLog("readLoneGrants", count: 1)
        // Three authenticators are active: the third ended the warning.
        #expect(try lead.get("/v1/session")["warnings"] as? [String] == [])
        try staffed.leader.elevate()
        let suspended = try staffed.leader.patch(
            "/v1/staff/\(try staffed.administratorID())",
            #"{"state":"suspended"}"#
        )
        #expect(suspended.status == 200)
        let warnings = try lead.get("/v1/session")["warnings"] as? [String]
        #expect(warnings?.first?.contains("fewer than three authenticators") == true)
        #expect(try staffed.teacher.get("/v1/session")["warnings"] as? [String] == [])
    }
}

extension StaffedSchool {
    /// What the administrator changes of somebody.
    func change(_ name: String, _ fields: [String: Any]) throws -> Answer {
        let body = try JSONSerialization.data(withJSONObject: fields)
        return try administrator.call("PATCH", "/v1/staff/\(ids[name] ?? "")", body)
    }

    func administratorID() throws -> String {
        let user = try administrator.get("/v1/session")["user"] as? [String: Any]
        return try #require(user?["id"] as? String)
    }

    /// Holds the access log, as the elevated safeguarding lead reads it, to a number of entries.
    func expectLog(_ action: String, decision: String = "allow", count: Int) throws {
        let path = "/v1/access-log?limit=200&action=\(action)&decision=\(decision)"
        let entries = try safeguarding.get(path).items
        #expect(entries.count == count, "\(action): \(entries.count)")
    }
}

extension Person {
    func patch(_ path: String, _ body: String) throws -> Answer {
        try call("PATCH", path, Data(body.utf8))
    }

    func decide(_ approval: String, _ decision: String) throws -> Answer {
        try post("/v1/approvals/\(approval)", #"{"decision":"\#(decision)"}"#)
    }
}
