public import Crypto
public import PolicyEngine
public import SQLite

/// One entry of a pupil's chronology.
public struct ChronologyItem: Sendable {
    /// What happened.
    public enum Kind: String, Sendable {
        /// A concern was logged.
        case incident
        /// Something was done about it.
        case action
    }

    /// Whether it is the incident or an action of it.
    public let kind: Kind
    /// The incident.
    public let incident: IncidentNumber
    /// The action, where it is one.
    public let action: Identifier?
    /// When it happened.
    public let occurredAt: Timestamp
    /// When it was recorded.
    public let recordedAt: Timestamp
    /// Who wrote it.
    public let author: Identifier
    /// The narrative, or the text of the action.
    public let text: String
    /// The categories of the incident.
    public let categories: [Identifier]

    /// What was read of these incidents in the order in which it happened, the oldest first.
    ///
    /// - `from`: happened at this time or later.
    /// - `to`: happened before this time.
    public static func items(
        of incidents: [Incident],
        from: Timestamp? = nil,
        to: Timestamp? = nil
    ) -> [ChronologyItem] {
        incidents.flatMap { [ChronologyItem($0)] + actions(of: $0) }
            .filter { item in
                from.map { item.occurredAt >= $0 } ?? true
                    && to.map { item.occurredAt < $0 } ?? true
            }
            .sorted { $0.precedes($1) }
    }

    private init(_ incident: Incident) {
        kind = .incident
        self.incident = incident.facts.number
        action = nil
        occurredAt = incident.facts.occurredAt
        recordedAt = incident.facts.recordedAt
        author = incident.facts.author
        text = incident.narrative
        categories = incident.facts.categories
    }

    private init(_ action: Action, of incident: Incident) {
        kind = .action
        self.incident = incident.facts.number
        self.action = action.facts.id
        occurredAt = action.facts.occurredAt
        recordedAt = action.facts.recordedAt
        author = action.facts.author
        text = action.text
        categories = incident.facts.categories
    }

    private static func actions(of incident: Incident) -> [ChronologyItem] {
        incident.actions.map { ChronologyItem($0, of: incident) }
    }

    private func precedes(_ other: ChronologyItem) -> Bool {
        (occurredAt, recordedAt, incident.value, action?.rawValue ?? 0)
            < (
                other.occurredAt, other.recordedAt, other.incident.value,
                other.action?.rawValue ?? 0
            )
    }
}

extension RecordStore {
    /// The incidents about a pupil or linking it, in the order of recording.
    ///
    /// Each is then decided and read like a single one: being allowed to review a pupil opens none
    /// that its guards close.
    ///
    /// - `permit`: for `reviewPupil` on that pupil.
    public func chronology(
        of pupil: Identifier,
        permit: borrowing Permit,
        on connection: Connection,
        now: Timestamp,
        rules: InvolvementRules
    ) throws -> [IncidentFacts] {
        try require(permit, "reviewPupil", on: .pupil(pupil))
        let sequences = try connection.all(
            "SELECT incident FROM incident_pupil WHERE pupil = ?1 ORDER BY incident",
            .id(pupil),
            read: { $0.int(0) }
        )
        return try sequences.map { sequence in
            let number = number(ofSequence: sequence)
            let facts = try facts(
                sequence: sequence,
                number,
                on: connection,
                now: now,
                rules: rules
            )
            guard let facts else { throw RecordsError.damaged(table: "incident", row: sequence) }
            return facts
        }
    }
}
