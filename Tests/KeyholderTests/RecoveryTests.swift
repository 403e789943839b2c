import Foundation
import SQLite
import Testing

/// `keyholder recover`, beside a service that holds the folder.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct RecoveryTests {
    @Test func `a school whose key holders have lost everything gets in again`() throws {
        let staffed = try StaffedSchool()
        let (school, lead) = (staffed.school, staffed.safeguarding)
        let chairID = try #require(
            try staffed.administrator.post(
                "/v1/staff",
                """
                {"email":"chair@whitetrees.example","name":"Chair Person","roles":["governor"],
                 "chair":true}
                """
            )["id"] as? String
        )
        let chair = Person(school)
        try chair.redeem(try school.link(to: "chair@whitetrees.example"))
        let address = "safeguarding@whitetrees.example"
        // Two have one: nothing happens without saying so, and by using one they stop it.
        #expect(throws: Tool.Failed.self) { try school.command(["recover", address]) }
        let begun = try school.command(["recover", address, "--although-active"])
        #expect(begun.contains("may be finished from: 20"))
        let warned = try staffed.leader.get("/v1/session")["warnings"] as? [String]
        #expect(warned?.contains { $0.contains("is to be replaced on the server") } == true)
        try staffed.leader.elevate()
        try school.mail(to: "teacher@whitetrees.example", saying: "is stopped")
        let after = try staffed.leader.get("/v1/session")["warnings"] as? [String]
        #expect(after == [])
        // Now both phones are gone.
        #expect(school.stop() == 0)
        try school.disableAuthenticators(of: ["slt", "dsl"])
        try school.start()
        try lead.signIn(address)
        #expect(try school.command(["recover", address]).contains("may be finished from: 20"))
        let word = try school.mail(to: "chair@whitetrees.example", saying: "Your word for")
        let pattern = /\n(\w{4}(-\w{4}){3})\r\n/.matchingSemantics(.unicodeScalar)
        let code = try #require(word.firstMatch(of: pattern)).1
        #expect(throws: Tool.Failed.self) { try school.command(["recover", address]) }
        let printed = try school.command(["recover", address, "--chair-code", String(code)])
        let enrolment = try #require(printed.firstMatch(of: /enrolment code: (\S+)/)).1
        // Every session of theirs has ended, and the code opens one new authenticator.
        #expect(try lead.get("/v1/session").problem == "session-expired")
        try lead.signIn(address)
        try lead.enrol(String(enrolment))
        try lead.elevate()
        let log = try lead.get("/v1/access-log?limit=200").items
        let acts = log.filter { entry in
            let actor = entry["actor"] as? [String: Any]
            return actor?["id"] as? String == "operator:\(getuid())"
        }.compactMap { $0["action"] as? String }
        #expect(acts.count { $0 == "beginRecovery" } == 2)
        #expect(acts.count { $0 == "finishRecovery" } == 1)
        #expect(acts.count { $0 == "recoverKeyHolder" } == 2)
        #expect(log.contains { $0["action"] as? String == "stopRecovery" })
        let told = try lead.get("/v1/session")["warnings"] as? [String]
        #expect(told?.contains { $0.contains("was replaced on the server by operator:") } == true)
        try school.mail(to: "teacher@whitetrees.example", saying: "was replaced")
        #expect(try lead.get("/v1/staff/\(chairID)").status == 200)
    }
}

extension RunningSchool {
    /// What losing every phone comes to, once it is reported; only while nobody serves.
    func disableAuthenticators(of roles: [String]) throws {
        let connection = try Connection(path: database, access: .writing)
        for role in roles {
            try connection.run(
                """
                UPDATE authenticator SET state = 'disabled'
                WHERE account IN (SELECT account FROM account_role WHERE role = ?1)
                """,
                .text(role)
            )
        }
    }
}
