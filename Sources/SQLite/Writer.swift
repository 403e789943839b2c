/// The one thread that writes: waiting pieces of work share a transaction and its fsync.
///
/// Each piece runs in a savepoint of its own, so that one that fails takes nothing with it. Nobody
/// hears of a piece before it is durable. `State` is what the writer keeps in memory beside the
/// database: a value, so that a failed piece or commit gives the old one back.
public final class Writer<State: Sendable>: @unchecked Sendable {
    // Sendable: `queue` is locked; `connection` and `state` belong to the writer's thread alone.

    /// Pieces that share one transaction at the most: past this, waiting grows faster than fsync
    /// saves.
    private static var largestGroup: Int { 256 }

    private let connection: Connection
    /// `nil` after a failed commit, until it could be read from the file again.
    private var state: State?
    private let load: @Sendable (Connection) throws -> State
    private let queue: WorkQueue<State>

    /// Opens the writing connection and starts the thread.
    ///
    /// - Parameters:
    ///   - connection: a `.writing` connection, which belongs to the writer from now on.
    ///   - queueLimit: how many pieces may wait; one more is `WriterError.overloaded`.
    ///   - load: reads the state from the database, at the start and after a failed commit.
    /// - Throws: what `load` throws.
    public init(
        connection: sending Connection,
        queueLimit: Int = 4_096,
        load: @escaping @Sendable (Connection) throws -> State
    ) throws {
        self.connection = connection
        self.load = load
        state = try load(connection)
        queue = WorkQueue(limit: queueLimit)
        startThread { self.work() }
    }

    /// Hands in a piece of work.
    ///
    /// - Parameters:
    ///   - body: runs on the writer's thread in a savepoint; what it throws undoes it alone.
    ///   - completion: hears of the piece, on the writer's thread, once it is durable, undone, or
    ///     lost with its transaction (`WriterError`); it must not wait.
    public func submit<R>(
        _ body: @escaping @Sendable (Connection, inout State) throws -> R,
        completion: @escaping @Sendable (Result<R, any Error>) -> Void
    ) {
        let piece = Piece(body: body, completion: completion)
        if let refusal = queue.append(piece) { completion(.failure(refusal)) }
    }

    /// Runs a piece of work and waits until it is durable; never on a thread that serves others.
    public func perform<R>(
        _ body: @escaping @Sendable (Connection, inout State) throws -> R
    ) throws -> R {
        let done = Promise<Result<R, any Error>>()
        submit(body) { done.fulfil($0) }
        return try done.wait().get()
    }

    /// Finishes what waits, empties the write-ahead log into the file and ends the thread.
    public func stop() {
        queue.close()
        queue.waitUntilEnded()
    }

    private func work() {
        while let group = queue.next(atMost: Self.largestGroup) { commit(group) }
        // An unfinished checkpoint loses nothing: the next start replays the write-ahead log.
        try? connection.execute(script: "PRAGMA wal_checkpoint(TRUNCATE)")
        queue.end()
    }

    private func commit(_ group: [PieceOfWork<State>]) {
        do {
            var current = try state ?? load(connection)
            // Until the commit is known to hold, the file alone knows what is true.
            state = nil
            try connection.run("BEGIN IMMEDIATE")
            for piece in group { try run(piece, &current) }
            try connection.run("COMMIT")
            state = current
        } catch {
            rollBack()
            for piece in group { piece.finish(lost: .storage(String(describing: error))) }
            return
        }
        for piece in group { piece.finish(lost: nil) }
    }

    private func run(_ piece: PieceOfWork<State>, _ current: inout State) throws {
        let before = current
        do {
            try connection.savepoint { try piece.run(connection, &current) }
        } catch {
            current = before
            piece.fail(error)
            // The piece's own error is the piece's; a transaction that is gone is everybody's.
            if !connection.isInTransaction { throw error }
        }
    }

    private func rollBack() {
        guard connection.isInTransaction else { return }
        do {
            try connection.run("ROLLBACK")
        } catch {
            // sqlite.org/lang_transaction.html: a ROLLBACK fails only where none is open.
            fatalError("cannot roll back: \(error)")
        }
    }
}

/// Why a piece of work was not done.
public enum WriterError: Error, Sendable {
    /// Too many pieces wait.
    case overloaded
    /// The writer is stopping.
    case stopped
    /// The transaction failed (a full disk, an I/O error): nothing of it was kept.
    case storage(String)
}

class PieceOfWork<State>: @unchecked Sendable {
    // Sendable: handed from the submitting thread to the writer's through the queue's lock.
    func run(_ connection: Connection, _ state: inout State) throws { fatalError("abstract") }
    func fail(_ error: any Error) { fatalError("abstract") }
    func finish(lost: WriterError?) { fatalError("abstract") }
}

private final class Piece<State, R>: PieceOfWork<State>, @unchecked Sendable {
    private let body: @Sendable (Connection, inout State) throws -> R
    private let completion: @Sendable (Result<R, any Error>) -> Void
    private var result: Result<R, any Error>?

    init(
        body: @escaping @Sendable (Connection, inout State) throws -> R,
        completion: @escaping @Sendable (Result<R, any Error>) -> Void
    ) {
        self.body = body
        self.completion = completion
    }

    override func run(_ connection: Connection, _ state: inout State) throws {
        result = .success(try body(connection, &state))
    }

    override func fail(_ error: any Error) { result = .failure(error) }

    override func finish(lost: WriterError?) {
        if let lost { return completion(.failure(lost)) }
        guard let result else { preconditionFailure("a committed piece has a result") }
        completion(result)
    }
}

/// The pieces that wait, and what the writer's thread sleeps on.
private final class WorkQueue<State>: Sendable {
    private struct Content {
        var waiting: [PieceOfWork<State>] = []
        var isClosed = false
        var hasEnded = false
    }

    private let content = Monitor(Content())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func append(_ piece: PieceOfWork<State>) -> WriterError? {
        content.change { content in
            if content.isClosed { return .stopped }
            if content.waiting.count >= limit { return .overloaded }
            content.waiting.append(piece)
            return nil
        }
    }

    /// Waits for work; `nil` once the queue is closed and empty.
    func next(atMost count: Int) -> [PieceOfWork<State>]? {
        content.wait { content in
            if content.waiting.isEmpty { return content.isClosed ? .over(nil) : .goesOn() }
            let group = Array(content.waiting.prefix(count))
            content.waiting.removeFirst(group.count)
            return .over(group)
        }
    }

    func close() { content.change { $0.isClosed = true } }

    func end() { content.change { $0.hasEnded = true } }

    func waitUntilEnded() { content.wait { $0.hasEnded ? .over(()) : .goesOn() } }
}
