import Crypto
public import SQLite

/// A new authenticator for somebody, given on the machine when everybody has lost theirs.
public struct Recovery: Sendable, Hashable {
    /// How it ended.
    public enum Outcome: String, Sendable, Hashable {
        /// The authenticator was reset.
        case finished
        /// Somebody who holds a key has shown that it was not needed.
        case stopped
    }

    /// Its id.
    public let id: Identifier
    /// Whose authenticator it is about.
    public let account: Identifier
    /// The user of the machine who began it.
    public let operatorUID: UInt32
    /// When it began.
    public let begunAt: Timestamp
    /// From when on it can be finished.
    public let readyAt: Timestamp
    /// Until when.
    public let endsAt: Timestamp
    /// Whether the chair's code finishes it before.
    public let chairMayShorten: Bool
    /// How it ended; `nil` while it has not.
    public let outcome: Outcome?
    /// When it ended.
    public let endedAt: Timestamp?
}

/// Recoveries: begun on the machine, finished after a wait that everybody hears of.
public struct Recoveries: Sendable {
    let keys: IdentityKeys

    /// Begins one.
    ///
    /// - Parameters:
    ///   - account: whose authenticator it is about.
    ///   - operatorUID: the user of the machine.
    ///   - wait: how long it takes.
    ///   - chairMayShorten: whether the chair's code finishes it before.
    ///   - now: the present.
    ///   - connection: the writing connection.
    /// - Returns: the chair's code, `xxxx-xxxx-xxxx-xxxx`, for a mail alone.
    /// - Throws: `AuthenticationError.conflict` while another one is open.
    public func begin(
        for account: Identifier,
        operatorUID: UInt32,
        wait: Duration,
        chairMayShorten: Bool,
        now: Timestamp,
        on connection: Connection
    ) throws -> String {
        guard try open(now: now, on: connection) == nil else { throw AuthenticationError.conflict }
        let code = Random.bytes(GroupedCode.length)
        let version = keys.pepperVersion
        try connection.run(
            """
            INSERT INTO recovery (id, account, operator_uid, begun_at, ready_at, ends_at,
                chair_may_shorten, chair_code, pepper)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """,
            .id(.random()),
            .id(account),
            .int(Int64(operatorUID)),
            .time(now),
            .time(now + wait),
            .time(now + wait + Limits.recoveryLifetime),
            .bool(chairMayShorten),
            .blob(hash(code, account: account, version: version)),
            .int(Int64(version))
        )
        return GroupedCode.text(code)
    }

    /// The one that waits to be finished; `nil` when none does.
    public func open(now: Timestamp, on connection: Connection) throws -> Recovery? {
        try connection.first(
            """
            SELECT r.id, r.account, r.operator_uid, r.begun_at, r.ready_at, r.ends_at,
                r.chair_may_shorten, NULL, NULL
            FROM recovery r WHERE r.ends_at > ?1
                AND NOT EXISTS (SELECT 1 FROM recovery_end WHERE recovery = r.id)
            """,
            .time(now),
            read: read
        )
    }

    /// Those that were finished since a moment, newest first.
    public func finished(
        since moment: Timestamp,
        on connection: Connection
    ) throws -> [Recovery] {
        try connection.all(
            """
            SELECT r.id, r.account, r.operator_uid, r.begun_at, r.ready_at, r.ends_at,
                r.chair_may_shorten, e.outcome, e.at
            FROM recovery r JOIN recovery_end e ON e.recovery = r.id
            WHERE e.outcome = 'finished' AND e.at >= ?1 ORDER BY e.at DESC
            """,
            .time(moment),
            read: read
        )
    }

    /// Whether this is the code that the chair was mailed.
    public func isChairCode(
        _ text: String,
        of recovery: Recovery,
        on connection: Connection
    ) throws -> Bool {
        guard let code = GroupedCode.read(text), recovery.chairMayShorten else { return false }
        let stored = try connection.first(
            "SELECT chair_code, pepper FROM recovery WHERE id = ?1",
            .id(recovery.id),
            read: { (hash: $0.blob(0), pepper: Int($0.int(1))) }
        )
        guard let stored,
            let hash = hash(code, account: recovery.account, version: stored.pepper)
        else { return false }
        return constantTimeEquals(hash, stored.hash)
    }

    /// Notes that one is finished.
    ///
    /// - Parameters:
    ///   - recovery: the one.
    ///   - byChair: whether the chair's code was given.
    ///   - now: the present.
    ///   - connection: the writing connection.
    /// - Throws: `AuthenticationError.conflict` when it was stopped, is over, or not ready yet.
    public func finish(
        _ recovery: Recovery,
        byChair: Bool,
        now: Timestamp,
        on connection: Connection
    ) throws {
        let ended = try connection.run(
            """
            INSERT INTO recovery_end (recovery, outcome, at)
            SELECT id, 'finished', ?2 FROM recovery
            WHERE id = ?1 AND ends_at > ?2 AND (ready_at <= ?2 OR (?3 AND chair_may_shorten))
                AND NOT EXISTS (SELECT 1 FROM recovery_end WHERE recovery = ?1)
            """,
            .id(recovery.id),
            .time(now),
            .bool(byChair)
        )
        guard ended == 1 else { throw AuthenticationError.conflict }
    }

    /// Stops the one that waits.
    ///
    /// - Returns: the one that was stopped; `nil` when none waited.
    public func stop(now: Timestamp, on connection: Connection) throws -> Recovery? {
        guard let open = try open(now: now, on: connection) else { return nil }
        try connection.run(
            "INSERT INTO recovery_end (recovery, outcome, at) VALUES (?1, 'stopped', ?2)",
            .id(open.id),
            .time(now)
        )
        return open
    }

    private func hash(_ code: [UInt8], account: Identifier, version: Int) -> [UInt8]? {
        keys.codeHash(
            "recovery of a key holder",
            account: account.rawValue,
            code: code,
            version: version
        )
    }

    private func read(_ row: Row) throws -> Recovery {
        guard let operatorUID = UInt32(exactly: row.int(2)) else {
            throw AuthenticationError.corrupt("recovery.operator_uid")
        }
        return Recovery(
            id: row.id(0),
            account: row.id(1),
            operatorUID: operatorUID,
            begunAt: row.time(3),
            readyAt: row.time(4),
            endsAt: row.time(5),
            chairMayShorten: row.bool(6),
            outcome: row.optionalText(7).flatMap(Recovery.Outcome.init),
            endedAt: row.optionalTime(8)
        )
    }
}
