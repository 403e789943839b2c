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
        // Put together byte by byte, since an interpolation costs several times as much: every entry
        // of the access log names its things so.
        var (type, id) = (type, id.quoted)
        return type.withUTF8 { type in
            id.withUTF8 { id in
                String(unsafeUninitializedCapacity: type.count + 2 + id.count) { text in
                    var end = text.update(fromContentsOf: type)
                    for _ in 0..<2 {
                        text[end] = UInt8(ascii: ":")
                        end += 1
                    }
                    return text[end...].update(fromContentsOf: id)
                }
            }
        }
    }

    static func precedes(_ left: EntityUID, _ right: EntityUID) -> Bool {
        left.type.isIdentical(to: right.type)
            ? left.id.precedesByBytes(right.id) : left.type.precedesByBytes(right.type)
    }
}
