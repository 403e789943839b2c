import Authentication
import PolicyEngine
import Records
import SQLite

/// An account as those see it who manage accounts.
struct StaffView: Sendable {
    let member: StaffMember
    let related: [Identifier]
    /// The newest request about the account that waits for a second person.
    let pending: Identifier?
    /// Shown once, to whoever hands it over in person.
    var enrolmentCode: String?

    init(
        _ member: StaffMember,
        enrolmentCode: String? = nil,
        pending: Identifier? = nil,
        _ exchange: Exchange
    ) throws {
        self.member = member
        self.enrolmentCode = enrolmentCode
        related = try exchange.school.records.relations(of: member.id, on: exchange.db)
        self.pending =
            try pending
            ?? exchange.school.identity.approvals.open(
                about: member.id,
                now: exchange.now,
                on: exchange.db
            ).first?.id
    }

    /// What the access log says was disclosed.
    var disclosed: [String] { related.map { EntityUID.pupil($0).description } }
}

extension JSONWriter {
    /// Writes an account: nothing of it opens anything but `enrolmentCode`, which is there once.
    mutating func staff(_ view: StaffView, _ names: Directory) {
        let member = view.member
        object { json in
            json.field("id", member.id)
            json.field("email", member.email.text)
            json.field("name", member.name)
            json.field("jobTitle", member.jobTitle.isEmpty ? nil : member.jobTitle)
            json.field(
                "roles",
                array: { json in for role in member.roles { json.string(role) } }
            )
            json.field("state", member.state.rawValue)
            json.field("chair", member.chair)
            json.field(
                "relatedPupils",
                array: { json in for pupil in view.related { json.reference(pupil, names) } }
            )
            json.field("authenticator", member.authenticator.rawValue)
            json.field("pendingApproval", view.pending?.description)
            if let code = view.enrolmentCode { json.field("enrolmentCode", code) }
        }
    }
}
