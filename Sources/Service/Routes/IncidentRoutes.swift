import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// Logging, reading and listing incidents.
enum IncidentRoutes {
    static let all = [
        Route(.post, "/v1/incidents", .plan(log)),
        Route(.get, "/v1/incidents", .read(list)),
        Route(.get, "/v1/incidents/*", .read(read)),
    ]

    // MARK: - Logging

    private static func log(_ exchange: inout Exchange) throws -> Look {
        let author = try exchange.authenticate().account
        let key = try IdempotencyKey(exchange, of: author)
        if let replay = try replay(key, &exchange) { return .reply(replay) }
        let permit = try exchange.permit("logIncident", on: School.entity)
        let draft = try draft(of: exchange.call)
        let (records, db, now, names) = (
            exchange.school.records, exchange.db, exchange.now, exchange.names
        )
        let new = try exchange.checked {
            try records.check(
                draft,
                author: author,
                standing: { names.standing(of: $0) },
                on: db,
                now: now
            )
        }
        let facts = IncidentFacts.prospective(new, author: author, now: now)
        let entity = names.entity(of: facts)
        try exchange.requireReaders(
            new.named.enumerated().map { ("named[\($0)]", $1) }
                + new.alert.enumerated().map { ("alert[\($0)]", $1) },
            of: entity
        )
        let prepared = try records.prepare(
            new,
            author: author,
            groupAlerts: try recipients(of: facts, entity, &exchange),
            permit: permit,
            now: now
        )
        var shown: (view: PreparedView, may: [String])?
        if let viewed = try exchange.viewedWhenLogged(facts, entity) {
            shown = (
                try records.view(of: prepared, permit: viewed.permit),
                try actions(on: viewed, exchange)
            )
        }
        return .plan(
            Plan { [shown] connection in
                // One that came in between, with the same key, has made it.
                guard try key?.earlierResult(on: connection, now: now) == nil else { return nil }
                let number = try records.log(prepared, on: connection)
                try key?.remember(number.digits, on: connection, now: now)
                return Plan.Made(
                    subjects: IncidentFacts.disclosed(number, new.pupil, new.linkedPupils)
                ) {
                    guard let shown else { return numberAlone(number) }
                    let incident = records.incident(shown.view, as: number)
                    return reply(201, incident, shown.may, names)
                }
            }
        )
    }

    /// What the first request with this key made; `nil` when this is the first.
    private static func replay(_ key: IdempotencyKey?, _ exchange: inout Exchange) throws -> Reply?
    {
        guard let earlier = try key?.earlierResult(on: exchange.db, now: exchange.now) else {
            return nil
        }
        let author = try exchange.authenticate().account
        let (records, db, now) = (exchange.school.records, exchange.db, exchange.now)
        let number = try IncidentNumber(parsing: earlier)
        guard
            let facts = try records.facts(number, on: db, now: now, rules: exchange.involvement)
        else { throw Problem.notFound }
        if facts.isExcluded(author) {
            // An author who is kept out of the incident gets its number and nothing after.
            exchange.record(
                "viewIncident",
                on: facts.uid.description,
                decision: .deny,
                reason: Problem.Name.notFound.rawValue
            )
            return numberAlone(number)
        }
        let viewed = try exchange.viewed(facts, isOnRecord: true, denial: .incident(number))
        return try reply(201, viewed, exchange)
    }

    /// Who is alerted as a group.
    ///
    /// - Throws: `no-reader` when nobody who is left could read the incident.
    private static func recipients(
        of facts: IncidentFacts,
        _ entity: Entity,
        _ exchange: inout Exchange
    ) throws -> [Identifier] {
        guard let recipients = try exchange.groupRecipients(of: facts, entity) else {
            // Whoever is kept out of it is kept out of this entry too.
            exchange.record(
                "logIncident",
                subjects: facts.excluded.map { EntityUID.staff($0).description },
                decision: .deny,
                reason: Problem.Name.noReader.rawValue
            )
            throw Problem(
                .noReader,
                "everyone who could read this is kept out of it: ring the chair of governors or "
                    + "the local authority"
            )
        }
        return recipients
    }

    private static func numberAlone(_ number: IncidentNumber) -> Reply {
        Reply.json(201, headers: [location(of: number)]) { json in
            json.object { $0.field("id", number.digits) }
        }
    }

    private static func location(of number: IncidentNumber) -> (String, String) {
        ("Location", "/v1/incidents/\(number.digits)")
    }

    private static func draft(of call: Call) throws -> IncidentDraft {
        var fields = try Fields(call.body)
        var draft = IncidentDraft()
        draft.pupil = fields.optionalString("pupil", limit: 64)
        draft.unlistedPupil = fields.object("unlistedPupil") { fields in
            UnlistedPupil(name: fields.string("name"), why: fields.string("why"))
        }
        draft.linkedPupils = fields.strings("linkedPupils")
        draft.occurredAt = fields.optionalTime("occurredAt")
        draft.narrative = fields.optionalString("narrative", limit: 1 << 20)
        draft.categories = fields.strings("categories")
        draft.alert = fields.strings("alert")
        draft.agencies = fields.strings("agencies")
        draft.bodyMap = fields.objects("bodyMap", limit: 100) { fields in
            let view = fields.string("view", limit: 16)
            if BodyMark.View(rawValue: view) == nil { fields.wrong("view", "front or back") }
            return BodyMark(
                view: BodyMark.View(rawValue: view) ?? .front,
                x: fields.number("x"),
                y: fields.number("y"),
                kind: fields.string("kind"),
                note: fields.optionalString("note")
            )
        }
        draft.urgent = fields.bool("urgent", or: false)
        draft.reportedBy = fields.optionalString("reportedBy")
        draft.location = fields.optionalString("location")
        draft.restricted = fields.bool("restricted", or: false)
        draft.named = fields.strings("named")
        draft.subjectStaff = fields.strings("subjectStaff")
        fields.refuseFiles()
        try fields.finish()
        return draft
    }

    // MARK: - Reading

    private static func read(_ exchange: inout Exchange) throws -> Reply {
        let viewed = try exchange.viewedIncident(for: "viewIncident")
        exchange.openAlerts(of: viewed, showing: ShownParts(actions: viewed.visible))
        return try reply(200, viewed, exchange)
    }

    private static func reply(
        _ status: Int,
        _ viewed: ViewedIncident,
        _ exchange: Exchange
    ) throws -> Reply {
        let incident = try exchange.school.records.incident(
            viewed.facts,
            permit: viewed.permit,
            visible: viewed.visible,
            on: exchange.db
        )
        return reply(status, incident, try actions(on: viewed, exchange), exchange.names)
    }

    private static func reply(
        _ status: Int,
        _ incident: Incident,
        _ may: [String],
        _ names: Directory
    ) -> Reply {
        let headers = status == 201 ? [location(of: incident.facts.number)] : []
        return Reply.json(status, headers: headers, capacity: 2_048) { json in
            json.incident(incident, may: may, names)
        }
    }

    /// What the policy lets the caller do with the incident.
    private static func actions(
        on viewed: ViewedIncident,
        _ exchange: Exchange
    ) throws -> [String] {
        let retrospective = exchange.isRetrospective(viewed.facts, occurredAt: exchange.now)
        let authorizer = exchange.policy.authorizer
        return try authorizer.conclusion(
            "actions on an incident",
            variant: retrospective ? 1 : 0,
            about: viewed.question
        ) {
            var actions: [String] = []
            let addition = try exchange.question(
                "addAction",
                on: viewed.entity,
                [("retrospective", .bool(retrospective)), ("completesOwn", .bool(false))],
                among: viewed.question.entities
            )
            if authorizer.permits(addition) { actions.append("addAction") }
            if authorizer.permits(viewed.question.asked(.action("acknowledgeAlert"))) {
                actions.append("acknowledgeAlert")
            }
            return actions
        }
    }

    // MARK: - Listing

    private static func list(_ exchange: inout Exchange) throws -> Reply {
        _ = try exchange.permit("listIncidents", on: School.entity)
        let query = try exchange.call.query(
            allowed: ["pupil", "category", "author", "from", "to", "state", "limit", "cursor"])
        let page = try exchange.page(query)
        let filter = try filter(query)
        // Until outcomes are recorded every incident is open and nobody's.
        let isEmpty =
            try query.choice("state", of: ["open", "closed", "unowned"]) == "closed"
        let rows = try exchange.permitIncidentRows()
        let found =
            isEmpty || filter == nil
            ? []
            : try exchange.school.records.incidents(
                permit: rows,
                filter: filter ?? IncidentFilter(),
                before: page.position?.first,
                limit: page.limit + 1,
                on: exchange.db
            )
        let shown = found.prefix(page.limit)
        exchange.disclose(
            shown.flatMap { summary in
                [EntityUID(type: "Incident", id: summary.number.digits).description]
                    + (summary.pupil.map {
                        [EntityUID(type: "Pupil", id: $0.description).description]
                    } ?? [])
            }
        )
        let names = exchange.names
        let next = found.count > page.limit ? shown.last.map { page.cursor([$0.sequence]) } : nil
        return Reply.json(capacity: 4_096) { json in
            json.page(shown, next: next) { json, summary in json.summary(summary, names) }
        }
    }

    /// The filter of a query; `nil` when it names what cannot exist.
    private static func filter(_ query: [String: String]) throws -> IncidentFilter? {
        var filter = IncidentFilter()
        for (name, path) in [
            ("pupil", \IncidentFilter.pupil), ("category", \.category), ("author", \.author),
        ] {
            guard let text = query[name] else { continue }
            guard let id = Identifier(text) else { return nil }
            filter[keyPath: path] = id
        }
        filter.from = try query.time("from")
        filter.to = try query.time("to")
        return filter
    }
}

extension Fields {
    /// Nothing can be uploaded yet, so that every file is an unknown one; an empty list is none.
    mutating func refuseFiles() {
        for index in strings("files").indices { wrong("files[\(index)]", "unknown") }
    }
}
