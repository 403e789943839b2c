import AuditTrail
import SQLite

/// What the writer keeps in memory beside the database.
struct LedgerState: Sendable {
    var log: AccessLog
}

/// The one writer of a school, and the access log that grows with every transaction.
///
/// A reply is released by the commit that makes its log entries durable: what cannot be put on
/// record is not shown, and what was not done leaves no entry.
final class Ledger: Sendable {
    private let writer: Writer<LedgerState>

    init(connection: sending Connection, load: @escaping @Sendable (Connection) throws -> AccessLog)
        throws
    {
        writer = try Writer(connection: connection) { LedgerState(log: try load($0)) }
    }

    /// Hands a piece of work to the writer; `completion` hears of it once it is durable.
    func submit<R: Sendable>(
        _ body: @escaping @Sendable (Connection, inout LedgerState) throws -> R,
        completion: @escaping @Sendable (Result<R, any Error>) -> Void
    ) {
        writer.submit(body, completion: completion)
    }

    /// Hands in work and waits until it is durable; for commands, never for a thread that serves.
    func perform<R: Sendable>(
        _ body: @escaping @Sendable (Connection, inout LedgerState) throws -> R
    ) throws -> R {
        try writer.perform(body)
    }

    /// Finishes what waits and closes the database.
    func stop() { writer.stop() }
}
