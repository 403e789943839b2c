extension Evaluator {
    static func compare(
        _ sign: Comparison,
        _ left: Value,
        _ right: Value
    ) throws(EvaluationFailure) -> Bool {
        switch sign {
        case .equal: return left == right
        case .unequal: return left != right
        case .less, .lessOrEqual, .greater, .greaterOrEqual: break
        }
        let numbers: (Int64, Int64)
        switch (left, right) {
        case (.long(let a), .long(let b)), (.datetime(let a), .datetime(let b)),
            (.duration(let a), .duration(let b)):
            numbers = (a, b)
        default: throw .operands(sign, left.kind, right.kind)
        }
        return Scalars.order(sign, numbers.0, numbers.1)
    }

    /// A function or method on the values of its arguments, from left to right.
    func call(
        _ function: Function,
        _ arguments: [Expression]
    ) throws(EvaluationFailure) -> Value {
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try evaluate(argument)) }
        switch function {
        case .hasTag, .getTag: return try tag(function, of: values[0], named: values[1])
        default: return try Evaluator.apply(function, values)
        }
    }

    private func tag(
        _ function: Function,
        of object: Value,
        named name: Value
    ) throws(EvaluationFailure) -> Value {
        guard case .entity(let uid) = object else {
            throw .type(expected: "entity", found: object.kind)
        }
        guard case .string(let name) = name else {
            throw .type(expected: "string", found: name.kind)
        }
        let node = entities.node(of: uid)
        if function == .hasTag { return .bool(node?.entity.tags[name] != nil) }
        guard let node else { throw .noEntity(uid) }
        guard let value = node.entity.tags[name] else { throw .noTag(name) }
        return value
    }

    /// The functions that look at nothing but their arguments.
    static func apply(_ function: Function, _ values: [Value]) throws(EvaluationFailure) -> Value {
        // The parser lets a wrong number of arguments of an extension's function pass, as Cedar does.
        guard values.count == function.arity else { throw .arity(function, values.count) }
        switch function {
        case .contains: return .bool(try set(values[0]).contains(values[1]))
        case .containsAll:
            let (outer, inner) = (try set(values[0]), try set(values[1]))
            return .bool(inner.elements.allSatisfy(outer.contains))
        case .containsAny:
            let (outer, inner) = (try set(values[0]), try set(values[1]))
            return .bool(inner.elements.contains(where: outer.contains))
        case .isEmpty: return .bool(try set(values[0]).elements.isEmpty)
        case .hasTag, .getTag: preconditionFailure("tags are read from the entities")
        case .decimal, .ip, .datetime, .duration:
            guard case .string(let text) = values[0] else {
                throw .type(expected: "string", found: values[0].kind)
            }
            return try Scalars.construct(function, text)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual:
            return try .bool(Scalars.compare(function, decimal(values[0]), decimal(values[1])))
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast:
            return .bool(Scalars.examine(function, try address(values[0])))
        case .isInRange: return .bool(try address(values[0]).isInRange(try address(values[1])))
        case .offset:
            return .datetime(
                milliseconds: try Scalars.offset(try datetime(values[0]), try duration(values[1]))
            )
        case .durationSince:
            return .duration(
                milliseconds: try Scalars.span(try datetime(values[0]), try datetime(values[1]))
            )
        case .toDate: return .datetime(milliseconds: try Scalars.midnight(try datetime(values[0])))
        case .toTime: return .duration(milliseconds: Scalars.time(try datetime(values[0])))
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays:
            return try .long(duration(values[0]) / Scalars.unit(function))
        }
    }

    private static func set(_ value: Value) throws(EvaluationFailure) -> ValueSet {
        guard case .set(let set) = value else { throw .type(expected: "set", found: value.kind) }
        return set
    }

    private static func address(_ value: Value) throws(EvaluationFailure) -> IPAddress {
        guard case .ipaddr(let address) = value else {
            throw .type(expected: "ipaddr", found: value.kind)
        }
        return address
    }

    private static func decimal(_ value: Value) throws(EvaluationFailure) -> Int64 {
        guard case .decimal(let number) = value else {
            throw .type(expected: "decimal", found: value.kind)
        }
        return number
    }

    private static func datetime(_ value: Value) throws(EvaluationFailure) -> Int64 {
        guard case .datetime(let instant) = value else {
            throw .type(expected: "datetime", found: value.kind)
        }
        return instant
    }

    private static func duration(_ value: Value) throws(EvaluationFailure) -> Int64 {
        guard case .duration(let span) = value else {
            throw .type(expected: "duration", found: value.kind)
        }
        return span
    }
}
