extension PolicyJSONWriter {
    /// An expression; its own recursion is no deeper than the tree, whatever the JSON is.
    mutating func write(_ expression: Expression) {
        switch expression.node {
        case .literal(let value): literal(value)
        case .variable(let variable): form("Var") { $0.out.string(variable.rawValue) }
        case .and(let operands):
            if let membership = expression.membership, operands.count == 2 {
                isType(membership.operand, membership.type, in: membership.group)
            } else {
                chain("&&", operands[...])
            }
        case .or(let operands): chain("||", operands[...])
        case .not(let operand): unary("!", operand)
        case .negate(let operand): unary("neg", operand)
        case .comparison(let sign, let left, let right): binary(sign.rawValue, left, right)
        case .arithmetic(let sign, let left, let right): binary(sign.rawValue, left, right)
        case .isIn(let left, let right): binary("in", left, right)
        case .isType(let operand, let type): isType(operand, type, in: nil)
        case .has(let operand, let path): has(operand, path)
        case .attribute(let object, let name):
            form(".") { writer in writer.fields("left", object) { $0.field("attr", name) } }
        case .like(let operand, let pattern):
            form("like") { writer in
                writer.fields("left", operand) { $0.field("pattern", array: pattern.write) }
            }
        case .conditional(let condition, let positive, let negative):
            form("if-then-else") { writer in
                writer.members([("if", condition), ("then", positive), ("else", negative)])
            }
        case .set(let members): form("Set") { $0.list(members) }
        case .record(let fields):
            // An object has no order: by name, so that one meaning has one form.
            let sorted = fields.sorted { $0.name.precedesByBytes($1.name) }
            form("Record") { writer in writer.members(sorted.map { ($0.name, $0.value) }) }
        case .call(let function, let arguments): call(function, arguments)
        }
    }

    private mutating func isType(_ operand: Expression, _ type: String, in group: Expression?) {
        form("is") { writer in
            writer.out.open(UInt8(ascii: "{"))
            writer.out.key("left")
            writer.write(operand)
            writer.out.field("entity_type", type)
            if let group {
                writer.out.key("in")
                writer.write(group)
            }
            writer.out.close(UInt8(ascii: "}"))
        }
    }

    private mutating func call(_ function: Function, _ arguments: [Expression]) {
        switch function {
        case .isEmpty: unary(function.rawValue, arguments[0])
        case .contains, .containsAll, .containsAny, .hasTag, .getTag:
            binary(function.rawValue, arguments[0], arguments[1])
        default: form(function.rawValue) { $0.list(arguments) }
        }
    }

    private mutating func literal(_ value: Value) {
        form("Value") { writer in
            switch value {
            case .bool(let value): writer.out.bool(value)
            case .long(let value): writer.out.int(value)
            case .string(let value): writer.out.string(value)
            case .entity(let uid):
                writer.out.object { out in
                    out.key("__entity")
                    out.uid(uid)
                }
            case .set, .record, .decimal, .ipaddr, .datetime, .duration:
                preconditionFailure("no literal of a policy has this type")
            }
        }
    }

    // MARK: Shapes

    /// An object of one member, which says the form.
    private mutating func form(_ name: String, _ body: (inout PolicyJSONWriter) -> Void) {
        out.open(UInt8(ascii: "{"))
        out.key(escaping: name)
        body(&self)
        out.close(UInt8(ascii: "}"))
    }

    private mutating func members(_ members: [(String, Expression)]) {
        out.open(UInt8(ascii: "{"))
        for (name, expression) in members {
            out.key(escaping: name)
            write(expression)
        }
        out.close(UInt8(ascii: "}"))
    }

    private mutating func fields(
        _ name: String,
        _ expression: Expression,
        _ rest: (inout JSONWriter) -> Void
    ) {
        out.open(UInt8(ascii: "{"))
        out.key(escaping: name)
        write(expression)
        rest(&out)
        out.close(UInt8(ascii: "}"))
    }

    private mutating func list(_ expressions: [Expression]) {
        out.open(UInt8(ascii: "["))
        for expression in expressions { write(expression) }
        out.close(UInt8(ascii: "]"))
    }

    private mutating func unary(_ name: String, _ operand: Expression) {
        form(name) { $0.members([("arg", operand)]) }
    }

    private mutating func binary(_ name: String, _ left: Expression, _ right: Expression) {
        form(name) { $0.members([("left", left), ("right", right)]) }
    }

    /// A chain nests to the left, as the grammar has it; a long one is a balanced tree of the same
    /// meaning, which readers with a limit on nesting still take.
    private mutating func chain(_ sign: String, _ operands: ArraySlice<Expression>) {
        guard operands.count > 1 else { return write(operands[operands.startIndex]) }
        let pair = Expression(.and(Array(operands.prefix(2))), at: 0)
        if sign == "&&", operands.count == 2, pair.membership != nil { return write(pair) }
        let split =
            operands.count > Limits.jsonChain
            ? operands.startIndex + operands.count / 2 : operands.endIndex - 1
        form(sign) { writer in
            writer.out.open(UInt8(ascii: "{"))
            writer.out.key("left")
            writer.chain(sign, operands[..<split])
            writer.out.key("right")
            writer.chain(sign, operands[split...])
            writer.out.close(UInt8(ascii: "}"))
        }
    }

    /// `e has a.b` is written as what it stands for, `e has a && e.a has b`, which every reader knows;
    /// as a list of names where that would write a large operand again and again.
    private mutating func has(_ operand: Expression, _ path: [String]) {
        guard path.count > 1, operand.isPath else {
            return form("has") { writer in
                writer.fields("left", operand) { out in
                    out.key("attr")
                    if path.count == 1 { out.string(path[0]) } else { out.strings(path) }
                }
            }
        }
        var object = operand
        var steps: [Expression] = []
        for name in path {
            steps.append(Expression(.has(object, [name]), at: operand.offset))
            object = Expression(.attribute(object, name), at: operand.offset)
        }
        chain("&&", steps[...])
    }
}

extension Expression {
    /// Whether it is a variable or an entity, or an attribute of one.
    fileprivate var isPath: Bool {
        switch node {
        case .variable, .literal(.entity): true
        case .attribute(let object, _): object.isPath
        default: false
        }
    }
}

extension Pattern {
    fileprivate func write(to out: inout JSONWriter) {
        for element in elements {
            switch element {
            case .wildcard: out.string("Wildcard")
            case .scalar(let scalar):
                out.object { $0.field("Literal", String(Character(scalar))) }
            }
        }
    }
}
