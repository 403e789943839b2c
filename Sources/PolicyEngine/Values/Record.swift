/// A record: values by name, kept sorted by the bytes of the names.
public struct Record: Hashable, Sendable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    /// One field of a record.
    public struct Field: Hashable, Sendable {
        /// The name: any string.
        public let name: String
        /// The value.
        public let value: Value

        /// Equal names, by their bytes, and equal values.
        public static func == (left: Field, right: Field) -> Bool {
            left.name.isIdentical(to: right.name) && left.value == right.value
        }
    }

    /// The fields in the order of their names' bytes.
    public let fields: [Field]

    /// The empty record.
    public init() {
        fields = []
    }

    /// A record of the given fields; throws when a name is given twice.
    public init(_ fields: [(String, Value)]) throws(PolicyError) {
        let sorted = Record.sorted(fields)
        if let name = Record.repeated(in: sorted) {
            throw PolicyError("the field `\(name)` is given twice")
        }
        self.fields = sorted
    }

    /// A record of fields whose names are known to differ.
    init(distinct fields: [Field]) {
        self.fields = fields.sorted { $0.name.precedesByBytes($1.name) }
    }

    /// A record written out in code; a repeated name is a mistake of the program and traps.
    public init(dictionaryLiteral fields: (String, Value)...) {
        let sorted = Record.sorted(fields)
        precondition(Record.repeated(in: sorted) == nil, "a field is given twice in a literal")
        self.fields = sorted
    }

    /// The value of a field, if there is one.
    ///
    /// Complexity: O(log n).
    public subscript(name: String) -> Value? {
        if fields.count <= 8 {
            for field in fields where field.name.isIdentical(to: name) { return field.value }
            return nil
        }
        var low = 0
        var high = fields.count
        while low < high {
            let middle = (low + high) / 2
            if fields[middle].name.precedesByBytes(name) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < fields.count, fields[low].name.isIdentical(to: name) else { return nil }
        return fields[low].value
    }

    /// The fields between braces.
    public var description: String {
        "{\(fields.map { "\($0.name.quoted): \($0.value)" }.joined(separator: ", "))}"
    }

    static func precedes(_ left: Record, _ right: Record) -> Bool {
        left.fields.lexicographicallyPrecedes(right.fields) { left, right in
            left.name.isIdentical(to: right.name)
                ? Value.precedes(left.value, right.value) : left.name.precedesByBytes(right.name)
        }
    }

    private static func sorted(_ fields: [(String, Value)]) -> [Field] {
        var sorted = fields.map { Field(name: $0.0, value: $0.1) }
        if sorted.count > 1 { sorted.sort { $0.name.precedesByBytes($1.name) } }
        return sorted
    }

    private static func repeated(in sorted: [Field]) -> String? {
        for (left, right) in zip(sorted, sorted.dropFirst())
        where left.name.isIdentical(to: right.name) {
            return left.name
        }
        return nil
    }
}
