public import Crypto
public import SQLite

extension RecordStore {
    /// What the policies ask about one incident; `nil` when none has this number.
    ///
    /// Four indexed statements, and nothing is unsealed: it is done before every decision.
    public func facts(
        _ number: IncidentNumber,
        on connection: Connection,
        now: Timestamp,
        rules: InvolvementRules
    ) throws -> IncidentFacts? {
        try facts(sequence: sequence(of: number), number, on: connection, now: now, rules: rules)
    }

    /// What is asked about in place of an incident that does not exist: the facts of another one
    /// under its number, with `reader` kept out, so that the answer takes as long as that to a hidden
    /// one.
    ///
    /// Which other one depends on the number alone: numbers that were never given take as long as
    /// those that were, short and long histories mixed.
    public func standIn(
        for number: IncidentNumber,
        keepingOut reader: Identifier,
        on connection: Connection,
        now: Timestamp,
        rules: InvolvementRules
    ) throws -> IncidentFacts {
        let other = try newestSequence(on: connection).flatMap { newest in
            try facts(
                sequence: sequence(of: number) % newest + 1,
                number,
                on: connection,
                now: now,
                rules: rules
            )
        }
        return (other ?? .blank(number: number)).keepingOut(reader)
    }

    /// What looking for a stand-in costs beyond looking at it; done for a hidden incident too.
    public func seekStandIn(for number: IncidentNumber, on connection: Connection) throws {
        _ = try newestSequence(on: connection)
        _ = try incidentRow(0, on: connection)
    }

    /// The place of the newest incident in the order of recording; `nil` before the first.
    private func newestSequence(on connection: Connection) throws -> Int64? {
        let newest = try connection.first("SELECT max(id) FROM incident", read: { $0.int(0) })
        return newest == 0 ? nil : newest
    }

    func facts(
        sequence: Int64,
        _ number: IncidentNumber,
        on connection: Connection,
        now: Timestamp,
        rules: InvolvementRules
    ) throws -> IncidentFacts? {
        guard let incident = try incidentRow(sequence, on: connection) else { return nil }
        let links = try links(of: sequence, on: connection)
        let actions = try actions(of: sequence, on: connection)
        let alerts = try alerts(of: sequence, on: connection)
        return IncidentFacts(
            sequence: sequence,
            number: number,
            uid: .incident(number),
            author: incident.author,
            pupil: incident.pupil,
            linkedPupils: links.pupils,
            categories: links.categories,
            agencies: links.agencies,
            named: links.named,
            subjects: links.subjects,
            excluded: links.excluded,
            involved: RecordStore.involved(
                author: incident.author,
                alerts,
                actions,
                now: now,
                rules: rules
            ),
            occurredAt: incident.occurredAt,
            recordedAt: incident.recordedAt,
            isRestricted: incident.isRestricted,
            isUrgent: incident.isUrgent,
            alerts: alerts,
            actions: actions
        )
    }

    private struct IncidentRow {
        let author: Identifier
        let pupil: Identifier?
        let occurredAt: Timestamp
        let recordedAt: Timestamp
        let isRestricted: Bool
        let isUrgent: Bool
    }

    private func incidentRow(
        _ sequence: Int64,
        on connection: Connection
    ) throws -> IncidentRow? {
        try connection.first(
            """
            SELECT author, pupil, occurred_at, recorded_at, restricted, urgent
            FROM incident WHERE id = ?1
            """,
            .int(sequence),
            read: { row in
                IncidentRow(
                    author: row.id(0),
                    pupil: row.optionalID(1),
                    occurredAt: row.time(2),
                    recordedAt: row.time(3),
                    isRestricted: row.bool(4),
                    isUrgent: row.bool(5)
                )
            }
        )
    }

    private struct Links {
        var pupils: [Identifier] = []
        var categories: [Identifier] = []
        var agencies: [Identifier] = []
        var named: [Identifier] = []
        var subjects: [Identifier] = []
        var excluded: [Identifier] = []
    }

    /// Whatever hangs on an incident by its id, in one statement.
    private func links(of sequence: Int64, on connection: Connection) throws -> Links {
        var links = Links()
        // Each part runs along a primary key, so that its rows come in order of position.
        _ = try connection.all(
            """
            SELECT 0, pupil FROM incident_pupil WHERE incident = ?1 AND position > 0
            UNION ALL SELECT 1, category FROM incident_category WHERE incident = ?1
            UNION ALL SELECT 2, agency FROM incident_agency WHERE incident = ?1
            UNION ALL SELECT 3, staff FROM incident_named WHERE incident = ?1
            UNION ALL SELECT 4, staff FROM incident_subject WHERE incident = ?1
            UNION ALL SELECT 5, r.staff FROM incident_pupil p
                JOIN staff_relation r ON r.pupil = p.pupil WHERE p.incident = ?1
            """,
            .int(sequence),
            read: { row in
                let id = row.id(1)
                switch row.int(0) {
                case 0: links.pupils.append(id)
                case 1: links.categories.append(id)
                case 2: links.agencies.append(id)
                case 3: links.named.append(id)
                case 4:
                    links.subjects.append(id)
                    links.excluded.append(id)
                default: if !links.excluded.contains(id) { links.excluded.append(id) }
                }
            }
        )
        return links
    }

    private func actions(
        of sequence: Int64,
        on connection: Connection
    ) throws -> [ActionFacts] {
        let actions = try connection.all(
            """
            SELECT id, author, occurred_at, recorded_at, audience = 'involved', retrospective,
                assignee, due_at, completes
            FROM incident_action WHERE incident = ?1
            """,
            .int(sequence),
            read: { row in
                ActionFacts(
                    id: row.id(0),
                    author: row.id(1),
                    occurredAt: row.time(2),
                    recordedAt: row.time(3),
                    audience: row.bool(4) ? .involved : .leadership,
                    isRetrospective: row.bool(5),
                    assignee: row.optionalID(6),
                    dueAt: row.optionalTime(7),
                    completes: row.optionalID(8)
                )
            }
        )
        return actions.sorted { $0.isRecorded(before: $1) }
    }

    private func alerts(of sequence: Int64, on connection: Connection) throws -> [AlertFacts] {
        try connection.all(
            """
            SELECT staff, action, via = 'name', raised_by, raised_at, opened_at, acknowledged_at,
                withdrawn_at
            FROM alert WHERE incident = ?1
            """,
            .int(sequence),
            read: { row in
                let action = row.id(1)
                return AlertFacts(
                    staff: row.id(0),
                    action: action.rawValue == 0 ? nil : action,
                    via: row.bool(2) ? .name : .group,
                    raisedBy: row.id(3),
                    raisedAt: row.time(4),
                    openedAt: row.optionalTime(5),
                    acknowledgedAt: row.optionalTime(6),
                    withdrawnAt: row.optionalTime(7)
                )
            }
        )
    }

    /// domain.md, "Involved"; `rowMapping` says the same in SQL.
    private static func involved(
        author: Identifier,
        _ alerts: [AlertFacts],
        _ actions: [ActionFacts],
        now: Timestamp,
        rules: InvolvementRules
    ) -> [Identifier] {
        var involved = [author]
        for alert in alerts where alert.involves(now: now, rules: rules) {
            if !involved.contains(alert.staff) { involved.append(alert.staff) }
        }
        for action in actions {
            guard let assignee = action.assignee, !involved.contains(assignee),
                !actions.contains(where: { $0.completes == action.id })
            else { continue }
            involved.append(assignee)
        }
        return involved
    }
}

extension ActionFacts {
    /// Ids are random: they only order what was recorded in the same millisecond.
    func isRecorded(before other: ActionFacts) -> Bool {
        (recordedAt.milliseconds, id.rawValue)
            < (other.recordedAt.milliseconds, other.id.rawValue)
    }
}
