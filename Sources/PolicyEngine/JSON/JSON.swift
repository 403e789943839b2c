/// A JSON value (RFC 8259), as the strict reader of this module reads it.
///
/// Object members keep their order; a text with a duplicate key never becomes a value.
public enum JSON: Sendable, Hashable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case int(Int64)
    /// Any other number, to the nearest double.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object.
    case object([Member])

    /// A name and its value in an object.
    public struct Member: Sendable, Hashable {
        /// The name.
        public let key: String
        /// The value.
        public let value: JSON

        /// A member of an object.
        public init(key: String, value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// The value of a member of an object, `nil` for what is absent or no object, in O(members).
    public subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        // Keys compare by their bytes: Swift's own equality takes canonically equal keys for one.
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// What kind of value it is, for a message: "a string", "an object".
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int: "an integer"
        case .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Limits of the reader.
    public struct Limits: Sendable {
        /// How deep arrays and objects may nest.
        public var depth: Int
        /// How many values there may be in all, each array, object, item and member's value
        /// counted: what a text costs to read and to look through grows with them, not with its
        /// bytes.
        public var values: Int

        /// Limits; 64 levels are four times what any document of the product needs, and whoever
        /// reads a stranger's text bounds its values too.
        public init(depth: Int = 64, values: Int = .max) {
            self.depth = depth
            self.values = values
        }
    }

    /// Reads one JSON text, which must fill `bytes` to the end.
    ///
    /// - Throws: `JSONError` for anything RFC 8259 does not allow, and for duplicate keys, bad UTF-8,
    ///   a byte-order mark, unpaired surrogates, and nesting or values past the limits.
    public init(parsing bytes: [UInt8], limits: Limits = Limits()) throws(JSONError) {
        self = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            var reader = JSONReader(buffer, limits: limits)
            return try reader.document()
        }
    }
}

/// Where and why a text is not JSON.
public struct JSONError: Error, Sendable, CustomStringConvertible {
    /// What was wrong.
    public let message: String
    /// The byte in the text, from 0.
    public let offset: Int
    /// The line, from 1.
    public let line: Int
    /// The byte in the line, from 1.
    public let column: Int

    /// The message with its place.
    public var description: String { "\(message) at line \(line), column \(column)" }
}
