import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// Accounts: the directory for alerts, new people, changes.
enum StaffRoutes {
    static let all = [
        Route(.post, "/v1/staff", .write(create)),
        Route(.post, "/v1/staff/search", .read(search)),
        Route(.patch, "/v1/staff/*", .write(change)),
    ]

    private static let searchLimit = 10

    // MARK: - Searching

    private static func search(_ exchange: inout Exchange) throws -> Reply {
        _ = try exchange.permit("searchStaff", on: School.entity)
        var fields = try Fields(exchange.call.body)
        let text = fields.string("query")
        let pupil = fields.optionalID("pupil")
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
                    json.field("jobTitle", member.jobTitle)
                }
            }
        }
    }

    // MARK: - Creating

    private static func create(_ exchange: inout Exchange) throws -> Reply {
        let person = try exchange.authenticate().account
        let permit = try exchange.permit("createStaff", on: School.entity)
        let (identity, records) = (exchange.school.identity, exchange.school.records)
        let (db, now) = (exchange.db, exchange.now)
        let key = try IdempotencyKey(exchange, of: person)
        if let earlier = try key?.earlierResult(on: db, now: now), let id = Identifier(earlier),
            let member = try identity.accounts.find(id, on: db)
        {
            exchange.disclose([member.entity.uid.description])
            return try reply(201, member, enrolmentCode: nil, exchange)
        }
        var fields = try Fields(exchange.call.body)
        let email = fields.string("email", limit: 320)
        let name = fields.string("name")
        let roles = fields.strings("roles")
        let jobTitle = fields.optionalString("jobTitle") ?? ""
        let chair = fields.bool("chair", or: false)
        let relatedPupils = fields.strings("relatedPupils")
        fields.checkRoles(roles, known: exchange.policy.roles)
        try fields.finish()
        if try exchange.isElevatable(roles: roles) {
            try exchange.refuseAlone(
                "createStaff",
                on: School.entity,
                "a role that elevates",
                isSelf: false
            )
        }
        let member = try exchange.identified {
            let new = try NewAccount(
                email: email,
                name: name,
                jobTitle: jobTitle,
                roles: roles,
                chair: chair
            )
            return try identity.accounts.create(new, now: now, on: db)
        }
        try exchange.checked {
            try records.setRelations(
                of: member.id,
                to: relatedPupils,
                permit: permit,
                on: db
            )
        }
        try exchange.invite(member)
        let code = try exchange.enrolmentCode(for: member)
        try key?.remember(member.id.description, on: db, now: now)
        exchange.disclose([member.entity.uid.description])
        try exchange.refreshName(of: member.id)
        return try reply(201, member, enrolmentCode: code, exchange)
    }

    // MARK: - Changing

    private static func change(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        var fields = try Fields(exchange.call.body)
        let roles = fields.has("roles") ? fields.strings("roles") : nil
        let relatedPupils = fields.has("relatedPupils") ? fields.strings("relatedPupils") : nil
        let change = try accountChange(&fields, roles: roles, exchange)
        fields.checkRoles(roles ?? [], known: exchange.policy.roles)
        try fields.finish()
        let (identity, records) = (exchange.school.identity, exchange.school.records)
        let (db, now) = (exchange.db, exchange.now)
        let id = exchange.call.identifier
        let blank = Entity(
            uid: EntityUID(type: "Staff", id: id?.description ?? ""),
            attributes: ["active": .bool(false), "chair": .bool(false)]
        )
        let before = try id.flatMap { try identity.accounts.find($0, on: db) }
        let added = (roles ?? []).filter { !(before?.roles ?? []).contains($0) }
        let permit = try exchange.permit(
            "changeStaff",
            on: before?.entity ?? blank,
            context: [
                ("self", .bool(before?.id == session.account)),
                ("addsRoles", .bool(!added.isEmpty)),
                ("changesRelations", .bool(relatedPupils != nil)),
            ]
        )
        guard let before else { throw Problem.notFound }
        let accountChange = try exchange.identified { try change.get() }
        let partForTwo = try exchange.partForTwo(
            of: accountChange,
            to: before,
            addedRoles: added,
            relatedPupils: relatedPupils
        )
        if let partForTwo {
            try exchange.refuseAlone(
                "changeStaff",
                on: before.entity,
                partForTwo,
                isSelf: before.id == session.account
            )
        }
        let held = try exchange.rolesThatMustBeHeld()
        let (_, after) = try exchange.identified {
            try identity.accounts.change(before.id, accountChange, keeping: held, now: now, on: db)
        }
        if let relatedPupils {
            try exchange.checked {
                try records.setRelations(
                    of: before.id,
                    to: relatedPupils,
                    permit: permit,
                    on: db
                )
            }
        }
        exchange.changesRights = true
        if after.state == .invited && after.email != before.email { try exchange.invite(after) }
        // Only the grant of a role that elevates makes a code: no other change may hand one out.
        let code =
            try exchange.isElevatable(roles: added) ? exchange.enrolmentCode(for: after) : nil
        try exchange.refreshName(of: after.id)
        return try reply(200, after, enrolmentCode: code, exchange)
    }

    private static func accountChange(
        _ fields: inout Fields,
        roles: [String]?,
        _ exchange: Exchange
    ) throws -> Result<AccountChange, any Error> {
        let stateText = fields.optionalString("state", limit: 16)
        let state = stateText.flatMap(AccountState.init)
        if stateText != nil && state == nil {
            fields.wrong("state", "invited, active, suspended or left")
        }
        let email = fields.optionalString("email", limit: 320)
        let name = fields.optionalString("name")
        let jobTitle = fields.optionalString("jobTitle")
        let chair = fields.has("chair") ? fields.bool("chair", or: false) : nil
        return Result {
            try AccountChange(
                email: email,
                name: name,
                jobTitle: jobTitle,
                roles: roles,
                state: state,
                chair: chair
            )
        }
    }

    // MARK: - Answering

    private static func reply(
        _ status: Int,
        _ member: StaffMember,
        enrolmentCode: String?,
        _ exchange: Exchange
    ) throws -> Reply {
        let related = try exchange.school.records.relations(of: member.id, on: exchange.db)
        let names = exchange.names
        let location = status == 201 ? [("Location", "/v1/staff/\(member.id)")] : []
        return Reply.json(status, headers: location) { json in
            json.object { json in
                json.field("id", member.id)
                json.field("email", member.email.text)
                json.field("name", member.name)
                json.field("jobTitle", member.jobTitle)
                json.field(
                    "roles",
                    array: { json in for role in member.roles { json.string(role) } }
                )
                json.field("state", member.state.rawValue)
                json.field("chair", member.chair)
                json.field(
                    "relatedPupils",
                    array: { json in for pupil in related { json.reference(pupil, names) } }
                )
                json.field("authenticator", member.authenticator.rawValue)
                json.field("pendingApproval", nil as String?)
                if let enrolmentCode { json.field("enrolmentCode", enrolmentCode) }
            }
        }
    }
}

extension Fields {
    fileprivate mutating func checkRoles(_ roles: [String], known: [String]) {
        for (index, role) in roles.enumerated() where !known.contains(role) {
            wrong("roles[\(index)]", "unknown")
        }
    }
}

extension Exchange {
    /// The code that ties a first authenticator to a person met in the flesh, where one arises.
    fileprivate func enrolmentCode(for member: StaffMember) throws -> String? {
        guard member.authenticator != .active, try isElevatable(roles: member.roles) else {
            return nil
        }
        return try school.identity.authenticators.issueEnrolmentCode(
            for: member.id,
            now: now,
            on: db
        )
    }

    /// Groups of roles of which somebody with an authenticator must be left, as the policy has it:
    /// those who audit the access log, and those who manage accounts.
    fileprivate func rolesThatMustBeHeld() throws -> [[String]] {
        let auditors = try policy.roles.filter {
            try allows(roles: [$0], "readAccessLog", on: School.accessLog, elevated: true)
        }
        let managers = try policy.roles.filter {
            try allows(roles: [$0], "createStaff", on: School.entity, elevated: true)
        }
        return [auditors, managers]
    }

    /// What of a change takes two people; `nil` when nothing does.
    fileprivate func partForTwo(
        of change: AccountChange,
        to before: StaffMember,
        addedRoles: [String],
        relatedPupils: [String]?
    ) throws -> String? {
        if try isElevatable(roles: addedRoles) { return "a role that elevates" }
        if let email = change.email, email != before.email, try isElevatable(roles: before.roles) {
            return "the address of somebody who may elevate"
        }
        let related = try school.records.relations(of: before.id, on: db).map(\.description)
        if let relatedPupils, !Set(related).isSubset(of: relatedPupils) {
            return "taking a relation away"
        }
        return nil
    }

    /// Refuses what needs a second person, who cannot be asked yet.
    ///
    /// It needs one as soon as somebody could be asked: under the rule `always` for everybody,
    /// under `own` on one's own account. Whether there is somebody is asked of the transaction.
    fileprivate mutating func refuseAlone(
        _ action: String,
        on resource: Entity,
        _ what: String,
        isSelf: Bool
    ) throws {
        guard rules.grantsApproval == .always || isSelf else { return }
        let isApproverThere = try school.identity.accounts.all(on: db).contains { member in
            try member.state == .active && member.authenticator == .active
                && allows(
                    roles: member.roles,
                    "readAccessLog",
                    on: School.accessLog,
                    elevated: true
                )
        }
        guard isApproverThere else { return }
        record(
            action,
            on: resource.uid.description,
            decision: .deny,
            reason: Problem.Name.conflict.rawValue
        )
        throw Problem(
            .conflict,
            "\(what) takes the approval of a second key holder (rule `grants.approval`)"
        )
    }
}
