import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// Auditing: the entries, and the signed head of their tree.
enum AccessLogRoutes {
    static let all = [
        Route(.get, "/v1/access-log", .read(list)),
        Route(.get, "/v1/access-log/checkpoint", .read(checkpoint)),
    ]

    private static func checkpoint(_ exchange: inout Exchange) throws -> Reply {
        _ = try exchange.permit("readCheckpoint", on: School.accessLog)
        let school = exchange.school
        let checkpoint = try school.audit.checkpoint(from: school.readers)
        return Reply(
            status: 200,
            headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: Array(checkpoint.note.utf8)
        )
    }

    private static func list(_ exchange: inout Exchange) throws -> Reply {
        let permit = try exchange.permit("readAccessLog", on: School.accessLog)
        let query = try exchange.call.query(
            allowed: [
                "actor", "pupil", "incident", "action", "decision", "from", "to", "limit", "cursor",
            ])
        let page = try exchange.page(query)
        let isHidden = try exchange.hiddenFromReader()
        let found = try filter(query).map { filter in
            try AccessLogReader.page(
                permit: permit,
                filter: filter,
                isHidden: isHidden,
                before: page.position?.first.map(Int.init),
                limit: page.limit,
                commitments: exchange.school.audit.commitments,
                on: exchange.db
            )
        }
        let next = found?.next.map { page.cursor([Int64($0)]) }
        let names = exchange.names
        return Reply.json(capacity: 16_384) { json in
            json.page(found?.lines ?? [], next: next) { json, line in json.line(line, names) }
        }
    }

    /// The filter of a query; `nil` when it names what cannot exist.
    private static func filter(_ query: [String: String]) throws -> AccessLogReader.Filter? {
        var filter = AccessLogReader.Filter()
        if let actor = query["actor"] {
            guard let actor = Entry.Actor(actor) else { return nil }
            filter.actor = actor
        }
        filter.pupil = query["pupil"].map { EntityUID(type: "Pupil", id: $0).description }
        if let text = query["incident"] {
            guard let number = try? IncidentNumber(parsing: text) else {
                throw Problem.field("incident", "no incident number")
            }
            filter.incident = EntityUID(type: "Incident", id: number.digits).description
        }
        filter.action = query["action"]
        filter.decision =
            try query.choice("decision", of: Entry.Decision.allCases.map(\.rawValue))
            .flatMap(Entry.Decision.init)
        filter.from = try query.time("from")
        filter.to = try query.time("to")
        return filter
    }
}

extension Exchange {
    /// Whether an entry is about an incident that the caller is kept out of, or would be if somebody
    /// else could have read it.
    ///
    /// Their own looks at incidents that do not exist are withheld like those at hidden ones: else
    /// the log would tell which of the two answered `not-found`.
    fileprivate mutating func hiddenFromReader() throws -> (Entry) throws -> Bool {
        let reader = try authenticate().account
        let (records, db) = (school.records, db)
        let hidden = Set(
            try records.exclusions(of: reader, on: db).map { number in
                EntityUID(type: "Incident", id: number.digits).description
            }
        )
        let refused: Set = [EntityUID.staff(reader).description]
        return { entry in
            if entry.isAbout(hidden) { return true }
            if entry.reason == Problem.Name.noReader.rawValue, entry.isAbout(refused) {
                return true
            }
            guard entry.actor == .staff(reader), entry.decision == .deny,
                let number = IncidentNumber(resource: entry.resource)
            else { return false }
            return try !records.isIncident(number, on: db)
        }
    }
}

extension IncidentNumber {
    /// The number in a resource as the log has it; `nil` for any other thing.
    fileprivate init?(resource: String) {
        let (prefix, suffix) = ("Incident::\"", "\"")
        guard resource.hasPrefix(prefix), resource.hasSuffix(suffix) else { return nil }
        let digits = resource.dropFirst(prefix.count).dropLast(suffix.count)
        guard let number = try? IncidentNumber(parsing: String(digits)) else { return nil }
        self = number
    }
}

extension JSONWriter {
    fileprivate mutating func line(_ line: AccessLogReader.Line, _ names: Directory) {
        object { json in
            switch line {
            case .withheld(let index, let at):
                json.field("index", index)
                json.field("at", at)
                json.field("withheld", true)
            case .entry(let stored): json.entry(stored, names)
            }
        }
    }

    private mutating func entry(_ stored: StoredEntry, _ names: Directory) {
        let entry = stored.entry
        field("index", stored.index)
        field("at", entry.at)
        key("actor")
        if case .staff(let id) = entry.actor {
            reference(id, names)
        } else {
            object { json in
                json.field("id", entry.actor.description)
                json.field("name", nil as String?)
            }
        }
        field("session", entry.session)
        field("elevated", entry.elevated)
        field("address", entry.address)
        field("action", entry.action)
        field("resource", entry.resource)
        field("subjects", array: { $0.each(entry.subjects) })
        field("decision", entry.decision.rawValue)
        field("policies", array: { $0.each(entry.policies) })
        field("policySet", entry.policySet)
        field("reason", entry.reason)
        field("requestId", entry.requestID)
        field("count", entry.count ?? 1)
    }

    private mutating func each(_ texts: [String]) { for text in texts { string(text) } }
}
