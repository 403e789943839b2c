/// A piece of the text of a policy or a schema.
struct Token: Sendable {
    enum Kind: Sendable, Hashable {
        case identifier, number, string, slot, mark, end
    }

    let kind: Kind
    let start: Int
    let end: Int
}

/// Cuts a text into tokens, one at a time; white space and `//` comments lie between them.
struct Lexer {
    let source: SourceText
    private var index = 0

    init(_ source: SourceText) {
        self.source = source
    }

    private var bytes: [UInt8] { source.bytes }

    mutating func next() throws(PolicyError) -> Token {
        skipSpace()
        let start = index
        guard index < bytes.count else { return Token(kind: .end, start: start, end: start) }
        let byte = bytes[index]
        if Lexer.isIdentifierStart(byte) {
            skipIdentifier()
            return Token(kind: .identifier, start: start, end: index)
        }
        if Lexer.isDigit(byte) {
            while index < bytes.count, Lexer.isDigit(bytes[index]) { index += 1 }
            return Token(kind: .number, start: start, end: index)
        }
        if byte == UInt8(ascii: "\"") {
            try skipString()
            return Token(kind: .string, start: start, end: index)
        }
        if byte == UInt8(ascii: "?"), index + 1 < bytes.count,
            Lexer.isIdentifierStart(bytes[index + 1])
        {
            index += 1
            skipIdentifier()
            return Token(kind: .slot, start: start, end: index)
        }
        try skipMark()
        return Token(kind: .mark, start: start, end: index)
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                index += 1
            } else if byte == UInt8(ascii: "/"), index + 1 < bytes.count,
                bytes[index + 1] == UInt8(ascii: "/")
            {
                while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
            } else if byte >= 0x80, let width = wideSpace() {
                index += width
            } else {
                return
            }
        }
    }

    /// The length of the Unicode white space here, if it is one (U+0085, U+00A0, U+1680,
    /// U+2000–U+200A, U+2028, U+2029, U+202F, U+205F, U+3000).
    private func wideSpace() -> Int? {
        let rest = bytes[index...].prefix(3)
        if rest.starts(with: [0xC2, 0x85]) || rest.starts(with: [0xC2, 0xA0]) { return 2 }
        guard rest.count == 3 else { return nil }
        switch (rest[index], rest[index + 1], rest[index + 2]) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9),
            (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            return 3
        default: return nil
        }
    }

    private mutating func skipIdentifier() {
        while index < bytes.count,
            Lexer.isIdentifierStart(bytes[index]) || Lexer.isDigit(bytes[index])
        {
            index += 1
        }
    }

    private mutating func skipString() throws(PolicyError) {
        let start = index
        index += 1
        while index < bytes.count {
            guard index - start <= Limits.literalBytes else {
                throw source.error(
                    "a string literal is longer than \(Limits.literalBytes) bytes",
                    at: start
                )
            }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        throw source.error("expected `\"` at the end of this string", at: start)
    }

    private mutating func skipMark() throws(PolicyError) {
        let pair = bytes[index...].prefix(2)
        for mark in Lexer.pairs where pair.elementsEqual(mark) {
            index += 2
            return
        }
        guard Lexer.singles.contains(bytes[index]) else {
            let rest = String(decoding: bytes[index...].prefix(4), as: UTF8.self)
            let scalar = rest.unicodeScalars.first.map { String(Character($0)) } ?? ""
            throw source.error("unexpected character \(scalar.quoted)", at: index)
        }
        index += 1
    }

    private static let pairs: [[UInt8]] = ["==", "!=", "<=", ">=", "||", "&&", "::"]
        .map { Array($0.utf8) }
    private static let singles = Array("@.,;:(){}[]<>+-*/%!=?".utf8)

    static func isIdentifierStart(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x5F
    }

    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, isIdentifierStart(first) else { return false }
        return text.utf8.allSatisfy { isIdentifierStart($0) || isDigit($0) }
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }
}
