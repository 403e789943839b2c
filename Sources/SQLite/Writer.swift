/// The one thread that writes: waiting pieces of work share a transaction and its fsync.
///
/// A group in which a piece fails is undone, and each of its pieces is done again in a transaction of
/// its own, so that one that fails takes nothing with it. Savepoints would spare the second try, which
/// is rare, and cost every piece a copy of each page that it changes. Nobody hears of a piece before
/// it is durable. `State` is what the writer keeps in memory beside the database: a value, so that
/// what fails gives the old one back.
public final class Writer<State: Sendable>: @unchecked Sendable {
    // Sendable: `queue` is locked; `connection` and `state` belong to the writer's thread alone.

    /// Pieces that share one transaction at the most: past this, waiting grows faster than fsync
    /// saves.
    private static var largestGroup: Int { 256 }

    private let connection: Connection
    /// `nil` after a failed commit, until it could be read from the file again.
    private var state: State?
    private let load: @Sendable (Connection) throws -> State
    private let committed: @Sendable (State) -> Void
    private let queue: WorkQueue<State>

    /// Opens the writing connection and starts the thread.
    ///
    /// - Parameters:
    ///   - connection: a `.writing` connection, which belongs to the writer from now on.
    ///   - state: what `load` would read now, where that has been read already.
    ///   - queueLimit: how many pieces may wait; one more is `WriterError.overloaded`.
    ///   - committed: hears of the state that a commit leaves, on the writer's thread and before any
    ///     piece is heard of; it must not wait.
    ///   - load: reads the state from the database, at the start and after a failed commit.
    /// - Throws: what `load` throws.
    public init(
        connection: sending Connection,
        state: State? = nil,
        queueLimit: Int = 4_096,
        committed: @escaping @Sendable (State) -> Void = { _ in },
        load: @escaping @Sendable (Connection) throws -> State
    ) throws {
        self.connection = connection
        self.load = load
        self.committed = committed
        self.state = try state ?? load(connection)
        queue = WorkQueue(limit: queueLimit)
        startThread { self.work() }
    }

    /// Hands in a piece of work.
    ///
    /// - Parameters:
    ///   - body: runs on the writer's thread in a transaction; what it throws undoes it alone. It may
    ///     run twice, the first time in vain: beside the database and the state it changes nothing.
    ///   - completion: hears of the piece, on the writer's thread, once it is durable or undone; it
    ///     must not wait. Errors are those of `body`, `WriterError`, and of the transaction
    ///     `SQLiteError` (`isStorage`: a full disk, an I/O error).
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
        guard let failure = attempt(group) else { return }
        // A disk that refuses some refuses all.
        if group.count == 1 || (failure as? SQLiteError)?.refusesEverybody ?? false {
            for piece in group { piece.fail(failure) }
            return
        }
        for piece in group {
            if let failure = attempt([piece]) { piece.fail(failure) }
        }
    }

    /// Runs pieces in one transaction and lets them be heard of; what fails is undone whole.
    private func attempt(_ pieces: [PieceOfWork<State>]) -> (any Error)? {
        do {
            let before = try state ?? load(connection)
            state = before
            var current = before
            try connection.run("BEGIN IMMEDIATE")
            for piece in pieces { try piece.run(connection, &current) }
            // Until the commit is known to hold, the file alone knows what is true.
            state = nil
            try connection.run("COMMIT")
            state = current
            committed(current)
        } catch {
            rollBack()
            return error
        }
        for piece in pieces { piece.finish() }
        return nil
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

/// Why a piece of work was not begun.
public enum WriterError: Error, Sendable {
    /// Too many pieces wait.
    case overloaded
    /// The writer is stopping.
    case stopped
}

class PieceOfWork<State>: @unchecked Sendable {
    // Sendable: handed from the submitting thread to the writer's through the queue's lock.
    func run(_ connection: Connection, _ state: inout State) throws { fatalError("abstract") }
    func fail(_ error: any Error) { fatalError("abstract") }
    func finish() { fatalError("abstract") }
}

private final class Piece<State, R>: PieceOfWork<State>, @unchecked Sendable {
    private let body: @Sendable (Connection, inout State) throws -> R
    private let completion: @Sendable (Result<R, any Error>) -> Void
    private var result: R?

    init(
        body: @escaping @Sendable (Connection, inout State) throws -> R,
        completion: @escaping @Sendable (Result<R, any Error>) -> Void
    ) {
        self.body = body
        self.completion = completion
    }

    override func run(_ connection: Connection, _ state: inout State) throws {
        result = try body(connection, &state)
    }

    override func fail(_ error: any Error) { completion(.failure(error)) }

    override func finish() {
        guard let result else { preconditionFailure("a committed piece has a result") }
        completion(.success(result))
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
