/// A set of values, kept sorted and without repetition.
public struct ValueSet: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// The members in the engine's own order.
    public let elements: [Value]

    /// A set of the given values; repeated ones count once.
    ///
    /// Complexity: O(n log n).
    public init(_ values: some Sequence<Value>) {
        var sorted = Array(values)
        guard sorted.count > 1 else {
            elements = sorted
            return
        }
        sorted.sort(by: Value.precedes)
        var unique: [Value] = []
        unique.reserveCapacity(sorted.count)
        for value in sorted where unique.last != value {
            unique.append(value)
        }
        elements = unique
    }

    /// A set of values that are in the engine's order already, by their bytes, and none twice: entities
    /// of one type by their ids.
    ///
    /// Other values are a mistake of the program and trap. Complexity: O(n).
    public init(sorted values: [Value]) {
        for index in values.indices.dropFirst() {
            precondition(Value.precedes(values[index - 1], values[index]), "not in order")
        }
        elements = values
    }

    /// A set of the given values; repeated ones count once.
    public init(arrayLiteral values: Value...) {
        self.init(values)
    }

    /// Whether the value is a member.
    ///
    /// Complexity: O(log n).
    public func contains(_ value: Value) -> Bool {
        if elements.count <= 8 {
            for element in elements where element == value { return true }
            return false
        }
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if Value.precedes(elements[middle], value) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < elements.count && elements[low] == value
    }

    /// The members between brackets.
    public var description: String {
        "[\(elements.map(\.description).joined(separator: ", "))]"
    }

    static func precedes(_ left: ValueSet, _ right: ValueSet) -> Bool {
        left.elements.lexicographicallyPrecedes(right.elements, by: Value.precedes)
    }
}
