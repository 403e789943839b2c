extension PolicyParser {
    /// An expression, with the limit on nesting kept before each descent.
    mutating func expression() throws(PolicyError) -> Expression {
        let start = reader.token.start
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limits.depth else {
            throw reader.source.error("nested deeper than \(Limits.depth) levels", at: start)
        }
        guard try reader.take(word: "if") else { return try disjunction() }
        let condition = try expression()
        guard try reader.take(word: "then") else { throw reader.expected("`then`") }
        let positive = try expression()
        guard try reader.take(word: "else") else { throw reader.expected("`else`") }
        let negative = try expression()
        return try make(.conditional(condition, then: positive, else: negative), at: start)
    }

    /// A node, counted, so that no policy grows without bound.
    private mutating func make(
        _ node: Expression.Node,
        at offset: Int
    ) throws(PolicyError) -> Expression {
        nodes += 1
        guard nodes <= Limits.nodes else {
            throw reader.source.error(
                "a policy has more than \(Limits.nodes) expressions",
                at: offset
            )
        }
        let expression = Expression(node, at: offset)
        // Chains nest to the left without any descent of the parser, so the tree itself is measured.
        guard expression.height <= Limits.depth else {
            throw reader.source.error("nested deeper than \(Limits.depth) levels", at: offset)
        }
        return expression
    }

    private mutating func disjunction() throws(PolicyError) -> Expression {
        let first = try conjunction()
        guard reader.isAt("||") else { return first }
        var operands: [Expression] = []
        // `(a || b) || c` is the same tree as `a || b || c`.
        if case .or(let inner) = first.node { operands = inner } else { operands = [first] }
        while try reader.take("||") { operands.append(try conjunction()) }
        return try make(.or(operands), at: first.offset)
    }

    private mutating func conjunction() throws(PolicyError) -> Expression {
        let first = try relation()
        guard reader.isAt("&&") else { return first }
        var operands: [Expression] = []
        if case .and(let inner) = first.node { operands = inner } else { operands = [first] }
        while try reader.take("&&") { operands.append(try relation()) }
        return try make(.and(operands), at: first.offset)
    }

    private mutating func relation() throws(PolicyError) -> Expression {
        let left = try sum()
        let start = left.offset
        if let comparison = comparisonSign() {
            try reader.advance()
            let right = try sum()
            guard comparisonSign() == nil, !isAtWordRelation else {
                throw reader.expected("parentheses: comparisons do not chain")
            }
            return try make(.comparison(comparison, left, right), at: start)
        }
        let result: Expression
        if try reader.take(word: "in") {
            result = try make(.isIn(left, try sum()), at: start)
        } else if try reader.take(word: "has") {
            result = try make(.has(left, try hasPath()), at: start)
        } else if try reader.take(word: "like") {
            result = try make(.like(left, try reader.pattern()), at: start)
        } else if try reader.take(word: "is") {
            let type = try reader.path("an entity type")
            let isType = try make(.isType(left, type), at: start)
            guard try reader.take(word: "in") else { return isType }
            let isIn = try make(.isIn(left, try sum()), at: start)
            result = try make(.and([isType, isIn]), at: start)
        } else {
            return left
        }
        guard comparisonSign() == nil, !isAtWordRelation else {
            throw reader.expected("parentheses: comparisons do not chain")
        }
        return result
    }

    private var isAtWordRelation: Bool {
        reader.isAt(word: "in") || reader.isAt(word: "has") || reader.isAt(word: "like")
            || reader.isAt(word: "is")
    }

    private func comparisonSign() -> Comparison? {
        guard reader.token.kind == .mark else { return nil }
        return Comparison(rawValue: reader.text)
    }

    /// `name`, `name.name…` or a string.
    private mutating func hasPath() throws(PolicyError) -> [String] {
        if reader.token.kind == .string { return [try reader.string("an attribute")] }
        var path = [try reader.identifier("the name of an attribute")]
        while try reader.take(".") {
            path.append(try reader.identifier("the name of an attribute"))
            guard path.count <= Limits.depth else { throw reader.expected("a shorter path") }
        }
        return path
    }

    private mutating func sum() throws(PolicyError) -> Expression {
        var left = try product()
        while reader.isAt("+") || reader.isAt("-") {
            let sign: Arithmetic = reader.isAt("+") ? .plus : .minus
            try reader.advance()
            left = try make(.arithmetic(sign, left, try product()), at: left.offset)
        }
        return left
    }

    private mutating func product() throws(PolicyError) -> Expression {
        var left = try unary()
        while reader.isAt("*") {
            try reader.advance()
            left = try make(.arithmetic(.times, left, try unary()), at: left.offset)
        }
        if reader.isAt("/") || reader.isAt("%") {
            throw reader.expected("`+`, `-` or `*`: the language does not divide")
        }
        return left
    }

    private mutating func unary() throws(PolicyError) -> Expression {
        let start = reader.token.start
        let isNot = reader.isAt("!")
        guard isNot || reader.isAt("-") else { return try member() }
        var count = 0
        while try reader.take(isNot ? "!" : "-") { count += 1 }
        guard count <= 4 else {
            throw reader.source.error("at most four of `!` or `-` may follow each other", at: start)
        }
        var operand: Expression
        // The innermost minus belongs to a literal, so that the least integer can be written.
        if !isNot, reader.token.kind == .number, !(try isMemberAhead()) {
            operand = try number(negative: true)
            count -= 1
        } else {
            operand = try member()
        }
        for _ in 0..<count {
            operand = try make(isNot ? .not(operand) : .negate(operand), at: start)
        }
        return operand
    }

    private mutating func isMemberAhead() throws(PolicyError) -> Bool {
        let next = try reader.peek()
        return next.kind == .mark && [".", "[", "("].contains(reader.text(of: next))
    }

    private mutating func number(negative: Bool) throws(PolicyError) -> Expression {
        let start = reader.token.start
        guard let value = Int64((negative ? "-" : "") + reader.text) else {
            throw reader.expected("an integer of 64 bits with a sign")
        }
        try reader.advance()
        return try make(.literal(.long(value)), at: start)
    }

    /// A primary expression with its attributes, indices and methods.
    private mutating func member() throws(PolicyError) -> Expression {
        var left = try primary()
        while reader.isAt(".") || reader.isAt("[") {
            if try reader.take("[") {
                let name = try reader.string("an attribute's name in double quotes")
                try reader.expect("]")
                left = try make(.attribute(left, name), at: left.offset)
                continue
            }
            try reader.advance()
            let place = reader.token
            let name = try reader.identifier("the name of an attribute or a method")
            if reader.isAt("(") {
                left = try method(name, of: left, at: place)
            } else {
                left = try make(.attribute(left, name), at: left.offset)
            }
        }
        if reader.isAt("(") { throw reader.expected("an operator: only functions are called") }
        return left
    }

    private mutating func method(
        _ name: String,
        of receiver: Expression,
        at place: Token
    ) throws(PolicyError) -> Expression {
        guard let function = Function(rawValue: name), !function.isConstructor else {
            throw reader.source.error("`\(name)` is not a method", at: place.start)
        }
        try reader.advance()
        let arguments = try list(until: ")")
        guard !function.isCore || arguments.count + 1 == function.arity else {
            throw reader.source.error(
                "`\(name)` takes \(function.arity - 1) arguments, not \(arguments.count)",
                at: place.start
            )
        }
        return try make(.call(function, [receiver] + arguments), at: receiver.offset)
    }

    private mutating func list(until close: StaticString) throws(PolicyError) -> [Expression] {
        var list: [Expression] = []
        while !(try reader.take(close)) {
            list.append(try expression())
            if !reader.isAt(close) { try reader.expect(",") }
        }
        return list
    }

    private mutating func primary() throws(PolicyError) -> Expression {
        let start = reader.token.start
        switch reader.token.kind {
        case .number: return try number(negative: false)
        case .string: return try make(.literal(.string(try reader.string("a string"))), at: start)
        case .identifier: return try named()
        case .slot: throw reader.expected("an expression: slots stand in a policy's head only")
        case .end, .mark: break
        }
        if try reader.take("(") {
            let inner = try expression()
            try reader.expect(")")
            return inner
        }
        if try reader.take("[") { return try make(.set(try list(until: "]")), at: start) }
        if try reader.take("{") { return try record(at: start) }
        throw reader.expected("an expression")
    }

    /// What begins with a word: a literal, a variable, an entity or a function.
    private mutating func named() throws(PolicyError) -> Expression {
        let start = reader.token.start
        if try reader.take(word: "true") { return try make(.literal(.bool(true)), at: start) }
        if try reader.take(word: "false") { return try make(.literal(.bool(false)), at: start) }
        let name = try reader.path("an expression")
        if try reader.take("::") {
            let id = try reader.string("the entity's id in double quotes")
            return try make(.literal(.entity(EntityUID(type: name, id: id))), at: start)
        }
        if reader.isAt("(") {
            guard let function = Function(rawValue: name), function.isConstructor else {
                let hint = Function(rawValue: name) == nil ? "not a function" : "a method"
                throw reader.source.error("`\(name)` is \(hint)", at: start)
            }
            try reader.advance()
            return try make(.call(function, try list(until: ")")), at: start)
        }
        guard let variable = Variable(rawValue: name) else {
            throw reader.source.error(
                "unknown name `\(name)`: expected `principal`, `action`, `resource`, `context`, "
                    + "an entity or a function",
                at: start
            )
        }
        return try make(.variable(variable), at: start)
    }

    private mutating func record(at start: Int) throws(PolicyError) -> Expression {
        var fields: [(name: String, value: Expression)] = []
        var names: Set<[UInt8]> = []
        while !(try reader.take("}")) {
            let place = reader.token.start
            let name =
                reader.token.kind == .string
                ? try reader.string("a name") : try reader.identifier("the name of a field")
            guard names.insert(Array(name.utf8)).inserted else {
                throw reader.source.error("the field `\(name)` is given twice", at: place)
            }
            try reader.expect(":")
            fields.append((name, try expression()))
            if !reader.isAt("}") { try reader.expect(",") }
        }
        return try make(.record(fields), at: start)
    }
}
