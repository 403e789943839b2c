import AuditTrail
import Authentication
import Mail
import PolicyEngine
import SQLite

/// What those who manage the school's accounts should hear of without asking.
extension Exchange {
    /// Two who can help each other, and one more, so that a lost phone leaves two.
    private static let enoughAuthenticators = 3
    /// For so long they are told of a mail that was given up.
    private static let mailReminder = Duration.seconds(7 * 86_400)

    /// Sentences for the session of somebody who could manage accounts, elevated or not.
    func warnings() throws -> [String] {
        guard try may("listStaff", on: School.entity, elevated: true) else { return [] }
        var warnings: [String] = []
        let enough = Exchange.enoughAuthenticators
        let active = try school.identity.accounts.activeAuthenticators(upTo: enough, on: db)
        if active < enough {
            warnings.append(
                "fewer than three authenticators are active (\(active)): one lost phone could lock"
                    + " the school out of its records"
            )
        }
        let recoveries = school.identity.recoveries
        if let open = try recoveries.open(now: now, on: db) {
            warnings.append(
                "the authenticator of \(name(of: open)) is to be replaced on the server from"
                    + " \(open.readyAt.rfc3339) on: a key holder who elevates stops it"
            )
        }
        let since = now - KeyHolderRecovery.reminder
        for recovery in try recoveries.finished(since: since, on: db) {
            warnings.append(
                "the authenticator of \(name(of: recovery)) was replaced on the server by"
                    + " operator:\(recovery.operatorUID) at \(recovery.endedAt?.rfc3339 ?? "")"
            )
        }
        if let lost = try school.outbox.lastGivenUp(on: db), lost > now - Exchange.mailReminder {
            warnings.append(
                "mails could not be delivered and were given up, the last at \(lost.rfc3339):"
                    + " `keyholder mail status` on the server names them"
            )
        }
        return warnings
    }

    /// What an elevation means to others: an authenticator that is used is not lost, and whoever
    /// approves grants is the second person from now on.
    mutating func noteElevation() throws {
        try endLoneGrants()
        try stopRecovery()
    }

    private mutating func stopRecovery() throws {
        guard let session,
            try may(
                "decideApproval",
                on: Approval.blank(kind: Approval.Matter.authenticatorReset.kind),
                context: keyHolderContext
            ),
            let stopped = try school.identity.recoveries.stop(now: now, on: db)
        else { return }
        record(
            "stopRecovery",
            on: EntityUID(type: "Staff", id: stopped.account.description).description,
            decision: .allow
        )
        let person = names.name(of: session.account) ?? ""
        try school.mailEverybody(
            subject: "An authenticator is not replaced",
            """
            what was begun on the school's server, to replace the authenticator of
            \(name(of: stopped)), is stopped: \(person) has used an authenticator.
            """,
            at: now,
            on: db
        )
        let school = school
        afterCommit.append { school.mailIsWaiting() }
    }

    private func name(of recovery: Recovery) -> String {
        names.name(of: recovery.account) ?? recovery.account.description
    }
}
