import AuditTrail
import SQLite

/// What the writer keeps in memory beside the database, as it is in the transaction that is open.
struct LedgerState: Sendable {
    var log: AccessLog
    var inForce: InForce
}

/// What is decided by: the policies, and who and what has a name.
struct InForce: Sendable {
    var policy: PolicyInForce
    var names: Directory
}

/// The one writer of a school, and the access log that grows with every transaction.
///
/// A reply is released by the commit that makes its log entries durable: what cannot be put on
/// record is not shown, and what was not done leaves no entry.
final class Ledger: Sendable {
    private let writer: Writer<LedgerState>

    /// Loads the log, and begins to write.
    ///
    /// `published` is what everybody but the writer decides by: replaced after the commit of a change,
    /// and before anybody hears of it. `names` reads the directory anew, after a failed commit.
    init(
        connection: sending Connection,
        commitments: Commitments,
        published: Locked<InForce>,
        names: @escaping @Sendable (Connection) throws -> Directory
    ) throws {
        let state = LedgerState(
            log: try AccessLog(loading: connection, commitments: commitments),
            inForce: published.withLock { $0 }
        )
        writer = try Writer(
            connection: connection,
            state: state,
            committed: { state in published.withLock { $0 = state.inForce } },
            load: { connection in
                LedgerState(
                    log: try AccessLog(loading: connection, commitments: commitments),
                    inForce: InForce(
                        policy: published.withLock { $0.policy },
                        names: try names(connection)
                    )
                )
            }
        )
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
