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
        groupRecipients(of: incident, among: try everyone(with: incident))
    }

    /// Who is alerted of an incident that is about to be logged; `nil` when nobody could read it with an
    /// elevated session.
    func groupRecipients(
        of new: NewIncident,
        by author: Identifier
    ) throws -> [Identifier]? {
        let facts = IncidentFacts.prospective(new, author: author, now: now)
        let incident = names.entity(of: facts)
        let everyone = try everyone(with: incident)
        let recipients = groupRecipients(of: incident, among: everyone)
        let staff = names.staff.values
        // Those who are alerted read it as a rule, so they are asked about first.
        let others = recipients.lazy.compactMap { names.staff[$0] }.filter { $0.id != author }
        if hasReader(others, incident, among: everyone)
            || hasReader(staff.lazy.filter { $0.id != author }, incident, among: everyone)
        {
            return recipients
        }
        // Whoever may only read what they wrote themselves is nobody to turn to.
        let written = IncidentFacts.prospective(new, author: Identifier(rawValue: 0), now: now)
        let another = names.entity(of: written)
        let reads = hasReader(
            staff.lazy.filter { $0.id == author },
            another,
            among: try self.everyone(with: another)
        )
        return reads ? recipients : nil
    }

    private func groupRecipients(of incident: Entity, among everyone: Entities) -> [Identifier] {
        let question = Exchange.anybodysQuestion("receiveGroupAlert", on: incident, among: everyone)
        return names.staff.values.filter { permits($0, question) }.map(\.id)
    }

    private func hasReader(
        _ staff: some Sequence<StaffMember>,
        _ incident: Entity,
        among everyone: Entities
    ) -> Bool {
        let elevating = Exchange.anybodysQuestion(
            "elevateSession",
            on: School.entity,
            among: everyone
        )
        let viewing = Exchange.anybodysQuestion(
            "viewIncident",
            on: incident,
            elevated: true,
            among: everyone
        )
        return staff.contains { permits($0, elevating) && permits($0, viewing) }
    }

    private func everyone(with incident: Entity) throws -> Entities {
        try school.population.entities(names, under: policy).adding([incident])
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

    private func permits(_ member: StaffMember, _ question: Question) -> Bool {
        member.state == .active && policy.authorizer.permits(question.asked(by: member.uid))
    }

    /// What is to be asked for one person after the other.
    private static func anybodysQuestion(
        _ action: String,
        on resource: Entity,
        elevated: Bool = false,
        among everyone: Entities
    ) -> Question {
        let request = Request(
            principal: EntityUID(type: "Staff", id: ""),
            action: .action(action),
            resource: resource.uid,
            context: Exchange.context(elevated: elevated, locked: false)
        )
        return Question(request, everyone)
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
