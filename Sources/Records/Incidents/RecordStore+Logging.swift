public import PolicyEngine
public import SQLite

/// Appending: what is logged here is never changed again.
extension RecordStore {
    /// Adds an action to an incident.
    ///
    /// - `facts`: loaded on this connection in the same transaction.
    /// - `audience`: what the author asked for, or what the school's rule gives.
    /// - `isRetrospective`: as the policies were told.
    /// - `groupAlerts`: whom the policies always alert.
    /// - `permit`: for `addAction` on this incident, given to the author.
    /// - Throws: `RecordsError.wrongPermit`, `excludedRecipient`, `contentDestroyed`, `raced` when
    ///   the follow-up was completed meanwhile; `SQLiteError`.
    public func addAction(
        _ new: NewAction,
        to facts: IncidentFacts,
        author: Identifier,
        audience: Audience,
        isRetrospective: Bool,
        groupAlerts: [Identifier],
        permit: borrowing Permit,
        on connection: Connection,
        now: Timestamp
    ) throws -> ActionFacts {
        try require(permit, "addAction", by: .staff(author), on: facts.uid)
        let key = try contentKey(of: facts, on: connection)
        let action = ActionFacts(
            id: .random(),
            author: author,
            occurredAt: new.occurredAt,
            recordedAt: now,
            audience: audience,
            isRetrospective: isRetrospective,
            assignee: new.assignee,
            dueAt: new.dueAt,
            completes: new.completes
        )
        // The condition on `completes` stands in the statement: a follow-up is completed once.
        let added = try connection.run(
            """
            INSERT OR FAIL INTO incident_action (
                incident, id, author, occurred_at, recorded_at, audience, retrospective, assignee,
                due_at, completes, content
            )
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
            WHERE ?10 IS NULL OR (
                EXISTS (
                    SELECT 1 FROM incident_action
                    WHERE incident = ?1 AND id = ?10 AND assignee IS NOT NULL
                ) AND NOT EXISTS (
                    SELECT 1 FROM incident_action WHERE incident = ?1 AND completes = ?10
                )
            )
            """,
            .int(facts.sequence),
            .id(action.id),
            .id(author),
            .time(action.occurredAt),
            .time(now),
            .text(audience.rawValue),
            .bool(isRetrospective),
            .id(action.assignee),
            .time(action.dueAt),
            .id(action.completes),
            .blob(key.seal(text: new.text, of: action.id))
        )
        guard added == 1 else { throw RecordsError.raced }
        let alerts = try alerts(
            of: action.id,
            by: author,
            byName: new.alert,
            asGroup: groupAlerts,
            excluded: facts.excluded,
            at: now
        )
        try raise(alerts, of: facts.sequence, on: connection)
        return action
    }

    /// The alerts that an incident raises, or one of its actions.
    ///
    /// - Throws: `excludedRecipient`. The group is the policies' answer: if they let through somebody
    ///   who is kept out, it is the policies that are wrong, and nothing is logged under them.
    func alerts(
        of action: Identifier?,
        by author: Identifier,
        byName: [Identifier],
        asGroup: [Identifier],
        excluded: [Identifier],
        at now: Timestamp
    ) throws(RecordsError) -> [AlertFacts] {
        let group = asGroup.filter { !byName.contains($0) }
        let recipients = byName.map { ($0, AlertVia.name) } + group.map { ($0, AlertVia.group) }
        guard recipients.allSatisfy({ !excluded.contains($0.0) }) else { throw .excludedRecipient }
        return recipients.map { staff, via in
            AlertFacts(
                staff: staff,
                action: action,
                via: via,
                raisedBy: author,
                raisedAt: now,
                openedAt: nil,
                acknowledgedAt: nil,
                withdrawnAt: nil
            )
        }
    }

    /// Raises what `alerts` has made.
    func raise(
        _ alerts: [AlertFacts],
        of sequence: Int64,
        on connection: Connection
    ) throws(SQLiteError) {
        for alert in alerts {
            try connection.run(
                """
                INSERT OR FAIL INTO alert (incident, staff, action, via, raised_by, raised_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                """,
                .int(sequence),
                .id(alert.staff),
                .int(alert.action?.rawValue ?? 0),
                .text(alert.via.rawValue),
                .id(alert.raisedBy),
                .time(alert.raisedAt)
            )
        }
    }
}
