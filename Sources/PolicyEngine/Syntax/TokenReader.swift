/// Reads tokens with one of look-ahead, for the parsers of policies and of schemas.
struct TokenReader {
    let source: SourceText
    private var lexer: Lexer
    private(set) var token: Token
    private var following: Token?

    init(_ source: SourceText) throws(PolicyError) {
        self.source = source
        lexer = Lexer(source)
        token = try lexer.next()
    }

    /// The text of the current token.
    var text: String { text(of: token) }

    func text(of token: Token) -> String {
        String(decoding: source.bytes[token.start..<token.end], as: UTF8.self)
    }

    mutating func advance() throws(PolicyError) {
        if let next = following {
            token = next
            following = nil
        } else {
            token = try lexer.next()
        }
    }

    /// The token after the current one.
    mutating func peek() throws(PolicyError) -> Token {
        if let following { return following }
        let next = try lexer.next()
        following = next
        return next
    }

    /// Whether the current token is this mark.
    func isAt(_ mark: StaticString) -> Bool {
        token.kind == .mark && matches(mark)
    }

    /// Whether the current token is this word.
    func isAt(word: StaticString) -> Bool {
        token.kind == .identifier && matches(word)
    }

    private func matches(_ text: StaticString) -> Bool {
        guard token.end - token.start == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { $0.elementsEqual(source.bytes[token.start..<token.end]) }
    }

    mutating func take(_ mark: StaticString) throws(PolicyError) -> Bool {
        guard isAt(mark) else { return false }
        try advance()
        return true
    }

    mutating func take(word: StaticString) throws(PolicyError) -> Bool {
        guard isAt(word: word) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ mark: StaticString) throws(PolicyError) {
        guard try take(mark) else { throw expected("`\(mark)`") }
    }

    /// An error that says what should stand at the current token.
    func expected(_ what: String) -> PolicyError {
        let found: String
        switch token.kind {
        case .end: found = "the end of the text"
        case .string: found = "a string"
        case .identifier, .number, .slot, .mark: found = "`\(text.prefix(40))`"
        }
        return source.error("expected \(what), found \(found)", at: token.start)
    }

    /// Any word, reserved or not.
    mutating func anyIdentifier(_ what: String) throws(PolicyError) -> String {
        guard token.kind == .identifier else { throw expected(what) }
        let name = text
        try advance()
        return name
    }

    /// A word that is not reserved.
    mutating func identifier(_ what: String) throws(PolicyError) -> String {
        guard token.kind == .identifier, !TokenReader.reserved.contains(text) else {
            throw expected(what)
        }
        return try anyIdentifier(what)
    }

    /// Names joined by `::`.
    mutating func path(_ what: String) throws(PolicyError) -> String {
        var path = try identifier(what)
        while isAt("::"), try peek().kind == .identifier {
            try advance()
            path += "::" + (try identifier(what))
        }
        return path
    }

    /// A string literal with its escapes resolved.
    mutating func string(_ what: String) throws(PolicyError) -> String {
        guard token.kind == .string else { throw expected(what) }
        var scalars = String.UnicodeScalarView()
        for element in try Escapes.read(token, of: source, isPattern: false) {
            if case .scalar(let scalar) = element { scalars.append(scalar) }
        }
        try advance()
        return String(scalars)
    }

    /// A string literal as a pattern: `*` is a wildcard and `\*` the sign.
    mutating func pattern() throws(PolicyError) -> Pattern {
        guard token.kind == .string else { throw expected("a pattern in double quotes") }
        let pattern = Pattern(elements: try Escapes.read(token, of: source, isPattern: true))
        try advance()
        return pattern
    }

    /// Whether the text is names joined by `::`, none of them reserved.
    static func isPath(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // `A::B` is three parts, of which the second is empty.
        return parts.count % 2 == 1
            && parts.enumerated().allSatisfy { number, part in
                number % 2 == 1 ? part.isEmpty : Expression.isName(String(part))
            }
    }

    static let reserved: Set<String> = [
        "true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar",
    ]
}
