import Foundation
import Testing

/// What takes a code takes it at every door.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct SecondFactorTests {
    private static let lead = "safeguarding@whitetrees.example"

    @Test func `no second door opens without the second factor`() throws {
        let staffed = try StaffedSchool()
        let (school, lead) = (staffed.school, staffed.safeguarding)
        let doors = SecondFactorTests.doors(staffed)
        func areClosed(
            to person: Person,
            headers: [String] = [],
            by statuses: [Int] = [401, 423],
            _ comment: String
        ) throws {
            for (method, path, body) in headers.isEmpty ? doors[...] : doors.prefix(3) {
                let answer = try person.call(
                    method,
                    path,
                    body.map { Data($0.utf8) },
                    headers: headers
                )
                #expect(
                    statuses.contains(answer.status),
                    "\(comment): \(method) \(path) \(answer.text)"
                )
            }
        }
        try areClosed(to: lead, "a password alone")
        // The other ways that servers take a name and a password, or another address or method.
        let basic = Data("\(Self.lead):\(RunningSchool.password)".utf8).base64EncodedString()
        let nobody = Person(school)
        try areClosed(to: nobody, headers: ["Authorization: Basic \(basic)"], by: [400], "Basic")
        for header in [
            "X-HTTP-Method-Override: GET", "X-Original-URL: /healthz", "X-Background: 1",
            "X-Forwarded-For: 127.0.0.1", "X-Elevated: true",
        ] {
            try areClosed(to: lead, headers: [header], header)
        }
        // A code beside the password at the sign-in, where none belongs.
        let both =
            #"{"email":"\#(Self.lead)","password":"\#(RunningSchool.password)","code":"123456"}"#
        #expect(try nobody.post("/v1/session", both).fields == ["code"])
        // A code that is good for something else.
        let renewed = try lead.post(
            "/v1/authenticator/recovery-codes",
            #"{"code":"\#(lead.recoveryCodes[0])"}"#
        )
        #expect(renewed.status == 200)
        try areClosed(to: lead, "a code for new recovery codes")
        // The blank screen, locked and unlocked by the password.
        try lead.elevate()
        #expect(try lead.get("/v1/access-log").status == 200)
        #expect(try lead.post("/v1/session/lock").status == 204)
        try areClosed(to: lead, "locked")
        let password = #"{"password":"\#(RunningSchool.password)"}"#
        #expect(try lead.post("/v1/session/unlock", password).status == 200)
        try areClosed(to: lead, "unlocked by the password")
        // A new password, and the session after it.
        let first = try school.link(to: Self.lead)
        #expect(try nobody.post("/v1/password-resets", #"{"email":"\#(Self.lead)"}"#).status == 202)
        let other = "Other-Walrus9-Tent!"
        try nobody.redeem(try school.link(to: Self.lead, after: first), other)
        try lead.signIn(Self.lead, other)
        try areClosed(to: lead, "a new password")
    }

    @Test func `an authenticator that was never confirmed opens nothing`() throws {
        let staffed = try StaffedSchool()
        let (teacher, doors) = (staffed.teacher, SecondFactorTests.doors(staffed))
        let granted = try staffed.change("teacher", ["roles": ["staff", "dsl"]])
        let code = try #require(granted["enrolmentCode"] as? String)
        let pending = try teacher.post(
            "/v1/authenticator",
            #"{"password":"\#(RunningSchool.password)","enrolmentCode":"\#(code)"}"#
        )
        let secret = try #require(pending["secret"] as? String)
        let digits = String(
            decoding: try Tool.run("oathtool", ["--totp", "-b", secret]),
            as: UTF8.self
        ).prefix(6)
        let body = #"{"code":"\#(digits)"}"#
        #expect(try teacher.post("/v1/session/elevation", body).problem == "no-authenticator")
        #expect(
            try teacher.post("/v1/authenticator/recovery-codes", body).problem == "no-authenticator"
        )
        #expect(try teacher.post("/v1/session/lock").status == 204)
        let unlock =
            #"{"password":"\#(RunningSchool.password)","code":"\#(digits)"}"#
        #expect(try teacher.post("/v1/session/unlock", unlock).problem == "no-authenticator")
        try staffed.safeguarding.elevate()
        let tried = try staffed.safeguarding.get("/v1/access-log?limit=20").items.filter { entry in
            entry["reason"] as? String == "no-authenticator"
        }
        #expect(tried.count == 3 && tried.allSatisfy { $0["decision"] as? String == "deny" })
        for (method, path, body) in doors {
            let answer = try teacher.call(method, path, body.map { Data($0.utf8) })
            #expect(answer.status == 423, "\(method) \(path)")
        }
    }

    /// Calls that take a code of a safeguarding lead.
    private static func doors(_ staffed: StaffedSchool) -> [(String, String, String?)] {
        let (staff, pupil) = ("/v1/staff/\(staffed.ids["teacher"] ?? "")", staffed.pupils[0])
        return [
            ("GET", "/v1/access-log", nil), ("GET", "/v1/staff", nil), ("GET", staff, nil),
            ("GET", "/v1/pupils/\(pupil)/chronology", nil),
            ("GET", "/v1/access-log/checkpoint", nil),
            ("PATCH", staff, #"{"name":"Somebody Else"}"#),
            ("POST", "/v1/staff", #"{"email":"x@y.example","name":"A B","roles":["staff"]}"#),
            (
                "POST", "/v1/pupils",
                #"{"name":"A B","dateOfBirth":"2015-04-09","yearGroup":"5","form":"5B"}"#
            ),
            ("POST", "\(staff)/authenticator-reset", #"{"reason":"x"}"#),
            ("POST", "/v1/approvals/0000000000001", #"{"decision":"approve"}"#),
        ]
    }
}
