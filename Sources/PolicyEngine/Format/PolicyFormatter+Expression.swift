extension PolicyFormatter {
    mutating func expression() -> Layout {
        guard isAt("if") else { return chain("||") { $0.chain("&&") { $0.relation() } } }
        let start = index
        var parts: [Layout] = []
        for _ in 0..<3 {
            if !parts.isEmpty { parts.append(.line) }
            parts += [take(), .space, .aligned(expression())]
        }
        return .aligned(group(from: start, parts))
    }

    /// Operands of one operator, each on its line when they do not fit in one.
    private mutating func chain(
        _ sign: String,
        _ operand: (inout PolicyFormatter) -> Layout
    ) -> Layout {
        let start = index
        var parts = [operand(&self)]
        guard isAt(sign) else { return parts[0] }
        while isAt(sign) { parts += [.space, take(), .line, operand(&self)] }
        return group(from: start, parts)
    }

    private mutating func relation() -> Layout {
        let start = index
        var parts = [sum()]
        while isAtAny(["==", "!=", "<", "<=", ">", ">=", "in", "like", "has", "is"]) {
            let isName = isAt("has") || isAt("is")
            parts += [.space, take()]
            let right = isName ? name() : sum()
            parts.append(.indented(PolicyFormatter.indent, .sequence([.line, right])))
        }
        return parts.count == 1 ? parts[0] : group(from: start, parts)
    }

    /// What follows `has` or `is`: names joined by `.` or `::`, or a string.
    private mutating func name() -> Layout {
        var parts = [take()]
        while isAt(".") || isAt("::") { parts += [take(), take()] }
        return .sequence(parts)
    }

    private mutating func sum() -> Layout {
        operation(["+", "-"]) { $0.operation(["*"]) { $0.unary() } }
    }

    private mutating func operation(
        _ signs: [String],
        _ operand: (inout PolicyFormatter) -> Layout
    ) -> Layout {
        let start = index
        var parts = [operand(&self)]
        guard isAtAny(signs) else { return parts[0] }
        while isAtAny(signs) {
            parts += [
                .space, take(),
                .indented(PolicyFormatter.indent, .sequence([.line, operand(&self)])),
            ]
        }
        return group(from: start, parts)
    }

    private mutating func unary() -> Layout {
        var parts: [Layout] = []
        while isAt("!") || isAt("-") { parts.append(take()) }
        parts.append(member())
        return .sequence(parts)
    }

    private mutating func member() -> Layout {
        var parts = [primary()]
        while isAt(".") || isAt("[") || isAt("(") {
            if isAt(".") {
                parts += [take(), take()]
            } else {
                parts.append(list(isAt("(") ? ")" : "]"))
            }
        }
        return .sequence(parts)
    }

    private mutating func primary() -> Layout {
        if isAt("(") { return list(")") }
        if isAt("[") { return list("]") }
        if isAt("{") { return list("}") }
        return path()
    }

    /// Items between brackets, aligned behind the opening one when they do not fit in a line.
    mutating func list(_ close: String) -> Layout {
        let start = index
        let open = take()
        var items: [Layout] = []
        while !isAt(close) {
            if !items.isEmpty { items.append(.line) }
            var item = [expression()]
            if isAt(":") { item += [take(), .space, .aligned(expression())] }
            if isAt(",") { item.append(take()) }
            items.append(.sequence(item))
        }
        return group(from: start, [open, .aligned(.sequence(items)), take()])
    }
}
