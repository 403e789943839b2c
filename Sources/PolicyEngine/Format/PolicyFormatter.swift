/// Lays policies out anew: every token and every comment stays, only the space between them changes.
struct PolicyFormatter {
    private let tokens: [FormatToken]
    var index = 0

    static let width = 80
    static let indent = 4

    /// Formats a text that is known to parse.
    static func format(_ source: SourceText) throws(PolicyError) -> String {
        var formatter = PolicyFormatter(tokens: try FormatToken.tokens(of: source))
        return formatter.text()
    }

    private init(tokens: [FormatToken]) {
        self.tokens = tokens
    }

    private mutating func text() -> String {
        var writer = LayoutWriter(width: PolicyFormatter.width)
        while true {
            let first = tokens[index]
            if index > 0, first.kind != .end || first.above.first?.isSeparated == true {
                writer.separate()
            }
            for (number, comment) in first.above.enumerated() {
                if number > 0, comment.isSeparated { writer.separate() }
                writer.write(.comment(comment.text, isBeside: false))
            }
            guard first.kind != .end else { break }
            if !first.above.isEmpty, first.isSeparated { writer.separate() }
            writer.write(policy())
        }
        return writer.text.isEmpty ? "" : writer.text + "\n"
    }

    // MARK: Tokens

    var token: FormatToken { tokens[index] }

    func isAt(_ text: String) -> Bool {
        tokens[index].kind != .string && tokens[index].text == text
    }

    func isAtAny(_ texts: [String]) -> Bool {
        texts.contains(where: isAt)
    }

    /// The current token with its comments; those above a policy's first token are written before.
    mutating func take() -> Layout {
        let token = tokens[index]
        let isFirst = index == 0 || tokens[index - 1].text == ";"
        index += 1
        var parts: [Layout] = []
        if !isFirst {
            parts += token.above.map { .comment($0.text, isBeside: false) }
        }
        parts.append(.text(token.text))
        if let beside = token.beside { parts.append(.comment(beside, isBeside: true)) }
        return .sequence(parts)
    }

    /// A group of what was taken since `start`; a comment between its tokens forces it apart.
    func group(from start: Int, _ parts: [Layout]) -> Layout {
        let hasComment = (start..<index).contains { number in
            number > start && !tokens[number].above.isEmpty
                || number < index - 1 && tokens[number].beside != nil
        }
        return .group(.sequence(parts), mustBreak: hasComment)
    }

    // MARK: Policies

    private mutating func policy() -> Layout {
        var parts: [Layout] = []
        while isAt("@") { parts += [annotation(), .hardLine] }
        parts += [take(), .space, take()]
        var scopes: [Layout] = []
        while !isAt(")") {
            scopes += [.hardLine, scope()]
            if isAt(",") { scopes.append(take()) }
        }
        parts += [.indented(PolicyFormatter.indent, .sequence(scopes)), .hardLine, take()]
        while !isAt(";") { parts += [.hardLine, condition()] }
        parts.append(take())
        return .sequence(parts)
    }

    private mutating func annotation() -> Layout {
        var parts = [take(), take()]
        if isAt("(") { parts += [take(), take(), take()] }
        return .sequence(parts)
    }

    /// `principal`, `principal == …`, `principal is … in …`, `action in [ … ]`.
    private mutating func scope() -> Layout {
        let start = index
        var parts = [take()]
        while !isAt(","), !isAt(")") {
            parts.append(.space)
            if isAt("==") || isAt("in") || isAt("is") {
                parts.append(take())
            } else if isAt("[") {
                parts.removeLast()
                parts.append(.indented(PolicyFormatter.indent, .sequence([.line, list("]")])))
            } else {
                parts.append(path())
            }
        }
        return group(from: start, parts)
    }

    private mutating func condition() -> Layout {
        let start = index
        var parts = [take(), .line, take()]
        parts.append(.indented(PolicyFormatter.indent, .sequence([.line, expression()])))
        parts += [.line, take()]
        return group(from: start, parts)
    }

    /// `Type::"id"`, `Name::Space::Type`, a slot or a single word: nothing lies between the tokens.
    mutating func path() -> Layout {
        var parts = [take()]
        while isAt("::") { parts += [take(), take()] }
        return .sequence(parts)
    }
}

extension PolicySet {
    /// A text of policies in the layout of this product.
    ///
    /// Comments stay and the policies keep their meaning: only the space between tokens changes.
    /// Formatting what is formatted changes nothing. An error is that of reading the policies.
    public static func format(_ text: [UInt8], name: String) throws(PolicyError) -> String {
        let source = try SourceText(name: name, bytes: text)
        var parser = try PolicyParser(source)
        _ = try parser.policies(firstNumber: 0)
        return try PolicyFormatter.format(source)
    }
}
