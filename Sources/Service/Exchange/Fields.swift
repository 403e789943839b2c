import PolicyEngine
import SQLite

/// Reads the fields of a JSON object and collects everything that is wrong with them.
///
/// A reader of a field that does not do answers a placeholder: `finish()` throws before anybody
/// uses it. What nobody asked for is an unknown field.
struct Fields {
    private let members: [JSON.Member]
    /// Which members somebody has asked for.
    private var asked: [Bool]
    private let path: String
    /// Mistakes that are told: a form shows them all, and a body made of nothing else must not cost
    /// an answer several times its size.
    private static let mostErrors = 100
    private(set) var errors: [Problem.Field] = []

    /// The fields of a request's body; an absent body has none.
    init(_ body: JSON?) throws(Problem) {
        switch body {
        case nil: members = []
        case .object(let members)?: self.members = members
        case let other?:
            throw Problem(.validation, "expected an object, not \(other.kind)")
        }
        asked = Array(repeating: false, count: members.count)
        path = ""
    }

    private init(_ members: [JSON.Member], path: String) {
        self.members = members
        asked = Array(repeating: false, count: members.count)
        self.path = path
    }

    /// Whether the field is there and not `null`.
    mutating func has(_ name: String) -> Bool { value(name) != nil }

    /// A string, required.
    mutating func string(_ name: String, limit: Int = 1_000) -> String {
        guard let text = optionalString(name, limit: limit) else {
            require(name)
            return ""
        }
        return text
    }

    /// A string of at most `limit` code points, or `nil`.
    mutating func optionalString(_ name: String, limit: Int = 1_000) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else {
            wrong(name, "expected a string, not \(value.kind)")
            return nil
        }
        // Every code point is one byte at the least.
        guard text.utf8.count <= limit || text.unicodeScalars.count <= limit else {
            wrong(name, "longer than \(limit) characters")
            return nil
        }
        return text
    }

    /// A boolean; `fallback` where it is absent.
    mutating func bool(_ name: String, or fallback: Bool) -> Bool {
        guard let value = value(name) else { return fallback }
        guard case .bool(let bool) = value else {
            wrong(name, "expected true or false, not \(value.kind)")
            return fallback
        }
        return bool
    }

    /// A finite number, required.
    mutating func number(_ name: String) -> Double {
        switch value(name) {
        case .double(let double)?: return double
        case .int(let integer)?: return Double(integer)
        case nil: require(name)
        case let other?: wrong(name, "expected a number, not \(other.kind)")
        }
        return 0
    }

    /// A moment in RFC 3339, or `nil`.
    mutating func optionalTime(_ name: String) -> Timestamp? {
        guard let text = optionalString(name, limit: 64) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            wrong(name, "expected a time such as 2026-11-23T14:05:09Z")
            return nil
        }
        return time
    }

    /// The id of something, or `nil`; a text that is no id is as unknown as an id without a thing.
    mutating func optionalID(_ name: String) -> Identifier? {
        guard let text = optionalString(name, limit: 64) else { return nil }
        guard let id = Identifier(text) else {
            wrong(name, "unknown")
            return nil
        }
        return id
    }

    /// A list of strings; empty where it is absent.
    mutating func strings(_ name: String, limit: Int = 200) -> [String] {
        array(name, limit: limit).enumerated().compactMap { index, item in
            if case .string(let text) = item { return text }
            wrong("\(name)[\(index)]", "expected a string, not \(item.kind)")
            return nil
        }
    }

    /// A list of objects, each read by `read`.
    mutating func objects<R>(_ name: String, limit: Int, _ read: (inout Fields) -> R) -> [R] {
        array(name, limit: limit).enumerated().compactMap { index, item in
            nested(item, at: "\(name)[\(index)]", read)
        }
    }

    /// An object read by `read`, or `nil`.
    mutating func object<R>(_ name: String, _ read: (inout Fields) -> R) -> R? {
        value(name).flatMap { nested($0, at: name, read) }
    }

    /// Adds an error of the caller's own.
    mutating func wrong(_ name: String, _ message: String) {
        guard errors.count < Fields.mostErrors else { return }
        errors.append(Problem.Field(field: path + name, message: message))
    }

    /// Ends the reading; throws what was wrong.
    mutating func finish() throws(Problem) {
        refuseUnknown()
        if !errors.isEmpty { throw Problem(.validation, errors: errors) }
    }

    private mutating func refuseUnknown() {
        for (member, isAsked) in zip(members, asked) where !isAsked {
            if errors.count == Fields.mostErrors { return }
            // The name is the caller's own text: it goes back cut to a sensible length.
            wrong(String(member.key.prefix(64)), "unknown field")
        }
    }

    private mutating func nested<R>(
        _ item: JSON,
        at name: String,
        _ read: (inout Fields) -> R
    ) -> R? {
        guard case .object(let members) = item else {
            wrong(name, "expected an object, not \(item.kind)")
            return nil
        }
        var fields = Fields(members, path: path + name + ".")
        let result = read(&fields)
        fields.refuseUnknown()
        errors += fields.errors.prefix(Fields.mostErrors - errors.count)
        return result
    }

    private mutating func array(_ name: String, limit: Int) -> [JSON] {
        guard let value = value(name) else { return [] }
        guard case .array(let items) = value else {
            wrong(name, "expected a list, not \(value.kind)")
            return []
        }
        guard items.count <= limit else {
            wrong(name, "more than \(limit) entries")
            return []
        }
        return items
    }

    private mutating func require(_ name: String) {
        if !errors.contains(where: { $0.field == path + name }) { wrong(name, "required") }
    }

    private mutating func value(_ name: String) -> JSON? {
        guard let place = members.firstIndex(where: { $0.key == name }) else { return nil }
        asked[place] = true
        if case .null = members[place].value { return nil }
        return members[place].value
    }
}
