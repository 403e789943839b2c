import Authentication
import SQLite

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

/// A call after its look at a snapshot: refused, or planned.
struct PlannedCall: Sendable {
    /// Who asks and what goes on record of it, and what both rest on.
    let outcome: Outcome
    /// `nil` for a refusal.
    let plan: Plan?
    private let session: Session?
    private let entries: [EntryDraft]

    /// Looks at a call; what is refused is on record like any other refusal.
    init(_ start: Exchange, _ prepare: (inout Exchange) throws -> Plan) throws {
        var exchange = start
        do {
            plan = try prepare(&exchange)
            outcome = Outcome(.noContent, of: exchange)
        } catch let problem as Problem {
            plan = nil
            outcome = Outcome(problem, of: exchange)
        }
        session = exchange.session
        entries = exchange.entries
    }

    /// Goes on where the look at the snapshot ended.
    func resume(_ exchange: inout Exchange) {
        exchange.session = session
        exchange.entries = entries
        exchange.duringCommit = outcome.writes
    }
}
