import CSQLite

/// The current row of a running statement; valid only inside the closure that receives it.
public struct Row {
    private let statement: OpaquePointer

    @usableFromInline
    init(statement: OpaquePointer) { self.statement = statement }

    /// The integer in a column; 0 for NULL.
    public func int(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    /// Whether the column is NULL.
    public func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }

    /// The integer in a column, `nil` for NULL.
    public func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    /// Whether the integer in a column is not zero.
    public func bool(_ column: Int32) -> Bool { int(column) != 0 }

    /// The text of a column; empty for NULL.
    public func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The text of a column, `nil` for NULL.
    public func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// The bytes of a column, copied; empty for NULL.
    public func blob(_ column: Int32) -> [UInt8] { withBytes(column) { Array($0) } }

    /// The bytes of a column, `nil` for NULL.
    public func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// Lends the bytes of a column without a copy.
    public func withBytes<R>(
        _ column: Int32,
        _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        let start = sqlite3_column_blob(statement, column)
        let count = Int(sqlite3_column_bytes(statement, column))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// The row id in a column.
    public func id(_ column: Int32) -> Identifier { Identifier(rawValue: int(column)) }

    /// The row id in a column, `nil` for NULL.
    public func optionalID(_ column: Int32) -> Identifier? {
        optionalInt(column).map { Identifier(rawValue: $0) }
    }

    /// The time in a column of milliseconds.
    public func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: int(column)) }

    /// The time in a column of milliseconds, `nil` for NULL.
    public func optionalTime(_ column: Int32) -> Timestamp? {
        optionalInt(column).map { Timestamp(milliseconds: $0) }
    }
}
