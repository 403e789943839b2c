import AuditTrail
import Authentication
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// Changes of an account: what one person does is done, and what takes two is asked for.
extension StaffRoutes {
    static func change(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        var fields = try Fields(exchange.call.body)
        let wanted = WantedChange(&fields, known: exchange.policy.roles)
        try fields.finish()
        let (identity, db) = (exchange.school.identity, exchange.db)
        let id = exchange.call.identifier
        let before = try id.flatMap { try identity.accounts.find($0, on: db) }
        let isSelf = before?.id == session.account
        let resource = before?.entity ?? StaffMember.blank(id)
        let permit = try exchange.permit(
            "changeStaff",
            on: resource,
            context: [
                ("self", .bool(isSelf)),
                ("addsRoles", .bool(wanted.raises(before))),
                ("changesRelations", .bool(wanted.relatedPupils != nil)),
            ],
            denial: try exchange.denial(on: resource)
        )
        guard let before else { throw Problem.notFound }
        return try change(before, wanted, permit: permit, isSelf: isSelf, &exchange)
    }

    private static func change(
        _ before: StaffMember,
        _ wanted: WantedChange,
        permit: borrowing Permit,
        isSelf: Bool,
        _ exchange: inout Exchange
    ) throws -> Reply {
        let (identity, records) = (exchange.school.identity, exchange.school.records)
        let (db, now) = (exchange.db, exchange.now)
        let waiting = try exchange.partForTwo(of: wanted, to: before)
        let waits = try !waiting.isEmpty && exchange.takesTwo(isSelf: isSelf)
        let held = try exchange.rolesThatMustBeHeld()
        let earlier = try StaffView(before, exchange).disclosed
        let (_, after) = try exchange.identified {
            let change = try wanted.change.get()
            let rest =
                waits
                ? change.withholding(roles: waiting.roles, email: waiting.email != nil) : change
            return try identity.accounts.change(before.id, rest, keeping: held, now: now, on: db)
        }
        if let pupils = wanted.relatedPupils {
            let kept = waits ? waiting.pupils.map(\.description) : []
            try exchange.checked {
                try records.setRelations(
                    of: before.id,
                    to: pupils + kept,
                    permit: permit,
                    on: db
                )
            }
        }
        // Saying `invited` again of somebody who is, mails a new link.
        if after.state == .invited && (after.email != before.email || wanted.state == .invited) {
            try exchange.invite(after)
        }
        let view = try StaffView(after, exchange)
        exchange.disclose(view.disclosed + earlier.filter { !view.disclosed.contains($0) })
        var changed = after.changes(since: before)
        if Set(view.disclosed) != Set(earlier) { changed.append("relations") }
        exchange.explain(changed)
        try exchange.refreshName(of: after.id)
        let pending = try exchange.settle(waiting, waits: waits, before, after, wanted.reason)
        try exchange.announceChange(from: before, to: after)
        // Only the grant of a role that elevates makes a code: no other change may hand one out.
        let code =
            waits ? nil : try exchange.enrolmentCode(for: after, gaining: waiting.roles)
        return reply(
            200,
            try StaffView(after, enrolmentCode: code, pending: pending, exchange),
            exchange
        )
    }

    // MARK: - A lost authenticator

    static func resetAuthenticator(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        var fields = try Fields(exchange.call.body)
        let reason = fields.string("reason")
        try fields.finish()
        let id = exchange.call.identifier
        let member = try id.flatMap {
            try exchange.school.identity.accounts.find($0, on: exchange.db)
        }
        let resource = member?.entity ?? StaffMember.blank(id)
        _ = try exchange.permit(
            "resetAuthenticator",
            on: resource,
            context: [("self", .bool(member?.id == session.account))],
            denial: try exchange.denial(on: resource)
        )
        guard let member else { throw Problem.notFound }
        if reason.isEmpty { throw Problem.field("reason", "must not be empty") }
        guard member.state != .left else { throw Problem(.conflict, "the person has left") }
        switch member.authenticator {
        case .none, .pending:
            // Whoever may have one and has lost the enrolment code needs two people as well.
            guard try exchange.isElevatable(roles: member.roles) else {
                throw Problem(.noAuthenticator)
            }
        case .active, .disabled: break
        }
        let approval = try exchange.ask(.authenticatorReset, about: member, reason: reason)
        return Reply.json(202) { json in
            json.object { $0.field("approval", approval.id.description) }
        }
    }
}

extension StaffMember {
    /// What is not as it was, for the access log: no names and no addresses.
    fileprivate func changes(since before: StaffMember) -> [String] {
        var changes: [String] = []
        if email != before.email { changes.append("email") }
        if name != before.name { changes.append("name") }
        if jobTitle != before.jobTitle { changes.append("jobTitle") }
        changes += roles.filter { !before.roles.contains($0) }.map { "+\($0)" }
        changes += before.roles.filter { !roles.contains($0) }.map { "-\($0)" }
        if state != before.state { changes.append(state.rawValue) }
        if chair != before.chair { changes.append(chair ? "+chair" : "-chair") }
        return changes
    }
}

/// What a request wants changed of an account.
struct WantedChange {
    let roles: [String]?
    let email: String?
    let state: AccountState?
    let chair: Bool?
    let relatedPupils: [String]?
    let reason: String
    /// What the rules of the fields say.
    let change: Result<AccountChange, any Error>

    init(_ fields: inout Fields, known: [String]) {
        let roles = fields.has("roles") ? fields.strings("roles") : nil
        let stateText = fields.optionalString("state", limit: 16)
        let state = stateText.flatMap(AccountState.init)
        if stateText != nil && state == nil {
            fields.wrong("state", "invited, active, suspended or left")
        }
        let email = fields.optionalString("email", limit: 320)
        let name = fields.optionalString("name")
        let jobTitle = fields.optionalString("jobTitle")
        let chair = fields.has("chair") ? fields.bool("chair", or: false) : nil
        relatedPupils = fields.has("relatedPupils") ? fields.strings("relatedPupils") : nil
        reason = fields.optionalString("reason") ?? ""
        fields.checkRoles(roles ?? [], known: known)
        change = Result {
            try AccountChange(
                email: email,
                name: name,
                jobTitle: jobTitle,
                roles: roles,
                state: state,
                chair: chair
            )
        }
        (self.roles, self.email, self.state, self.chair) = (roles, email, state, chair)
    }

    /// Whether the account may do more afterwards than before.
    func raises(_ before: StaffMember?) -> Bool {
        !added(to: before).isEmpty || chair == true && before?.chair != true
    }

    func added(to before: StaffMember?) -> [String] {
        (roles ?? []).filter { !(before?.roles ?? []).contains($0) }
    }
}

/// What of a change takes two people.
private struct PartForTwo {
    var roles: [String] = []
    var email: EmailAddress?
    var pupils: [Identifier] = []

    var isEmpty: Bool { roles.isEmpty && email == nil && pupils.isEmpty }
}

extension Exchange {
    /// What of a change takes two people, once there are two.
    fileprivate func partForTwo(
        of wanted: WantedChange,
        to before: StaffMember
    ) throws -> PartForTwo {
        var part = PartForTwo()
        part.roles = try elevating(wanted.added(to: before), beside: before.roles)
        let change = try identified { try wanted.change.get() }
        if let email = change.email, email != before.email, try mayEverElevate(before) {
            let other = try school.identity.accounts.find(email, on: db)
            if other != nil { throw try Problem(answering: .addressTaken) }
            part.email = email
        }
        if let kept = wanted.relatedPupils {
            part.pupils = try school.records.relations(of: before.id, on: db)
                .filter { !kept.contains($0.description) }
        }
        return part
    }

    /// Puts each part before a second person, or says that it was done by one.
    ///
    /// - Returns: the first request, where there is one.
    fileprivate mutating func settle(
        _ part: PartForTwo,
        waits: Bool,
        _ before: StaffMember,
        _ after: StaffMember,
        _ reason: String
    ) throws -> Identifier? {
        var pending = try grant(part.roles, to: after, waits: waits, reason)
        var others: [Approval.Matter] = []
        if let email = part.email { others.append(.addressChange(email)) }
        if !part.pupils.isEmpty { others.append(.relationRemoval(part.pupils)) }
        for matter in others {
            if waits {
                let approval = try ask(matter, about: before, reason: reason)
                pending = pending ?? approval.id
            } else {
                try announce(.done(by: try authenticate().account), matter, about: before)
            }
        }
        if part.email == nil && after.email != before.email {
            try announceAddress(of: after, before: before)
        }
        return pending
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
}
