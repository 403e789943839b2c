/// A token with the comments around it.
struct FormatToken {
    let text: String
    let kind: Token.Kind
    /// The comments on lines of their own before it.
    var above: [Comment] = []
    /// The comment behind it on its line.
    var beside: String?
    /// Whether an empty line lies between it, or the comments above it, and what is before.
    var isSeparated = false

    struct Comment {
        let text: String
        /// Whether an empty line lies before it.
        let isSeparated: Bool
    }

    /// All tokens of a text; the last one is the end, with the comments that nothing follows.
    static func tokens(of source: SourceText) throws(PolicyError) -> [FormatToken] {
        var lexer = Lexer(source)
        var tokens: [FormatToken] = []
        var end = 0
        repeat {
            let token = try lexer.next()
            let bytes = source.bytes[token.start..<token.end]
            var next = FormatToken(
                text: String(decoding: bytes, as: UTF8.self),
                kind: token.kind
            )
            var lines = 0
            for piece in pieces(of: source.bytes[end..<token.start]) {
                guard let comment = piece else {
                    lines += 1
                    continue
                }
                if lines == 0, !tokens.isEmpty, next.above.isEmpty,
                    tokens[tokens.count - 1].beside == nil
                {
                    tokens[tokens.count - 1].beside = comment
                } else {
                    next.above.append(Comment(text: comment, isSeparated: lines > 1))
                }
                lines = 0
            }
            next.isSeparated = lines > 1
            tokens.append(next)
            end = token.end
        } while tokens.last?.kind != .end
        return tokens
    }

    /// The comments and, as nil, the line breaks between two tokens.
    private static func pieces(of bytes: ArraySlice<UInt8>) -> [String?] {
        var pieces: [String?] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "/") {
                let end =
                    bytes[index...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.endIndex
                var comment = bytes[index..<end]
                while let last = comment.last, last == 0x20 || last == 0x09 { comment.removeLast() }
                pieces.append(String(decoding: comment, as: UTF8.self))
                index = end
                continue
            }
            let isPair =
                bytes[index] == 0x0D && index + 1 < bytes.endIndex && bytes[index + 1] == 0x0A
            if bytes[index] == 0x0A || bytes[index] == 0x0D && !isPair { pieces.append(nil) }
            index += 1
        }
        return pieces
    }
}
