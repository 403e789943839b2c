import Crypto
public import SQLite

/// What is done against the loss of an authenticator, and after it.
extension Authenticators {
    /// Ten new recovery codes; the old ones are dead.
    public func regenerate(
        _ session: Session,
        code: OneTimeCode,
        source address: String,
        at occasion: Occasion
    ) throws -> RecoveryCodesOutcome {
        switch try codes.accept(code, of: session.account, source: address, at: occasion) {
        case .refused(let refusal): return .refused(refusal)
        case .accepted(let notices):
            let new = try newRecoveryCodes(session.account, on: occasion.db)
            return .codes(new, notices + [.recoveryCodesReplaced])
        }
    }

    /// Disables a lost authenticator at once; elevation ends everywhere.
    ///
    /// - Returns: whether the password was right.
    /// - Throws: `AuthenticationError.noAuthenticator` when there is none that could be lost;
    ///   `throwUnlessActive` says so before the password is asked.
    public func suspend(
        _ proof: PasswordProof,
        _ session: Session,
        on connection: Connection
    ) throws -> Bool {
        guard try sessions.checks.settle(proof, on: connection) == session.account else {
            return false
        }
        guard try codes.disable(session.account, on: connection) else {
            throw AuthenticationError.noAuthenticator
        }
        return true
    }

    /// Removes a person's authenticator, as two people have decided, and ends their sessions.
    ///
    /// - Returns: the enrolment code for the next one, shown once.
    public func reset(
        _ account: Identifier,
        now: Timestamp,
        on connection: Connection
    ) throws -> String {
        try connection.run("DELETE FROM authenticator WHERE account = ?1", .id(account))
        try connection.run("DELETE FROM recovery_code WHERE account = ?1", .id(account))
        try connection.run("DELETE FROM code_failures WHERE account = ?1", .id(account))
        try sessions.endAll(of: account, now: now, on: connection)
        return try issueEnrolmentCode(for: account, now: now, on: connection)
    }

    func newRecoveryCodes(
        _ account: Identifier,
        on connection: Connection
    ) throws -> [String] {
        try connection.run("DELETE FROM recovery_code WHERE account = ?1", .id(account))
        let version = keys.pepperVersion
        return try (0..<CodeCheck.recoveryCodes).map { _ in
            let code = Random.bytes(GroupedCode.length)
            try connection.run(
                "INSERT INTO recovery_code (account, hash, pepper) VALUES (?1, ?2, ?3)",
                .id(account),
                .blob(
                    keys.codeHash(
                        "recovery code",
                        account: account.rawValue,
                        code: code,
                        version: version
                    )
                ),
                .int(Int64(version))
            )
            return GroupedCode.text(code)
        }
    }
}
