/// A value bound to a parameter of a statement.
public enum SQLValue: Sendable, Equatable {
    /// SQL NULL.
    case null
    /// A 64-bit integer.
    case int(Int64)
    /// UTF-8 text.
    case text(String)
    /// Bytes.
    case blob([UInt8])

    /// A row id.
    public static func id(_ value: Identifier) -> SQLValue { .int(value.rawValue) }

    /// A row id or NULL.
    public static func id(_ value: Identifier?) -> SQLValue {
        value.map { .int($0.rawValue) } ?? .null
    }

    /// Milliseconds since 1970, UTC.
    public static func time(_ value: Timestamp) -> SQLValue { .int(value.milliseconds) }

    /// Milliseconds since 1970, UTC, or NULL.
    public static func time(_ value: Timestamp?) -> SQLValue {
        value.map { .int($0.milliseconds) } ?? .null
    }

    /// 1 or 0.
    public static func bool(_ value: Bool) -> SQLValue { .int(value ? 1 : 0) }

    /// Text or NULL.
    public static func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }

    /// Bytes or NULL.
    public static func blob(_ value: [UInt8]?) -> SQLValue { value.map { .blob($0) } ?? .null }
}
