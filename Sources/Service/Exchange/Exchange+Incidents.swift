import Authentication
import Crypto
import PolicyEngine
import Records
import SQLite

/// An incident that the caller may view, with the permit that says so.
///
/// A class, so that a write of the same look can hold the permit until the commit.
final class ViewedIncident: Sendable {
    let facts: IncidentFacts
    let entity: Entity
    /// What the policies are asked about it among.
    let entities: Entities
    let permit: Permit
    /// The actions of it that the caller may see.
    let visible: Set<Identifier>

    init(
        facts: IncidentFacts,
        entity: Entity,
        entities: Entities,
        permit: consuming Permit,
        visible: Set<Identifier>
    ) {
        self.facts = facts
        self.entity = entity
        self.entities = entities
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
        let entities = try entities(with: entity, parts: notes)
        let permit = try permit(
            "viewIncident",
            on: entity,
            subjects: facts.disclosed,
            denial: denial,
            recordedAs: isOnRecord ? .everything : .refusalOf(action),
            among: entities
        )
        var visible: Set<Identifier> = []
        for (action, note) in zip(facts.actions, notes)
        where try may("viewAction", on: note, among: entities) {
            visible.insert(action.id)
        }
        return ViewedIncident(
            facts: facts,
            entity: entity,
            entities: entities,
            permit: permit,
            visible: visible
        )
    }

    /// Whether an action logged now counts as added in retrospect.
    func isRetrospective(_ facts: IncidentFacts, occurredAt: Timestamp) -> Bool {
        guard let session else { return true }
        return !facts.isInvolved(session.account)
            || policy.calendar.isBackdated(occurredAt: occurredAt, recordedAt: now)
    }

    /// Who is alerted of an incident without being named, as the policy says.
    ///
    /// The policy is asked about everyone who could be: nobody's role is known here.
    func groupRecipients(of incident: Entity) throws -> [Identifier] {
        let everyone = try school.population.entities(names, under: policy).adding([incident])
        return names.staff.values.filter { member in
            permits(member, "receiveGroupAlert", on: incident, among: everyone)
        }.map(\.id)
    }

    /// Whether anybody could read the incident with an elevated session, having written it apart.
    func hasReader(_ new: NewIncident, among recipients: [Identifier]) throws -> Bool {
        // Whoever may only read what they wrote themselves is nobody to turn to.
        let facts = IncidentFacts.prospective(new, author: Identifier(rawValue: 0), now: now)
        let incident = names.entity(of: facts)
        let everyone = try school.population.entities(names, under: policy).adding([incident])
        func reads(_ member: StaffMember) -> Bool {
            permits(member, "elevateSession", on: School.entity, among: everyone)
                && permits(member, "viewIncident", on: incident, elevated: true, among: everyone)
        }
        return recipients.contains { names.staff[$0].map(reads) ?? false }
            || names.staff.values.contains(where: reads)
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

    private func permits(
        _ member: StaffMember,
        _ action: String,
        on resource: Entity,
        elevated: Bool = false,
        among everyone: Entities
    ) -> Bool {
        guard member.state == .active else { return false }
        let request = Request(
            principal: member.uid,
            action: EntityUID(type: "Action", id: action),
            resource: resource.uid,
            context: Exchange.context(elevated: elevated, locked: false)
        )
        return isAllowed(request, everyone)
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
    var disclosed: [String] {
        [uid.description]
            + ((pupil.map { [$0] } ?? []) + linkedPupils).map {
                EntityUID(type: "Pupil", id: $0.description).description
            }
    }
}
