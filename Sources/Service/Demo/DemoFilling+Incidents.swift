import Authentication
import Crypto
import PolicyEngine
import Records
import SQLite

/// What has been logged at the made-up school, and looked at since.
extension DemoFilling {
    /// Some incidents with their actions, each looked at so often since.
    mutating func add(_ incidents: ArraySlice<DemoIncident>, looks: Int) throws {
        let categories = try school.records.categories(on: connection)
        let agencies = try school.records.agencies(on: connection)
        for incident in incidents {
            try add(incident, categories: categories, agencies: agencies, looks: looks)
        }
    }

    private mutating func add(
        _ incident: DemoIncident,
        categories: [ListEntry],
        agencies: [ListEntry],
        looks: Int
    ) throws {
        guard let author = members.staff[incident.author] else { return }
        let records = school.records
        var draft = IncidentDraft()
        draft.pupil = members.pupils[incident.pupil]?.description
        draft.linkedPupils = incident.linked.compactMap { members.pupils[$0]?.description }
        draft.occurredAt = incident.occurredAt
        draft.narrative = incident.narrative
        draft.categories = identifiers(incident.categories, in: categories)
        draft.agencies = identifiers(incident.agencies, in: agencies)
        draft.alert = incident.alerts.compactMap { members.staff[$0]?.id.description }
        let permit = try permit("logIncident", on: School.entity, by: author)
        let new = try records.check(
            draft,
            author: author.id,
            standing: { _ in .active },
            on: connection,
            now: incident.recordedAt
        )
        let prepared = try records.prepare(
            new,
            author: author.id,
            groupAlerts: try groupRecipients(
                IncidentFacts.prospective(new, author: author.id, now: incident.recordedAt)
            ),
            permit: permit,
            now: incident.recordedAt
        )
        let number = try records.log(prepared, on: connection)
        try record(
            "logIncident",
            "Incident",
            number.digits,
            by: author.id,
            at: incident.recordedAt
        )
        for action in incident.actions { try add(action, to: number) }
        for _ in 0..<looks {
            try record(
                "viewIncident",
                "Incident",
                number.digits,
                by: author.id,
                at: incident.recordedAt
            )
        }
    }

    private mutating func add(_ action: DemoAction, to number: IncidentNumber) throws {
        let records = school.records
        let facts = try records.facts(
            number,
            on: connection,
            now: action.recordedAt,
            rules: InvolvementRules()
        )
        guard let facts, let author = members.staff[action.author] else { return }
        let entity = members.entity(of: facts)
        let isRetrospective = !facts.isInvolved(author.id)
        let permit = try permit(
            "addAction",
            on: entity,
            by: author,
            context: [
                ("retrospective", .bool(isRetrospective)), ("completesOwn", .bool(false)),
            ]
        )
        var draft = ActionDraft()
        draft.text = action.text
        draft.occurredAt = action.occurredAt
        let new = try records.check(
            draft,
            to: facts,
            author: author.id,
            standing: { _ in .active },
            now: action.recordedAt
        )
        _ = try records.addAction(
            new,
            to: facts,
            author: author.id,
            audience: action.leadership ? .leadership : .involved,
            isRetrospective: isRetrospective,
            groupAlerts: try groupRecipients(facts),
            permit: permit,
            on: connection,
            now: action.recordedAt
        )
        try record("addAction", "Incident", number.digits, by: author.id, at: action.recordedAt)
    }

    private func identifiers(_ names: [String], in list: [ListEntry]) -> [String] {
        names.compactMap { name in list.first { $0.name == name }?.id.description }
    }
}

extension DemoMembers {
    /// An incident as the policies see it.
    func entity(of facts: IncidentFacts) -> Entity {
        let holders = Directory.holders(among: staff.values)
        return facts.entity(presentRoles: facts.presentRoles(holders: holders))
    }
}
