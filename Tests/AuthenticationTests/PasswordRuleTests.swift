import Authentication
import SQLite
import Testing

@Suite struct PasswordRuleTests {
    @Test(arguments: [
        "Whitetrees1!", "P@ssw0rd2024", "Welcome123!", "Summer-2026", "Qwerty123!@#",
        "1qaz@WSX3edc", "Liverpool1!", "Aa1!Aa1!Aa1!", "Letmein2025!", "!Passw0rd!", "Abcd1234!",
    ])
    func `well-known passwords and their decorations are refused`(password: String) throws {
        let broken = try #require(try broken(password))
        #expect(broken == [.wellKnown] || broken == [.containsSchool])
    }

    @Test(arguments: [
        "Quartz-Heron7-Lamp!", "xK9#mO2$nE7!yA", "Kettle 4 otters; 1 moon", "Пирог-с-Луком-72!",
    ])
    func `good passwords pass`(password: String) throws {
        #expect(try broken(password) == nil)
    }

    @Test func `128 code points of any script pass, more than 1,024 bytes are refused`() throws {
        let long = (0..<30).map { "\($0)Ünï-\u{1F511}q" }.joined()
        #expect(try broken(String(long.prefix(128))) == nil)
        #expect(throws: AuthenticationError.self) {
            try Password(String(repeating: "a", count: 1_025))
        }
    }

    @Test func `the profile nist asks for length alone`() throws {
        #expect(try broken("correct horse battery", profile: .nist) == nil)
        #expect(try broken("Xk9#mO2$nE7!yA", profile: .nist) == [.tooShort(15)])
    }

    private func broken(
        _ password: String,
        profile: AuthenticationRules.Profile = .school
    ) throws -> [BrokenRule]? {
        let school = try TestSchool()
        school.rules.profile = profile
        school.rules.password = .init(profile: profile)
        let member = try school.invite("robin.example@school.example")
        let holder = try school.store.accounts.holder(member.id, on: school.connection)
        do {
            _ = try school.store.hasher.prepare(
                Password(password),
                for: holder,
                elevatable: false,
                rules: school.rules
            )
            return nil
        } catch AuthenticationError.weakPassword(let rules) {
            return rules
        }
    }
}
