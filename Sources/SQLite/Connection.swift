import CSQLite

/// One connection to a database file, confined to one thread at a time.
///
/// Statements are prepared once and kept for as long as the connection lives.
public final class Connection {
    /// What a connection may do.
    public enum Access: Sendable {
        /// The one connection that writes: WAL, `synchronous=FULL`; the file is made if absent.
        case writing
        /// A reader on snapshots of what has been committed.
        case reading
    }

    let database: OpaquePointer
    private var prepared: [UnsafePointer<UInt8>: OpaquePointer] = [:]
    /// Statements that run although the one of their text is running, and are kept no longer.
    private var extra: [OpaquePointer] = []
    private let budget: Budget

    /// Opens a file; the extended settings are the same for every connection of the product.
    public init(path: String, access: Access) throws(SQLiteError) {
        guard Connection.configured == SQLITE_OK else {
            throw SQLiteError(database: nil, code: Connection.configured)
        }
        var opened: OpaquePointer?
        let flags =
            switch access {
            case .writing: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
            case .reading: SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
            }
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let error = SQLiteError(database: opened, code: code)
            sqlite3_close_v2(opened)
            throw error
        }
        database = opened
        budget = Budget()
        sqlite3_extended_result_codes(database, 1)
        sqlite3_busy_timeout(database, 5_000)
        // sqlite.org/security.html: untrusted schema text gets no functions, and no statement may
        // edit the schema tables or the file behind the pager's back.
        _ = shim_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1)
        _ = shim_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        // What a savepoint may have to undo is kept in memory: in a file it is written for every act, and
        // read by nobody.
        try execute(
            script: """
                PRAGMA foreign_keys=ON; PRAGMA cache_size=-4096; PRAGMA temp_store=MEMORY;
                """
        )
        if case .writing = access {
            try execute(
                script: """
                    PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;
                    PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;
                    """
            )
        }
    }

    /// What came of setting up the library, once and before the first file is opened.
    ///
    /// SQLite's own statistics of memory take a lock that all threads share, at every allocation.
    private static let configured = shim_config_memstatus(0)

    deinit {
        for statement in prepared.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(database)
    }

    /// Runs statements that take no parameters and answer no rows.
    public func execute(script: String) throws(SQLiteError) {
        try check(sqlite3_exec(database, script, nil, nil, nil))
    }

    /// Runs one statement to its end; the answer is the number of rows it changed.
    @discardableResult
    public func run(_ sql: StaticString, _ values: SQLValue...) throws(SQLiteError) -> Int {
        let statement = try begin(sql, values)
        defer { end(statement) }
        while try step(statement) {}
        return Int(sqlite3_changes(database))
    }

    /// The first row of a query, read by `read`; `nil` when there is none.
    @inlinable
    public func first<R>(
        _ sql: StaticString,
        _ values: SQLValue...,
        read: (Row) throws -> R
    ) throws -> R? {
        let statement = try begin(sql, values)
        defer { end(statement) }
        return try step(statement) ? read(Row(statement: statement)) : nil
    }

    /// Every row of a query, read by `read`.
    @inlinable
    public func all<R>(
        _ sql: StaticString,
        _ values: SQLValue...,
        read: (Row) throws -> R
    ) throws -> [R] {
        let statement = try begin(sql, values)
        defer { end(statement) }
        var rows: [R] = []
        while try step(statement) { rows.append(try read(Row(statement: statement))) }
        return rows
    }

    /// Hands each row of a query to `body` until it answers false.
    @inlinable
    public func each(
        _ sql: StaticString,
        _ values: SQLValue...,
        body: (Row) throws -> Bool
    ) throws {
        let statement = try begin(sql, values)
        defer { end(statement) }
        while try step(statement), try body(Row(statement: statement)) {}
    }

    /// Hands each row of a query to `body` until it answers false.
    ///
    /// The text is composed at run time: only by a compiled policy filter, whose dynamic parts are
    /// its own constants; every value is a parameter.
    public func each(
        composed sql: String,
        _ values: [SQLValue],
        _ body: (Row) throws -> Bool
    ) throws {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v3(database, sql, -1, 0, &statement, nil))
        defer { sqlite3_finalize(statement) }
        guard let statement else { return }
        try bind(values, to: statement)
        while try step(statement), try body(Row(statement: statement)) {}
    }

    /// The row id of the last insert on this connection.
    public var lastInsertedID: Int64 { sqlite3_last_insert_rowid(database) }

    /// Runs `body` in a read transaction: every query in it sees the same snapshot.
    public func snapshot<R>(_ body: () throws -> R) throws -> R {
        try run("BEGIN")
        // A read transaction that cannot be ended is rolled back by the next BEGIN's error; nothing
        // was written, so the first error is the one that matters.
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            if isInTransaction { try run("ROLLBACK") }
            throw error
        }
    }

    /// Runs `body` in a savepoint, which is rolled back when it throws.
    public func savepoint<R>(_ body: () throws -> R) throws -> R {
        try run("SAVEPOINT piece")
        do {
            let result = try body()
            try run("RELEASE piece")
            return result
        } catch {
            // A full disk or an I/O error may have rolled back the whole transaction already
            // (sqlite.org/lang_transaction.html): then there is no savepoint to go back to.
            if isInTransaction {
                try run("ROLLBACK TO piece")
                try run("RELEASE piece")
            }
            throw error
        }
    }

    /// Whether a transaction is open.
    public var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

    /// Bounds the work of `body`: past `steps` virtual-machine instructions its statement is
    /// interrupted (`SQLiteError.isInterrupted`).
    public func bounded<R>(steps: Int, _ body: () throws -> R) rethrows -> R {
        let stride = 1_000
        budget.ticksLeft = max(1, steps / stride)
        sqlite3_progress_handler(
            database,
            Int32(stride),
            { context in
                guard let context else { return 1 }
                let budget = Unmanaged<Budget>.fromOpaque(context).takeUnretainedValue()
                budget.ticksLeft -= 1
                return budget.ticksLeft < 0 ? 1 : 0
            },
            Unmanaged.passUnretained(budget).toOpaque()
        )
        defer { sqlite3_progress_handler(database, 0, nil, nil) }
        return try body()
    }

    private final class Budget {
        var ticksLeft = 0
    }

    // A statement of the cache that is running, because its text is used again within its rows, is
    // left alone: another is prepared. Literals with the same address are the same text.
    @usableFromInline
    func begin(_ sql: StaticString, _ values: [SQLValue]) throws(SQLiteError) -> OpaquePointer {
        let statement: OpaquePointer
        if let cached = prepared[sql.utf8Start] {
            if sqlite3_stmt_busy(cached) == 0 {
                statement = cached
            } else {
                statement = try prepare(sql)
                extra.append(statement)
            }
        } else {
            statement = try prepare(sql)
            prepared[sql.utf8Start] = statement
        }
        do throws(SQLiteError) {
            try bind(values, to: statement)
        } catch {
            end(statement)
            throw error
        }
        return statement
    }

    @usableFromInline
    func end(_ statement: OpaquePointer) {
        if !extra.isEmpty, let place = extra.firstIndex(of: statement) {
            extra.remove(at: place)
            sqlite3_finalize(statement)
            return
        }
        // The outcome of the last step has been reported already (sqlite.org/c3ref/reset.html).
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    private func prepare(_ sql: StaticString) throws(SQLiteError) -> OpaquePointer {
        var statement: OpaquePointer?
        let code = sql.withUTF8Buffer { text in
            sqlite3_prepare_v3(
                database,
                UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self),
                Int32(text.count),
                UInt32(SQLITE_PREPARE_PERSISTENT),
                &statement,
                nil
            )
        }
        try check(code)
        guard let statement else {
            throw SQLiteError(
                code: SQLITE_MISUSE,
                extendedCode: SQLITE_MISUSE,
                message: "no statement"
            )
        }
        return statement
    }

    private func bind(_ values: [SQLValue], to statement: OpaquePointer) throws(SQLiteError) {
        var index: Int32 = 0
        for value in values {
            index += 1
            let code =
                switch value {
                case .null: sqlite3_bind_null(statement, index)
                case .int(let integer): sqlite3_bind_int64(statement, index, integer)
                case .text(let text):
                    shim_bind_text(statement, index, text, Int32(clamping: text.utf8.count))
                case .blob(let bytes):
                    shim_bind_blob(statement, index, bytes, Int32(clamping: bytes.count))
                }
            try check(code)
        }
    }

    @usableFromInline
    func step(_ statement: OpaquePointer) throws(SQLiteError) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw SQLiteError(database: database, code: code)
        }
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        if code != SQLITE_OK { throw SQLiteError(database: database, code: code) }
    }
}
