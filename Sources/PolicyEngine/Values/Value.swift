/// A value of the Cedar language; `==` is Cedar's equality.
public enum Value: Hashable, Sendable {
    /// A boolean.
    case bool(Bool)
    /// A 64-bit integer.
    case long(Int64)
    /// A string, compared by its bytes.
    case string(String)
    /// A reference to an entity.
    case entity(EntityUID)
    /// A set, without order or repetition.
    case set(ValueSet)
    /// A record.
    case record(Record)
    /// A decimal with four digits after the point, in ten-thousandths.
    case decimal(tenThousandths: Int64)
    /// An address or a range of addresses.
    case ipaddr(IPAddress)
    /// An instant, in milliseconds from 1970-01-01T00:00:00Z.
    case datetime(milliseconds: Int64)
    /// A span of time in milliseconds.
    case duration(milliseconds: Int64)

    /// Equality of the language: different types are unequal, never an error.
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.bool(let a), .bool(let b)): a == b
        case (.long(let a), .long(let b)): a == b
        case (.string(let a), .string(let b)): a.isIdentical(to: b)
        case (.entity(let a), .entity(let b)): a == b
        case (.set(let a), .set(let b)): a == b
        case (.record(let a), .record(let b)): a == b
        case (.decimal(let a), .decimal(let b)): a == b
        case (.ipaddr(let a), .ipaddr(let b)): a == b
        case (.datetime(let a), .datetime(let b)): a == b
        case (.duration(let a), .duration(let b)): a == b
        default: false
        }
    }

    /// Hashes the value in agreement with `==`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        switch self {
        case .bool(let value): hasher.combine(value)
        case .long(let value), .decimal(let value), .datetime(let value), .duration(let value):
            hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .entity(let value): hasher.combine(value)
        case .set(let value): hasher.combine(value)
        case .record(let value): hasher.combine(value)
        case .ipaddr(let value): hasher.combine(value)
        }
    }

    var kind: Kind {
        switch self {
        case .bool: .bool
        case .long: .long
        case .string: .string
        case .entity: .entity
        case .set: .set
        case .record: .record
        case .decimal: .decimal
        case .ipaddr: .ipaddr
        case .datetime: .datetime
        case .duration: .duration
        }
    }

    /// The types of values, in the engine's own order and by their names in error messages.
    enum Kind: UInt8, Sendable {
        case bool, long, string, entity, set, record, decimal, ipaddr, datetime, duration

        var name: String {
            switch self {
            case .bool: "bool"
            case .long: "long"
            case .string: "string"
            case .entity: "entity"
            case .set: "set"
            case .record: "record"
            case .decimal: "decimal"
            case .ipaddr: "ipaddr"
            case .datetime: "datetime"
            case .duration: "duration"
            }
        }
    }

    /// A total order, the language's own only for numbers: it makes sets comparable and printable.
    static func precedes(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.bool(let a), .bool(let b)): !a && b
        case (.long(let a), .long(let b)), (.decimal(let a), .decimal(let b)),
            (.datetime(let a), .datetime(let b)), (.duration(let a), .duration(let b)):
            a < b
        case (.string(let a), .string(let b)): a.precedesByBytes(b)
        case (.entity(let a), .entity(let b)): EntityUID.precedes(a, b)
        case (.set(let a), .set(let b)): ValueSet.precedes(a, b)
        case (.record(let a), .record(let b)): Record.precedes(a, b)
        case (.ipaddr(let a), .ipaddr(let b)): IPAddress.precedes(a, b)
        default: left.kind.rawValue < right.kind.rawValue
        }
    }
}

extension Value: CustomStringConvertible {
    /// The value as a Cedar expression.
    public var description: String {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .long(let value): "\(value)"
        case .string(let value): value.quoted
        case .entity(let value): value.description
        case .set(let value): value.description
        case .record(let value): value.description
        case .decimal(let value): "decimal(\"\(Value.decimalText(value))\")"
        case .ipaddr(let value): "ip(\"\(value)\")"
        case .datetime(let value): Value.datetimeText(value)
        case .duration(let value): "duration(\"\(value)ms\")"
        }
    }
}
