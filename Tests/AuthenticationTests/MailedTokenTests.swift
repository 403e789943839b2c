import Authentication
import SQLite
import Testing

@Suite struct MailedTokenTests {
    @Test func `a token sets one password, ends every session and signs nobody in`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let session = try school.signIn("ada@school.example")
        let token = try issue(school, member)
        try school.redeem(token, "Other-Walrus9-Tent!")
        #expect(try school.resolve(session.token).isExpired)
        #expect(throws: AuthenticationError.resetExpired) {
            try school.redeem(token, "Third-Walrus9-Tent!")
        }
        #expect(try school.trySignIn("ada@school.example", "Other-Walrus9-Tent!").signedIn != nil)
    }

    @Test func `a token dies with time, with a newer one, with the address and with suspension`()
        throws
    {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let first = try issue(school, member)
        let second = try issue(school, member)
        #expect(try !isAlive(school, first))
        #expect(try isAlive(school, second))
        school.pass(.seconds(1_800))
        #expect(try !isAlive(school, second))
        let third = try issue(school, member)
        try change(school, member, AccountChange(email: "ada.new@school.example"))
        #expect(try !isAlive(school, third))
        let fourth = try issue(school, member)
        try change(school, member, AccountChange(state: .suspended))
        #expect(try !isAlive(school, fourth))
    }

    @Test func `a weak password leaves the token alive and names every broken rule`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example", name: "Robin Example")
        let token = try issue(school, member)
        #expect(
            throws: AuthenticationError.weakPassword([
                .tooShort(8), .noUpperCase, .noDigit, .noSymbol, .containsName, .wellKnown,
            ])
        ) { try school.redeem(token, "robin") }
        #expect(
            throws: AuthenticationError.weakPassword([.reused(5)])
        ) { try school.redeem(token, TestSchool.password) }
        #expect(try isAlive(school, token))
    }

    @Test func `a reset steps around no second factor`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        _ = try school.enrol(try school.signIn("ada@school.example").session)
        try school.redeem(try issue(school, member), "Other-Walrus9-Tent!")
        let session = try school.signIn("ada@school.example", "Other-Walrus9-Tent!").session
        #expect(session.authenticator == .active && !session.isElevated)
    }

    @Test func `three mails an hour, and none to an unknown or suspended address`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        school.pass(.seconds(3_600))
        let sent = try (0..<5).map { _ in try request(school, "Ada@school.example") != nil }
        #expect(sent == [true, true, true, false, false])
        school.pass(.seconds(3_600))
        #expect(try request(school, "ada@school.example") != nil)
        #expect(try request(school, "nobody@school.example") == nil)
        // U+0131, a look-alike that some foldings turn into "i" (CVE-2019-19844).
        try school.person("mike@school.example")
        #expect(try request(school, "m\u{131}ke@school.example") == nil)
    }

    private func request(_ school: TestSchool, _ email: String) throws -> MailedToken? {
        try school.store.tokens.request(
            email: email,
            rules: school.rules,
            now: school.now,
            on: school.connection
        )
    }

    private func issue(_ school: TestSchool, _ member: StaffMember) throws -> String {
        try #require(
            try school.store.tokens.issue(
                for: member.id,
                kind: .reset,
                rules: school.rules,
                now: school.now,
                on: school.connection
            )
        ).text
    }

    private func isAlive(_ school: TestSchool, _ token: String) throws -> Bool {
        try school.store.tokens.holder(of: token, now: school.now, on: school.connection) != nil
    }

    private func change(
        _ school: TestSchool,
        _ member: StaffMember,
        _ change: AccountChange
    ) throws {
        _ = try school.store.accounts.change(
            member.id,
            change,
            keeping: [],
            now: school.now,
            on: school.connection
        )
    }
}
