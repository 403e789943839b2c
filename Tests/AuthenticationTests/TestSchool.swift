import Authentication
import Crypto
import Foundation
import SQLite
import Testing

/// A school in a temporary folder, with a clock that stands still until it is moved.
final class TestSchool {
    let folder: URL
    let ring: KeyRing
    let sealing: SealingKeys
    var store: IdentityStore
    var connection: Connection
    var rules = AuthenticationRules()
    var now = Timestamp(milliseconds: 1_764_000_000_000)
    var occasion: Occasion { Occasion(rules: rules, now: now, db: connection) }

    static let password = "Quartz-Heron7-Lamp!"
    let client = Client(address: "192.0.2.7", userAgent: "curl/8")

    init(cheapHashes: Bool = true) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("auth-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let keys = folder.appendingPathComponent("keys").path
        try KeyRing.create(in: keys)
        ring = try KeyRing(folder: keys)
        let wrapped = try SealingKeys.generate(tables: IdentityStore.sealedTables, keyRing: ring)
        sealing = try SealingKeys(unwrapping: wrapped, keyRing: ring)
        store = try IdentityStore(keyRing: ring, sealing: sealing, cheapHashes: cheapHashes)
        connection = try Connection(
            path: folder.appendingPathComponent("db").path,
            access: .writing
        )
        try Migrations.apply([IdentityStore.migrations], to: connection, now: now)
        rules.schoolName = "White Trees School"
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private(set) lazy var path = folder.appendingPathComponent("db").path

    /// Another file, with the same keys and nobody in it.
    func moveToAnotherFile() throws {
        path += "2"
        try restart()
        try Migrations.apply([IdentityStore.migrations], to: connection, now: now)
    }

    /// The program dies and starts again: memory is gone, the file is as it was.
    func restart() throws {
        connection = try Connection(path: path, access: .writing)
        store = try IdentityStore(keyRing: ring, sealing: sealing, cheapHashes: true)
    }

    func pass(_ duration: Duration) { now = now + duration }

    @discardableResult
    func invite(
        _ email: String,
        name: String = "Robin Example",
        roles: [String] = ["staff"]
    ) throws -> StaffMember {
        try store.accounts.create(
            NewAccount(email: email, name: name, roles: roles),
            now: now,
            on: connection
        )
    }

    /// An account with a password.
    @discardableResult
    func person(
        _ email: String,
        name: String = "Robin Example",
        roles: [String] = ["staff"],
        password: String = TestSchool.password
    ) throws -> StaffMember {
        let member = try invite(email, name: name, roles: roles)
        let token = try #require(
            try store.tokens.issue(for: member.id, kind: .invite, at: occasion)
        )
        try redeem(token.text, password)
        return try #require(try store.accounts.find(member.id, on: connection))
    }

    func redeem(_ token: String, _ password: String) throws {
        guard let holder = try store.tokens.holder(of: token, now: now, on: connection) else {
            throw AuthenticationError.resetExpired
        }
        let new = try store.hasher.prepare(
            Password(password),
            for: holder,
            elevatable: false,
            rules: rules
        )
        _ = try store.tokens.redeem(token, setting: new, at: occasion)
    }

    /// What the service does with `POST /v1/session`.
    func trySignIn(
        _ email: String,
        _ password: String = TestSchool.password,
        client: Client? = nil,
        replacing: Session? = nil
    ) throws -> SignInResult {
        let client = client ?? self.client
        switch try begin(email, from: client) {
        case .throttled(let wait): return .throttled(wait)
        case .attempt(let attempt):
            let proof = try store.hasher.check(Password(password), attempt)
            let outcome = try store.sessions.signIn(
                proof,
                client: client,
                replacing: replacing,
                at: occasion
            )
            switch outcome {
            case .signedIn(let signedIn): return .signedIn(signedIn)
            case .refused: return .refused
            }
        }
    }

    /// A counted attempt of a stranger.
    func attempt(at email: String) throws -> PasswordAttempt {
        guard case .attempt(let attempt) = try begin(email, from: client) else {
            throw Refused.throttled
        }
        return attempt
    }

    private func begin(_ email: String, from client: Client) throws -> PasswordChallenge {
        try store.checks.begin(email: email, client: client, at: occasion)
    }

    func signIn(_ email: String, _ password: String = TestSchool.password) throws -> SignedIn {
        try #require(try trySignIn(email, password).signedIn)
    }

    func resolve(_ token: SessionToken) throws -> SessionState {
        try store.sessions.resolve(token, at: occasion)
    }

    func live(_ token: SessionToken) throws -> Session {
        try #require(try resolve(token).session)
    }

    func proof(_ account: Identifier, _ password: String = TestSchool.password) throws
        -> PasswordProof
    {
        let challenge = try store.checks.begin(account: account, at: occasion)
        guard case .attempt(let attempt) = challenge else { throw Refused.throttled }
        return try store.hasher.check(Password(password), attempt)
    }

    /// Enrols and confirms an authenticator; the answer is its seed and its recovery codes.
    func enrol(_ session: Session) throws -> (totp: TOTP, recovery: [String]) {
        let code = try store.authenticators.issueEnrolmentCode(
            for: session.account,
            now: now,
            on: connection
        )
        let member = try #require(try store.accounts.find(session.account, on: connection))
        let outcome = try store.authenticators.enrol(
            proof(session.account),
            session,
            enrolmentCode: code,
            member: member,
            source: "192.0.2.7",
            at: occasion
        )
        guard case .pending(let pending) = outcome else { throw Refused.enrolment }
        let totp = TOTP(seed: Secret(try Base32.decode(pending.secret)))
        let confirmation = try store.authenticators.confirm(
            session,
            code: code6(totp),
            source: "192.0.2.7",
            at: occasion
        )
        guard case .codes(let codes, _) = confirmation else { throw Refused.enrolment }
        pass(.seconds(30))
        return (totp, codes)
    }

    /// The code of the present step, or of one beside it.
    func code6(_ totp: TOTP, steps: Int64 = 0) throws -> OneTimeCode {
        try #require(OneTimeCode(totp.code(step: TOTP.step(at: now) + steps)))
    }

    func wrongCode(_ totp: TOTP) throws -> OneTimeCode {
        let present = TOTP.step(at: now)
        let right = Set((present - 2...present + 2).map { totp.code(step: $0) })
        let wrong = try #require(
            ["000000", "000001", "000002", "000003", "000004", "000005"]
                .first { !right.contains($0) }
        )
        return try #require(OneTimeCode(wrong))
    }

    func elevate(_ session: Session, _ code: OneTimeCode) throws -> ElevationOutcome {
        try store.authenticators.elevate(session, code: code, source: "192.0.2.7", at: occasion)
    }
}

enum Refused: Error { case throttled, enrolment }

enum SignInResult {
    case signedIn(SignedIn)
    case refused
    case throttled(Duration)

    var signedIn: SignedIn? { if case .signedIn(let it) = self { it } else { nil } }
    var isRefused: Bool { if case .refused = self { true } else { false } }
    var wait: Duration? { if case .throttled(let it) = self { it } else { nil } }
}

extension SessionState {
    var session: Session? { if case .live(let it) = self { it } else { nil } }
    var isExpired: Bool { if case .expired = self { true } else { false } }
    var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

extension ElevationOutcome {
    var started: StartedSession? { if case .elevated(let it, _) = self { it } else { nil } }
    var refusal: CodeRefusal? { if case .refused(let it) = self { it } else { nil } }
}
