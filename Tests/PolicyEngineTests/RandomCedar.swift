/// Picks from a seeded sequence.
struct RandomSource {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func number(below limit: Int) -> Int {
        // SplitMix64: a linear congruence would tie the choices of one policy together.
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((word ^ (word >> 31)) >> 1) % limit
    }

    mutating func pick<T>(_ items: [T]) -> T { items[number(below: items.count)] }

    mutating func chance(_ one: Int, in all: Int) -> Bool { number(below: all) < one }
}

/// The types that random schemas are made of.
indirect enum RandomType: Equatable {
    case bool, long, string, decimal, ipaddr, datetime, duration
    case entity(String)
    case set(RandomType)
    case record([RandomField])

    /// As a schema in Cedar's syntax writes it.
    var text: String {
        switch self {
        case .bool: "Bool"
        case .long: "Long"
        case .string: "String"
        case .decimal: "decimal"
        case .ipaddr: "ipaddr"
        case .datetime: "datetime"
        case .duration: "duration"
        case .entity(let name): name
        case .set(let element): "Set<\(element.text)>"
        case .record(let fields): "{\(fields.map(\.text).joined(separator: ", "))}"
        }
    }
}

struct RandomField: Equatable {
    let name: String
    let type: RandomType
    let isOptional: Bool

    var text: String { "\"\(name)\"\(isOptional ? "?" : ""): \(type.text)" }
}

/// A random schema, with entities, contexts and requests that fit it, most of the time.
struct RandomSchema {
    static let entityTypes = ["User", "Group", "Doc", "N::Folder"]
    static let actions = ["read", "write", "share"]
    /// Two of them are canonically equal and not the same string.
    static let names = ["a", "b", "owner", "caf\u{E9}", "cafe\u{301}", "if", "x y"]

    private(set) var attributes: [String: [RandomField]] = [:]
    private(set) var tags: [String: RandomType] = [:]
    private(set) var contexts: [String: [RandomField]] = [:]
    private(set) var applies: [String: (principals: [String], resources: [String])] = [:]

    init(_ random: inout RandomSource) {
        for type in Self.entityTypes {
            attributes[type] = Self.fields(&random, depth: 2)
            if random.chance(1, in: 2) { tags[type] = Self.type(&random, depth: 1) }
        }
        for action in Self.actions {
            contexts[action] = Self.fields(&random, depth: 2)
            applies[action] = (
                random.chance(2, in: 3) ? ["User"] : ["User", "Group"],
                random.pick([["Doc"], ["N::Folder"], ["Doc", "N::Folder"], ["Doc", "User"]])
            )
        }
    }

    private static func fields(_ random: inout RandomSource, depth: Int) -> [RandomField] {
        names.filter { _ in random.chance(1, in: 2) }.map { name in
            let type = type(&random, depth: depth)
            return RandomField(name: name, type: type, isOptional: random.chance(1, in: 3))
        }
    }

    static func type(_ random: inout RandomSource, depth: Int) -> RandomType {
        switch random.number(below: depth > 0 ? 13 : 9) {
        case 0: .bool
        case 1, 2: .long
        case 3: .string
        case 4: .entity(random.pick(entityTypes + ["Status"]))
        case 5: .decimal
        case 6: .ipaddr
        case 7: .datetime
        case 8: .duration
        case 9, 10: .set(type(&random, depth: depth - 1))
        default: .record(fields(&random, depth: depth - 1))
        }
    }

    /// The schema in Cedar's syntax.
    var text: String {
        func entity(_ name: String, _ parent: String, of type: String) -> String {
            let shape = (attributes[type] ?? []).map(\.text).joined(separator: ", ")
            return "entity \(name) in [\(parent)] {\(shape)}"
                + (tags[type].map { " tags \($0.text)" } ?? "") + ";"
        }
        var lines = [
            entity("User", "Group", of: "User"), entity("Group", "Group", of: "Group"),
            entity("Doc", "N::Folder", of: "Doc"),
            "namespace N { \(entity("Folder", "Folder", of: "N::Folder")) }",
            "entity Status enum [\"on\", \"off\"];", "action all; action some in all;",
        ]
        for action in Self.actions {
            let (principals, resources) = applies[action] ?? ([], [])
            let context = (contexts[action] ?? []).map(\.text).joined(separator: ", ")
            lines.append(
                "action \(action) in [\(action == "write" ? "all" : "some")] appliesTo { principal: "
                    + "[\(principals.joined(separator: ", "))], resource: "
                    + "[\(resources.joined(separator: ", "))], context: {\(context)} };"
            )
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Data

    /// Entities in JSON: a deep chain of groups and folders, and some of every type.
    func entities(_ random: inout RandomSource) -> String {
        var list: [String] = []
        for type in ["Group", "N::Folder"] {
            for number in 0..<24 {
                let parent = number < 23 ? [(type, "\(number + 1)")] : []
                list.append(entity(type, "\(number)", parent, &random))
            }
        }
        for (type, group) in [("User", "Group"), ("Doc", "N::Folder")] {
            for number in 0..<3 {
                let parents = (0..<random.number(below: 3)).map { _ in
                    (group, "\(random.number(below: 24))")
                }
                list.append(entity(type, "\(number)", parents, &random))
            }
        }
        return "[\(list.joined(separator: ",\n"))]"
    }

    private func entity(
        _ type: String,
        _ id: String,
        _ parents: [(String, String)],
        _ random: inout RandomSource
    ) -> String {
        let parents = parents.map { Self.uid($0.0, $0.1) }.joined(separator: ", ")
        var tagged: [String] = []
        if let tag = tags[type], random.chance(2, in: 3) {
            tagged.append("\"t\": \(Self.value(tag, &random))")
        }
        return "{\"uid\": \(Self.uid(type, id)), \"parents\": [\(parents)], \"attrs\": "
            + "\(Self.record(attributes[type] ?? [], &random)), "
            + "\"tags\": {\(tagged.joined(separator: ", "))}}"
    }

    static func uid(_ type: String, _ id: String) -> String {
        "{\"type\": \"\(type)\", \"id\": \"\(id)\"}"
    }

    func context(of action: String, _ random: inout RandomSource) -> String {
        Self.record(contexts[action] ?? [], &random)
    }

    private static func record(_ fields: [RandomField], _ random: inout RandomSource) -> String {
        let members = fields.compactMap { field -> String? in
            // One field in a hundred breaks its promise, so that invalid data is met too.
            if random.chance(1, in: field.isOptional ? 2 : 100) { return nil }
            return "\"\(field.name)\": \(value(field.type, &random))"
        }
        return "{\(members.joined(separator: ", "))}"
    }

    private static func value(_ type: RandomType, _ random: inout RandomSource) -> String {
        func extended(_ function: String, _ texts: [String]) -> String {
            "{\"__extn\": {\"fn\": \"\(function)\", \"arg\": \"\(random.pick(texts))\"}}"
        }
        switch type {
        case .bool: return random.pick(["true", "false"])
        case .long: return random.pick(["0", "1", "2", "-1", "9223372036854775807"])
        case .string: return "\"\(random.pick(RandomPolicies.strings))\""
        case .decimal: return extended("decimal", RandomPolicies.decimals)
        case .ipaddr: return extended("ip", RandomPolicies.addresses)
        case .datetime: return extended("datetime", RandomPolicies.instants)
        case .duration: return extended("duration", RandomPolicies.spans)
        case .entity(let name):
            let id = name == "Status" ? "on" : "\(random.number(below: 4))"
            return "{\"__entity\": \(uid(name, id))}"
        case .set(let element):
            let members = (0..<random.number(below: 3)).map { _ in value(element, &random) }
            return "[\(members.joined(separator: ", "))]"
        case .record(let fields): return record(fields, &random)
        }
    }
}
