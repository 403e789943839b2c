import Authentication
import Crypto
import Foundation
import SQLite
import Testing

@Suite struct PasswordRuleTests {
    @Test(arguments: [
        "Whitetrees1!", "White-Trees-2026", "Arboria2026!", "Robin2024!!", "Ex4mple-2024",
    ])
    func `the school's name and town and one's own name and address are refused`(password: String)
        throws
    {
        let school = try TestSchool()
        school.rules.schoolTown = "Arboria"
        let broken = try #require(try school.broken(password))
        let own: [BrokenRule] = [.containsSchool, .containsName, .containsEmail]
        #expect(broken.contains { own.contains($0) }, "\(broken)")
    }

    @Test(arguments: [
        ("jo@oakst.Example1", "jo@oakst.example", "Robin Example"),
        ("Wu-Li-2024x!", "wl@school.example", "Wu Li"),
    ])
    func `a name or an address of short parts is refused whole`(
        password: String,
        email: String,
        name: String
    ) throws {
        let school = try TestSchool()
        let member = try school.invite(email, name: name)
        let error = try #require(throws: AuthenticationError.self) {
            try school.store.hasher.prepare(
                Password(password),
                for: school.store.accounts.holder(member.id, on: school.connection),
                elevatable: false,
                rules: school.rules
            )
        }
        guard case .weakPassword(let broken) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(broken.contains(.containsName) || broken.contains(.containsEmail), "\(broken)")
    }

    @Test(arguments: [
        "Quartz-Heron7-Lamp!", "xK9#mO2$nE7!yA", "Kettle 4 otters; 1 moon", "Пирог-с-Луком-72!",
    ])
    func `good passwords pass`(password: String) throws {
        #expect(try TestSchool().broken(password) == nil)
    }

    @Test func `every broken rule is named at once, in words for a form`() throws {
        let broken = try #require(try TestSchool().broken("robin"))
        #expect(
            broken == [
                .tooShort(8), .noUpperCase, .noDigit, .noSymbol, .containsName, .containsEmail,
                .wellKnown,
            ]
        )
        #expect(Set(broken.map(\.message)).count == broken.count)
    }

    @Test func `an account that can be elevated needs twelve characters`() throws {
        let school = try TestSchool()
        #expect(try school.broken("xK9#mO2$") == nil)
        #expect(try school.broken("xK9#mO2$", elevatable: true) == [.tooShort(12)])
    }

    @Test func `length is counted in code points of the composed form`() throws {
        let school = try TestSchool()
        // Seven letters, one of them written as two code points; with eight it would pass.
        #expect(try school.broken("e\u{301}K9#mO2") == [.tooShort(8)])
        #expect(try school.broken("\u{1F511}K9#mO2q") == nil)
    }

    @Test func `128 code points of any script pass, more than 1,024 bytes are refused`() throws {
        let long = (0..<30).map { "\($0)Ünï-\u{1F511}q" }.joined()
        #expect(try TestSchool().broken(String(long.prefix(128))) == nil)
        #expect(throws: AuthenticationError.self) {
            try Password(String(repeating: "a", count: 1_025))
        }
        #expect(throws: Never.self) { try Password(String(repeating: "a", count: 1_024)) }
    }

    @Test func `nothing of a long password is cut off`() throws {
        let school = try TestSchool()
        let long = "xK9#" + String(repeating: "mO2$nE7!", count: 30)
        try school.person("ada@school.example", password: long)
        #expect(try school.trySignIn("ada@school.example", String(long.dropLast())).isRefused)
        #expect(try school.trySignIn("ada@school.example", long).signedIn != nil)
    }

    @Test func `the profile nist asks for length alone`() throws {
        let school = try TestSchool()
        school.rules.profile = .nist
        school.rules.password = .init(profile: .nist)
        #expect(try school.broken("correct horse battery") == nil)
        #expect(try school.broken("Xk9#mO2$nE7!yA") == [.tooShort(15)])
        for password in ["12051987 31121999", "passwordpassword", "qwertyuiop123456"] {
            #expect(try school.broken(password) == [.wellKnown], "\(password)")
        }
    }

    @Test func `the last five passwords are refused, the sixth is not`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example", password: password(0))
        for number in 1...5 { try school.reset(member, to: password(number)) }
        for number in 1...5 {
            #expect(throws: AuthenticationError.weakPassword([.reused(5)])) {
                try school.reset(member, to: password(number))
            }
        }
        try school.reset(member, to: password(0))
    }

    private func password(_ number: Int) -> String { "Quartz-Heron\(number)-Lamp!" }
}

extension TestSchool {
    /// The rules that a password breaks; `nil` when it passes.
    func broken(_ password: String, elevatable: Bool = false) throws -> [BrokenRule]? {
        let member =
            try store.accounts.find(
                #require(EmailAddress("robin.example@school.example")),
                on: connection
            ) ?? invite("robin.example@school.example")
        do {
            _ = try store.hasher.prepare(
                Password(password),
                for: store.accounts.holder(member.id, on: connection),
                elevatable: elevatable,
                rules: rules
            )
            return nil
        } catch AuthenticationError.weakPassword(let rules) {
            return rules
        }
    }

    /// Sets a password by a mailed link.
    func reset(_ member: StaffMember, to password: String) throws {
        let token = try #require(
            try store.tokens.issue(for: member.id, kind: .reset, at: occasion)
        )
        try redeem(token.text, password)
    }
}
