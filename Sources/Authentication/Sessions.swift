import Crypto
public import SQLite

/// The sessions of everybody: who a token stands for, and how a session changes.
///
/// A change names the token it was decided under: of two that race, or of a change and a sign-out,
/// the later finds no row and nothing happens.
public struct Sessions: Sendable {
    let keys: IdentityKeys
    let checks: PasswordChecks
    let devices: Devices
    let activity: ActivityTable
    /// This run of the program: an elevation of another has ended.
    let boot: Int64

    /// Finds what a token stands for, by one indexed query; on every request.
    public func resolve(
        _ token: SessionToken,
        rules: AuthenticationRules,
        now: Timestamp,
        on connection: Connection
    ) throws -> SessionState {
        try resolve(hash: token.hash, rules: rules, now: now, on: connection)
    }

    /// Finds what the hash of a token stands for.
    func resolve(
        hash token: [UInt8],
        rules: AuthenticationRules,
        now: Timestamp,
        on connection: Connection
    ) throws -> SessionState {
        let found = try connection.first(
            """
            SELECT s.id, s.account, s.created_at, s.expires_at, s.last_active_at, s.elevated_at,
                s.boot, s.locked, s.ended_at, a.state,
                (SELECT group_concat(role, ' ') FROM account_role WHERE account = s.account),
                (SELECT state FROM authenticator WHERE account = s.account)
            FROM session s JOIN account a ON a.id = s.account WHERE s.token = ?1
            """,
            .blob(token),
            read: { try read($0, token: token, rules: rules, now: now) }
        )
        if let found { return found }
        let replaced = try connection.first(
            "SELECT replaced_at FROM replaced_token WHERE token = ?1",
            .blob(token),
            read: { $0.time(0) }
        )
        guard let replaced, now - replaced < Limits.endedSessionMemory else { return .unknown }
        return .expired
    }

    /// Notes that the person is there.
    ///
    /// - Returns: whether the file should learn of it now, by `flush` in a piece of the writer.
    public func touch(_ session: Session, now: Timestamp) -> Bool {
        activity.note(session.id, stored: session.lastActiveAt, now: now)
    }

    /// Notes that the person is there without asking for anything: typing, scrolling.
    ///
    /// More than once a minute it changes nothing; where the school lets sessions idle for less
    /// than ten minutes, more than once in a tenth of that.
    /// - Returns: as `touch`.
    public func notePresence(
        _ session: Session,
        rules: AuthenticationRules,
        now: Timestamp
    ) -> Bool {
        let interval = min(Limits.presenceInterval, rules.sessionIdle / 10)
        guard now - session.lastActiveAt >= interval else { return false }
        return touch(session, now: now)
    }

    /// Writes the last known activity of a session to the file.
    public func flush(_ session: Identifier, on connection: Connection) throws {
        guard let last = activity.last(session) else { return }
        try connection.run(
            """
            UPDATE session SET last_active_at = ?2
            WHERE id = ?1 AND last_active_at < ?2 AND ended_at IS NULL
            """,
            .id(session),
            .time(last)
        )
    }

    /// The sessions of a person that live, newest first.
    public func list(
        of account: Identifier,
        rules: AuthenticationRules,
        now: Timestamp,
        on connection: Connection
    ) throws -> [SessionSummary] {
        try connection.all(
            """
            SELECT id, created_at, last_active_at, elevated_at, boot, expires_at, address, user_agent
            FROM session WHERE account = ?1 AND ended_at IS NULL AND expires_at > ?2
            ORDER BY created_at DESC, id
            """,
            .id(account),
            .time(now),
            read: { row in
                let id = row.id(0)
                let active = max(row.time(2), activity.last(id) ?? row.time(2))
                let until = elevationEnd(row, at: 3, boot: 4, expires: row.time(5), rules: rules)
                return SessionSummary(
                    id: id,
                    createdAt: row.time(1),
                    lastActiveAt: active,
                    address: try text(row, 6, "address", id),
                    userAgent: try text(row, 7, "user_agent", id),
                    isElevated: until.map { $0 > now } ?? false
                )
            }
        )
        .filter { $0.lastActiveAt + rules.sessionIdle > now }
    }

    /// Ends a session that belongs to `account`; answers whether it lived.
    @discardableResult
    public func end(
        _ session: Identifier,
        of account: Identifier,
        now: Timestamp,
        on connection: Connection
    ) throws -> Bool {
        try connection.run(
            """
            UPDATE session SET ended_at = ?3, elevated_at = NULL, boot = NULL
            WHERE id = ?1 AND account = ?2 AND ended_at IS NULL
            """,
            .id(session),
            .id(account),
            .time(now)
        ) == 1
    }

    /// Ends every session of a person but one, if it is named.
    public func endAll(
        of account: Identifier,
        except kept: Identifier? = nil,
        now: Timestamp,
        on connection: Connection
    ) throws {
        try connection.run(
            """
            UPDATE session SET ended_at = ?2, elevated_at = NULL, boot = NULL
            WHERE account = ?1 AND ended_at IS NULL AND id IS NOT ?3
            """,
            .id(account),
            .time(now),
            .id(kept)
        )
    }

    /// Ends every session of everybody: after a restore none may be revived.
    func endEverything(now: Timestamp, on connection: Connection) throws {
        try connection.run(
            """
            UPDATE session SET ended_at = ?1, elevated_at = NULL, boot = NULL
            WHERE ended_at IS NULL
            """,
            .time(now)
        )
    }

    /// Ends the elevation of every session of a person; their tokens stay.
    public func dropElevations(of account: Identifier, on connection: Connection) throws {
        try connection.run(
            "UPDATE session SET elevated_at = NULL, boot = NULL WHERE account = ?1",
            .id(account)
        )
    }

    /// Forgets what ended more than a day ago.
    ///
    /// Whenever a session ended, it was not idle then: the last activity alone tells. The file
    /// learns of that a little late.
    func purge(
        rules: AuthenticationRules,
        now: Timestamp,
        on connection: Connection
    ) throws {
        activity.forget(before: now - rules.sessionIdle)
        let ended = now - Limits.endedSessionMemory
        try connection.run(
            "DELETE FROM session WHERE last_active_at <= ?1",
            .time(ended - rules.sessionIdle - Limits.activityFlush)
        )
        try connection.run("DELETE FROM replaced_token WHERE replaced_at <= ?1", .time(ended))
    }

    private func read(
        _ row: Row,
        token: [UInt8],
        rules: AuthenticationRules,
        now: Timestamp
    ) throws -> SessionState {
        let id = row.id(0)
        let stored = row.time(4)
        let active = max(stored, activity.last(id) ?? stored)
        let idleEnd = active + rules.sessionIdle
        let expiresAt = row.time(3)
        if let endedAt = row.optionalTime(8) {
            return now - endedAt < Limits.endedSessionMemory ? .expired : .unknown
        }
        let end = min(idleEnd, expiresAt)
        if end <= now { return now - end < Limits.endedSessionMemory ? .expired : .unknown }
        // Suspending ends the sessions too; this holds even if that were forgotten somewhere.
        if row.text(9) != AccountState.active.rawValue { return .expired }
        let authenticator = try AuthenticatorState(stored: row.optionalText(11))
        var until = elevationEnd(row, at: 5, boot: 6, expires: expiresAt, rules: rules)
        if authenticator != .active || until.map({ $0 <= now }) == true { until = nil }
        return .live(
            Session(
                id: id,
                account: row.id(1),
                roles: row.text(10).split(separator: " ").map(String.init).sorted(),
                elevatedUntil: until,
                elevatedAt: until == nil ? nil : row.optionalTime(5),
                locked: row.bool(7),
                createdAt: row.time(2),
                expiresAt: expiresAt,
                lastActiveAt: active,
                idleEnd: idleEnd,
                authenticator: authenticator,
                token: token
            )
        )
    }

    /// The end of a stored elevation; `nil` for none and for one of another run of the program.
    private func elevationEnd(
        _ row: Row,
        at column: Int32,
        boot bootColumn: Int32,
        expires: Timestamp,
        rules: AuthenticationRules
    ) -> Timestamp? {
        guard let start = row.optionalTime(column), row.int(bootColumn) == boot else { return nil }
        return min(start + rules.elevationLongest, expires)
    }

    private func text(
        _ row: Row,
        _ column: Int32,
        _ name: StaticString,
        _ id: Identifier
    ) throws -> String {
        try keys.session.openText(row.blob(column), column: name, row: id.rawValue)
    }
}
