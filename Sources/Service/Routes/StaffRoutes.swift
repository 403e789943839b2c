import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// Accounts: the directory for alerts, the list of those who manage them, new people.
enum StaffRoutes {
    static let all = [
        Route(.get, "/v1/staff", .read(list)),
        Route(.post, "/v1/staff", .write(create)),
        Route(.post, "/v1/staff/search", .read(search)),
        Route(.get, "/v1/staff/*", .read(show)),
        Route(.patch, "/v1/staff/*", .write(change)),
        Route(.post, "/v1/staff/*/authenticator-reset", .write(resetAuthenticator)),
    ]

    private static let searchLimit = 10

    // MARK: - Reading

    private static func search(_ exchange: inout Exchange) throws -> Reply {
        _ = try exchange.permit("searchStaff", on: School.entity)
        var fields = try Fields(exchange.call.body)
        let text = fields.string("query")
        let pupil = fields.optionalID("pupil")
        if let pupil, exchange.names.pupils[pupil] == nil { fields.wrong("pupil", "unknown") }
        try fields.finish()
        guard let query = NameQuery(text) else {
            throw Problem.field("query", "two letters or more, 100 characters at most")
        }
        let (records, db) = (exchange.school.records, exchange.db)
        var found: [StaffMember] = []
        for member in exchange.names.staffNames.matches(query) where member.isReachable {
            // A pupil's relatives are never offered for an alert about the pupil.
            if let pupil, try records.relations(of: member.id, on: db).contains(pupil) { continue }
            found.append(member)
            if found.count == searchLimit { break }
        }
        return Reply.json { json in
            json.page(found, next: nil) { json, member in
                json.object { json in
                    json.field("id", member.id)
                    json.field("name", member.name)
                    json.field("jobTitle", member.jobTitle.isEmpty ? nil : member.jobTitle)
                }
            }
        }
    }

    private static func list(_ exchange: inout Exchange) throws -> Reply {
        _ = try exchange.permit("listStaff", on: School.entity)
        let page = try exchange.page(try exchange.call.query(allowed: ["limit", "cursor"]))
        let found = try exchange.school.identity.accounts.page(
            before: page.moment,
            limit: page.limit + 1,
            on: exchange.db
        )
        let shown = try found.prefix(page.limit).map { try StaffView($0, exchange) }
        exchange.disclose(Set(shown.flatMap(\.disclosed)).sorted())
        let next =
            found.count > page.limit
            ? shown.last.map { page.cursor(after: $0.member.createdAt, $0.member.id) } : nil
        let names = exchange.names
        return Reply.json(capacity: 16_384) { json in
            json.page(shown, next: next) { json, view in json.staff(view, names) }
        }
    }

    private static func show(_ exchange: inout Exchange) throws -> Reply {
        let id = exchange.call.identifier
        let member = try id.flatMap {
            try exchange.school.identity.accounts.find($0, on: exchange.db)
        }
        let blank = StaffMember.blank(id)
        let denial = Exchange.Denial.hidden(viewing: "viewStaff", blank: { blank })
        guard let member else { throw try exchange.absentStaff(denial, blank) }
        _ = try exchange.permit("viewStaff", on: member.entity, denial: denial)
        let view = try StaffView(member, exchange)
        exchange.disclose(view.disclosed)
        return reply(200, view, exchange)
    }

    // MARK: - Creating

    private static func create(_ exchange: inout Exchange) throws -> Reply {
        let person = try exchange.authenticate().account
        let (identity, records) = (exchange.school.identity, exchange.school.records)
        let (db, now) = (exchange.db, exchange.now)
        let key = try IdempotencyKey(exchange, of: person)
        if let earlier = try key?.earlierResult(on: db, now: now), let id = Identifier(earlier),
            let member = try identity.accounts.find(id, on: db)
        {
            _ = try exchange.permit("viewStaff", on: member.entity)
            let view = try StaffView(member, exchange)
            exchange.disclose(view.disclosed)
            return reply(201, view, exchange)
        }
        let permit = try exchange.permit("createStaff", on: School.entity)
        var fields = try Fields(exchange.call.body)
        let email = fields.string("email", limit: 320)
        let name = fields.string("name")
        let roles = fields.strings("roles")
        let jobTitle = fields.optionalString("jobTitle") ?? ""
        let chair = fields.bool("chair", or: false)
        let relatedPupils = fields.strings("relatedPupils")
        let reason = fields.optionalString("reason") ?? ""
        fields.checkRoles(roles, known: exchange.policy.roles)
        try fields.finish()
        let elevating = try exchange.elevating(roles, beside: [])
        let withheld = try exchange.takesTwo(isSelf: false) ? elevating : []
        let member = try exchange.identified {
            let new = try NewAccount(
                email: email,
                name: name,
                jobTitle: jobTitle,
                roles: roles,
                chair: chair
            )
            return try identity.accounts.create(new, withholding: withheld, now: now, on: db)
        }
        try exchange.checked {
            try records.setRelations(
                of: member.id,
                to: relatedPupils,
                permit: permit,
                on: db
            )
        }
        exchange.disclose(try StaffView(member, exchange).disclosed)
        exchange.explain(member.roles.map { "+\($0)" } + (member.chair ? ["+chair"] : []))
        try exchange.invite(member)
        let pending = try exchange.grant(elevating, to: member, waits: !withheld.isEmpty, reason)
        let code =
            withheld.isEmpty ? try exchange.enrolmentCode(for: member, gaining: elevating) : nil
        try key?.remember(member.id.description, on: db, now: now)
        try exchange.refreshName(of: member.id)
        let view = try StaffView(member, enrolmentCode: code, pending: pending, exchange)
        return reply(201, view, exchange)
    }

    static func reply(_ status: Int, _ view: StaffView, _ exchange: Exchange) -> Reply {
        let names = exchange.names
        let location = status == 201 ? [("Location", "/v1/staff/\(view.member.id)")] : []
        return Reply.json(status, headers: location) { json in json.staff(view, names) }
    }
}

extension StaffMember {
    /// Somebody who is not there, to ask the policies with.
    static func blank(_ id: Identifier?) -> Entity {
        Entity(
            uid: EntityUID(type: "Staff", id: id?.description ?? ""),
            attributes: ["active": .bool(false), "chair": .bool(false)]
        )
    }
}

extension Fields {
    mutating func checkRoles(_ roles: [String], known: [String]) {
        for (index, role) in roles.enumerated() where !known.contains(role) {
            wrong("roles[\(index)]", "unknown")
        }
    }
}

extension Exchange {
    /// How somebody is refused an act on an account: whoever may see it is told why.
    func denial(on account: Entity) throws -> Denial {
        try may("viewStaff", on: account)
            ? .forbidden : .hidden(viewing: "viewStaff", blank: { StaffMember.blank(nil) })
    }

    /// Says of somebody who is not there what is said of somebody who is hidden.
    fileprivate mutating func absentStaff(_ denial: Denial, _ blank: Entity) throws -> Problem {
        try authenticate()
        return try absent("viewStaff", denial, blank.uid)
    }

    /// Puts a grant of roles that elevate before a second person, or says that it was made alone.
    mutating func grant(
        _ roles: [String],
        to member: StaffMember,
        waits: Bool,
        _ reason: String
    ) throws -> Identifier? {
        guard !roles.isEmpty else { return nil }
        if waits { return try ask(.roleGrant(roles), about: member, reason: reason).id }
        let granter = try authenticate().account
        try announce(.done(by: granter), .roleGrant(roles), about: member)
        if try !hasSecondPerson() {
            let loneGrants = school.identity.loneGrants
            try loneGrants.add(roles, to: member.id, by: granter, now: now, on: db)
        }
        return nil
    }
}
