import Authentication
import Crypto
import SQLite

/// How a made-up person comes by a password, a session and an authenticator: as real ones do.
struct DemoEnrolment {
    let identity: IdentityStore
    let member: StaffMember
    let password: String

    private static let client = Client(address: "127.0.0.1", userAgent: "")

    /// Sets the password, by a link.
    func activate(at occasion: Occasion) throws {
        let new = try identity.hasher.prepare(
            try Password(password),
            for: try identity.accounts.holder(member.id, on: occasion.db),
            elevatable: true,
            rules: occasion.rules
        )
        try activate(new, at: occasion)
    }

    /// Sets a password that is hashed already, by a link.
    func activate(_ new: NewPassword, at occasion: Occasion) throws {
        let token = try identity.tokens.issue(for: member.id, kind: .invite, at: occasion)
        guard let token else { throw ServiceError.folder("a new account has a link") }
        _ = try identity.tokens.redeem(token.text, setting: new, at: occasion)
    }

    /// Signs in on a device that nobody has used before.
    func signIn(at occasion: Occasion) throws -> SignedIn {
        let outcome = try identity.sessions.signIn(
            try prove(at: occasion),
            client: DemoEnrolment.client,
            replacing: nil,
            at: occasion
        )
        guard case .signedIn(let signedIn) = outcome else {
            throw ServiceError.folder("the password just set signs in")
        }
        return signedIn
    }

    /// Enrols an authenticator and confirms it; the answer is its secret in base 32.
    func enrol(at occasion: Occasion) throws -> String {
        let session = try signIn(at: occasion).session
        let code = try identity.authenticators.issueEnrolmentCode(
            for: member.id,
            now: occasion.now,
            on: occasion.db
        )
        let enrolment = try identity.authenticators.enrol(
            try prove(at: occasion),
            session,
            enrolmentCode: code,
            member: member,
            source: DemoEnrolment.client.address,
            at: occasion
        )
        guard case .pending(let pending) = enrolment else {
            throw ServiceError.folder("the code just issued enrols")
        }
        let totp = TOTP(seed: Secret(try Base32.decode(pending.secret)))
        guard let first = OneTimeCode(totp.code(step: TOTP.step(at: occasion.now))) else {
            throw ServiceError.folder("a code has six digits")
        }
        _ = try identity.authenticators.confirm(
            session,
            code: first,
            source: DemoEnrolment.client.address,
            at: occasion
        )
        return pending.secret
    }

    private func prove(at occasion: Occasion) throws -> PasswordProof {
        let challenge = try identity.checks.begin(
            email: member.email.text,
            client: DemoEnrolment.client,
            at: occasion
        )
        guard case .attempt(let attempt) = challenge else {
            throw ServiceError.folder("a first sign-in is not throttled")
        }
        return try identity.hasher.check(try Password(password), attempt)
    }
}
