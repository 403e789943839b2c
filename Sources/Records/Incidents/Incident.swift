public import PolicyEngine
public import SQLite

/// An incident as one person may read it.
public struct Incident: Sendable {
    /// Who has to do with it, all actions and alerts included: not all of it is for this reader.
    public let facts: IncidentFacts
    /// What is the concern.
    public let narrative: String
    /// Whom it is about, where the child was not on the list.
    public let unlistedPupil: UnlistedPupil?
    /// Marks on a figure.
    public let bodyMap: [BodyMark]
    /// Who told the author.
    public let reportedBy: String?
    /// Where it happened.
    public let location: String?
    /// The alerts that the incident itself raised.
    public let alerts: [AlertFacts]
    /// The actions that this reader may read, in the order of recording.
    public let actions: [Action]
}

/// An action as one person may read it.
public struct Action: Sendable {
    /// Everything but the words.
    public let facts: ActionFacts
    /// What was done.
    public let text: String
    /// The action whose follow-up it completes, where this reader may know of that one.
    public let completes: Identifier?
    /// The alerts that it raised.
    public let alerts: [AlertFacts]
}

extension RecordStore {
    /// Unseals an incident.
    ///
    /// - `permit`: for `viewIncident` on it.
    /// - `visible`: the actions that `viewAction` was allowed of; the others are left sealed.
    /// - Throws: `RecordsError.wrongPermit`, `contentDestroyed`, `damaged`; `SQLiteError`.
    public func incident(
        _ facts: IncidentFacts,
        permit: borrowing Permit,
        visible: Set<Identifier>,
        on connection: Connection
    ) throws -> Incident {
        try require(permit, "viewIncident", on: facts.uid)
        let opened = try connection.first(
            """
            SELECT i.content, k.wrapped FROM incident i
            LEFT JOIN incident_key k ON k.incident = i.id WHERE i.id = ?1
            """,
            .int(facts.sequence),
            read: { row in
                guard let wrapped = row.optionalBlob(1) else {
                    throw RecordsError.contentDestroyed(facts.number)
                }
                let key = try unwrap(wrapped, of: facts.sequence)
                let content = try row.withBytes(0) {
                    try key.openContent($0, of: facts.sequence)
                }
                return (key: key, content: content)
            }
        )
        guard let (key, content) = opened else { throw RecordsError.raced }
        return Incident(
            facts: facts,
            narrative: content.narrative,
            unlistedPupil: content.unlistedPupil,
            bodyMap: content.bodyMap,
            reportedBy: content.reportedBy,
            location: content.location,
            alerts: facts.alerts.filter { $0.action == nil },
            actions: try actions(facts, visible: visible, key, on: connection)
        )
    }

    private func actions(
        _ facts: IncidentFacts,
        visible: Set<Identifier>,
        _ key: ContentKey,
        on connection: Connection
    ) throws -> [Action] {
        let shown = facts.actions.filter { visible.contains($0.id) }
        if shown.isEmpty { return [] }
        var texts: [Identifier: String] = [:]
        _ = try connection.all(
            "SELECT id, content FROM incident_action WHERE incident = ?1",
            .int(facts.sequence),
            read: { row in
                let id = row.id(0)
                guard visible.contains(id) else { return }
                texts[id] = try row.withBytes(1) { try key.openText($0, of: id) }
            }
        )
        return try shown.map { action in
            guard let text = texts[action.id] else { throw RecordsError.raced }
            return Action(
                facts: action,
                text: text,
                completes: action.completes.flatMap { visible.contains($0) ? $0 : nil },
                alerts: facts.alerts.filter { $0.action == action.id }
            )
        }
    }
}
