public import SQLite

/// Who reads an action.
public enum Audience: String, Sendable {
    /// Everyone who may see the incident.
    case involved
    /// Elevated sessions, its author, and those whom it alerts or assigns by name.
    case leadership
}

/// An action as it came in: nothing of it is checked.
public struct ActionDraft: Sendable {
    /// What was done.
    public var text: String?
    /// When it happened; it may have been before the incident.
    public var occurredAt: Timestamp?
    /// `involved` or `leadership`; absent, the caller decides.
    public var audience: String?
    /// Staff to be alerted by name.
    public var alert: [String] = []
    /// Who is asked for the next step.
    public var assignee: String?
    /// When the next step is due.
    public var dueAt: Timestamp?
    /// The action whose follow-up this one completes.
    public var completes: String?

    /// An empty draft.
    public init() {}
}

/// An action about to be added: every field within its limits, every id known.
///
/// Only `RecordStore.check` makes one.
public struct NewAction: Sendable {
    /// What was done.
    public let text: String
    /// When it happened.
    public let occurredAt: Timestamp
    /// Who reads it, where the author said so.
    public let audience: Audience?
    /// Staff to be alerted by name.
    public let alert: [Identifier]
    /// Who is asked for the next step.
    public let assignee: Identifier?
    /// When the next step is due.
    public let dueAt: Timestamp?
    /// The action of the same incident whose open follow-up this completes.
    public let completes: Identifier?
}

extension RecordStore {
    /// Checks a draft to its end.
    ///
    /// - `facts`: of the incident, as they are now.
    /// - `author`: who adds it.
    /// - `standing`: what is known of a staff id.
    /// - `maySettle`: whether the author may complete a follow-up of somebody else.
    /// - Throws: `RecordsError.invalid` with every violation.
    public func check(
        _ draft: ActionDraft,
        to facts: IncidentFacts,
        author: Identifier,
        standing: (Identifier) -> StaffStanding,
        maySettle: (ActionFacts) -> Bool = { _ in false },
        now: Timestamp
    ) throws(RecordsError) -> NewAction {
        var findings = Findings()
        let text = findings.text("text", draft.text, limit: Limits.narrative)
        let occurredAt = findings.occurredAt(draft.occurredAt, now: now)
        let audience = draft.audience.flatMap { Audience(rawValue: $0) }
        if draft.audience != nil && audience == nil {
            findings.add("audience", "must be `involved` or `leadership`")
        }
        func complaint(_ staff: Identifier) -> String? {
            if standing(staff) != .active || facts.isExcluded(staff) { return unknownStaff }
            let mayKnow = !facts.isRestricted || facts.named.contains(staff)
            return mayKnow || staff == facts.author ? nil : notNamed
        }
        let alert = findings.ids(
            "alert",
            draft.alert,
            limit: Limits.people,
            unknown: unknownStaff,
            complaint: { $0 == author ? "nobody alerts themselves" : complaint($0) }
        )
        let assignee = draft.assignee.flatMap { Identifier($0) }
        if draft.assignee != nil {
            if let message = assignee.map(complaint) ?? unknownStaff {
                findings.add("assignee", message)
            }
        }
        if let dueAt = draft.dueAt {
            if draft.assignee == nil { findings.add("dueAt", "is given with an `assignee` only") }
            if dueAt <= now {
                findings.add("dueAt", "must be in the future")
            } else if dueAt > now + Limits.dueAhead {
                findings.add("dueAt", "must be within ten years")
            }
        }
        let followUp = facts.openFollowUps.first { asked in
            asked.id.description == draft.completes
                && (asked.assignee == author || maySettle(asked))
        }
        if draft.completes != nil && followUp == nil {
            findings.add("completes", "is no open follow-up of yours")
        }
        try findings.finish()
        return NewAction(
            text: text,
            occurredAt: occurredAt,
            audience: audience,
            alert: alert,
            assignee: assignee,
            dueAt: draft.dueAt,
            completes: followUp?.id
        )
    }
}
