import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// Actions of an incident, and marking it as read.
enum ActionRoutes {
    static let all = [
        Route(.post, "/v1/incidents/*/actions", .write(add)),
        Route(.post, "/v1/incidents/*/acknowledgement", .write(acknowledge)),
    ]

    private static func add(_ exchange: inout Exchange) throws -> Reply {
        let author = try exchange.authenticate().account
        let viewed = try exchange.viewedIncident(for: "addAction")
        let key = try IdempotencyKey(exchange, of: author)
        if let earlier = try key?.earlierResult(on: exchange.db, now: exchange.now),
            let action = viewed.facts.actions.first(where: { $0.id.description == earlier })
        {
            let note = EntityUID.note(action.id)
            _ = try exchange.permit(
                viewed.question.asked(.action("viewAction"), on: note),
                subjects: viewed.facts.disclosed,
                denial: .incident(viewed.facts.number)
            )
            return try reply(action.id, of: viewed.facts, under: viewed, exchange)
        }
        let (records, db, now) = (exchange.school.records, exchange.db, exchange.now)
        let (facts, names) = (viewed.facts, exchange.names)
        let draft = try draft(of: exchange.call)
        let new = try exchange.checked {
            try records.check(
                draft,
                to: facts,
                author: author,
                standing: { names.standing(of: $0) },
                maySettle: { exchange.maySettle($0, of: viewed) },
                now: now
            )
        }
        let asked = facts.actions.first { $0.id == new.completes }
        let retrospective = exchange.isRetrospective(facts, occurredAt: new.occurredAt)
        let permit = try exchange.permit(
            "addAction",
            on: viewed.entity,
            context: [
                ("retrospective", .bool(retrospective)),
                ("completesOwn", .bool(asked?.assignee == author)),
            ],
            subjects: facts.disclosed
        )
        var addressed = new.alert.enumerated().map { (field: "alert[\($0)]", id: $1) }
        if let assignee = new.assignee { addressed.append((field: "assignee", id: assignee)) }
        let involving = names.entity(of: facts.involving(addressed.map(\.id)))
        try exchange.requireReaders(addressed, of: involving)
        try exchange.requireFollower(new.assignee, of: involving)
        // A leader who did not write the incident speaks to leaders, unless they say otherwise; and so
        // does whoever answers what leaders asked among themselves.
        let speaksToLeaders =
            exchange.session?.isElevated ?? false && facts.author != author
            || asked?.audience == .leadership
        let recipients = try exchange.groupRecipients(of: facts, viewed.entity) ?? []
        let added = try exchange.checked {
            try records.addAction(
                new,
                to: facts,
                author: author,
                audience: new.audience ?? (speaksToLeaders ? .leadership : .involved),
                isRetrospective: retrospective,
                groupAlerts: recipients,
                permit: permit,
                on: db,
                now: now
            )
        }
        try key?.remember(added.id.description, on: db, now: now)
        // Completing a follow-up can end the author's sight of the incident: the answer is their own
        // action, under the permit that the act was done with, and nothing is decided once more.
        let after = try records.facts(facts.number, on: db, now: now, rules: exchange.involvement)
        return try reply(added.id, of: after ?? facts, under: viewed, exchange)
    }

    private static func reply(
        _ id: Identifier,
        of facts: IncidentFacts,
        under viewed: ViewedIncident,
        _ exchange: Exchange
    ) throws -> Reply {
        // The action that it completes was the author's to do: they may know of it.
        let completed = facts.actions.first { $0.id == id }?.completes
        let incident = try exchange.school.records.incident(
            facts,
            permit: viewed.permit,
            visible: Set([id] + (completed.map { [$0] } ?? [])),
            on: exchange.db
        )
        guard let action = incident.actions.first(where: { $0.facts.id == id }) else {
            throw Problem.notFound
        }
        return Reply.json(201) { $0.action(action, exchange.names) }
    }

    private static func draft(of call: Call) throws -> ActionDraft {
        var fields = try Fields(call.body)
        var draft = ActionDraft()
        draft.text = fields.optionalString("text", limit: 1 << 20)
        draft.occurredAt = fields.optionalTime("occurredAt")
        draft.audience = fields.optionalString("audience", limit: 64)
        draft.alert = fields.strings("alert")
        draft.assignee = fields.optionalString("assignee", limit: 64)
        draft.dueAt = fields.optionalTime("dueAt")
        draft.completes = fields.optionalString("completes", limit: 64)
        fields.refuseFiles()
        try fields.finish()
        return draft
    }

    private static func acknowledge(_ exchange: inout Exchange) throws -> Reply {
        let person = try exchange.authenticate().account
        let viewed = try exchange.viewedIncident(for: "acknowledgeAlert")
        var fields = try Fields(exchange.call.body)
        let through = fields.optionalString("through", limit: 64)
        try fields.finish()
        let permit = try exchange.permit(
            "acknowledgeAlert",
            on: viewed.entity,
            subjects: viewed.facts.disclosed
        )
        let (records, db, now) = (exchange.school.records, exchange.db, exchange.now)
        let (facts, visible) = (viewed.facts, viewed.visible)
        _ = try exchange.checked {
            try records.acknowledge(
                facts,
                by: person,
                through: through,
                visible: visible,
                permit: permit,
                on: db,
                now: now
            )
        }
        return .noContent
    }
}

extension Exchange {
    /// Whether the caller may complete what somebody else was asked for: who is away or has left.
    fileprivate func maySettle(_ asked: ActionFacts, of viewed: ViewedIncident) -> Bool {
        viewed.visible.contains(asked.id)
            && policy.authorizer.permits(
                viewed.question.asked(.action("completeFollowUp"), on: .note(asked.id))
            )
    }
}
