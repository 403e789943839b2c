import Foundation
import Testing

/// One's own authenticator from outside: how it is come by, used, replaced and lost.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct AuthenticatorCallTests {
    private static let leader = "leader@whitetrees.example"
    private static let wrongCode = "aaaa-aaaa-aaaa-aaaa"

    @Test func `an enrolment is checked in the API's order`() throws {
        let staffed = try StaffedSchool()
        let (leader, administrator) = (staffed.leader, staffed.administrator)
        #expect(try enrol(staffed.teacher, "no", "no").problem == "forbidden")
        #expect(try enrol(leader, "no", "no").problem == "already-enrolled")
        #expect(try suspend(leader).status == 204)
        #expect(try enrol(leader, "no", "no").problem == "conflict")
        // A colleague with a short password becomes a leader.
        let short = "Qz7-heron"
        let answer = try administrator.post(
            "/v1/staff",
            #"{"email":"new@whitetrees.example","name":"New Person","roles":["staff"]}"#
        )
        let person = Person(staffed.school)
        try person.redeem(try staffed.school.link(to: "new@whitetrees.example"), short)
        try person.signIn("new@whitetrees.example", short)
        let granted = try administrator.call(
            "PATCH",
            "/v1/staff/\(try #require(answer["id"] as? String))",
            Data(#"{"roles":["staff","slt"]}"#.utf8)
        )
        let code = try #require(granted["enrolmentCode"] as? String)
        #expect(try enrol(person, "no", Self.wrongCode).problem == "invalid-credentials")
        let refused = try enrol(person, short, Self.wrongCode)
        #expect(refused.problem == "validation" && refused.fields == ["enrolmentCode"])
        #expect(try enrol(person, short, code).problem == "weak-password")
        let early = try person.post("/v1/authenticator/confirmation", #"{"code":"123456"}"#)
        #expect(early.problem == "conflict")
        #expect(try person.get("/v1/authenticator")["state"] as? String == "none")
    }

    @Test func `an enrolment has a secret, an address and a drawing, and all leads are told`()
        throws
    {
        let staffed = try StaffedSchool()
        let answer = try staffed.administrator.post(
            "/v1/staff",
            #"{"email":"new@whitetrees.example","name":"New Person","roles":["staff","slt"]}"#
        )
        let code = try #require(answer["enrolmentCode"] as? String)
        let person = Person(staffed.school)
        try person.redeem(try staffed.school.link(to: "new@whitetrees.example"))
        try person.signIn("new@whitetrees.example")
        let first = try enrol(person, RunningSchool.password, code)
        let second = try enrol(person, RunningSchool.password, code)
        #expect(first.status == 201 && second.status == 201)
        let secret = try #require(second["secret"] as? String)
        #expect(secret.wholeMatch(of: /[A-Z2-7]{32}/) != nil)
        #expect(secret != first["secret"] as? String)
        let uri = try #require(second["otpauthUri"] as? String)
        #expect(
            uri == "otpauth://totp/White%20Trees%20School:new%40whitetrees.example?secret=\(secret)"
                + "&issuer=White%20Trees%20School&algorithm=SHA1&digits=6&period=30"
        )
        #expect((second["qrSvg"] as? String)?.hasPrefix("<svg ") == true)
        #expect(try person.get("/v1/authenticator")["state"] as? String == "pending")
        #expect(try person.get("/v1/session")["authenticator"] as? String == "pending")
        try person.confirm(second)
        let status = try person.get("/v1/authenticator")
        #expect(status["state"] as? String == "active" && status["enrolledAt"] is String)
        #expect(status["lastUsedAt"] is String && status["recoveryCodesLeft"] as? Int == 10)
        #expect(try enrol(person, RunningSchool.password, code).problem == "already-enrolled")
        let (school, told) = (staffed.school, "New Person has enrolled an authenticator.")
        try school.mail(to: "new@whitetrees.example", saying: "Your authenticator is active.")
        try school.mail(to: "safeguarding@whitetrees.example", saying: told)
    }

    private static let noCodes = [
        #"{"code":123456}"#, #"{"code":"12345"}"#, #"{"code":" 123456"}"#, #"{"code":"123456\n"}"#,
        #"{"code":"１２３４５６"}"#, #"{"code":"123 456"}"#, #"{"code":["123456"]}"#, #"{"code":null}"#,
        #"{}"#, #"{"code":"aaaaaaaaaaaaaaaa"}"#, #"{"code":"123456","more":1}"#,
    ]

    @Test func `white space or another type is no code, and is not counted`() throws {
        let staffed = try StaffedSchool()
        let leader = staffed.leader
        for body in Self.noCodes {
            let answer = try leader.post("/v1/session/elevation", body)
            #expect(answer.status == 422 && answer.problem == "validation", "\(answer.text)")
        }
        let stepUp = try leader.get("/v1/pupils/\(staffed.pupils[0])/chronology")
        #expect(stepUp.status == 401 && stepUp.problem == "elevation-required")
        // RFC 9470, section 3.
        #expect(
            stepUp.headers["www-authenticate"]
                == #"Bearer error="insufficient_user_authentication", "#
                + #"acr_values="urn:keyholder:acr:elevated", max_age=3600"#
        )
        try leader.elevate()
    }

    @Test func `a used code is dead in another session, from another address, after a kill`()
        throws
    {
        let (school, leader) = try RunningSchool.founded()
        let other = try leader.another(RunningSchool.administrator)
        let code = try leader.code()
        try leader.elevate(with: code)
        let body = Data(#"{"code":"\#(code)"}"#.utf8)
        func again(_ person: Person, from address: String? = nil) throws {
            let answer = try person.call("POST", "/v1/session/elevation", body, from: address)
            #expect(answer.status == 401 && answer.problem == "invalid-code", "\(answer.text)")
            #expect((answer["detail"] as? String)?.contains("has been used") == true)
        }
        try again(leader)
        try again(other)
        try again(other, from: "127.0.0.9")
        school.kill()
        try school.start()
        // Told as used each time, and never counted: twice five times would have to wait.
        for _ in 0..<10 { try again(other) }
        try other.elevate(with: leader.recoveryCodes[0])
    }

    @Test func `one code is accepted once when many requests race`() throws {
        let (_, leader) = try RunningSchool.founded()
        let people = try (0..<12).map { _ in try leader.another(RunningSchool.administrator) }
        let body = #"{"code":"\#(try leader.code())"}"#
        let statuses = try Person.race(people, "/v1/session/elevation", body)
        #expect(statuses.count { $0 == 200 } == 1, "\(statuses)")
        #expect(statuses.count { $0 == 401 } == 11, "\(statuses)")
        let elevated = try leader.get("/v1/sessions").items.count {
            $0["elevated"] as? Bool == true
        }
        #expect(elevated == 1)
    }

    @Test func `recovery codes are one's own, good once, and replaced by a code`() throws {
        let staffed = try StaffedSchool()
        let (leader, lead, school) = (staffed.leader, staffed.safeguarding, staffed.school)
        func renew(_ code: String) throws -> Answer {
            try leader.post("/v1/authenticator/recovery-codes", #"{"code":"\#(code)"}"#)
        }
        let old = leader.recoveryCodes
        let foreign = try leader.post(
            "/v1/session/elevation",
            #"{"code":"\#(lead.recoveryCodes[0])"}"#
        )
        #expect(foreign.problem == "invalid-code")
        try leader.elevate(with: old[0])
        #expect(try leader.get("/v1/authenticator")["recoveryCodesLeft"] as? Int == 9)
        try school.mail(to: Self.leader, saying: "A recovery code was used; 9 are left.")
        #expect(try renew(old[0]).problem == "invalid-code")
        let renewed = try renew(try leader.code())
        #expect(renewed.status == 200)
        let new = try #require(renewed["recoveryCodes"] as? [String])
        #expect(new.count == 10 && Set(new).isDisjoint(with: old))
        #expect(new.allSatisfy { $0.wholeMatch(of: /([a-z2-7]{4}-){3}[a-z2-7]{4}/) != nil })
        try school.mail(to: Self.leader, saying: "You have ten new recovery codes")
        #expect(try renew(old[1]).problem == "invalid-code")
        try leader.elevate(with: new[9])
        #expect(try leader.get("/v1/authenticator")["recoveryCodesLeft"] as? Int == 9)
        #expect(
            try staffed.teacher.post(
                "/v1/authenticator/recovery-codes",
                #"{"code":"123456"}"#
            ).problem == "no-authenticator"
        )
    }

    @Test func `a new phone replaces the old one when it is confirmed, not before`() throws {
        let staffed = try StaffedSchool()
        let leader = staffed.leader
        func replace(_ password: String, _ code: String) throws -> Answer {
            try leader.post(
                "/v1/authenticator/replacement",
                #"{"password":"\#(password)","code":"\#(code)"}"#
            )
        }
        #expect(try replace("no", leader.recoveryCodes[0]).problem == "invalid-credentials")
        let refused = try replace(RunningSchool.password, lead(staffed))
        #expect(refused.problem == "invalid-code")
        let pending = try replace(RunningSchool.password, leader.recoveryCodes[0])
        #expect(pending.status == 201 && (pending["qrSvg"] as? String)?.hasPrefix("<svg ") == true)
        let told = "A recovery code was used; 9 are left."
        try staffed.school.mail(to: Self.leader, saying: told)
        try leader.elevate()
        #expect(try leader.get("/v1/authenticator")["state"] as? String == "active")
        let old = leader.recoveryCodes[1]
        try leader.confirm(pending)
        // Whoever was elevated by the old one shows the new one.
        #expect(try leader.get("/v1/session")["elevated"] as? Bool == false)
        let dead = try leader.post("/v1/session/elevation", #"{"code":"\#(old)"}"#)
        #expect(dead.problem == "invalid-code")
        try leader.elevate()
    }

    @Test func `a lost phone is suspended at once, alone, and elevation ends everywhere`() throws {
        let staffed = try StaffedSchool()
        let leader = staffed.leader
        try leader.elevate()
        let other = try leader.another(Self.leader)
        let wrong = try other.post("/v1/authenticator/suspension", #"{"password":"no"}"#)
        #expect(wrong.problem == "invalid-credentials")
        #expect(try leader.get("/v1/session")["elevated"] as? Bool == true)
        #expect(try suspend(other).status == 204)
        let session = try leader.get("/v1/session")
        #expect(session["elevated"] as? Bool == false)
        #expect(session["authenticator"] as? String == "disabled")
        #expect(try leader.get("/v1/authenticator")["state"] as? String == "disabled")
        let body = #"{"code":"\#(leader.recoveryCodes[0])"}"#
        #expect(try leader.post("/v1/session/elevation", body).problem == "no-authenticator")
        #expect(try suspend(leader).problem == "no-authenticator")
        let told = "Your authenticator is disabled until it is reset."
        try staffed.school.mail(to: Self.leader, saying: told)
        #expect(try suspend(staffed.teacher).problem == "no-authenticator")
    }

    private func enrol(_ person: Person, _ password: String, _ code: String) throws -> Answer {
        try person.post(
            "/v1/authenticator",
            #"{"password":"\#(password)","enrolmentCode":"\#(code)"}"#
        )
    }

    private func suspend(_ person: Person) throws -> Answer {
        try person.post(
            "/v1/authenticator/suspension",
            #"{"password":"\#(RunningSchool.password)"}"#
        )
    }

    private func lead(_ staffed: StaffedSchool) -> String { staffed.safeguarding.recoveryCodes[0] }
}
