extension Expression: CustomStringConvertible {
    /// The expression in one line of Cedar, which reads back to the same tree.
    var description: String {
        text(within: .conditional)
    }

    /// How tightly a form binds, from the loosest.
    private enum Binding: Int, Comparable {
        case conditional, or, and, relation, sum, product, unary, member

        static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
    }

    private var binding: Binding {
        switch node {
        case .conditional: .conditional
        case .or: .or
        case .and(let operands): membership != nil && operands.count == 2 ? .relation : .and
        case .comparison, .isIn, .isType, .has, .like: .relation
        case .arithmetic(.times, _, _): .product
        case .arithmetic: .sum
        case .not, .negate: .unary
        // `-1.f()` would be the negation of `1.f()`.
        case .literal(.long(let value)) where value < 0: .unary
        case .literal, .variable, .attribute, .set, .record, .call: .member
        }
    }

    private func text(within outer: Binding) -> String {
        binding < outer ? "(\(bare))" : bare
    }

    private var bare: String {
        switch node {
        case .literal(let value): return value.description
        case .variable(let variable): return variable.rawValue
        case .or(let operands):
            return operands.map { $0.text(within: .and) }.joined(separator: " || ")
        case .and(let operands):
            var parts = operands.map { $0.text(within: .relation) }
            if let (operand, type, group) = membership {
                let text = "\(operand.text(within: .sum)) is \(type) in \(group.text(within: .sum))"
                parts.replaceSubrange(..<2, with: [text])
            }
            return parts.joined(separator: " && ")
        case .not(let operand): return "!\(operand.text(within: .member))"
        case .negate(let operand):
            // `-1` would be a literal, not the negation of one.
            if case .literal(.long) = operand.node { return "-(\(operand.bare))" }
            return "-\(operand.text(within: .member))"
        case .comparison(let sign, let left, let right):
            return "\(left.text(within: .sum)) \(sign.rawValue) \(right.text(within: .sum))"
        case .arithmetic(let sign, let left, let right):
            let inner: Binding = sign == .times ? .unary : .product
            return "\(left.text(within: binding)) \(sign.rawValue) \(right.text(within: inner))"
        case .isIn(let left, let right):
            return "\(left.text(within: .sum)) in \(right.text(within: .sum))"
        case .isType(let operand, let type): return "\(operand.text(within: .sum)) is \(type)"
        case .has(let operand, let path):
            let name =
                path.count == 1 ? Expression.name(path[0]) : path.joined(separator: ".")
            return "\(operand.text(within: .sum)) has \(name)"
        case .like(let operand, let pattern):
            return "\(operand.text(within: .sum)) like \(pattern.quoted)"
        case .attribute(let object, let name):
            let object = object.text(within: .member)
            return Expression.isName(name) ? "\(object).\(name)" : "\(object)[\(name.quoted)]"
        case .conditional(let condition, let positive, let negative):
            return "if \(condition) then \(positive) else \(negative)"
        case .set(let members): return "[\(Expression.list(members))]"
        case .record(let fields):
            let list = fields.map { "\(Expression.name($0.name)): \($0.value)" }
            return "{\(list.joined(separator: ", "))}"
        case .call(let function, let arguments):
            guard !function.isConstructor, let receiver = arguments.first else {
                return "\(function.rawValue)(\(Expression.list(arguments[...])))"
            }
            let rest = Expression.list(arguments.dropFirst())
            return "\(receiver.text(within: .member)).\(function.rawValue)(\(rest))"
        }
    }

    /// `e is T in g`, when the chain begins with it: it is read as `e is T && e in g`, where both `e`
    /// are the same place of the text.
    var membership: (operand: Expression, type: String, group: Expression)? {
        guard case .and(let operands) = node,
            case .isType(let operand, let type) = operands[0].node,
            case .isIn(let same, let group) = operands[1].node, operand.offset == same.offset
        else { return nil }
        return (operand, type, group)
    }

    private static func list(_ expressions: some Sequence<Expression>) -> String {
        expressions.map(\.description).joined(separator: ", ")
    }

    /// A name bare where the grammar lets it be, and quoted elsewhere.
    static func name(_ name: String) -> String {
        isName(name) ? name : name.quoted
    }

    static func isName(_ name: String) -> Bool {
        Lexer.isIdentifier(name) && !TokenReader.reserved.contains(name)
    }
}
