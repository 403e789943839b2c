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
        default: throw .operands(sign, left, right)
        }
        return switch sign {
        case .less: numbers.0 < numbers.1
        case .lessOrEqual: numbers.0 <= numbers.1
        case .greater: numbers.0 > numbers.1
        case .greaterOrEqual, .equal, .unequal: numbers.0 >= numbers.1
        }
    }

    func arithmetic(
        _ sign: Arithmetic,
        _ left: Int64,
        _ right: Int64
    ) throws(EvaluationFailure) -> Int64 {
        let (value, overflow) =
            switch sign {
            case .plus: left.addingReportingOverflow(right)
            case .minus: left.subtractingReportingOverflow(right)
            case .times: left.multipliedReportingOverflow(by: right)
            }
        guard !overflow else {
            throw .overflow(sign == .plus ? "+" : sign == .minus ? "-" : "*")
        }
        return value
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
        guard case .entity(let uid) = object else { throw .type(expected: "entity", found: object) }
        guard case .string(let name) = name else { throw .type(expected: "string", found: name) }
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
        case .decimal, .ip, .datetime, .duration: return try construct(function, values[0])
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual:
            return .bool(try compareDecimals(function, values[0], values[1]))
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast:
            return .bool(try examine(function, try address(values[0])))
        case .isInRange: return .bool(try address(values[0]).isInRange(try address(values[1])))
        case .offset, .durationSince, .toDate, .toTime:
            return try calculate(function, values)
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays:
            return try .long(duration(values[0]) / unit(function))
        }
    }

    private static func set(_ value: Value) throws(EvaluationFailure) -> ValueSet {
        guard case .set(let set) = value else { throw .type(expected: "set", found: value) }
        return set
    }

    private static func address(_ value: Value) throws(EvaluationFailure) -> IPAddress {
        guard case .ipaddr(let address) = value else {
            throw .type(expected: "ipaddr", found: value)
        }
        return address
    }

    private static func decimal(_ value: Value) throws(EvaluationFailure) -> Int64 {
        guard case .decimal(let number) = value else {
            throw .type(expected: "decimal", found: value)
        }
        return number
    }

    private static func datetime(_ value: Value) throws(EvaluationFailure) -> Int64 {
        guard case .datetime(let instant) = value else {
            throw .type(expected: "datetime", found: value)
        }
        return instant
    }

    private static func duration(_ value: Value) throws(EvaluationFailure) -> Int64 {
        guard case .duration(let span) = value else {
            throw .type(expected: "duration", found: value)
        }
        return span
    }

    private static func construct(
        _ function: Function,
        _ value: Value
    ) throws(EvaluationFailure) -> Value {
        guard case .string(let text) = value else { throw .type(expected: "string", found: value) }
        let result: Value? =
            switch function {
            case .decimal: Value.parseDecimal(text).map { .decimal(tenThousandths: $0) }
            case .ip: IPAddress(text).map { .ipaddr($0) }
            case .datetime: Value.parseDatetime(text).map { .datetime(milliseconds: $0) }
            default: Value.parseDuration(text).map { .duration(milliseconds: $0) }
            }
        guard let result else { throw .text(function, text) }
        return result
    }

    private static func compareDecimals(
        _ function: Function,
        _ left: Value,
        _ right: Value
    ) throws(EvaluationFailure) -> Bool {
        let (left, right) = (try decimal(left), try decimal(right))
        return switch function {
        case .lessThan: left < right
        case .lessThanOrEqual: left <= right
        case .greaterThan: left > right
        default: left >= right
        }
    }

    private static func examine(
        _ function: Function,
        _ address: IPAddress
    ) throws(EvaluationFailure) -> Bool {
        switch function {
        case .isIpv4: !address.isIPv6
        case .isIpv6: address.isIPv6
        case .isLoopback: address.isLoopback
        default: address.isMulticast
        }
    }

    private static func calculate(
        _ function: Function,
        _ values: [Value]
    ) throws(EvaluationFailure) -> Value {
        let instant = try datetime(values[0])
        let day: Int64 = 86_400_000
        // Days begin at midnight before 1970 as well: the remainder is never negative.
        let timeOfDay = (instant % day + day) % day
        switch function {
        case .offset:
            let (sum, overflow) = instant.addingReportingOverflow(try duration(values[1]))
            guard !overflow else { throw .overflow("offset") }
            return .datetime(milliseconds: sum)
        case .durationSince:
            let (span, overflow) = instant.subtractingReportingOverflow(try datetime(values[1]))
            guard !overflow else { throw .overflow("durationSince") }
            return .duration(milliseconds: span)
        case .toDate:
            let (date, overflow) = instant.subtractingReportingOverflow(timeOfDay)
            guard !overflow else { throw .overflow("toDate") }
            return .datetime(milliseconds: date)
        default: return .duration(milliseconds: timeOfDay)
        }
    }

    private static func unit(_ function: Function) -> Int64 {
        switch function {
        case .toSeconds: 1_000
        case .toMinutes: 60_000
        case .toHours: 3_600_000
        case .toDays: 86_400_000
        default: 1
        }
    }
}
