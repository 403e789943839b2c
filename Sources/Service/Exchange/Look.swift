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
    /// Runs in a savepoint of the writing connection, under the rights and the policies that the
    /// snapshot was decided under.
    let perform: @Sendable (inout Exchange) throws -> Made

    /// What was made, as far as the answer goes.
    enum Made: Sendable {
        case reply(Reply)
        /// Put together once it is durable, from what is there then, on a snapshot; `otherwise` is the
        /// answer where the caller may no longer see it.
        case shown(@Sendable (inout Exchange) throws -> Reply, otherwise: Reply)
    }
}

/// A call after its look: answered, refused or planned.
struct LookedCall: Sendable {
    /// The answer of a call that has no plan, what goes on record, and what both rest on.
    let outcome: Outcome
    private let work: Work?

    /// A plan, and where the exchange was when it was made.
    private struct Work: Sendable {
        let plan: Plan
        let session: Session?
        let entries: [EntryDraft]
    }

    /// Looks at a call; what is refused is on record like any other refusal.
    init(_ start: Exchange, _ look: (inout Exchange) throws -> Look) throws {
        var exchange = start
        do {
            switch try look(&exchange) {
            case .reply(let reply):
                outcome = Outcome(reply, of: exchange)
                work = nil
            case .plan(let plan):
                outcome = Outcome(.noContent, of: exchange)
                work = Work(plan: plan, session: exchange.session, entries: exchange.entries)
            }
        } catch let problem as Problem {
            outcome = Outcome(problem, of: exchange)
            work = nil
        }
    }

    /// Whether there is something to write before it is answered.
    var isPlanned: Bool { work != nil }

    /// Whether the writer has to hear of it before it is answered.
    var needsCommit: Bool { isPlanned || outcome.needsCommit }

    /// Carries out the plan, where the look ended; `nil` without one.
    func perform(_ exchange: inout Exchange) throws -> Plan.Made? {
        guard let work else { return nil }
        exchange.session = work.session
        exchange.entries = work.entries
        exchange.duringCommit = outcome.writes
        return try work.plan.perform(&exchange)
    }
}
