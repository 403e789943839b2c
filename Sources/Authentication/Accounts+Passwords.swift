import Crypto
public import SQLite

/// The passwords of accounts, and their history.
extension Accounts {
    /// What the rules compare an account's new password with.
    ///
    /// - Throws: `AuthenticationError.unknownAccount`.
    public func holder(_ id: Identifier, on connection: Connection) throws -> PasswordHolder {
        let member = try member(id, on: connection)
        let history = try connection.all(
            "SELECT hash FROM password_history WHERE account = ?1 ORDER BY number",
            .id(id),
            read: { row in
                guard let hash = PasswordHash(row.text(0)) else {
                    throw AuthenticationError.corrupt("password_history.hash")
                }
                return hash
            }
        )
        return PasswordHolder(
            account: id,
            name: member.name,
            email: member.email,
            roles: member.roles,
            history: history
        )
    }

    /// Sets a password, and makes an invited account active; every mailed token is dead.
    ///
    /// - Throws: `AuthenticationError.conflict` for an account that may have none.
    func setPassword(
        _ new: NewPassword,
        of id: Identifier,
        keeping history: Int,
        now: Timestamp,
        on connection: Connection
    ) throws {
        let changed = try connection.run(
            """
            UPDATE account SET password = ?2, password_set_at = ?3, state = 'active'
            WHERE id = ?1 AND state IN ('invited', 'active')
            """,
            .id(id),
            .text(new.hash.description),
            .time(now)
        )
        guard changed == 1 else { throw AuthenticationError.conflict }
        try connection.run(
            """
            INSERT INTO password_history (account, number, hash) VALUES (?1,
                (SELECT coalesce(max(number), 0) + 1 FROM password_history WHERE account = ?1), ?2)
            """,
            .id(id),
            .text(new.hash.description)
        )
        try connection.run(
            """
            DELETE FROM password_history WHERE account = ?1 AND number <=
                (SELECT max(number) FROM password_history WHERE account = ?1) - ?2
            """,
            .id(id),
            .int(Int64(max(history, 1)))
        )
        // A token must not outlive the password it was to replace (CVE-2022-36106).
        try connection.run("UPDATE mailed_token SET hash = NULL WHERE account = ?1", .id(id))
    }

    /// Finishes a change of password by its owner; every other session of theirs ends.
    ///
    /// - Parameters:
    ///   - proof: the evaluated present password.
    ///   - prepared: the new one, hashed, or what is wrong with it; `nil` where the present one was
    ///     not right.
    ///   - session: the one that stays; its elevation ends.
    ///   - sessions: where the others are.
    ///   - occasion: the present, on the writing connection.
    /// - Returns: what came of it; a refusal is counted or named.
    /// - Throws: `AuthenticationError.sessionEnded`, `.corrupt`; `SQLiteError`; what went wrong while
    ///   the new one was prepared.
    public func changePassword(
        _ proof: PasswordProof,
        to prepared: Result<NewPassword, any Error>?,
        in session: Session,
        sessions: Sessions,
        at occasion: Occasion
    ) throws -> PasswordChange {
        _ = try sessions.current(session, at: occasion)
        guard try sessions.checks.settle(proof, on: occasion.db) == session.account,
            let prepared
        else { return .wrongCurrent }
        let new: NewPassword
        do {
            new = try prepared.get()
        } catch AuthenticationError.weakPassword(let broken) {
            // Returned: that the present one was right has ended a row of failures, for good.
            return .weak(broken)
        }
        try setPassword(
            new,
            of: session.account,
            keeping: occasion.rules.password.history,
            now: occasion.now,
            on: occasion.db
        )
        try sessions.endAll(
            of: session.account,
            except: session.id,
            now: occasion.now,
            on: occasion.db
        )
        try sessions.dropElevations(of: session.account, on: occasion.db)
        return .changed
    }
}

/// What came of a change of password.
public enum PasswordChange: Sendable, Hashable {
    /// It is changed.
    case changed
    /// The present password was not right; this has been counted.
    case wrongCurrent
    /// The new one breaks these rules.
    case weak([BrokenRule])
}
