import AuditTrail
import Authentication
import PolicyEngine
import Records
import SQLite

/// The one way to a `Permit`: ask the policy engine, and put on record what was asked for.
extension Exchange {
    /// What a denial looks like from outside.
    enum Denial {
        /// The caller may know of the thing: 403 with the policy's reason.
        case forbidden
        /// The caller may not: 404, or for a session that a code would elevate, the step-up that
        /// every such thing answers, there or not. `blank` is the thing that involves nobody, and
        /// `viewing` the action that shows it.
        case hidden(viewing: String, blank: () -> Entity)
    }

    /// What of a decision goes on record.
    enum Recording {
        /// The decision, whichever it is, under its own name.
        case everything
        /// Only a refusal, as that of the action it was asked for: the action's own entry follows.
        case refusalOf(String)
    }

    /// Asks whether the caller may do `action` on `resource`, and puts the decision on record.
    mutating func permit(
        _ action: String,
        on resource: Entity,
        context: [(String, Value)] = [],
        subjects: [String] = [],
        denial: Denial = .forbidden,
        recordedAs recording: Recording = .everything
    ) throws -> Permit {
        try authenticate()
        let entities = try entities(with: resource)
        return try permit(
            try question(action, on: resource, context, among: entities),
            context: context,
            subjects: subjects,
            denial: denial,
            recordedAs: recording
        )
    }

    /// Asks a question that others are asked beside, and puts the decision on record.
    mutating func permit(
        _ question: Question,
        context: [(String, Value)] = [],
        subjects: [String] = [],
        denial: Denial = .forbidden,
        recordedAs recording: Recording = .everything
    ) throws -> Permit {
        let session = try authenticate()
        let (action, resource) = (question.request.action.id, question.request.resource)
        let authorization = policy.authorizer.authorize(
            question,
            session: session.id.rawValue,
            contextIfElevated: session.isElevated ? nil : try self.context(context, elevated: true)
        )
        switch consume authorization {
        case .permit(let permit):
            let policies = permit.policies
            permitted = Permitted(
                action: recording.name(action),
                asked: action,
                resource: resource,
                policies: policies
            )
            if case .everything = recording {
                record(
                    action,
                    on: resource.description,
                    subjects: subjects,
                    decision: .allow,
                    policies: policies
                )
            }
            return permit
        case .stepUp(let refusal):
            throw try refuse(recording.name(action), resource, refusal, helped: true, denial)
        case .denial(let refusal):
            let problem = try refuse(
                recording.name(action),
                resource,
                refusal,
                helped: false,
                denial
            )
            guard problem.name == .forbidden, refusal.reason == nil else { throw problem }
            // Where nothing forbids it, the permit that came nearest says what is missing.
            let nearest = policy.authorizer.explain(question.request, question.entities)
                .nearest.first
            throw Problem(.forbidden, reason: nearest?.reason)
        }
    }

    /// Asks once more about an act on the school as a whole that takes two steps.
    mutating func permitAgain(_ permitted: Permitted) throws {
        precondition(permitted.resource == School.entity.uid, "asked about another thing")
        _ = try permit(
            permitted.asked,
            on: School.entity,
            recordedAs: .refusalOf(permitted.action)
        )
    }

    /// The permit to show the caller what they are about to make, if they may see it: this is no look
    /// of theirs, so the making alone goes on record.
    func permitShowing(_ question: Question) throws -> Permit? {
        guard let session else { throw Problem.notAuthenticated }
        let authorization = policy.authorizer.authorize(question, session: session.id.rawValue)
        guard case .permit(let permit) = consume authorization else { return nil }
        return permit
    }

    /// The refusal of a thing that does not exist: the same as of one that is hidden.
    mutating func absent(_ action: String, _ denial: Denial, _ uid: EntityUID) throws -> Problem {
        try refuse(action, uid, nil, helped: false, denial)
    }

    /// Asks without a record: for what an answer offers (`may`), and for each part of a thing whose
    /// own look is on record.
    func may(
        _ action: String,
        on resource: Entity,
        context: [(String, Value)] = [],
        elevated: Bool? = nil,
        among entities: Entities? = nil
    ) throws -> Bool {
        guard let session else { return false }
        let request = try request(
            action,
            on: resource.uid,
            context,
            elevated: elevated ?? session.isElevated
        )
        return isAllowed(request, try entities ?? self.entities(with: resource))
    }

    /// Whether the policy lets this account have an authenticator and elevate at all.
    func mayElevate() throws -> Bool { try may("elevateSession", on: School.entity) }

    /// Decides as the service does: an erroring `forbid` denies.
    func isAllowed(_ request: Request, _ entities: Entities) -> Bool {
        policy.allows(request, entities)
    }

    /// A permit for a list of incidents: it carries the filter of the rows that may be viewed.
    mutating func permitIncidentRows() throws -> Permit {
        let session = try authenticate()
        return try policy.authorizer.filter(
            incidentRows(session, session.isElevated, RecordStore.firstFilterParameter),
            session: session.id.rawValue
        )
    }

    /// The incidents that the caller may view, or could with a code: those that may be mentioned to them.
    func mentionableIncidents() throws -> MentionableIncidents {
        guard let session else { throw Problem.notAuthenticated }
        let elevated = try session.isElevated || mayElevate()
        let rows = try incidentRows(session, elevated, MentionableIncidents.firstParameter)
        return MentionableIncidents(
            filter: try policy.authorizer.rows(rows),
            areFew: !elevated
        )
    }

    private func incidentRows(
        _ session: Session,
        _ elevated: Bool,
        _ firstParameter: Int
    ) throws -> RowQuestion {
        RowQuestion(
            principal: session.uid,
            action: .action("viewIncident"),
            resourceType: "Incident",
            context: try context([], elevated: elevated),
            entities: try policy.entities.adding([try principal()]),
            mapping: school.records.rowMapping(now: now, rules: involvement),
            firstParameter: firstParameter
        )
    }

    /// The context of a question that has no more to it than the session.
    static func context(elevated: Bool, locked: Bool) -> Record {
        contexts[(elevated ? 1 : 0) + (locked ? 2 : 0)]
    }

    /// Made once: most questions have one of these.
    private static let contexts: [Record] = [
        (false, false), (true, false), (false, true), (true, true),
    ]
    .map { ["session": .record(["elevated": .bool($0), "locked": .bool($1)])] }

    private func context(_ more: [(String, Value)], elevated: Bool) throws -> Record {
        try Exchange.context(more, elevated: elevated, locked: session?.locked ?? false)
    }

    /// The context of a question that has this and the session.
    static func context(
        _ more: [(String, Value)],
        elevated: Bool,
        locked: Bool
    ) throws -> Record {
        let session = context(elevated: elevated, locked: locked)
        if more.isEmpty { return session }
        return try Record(session.fields.map { ($0.name, $0.value) } + more)
    }

    /// What the caller asks, in the circumstances of their session.
    func question(
        _ action: String,
        on resource: Entity,
        _ context: [(String, Value)] = [],
        among entities: Entities
    ) throws -> Question {
        Question(
            try request(
                action,
                on: resource.uid,
                context,
                elevated: session?.isElevated ?? false
            ),
            entities
        )
    }

    private func request(
        _ action: String,
        on resource: EntityUID,
        _ more: [(String, Value)],
        elevated: Bool
    ) throws -> Request {
        guard let session else { throw Problem.notAuthenticated }
        return Request(
            principal: session.uid,
            action: .action(action),
            resource: resource,
            context: try context(more, elevated: elevated)
        )
    }

    /// The caller, a resource and the parts of it among what is always there; made once for several
    /// questions.
    func entities(with resource: Entity, parts: [Entity] = []) throws -> Entities {
        let principal = try principal()
        // A person may act on their own account.
        let named = resource.uid == principal.uid ? [principal] : [principal, resource]
        return try policy.entities.adding(named + parts)
    }

    private mutating func refuse(
        _ action: String,
        _ uid: EntityUID,
        _ refusal: Refusal?,
        helped: Bool,
        _ denial: Denial
    ) throws -> Problem {
        let stepUp =
            switch denial {
            case .forbidden: helped
            case .hidden(let viewAction, let blank):
                // Existing or not, hidden or not: the same question about the same blank thing; and
                // where a code would show this very one to its reader, that may be said.
                try helped
                    || session?.isElevated == false
                        && may(viewAction, on: blank(), elevated: true)
            }
        // Nothing is there to decide about a thing that is absent: so nothing is said of a hidden one.
        let decidedBy =
            if case .forbidden = denial { refusal?.policies ?? [] } else { [String]() }
        let problem: Problem =
            if try stepUp && mayElevate() {
                .elevationRequired
            } else if case .forbidden = denial {
                Problem(.forbidden, reason: refusal?.reason)
            } else {
                .notFound
            }
        record(
            action,
            on: uid.description,
            decision: .deny,
            policies: decidedBy,
            reason: problem.name.rawValue
        )
        return problem
    }
}

extension Exchange.Recording {
    fileprivate func name(_ action: String) -> String {
        switch self {
        case .everything: action
        case .refusalOf(let other): other
        }
    }
}
