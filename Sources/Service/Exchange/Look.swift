import Authentication
import SQLite

/// What a look at a snapshot came to.
enum Look: Sendable {
    /// The answer, released by the commit of its log entries.
    case reply(Reply)
    /// Something to write first.
    case plan(Plan)
}

/// What a call that was looked at on a snapshot will write, and answer.
struct Plan: Sendable {
    /// Writes, on the writing connection, under the rights and the policies of the look.
    ///
    /// `nil`, before anything is written, when the look does not hold any more for another reason: then
    /// the call is looked at again.
    let perform: @Sendable (Connection) throws -> Made?

    /// What was made.
    struct Made: Sendable {
        /// What the last entry of the look has disclosed or made.
        let subjects: [String]
        /// Puts the answer together once it is durable.
        let reply: @Sendable () -> Reply
    }
}

/// A call after its look: answered, refused or planned.
struct LookedCall: Sendable {
    /// The answer of a call that has no plan, what goes on record, and what both rest on.
    let outcome: Outcome
    private let plan: Plan?

    /// Looks at a call; what is refused is on record like any other refusal.
    init(_ start: consuming Exchange, _ look: (inout Exchange) throws -> Look) throws {
        var exchange = start
        do {
            switch try look(&exchange) {
            case .reply(let reply):
                outcome = Outcome(reply, of: exchange)
                plan = nil
            case .plan(let plan):
                outcome = Outcome(.noContent, of: exchange)
                self.plan = plan
            }
        } catch let problem as Problem {
            outcome = Outcome(problem, of: exchange)
            plan = nil
        }
    }

    /// Whether the writer has to hear of it before it is answered.
    var needsCommit: Bool { plan != nil || outcome.needsCommit }

    /// Carries out the plan and writes what goes on record, in the transaction that is open; `nil` when
    /// the call has to be looked at again.
    ///
    /// - Returns: what came of it.
    func commit(_ connection: Connection, _ state: inout LedgerState) throws -> Outcome? {
        var outcome = outcome
        if let plan {
            guard let made = try plan.perform(connection) else { return nil }
            outcome = outcome.after(made)
        }
        try outcome.commit(connection, &state)
        return outcome
    }
}
