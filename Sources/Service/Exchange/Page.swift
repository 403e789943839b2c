import Authentication
import HTTPServer
import PolicyEngine
import SQLite

/// Which part of a list is asked for.
struct Page {
    /// 1 to 200.
    let limit: Int
    /// Where the page before ended.
    let position: [Int64]?
    private let cursors: Cursors
    private let person: Identifier
    private let query: String

    private static let limits = 1...200
    private static let standardLimit = 50

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    init(_ query: [String: String], path: String, of person: Identifier, cursors: Cursors) throws {
        self.cursors = cursors
        self.person = person
        limit =
            try query["limit"].map { text in
                guard text.utf8.allSatisfy(Page.isDigit), let limit = Int(text),
                    Page.limits.contains(limit)
                else { throw Problem.field("limit", "1 to 200") }
                return limit
            } ?? Page.standardLimit
        // The page's size may change on the way through a list; everything else is the list.
        let rest = query.filter { $0.key != "limit" && $0.key != "cursor" }
        self.query =
            path + rest.sorted { $0.key < $1.key }.map { "\n\($0.key)=\($0.value)" }.joined()
        let list = self.query
        position = try query["cursor"].map { try cursors.open($0, for: person, query: list) }
    }

    /// The cursor of the page that begins after `position`.
    func cursor(_ position: [Int64]) -> String { cursors.seal(position, for: person, query: query) }

    /// The cursor of the page that begins after what was made at a moment, of a list by time and id.
    func cursor(after moment: Timestamp, _ id: Identifier) -> String {
        cursor([moment.milliseconds, id.rawValue])
    }

    /// The position as `cursor(after:)` gave it.
    var moment: (at: Timestamp, id: Identifier)? {
        position.flatMap { position in
            guard position.count == 2 else { return nil }
            return (Timestamp(milliseconds: position[0]), Identifier(rawValue: position[1]))
        }
    }
}

extension Exchange {
    /// The page that the query asks for.
    mutating func page(_ query: [String: String]) throws -> Page {
        let person = try authenticate().account
        return try Page(query, path: call.request.path, of: person, cursors: school.cursors)
    }
}

extension [String: String] {
    /// A query parameter that is one of a few words.
    func choice(_ name: String, of words: [String]) throws -> String? {
        guard let text = self[name] else { return nil }
        guard words.contains(text) else {
            throw Problem.field(name, "expected one of \(words.joined(separator: ", "))")
        }
        return text
    }

    /// A query parameter that is a moment.
    func time(_ name: String) throws -> Timestamp? {
        guard let text = self[name] else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw Problem.field(name, "expected a time such as 2026-11-23T14:05:09Z")
        }
        return time
    }
}

extension JSONWriter {
    /// Writes a page of a list.
    mutating func page<Item>(
        _ items: some Sequence<Item>,
        next: String?,
        _ write: (inout JSONWriter, Item) throws -> Void
    ) rethrows {
        try object { json in
            try json.field(
                "items",
                array: { json in for item in items { try write(&json, item) } }
            )
            json.field("next", next)
        }
    }
}
