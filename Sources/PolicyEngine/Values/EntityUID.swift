/// The name of an entity: its type and its id within the type.
public struct EntityUID: Hashable, Sendable, CustomStringConvertible {
    /// The type with its namespaces, as in `School::Staff`.
    public let type: String

    /// The id: any string, compared by its bytes.
    public let id: String

    /// Names an entity.
    public init(type: String, id: String) {
        self.type = type
        self.id = id
    }

    /// Equal types and ids, by their bytes.
    @inline(__always)
    public static func == (left: EntityUID, right: EntityUID) -> Bool {
        left.id.isIdentical(to: right.id) && left.type.isIdentical(to: right.type)
    }

    /// Hashes both parts; canonically equal ids collide, and `==` tells them apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(type)
    }

    /// The literal in Cedar's syntax, as in `Role::"staff"`.
    public var description: String {
        // Appended, since an interpolation of so little costs several times as much: every entry of
        // the access log names its things so.
        var text = type
        text += "::"
        text += id.quoted
        return text
    }

    static func precedes(_ left: EntityUID, _ right: EntityUID) -> Bool {
        left.type.isIdentical(to: right.type)
            ? left.id.precedesByBytes(right.id) : left.type.precedesByBytes(right.type)
    }
}
