public import Crypto
public import PolicyEngine
public import SQLite

/// Appending: what is logged here is never changed again.
extension RecordStore {
    /// Logs an incident.
    ///
    /// - `groupAlerts`: whom the policies always alert; who is named as well is alerted by name.
    /// - `permit`: for `logIncident`, given to the author.
    /// - Throws: `RecordsError.wrongPermit`, `excludedRecipient`, `numbersUsedUp`; `SQLiteError`
    ///   (a constraint where a pupil or an entry of a list has gone since the check).
    public func createIncident(
        _ new: NewIncident,
        author: Identifier,
        groupAlerts: [Identifier],
        permit: borrowing Permit,
        on connection: Connection,
        now: Timestamp
    ) throws -> IncidentNumber {
        try require(permit, "logIncident", by: .staff(author))
        let (key, secret) = try ContentKey.make()
        try connection.run(
            """
            INSERT INTO incident (
                author, pupil, occurred_at, recorded_at, restricted, urgent, content
            ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """,
            .id(author),
            .id(new.pupil),
            .time(new.occurredAt),
            .time(now),
            .bool(new.isRestricted),
            .bool(new.isUrgent),
            .blob(key.seal(IncidentContent(new)))
        )
        let sequence = connection.lastInsertedID
        guard sequence < Int64(IncidentNumber.range.upperBound) else {
            throw RecordsError.numbersUsedUp
        }
        try storeKey(secret, of: sequence, on: connection)
        try addLinks(new, to: sequence, on: connection)
        let alerts = Alerts(
            incident: sequence,
            action: nil,
            author: author,
            byName: new.alert,
            asGroup: groupAlerts,
            excluded: new.excluded
        )
        try raise(alerts, on: connection, now: now)
        return number(ofSequence: sequence)
    }

    private func addLinks(
        _ new: NewIncident,
        to sequence: Int64,
        on connection: Connection
    ) throws {
        var pupils = new.linkedPupils.enumerated().map { (position: $0 + 1, pupil: $1) }
        if let pupil = new.pupil { pupils.append((position: 0, pupil: pupil)) }
        for (position, pupil) in pupils {
            try connection.run(
                "INSERT INTO incident_pupil (incident, position, pupil) VALUES (?1, ?2, ?3)",
                .int(sequence),
                .int(Int64(position)),
                .id(pupil)
            )
        }
        for (position, category) in new.categories.enumerated() {
            try connection.run(
                "INSERT INTO incident_category (incident, position, category) VALUES (?1, ?2, ?3)",
                .int(sequence),
                .int(Int64(position)),
                .id(category)
            )
        }
        for (position, agency) in new.agencies.enumerated() {
            try connection.run(
                "INSERT INTO incident_agency (incident, position, agency) VALUES (?1, ?2, ?3)",
                .int(sequence),
                .int(Int64(position)),
                .id(agency)
            )
        }
        for staff in new.subjects {
            try connection.run(
                "INSERT INTO incident_subject (incident, staff) VALUES (?1, ?2)",
                .int(sequence),
                .id(staff)
            )
        }
        for staff in new.named {
            try connection.run(
                "INSERT INTO incident_named (incident, staff) VALUES (?1, ?2)",
                .int(sequence),
                .id(staff)
            )
        }
    }

    /// Adds an action to an incident.
    ///
    /// - `facts`: loaded on this connection in the same savepoint.
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
        // The condition on `completes` stands in the statement: a follow-up is its assignee's to
        // complete, and once.
        let added = try connection.run(
            """
            INSERT INTO incident_action (
                incident, id, author, occurred_at, recorded_at, audience, retrospective, assignee,
                due_at, completes, content
            )
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
            WHERE ?10 IS NULL OR (
                EXISTS (
                    SELECT 1 FROM incident_action
                    WHERE incident = ?1 AND id = ?10 AND assignee = ?3
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
        let alerts = Alerts(
            incident: facts.sequence,
            action: action.id,
            author: author,
            byName: new.alert,
            asGroup: groupAlerts,
            excluded: facts.excluded
        )
        try raise(alerts, on: connection, now: now)
        return action
    }

    private struct Alerts {
        let incident: Int64
        let action: Identifier?
        let author: Identifier
        let byName: [Identifier]
        let asGroup: [Identifier]
        let excluded: [Identifier]
    }

    private func raise(_ alerts: Alerts, on connection: Connection, now: Timestamp) throws {
        // The group is the policies' answer: if they let through somebody who is kept out, it is
        // the policies that are wrong, and nothing is logged under them.
        let group = alerts.asGroup.filter { !alerts.byName.contains($0) }
        guard (alerts.byName + group).allSatisfy({ !alerts.excluded.contains($0) }) else {
            throw RecordsError.excludedRecipient
        }
        let recipients =
            alerts.byName.map { ($0, AlertVia.name) } + group.map { ($0, AlertVia.group) }
        for (staff, via) in recipients {
            try connection.run(
                """
                INSERT INTO alert (incident, staff, action, via, raised_by, raised_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                """,
                .int(alerts.incident),
                .id(staff),
                .int(alerts.action?.rawValue ?? 0),
                .text(via.rawValue),
                .id(alerts.author),
                .time(now)
            )
        }
    }
}
