import Crypto
public import SQLite

/// How a person comes by an authenticator: the first one, and another one for a new phone.
extension Authenticators {
    /// Makes an enrolment code, to be handed over in person; an earlier one is void, and so is what
    /// was begun with it.
    ///
    /// - Returns: `xxxx-xxxx-xxxx-xxxx`, shown once.
    public func issueEnrolmentCode(
        for account: Identifier,
        now: Timestamp,
        on connection: Connection
    ) throws -> String {
        let code = Random.bytes(GroupedCode.length)
        let version = keys.pepperVersion
        try connection.run(
            "DELETE FROM authenticator WHERE account = ?1 AND state = 'pending'",
            .id(account)
        )
        try connection.run(
            """
            INSERT INTO enrolment_code (account, hash, pepper, expires_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (account) DO UPDATE SET hash = ?2, pepper = ?3, expires_at = ?4
            """,
            .id(account),
            .blob(
                keys.codeHash(
                    "enrolment code",
                    account: account.rawValue,
                    code: code,
                    version: version
                )
            ),
            .int(Int64(version)),
            .time(now + Limits.enrolmentLifetime)
        )
        return GroupedCode.text(code)
    }

    /// Gives a person a first authenticator, pending; an earlier pending one is replaced.
    ///
    /// The enrolment code is used up by the confirmation, so that a page closed too early costs
    /// nobody a second meeting.
    /// - Throws: `AuthenticationError.alreadyEnrolled`, `.conflict` for a disabled authenticator;
    ///   `throwIfEnrolled` says so before the password is asked.
    public func enrol(
        _ proof: PasswordProof,
        _ session: Session,
        enrolmentCode: String,
        member: StaffMember,
        source address: String,
        at occasion: Occasion
    ) throws -> EnrolmentOutcome {
        try throwIfEnrolled(session.account, on: occasion.db)
        guard try sessions.checks.settle(proof, on: occasion.db) == session.account else {
            return .wrongPassword
        }
        let refusal = try codes.count(session.account, source: address, at: occasion) {
            try isEnrolmentCode(enrolmentCode, of: session.account, at: occasion)
        }
        switch refusal {
        case nil: break
        case .throttled(let wait): return .throttled(retryAfter: wait)
        case .wrong, .disabled, .alreadyUsed, .noAuthenticator: return .wrongEnrolmentCode
        }
        let least = PasswordRules.minLength(elevatable: true, occasion.rules)
        guard proof.codePoints >= least else { return .weakPassword([.tooShort(least)]) }
        let seed = Secret.random(count: TOTP.seedLength)
        try occasion.db.run(
            """
            INSERT INTO authenticator (account, state, pending_seed) VALUES (?1, 'pending', ?2)
            ON CONFLICT (account) DO UPDATE SET pending_seed = ?2 WHERE state = 'pending'
            """,
            .id(session.account),
            .blob(sealed(seed, "pending_seed", session.account))
        )
        return .pending(pending(seed, member, occasion.rules))
    }

    /// Says why a person cannot be given a first authenticator.
    ///
    /// - Throws: `AuthenticationError.alreadyEnrolled`, `.conflict` when it is disabled.
    public func throwIfEnrolled(_ account: Identifier, on connection: Connection) throws {
        switch try status(of: account, on: connection).state {
        case .none, .pending: return
        case .active: throw AuthenticationError.alreadyEnrolled
        case .disabled: throw AuthenticationError.conflict
        }
    }

    /// Says when a person has no authenticator in use.
    ///
    /// - Throws: `AuthenticationError.noAuthenticator` when there is none, or it is pending or
    ///   disabled.
    public func throwUnlessActive(_ account: Identifier, on connection: Connection) throws {
        guard try status(of: account, on: connection).state == .active else {
            throw AuthenticationError.noAuthenticator
        }
    }

    /// Gives a person another authenticator for a planned new phone; the old one works until the
    /// new one is confirmed.
    public func replace(
        _ proof: PasswordProof,
        _ session: Session,
        code: OneTimeCode,
        member: StaffMember,
        source address: String,
        at occasion: Occasion
    ) throws -> ReplacementOutcome {
        guard try sessions.checks.settle(proof, on: occasion.db) == session.account else {
            return .wrongPassword
        }
        let least = PasswordRules.minLength(elevatable: true, occasion.rules)
        guard proof.codePoints >= least else { return .weakPassword([.tooShort(least)]) }
        let notices: [Notice]
        switch try codes.accept(code, of: session.account, source: address, at: occasion) {
        case .refused(let refusal): return .codeRefused(refusal)
        case .accepted(let accepted): notices = accepted
        }
        let seed = Secret.random(count: TOTP.seedLength)
        let changed = try occasion.db.run(
            "UPDATE authenticator SET pending_seed = ?2 WHERE account = ?1 AND state = 'active'",
            .id(session.account),
            .blob(sealed(seed, "pending_seed", session.account))
        )
        guard changed == 1 else { throw AuthenticationError.noAuthenticator }
        return .pending(pending(seed, member, occasion.rules), notices)
    }

    /// Makes a pending authenticator the active one, proved by its first code.
    ///
    /// - Throws: `AuthenticationError.noAuthenticator` when none is pending (409 without one).
    public func confirm(
        _ session: Session,
        code: OneTimeCode,
        source address: String,
        at occasion: Occasion
    ) throws -> RecoveryCodesOutcome {
        let account = session.account
        guard let seed = try pendingSeed(of: account, at: occasion) else {
            throw AuthenticationError.noAuthenticator
        }
        var step: Int64?
        let refusal = try codes.count(account, source: address, at: occasion) {
            if case .totp(let digits) = code {
                step =
                    TOTP(seed: seed).steps(
                        of: digits,
                        at: occasion.now,
                        skew: occasion.rules.skewSteps
                    ).last
            }
            return step != nil
        }
        guard refusal == nil, let step else { return .refused(refusal ?? .wrong) }
        // Steps used with an old seed are dead with it: those of the new one are counted from here.
        let changed = try occasion.db.run(
            """
            UPDATE authenticator SET state = 'active', seed = ?2, pending_seed = NULL,
                used_step = ?3, enrolled_at = ?4, last_used_at = ?4
            WHERE account = ?1 AND pending_seed IS NOT NULL AND state IN ('pending', 'active')
            """,
            .id(account),
            .blob(sealed(seed, "seed", account)),
            .int(step),
            .time(occasion.now)
        )
        guard changed == 1 else { throw AuthenticationError.conflict }
        try occasion.db.run("DELETE FROM enrolment_code WHERE account = ?1", .id(account))
        try codes.endFailures(of: account, on: occasion.db)
        // Whoever held the old authenticator has to show the new one.
        try sessions.dropElevations(of: account, on: occasion.db)
        return .codes(try newRecoveryCodes(account, on: occasion.db), [.authenticatorEnrolled])
    }

    private func isEnrolmentCode(
        _ text: String,
        of account: Identifier,
        at occasion: Occasion
    ) throws -> Bool {
        guard let code = GroupedCode.read(text) else { return false }
        let stored = try occasion.db.first(
            "SELECT hash, pepper FROM enrolment_code WHERE account = ?1 AND expires_at > ?2",
            .id(account),
            .time(occasion.now),
            read: { (hash: $0.blob(0), pepper: Int($0.int(1))) }
        )
        guard let stored,
            let hash = keys.codeHash(
                "enrolment code",
                account: account.rawValue,
                code: code,
                version: stored.pepper
            )
        else { return false }
        return constantTimeEquals(hash, stored.hash)
    }

    /// The seed that waits for its first code; a first authenticator's no longer than the enrolment
    /// code that it was begun with.
    private func pendingSeed(of account: Identifier, at occasion: Occasion) throws -> Secret? {
        let sealed = try occasion.db.first(
            """
            SELECT pending_seed FROM authenticator WHERE account = ?1 AND (state = 'active'
                OR EXISTS (SELECT 1 FROM enrolment_code WHERE account = ?1 AND expires_at > ?2))
            """,
            .id(account),
            .time(occasion.now),
            read: { $0.optionalBlob(0) }
        )
        guard let sealed = sealed ?? nil else { return nil }
        return try keys.authenticator.openSecret(
            sealed,
            column: "pending_seed",
            row: account.rawValue
        )
    }

    private func sealed(_ seed: Secret, _ column: StaticString, _ account: Identifier) -> [UInt8] {
        keys.authenticator.seal(seed, column: column, row: account.rawValue)
    }

    private func pending(
        _ seed: Secret,
        _ member: StaffMember,
        _ rules: AuthenticationRules
    ) -> PendingAuthenticator {
        PendingAuthenticator(
            secret: seed.withBytes { Base32.encode(Array($0)) },
            uri: TOTP(seed: seed).uri(issuer: rules.schoolName, account: member.email)
        )
    }
}
