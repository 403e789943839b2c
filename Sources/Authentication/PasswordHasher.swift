import Crypto
public import SQLite

/// The slow part of every check of a password; it touches no database and belongs on a pool.
public struct PasswordHasher: Sendable {
    let keys: IdentityKeys
    let cost: PasswordHash.Cost

    /// Whether the password of an attempt is right; takes one scrypt, whoever is meant.
    ///
    /// Only where a right one is stored at an older cost, a second scrypt makes its new hash.
    public func check(_ password: Password, _ attempt: PasswordAttempt) throws -> PasswordProof {
        let stored = attempt.stored
        var work = 0
        func derive(_ cost: PasswordHash.Cost) throws -> Secret {
            work += cost.work
            return try self.derive(password, stored.salt, cost)
        }
        let raw = try derive(stored.cost)
        let found = keys.peppered(raw, version: stored.pepper)
        let isEqual = found?.matches(stored.hash) ?? false
        let isCorrect = isEqual && attempt.hasPassword
        var renewed: PasswordHash?
        if isCorrect, stored.cost != cost || stored.pepper != keys.pepperVersion {
            let raw = stored.cost == cost ? raw : try derive(cost)
            renewed = try peppered(raw, stored.salt, cost, keys.pepperVersion)
        } else if let rest = stored.cost.rest(of: cost) {
            // A wrong password for an older hash must not be refused sooner than one for nobody's.
            _ = try derive(rest)
        }
        return PasswordProof(
            attempt: attempt,
            isCorrect: isCorrect,
            codePoints: password.codePoints,
            renewed: renewed,
            work: work
        )
    }

    /// Checks the present password, and prepares the new one where it is right.
    ///
    /// - Returns: the proof, and the new password; where the present one is wrong, the new one is
    ///   not looked at.
    public func change(
        _ current: Password,
        _ attempt: PasswordAttempt,
        to new: Password,
        for holder: PasswordHolder,
        elevatable: Bool,
        rules: AuthenticationRules
    ) throws -> (proof: PasswordProof, new: Result<NewPassword, any Error>?) {
        let proof = try check(current, attempt)
        guard proof.isCorrect else { return (proof, nil) }
        let prepared = Result {
            try prepare(new, for: holder, elevatable: elevatable, rules: rules)
        }
        return (proof, prepared)
    }

    /// Checks a new password against every rule and hashes it.
    ///
    /// - Parameters:
    ///   - password: the new password.
    ///   - holder: whose it is to be.
    ///   - elevatable: whether the account may be elevated, as the policy engine says.
    ///   - rules: the rules in force.
    /// - Returns: the hashed password.
    /// - Throws: `AuthenticationError.weakPassword` with every broken rule;
    ///   `CryptoError.breachedList` where the list of breached passwords cannot be searched.
    public func prepare(
        _ password: Password,
        for holder: PasswordHolder,
        elevatable: Bool,
        rules: AuthenticationRules
    ) throws -> NewPassword {
        var broken = PasswordRules(rules: rules, holder: holder, elevatable: elevatable)
            .broken(by: password)
        if try rules.password.breached?.contains(password.bytes) == true {
            broken.append(.breached)
        }
        let salt = holder.history.last?.salt ?? Random.bytes(PasswordHash.saltLength)
        let raw = try derive(password, salt, cost)
        if try isUsed(password, raw, salt, in: holder.history.suffix(rules.password.history)) {
            broken.append(.reused(rules.password.history))
        }
        if !broken.isEmpty { throw AuthenticationError.weakPassword(broken) }
        return NewPassword(hash: try peppered(raw, salt, cost, keys.pepperVersion))
    }

    /// One salt a person: the new password's own hash tells it from all earlier ones of that cost.
    private func isUsed(
        _ password: Password,
        _ raw: Secret,
        _ salt: [UInt8],
        in history: some Sequence<PasswordHash>
    ) throws -> Bool {
        var others: [PasswordHash.Cost: Secret] = [:]
        var isUsed = false
        for old in history {
            var candidate = raw
            if old.cost != cost || old.salt != salt {
                candidate = try others[old.cost] ?? derive(password, old.salt, old.cost)
                if old.salt == salt { others[old.cost] = candidate }
            }
            let found = keys.peppered(candidate, version: old.pepper)
            if found?.matches(old.hash) == true { isUsed = true }
        }
        return isUsed
    }

    private func derive(
        _ password: Password,
        _ salt: [UInt8],
        _ cost: PasswordHash.Cost
    ) throws -> Secret {
        try Scrypt.derive(
            password: password.bytes,
            salt: salt,
            n: 1 << cost.logN,
            r: cost.r,
            p: cost.p,
            length: PasswordHash.hashLength
        )
    }

    private func peppered(
        _ raw: Secret,
        _ salt: [UInt8],
        _ cost: PasswordHash.Cost,
        _ version: Int
    ) throws -> PasswordHash {
        guard let hash = keys.peppered(raw, version: version) else {
            throw CryptoError.unknownKeyVersion(version)
        }
        return PasswordHash(
            cost: cost,
            pepper: version,
            salt: salt,
            hash: hash.withBytes { Array($0) }
        )
    }
}

/// A password that passed every rule, hashed.
public struct NewPassword: Sendable {
    let hash: PasswordHash
}

/// Whose new password it is: what the rules compare it with.
public struct PasswordHolder: Sendable {
    /// The account.
    public let account: Identifier
    /// The person's name.
    public let name: String
    /// The person's address.
    public let email: EmailAddress
    /// Names of the person's roles, from which the policy tells whether the account may elevate.
    public let roles: [String]
    /// The last passwords, oldest first.
    let history: [PasswordHash]
}

/// An attempt that has been counted and may be evaluated once.
public struct PasswordAttempt: Sendable {
    /// The account that is meant, `nil` where there is none: for the log alone, no answer differs.
    public let account: Identifier?
    let stored: PasswordHash
    /// Whether `stored` is a person's: a decoy costs the same and is never right.
    let hasPassword: Bool
    /// Whether it comes from a session or from a device that has signed in to this account before:
    /// such a one goes first in the queue for the hash.
    public let isKnown: Bool
    let counted: [Throttle.Bucket]
    let countedAt: Timestamp
    /// Failures in a row before this attempt.
    let failuresBefore: Int
}

/// The result of evaluating an attempt.
public struct PasswordProof: Sendable {
    /// What was evaluated.
    public let attempt: PasswordAttempt
    /// Whether the password was right at the time; what follows decides again.
    let isCorrect: Bool
    let codePoints: Int
    /// The same password at the present cost and under the present pepper.
    let renewed: PasswordHash?
    /// What the evaluation took, as the N · r · p of its calls of scrypt together: next to the same
    /// for every wrong password, so that no account is told from none by the time of an answer.
    package let work: Int
}
