/// A condition in SQL that holds for exactly the rows a person may read.
public struct RowFilter: Hashable, Sendable {
    /// A boolean expression, never NULL, to stand after `WHERE` or `AND`.
    public let sql: String
    /// The values of its parameters, the first one at `?firstParameter`.
    public let parameters: [SQLParameter]
    /// The ids of the permits that may let a row through.
    public let policies: [String]
}

/// A condition in SQL that holds for all rows a person may read, and perhaps for more.
///
/// It is no permit: whatever it selects is decided row by row.
public struct RowBound: Hashable, Sendable {
    /// A boolean expression, to stand after `WHERE` or `AND`.
    public let sql: String
    /// The values of its parameters, the first one at `?firstParameter`.
    public let parameters: [SQLParameter]
    /// Whether it holds for no other rows.
    public let isExact: Bool
}

/// A value bound to a statement.
public enum SQLParameter: Hashable, Sendable {
    /// An INTEGER.
    case int(Int64)
    /// A TEXT.
    case text(String)

    /// Whether both are the same to SQL: texts byte for byte.
    public static func == (left: SQLParameter, right: SQLParameter) -> Bool {
        switch (left, right) {
        case (.int(let left), .int(let right)): left == right
        case (.text(let left), .text(let right)): left.isIdentical(to: right)
        case (.int, .text), (.text, .int): false
        }
    }
}
