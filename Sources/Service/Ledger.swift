import AuditTrail
import SQLite
import Synchronization

/// What the writer keeps in memory beside the database.
struct LedgerState: Sendable {
    var log: AccessLog
    /// Counts the changes of what anybody may do.
    var rightsEpoch: UInt64
}

/// The one writer of a school, and the access log that grows with every transaction.
///
/// A reply is released by the commit that makes its log entries durable: what cannot be put on
/// record is not shown, and what was not done leaves no entry.
final class Ledger: Sendable {
    private let writer: Writer<LedgerState>
    /// The epoch of the last commit: what a reader's snapshot is at least as new as.
    private let committedEpoch = Atomic<UInt64>(0)

    init(connection: sending Connection, load: @escaping @Sendable (Connection) throws -> AccessLog)
        throws
    {
        let loads = Locked<UInt64>(0)
        writer = try Writer(connection: connection) { connection in
            // After a failed commit every decision made before it is made again.
            let epoch = loads.withLock { loads in
                defer { loads += 1 }
                return loads << 32
            }
            return LedgerState(log: try load(connection), rightsEpoch: epoch)
        }
    }

    /// The rights that a decision made from now on rests on, at the least.
    var rightsEpoch: UInt64 { committedEpoch.load(ordering: .acquiring) }

    /// Hands a piece of work to the writer; `completion` hears of it once it is durable.
    func submit<R: Sendable>(
        _ body: @escaping @Sendable (Connection, inout LedgerState) throws -> R,
        completion: @escaping @Sendable (Result<R, any Error>) -> Void
    ) {
        writer.submit({ connection, state in
            let result = try body(connection, &state)
            return (result, state.rightsEpoch)
        }) { outcome in
            switch outcome {
            case .success(let (result, epoch)):
                self.committedEpoch.store(epoch, ordering: .releasing)
                completion(.success(result))
            case .failure(let error): completion(.failure(error))
            }
        }
    }

    /// Hands in work and waits until it is durable; for commands, never for a thread that serves.
    func perform<R: Sendable>(
        _ body: @escaping @Sendable (Connection, inout LedgerState) throws -> R
    ) throws -> R {
        let done = Promise<Result<R, any Error>>()
        submit(body) { done.fulfil($0) }
        return try done.wait().get()
    }

    /// Finishes what waits and closes the database.
    func stop() { writer.stop() }
}
