import AuditTrail
import Authentication
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// What waits for a second person, and their word.
enum ApprovalRoutes {
    static let all = [
        Route(.get, "/v1/approvals", .read(list)),
        Route(.post, "/v1/approvals/*", .write(decide)),
    ]

    /// Requests read at once while looking for those that the caller may decide.
    private static let batch = 200

    private static func list(_ exchange: inout Exchange) throws -> Reply {
        _ = try exchange.permit("listApprovals", on: School.entity)
        let page = try exchange.page(try exchange.call.query(allowed: ["limit", "cursor"]))
        let found = try visible(page, exchange)
        let shown = found.prefix(page.limit)
        let next =
            found.count > page.limit
            ? shown.last.map { page.cursor(after: $0.requestedAt, $0.id) } : nil
        let pupils = shown.flatMap(\.matter.pupils)
        exchange.disclose(Set(pupils.map { EntityUID.pupil($0).description }).sorted())
        let grant = Approval.blank(kind: Approval.Matter.roleGrant([]).kind)
        let seesGrants = try exchange.may(
            "decideApproval",
            on: grant,
            context: exchange.keyHolderContext
        )
        let loneGrants =
            seesGrants ? try exchange.school.identity.loneGrants.all(on: exchange.db) : []
        let (names, now) = (exchange.names, exchange.now)
        return Reply.json(capacity: 4_096) { json in
            json.object { json in
                json.field(
                    "items",
                    array: { json in
                        for approval in shown { json.approval(approval, at: now, names) }
                    }
                )
                json.field("next", next)
                json.field(
                    "grantedAlone",
                    array: { json in for grant in loneGrants { json.loneGrant(grant, names) } }
                )
            }
        }
    }

    /// The requests that the caller may decide or has made: one more than the page has, if there is.
    private static func visible(_ page: Page, _ exchange: Exchange) throws -> [Approval] {
        guard let person = exchange.session?.account else { throw Problem.notAuthenticated }
        var (shown, position): ([Approval], _) = ([], page.moment)
        while shown.count <= page.limit {
            let some = try exchange.school.identity.approvals.page(
                ownOf: person,
                before: position,
                limit: batch,
                now: exchange.now,
                on: exchange.db
            )
            shown += try some.filter { try $0.requester == person || exchange.mayDecide($0) }
            guard some.count == batch, let last = some.last else { break }
            position = (last.requestedAt, last.id)
        }
        return shown
    }

    private static func decide(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        var fields = try Fields(exchange.call.body)
        let word = fields.string("decision")
        let verdict = Approval.Verdict(rawValue: word)
        if verdict == nil { fields.wrong("decision", "approve or reject") }
        let reason = fields.optionalString("reason") ?? ""
        try fields.finish()
        guard let verdict else { throw Problem.field("decision", "approve or reject") }
        let (approvals, now, db) = (exchange.school.identity.approvals, exchange.now, exchange.db)
        let id = exchange.call.identifier
        let asked = try id.flatMap { try approvals.find($0, on: db) }
        let resource = asked?.entity ?? Approval.blank(id: id?.description ?? "")
        let permit = try exchange.permit(
            "decideApproval",
            on: resource,
            context: exchange.keyHolderContext,
            recordedAs: .refusalOf("decideApproval")
        )
        guard let asked else { throw Problem.notFound }
        let approval = try exchange.identified {
            try approvals.decide(
                asked.id,
                verdict,
                by: session.account,
                reason: reason,
                now: now,
                on: db
            )
        }
        let code = try exchange.follow(approval, verdict, permit: permit)
        let names = exchange.names
        return Reply.json { json in
            json.approval(approval, at: now, names, enrolmentCode: code)
        }
    }
}

extension Exchange {
    /// Does what follows from a decision, on record and by mail.
    ///
    /// - Returns: the enrolment code, where one arises.
    fileprivate mutating func follow(
        _ approval: Approval,
        _ verdict: Approval.Verdict,
        permit: borrowing Permit
    ) throws -> String? {
        let decider = try authenticate().account
        guard let member = try school.identity.accounts.find(approval.concerned, on: db) else {
            throw Problem(.conflict)
        }
        record(
            "decideApproval",
            on: approval.uid.description,
            subjects: approval.matter.disclosed(about: member),
            decision: .allow,
            policies: permit.policies,
            reason: "\(verdict.rawValue) \(approval.matter.kind)"
        )
        let code = verdict == .approve ? try carryOut(approval, permit: permit) : nil
        try announce(
            .decided(verdict, by: decider, askedBy: approval.requester),
            approval.matter,
            about: member
        )
        return code
    }
}

extension JSONWriter {
    fileprivate mutating func approval(
        _ approval: Approval,
        at now: Timestamp,
        _ names: Directory,
        enrolmentCode: String? = nil
    ) {
        var (roles, email): ([String], String?) = ([], nil)
        switch approval.matter {
        case .roleGrant(let granted): roles = granted
        case .addressChange(let address): email = address.text
        case .relationRemoval, .authenticatorReset: break
        }
        object { json in
            json.field("id", approval.id)
            json.field("kind", approval.matter.kind)
            json.key("about")
            json.reference(approval.concerned, names)
            json.field("roles", array: { json in for role in roles { json.string(role) } })
            json.field("email", email)
            json.field(
                "pupils",
                array: { json in
                    for pupil in approval.matter.pupils { json.reference(pupil, names) }
                }
            )
            json.key("requestedBy")
            json.reference(approval.requester, names)
            json.field("reason", approval.reason)
            json.field("requestedAt", approval.requestedAt)
            json.field("expiresAt", approval.expiresAt)
            json.field("state", approval.standing(at: now).rawValue)
            json.key("decidedBy")
            if let decision = approval.decision {
                json.reference(decision.decider, names)
            } else {
                json.null()
            }
            json.field("decidedAt", approval.decision?.at)
            json.field("decisionReason", approval.decision?.reason)
            if let enrolmentCode { json.field("enrolmentCode", enrolmentCode) }
        }
    }

    fileprivate mutating func loneGrant(_ grant: LoneGrant, _ names: Directory) {
        object { json in
            json.key("to")
            json.reference(grant.account, names)
            json.field("roles", array: { json in for role in grant.roles { json.string(role) } })
            json.key("by")
            json.reference(grant.granter, names)
            json.field("at", grant.at)
        }
    }
}
