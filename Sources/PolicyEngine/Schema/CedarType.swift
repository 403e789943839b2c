/// The type of an expression or of a declared attribute.
indirect enum CedarType: Hashable, Sendable {
    /// The type of no value: what the elements of `[]` have.
    case never
    /// `true`, `false`, or either of them when it is not known which.
    case bool(Bool?)
    case long
    case string
    /// One entity type, or in permissive validation one of several.
    case entity(Set<String>)
    case anyEntity
    case set(CedarType)
    /// Open when there may be more attributes than those named, as after joining two records.
    case record(AttributeMap, isOpen: Bool)
    case extended(ExtensionType)

    static func oneEntity(_ name: String) -> CedarType { .entity([name]) }

    static let anyBool = CedarType.bool(nil)

    /// How many types it is made of.
    var size: Int {
        switch self {
        case .never, .bool, .long, .string, .entity, .anyEntity, .extended: 1
        case .set(let element): 1 + element.size
        case .record(let attributes, _): attributes.entries.reduce(1) { $0 + $1.type.size }
        }
    }
}

/// The types of the language's extensions.
enum ExtensionType: String, Hashable, Sendable, CaseIterable {
    case decimal, ipaddr, datetime, duration

    /// The function that reads the type from a string.
    var constructor: Function {
        switch self {
        case .decimal: .decimal
        case .ipaddr: .ip
        case .datetime: .datetime
        case .duration: .duration
        }
    }
}

/// Attributes by name, in the order of the names' bytes.
///
/// A dictionary would take canonically equal names for one.
struct AttributeMap: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        let name: String
        let type: CedarType
        let isRequired: Bool

        static func == (left: Entry, right: Entry) -> Bool {
            left.name.isIdentical(to: right.name) && left.type == right.type
                && left.isRequired == right.isRequired
        }
    }

    let entries: [Entry]

    init(_ entries: [Entry] = []) {
        self.entries = entries.sorted { $0.name.precedesByBytes($1.name) }
    }

    subscript(name: String) -> Entry? {
        entries.first { $0.name.isIdentical(to: name) }
    }

    func hasSameNames(as other: AttributeMap) -> Bool {
        entries.count == other.entries.count
            && zip(entries, other.entries).allSatisfy { $0.name.isIdentical(to: $1.name) }
    }
}

extension CedarType: CustomStringConvertible {
    var description: String {
        switch self {
        case .never: "Never"
        case .bool(nil): "Bool"
        case .bool(true?): "True"
        case .bool(false?): "False"
        case .long: "Long"
        case .string: "String"
        case .entity(let names): names.sorted().joined(separator: " or ")
        case .anyEntity: "any entity"
        case .set(let element): "Set<\(element)>"
        case .record(let attributes, _):
            "{"
                + attributes.entries.map {
                    "\($0.name.quoted)\($0.isRequired ? "" : "?"): \($0.type)"
                }.joined(separator: ", ") + "}"
        case .extended(let type): type.rawValue
        }
    }
}
