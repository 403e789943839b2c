import AuditTrail
import Authentication
import PolicyEngine
import SQLite

/// What came of a call: its answer, and what must be durable before the answer is released.
struct Outcome: Sendable {
    /// Puts the answer together, once all that must be is durable.
    private(set) var reply: @Sendable () -> Reply
    let afterCommit: [@Sendable () -> Void]
    private var entries: [EntryDraft]
    private let writes: [@Sendable (Connection) throws -> Void]
    /// What it was decided under; `nil` where the directory was not that of the snapshot.
    private let rights: RightsEpoch?
    private let policySet: String
    /// The directory that it leaves, where it changed it.
    private var names: Directory?

    /// Statuses that refuse what a call asks for; the others say that it asks for nothing yet.
    private static let refusals = [403, 404, 409, 410, 429]

    init(_ reply: Reply, of exchange: Exchange) {
        self.reply = { reply }
        afterCommit = exchange.afterCommit
        entries = exchange.entries
        writes = exchange.duringCommit
        rights = exchange.isUpToDate ? exchange.rights : nil
        policySet = exchange.policy.identifier
        names = exchange.hasRenamed ? exchange.names : nil
    }

    /// A refusal: what was done is undone, so only what was refused is on record.
    init(_ problem: Problem, of exchange: Exchange) {
        var refused = exchange
        refused.entries.removeAll { $0.decision == .allow }
        if refused.entries.isEmpty, let permitted = refused.permitted,
            Outcome.refusals.contains(problem.name.status)
        {
            refused.record(
                permitted.action,
                on: permitted.resource.description,
                decision: .deny,
                reason: problem.name.rawValue
            )
        }
        if [.notAuthenticated, .sessionExpired].contains(problem.name) {
            // Wherever it was noticed, the session is what was refused.
            refused.record("useSession", decision: .deny, reason: problem.name.rawValue)
        }
        refused.afterCommit = []
        self.init(problem.reply, of: refused)
        names = nil
    }

    /// The same after its plan was carried out.
    func after(_ made: Plan.Made) -> Outcome {
        precondition(!entries.isEmpty, "what is made is on record")
        var outcome = self
        outcome.entries[entries.count - 1].subjects += made.subjects
        outcome.reply = made.reply
        return outcome
    }

    /// Whether anything must be written before the answer is released.
    var needsCommit: Bool { !entries.isEmpty || !writes.isEmpty }

    /// Whether it would be decided again as it was: under the rights and the policies of before.
    func holds(under rights: RightsEpoch, _ policy: PolicyInForce) -> Bool {
        self.rights == rights && policySet == policy.identifier
    }

    /// The refusal of somebody who has no session, if this is one and nothing else.
    var refusalOfStranger: EntryDraft? {
        guard let entry = entries.first, entries.count == 1, writes.isEmpty, entry.isTallied,
            entry.actor == .nobody
        else { return nil }
        return entry
    }

    /// Writes it, in the transaction that is open.
    func commit(_ connection: Connection, _ state: inout LedgerState) throws {
        for write in writes { try write(connection) }
        if let names { state.inForce.names = names }
        for draft in entries {
            for entry in try draft.entries(state.log.commitments) {
                if draft.isTallied {
                    try state.log.tally(entry, source: draft.client.source, on: connection)
                } else {
                    try state.log.append(entry, on: connection)
                }
            }
        }
    }
}
