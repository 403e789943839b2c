import Crypto
public import SQLite

/// The sessions of everybody: who a token stands for, and how a session changes.
///
/// A change names the token it was decided under: of two that race, or of a change and a sign-out,
/// the later finds no row and nothing happens.
public final class Sessions: Sendable {
    let keys: IdentityKeys
    let checks: PasswordChecks
    let devices: Devices
    let activity: ActivityTable
    /// This run of the program: an elevation of another has ended.
    let boot: Int64
    private let memory = SessionMemory()

    init(
        keys: IdentityKeys,
        checks: PasswordChecks,
        devices: Devices,
        activity: ActivityTable,
        boot: Int64
    ) {
        self.keys = keys
        self.checks = checks
        self.devices = devices
        self.activity = activity
        self.boot = boot
    }

    /// Finds what a token stands for; on every request.
    ///
    /// By one indexed query, or from memory: `epoch` numbers what the file says of everybody's rights,
    /// on a snapshot of what is committed. It is `nil` on the writing connection, where what is read may
    /// yet be undone.
    public func resolve(
        _ token: SessionToken,
        at occasion: Occasion,
        epoch: Int64? = nil
    ) throws -> SessionState {
        guard let epoch else {
            return try resolve(hash: token.hash, at: occasion)
        }
        if let known = memory.session(token.hash, epoch: epoch) {
            return state(of: known, token: token.hash, rules: occasion.rules, now: occasion.now)
        }
        guard let stored = try stored(token.hash, on: occasion.db) else {
            return try replaced(token.hash, at: occasion)
        }
        memory.remember(stored, token.hash, epoch: epoch)
        return state(of: stored, token: token.hash, rules: occasion.rules, now: occasion.now)
    }

    /// Finds what the hash of a token stands for.
    func resolve(hash token: [UInt8], at occasion: Occasion) throws -> SessionState {
        if let stored = try stored(token, on: occasion.db) {
            return state(of: stored, token: token, rules: occasion.rules, now: occasion.now)
        }
        return try replaced(token, at: occasion)
    }

    private func stored(_ token: [UInt8], on connection: Connection) throws -> StoredSession? {
        try connection.first(
            """
            SELECT s.id, s.account, s.created_at, s.expires_at, s.last_active_at, s.ended_at,
                CASE WHEN s.boot = ?2 THEN s.elevated_at END, s.locked, a.state,
                (SELECT group_concat(role, ' ') FROM account_role WHERE account = s.account),
                (SELECT state FROM authenticator WHERE account = s.account)
            FROM session s JOIN account a ON a.id = s.account WHERE s.token = ?1
            """,
            .blob(token),
            .int(boot),
            read: { row in
                StoredSession(
                    id: row.id(0),
                    account: row.id(1),
                    roles: row.text(9).split(separator: " ").map(String.init).sorted(),
                    createdAt: row.time(2),
                    expiresAt: row.time(3),
                    lastActiveAt: row.time(4),
                    endedAt: row.optionalTime(5),
                    elevatedAt: row.optionalTime(6),
                    locked: row.bool(7),
                    isAccountActive: row.text(8) == AccountState.active.rawValue,
                    authenticator: try AuthenticatorState(stored: row.optionalText(10))
                )
            }
        )
    }

    private func replaced(_ token: [UInt8], at occasion: Occasion) throws -> SessionState {
        let replaced = try occasion.db.first(
            "SELECT replaced_at FROM replaced_token WHERE token = ?1",
            .blob(token),
            read: { $0.time(0) }
        )
        guard let replaced, occasion.now - replaced < Limits.endedSessionMemory else {
            return .unknown
        }
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
    public func list(of account: Identifier, at occasion: Occasion) throws -> [SessionSummary] {
        try occasion.db.all(
            """
            SELECT id, created_at, last_active_at, CASE WHEN boot = ?3 THEN elevated_at END,
                expires_at, address, user_agent
            FROM session WHERE account = ?1 AND ended_at IS NULL AND expires_at > ?2
            ORDER BY created_at DESC, id
            """,
            .id(account),
            .time(occasion.now),
            .int(boot),
            read: { row in
                let id = row.id(0)
                let active = max(row.time(2), activity.last(id) ?? row.time(2))
                let until = row.optionalTime(3).map { start in
                    min(start + occasion.rules.elevationLongest, row.time(4))
                }
                return SessionSummary(
                    id: id,
                    createdAt: row.time(1),
                    lastActiveAt: active,
                    address: try text(row, 5, "address", id),
                    userAgent: try text(row, 6, "user_agent", id),
                    isElevated: until.map { $0 > occasion.now } ?? false
                )
            }
        )
        .filter { $0.lastActiveAt + occasion.rules.sessionIdle > occasion.now }
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
    func purge(at occasion: Occasion) throws {
        activity.forget(before: occasion.now - occasion.rules.sessionIdle)
        let ended = occasion.now - Limits.endedSessionMemory
        try occasion.db.run(
            "DELETE FROM session WHERE last_active_at <= ?1",
            .time(ended - occasion.rules.sessionIdle - Limits.activityFlush)
        )
        try occasion.db.run("DELETE FROM replaced_token WHERE replaced_at <= ?1", .time(ended))
    }

    private func state(
        of stored: StoredSession,
        token: [UInt8],
        rules: AuthenticationRules,
        now: Timestamp
    ) -> SessionState {
        if let endedAt = stored.endedAt {
            return now - endedAt < Limits.endedSessionMemory ? .expired : .unknown
        }
        let active = max(stored.lastActiveAt, activity.last(stored.id) ?? stored.lastActiveAt)
        let idleEnd = active + rules.sessionIdle
        let end = min(idleEnd, stored.expiresAt)
        if end <= now { return now - end < Limits.endedSessionMemory ? .expired : .unknown }
        // Suspending ends the sessions too; this holds even if that were forgotten somewhere.
        if !stored.isAccountActive { return .expired }
        var until = stored.elevatedAt.map { min($0 + rules.elevationLongest, stored.expiresAt) }
        if stored.authenticator != .active || until.map({ $0 <= now }) == true { until = nil }
        return .live(
            Session(
                id: stored.id,
                account: stored.account,
                roles: stored.roles,
                elevatedUntil: until,
                elevatedAt: until == nil ? nil : stored.elevatedAt,
                locked: stored.locked,
                createdAt: stored.createdAt,
                expiresAt: stored.expiresAt,
                lastActiveAt: active,
                idleEnd: idleEnd,
                authenticator: stored.authenticator,
                token: token
            )
        )
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
