import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// Pupils: the type-ahead, new ones, and what is known of one.
enum PupilRoutes {
    static let all = [
        Route(.post, "/v1/pupils", .write(create)),
        Route(.post, "/v1/pupils/search", .read(search)),
        Route(.get, "/v1/pupils/*/chronology", .read(chronology)),
    ]

    private static func search(_ exchange: inout Exchange) throws -> Reply {
        _ = try exchange.permit("searchPupils", on: School.entity)
        let query = try exchange.nameQuery()
        let found = exchange.names.pupils.search(query)
        let told = Set(found.flatMap { [$0.pupil.id] + $0.mentioned })
        exchange.disclose(told.map { EntityUID.pupil($0).description }.sorted())
        return Reply.json { json in
            json.page(found, next: nil) { json, match in
                json.object { json in
                    json.field("id", match.pupil.id)
                    json.field("name", match.pupil.name)
                    json.field("yearGroup", match.pupil.yearGroup)
                    json.field("form", match.pupil.form)
                    json.field("distinguish", match.distinguish)
                }
            }
        }
    }

    private static func create(_ exchange: inout Exchange) throws -> Reply {
        let person = try exchange.authenticate().account
        let (records, db, now) = (exchange.school.records, exchange.db, exchange.now)
        let key = try IdempotencyKey(exchange, of: person)
        if let earlier = try key?.earlierResult(on: db, now: now), let id = Identifier(earlier),
            let pupil = try records.pupil(id, on: db)
        {
            _ = try exchange.permit(
                "viewPupil",
                on: pupil.entity,
                subjects: ([pupil.id] + pupil.siblings).map { EntityUID.pupil($0).description }
            )
            return reply(pupil, exchange)
        }
        let permit = try exchange.permit("createPupil", on: School.entity)
        let new = try draft(exchange)
        let pupil = try exchange.checked {
            try records.createPupil(new, permit: permit, on: db, now: now)
        }
        try key?.remember(pupil.id.description, on: db, now: now)
        exchange.disclose(([pupil.id] + pupil.siblings).map { EntityUID.pupil($0).description })
        exchange.rename(exchange.names.with(pupil))
        return reply(pupil, exchange)
    }

    private static func draft(_ exchange: Exchange) throws -> NewPupil {
        var fields = try Fields(exchange.call.body)
        let name = fields.string("name")
        let dateOfBirth = fields.string("dateOfBirth")
        let yearGroup = fields.string("yearGroup")
        let form = fields.optionalString("form")
        let upn = fields.optionalString("upn")
        let state = fields.optionalString("state")
        let siblings = fields.strings("siblings")
        try fields.finish()
        return try exchange.checked {
            try NewPupil(
                name: name,
                dateOfBirth: dateOfBirth,
                yearGroup: yearGroup,
                form: form,
                upn: upn,
                state: state,
                siblings: siblings,
                now: exchange.now
            )
        }
    }

    private static func reply(_ pupil: Pupil, _ exchange: Exchange) -> Reply {
        let location = ("Location", "/v1/pupils/\(pupil.id)")
        return Reply.json(201, headers: [location]) { json in
            json.object { json in
                json.field("id", pupil.id)
                json.field("name", pupil.name)
                json.field("dateOfBirth", pupil.dateOfBirth.description)
                json.field("yearGroup", pupil.yearGroup)
                json.field("form", pupil.form)
                json.field("upn", pupil.upn)
                json.field("state", pupil.isOnRoll ? "on-roll" : "left")
                json.field(
                    "siblings",
                    array: { json in
                        for sibling in pupil.siblings { json.reference(sibling, exchange.names) }
                    }
                )
            }
        }
    }

    // MARK: - Chronology

    private static func chronology(_ exchange: inout Exchange) throws -> Reply {
        _ = try exchange.authenticate()
        let query = try exchange.call.query(allowed: ["from", "to"])
        let (from, to) = (try query.time("from"), try query.time("to"))
        let id = exchange.call.identifier
        let blank = Entity(uid: EntityUID(type: "Pupil", id: id?.description ?? ""))
        let hidden = Exchange.Denial.hidden(viewing: "reviewPupil", blank: { blank })
        let pupil = id.flatMap { exchange.names.pupils[$0] }
        let entity = pupil?.entity ?? blank
        // Who may see the pupil, and not what is written about one, is told so.
        let isSeen = try pupil != nil && exchange.may("viewPupil", on: entity)
        let permit = try exchange.permit(
            "reviewPupil",
            on: entity,
            subjects: [entity.uid.description],
            denial: isSeen ? .forbidden : hidden
        )
        guard let pupil else { throw try exchange.absent("reviewPupil", hidden, blank.uid) }
        let (records, db) = (exchange.school.records, exchange.db)
        let all = try records.chronology(
            of: pupil.id,
            permit: permit,
            on: db,
            now: exchange.now,
            rules: exchange.involvement
        )
        let viewed = try all.compactMap { try exchange.viewedIfAllowed($0) }
        let incidents = try viewed.map { viewed in
            try records.incident(
                viewed.facts,
                permit: viewed.permit,
                visible: viewed.visible,
                on: db
            )
        }
        let items = ChronologyItem.items(of: incidents, from: from, to: to)
        exchange.show(items, of: viewed)
        let names = exchange.names
        return Reply.json(capacity: 16_384) { json in
            json.object { json in
                json.key("pupil")
                json.reference(pupil.id, names)
                json.field(
                    "items",
                    array: { json in for item in items { json.item(item, names) } }
                )
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func item(_ item: ChronologyItem, _ names: Directory) {
        object { json in
            json.field("kind", item.kind.rawValue)
            json.field("incident", item.incident.digits)
            json.field("action", item.action)
            json.field("occurredAt", item.occurredAt)
            json.field("recordedAt", item.recordedAt)
            json.key("author")
            json.reference(item.author, names)
            json.field("text", item.text)
            json.references("categories", item.categories, names)
        }
    }
}

extension Exchange {
    /// The words of a search for a name.
    func nameQuery() throws -> NameQuery {
        var fields = try Fields(call.body)
        let text = fields.string("query")
        try fields.finish()
        guard let query = NameQuery(text) else {
            throw Problem.field("query", "two letters or more, 100 characters at most")
        }
        return query
    }

    /// Puts on record what of some incidents a chronology shows, and opens their alerts: it shows the
    /// words as a look at the incident does.
    fileprivate mutating func show(_ items: [ChronologyItem], of viewed: [ViewedIncident]) {
        let shown = Dictionary(grouping: items, by: \.incident)
        for viewed in viewed {
            guard let items = shown[viewed.facts.number] else { continue }
            disclose([viewed.facts.uid.description])
            let parts = ShownParts(
                incident: items.contains { $0.kind == .incident },
                actions: Set(items.compactMap(\.action))
            )
            openAlerts(of: viewed, showing: parts)
        }
    }

    /// The incident of these facts, `nil` when the caller may not view it; without a record, for a
    /// list whose own entry names what was shown.
    func viewedIfAllowed(_ facts: IncidentFacts) throws -> ViewedIncident? {
        var trial = self
        do {
            return try trial.viewed(facts, denial: .forbidden)
        } catch is Problem {
            return nil
        }
    }
}
