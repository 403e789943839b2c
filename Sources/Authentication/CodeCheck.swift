import Crypto
import SQLite

/// The one place where a code of an authenticator is accepted or counted as wrong.
struct CodeCheck: Sendable {
    let keys: IdentityKeys
    let throttle: Throttle

    static let recoveryCodes = 10

    /// Accepts a code at most once, for ever: across sessions, addresses, restarts and races.
    func accept(
        _ code: OneTimeCode,
        of account: Identifier,
        source address: String,
        at occasion: Occasion
    ) throws -> CodeOutcome {
        let sealedSeed = try occasion.db.first(
            "SELECT seed FROM authenticator WHERE account = ?1 AND state = 'active'",
            .id(account),
            read: { $0.blob(0) }
        )
        guard let sealedSeed else { return .refused(.noAuthenticator) }
        let seed = try keys.authenticator.openSecret(
            sealedSeed,
            column: "seed",
            row: account.rawValue
        )
        let failuresBefore = try failures(of: account, on: occasion.db)?.count ?? 0
        var isReplay = false
        let refusal = try count(account, source: address, at: occasion) {
            switch code {
            case .totp(let digits):
                let steps = TOTP(seed: seed).steps(
                    of: digits,
                    at: occasion.now,
                    skew: occasion.rules.skewSteps
                )
                for step in steps where try use(step, of: account, at: occasion) {
                    return true
                }
                isReplay = !steps.isEmpty
                return isReplay
            case .recovery(let bytes):
                return try useRecoveryCode(bytes, of: account, at: occasion)
            }
        }
        if let refusal { return .refused(refusal) }
        if isReplay { return .refused(.alreadyUsed) }
        var notices: [Notice] = []
        if failuresBefore >= Limits.failuresWorthANotice {
            notices.append(.codeAfterFailures(failuresBefore))
        }
        guard case .recovery = code else { return .accepted(notices) }
        let left = try occasion.db.first(
            "SELECT count(*) FROM recovery_code WHERE account = ?1",
            .id(account),
            read: { Int($0.int(0)) }
        )
        return .accepted(notices + [.recoveryCodeUsed(left: left ?? 0)])
    }

    /// Evaluates something that counts with a person's codes, unless they have to wait.
    ///
    /// - Returns: `nil` when `isRight` said so: the row of failures is over.
    func count(
        _ account: Identifier,
        source address: String,
        at occasion: Occasion,
        isRight: () throws -> Bool
    ) throws -> CodeRefusal? {
        let source = throttle.sourceBucket(.codeSource, address, occasion.rules)
        let before = try failures(of: account, on: occasion.db)
        if let before, before.nextAt > occasion.now {
            return .throttled(retryAfter: before.nextAt - occasion.now)
        }
        if let source, let wait = try throttle.wait(source, at: occasion) {
            return .throttled(retryAfter: wait)
        }
        if try isRight() { return nil }
        if let source { try throttle.add(source, at: occasion) }
        let failures = (before?.count ?? 0) + 1
        try occasion.db.run(
            """
            INSERT INTO code_failures (account, failures, next_at) VALUES (?1, ?2, ?3)
            ON CONFLICT (account) DO UPDATE SET failures = ?2, next_at = ?3
            """,
            .id(account),
            .int(Int64(failures)),
            .time(occasion.now + occasion.rules.throttle.wait(afterFailures: failures))
        )
        guard failures >= occasion.rules.disableAfterFailures else { return .wrong }
        return try disable(account, on: occasion.db) ? .disabled : .wrong
    }

    private func failures(
        of account: Identifier,
        on connection: Connection
    ) throws -> (count: Int, nextAt: Timestamp)? {
        try connection.first(
            "SELECT failures, next_at FROM code_failures WHERE account = ?1",
            .id(account),
            read: { (count: Int($0.int(0)), nextAt: $0.time(1)) }
        )
    }

    /// Disables an active authenticator and ends the person's elevations.
    ///
    /// - Returns: whether there was one.
    func disable(_ account: Identifier, on connection: Connection) throws -> Bool {
        let changed = try connection.run(
            """
            UPDATE authenticator SET state = 'disabled', pending_seed = NULL
            WHERE account = ?1 AND state = 'active'
            """,
            .id(account)
        )
        guard changed == 1 else { return false }
        try connection.run(
            "UPDATE session SET elevated_at = NULL, boot = NULL WHERE account = ?1",
            .id(account)
        )
        return true
    }

    /// Uses up a time step and all before it; false when it was used.
    private func use(_ step: Int64, of account: Identifier, at occasion: Occasion) throws -> Bool {
        let changed = try occasion.db.run(
            """
            UPDATE authenticator SET used_step = ?2, last_used_at = ?3
            WHERE account = ?1 AND used_step < ?2 AND state = 'active'
            """,
            .id(account),
            .int(step),
            .time(occasion.now)
        )
        if changed == 1 { try endFailures(of: account, on: occasion.db) }
        return changed == 1
    }

    private func useRecoveryCode(
        _ code: [UInt8],
        of account: Identifier,
        at occasion: Occasion
    ) throws -> Bool {
        let versions = try occasion.db.all(
            "SELECT DISTINCT pepper FROM recovery_code WHERE account = ?1",
            .id(account),
            read: { Int($0.int(0)) }
        )
        for version in versions {
            // The account is part of the hash: another person's code is none (CVE-2025-64175).
            let hash = keys.codeHash(
                "recovery code",
                account: account.rawValue,
                code: code,
                version: version
            )
            guard let hash else { continue }
            let used = try occasion.db.run(
                "DELETE FROM recovery_code WHERE account = ?1 AND hash = ?2",
                .id(account),
                .blob(hash)
            )
            guard used == 1 else { continue }
            try occasion.db.run(
                "UPDATE authenticator SET last_used_at = ?2 WHERE account = ?1",
                .id(account),
                .time(occasion.now)
            )
            try endFailures(of: account, on: occasion.db)
            return true
        }
        return false
    }

    /// Ends a row of failures.
    func endFailures(of account: Identifier, on connection: Connection) throws {
        try connection.run(
            "UPDATE code_failures SET failures = 0, next_at = 0 WHERE account = ?1",
            .id(account)
        )
    }
}
