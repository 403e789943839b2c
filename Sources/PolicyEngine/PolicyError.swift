/// Why a policy, a schema, an entity or a filter was refused.
public struct PolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what was expected, in one line.
    public let message: String

    /// Where in the text it is, if it is in a text.
    public let location: SourceLocation?

    init(_ message: String, at location: SourceLocation? = nil) {
        self.message = message
        self.location = location
    }

    /// The location, if any, and the message, in one line.
    public var description: String {
        location.map { "\($0): \(message)" } ?? message
    }

    /// The description, the line of the text and a caret under the place.
    public var excerpt: String {
        guard let location else { return description }
        // A tab keeps its width above the caret only when it is repeated below it.
        var pad = ""
        for scalar in location.text.unicodeScalars.prefix(location.column - 1) {
            pad.unicodeScalars.append(scalar == "\t" ? "\t" : " ")
        }
        return "\(description)\n\(location.text)\n\(pad)^"
    }
}

/// A place in a policy or schema text.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    /// The name the text was given, as a rule its file's.
    public let file: String

    /// The line, from 1.
    public let line: Int

    /// The column in Unicode scalars, from 1.
    public let column: Int

    /// The text of the line, cut at 200 scalars.
    public let text: String

    /// `file:line:column`.
    public var description: String {
        "\(file):\(line):\(column)"
    }
}

/// A named text, able to turn a byte offset into a location.
struct SourceText: Sendable {
    let name: String
    let bytes: [UInt8]

    /// Takes bytes that are UTF-8 and no more than the limit.
    init(
        name: String,
        bytes: [UInt8],
        limit: Int = Limits.textBytes
    ) throws(PolicyError) {
        self.name = name
        self.bytes = bytes
        guard bytes.count <= limit else {
            throw error("expected at most \(limit) bytes, found \(bytes.count)", at: limit)
        }
        if let offset = SourceText.offsetOfMalformed(bytes) {
            throw error(
                "expected UTF-8, found the byte 0x\(String(bytes[offset], radix: 16))",
                at: offset
            )
        }
    }

    init(name: String, text: String) throws(PolicyError) {
        try self.init(name: name, bytes: Array(text.utf8))
    }

    /// The first byte that begins no scalar; nil when everything is UTF-8.
    private static func offsetOfMalformed(_ bytes: [UInt8]) -> Int? {
        // Whole texts are checked fast; only a bad one is looked through scalar by scalar.
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var decoder = UTF8()
        var rest = bytes.makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&rest) { offset += UTF8.width(scalar) }
        return offset
    }

    func location(at offset: Int) -> SourceLocation {
        let end = min(offset, bytes.count)
        let start = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // A scalar is counted by its first byte, and takes four bytes at the most.
        let column = bytes[start..<end].reduce(1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
        let line = bytes[..<start].reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let rest = bytes[start...].prefix(4 * 200).prefix { $0 != 0x0A && $0 != 0x0D }
        let text = String(decoding: rest, as: UTF8.self)
        return SourceLocation(
            file: name,
            line: line,
            column: column,
            text: String(String.UnicodeScalarView(text.unicodeScalars.prefix(200)))
        )
    }

    func error(_ message: String, at offset: Int) -> PolicyError {
        PolicyError(message, at: location(at: offset))
    }
}
