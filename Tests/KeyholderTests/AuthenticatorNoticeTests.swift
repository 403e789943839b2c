import Foundation
import SQLite
import Testing

/// What is mailed about an authenticator that ends or begins, to whom, and what is never in it.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct AuthenticatorNoticeTests {
    private static let leader = "leader@whitetrees.example"

    @Test func `the person hears of a reset by two people, and no mail has a secret`() throws {
        let staffed = try StaffedSchool()
        let (school, leader, lead) = (staffed.school, staffed.leader, staffed.safeguarding)
        try leader.elevate()
        var secrets = opening(leader)
        let asked = try leader.post(
            "/v1/staff/\(staffed.ids["leader"] ?? "")/authenticator-reset",
            #"{"reason":"phone fell into the sea"}"#
        )
        try lead.elevate()
        let approved = try lead.decide(try #require(asked["approval"] as? String), "approve")
        let code = try #require(approved["enrolmentCode"] as? String, "\(approved.text)")
        try school.mail(to: Self.leader, saying: "Your authenticator was reset.")
        // What the code opens is mailed no more than the code.
        try leader.signIn(Self.leader)
        try leader.enrol(code)
        try school.mail(to: "safeguarding@whitetrees.example", saying: "has enrolled")
        secrets += opening(leader) + opening(lead) + [code]
        try noMail(of: school, has: secrets)
    }

    @Test func `the person hears of the hundredth wrong code, and no mail has a secret`() throws {
        let (school, person) = try RunningSchool.founded()
        let elsewhere = try person.another(RunningSchool.administrator)
        try person.elevate()
        let wrong = try person.wrongCode()
        func guess() throws -> Answer {
            try elsewhere.post("/v1/session/elevation", #"{"code":"\#(wrong)"}"#)
        }
        #expect(try guess().problem == "invalid-code")
        for failures in [98, 99] {
            #expect(try person.get("/v1/session")["elevated"] as? Bool == true)
            // As many as there would be after days of waiting.
            let connection = try Connection(path: school.database, access: .writing)
            try connection.run(
                "UPDATE code_failures SET failures = ?1, next_at = 0",
                .int(Int64(failures))
            )
            let answer = try guess()
            #expect(answer.status == 401 && answer.problem == "invalid-code", "\(answer.text)")
            #expect(answer.text.contains("is disabled") == (failures == 99))
        }
        let session = try person.get("/v1/session")
        #expect(session["elevated"] as? Bool == false)
        #expect(session["authenticator"] as? String == "disabled")
        let right = try person.post("/v1/session/elevation", #"{"code":"\#(person.code())"}"#)
        #expect(right.problem == "no-authenticator")
        let told = "Your authenticator is disabled until it is reset."
        try school.mail(to: RunningSchool.administrator, saying: told)
        try noMail(of: school, has: opening(person) + opening(elsewhere) + [wrong])
    }

    @Test func `the person hears of five wrong codes before a right one`() throws {
        let (school, person) = try RunningSchool.founded()
        let wrong = #"{"code":"\#(try person.wrongCode())"}"#
        for _ in 0..<5 {
            #expect(try person.post("/v1/session/elevation", wrong).problem == "invalid-code")
        }
        // The half minute is over.
        try Connection(path: school.database, access: .writing)
            .run("UPDATE code_failures SET next_at = 0")
        try person.elevate()
        let address = RunningSchool.administrator
        let told = "A code of your authenticator was accepted after 5 wrong ones in a row."
        try school.mail(to: address, saying: told)
        try noMail(of: school, has: opening(person))
    }

    @Test func `whoever hears of an enrolment is named by the policies alone`() throws {
        let staffed = try StaffedSchool()
        let school = staffed.school
        let path = school.folder + "/policies/accounts.cedar"
        let policies = try String(contentsOfFile: path, encoding: .utf8)
        let changed = policies.replacing(
            "principal in Role::\"dsl\",\n    action == Action::\"receiveAccountNotice\"",
            with: "principal in Role::\"slt\",\n    action == Action::\"receiveAccountNotice\""
        )
        #expect(changed != policies)
        try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
        #expect(try school.reload().contains("policies read anew"))
        let granted = try staffed.change("teacher", ["roles": ["staff", "behaviour_lead"]])
        try staffed.teacher.enrol(try #require(granted["enrolmentCode"] as? String))
        let told = "Teacher Person has enrolled an authenticator."
        try school.mail(to: Self.leader, saying: told)
        // A link that is asked for after it is mailed after it.
        let stranger = Person(school)
        let first = try school.link(to: "bystander@whitetrees.example")
        let request = #"{"email":"bystander@whitetrees.example"}"#
        #expect(try stranger.post("/v1/password-resets", request).status == 202)
        _ = try school.link(to: "bystander@whitetrees.example", after: first)
        for name in ["safeguarding", "colleague", "office"] {
            let mails = try school.mails(to: "\(name)@whitetrees.example", atLeast: 0)
            #expect(mails.allSatisfy { !$0.contains(told) })
        }
    }

    /// What opens an account: the seed, the recovery codes, the session, the password.
    private func opening(_ person: Person) -> [String] {
        let others = [person.secret, person.token ?? "", RunningSchool.password]
        return person.recoveryCodes + others.filter { !$0.isEmpty }
    }

    private func noMail(of school: RunningSchool, has secrets: [String]) throws {
        let folder = school.folder + "/mail"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            for secret in secrets where text.contains(secret) {
                Issue.record("mailed: \(secret) in \(text)")
            }
        }
    }
}
