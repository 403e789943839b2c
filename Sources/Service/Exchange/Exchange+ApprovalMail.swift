import AuditTrail
import Authentication
import Mail
import PolicyEngine
import Records
import SQLite

/// What has become of something that takes two people, or of what one did before there were two.
enum Announcement {
    /// It waits for a second person.
    case asked(by: Identifier)
    /// A second person has decided.
    case decided(Approval.Verdict, by: Identifier, askedBy: Identifier)
    /// One person has done it, as the rules allow.
    case done(by: Identifier)
}

/// Mails about who may do what: to the person, at the old address and the new, and to those whom
/// the policy has told of every such change.
extension Exchange {
    mutating func announce(
        _ announcement: Announcement,
        _ matter: Approval.Matter,
        about member: StaffMember
    ) throws {
        var addresses = Set(try accountNoticeReceivers().map(\.email))
        if member.state != .left { addresses.insert(member.email) }
        if case .addressChange(let email) = matter { addresses.insert(email) }
        if case .decided(_, _, let requester) = announcement,
            let requester = try school.identity.accounts.find(requester, on: db),
            requester.state == .active
        {
            addresses.insert(requester.email)
        }
        try announce(
            announcement.sentence(on: matter.sentence(about: member), names),
            to: addresses
        )
    }

    /// Tells of what one person does alone to those who may elevate, or stand in for them: roles taken
    /// away, the state of the account, and who is the chair.
    mutating func announceChange(from before: StaffMember, to after: StaffMember) throws {
        var changes: [String] = []
        let lost = try before.roles.filter { role in
            try !after.roles.contains(role) && isElevatable(roles: [role])
        }
        if !lost.isEmpty {
            changes.append("\(after.name) holds the role \(lost.joined(separator: ", ")) no more")
        }
        if after.state != before.state, try mayEverElevate(before) {
            changes.append("the account of \(after.name) is \(after.state.rawValue)")
        }
        if after.chair != before.chair {
            changes.append("\(after.name) is \(after.chair ? "the chair" : "the chair no more")")
        }
        guard !changes.isEmpty else { return }
        var addresses = Set(try accountNoticeReceivers().map(\.email))
        if after.state != .left { addresses.insert(after.email) }
        let done = Announcement.done(by: try authenticate().account)
        try announce(done.sentence(on: changes.joined(separator: "; "), names), to: addresses)
    }

    private mutating func announce(_ sentence: String, to addresses: Set<EmailAddress>) throws {
        let body = """
            Hello,

            \(sentence)

            If this should not be, tell the safeguarding lead at once.

            """
        for email in addresses.sorted(by: { $0.text < $1.text }) {
            try mail(to: email, subject: "A change of who may do what", body: body)
        }
    }

    /// Tells both addresses of somebody who cannot elevate that theirs has changed, and those who are
    /// told of what lets somebody in: whoever has the mailbox can choose the password.
    mutating func announceAddress(of after: StaffMember, before: StaffMember) throws {
        let body = """
            Hello,

            the address of \(after.name)'s account at \(school.name) is \(after.email.text) now,
            and \(before.email.text) no more.

            If this should not be, tell the school office at once.

            """
        let told = [before.email, after.email] + (try accountNoticeReceivers().map(\.email))
        for email in Set(told).sorted(by: { $0.text < $1.text }) {
            try mail(to: email, subject: "The address of an account has changed", body: body)
        }
    }

    /// Grants that one mail lists: however many there are, it must not fail.
    private static let grantsInMail = 40

    /// Ends the time of one person, at the first elevation of somebody who approves grants, who is
    /// shown what was granted in it.
    mutating func endLoneGrants() throws {
        let kind = Approval.Matter.roleGrant([]).kind
        let loneGrants = school.identity.loneGrants
        guard let session, try !loneGrants.haveEnded(on: db),
            try may(
                "decideApproval",
                on: Approval.blank(kind: kind),
                context: keyHolderContext
            ),
            try loneGrants.end(by: session.account, now: now, on: db),
            let member = try school.identity.accounts.find(session.account, on: db)
        else { return }
        let grants = try loneGrants.all(on: db)
        record(
            "readLoneGrants",
            subjects: grants.map { EntityUID.staff($0.account).description },
            decision: .allow
        )
        var lines = grants.suffix(Exchange.grantsInMail).map { grant in
            "- \(name(of: grant.account)): \(grant.roles.joined(separator: ", ")), by"
                + " \(name(of: grant.granter)) at \(grant.at.rfc3339)"
        }
        let more = grants.count - lines.count
        if more > 0 { lines.append("and \(more) before these: the list of approvals has them all") }
        try mail(
            member,
            subject: "Roles that were granted before you came",
            body: """
                Hello \(member.name),

                from now on it takes two people to grant a role that lets its holder elevate.
                Until now one was enough, and these were granted:

                \(lines.isEmpty ? "none" : lines.joined(separator: "\n"))

                If one of them should not be, take the role away.

                """
        )
    }

    /// Those whom the policy has told of every change to who can elevate.
    func accountNoticeReceivers() throws -> [StaffMember] {
        let accounts = school.identity.accounts
        var receivers: [Identifier: StaffMember] = [:]
        for role in policy.roles
        where try allows(
            roles: [role],
            "receiveAccountNotice",
            on: School.entity,
            elevated: false
        ) {
            for id in try accounts.holders(of: role, withAuthenticator: false, on: db)
            where receivers[id] == nil {
                receivers[id] = try accounts.find(id, on: db)
            }
        }
        return receivers.values.sorted { $0.id.rawValue < $1.id.rawValue }
    }

    private func name(of id: Identifier) -> String { names.staff[id]?.name ?? id.description }
}

extension Announcement {
    /// What happened to `matter`, in sentences.
    fileprivate func sentence(on matter: String, _ names: Directory) -> String {
        func name(_ id: Identifier) -> String { names.staff[id]?.name ?? id.description }
        return switch self {
        case .asked(let requester):
            """
            \(name(requester)) has asked for this: \(matter).
            A second person decides about it within 72 hours; otherwise nothing happens.
            """
        case .decided(.approve, let decider, let requester):
            "\(name(decider)) has approved what \(name(requester)) asked for: \(matter)."
        case .decided(.reject, let decider, let requester):
            "\(name(decider)) has rejected what \(name(requester)) asked for: \(matter)."
        case .done(let actor): "\(name(actor)) has done this: \(matter)."
        }
    }
}

extension Approval.Matter {
    /// What is asked for, without the name of a child.
    fileprivate func sentence(about member: StaffMember) -> String {
        switch self {
        case .roleGrant(let roles):
            "\(member.name) holds the role \(roles.joined(separator: ", "))"
        case .addressChange(let email):
            "the address of \(member.name)'s account is \(email.text) instead of \(member.email.text)"
        case .relationRemoval: "\(member.name) is no relative of a pupil any more"
        case .authenticatorReset: "the authenticator of \(member.name) is reset"
        }
    }
}
