import Authentication
import Crypto
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

    @Test func `a token is 256 bits, and the file has no more of it than its hash`() throws {
        let school = try TestSchool()
        let token = try issue(school, try school.person("ada@school.example"))
        let bytes = try Base64.url.decode(token)
        #expect(bytes.count == 32)
        let dump = try run("/usr/bin/sqlite3", school.path, ".dump")
        #expect(!dump.contains(token) && !dump.contains(Hex.encode(bytes)))
        #expect(dump.contains(Hex.encode(SHA256.hash(bytes))))
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

    @Test func `a token does not outlive a change of the password`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let session = try school.signIn("ada@school.example")
        let other = try school.signIn("ada@school.example")
        let token = try issue(school, member)
        #expect(try change(school, session.session, to: "Other-Walrus9-Tent!") == .changed)
        #expect(try !isAlive(school, token))
        #expect(try school.resolve(other.token).isExpired)
        #expect(try school.resolve(session.token).session != nil)
        #expect(try school.trySignIn("ada@school.example").isRefused)
    }

    @Test func `a change of the password ends elevation, and a wrong present one is counted`()
        throws
    {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let session = try school.signIn("ada@school.example").session
        let totp = try school.enrol(session).totp
        let elevated = try #require(try school.elevate(session, school.code6(totp)).started)
        let weak = try change(school, elevated.session, to: "short")
        guard case .weak = weak else { return #expect(Bool(false), "\(weak)") }
        for _ in 0..<5 {
            let outcome = try change(school, elevated.session, from: "no", to: "Other-Walrus9!")
            #expect(outcome == .wrongCurrent)
        }
        #expect(throws: Refused.throttled) {
            try change(school, elevated.session, to: "Other-Walrus9-Tent!")
        }
        #expect(try school.live(elevated.token).isElevated)
        school.pass(.seconds(30))
        #expect(try change(school, elevated.session, to: "Other-Walrus9-Tent!") == .changed)
        #expect(try !school.live(elevated.token).isElevated)
    }

    @Test func `a redeemed link ends the waits that strangers left at the address`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        for _ in 0..<6 { _ = try school.trySignIn("ada@school.example", "no") }
        try school.redeem(try issue(school, member), "Other-Walrus9-Tent!")
        #expect(try school.trySignIn("ada@school.example", "Other-Walrus9-Tent!").signedIn != nil)
    }

    @Test func `a flood of requests silences its source, not a person's own device`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let cookie = try school.signIn("ada@school.example").deviceCookie
        let own = Client(address: "192.0.2.7", userAgent: "x", deviceCookie: cookie)
        for turn in 0..<100 {
            #expect(try hear(school, "made-up\(turn)@school.example", school.client).isHeard)
        }
        for address in ["ada@school.example", "nobody@school.example"] {
            #expect(try !hear(school, address, school.client).isHeard)
        }
        let heard = try hear(school, "ada@school.example", own)
        #expect(heard.isHeard && heard.account == member.id)
        let elsewhere = Client(address: "192.0.2.8", userAgent: "x")
        #expect(try hear(school, "nobody@school.example", elsewhere).isHeard)
    }

    private func hear(
        _ school: TestSchool,
        _ email: String,
        _ client: Client
    ) throws -> LinkRequest {
        try school.store.tokens.hear(email: email, client: client, at: school.occasion)
    }

    private func change(
        _ school: TestSchool,
        _ session: Session,
        from current: String = TestSchool.password,
        to new: String
    ) throws -> PasswordChange {
        let challenge = try school.store.checks.begin(account: session.account, at: school.occasion)
        guard case .attempt(let attempt) = challenge else { throw Refused.throttled }
        let (proof, prepared) = try school.store.hasher.change(
            Password(current),
            attempt,
            to: Password(new),
            for: school.store.accounts.holder(session.account, on: school.connection),
            elevatable: false,
            rules: school.rules
        )
        return try school.store.accounts.changePassword(
            proof,
            to: prepared,
            in: session,
            sessions: school.store.sessions,
            at: school.occasion
        )
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
        // No hour has more, wherever it is taken.
        school.pass(.seconds(3_599))
        for _ in 0..<2 { #expect(try request(school, "ada@school.example") != nil) }
        school.pass(.seconds(2))
        #expect(try request(school, "ada@school.example") == nil)
        // U+0131, a look-alike that some foldings turn into "i" (CVE-2019-19844).
        try school.person("mike@school.example")
        #expect(try request(school, "m\u{131}ke@school.example") == nil)
    }

    @Test func `an hour has three mails, invitations and resets together`() throws {
        let school = try TestSchool()
        let member = try school.invite("ada@school.example")
        let first = try #require(try invite(school, member))
        school.pass(.seconds(60))
        _ = try invite(school, member)
        // Somebody types the address: the third mail is left to whoever invites.
        #expect(try request(school, "ada@school.example") == nil)
        _ = try invite(school, member)
        #expect(throws: AuthenticationError.mailedEnough(retryAfter: .seconds(3_600))) {
            try invite(school, member)
        }
        school.pass(.seconds(3_600))
        let last = try #require(try invite(school, member))
        #expect(try !isAlive(school, first.text))
        _ = try invite(school, member)
        let third = try #require(try invite(school, member))
        #expect(try !isAlive(school, last.text))
        try school.redeem(third.text, TestSchool.password)
        #expect(try request(school, "ada@school.example") == nil)
        school.pass(.seconds(3_600))
        #expect(try request(school, "ada@school.example") != nil)
    }

    @Test func `nobody can cut an invitation short by asking for a link`() throws {
        let school = try TestSchool()
        try school.invite("ada@school.example")
        let link = try #require(try request(school, "ada@school.example"))
        school.pass(.seconds(6 * 86_400))
        try school.redeem(link.text, TestSchool.password)
        // Whoever has set a password asks for another one, and that link is short.
        school.pass(.seconds(3_600))
        let reset = try #require(try request(school, "ada@school.example"))
        #expect(reset.expiresAt - school.now == school.rules.resetLifetime)
    }

    @Test func `a password set by a link ends its owner's own failures`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let device = try school.signIn("ada@school.example").deviceCookie
        let own = Client(address: "192.0.2.7", userAgent: "x", deviceCookie: device)
        for _ in 0..<5 {
            _ = try school.trySignIn("ada@school.example", "Wrong-Otter5-Sock!", client: own)
            _ = try school.proof(member.id, "Wrong-Otter5-Sock!")
        }
        guard
            case .throttled = try school.trySignIn(
                "ada@school.example",
                TestSchool.password,
                client: own
            )
        else {
            Issue.record("five failures make nobody wait")
            return
        }
        #expect(throws: Refused.self) { try school.proof(member.id) }
        try school.reset(member, to: "Other-Walrus9-Tent!")
        _ = try school.proof(member.id, "Other-Walrus9-Tent!")
        let again = try school.trySignIn("ada@school.example", "Other-Walrus9-Tent!", client: own)
        #expect(again.signedIn != nil)
    }

    private func invite(_ school: TestSchool, _ member: StaffMember) throws -> MailedToken? {
        try school.store.tokens.invite(member.id, at: school.occasion)
    }

    private func request(_ school: TestSchool, _ email: String) throws -> MailedToken? {
        try school.store.tokens.request(email: email, at: school.occasion)
    }

    private func issue(_ school: TestSchool, _ member: StaffMember) throws -> String {
        try #require(
            try school.store.tokens.issue(for: member.id, kind: .reset, at: school.occasion)
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
