import Authentication
import Crypto
import SQLite
import Testing

/// What the service does with the calls about a session and an authenticator.
extension TestSchool {
    /// A school and somebody signed in who has an authenticator.
    static func enrolled() throws -> (TestSchool, Session, TOTP) {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let session = try school.signIn("ada@school.example").session
        return (school, session, try school.enrol(session).totp)
    }

    func change(_ account: Identifier, _ change: AccountChange) throws {
        _ = try store.accounts.change(
            account,
            change,
            keeping: [["dsl"]],
            now: now,
            on: connection
        )
    }

    func unlock(
        _ token: SessionToken,
        _ password: String = TestSchool.password,
        code: OneTimeCode? = nil
    ) throws -> UnlockOutcome {
        let session = try live(token)
        let challenge = try store.sessions.beginUnlock(session, at: occasion)
        guard case .attempt(let attempt) = challenge else { throw Refused.throttled }
        let proof = try store.hasher.check(Password(password), attempt)
        guard let code else {
            return try store.sessions.unlock(proof, session, at: occasion)
        }
        return try store.authenticators.unlock(
            proof,
            session,
            code: code,
            source: client.address,
            at: occasion
        )
    }

    /// Asks for another authenticator; the answer makes its codes.
    func replace(_ session: Session, _ code: OneTimeCode) throws -> TOTP {
        let outcome = try store.authenticators.replace(
            proof(session.account),
            session,
            code: code,
            member: try #require(try store.accounts.find(session.account, on: connection)),
            source: client.address,
            at: occasion
        )
        guard case .pending(let pending, _) = outcome else { throw Refused.enrolment }
        return TOTP(seed: Secret(try Base32.decode(pending.secret)))
    }

    @discardableResult
    func confirm(_ session: Session, _ totp: TOTP) throws -> [String] {
        let outcome = try store.authenticators.confirm(
            session,
            code: code6(totp),
            source: client.address,
            at: occasion
        )
        guard case .codes(let codes, let notices) = outcome else { throw Refused.enrolment }
        #expect(notices == [.authenticatorEnrolled])
        return codes
    }

    func regenerate(_ session: Session, _ code: OneTimeCode) throws -> RecoveryCodesOutcome {
        try store.authenticators.regenerate(
            session,
            code: code,
            source: client.address,
            at: occasion
        )
    }
}
