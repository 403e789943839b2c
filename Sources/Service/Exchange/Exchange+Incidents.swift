import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// An incident that the caller may view, with the permit that says so.
///
/// A class, so that a write of the same look can hold the permit until the commit.
final class ViewedIncident: Sendable {
    let facts: IncidentFacts
    let entity: Entity
    /// Whether the caller may view it, which other questions about it are asked beside.
    let question: Question
    let permit: Permit
    /// The actions of it that the caller may see.
    let visible: Set<Identifier>

    init(
        facts: IncidentFacts,
        entity: Entity,
        question: Question,
        permit: consuming Permit,
        visible: Set<Identifier>
    ) {
        self.facts = facts
        self.entity = entity
        self.question = question
        self.permit = permit
        self.visible = visible
    }
}

extension Exchange {
    var involvement: InvolvementRules {
        InvolvementRules(
            graceDays: rules.involvement.graceDays,
            unreadDays: rules.involvement.unreadDays
        )
    }

    /// The incident number in the path.
    ///
    /// - Throws: 422 for a wrong check digit; for what is no number at all, as for one that no
    ///   incident has.
    private mutating func incidentNumber(for action: String) throws -> IncidentNumber {
        _ = try authenticate()
        do {
            return try IncidentNumber(parsing: call.parameters[0])
        } catch CryptoError.wrongCheckDigit {
            throw Problem.field("id", "the check digit of the incident number is wrong")
        } catch {
            // What was typed may be of any length, and anything: it is not put on record.
            throw try absent(
                action,
                .incident(IncidentNumber(value: 0)),
                EntityUID(type: "Incident", id: "")
            )
        }
    }

    /// The incident that the path names, when the caller may view it.
    ///
    /// `action` is what the refusal is put on record as; the look itself is on record only for
    /// `viewIncident`, since any other action puts itself there.
    mutating func viewedIncident(for action: String) throws -> ViewedIncident {
        let number = try incidentNumber(for: action)
        let denial = Denial.incident(number)
        let isOnRecord = action == "viewIncident"
        let records = school.records
        guard let facts = try records.facts(number, on: db, now: now, rules: involvement) else {
            // Who asks is kept out of the stand-in: the same is done, in the same time, as for one
            // that is hidden.
            let standIn = try records.standIn(
                for: number,
                keepingOut: try authenticate().account,
                on: db,
                now: now,
                rules: involvement
            )
            _ = try viewed(standIn, as: action, isOnRecord: isOnRecord, denial: denial)
            throw Problem.notFound
        }
        do {
            return try viewed(facts, as: action, isOnRecord: isOnRecord, denial: denial)
        } catch let problem as Problem {
            try records.seekStandIn(for: number, on: db)
            throw problem
        }
    }

    /// The incident of these facts, when the caller may view it.
    mutating func viewed(
        _ facts: IncidentFacts,
        as action: String = "viewIncident",
        isOnRecord: Bool = false,
        denial: Denial
    ) throws -> ViewedIncident {
        let entity = names.entity(of: facts)
        let notes = facts.actions.map { facts.noteEntity($0) }
        try authenticate()
        let question = try question(
            "viewIncident",
            on: entity,
            among: try entities(with: entity, parts: notes)
        )
        let permit = try permit(
            question,
            subjects: facts.disclosed,
            denial: denial,
            recordedAs: isOnRecord ? .everything : .refusalOf(action)
        )
        var visible: Set<Identifier> = []
        for (action, note) in zip(facts.actions, notes)
        where policy.authorizer.permits(question.asked(.action("viewAction"), on: note.uid)) {
            visible.insert(action.id)
        }
        return ViewedIncident(
            facts: facts,
            entity: entity,
            question: question,
            permit: permit,
            visible: visible
        )
    }

    /// An incident that the caller is about to log, as they may see it when it is; `nil` when they may
    /// not.
    func viewedWhenLogged(_ facts: IncidentFacts, _ incident: Entity) throws -> ViewedIncident? {
        guard let session, !facts.isExcluded(session.account) else { return nil }
        let question = try question(
            "viewIncident",
            on: incident,
            among: try entities(with: incident)
        )
        guard let permit = try permitShowing(question) else { return nil }
        return ViewedIncident(
            facts: facts,
            entity: incident,
            question: question,
            permit: permit,
            visible: []
        )
    }

    /// Opens the caller's alerts about parts of an incident that are shown to them, in the commit of the
    /// look; a HEAD shows nothing.
    mutating func openAlerts(of viewed: ViewedIncident, showing parts: ShownParts) {
        guard let reader = session?.account, call.request.method != .head,
            viewed.facts.hasUnopened(by: reader, showing: parts)
        else { return }
        let (records, now) = (school.records, now)
        duringCommit.append { connection in
            try records.markOpened(
                viewed.facts,
                by: reader,
                showing: parts,
                permit: viewed.permit,
                on: connection,
                now: now
            )
        }
    }

    /// Whether an action logged now counts as added in retrospect.
    func isRetrospective(_ facts: IncidentFacts, occurredAt: Timestamp) -> Bool {
        guard let session else { return true }
        return !facts.isInvolved(session.account)
            || policy.calendar.isBackdated(occurredAt: occurredAt, recordedAt: now)
    }

    // A recipient is one of everybody, whom the policies know apart; the incident and its pupils are not.

    /// Who is alerted of an incident without being named, as the policy says; `nil` when nobody could
    /// read it with an elevated session.
    ///
    /// Somebody is told who can read it: where none of those whom the policy alerts can, all who can are
    /// alerted too. The policy is asked about everyone who could be: nobody's role is known here.
    func groupRecipients(
        of facts: IncidentFacts,
        _ incident: Entity
    ) throws -> [Identifier]? {
        let everybody = try school.population.everybody(names, under: policy)
        let alert = Exchange.alert(of: incident, among: try everybody.entities.adding([incident]))
        return try policy.authorizer.conclusion("recipients", about: alert) {
            let groups = everybody.active.groups(about: incident)
            let alerted = alerted(groups, by: alert)
            // Whoever may read only what they wrote or were alerted of is nobody to turn to: they will
            // not for long.
            let bystanders = names.entity(of: facts.involvingNobody)
            let entities = try everybody.entities.adding([bystanders])
            if !readers(of: bystanders, in: alerted, among: entities).isEmpty {
                return Exchange.people(alerted)
            }
            let readers = readers(of: bystanders, in: groups, among: entities)
            return readers.isEmpty ? nil : Exchange.people(alerted + readers)
        }
    }

    /// Those of these groups that are alerted.
    private func alerted(_ groups: [Lookalikes.Group], by alert: Question) -> [Lookalikes.Group] {
        groups.filter { policy.authorizer.permits(alert, by: $0.first) }
    }

    /// Those of these groups that could read an incident with an elevated session.
    private func readers(
        of incident: Entity,
        in groups: [Lookalikes.Group],
        among entities: Entities
    ) -> [Lookalikes.Group] {
        let viewing = Exchange.anybodysQuestion(
            "viewIncident",
            on: incident.uid,
            elevated: true,
            among: entities
        )
        let elevating = Exchange.anybodysQuestion(
            "elevateSession",
            on: School.entity.uid,
            elevated: false,
            among: entities
        )
        return groups.filter { group in
            policy.authorizer.permits(elevating, by: group.first)
                && policy.authorizer.permits(viewing, by: group.first)
        }
    }

    /// The question whether somebody is alerted of an incident as one of a group.
    private static func alert(of incident: Entity, among entities: Entities) -> Question {
        anybodysQuestion("receiveGroupAlert", on: incident.uid, elevated: false, among: entities)
    }

    private static func people(_ groups: [Lookalikes.Group]) -> [Identifier] {
        groups.flatMap(\.members).compactMap { Identifier($0.id) }
    }

    /// Refuses to name on an incident, to alert of it or to ask for a step whoever could not read it:
    /// neither with a code nor without.
    func requireReaders(_ people: [(field: String, id: Identifier)], of incident: Entity) throws {
        let errors = try people.compactMap { person in
            try could("viewIncident", on: incident, person.id)
                ? nil : Problem.Field(field: person.field, message: "may not read this incident")
        }
        if !errors.isEmpty { throw Problem(.validation, errors: errors) }
    }

    /// Refuses to ask for a step whoever could never say that it is done.
    func requireFollower(_ assignee: Identifier?, of incident: Entity) throws {
        guard let assignee else { return }
        let context: [(String, Value)] = [
            ("retrospective", .bool(true)), ("completesOwn", .bool(true)),
        ]
        guard try could("addAction", on: incident, assignee, context) else {
            throw Problem.field("assignee", "may not add an action to this incident")
        }
    }

    /// Whether the policy lets somebody do something with an incident, with a code or without, once
    /// their account is active.
    private func could(
        _ action: String,
        on incident: Entity,
        _ person: Identifier,
        _ context: [(String, Value)] = []
    ) throws -> Bool {
        guard let member = names.staff[person] else { return false }
        let principal = Entity(
            uid: member.uid,
            parents: member.entity.parents,
            attributes: ["active": .bool(true), "chair": .bool(member.chair)]
        )
        let entities = try policy.entities.adding([principal, incident])
        func may(elevated: Bool) throws -> Bool {
            let request = Request(
                principal: principal.uid,
                action: .action(action),
                resource: incident.uid,
                context: try Exchange.context(context, elevated: elevated, locked: false)
            )
            return isAllowed(request, entities)
        }
        return try may(elevated: false)
            || isElevatable(roles: member.roles) && may(elevated: true)
    }

    /// Turns what `Records` found wrong into the answer.
    func checked<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch RecordsError.invalid(let errors) {
            throw Problem(
                .validation,
                errors: errors.map { Problem.Field(field: $0.field, message: $0.message) }
            )
        } catch RecordsError.raced {
            throw Problem(.conflict, "it has changed in between: try again")
        }
    }

    /// What is to be asked about one person after the other.
    private static func anybodysQuestion(
        _ action: String,
        on resource: EntityUID,
        elevated: Bool,
        among everybody: Entities
    ) -> Question {
        let request = Request(
            principal: EntityUID(type: "Staff", id: ""),
            action: .action(action),
            resource: resource,
            context: Exchange.context(elevated: elevated, locked: false)
        )
        return Question(request, everybody)
    }
}

extension Exchange.Denial {
    /// The denial of an incident, there or not.
    static func incident(_ number: IncidentNumber) -> Exchange.Denial {
        .hidden(
            viewing: "viewIncident",
            blank: { IncidentFacts.blank(number: number).entity(presentRoles: []) }
        )
    }
}

extension IncidentFacts {
    /// What a look at the incident discloses, for the access log.
    var disclosed: [String] { IncidentFacts.disclosed(number, pupil, linkedPupils) }

    /// What a look at an incident of this number about these pupils discloses.
    static func disclosed(
        _ number: IncidentNumber,
        _ pupil: Identifier?,
        _ linkedPupils: [Identifier]
    ) -> [String] {
        var names = [EntityUID.incident(number).description]
        if let pupil { names.append(EntityUID.pupil(pupil).description) }
        for pupil in linkedPupils { names.append(EntityUID.pupil(pupil).description) }
        return names
    }
}
