import AuditTrail
import Authentication
import HTTPServer
import PolicyEngine
import SQLite

/// A person's own sessions: which there are, ending them, and being there.
enum OwnSessionRoutes {
    static let all = [
        Route(.post, "/v1/session/activity", isActivity: false, .read(notePresence)),
        Route(.get, "/v1/sessions", .read(list)),
        Route(.delete, "/v1/sessions", .write(endOthers)),
        Route(.delete, "/v1/sessions/*", .write(end)),
    ]

    /// Not on record: it shows nothing, and it comes once a minute from everybody who types.
    private static func notePresence(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        let sessions = exchange.school.identity.sessions
        let rules = exchange.rules.authentication
        if !exchange.call.isBackground,
            sessions.notePresence(session, rules: rules, now: exchange.now)
        {
            exchange.duringCommit.append { try sessions.flush(session.id, on: $0) }
        }
        return .noContent
    }

    private static func list(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        try exchange.permitOwnAccount("listSessions")
        let page = try exchange.page(try exchange.call.query(allowed: ["limit", "cursor"]))
        let living = try exchange.school.identity.sessions.list(
            of: session.account,
            at: exchange.occasion
        )
        let rest = try living.drop { try page.position.map($0.isAtOrBefore) ?? false }
        let shown = rest.prefix(page.limit)
        let next = rest.count > page.limit ? shown.last.map { page.cursor($0.position) } : nil
        exchange.record("listSessions", decision: .allow)
        return Reply.json(capacity: 4_096) { json in
            json.page(shown, next: next) { json, item in
                json.object { json in
                    json.field("id", item.id)
                    json.field("createdAt", item.createdAt)
                    json.field("lastActiveAt", item.lastActiveAt)
                    json.field("address", item.address)
                    json.field("userAgent", item.userAgent)
                    json.field("elevated", item.isElevated)
                    json.field("current", item.id == session.id)
                }
            }
        }
    }

    private static func end(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        try exchange.permitOwnAccount("endSession")
        let id = exchange.call.identifier
        let uid = EntityUID(type: "Session", id: id?.description ?? "").description
        let ended = try id.map {
            try exchange.school.identity.sessions.end(
                $0,
                of: session.account,
                now: exchange.now,
                on: exchange.db
            )
        }
        guard ended == true else {
            // Somebody else's session is none, as one that nobody has.
            exchange.record("endSession", on: uid, decision: .deny, reason: "not-found")
            throw Problem.notFound
        }
        exchange.record("endSession", on: uid, decision: .allow)
        return Reply(status: 204, headers: id == session.id ? [Cookies.clearSession] : [])
    }

    /// Ends every session of the person but the one that asks.
    private static func endOthers(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        try exchange.permitOwnAccount("endOtherSessions")
        try exchange.school.identity.sessions.endAll(
            of: session.account,
            except: session.id,
            now: exchange.now,
            on: exchange.db
        )
        exchange.record("endOtherSessions", decision: .allow)
        return .noContent
    }
}

extension SessionSummary {
    /// Where it stands in the list: newest first.
    fileprivate var position: [Int64] { [createdAt.milliseconds, id.rawValue] }

    /// Whether it stands at a position or before it.
    fileprivate func isAtOrBefore(_ position: [Int64]) throws -> Bool {
        guard position.count == 2 else { throw Problem(.badRequest, "unknown cursor") }
        return createdAt.milliseconds > position[0]
            || createdAt.milliseconds == position[0] && id.rawValue <= position[1]
    }
}
