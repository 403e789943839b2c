/// Read-only connections to one file, lent to one thread at a time.
public final class ReaderPool: Sendable {
    private let path: String
    private let idle: Locked<Idle>

    // Sendable by the lock around it: a connection in the list is used by nobody.
    private struct Idle: @unchecked Sendable {
        var connections: [Connection] = []
    }

    /// A pool for the database file at `path`; connections are opened when they are first needed.
    public init(path: String) {
        self.path = path
        idle = Locked(Idle())
    }

    /// Runs `body` in one read transaction of a connection of the pool.
    ///
    /// `steps` is its budget in virtual-machine instructions: past it, the statement that runs
    /// ends with `SQLiteError.isInterrupted`.
    public func read<R>(steps: Int, _ body: (Connection) throws -> R) throws -> R {
        let connection =
            try idle.withLock { $0.connections.popLast() }
            ?? Connection(path: path, access: .reading)
        defer {
            // One that could not end its transaction is closed with its last reference.
            if !connection.isInTransaction { idle.withLock { $0.connections.append(connection) } }
        }
        return try connection.bounded(steps: steps) {
            try connection.snapshot { try body(connection) }
        }
    }
}
