public import SQLite

/// Attempts that anybody can make without end: one entry a source and minute, with their count.
///
/// Counted in the transaction that answers each of them, so that none is lost with the process, and
/// entered once the minute is over: an entry is never changed.
extension AccessLog {
    private static let minute = Duration.seconds(60)

    /// Counts a refused attempt, as `entry` describes it, with those of its minute from `source`;
    /// an entry with a count, as so many of them.
    ///
    /// The entry will name who acted, the session and the resource where all attempts agree in them.
    /// - Parameters:
    ///   - entry: the attempt; a refusal with a reason and without subjects or policies.
    ///   - source: whom the throttle takes the attempts for.
    ///   - connection: the writing connection, in a transaction.
    /// - Throws: `AuditError.refusedEntry`; `SQLiteError`.
    public func tally(
        _ entry: Entry,
        source: String,
        on connection: Connection
    ) throws {
        guard entry.decision == .deny, let reason = entry.reason, entry.subjects.isEmpty,
            entry.policies.isEmpty
        else { throw AuditError.refusedEntry(field: "decision") }
        try connection.run(
            """
            INSERT INTO access_log_tally (minute, source, action, reason, at, actor, session,
                elevated, resource, policy_set, request_id, count)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?13)
            ON CONFLICT (minute, source, action, reason) DO UPDATE SET
                count = count + ?13,
                actor = iif(actor = ?6, actor, ?12),
                session = iif(session = ?7, session, NULL),
                elevated = min(elevated, ?8),
                resource = iif(resource = ?9, resource, '')
            """,
            .int(entry.at.milliseconds / AccessLog.minute.inMilliseconds),
            .text(source),
            .text(entry.action),
            .text(reason),
            .time(entry.at),
            .text(entry.actor.description),
            .id(entry.session),
            .bool(entry.elevated),
            .text(entry.resource),
            .text(entry.policySet),
            .text(entry.requestID),
            .text(commitments.unknownActor(address: "").description),
            .int(Int64(entry.count ?? 1))
        )
    }

    /// Enters what was counted in the minutes that are over at `now`, oldest first.
    ///
    /// - Throws: `AuditError.damaged`; `SQLiteError`; then nothing has changed in memory.
    public mutating func appendTallies(
        endedAt now: Timestamp,
        on connection: Connection
    ) throws {
        let minute = now.milliseconds / AccessLog.minute.inMilliseconds
        let entries = try connection.all(
            """
            SELECT at, actor, session, elevated, source, action, resource, policy_set, reason,
                request_id, count
            FROM access_log_tally WHERE minute < ?1 ORDER BY minute, at, source, action, reason
            """,
            .int(minute),
            read: AccessLog.tallied
        )
        if entries.isEmpty { return }
        var grown = self
        for entry in entries { try grown.append(entry, on: connection) }
        try connection.run("DELETE FROM access_log_tally WHERE minute < ?1", .int(minute))
        self = grown
    }

    private static func tallied(_ row: Row) throws -> Entry {
        guard let actor = Entry.Actor(row.text(1)) else {
            throw AuditError.damaged("a tally has no actor")
        }
        return try Entry(
            at: row.time(0),
            actor: actor,
            session: row.optionalID(2),
            elevated: row.bool(3),
            address: row.text(4),
            action: row.text(5),
            resource: row.text(6),
            subjects: [],
            decision: .deny,
            policies: [],
            policySet: row.text(7),
            reason: row.text(8),
            requestID: row.text(9),
            count: Int(row.int(10))
        )
    }
}
