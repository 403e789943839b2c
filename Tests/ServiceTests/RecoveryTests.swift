import Foundation
import SQLite
import Service
import Testing

@Suite struct RecoveryTests {
    @Test func `it takes a day that everybody hears of, and leaves entries in the log`() throws {
        let school = try FoundedSchool()
        let lead = try school.add("lead", roles: ["staff", "dsl"], authenticator: "disabled")
        _ = try school.add("teacher", roles: ["staff"])
        let readyAt = school.now + .seconds(24 * 3_600)
        #expect(try school.recover("lead") == .begun(readyAt: readyAt))
        for name in ["lead", "teacher"] {
            let mail = try #require(try school.mails(to: name).first)
            #expect(mail.contains("Lead Person") && mail.contains(readyAt.rfc3339))
        }
        school.pass(.seconds(24 * 3_600) - .milliseconds(1))
        guard case .refused(let reason) = try school.recover("lead") else {
            Issue.record("finished too early")
            return
        }
        #expect(reason.contains(readyAt.rfc3339))
        school.pass(.milliseconds(1))
        guard case .finished(let code) = try school.recover(nil) else {
            Issue.record("not finished")
            return
        }
        #expect(code.count == 19)
        #expect(try school.mails(to: "teacher").count == 2)
        #expect(
            try school.operatorActs() == [
                "beginRecovery allow", "recoverKeyHolder deny", "finishRecovery allow",
            ]
        )
        let connection = try school.open()
        let left = try connection.first(
            "SELECT (SELECT count(*) FROM authenticator), count(*) FROM enrolment_code WHERE account = ?1",
            .id(lead)
        ) { [$0.int(0), $0.int(1)] }
        #expect(left == [0, 1])
        for statement in ["DELETE FROM recovery", "DELETE FROM recovery_end"] {
            #expect(throws: (any Error).self) { try connection.execute(script: statement) }
        }
    }

    @Test func `the chair's code is good at once, and only the chair has it`() throws {
        let school = try FoundedSchool()
        _ = try school.add("lead", roles: ["staff", "dsl"], authenticator: "disabled")
        _ = try school.add("chair", roles: ["governor"], chair: true)
        _ = try school.add("pretender", roles: ["staff"], chair: true)
        _ = try school.recover("lead")
        let pattern = /\n(\w{4}(-\w{4}){3})\r\n/.matchingSemantics(.unicodeScalar)
        let codes = try school.mails(to: "chair").compactMap { $0.firstMatch(of: pattern)?.1 }
        let code = String(try #require(codes.first))
        for name in ["lead", "pretender"] {
            let mails = try school.mails(to: name)
            #expect(mails.count == 1 && !mails[0].contains(code))
        }
        guard case .refused = try school.recover("lead", chairCode: String(code.reversed())) else {
            Issue.record("a wrong code was taken")
            return
        }
        guard case .finished = try school.recover("lead", chairCode: code) else {
            Issue.record("the chair's code was not taken")
            return
        }
        guard case .refused = try school.recover("lead", chairCode: code) else {
            Issue.record("the chair's code was taken twice")
            return
        }
    }

    @Test func `while somebody has an authenticator it is refused, or takes three days`() throws {
        let school = try FoundedSchool()
        _ = try school.add("lead", roles: ["staff", "dsl"], authenticator: "disabled")
        _ = try school.add("leader", roles: ["staff", "slt"], authenticator: "active")
        _ = try school.add("chair", roles: ["governor"], chair: true)
        guard case .refused(let reason) = try school.recover("lead") else {
            Issue.record("begun although somebody has one")
            return
        }
        #expect(reason.contains("leader@school.example"))
        let readyAt = school.now + .seconds(72 * 3_600)
        #expect(try school.recover("lead", althoughActive: true) == .begun(readyAt: readyAt))
        // The chair hears of it, and has no code that could hurry it.
        #expect(try school.mails(to: "chair").count == 1)
        school.pass(.seconds(72 * 3_600) - .milliseconds(1))
        guard case .refused = try school.recover("lead") else {
            Issue.record("finished too early")
            return
        }
        school.pass(.milliseconds(1))
        guard case .finished = try school.recover("lead") else {
            Issue.record("not finished")
            return
        }
    }

    @Test func `it is for those who hold keys, one at a time, and not for ever`() throws {
        let school = try FoundedSchool()
        _ = try school.add("lead", roles: ["staff", "dsl"], authenticator: "disabled")
        _ = try school.add("deputy", roles: ["staff", "dsl"])
        for name in [nil, "teacher", "office"] {
            guard case .refused(let reason) = try school.recover(name) else {
                Issue.record("begun for \(name ?? "nobody")")
                return
            }
            #expect(reason.contains("deputy@school.example, lead@school.example"))
        }
        guard case .begun = try school.recover("lead"), case .refused = try school.recover("deputy")
        else {
            Issue.record("two at once")
            return
        }
        school.pass(.seconds(8 * 86_400))
        guard case .begun = try school.recover("deputy") else {
            Issue.record("the first one did not end")
            return
        }
    }

    @Test func `before there is a key holder, whoever manages accounts gets in again`() throws {
        let school = try FoundedSchool()
        _ = try school.add("it", roles: ["staff", "administrator"], authenticator: "disabled")
        let colleague = try school.add(
            "office2",
            roles: ["staff", "administrator"],
            authenticator: "active"
        )
        // Theirs is not passed over: they approve nothing, so using it would stop nothing.
        guard case .refused = try school.recover("it", althoughActive: true) else {
            Issue.record("begun although somebody has one")
            return
        }
        try school.open().run(
            "UPDATE authenticator SET state = 'disabled' WHERE account = ?1",
            .id(colleague)
        )
        guard case .begun(let readyAt) = try school.recover("it") else {
            Issue.record("not begun")
            return
        }
        school.pass(readyAt - school.now)
        guard case .finished = try school.recover("it") else {
            Issue.record("not finished")
            return
        }
    }

    @Test func `without mail or without the keys nothing begins`() throws {
        let school = try FoundedSchool(mails: false)
        _ = try school.add("lead", roles: ["staff", "dsl"], authenticator: "disabled")
        guard case .refused(let reason) = try school.recover("lead") else {
            Issue.record("begun without mail")
            return
        }
        #expect(reason.contains("mail"))
        try FileManager.default.moveItem(
            atPath: school.paths.keys,
            toPath: school.folder + "/elsewhere"
        )
        #expect(throws: (any Error).self) { try school.recover("lead") }
    }
}
