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
    private let storage = Storage()

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
            committed: { [storage] state in
                published.withLock { $0 = state.inForce }
                storage.note(isGood: true)
            },
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
        writer.submit(body) { [storage] result in
            if case .failure(let error as SQLiteError) = result, error.isStorage {
                storage.note(isGood: false)
            }
            completion(result)
        }
    }

    /// Whether the disk has not just refused what was written.
    var isDurable: Bool { storage.isGood }

    /// Hands in work and waits until it is durable; for commands, never for a thread that serves.
    func perform<R: Sendable>(
        _ body: @escaping @Sendable (Connection, inout LedgerState) throws -> R
    ) throws -> R {
        try writer.perform(body)
    }

    /// Finishes what waits and closes the database.
    func stop() { writer.stop() }
}

/// What the disk last did with what was written.
private final class Storage: Sendable {
    /// Past this a failure tells nothing: the disk may have room again, and nobody has tried.
    private static let memory = Duration.seconds(10)

    private let failure = Locked<ContinuousClock.Instant?>(nil)

    func note(isGood: Bool) { failure.withLock { $0 = isGood ? nil : .now } }

    var isGood: Bool {
        failure.withLock { $0.map { .now - $0 > Storage.memory } ?? true }
    }
}
