/// Reads situations and what is expected of them:
/// `WHO may [not] ACTION [on TYPE] [when CONDITION, …] [: POLICY, …]`.
///
/// `WHO` is `anybody` or roles joined by `and`, with conditions that are a single word (`elevated`)
/// among them. A condition is `[not] WORD`, `WORD VALUE`, `WORD without NAME` or `in TYPE ID`; see
/// `Vocabulary` for the words. A `#` begins a comment; a line that begins with a space continues the
/// one before it.
struct SituationReader {
    private let vocabulary: Vocabulary
    private let source: SourceText
    private var tokens: [Token] = []
    private var next = 0

    private struct Token {
        enum Kind { case word, string, mark, end }

        let kind: Kind
        let text: String
        let offset: Int
    }

    init(_ source: SourceText, _ vocabulary: Vocabulary) throws(PolicyError) {
        self.source = source
        self.vocabulary = vocabulary
        tokens = try SituationReader.tokens(of: source)
    }

    /// One sentence as it is read.
    struct Sentence {
        let situation: Situation
        let decision: Decision
        let policies: [String]
        let offset: Int
    }

    /// All sentences up to the end.
    mutating func sentences() throws(PolicyError) -> [Sentence] {
        var sentences: [Sentence] = []
        while next < tokens.count {
            if tokens[next].kind == .end {
                next += 1
            } else {
                sentences.append(try sentence())
            }
        }
        return sentences
    }

    private mutating func sentence() throws(PolicyError) -> Sentence {
        let start = token.offset
        var people: [Token] = []
        while !isAt("may") { people.append(try word("`may`")) }
        next += 1
        let isDenied = take("not")
        let frame = try frame()
        var situation = Situation(vocabulary: vocabulary, frame: frame)
        try describe(people, &situation)
        if take("when") {
            repeat { situation.conditions.append(try condition(frame)) } while take(",")
        }
        var policies: [String] = []
        if take(":") {
            repeat { policies.append(try word("the id of a policy").text) } while take(",")
        }
        guard token.kind == .end else { throw unexpected("`when`, `:` or the end of the line") }
        return Sentence(
            situation: situation,
            decision: isDenied ? .deny : .allow,
            policies: policies,
            offset: start
        )
    }

    private mutating func frame() throws(PolicyError) -> Vocabulary.Frame {
        let name = try word("an action")
        guard
            let action = vocabulary.schema.actions.values.first(where: {
                $0.uid.id.isIdentical(to: name.text) && !$0.resources.isEmpty
            })
        else { throw source.error("there is no action `\(name.text)`", at: name.offset) }
        let frames = vocabulary.frames(of: action)
        let types = frames.map(\.resource.name).joined(separator: ", ")
        guard take("on") else {
            if frames.count == 1, let only = frames.first { return only }
            throw source.error("`\(name.text)` needs `on` and one of \(types)", at: name.offset)
        }
        let type = try word("one of \(types)")
        guard let frame = frames.first(where: { $0.resource.name.isIdentical(to: type.text) })
        else {
            throw source.error("`\(name.text)` is done on \(types)", at: type.offset)
        }
        return frame
    }

    /// The words before `may`.
    private func describe(_ people: [Token], _ situation: inout Situation) throws(PolicyError) {
        let roles = vocabulary.roles(of: situation.frame.principal.name)
        for token in people where token.text != "and" && token.text != "anybody" {
            if let role = roles.first(where: { $0.id.isIdentical(to: token.text) }) {
                situation.roles.append(role)
            } else if let meaning = vocabulary.meaning(of: token.text, situation.frame),
                case .bool = meaning.type
            {
                situation.conditions.append(
                    Situation.Condition(
                        word: token.text,
                        path: meaning.path,
                        setting: .holds(true)
                    )
                )
            } else {
                throw source.error(
                    "`\(token.text)` is neither a role nor a condition",
                    at: token.offset
                )
            }
        }
    }

    private mutating func condition(
        _ frame: Vocabulary.Frame
    ) throws(PolicyError) -> Situation.Condition {
        if take("in") { return try membership(frame) }
        let isNegated = take("not")
        let name = try word("a condition")
        guard let meaning = vocabulary.meaning(of: name.text, frame) else {
            throw source.error("there is no condition `\(name.text)`", at: name.offset)
        }
        let setting: Situation.Setting
        if take("without") {
            setting = .without(try member(of: meaning.type, name))
        } else if case .string = meaning.type, !isNegated {
            let value = token
            guard value.kind == .word || value.kind == .string else { throw unexpected("a value") }
            next += 1
            setting = .text(value.text)
        } else {
            try checkHolds(meaning.type, frame, name)
            setting = .holds(!isNegated)
        }
        return Situation.Condition(word: name.text, path: meaning.path, setting: setting)
    }

    private mutating func membership(
        _ frame: Vocabulary.Frame
    ) throws(PolicyError) -> Situation.Condition {
        let type = try word("the type of a group")
        guard vocabulary.schema.entityTypes[type.text] != nil,
            vocabulary.schema.isDescendant(frame.resource.name, of: type.text)
        else {
            throw source.error(
                "no `\(frame.resource.name)` is in a `\(type.text)`",
                at: type.offset
            )
        }
        let id = token
        guard id.kind == .word || id.kind == .string else { throw unexpected("an id") }
        next += 1
        let group = EntityUID(type: type.text, id: id.text)
        return Situation.Condition(word: "in", path: [], setting: .isIn(group))
    }

    private mutating func member(
        of type: CedarType,
        _ name: Token
    ) throws(PolicyError) -> EntityUID {
        let value = try word("a name")
        guard case .set(.entity(let types)) = type, let type = types.first,
            let choices = vocabulary.schema.entityTypes[type]?.choices
        else {
            throw source.error("`\(name.text)` is no set of names", at: name.offset)
        }
        guard choices.contains(where: { $0.isIdentical(to: value.text) }) else {
            throw source.error("there is no \(type) `\(value.text)`", at: value.offset)
        }
        return EntityUID(type: type, id: value.text)
    }

    /// Checks that a condition is one that holds or does not.
    private func checkHolds(
        _ type: CedarType,
        _ frame: Vocabulary.Frame,
        _ name: Token
    ) throws(PolicyError) {
        switch type {
        case .bool: return
        case .entity([frame.principal.name]), .set(.entity([frame.principal.name])): return
        default:
            throw source.error(
                "`\(name.text)` is a \(type), of which no condition can be made",
                at: name.offset
            )
        }
    }

    // MARK: Tokens

    private var token: Token { tokens[min(next, tokens.count - 1)] }

    private func isAt(_ text: String) -> Bool {
        token.kind != .string && token.kind != .end && token.text == text
    }

    private mutating func take(_ text: String) -> Bool {
        guard isAt(text) else { return false }
        next += 1
        return true
    }

    private mutating func word(_ what: String) throws(PolicyError) -> Token {
        let token = token
        guard token.kind == .word else { throw unexpected(what) }
        next += 1
        return token
    }

    private func unexpected(_ what: String) -> PolicyError {
        let found = token.kind == .end ? "the end of the line" : "`\(token.text)`"
        return source.error("expected \(what), found \(found)", at: token.offset)
    }

    /// The tokens, one of kind `end` after each sentence.
    private static func tokens(of source: SourceText) throws(PolicyError) -> [Token] {
        let bytes = source.bytes
        var tokens: [Token] = []
        var index = 0
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        func end(from start: Int, _ stops: (UInt8) -> Bool) -> Int {
            bytes[start...].firstIndex(where: stops) ?? bytes.count
        }
        while index < bytes.count {
            let start = index
            switch bytes[index] {
            case 0x0A:
                index += 1
                // An indented line goes on with the sentence.
                if index < bytes.count, isSpace(bytes[index]) { continue }
                tokens.append(Token(kind: .end, text: "", offset: start))
            case let byte where isSpace(byte): index += 1
            case UInt8(ascii: "#"): index = end(from: start) { $0 == 0x0A }
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                index += 1
                tokens.append(Token(kind: .mark, text: text(start..<index), offset: start))
            case UInt8(ascii: "\""):
                let close = end(from: start + 1) { $0 == UInt8(ascii: "\"") || $0 == 0x0A }
                guard close < bytes.count, bytes[close] == UInt8(ascii: "\"") else {
                    throw source.error("expected `\"` before the end of the line", at: start)
                }
                index = close + 1
                tokens.append(Token(kind: .string, text: text(start + 1..<close), offset: start))
            default:
                index = end(from: start) { isSpace($0) || $0 == 0x0A || ",:#\"".utf8.contains($0) }
                tokens.append(Token(kind: .word, text: text(start..<index), offset: start))
            }
        }
        tokens.append(Token(kind: .end, text: "", offset: bytes.count))
        return tokens
    }
}

extension Vocabulary {
    /// Reads one situation, as in `slt elevated may viewIncident when restricted`.
    public func situation(_ text: String) throws(PolicyError) -> Situation {
        let source = try SourceText(name: "situation", text: text)
        var reader = try SituationReader(source, self)
        let sentences = try reader.sentences()
        guard let only = sentences.first, sentences.count == 1, only.decision == .allow,
            only.policies.isEmpty
        else {
            throw source.error("expected `WHO may ACTION [on TYPE] [when CONDITION, …]`", at: 0)
        }
        return only.situation
    }
}
