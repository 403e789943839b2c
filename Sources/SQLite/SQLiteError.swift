import CSQLite

/// What SQLite refused, with its own words.
public struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// The primary result code (sqlite.org/rescode.html).
    public let code: Int32
    /// The extended result code.
    public let extendedCode: Int32
    /// SQLite's message; it may quote SQL, so it never leaves the process.
    public let message: String

    package init(code: Int32, extendedCode: Int32, message: String) {
        self.code = code
        self.extendedCode = extendedCode
        self.message = message
    }

    init(database: OpaquePointer?, code: Int32) {
        self.code = code & 0xff
        extendedCode = database.map { sqlite3_extended_errcode($0) } ?? code
        message = String(cString: database.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
    }

    /// Whether a constraint (CHECK, UNIQUE, foreign key, an append-only trigger) said no.
    public var isConstraint: Bool { code == SQLITE_CONSTRAINT }

    /// Whether the disk is full or failing, or the file is held by another program: nothing that a
    /// caller could put right.
    public var isStorage: Bool {
        [
            SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_CORRUPT,
            SQLITE_NOTADB, SQLITE_NOMEM, SQLITE_BUSY,
        ].contains(code)
    }

    /// Whether whatever else is written would be refused as well; a page that is damaged, or a piece
    /// that takes more memory than there is, is the matter of whoever needs it.
    var refusesEverybody: Bool {
        isStorage && code != SQLITE_CORRUPT && code != SQLITE_NOMEM
    }

    /// Whether the statement outlived the budget of its connection.
    public var isInterrupted: Bool { code == SQLITE_INTERRUPT }

    /// The message with both codes, for a log that only the operator reads.
    public var description: String { "sqlite \(code)/\(extendedCode): \(message)" }
}
