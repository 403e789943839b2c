/// A place in a JSON document, as the steps that lead to it.
///
/// Reading pays nothing for lines and columns: only an error looks its place up in the text.
indirect enum JSONPlace: Sendable {
    /// The whole document, with its text if it came as one.
    case document(name: String, SourceText?)
    case member(JSONPlace, String)
    case item(JSONPlace, Int)

    enum Step: Hashable, Sendable {
        case member(String)
        case item(Int)
    }

    subscript(key: String) -> JSONPlace { .member(self, key) }

    subscript(index: Int) -> JSONPlace { .item(self, index) }

    /// An error at this place: with line and column where there is a text, with the steps elsewhere.
    func error(_ message: String) -> PolicyError {
        let (name, source, steps) = parts
        if let source, let offset = JSONReader.offset(of: steps, in: source.bytes) {
            return source.error(message, at: offset)
        }
        let path = steps.map { step in
            switch step {
            case .member(let key): "`\(key)`"
            case .item(let index): "item \(index)"
            }
        }
        return PolicyError("\(([name] + path).joined(separator: ", ")): \(message)")
    }

    private var parts: (name: String, source: SourceText?, steps: [Step]) {
        var steps: [Step] = []
        var place = self
        while true {
            switch place {
            case .document(let name, let source): return (name, source, steps.reversed())
            case .member(let outer, let key):
                steps.append(.member(key))
                place = outer
            case .item(let outer, let index):
                steps.append(.item(index))
                place = outer
            }
        }
    }
}

extension JSON {
    /// Reads a named text, whose errors then have a line and a column.
    static func document(
        _ bytes: [UInt8],
        name: String,
        limit: Int,
        depth: Int
    ) throws(PolicyError) -> (json: JSON, place: JSONPlace) {
        let source = try SourceText(name: name, bytes: bytes, limit: limit)
        do throws(JSONError) {
            let json = try JSON(parsing: bytes, limits: Limits(depth: depth))
            return (json, .document(name: name, source))
        } catch {
            throw source.error(error.message, at: error.offset)
        }
    }

    // MARK: What is expected at a place

    func object(at place: JSONPlace) throws(PolicyError) -> [Member] {
        guard case .object(let members) = self else {
            throw place.error("expected an object, found \(kind)")
        }
        return members
    }

    func array(at place: JSONPlace) throws(PolicyError) -> [JSON] {
        guard case .array(let items) = self else {
            throw place.error("expected an array, found \(kind)")
        }
        return items
    }

    func string(at place: JSONPlace) throws(PolicyError) -> String {
        guard case .string(let text) = self else {
            throw place.error("expected a string, found \(kind)")
        }
        return text
    }

    /// A member that has to be there.
    func member(_ key: String, at place: JSONPlace) throws(PolicyError) -> JSON {
        _ = try object(at: place)
        guard let value = self[key] else { throw place.error("expected a member `\(key)`") }
        return value
    }

    /// An object with no other members than these.
    func expectMembers(_ known: Set<String>, at place: JSONPlace) throws(PolicyError) {
        for member in try object(at: place) where !known.contains(member.key) {
            let names = known.sorted().map { "`\($0)`" }.joined(separator: ", ")
            throw place[member.key].error("unknown member `\(member.key)`: expected \(names)")
        }
    }
}
