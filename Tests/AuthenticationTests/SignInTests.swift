import Authentication
import SQLite
import Testing

@Suite struct SignInTests {
    @Test func `a person signs in and the token stands for them`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example", roles: ["slt", "staff"])
        let signedIn = try school.signIn("ada@school.example")
        let session = try school.live(signedIn.token)
        #expect(session.account == member.id)
        #expect(session.roles == ["slt", "staff"])
        #expect(!session.isElevated && !session.locked)
        #expect(session.expiresAt == school.now + .seconds(43_200))
        #expect(session.idleEnd == school.now + .seconds(600))
        #expect(session.authenticator == .none)
    }

    @Test func `unknown, wrong and suspended are refused alike`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        try school.invite("new@school.example")
        #expect(try school.trySignIn("nobody@school.example").isRefused)
        #expect(try school.trySignIn("not an address").isRefused)
        #expect(try school.trySignIn("new@school.example").isRefused)
        #expect(try school.trySignIn("ada@school.example", "wrong").isRefused)
        _ = try school.store.accounts.change(
            member.id,
            AccountChange(state: .suspended),
            keeping: [],
            now: school.now,
            on: school.connection
        )
        #expect(try school.trySignIn("ada@school.example").isRefused)
    }

    @Test func `a password changed while it was evaluated does not sign in`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let proof = try school.proof(member.id)
        let token = try #require(
            try school.store.tokens.issue(for: member.id, kind: .reset, at: school.occasion)
        )
        try school.redeem(token.text, "Other-Walrus9-Tent!")
        let outcome = try school.store.sessions.signIn(
            proof,
            client: school.client,
            replacing: nil,
            at: school.occasion
        )
        guard case .refused = outcome else { return #expect(Bool(false), "signed in") }
    }

    @Test func `fixation: signing in ends the session it was sent with and gives a new token`()
        throws
    {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let first = try school.signIn("ada@school.example")
        let second = try #require(
            try school.trySignIn("ada@school.example", replacing: first.session).signedIn
        )
        #expect(first.token.text != second.token.text)
        #expect(try school.resolve(first.token).isExpired)
        #expect(try school.resolve(second.token).session != nil)
    }

    @Test func `NFC: composed and decomposed letters are one password`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example", password: "Caf\u{e9}-Heron7-Lamp!")
        #expect(
            try school.trySignIn("ada@school.example", "Cafe\u{301}-Heron7-Lamp!").signedIn != nil
        )
    }

    @Test func `an older hash is renewed at sign-in and still signs in`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        school.store = try .init(keyRing: school.ring, sealing: school.sealing)
        #expect(try school.trySignIn("ada@school.example").signedIn != nil)
        let stored = try #require(
            try school.connection.first("SELECT password FROM account") { $0.text(0) }
        )
        #expect(stored.hasPrefix("$kh-scrypt$ln=14,r=8,p=5,pep=1$"))
        #expect(try school.trySignIn("ada@school.example").signedIn != nil)
        #expect(try school.trySignIn("ada@school.example", "Quartz-Heron7-Lamp?").isRefused)
    }
}
