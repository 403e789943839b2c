import Crypto
public import SQLite

/// Authenticators: enrolled, confirmed, used, disabled.
///
/// Everything here is one piece of the writer: a code is checked, its step used up or its failure
/// counted, and the answer given after the commit.
public struct Authenticators: Sendable {
    let keys: IdentityKeys
    let sessions: Sessions
    let codes: CodeCheck

    /// What a person's authenticator is good for.
    public func status(
        of account: Identifier,
        on connection: Connection
    ) throws -> AuthenticatorStatus {
        try connection.first(
            """
            SELECT state, enrolled_at, last_used_at,
                (SELECT count(*) FROM recovery_code WHERE account = ?1)
            FROM authenticator WHERE account = ?1
            """,
            .id(account),
            read: { row in
                AuthenticatorStatus(
                    state: try AuthenticatorState(stored: row.text(0)),
                    enrolledAt: row.optionalTime(1),
                    lastUsedAt: row.optionalTime(2),
                    recoveryCodesLeft: Int(row.int(3))
                )
            }
        )
            ?? AuthenticatorStatus(
                state: .none,
                enrolledAt: nil,
                lastUsedAt: nil,
                recoveryCodesLeft: 0
            )
    }

    /// Elevates a session, under a new token.
    ///
    /// - Throws: `AuthenticationError.sessionEnded` when the session ended, was locked or got
    ///   another token: then the code is not used up either.
    public func elevate(
        _ session: Session,
        code: OneTimeCode,
        source address: String,
        at occasion: Occasion
    ) throws -> ElevationOutcome {
        // Before the code is looked at: a session that has gone is no place to try codes.
        _ = try sessions.current(session, at: occasion)
        switch try codes.accept(code, of: session.account, source: address, at: occasion) {
        case .refused(let refusal): return .refused(refusal)
        case .accepted(let notices):
            let started = try sessions.replaceToken(session, elevated: true, at: occasion)
            return .elevated(started, notices)
        }
    }

    /// Finishes an attempt to unlock a session and to elevate it at once.
    ///
    /// A wrong code leaves it locked.
    public func unlock(
        _ proof: PasswordProof,
        _ session: Session,
        code: OneTimeCode,
        source address: String,
        at occasion: Occasion
    ) throws -> UnlockOutcome {
        guard try sessions.checks.settle(proof, on: occasion.db) == session.account else {
            return try sessions.refuseUnlock(session, at: occasion)
        }
        // Codes are counted apart: what the code's own waits refuse must not end the session.
        try sessions.withdrawUnlock(session, on: occasion.db)
        switch try codes.accept(code, of: session.account, source: address, at: occasion) {
        case .refused(let refusal): return .codeRefused(refusal)
        case .accepted(let notices):
            try sessions.markUnlocked(session, on: occasion.db)
            let started = try sessions.replaceToken(session, elevated: true, at: occasion)
            return .elevated(started, notices)
        }
    }

    /// Uses up every code that can have been used until now: a restored file may not know of it.
    ///
    /// Which recovery codes were used since the copy was made is not known: all are dead. An
    /// enrolment code stays: it comes back with the state before its use, and whoever enrolled
    /// with it needs it again.
    func useUpAll(now: Timestamp, on connection: Connection) throws {
        try connection.run("DELETE FROM recovery_code")
        try connection.run(
            "UPDATE authenticator SET used_step = max(used_step, ?1)",
            // The step ahead, which the skew lets in, may have been used as well.
            .int(TOTP.step(at: now) + 1)
        )
    }
}
