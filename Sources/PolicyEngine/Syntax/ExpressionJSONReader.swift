/// Reads expressions from Cedar's JSON form: an object of one member, whose name says the form.
///
/// The JSON's own limit on nesting bounds the recursion.
struct ExpressionJSONReader {
    /// Stands for the place in a text: no two expressions have the same.
    private var number = 0

    mutating func expression(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> Expression {
        let members = try json.object(at: place)
        guard let member = members.first, members.count == 1 else {
            throw place.error("expected an expression: an object of one member")
        }
        let node = try node(member.key, member.value, at: place[member.key])
        let expression = make(node)
        guard expression.height <= Limits.depth else {
            throw place.error("nested deeper than \(Limits.depth) levels")
        }
        return expression
    }

    private mutating func node(
        _ form: String,
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> Expression.Node {
        if let sign = Comparison(rawValue: form) {
            let (left, right) = try operands(json, at: place)
            return .comparison(sign, left, right)
        }
        if let sign = Arithmetic(rawValue: form) {
            let (left, right) = try operands(json, at: place)
            return .arithmetic(sign, left, right)
        }
        switch form {
        case "Value": return try value(json, at: place).node
        case "Var":
            let name = try json.string(at: place)
            guard let variable = Variable(rawValue: name) else {
                throw place.error("expected a variable, found `\(name)`")
            }
            return .variable(variable)
        case "!": return .not(try operand(json, at: place))
        case "neg": return .negate(try operand(json, at: place))
        case "&&":
            let (left, right) = try operands(json, at: place)
            // As the parser has it: `(a && b) && c` is one chain.
            if case .and(let chain) = left.node { return .and(chain + [right]) }
            return .and([left, right])
        case "||":
            let (left, right) = try operands(json, at: place)
            if case .or(let chain) = left.node { return .or(chain + [right]) }
            return .or([left, right])
        case "in":
            let (left, right) = try operands(json, at: place)
            return .isIn(left, right)
        case "is": return try isType(json, at: place)
        case "has": return .has(try left(json, ["attr"], at: place), try path(json, at: place))
        case ".":
            let name = try json.member("attr", at: place).string(at: place["attr"])
            return .attribute(try left(json, ["attr"], at: place), name)
        case "like":
            return .like(try left(json, ["pattern"], at: place), try pattern(json, at: place))
        case "if-then-else":
            try json.expectMembers(["if", "then", "else"], at: place)
            return .conditional(
                try expression(try json.member("if", at: place), at: place["if"]),
                then: try expression(try json.member("then", at: place), at: place["then"]),
                else: try expression(try json.member("else", at: place), at: place["else"])
            )
        case "Set": return .set(try list(json, at: place))
        case "Record":
            var fields: [(name: String, value: Expression)] = []
            for member in try json.object(at: place) {
                fields.append((member.key, try expression(member.value, at: place[member.key])))
            }
            return .record(fields)
        default: return try call(form, json, at: place)
        }
    }

    private mutating func isType(
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> Expression.Node {
        let operand = try left(json, ["entity_type", "in"], at: place)
        let type = try json.entityType(at: place)
        guard let group = json["in"] else { return .isType(operand, type) }
        let inner = try expression(group, at: place["in"])
        return .and([make(.isType(operand, type)), make(.isIn(operand, inner))])
    }

    private mutating func call(
        _ name: String,
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> Expression.Node {
        guard let function = Function(rawValue: name) else {
            throw place.error("expected an expression, found the unknown form `\(name)`")
        }
        guard function.isCore else {
            let arguments = try list(json, at: place)
            guard function.isConstructor || !arguments.isEmpty else {
                throw place.error("expected what `\(name)` is called on")
            }
            return .call(function, arguments)
        }
        guard function.arity == 2 else { return .call(function, [try operand(json, at: place)]) }
        let (left, right) = try operands(json, at: place)
        return .call(function, [left, right])
    }

    // MARK: Parts

    private mutating func make(_ node: Expression.Node) -> Expression {
        number += 1
        return Expression(node, at: number)
    }

    private mutating func operand(
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> Expression {
        try json.expectMembers(["arg"], at: place)
        return try expression(try json.member("arg", at: place), at: place["arg"])
    }

    private mutating func operands(
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> (Expression, Expression) {
        let left = try left(json, ["right"], at: place)
        return (left, try expression(try json.member("right", at: place), at: place["right"]))
    }

    /// The left operand of a form that has these members besides.
    private mutating func left(
        _ json: JSON,
        _ others: [String],
        at place: JSONPlace
    ) throws(PolicyError) -> Expression {
        try json.expectMembers(Set(others + ["left"]), at: place)
        return try expression(try json.member("left", at: place), at: place["left"])
    }

    private mutating func list(_ json: JSON, at place: JSONPlace) throws(PolicyError)
        -> [Expression]
    {
        var list: [Expression] = []
        for (number, item) in try json.array(at: place).enumerated() {
            list.append(try expression(item, at: place[number]))
        }
        return list
    }

    /// The names after `has`: one, or a list of them.
    private func path(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> [String] {
        let names = try json.member("attr", at: place)
        let place = place["attr"]
        guard case .array(let items) = names else { return [try names.string(at: place)] }
        var path: [String] = []
        for (number, item) in items.enumerated() {
            path.append(try item.string(at: place[number]))
        }
        // A path of several names has a text only when each is an identifier.
        guard path.count == 1 || !path.isEmpty && path.allSatisfy(Expression.isName) else {
            throw place.error("expected a name, or a path of identifiers")
        }
        return path
    }

    private func pattern(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> Pattern {
        var elements: [Pattern.Element] = []
        let items = try json.member("pattern", at: place)
        let place = place["pattern"]
        for (number, item) in try items.array(at: place).enumerated() {
            if item == .string("Wildcard") {
                elements.append(.wildcard)
            } else {
                let place = place[number]
                try item.expectMembers(["Literal"], at: place)
                let text = try item.member("Literal", at: place).string(at: place["Literal"])
                elements += text.unicodeScalars.map { .scalar($0) }
            }
        }
        return Pattern(elements: elements)
    }

    /// A value as an expression: sets and records of values are written out.
    private mutating func value(
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> Expression {
        let node: Expression.Node
        switch json {
        case .bool(let value): node = .literal(.bool(value))
        case .int(let value): node = .literal(.long(value))
        case .string(let value): node = .literal(.string(value))
        case .array(let items):
            var members: [Expression] = []
            for (number, item) in items.enumerated() {
                members.append(try value(item, at: place[number]))
            }
            node = .set(members)
        case .object(let members):
            if let entity = json["__entity"] {
                let uid = try EntityReader(schema: nil).uid(entity, at: place["__entity"])
                node = .literal(.entity(uid))
            } else if let call = json["__extn"] {
                node = try self.extended(call, at: place["__extn"])
            } else {
                var fields: [(name: String, value: Expression)] = []
                for member in members {
                    fields.append((member.key, try value(member.value, at: place[member.key])))
                }
                node = .record(fields)
            }
        case .null, .double: throw place.error("expected a value of Cedar, found \(json.kind)")
        }
        let expression = make(node)
        guard expression.height <= Limits.depth else {
            throw place.error("nested deeper than \(Limits.depth) levels")
        }
        return expression
    }

    /// `{"fn": "ip", "arg": "10.0.0.1"}`, or with several values in `args`.
    private mutating func extended(
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> Expression.Node {
        let name = try json.member("fn", at: place).string(at: place["fn"])
        guard let function = Function(rawValue: name), !function.isCore else {
            throw place["fn"].error("expected the name of an extension's function")
        }
        if let argument = json["arg"] {
            return .call(function, [try value(argument, at: place["arg"])])
        }
        var arguments: [Expression] = []
        let items = try json.member("args", at: place).array(at: place["args"])
        for (number, item) in items.enumerated() {
            arguments.append(try value(item, at: place["args"][number]))
        }
        guard function.isConstructor || !arguments.isEmpty else {
            throw place.error("expected what `\(name)` is called on")
        }
        return .call(function, arguments)
    }
}
