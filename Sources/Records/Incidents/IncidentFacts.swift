public import Crypto
public import PolicyEngine
public import SQLite

/// For how long an alert by name keeps somebody involved.
public struct InvolvementRules: Hashable, Sendable {
    /// From the acknowledgement on.
    public let grace: Duration
    /// From the alert on, while it is not acknowledged.
    public let unread: Duration

    /// Rules in days.
    public init(graceDays: Int = 7, unreadDays: Int = 30) {
        grace = .seconds(graceDays * 86_400)
        unread = .seconds(unreadDays * 86_400)
    }
}

/// How somebody came to be alerted.
public enum AlertVia: String, Sendable {
    /// By name: it involves them.
    case name
    /// As one of those who are always alerted: it involves nobody.
    case group
}

/// An alert, without a word of what it is about.
public struct AlertFacts: Hashable, Sendable {
    /// Who is alerted.
    public let staff: Identifier
    /// The action that raised it; `nil` for the incident itself.
    public let action: Identifier?
    /// By name or as a group.
    public let via: AlertVia
    /// Who alerted them.
    public let raisedBy: Identifier
    /// When.
    public let raisedAt: Timestamp
    /// When they first saw what it is about.
    public let openedAt: Timestamp?
    /// When they marked it as read.
    public let acknowledgedAt: Timestamp?
    /// When it was taken back.
    public let withdrawnAt: Timestamp?
}

/// What of an incident somebody is shown: the words that its alerts are about.
public struct ShownParts: Sendable {
    let incident: Bool
    let actions: Set<Identifier>

    /// The incident itself, or not, and some of its actions.
    public init(incident: Bool = true, actions: Set<Identifier>) {
        self.incident = incident
        self.actions = actions
    }
}

/// An action, without its text.
public struct ActionFacts: Identifiable, Hashable, Sendable {
    /// The row id.
    public let id: Identifier
    /// Who added it.
    public let author: Identifier
    /// When it happened.
    public let occurredAt: Timestamp
    /// When it was recorded.
    public let recordedAt: Timestamp
    /// Who reads it.
    public let audience: Audience
    /// Whether its author was not involved, or it happened too long before.
    public let isRetrospective: Bool
    /// Who is asked for the next step.
    public let assignee: Identifier?
    /// When the next step is due.
    public let dueAt: Timestamp?
    /// The action whose follow-up this one completes.
    public let completes: Identifier?
}

/// What the policies ask about an incident: who has to do with it, and no word of its text.
public struct IncidentFacts: Sendable {
    /// The place in the order of recording.
    public let sequence: Int64
    /// The number that people say.
    public let number: IncidentNumber
    /// The name by which the policies know it.
    public let uid: EntityUID
    /// Who logged it.
    public private(set) var author: Identifier
    /// Whom it is about.
    public let pupil: Identifier?
    /// Others involved, in the order given.
    public let linkedPupils: [Identifier]
    /// One to three, in the order given.
    public let categories: [Identifier]
    /// In the order given.
    public let agencies: [Identifier]
    /// Staff who see it although it is restricted.
    public let named: [Identifier]
    /// Staff whom it is about.
    public let subjects: [Identifier]
    /// Staff who are kept out of it: its subjects and the relatives of its pupils, none twice.
    public private(set) var excluded: [Identifier]
    /// Staff whose work it is now, the author among them, none twice.
    public private(set) var involved: [Identifier]
    /// When it happened.
    public let occurredAt: Timestamp
    /// When it was recorded.
    public let recordedAt: Timestamp
    /// Whether only its author, those named and the safeguarding lead see it.
    public let isRestricted: Bool
    /// Whether somebody must look at once.
    public let isUrgent: Bool
    /// Every alert, of its actions too.
    public let alerts: [AlertFacts]
    /// Every action, in the order of recording.
    public let actions: [ActionFacts]

    /// Whether it is this person's work now.
    public func isInvolved(_ staff: Identifier) -> Bool { involved.contains(staff) }

    /// Whether this person is kept out of it.
    public func isExcluded(_ staff: Identifier) -> Bool { excluded.contains(staff) }

    /// The actions that ask somebody for a step and that no other action completes.
    public var openFollowUps: [ActionFacts] {
        actions.filter { asked in
            asked.assignee != nil && !actions.contains { $0.completes == asked.id }
        }
    }

    /// Whether an alert of this person would be opened by seeing these parts of it.
    public func hasUnopened(by staff: Identifier, showing parts: ShownParts) -> Bool {
        alerts.contains { $0.isOpened(by: staff, showing: parts) }
    }

    /// Facts of an incident that involves nobody: what is asked about in place of one that is
    /// hidden or does not exist.
    public static func blank(number: IncidentNumber) -> IncidentFacts {
        IncidentFacts(
            sequence: 0,
            number: number,
            uid: .incident(number),
            author: Identifier(rawValue: 0),
            pupil: nil,
            linkedPupils: [],
            categories: [],
            agencies: [],
            named: [],
            subjects: [],
            excluded: [],
            involved: [],
            occurredAt: Timestamp(milliseconds: 0),
            recordedAt: Timestamp(milliseconds: 0),
            isRestricted: false,
            isUrgent: false,
            alerts: [],
            actions: []
        )
    }

    /// The same facts with one person more kept out.
    func keepingOut(_ reader: Identifier) -> IncidentFacts {
        var facts = self
        facts.excluded.append(reader)
        return facts
    }

    /// The same facts as they are for all who did not write it and were not alerted of it or asked for a
    /// step.
    public var involvingNobody: IncidentFacts {
        var facts = self
        facts.author = Identifier(rawValue: 0)
        facts.involved = []
        return facts
    }

    /// The same facts as they are when these people are alerted by name or asked for a step.
    public func involving(_ people: [Identifier]) -> IncidentFacts {
        var facts = self
        for person in people where !involved.contains(person) { facts.involved.append(person) }
        return facts
    }
}

extension IncidentFacts {
    /// The name of an incident about to be logged, which has no number yet.
    public static let prospectiveUID = EntityUID(type: "Incident", id: "")

    /// Facts of an incident about to be logged: to ask who is alerted of it as a group, and whether its
    /// author may see it.
    public static func prospective(
        _ new: NewIncident,
        author: Identifier,
        now: Timestamp
    ) -> IncidentFacts {
        IncidentFacts(
            new,
            uid: prospectiveUID,
            sequence: 0,
            number: IncidentNumber(value: 0),
            author: author,
            recordedAt: now,
            alerts: []
        )
    }

    /// Facts of an incident that nobody has acted on, from what it was logged with.
    init(
        _ new: NewIncident,
        uid: EntityUID,
        sequence: Int64,
        number: IncidentNumber,
        author: Identifier,
        recordedAt: Timestamp,
        alerts: [AlertFacts]
    ) {
        self.init(
            sequence: sequence,
            number: number,
            uid: uid,
            author: author,
            pupil: new.pupil,
            linkedPupils: new.linkedPupils,
            categories: new.categories,
            agencies: new.agencies,
            // The tables keep people in the order of their ids.
            named: new.named.sorted { $0.rawValue < $1.rawValue },
            subjects: new.subjects.sorted { $0.rawValue < $1.rawValue },
            excluded: new.excluded,
            involved: [author] + new.alert,
            occurredAt: new.occurredAt,
            recordedAt: recordedAt,
            isRestricted: new.isRestricted,
            isUrgent: new.isUrgent,
            alerts: alerts,
            actions: []
        )
    }
}

extension AlertFacts {
    /// Whether seeing these parts of the incident opens it: it was not opened before.
    func isOpened(by person: Identifier, showing parts: ShownParts) -> Bool {
        guard staff == person, openedAt == nil, withdrawnAt == nil else { return false }
        return action.map { parts.actions.contains($0) } ?? parts.incident
    }

    /// Whether it makes its recipient involved; `RecordStore.rowMapping` says the same in SQL.
    func involves(now: Timestamp, rules: InvolvementRules) -> Bool {
        guard via == .name, withdrawnAt == nil else { return false }
        if let acknowledgedAt { return acknowledgedAt > now - rules.grace }
        return raisedAt > now - rules.unread
    }
}
