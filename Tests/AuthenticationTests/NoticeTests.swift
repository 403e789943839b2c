import Authentication
import SQLite
import Testing

/// What a person is told by mail, each time it happens and not otherwise.
@Suite struct NoticeTests {
    @Test func `the first device is nobody's news, the next is, the same again is not`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let first = try school.signIn("ada@school.example")
        #expect(first.notices.isEmpty)
        let own = Client(
            address: "192.0.2.7",
            userAgent: "curl/8",
            deviceCookie: first.deviceCookie
        )
        let again = try school.trySignIn("ada@school.example", client: own).signedIn
        #expect(again?.notices == [])
        #expect(try school.signIn("ada@school.example").notices == [.newDevice])
    }

    @Test(arguments: [(4, []), (5, [Notice.signInAfterFailures(5)])])
    func `five failures followed by success are told`(count: Int, notices: [Notice]) throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        for _ in 0..<count { #expect(try school.trySignIn("ada@school.example", "no").isRefused) }
        school.pass(.seconds(30))
        #expect(try school.signIn("ada@school.example").notices == notices)
        let told = try school.signIn("ada@school.example").notices
        #expect(told == [.newDevice])
    }

    @Test func `five failures are five whatever the school's free ones are`() throws {
        let school = try TestSchool()
        school.rules.throttle.freeFailures = 10
        try school.person("ada@school.example")
        for _ in 0..<5 { #expect(try school.trySignIn("ada@school.example", "no").isRefused) }
        #expect(try school.signIn("ada@school.example").notices == [.signInAfterFailures(5)])
    }

    @Test(arguments: [(4, []), (5, [Notice.codeAfterFailures(5)])])
    func `five wrong codes followed by a right one are told`(
        count: Int,
        notices: [Notice]
    ) throws {
        let (school, session, totp, _) = try enrolled()
        for _ in 0..<count {
            #expect(try school.elevate(session, school.wrongCode(totp)).refusal == .wrong)
        }
        school.pass(.seconds(30))
        guard
            case .elevated(let started, let told) = try school.elevate(
                session,
                school.code6(totp)
            )
        else {
            Issue.record("refused")
            return
        }
        #expect(told == notices)
        school.pass(.seconds(30))
        guard
            case .elevated(_, let after) = try school.elevate(
                started.session,
                school.code6(totp)
            )
        else {
            Issue.record("refused")
            return
        }
        #expect(after.isEmpty)
    }

    @Test func `a recovery code is told of, and how many are left, wherever it is used`() throws {
        let (school, session, _, recovery) = try enrolled()
        func code(_ index: Int) throws -> OneTimeCode {
            try #require(OneTimeCode(recovery[index]))
        }
        guard case .elevated(let first, let told) = try school.elevate(session, code(0)) else {
            Issue.record("refused")
            return
        }
        #expect(told == [.recoveryCodeUsed(left: 9)])
        try school.store.sessions.lock(first.session, on: school.connection)
        guard
            case .elevated(let second, let unlocking) = try school.unlock(
                first.token,
                code: code(1)
            )
        else {
            Issue.record("refused")
            return
        }
        #expect(unlocking == [.recoveryCodeUsed(left: 8)])
        guard case .codes(let new, let renewing) = try school.regenerate(second.session, code(2))
        else {
            Issue.record("refused")
            return
        }
        #expect(renewing == [.recoveryCodeUsed(left: 7), .recoveryCodesReplaced])
        #expect(new.count == 10 && Set(new).isDisjoint(with: recovery))
        #expect(try school.elevate(second.session, code(3)).refusal == .wrong)
        #expect(
            try school.elevate(second.session, #require(OneTimeCode(new[0]))).started != nil
        )
    }

    private func enrolled() throws -> (TestSchool, Session, TOTP, [String]) {
        let school = try TestSchool()
        try school.person("ada@school.example", roles: ["slt", "staff"])
        let session = try school.signIn("ada@school.example").session
        let (totp, recovery) = try school.enrol(session)
        return (school, session, totp, recovery)
    }
}
