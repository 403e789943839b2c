import AuditTrail
import Authentication
import Mail
import PolicyEngine
import Records
import SQLite

/// What takes a second person: when it does, how one is asked, and what is done at their word.
extension Exchange {
    // MARK: - Whether

    /// Whether a second person has to be asked: under the rule `always` for everybody, under `own`
    /// for one's own account, and from the day on which there is one.
    func takesTwo(isSelf: Bool) throws -> Bool {
        guard rules.grantsApproval == .always || isSelf else { return false }
        return try hasSecondPerson()
    }

    /// Whether there is, or ever was, somebody with an authenticator who approves grants.
    func hasSecondPerson() throws -> Bool {
        let identity = school.identity
        if try identity.loneGrants.haveEnded(on: db) { return true }
        for role in try policy.deciders(of: Approval.Matter.roleGrant([]).kind)
        where try !identity.accounts.holders(of: role, withAuthenticator: true, on: db).isEmpty {
            return true
        }
        return false
    }

    /// Those of the roles given that let their holder elevate.
    func elevating(_ roles: [String], beside held: [String]) throws -> [String] {
        let alone = try roles.filter { try isElevatable(roles: [$0]) }
        let others = held + roles.filter { !alone.contains($0) }
        // Roles that elevate only together are one grant.
        if try !isElevatable(roles: held) && isElevatable(roles: others) { return roles }
        return alone
    }

    /// Whether a person may elevate, or might again: by their roles, by those that are asked for them,
    /// or with the authenticator that they have kept.
    func mayEverElevate(_ member: StaffMember) throws -> Bool {
        if try isElevatable(roles: member.roles) { return true }
        switch member.authenticator {
        case .active, .disabled: return true
        case .none, .pending: break
        }
        return try school.identity.approvals.open(about: member.id, now: now, on: db)
            .contains { approval in
                if case .roleGrant = approval.matter { true } else { false }
            }
    }

    /// Whether the caller may decide a request now.
    func mayDecide(_ approval: Approval) throws -> Bool {
        try may("decideApproval", on: approval.entity, context: keyHolderContext)
    }

    /// What the policies are told of the caller who decides.
    var keyHolderContext: [(String, Value)] {
        [("keyHolder", .bool(session?.authenticator == .active))]
    }

    // MARK: - Asking

    /// Asks for a second person, on record and by mail.
    mutating func ask(
        _ matter: Approval.Matter,
        about member: StaffMember,
        reason: String
    ) throws -> Approval {
        let requester = try authenticate().account
        let (approvals, now, db) = (school.identity.approvals, now, db)
        let (approval, isNew) = try identified {
            try approvals.request(
                matter,
                about: member.id,
                by: requester,
                reason: reason,
                now: now,
                on: db
            )
        }
        record(
            "requestApproval",
            on: approval.uid.description,
            subjects: matter.disclosed(about: member),
            decision: .allow,
            reason: matter.kind
        )
        if isNew { try announce(.asked(by: requester), matter, about: member) }
        return approval
    }

    // MARK: - Doing

    /// Does what a second person has approved, as things are now.
    ///
    /// - Returns: the enrolment code, where one arises.
    /// - Throws: `conflict` when it could not be asked for any more.
    mutating func carryOut(
        _ approval: Approval,
        permit: borrowing Permit
    ) throws -> String? {
        let (identity, now, db) = (school.identity, now, db)
        guard let member = try identity.accounts.find(approval.concerned, on: db),
            member.state != .left
        else { throw Problem(.conflict, "the person has left") }
        guard try isStillAllowed(approval, about: member) else {
            throw Problem(.conflict, "whoever asked for it may not do so any more")
        }
        var code: String?
        switch approval.matter {
        case .roleGrant(let roles):
            let added = roles.filter { !member.roles.contains($0) && policy.roles.contains($0) }
            let after = try change(member) { try AccountChange(roles: member.roles + added) }
            code = try enrolmentCode(for: after, gaining: added)
        case .addressChange(let email):
            let after = try change(member) { try AccountChange(email: email.text) }
            if after.state == .invited { try invite(after) }
        case .relationRemoval(let pupils):
            try school.records.endRelations(
                of: member.id,
                with: pupils,
                permit: permit,
                on: db
            )
        case .authenticatorReset:
            code = try identity.authenticators.reset(member.id, now: now, on: db)
            try notify(member.id, [.authenticatorReset])
        }
        try refreshName(of: member.id)
        return code
    }

    /// The code that ties a first authenticator to a person met in the flesh, where one arises:
    /// with a role that elevates, and with nothing else.
    func enrolmentCode(for member: StaffMember, gaining roles: [String]) throws -> String? {
        switch member.authenticator {
        case .active, .disabled: return nil
        case .none, .pending: break
        }
        // Whoever is suspended could not use it: their codes are void.
        guard member.state == .active || member.state == .invited else { return nil }
        guard try !elevating(roles, beside: []).isEmpty, try isElevatable(roles: member.roles)
        else { return nil }
        return try school.identity.authenticators.issueEnrolmentCode(
            for: member.id,
            now: now,
            on: db
        )
    }

    private func change(
        _ member: StaffMember,
        _ change: () throws -> AccountChange
    ) throws -> StaffMember {
        do {
            return try identified {
                try school.identity.accounts.change(
                    member.id,
                    try change(),
                    keeping: [],
                    now: now,
                    on: db
                ).after
            }
        } catch let problem as Problem where problem.name == .validation {
            // It did when it was asked for; the fields of this call are not at fault.
            throw Problem(
                .conflict,
                "it does not fit the account any more, or the address is taken"
            )
        }
    }

    /// Whether the one who asked could ask today: with the roles and the account they have now.
    private func isStillAllowed(_ approval: Approval, about member: StaffMember) throws -> Bool {
        guard let requester = try school.identity.accounts.find(approval.requester, on: db) else {
            return false
        }
        let isSelf = ("self", Value.bool(requester.id == member.id))
        let (action, context): (String, [(String, Value)]) =
            switch approval.matter {
            case .roleGrant:
                (
                    "changeStaff",
                    [isSelf, ("addsRoles", .bool(true)), ("changesRelations", .bool(false))]
                )
            case .addressChange:
                (
                    "changeStaff",
                    [isSelf, ("addsRoles", .bool(false)), ("changesRelations", .bool(false))]
                )
            case .relationRemoval:
                (
                    "changeStaff",
                    [isSelf, ("addsRoles", .bool(false)), ("changesRelations", .bool(true))]
                )
            case .authenticatorReset: ("resetAuthenticator", [isSelf])
            }
        return try policy.allows(
            requester.entity,
            action,
            on: member.entity,
            elevated: true,
            context: context
        )
    }
}

extension Approval.Matter {
    /// The pupils that it names.
    var pupils: [Identifier] {
        if case .relationRemoval(let pupils) = self { pupils } else { [] }
    }

    /// What is disclosed by asking for it or deciding it, for the access log.
    func disclosed(about member: StaffMember) -> [String] {
        [member.entity.uid.description] + pupils.map { EntityUID.pupil($0).description }
    }
}
