extension TypeChecker {
    mutating func call(
        _ function: Function,
        _ arguments: [Expression],
        _ place: Expression,
        _ known: Capabilities
    ) -> Result {
        switch function {
        case .contains:
            let element = expectSet(arguments[0], known)
            guard let element, let member = type(of: arguments[1], known)?.type else { return nil }
            return comparable(element, member, place)
        case .containsAll, .containsAny:
            let (one, two) = (expectSet(arguments[0], known), expectSet(arguments[1], known))
            guard let one, let two else { return nil }
            return comparable(.set(one), .set(two), place)
        case .isEmpty: return expectSet(arguments[0], known).map { _ in (.anyBool, []) }
        case .hasTag, .getTag: return tag(function, arguments[0], arguments[1], place, known)
        default: return extended(function, arguments, place, known)
        }
    }

    private mutating func comparable(
        _ one: CedarType,
        _ two: CedarType,
        _ place: Expression
    ) -> Result {
        guard mode == .permissive || CedarType.join(one, two, mode) != nil else {
            return fail("\(one) and \(two) are never equal", place)
        }
        return (.anyBool, [])
    }

    private mutating func tag(
        _ function: Function,
        _ object: Expression,
        _ name: Expression,
        _ place: Expression,
        _ known: Capabilities
    ) -> Result {
        let holder = expect(.anyEntity, object, known)?.type
        let key = expect(.string, name, known)
        guard let holder, key != nil else { return nil }
        let types: [CedarType]
        switch holder {
        case .entity(let names): types = names.compactMap { schema.entityTypes[$0]?.tags }
        case .anyEntity: types = schema.entityTypes.values.compactMap(\.tags)
        default: types = []
        }
        let capability = Capability(tag: name, of: object)
        if function == .hasTag {
            if types.isEmpty { return (.bool(false), []) }
            return (known.contains(capability) ? .bool(true) : .anyBool, [capability])
        }
        guard !types.isEmpty else { return fail("\(holder) has no tags", place) }
        guard known.contains(capability) else {
            return fail("the tag may be absent: ask `hasTag` before it", place)
        }
        guard let type = CedarType.join(types, mode) else {
            return fail("the tags have different types", place)
        }
        return (type, [])
    }

    private mutating func extended(
        _ function: Function,
        _ arguments: [Expression],
        _ place: Expression,
        _ known: Capabilities
    ) -> Result {
        let signature = TypeChecker.signature(of: function)
        guard arguments.count == signature.arguments.count else {
            return fail(
                "`\(function)` takes \(signature.arguments.count) arguments, not "
                    + "\(arguments.count)",
                place
            )
        }
        if function.isConstructor, case .literal(.string) = arguments[0].node {
            if !TypeChecker.reads(function, arguments[0]) {
                return fail("`\(function)` does not read \(arguments[0])", place)
            }
        } else if function.isConstructor, mode == .strict {
            return fail("`\(function)` needs a literal", place)
        }
        var isGood = true
        for (argument, type) in zip(arguments, signature.arguments) {
            isGood = expect(type, argument, known) != nil && isGood
        }
        return isGood ? (signature.result, []) : nil
    }

    private static func reads(_ function: Function, _ argument: Expression) -> Bool {
        guard case .literal(let value) = argument.node else { return false }
        do throws(EvaluationFailure) {
            _ = try Evaluator.apply(function, [value])
            return true
        } catch {
            return false
        }
    }

    private static func signature(
        of function: Function
    ) -> (arguments: [CedarType], result: CedarType) {
        let (decimal, address) = (CedarType.extended(.decimal), CedarType.extended(.ipaddr))
        let (datetime, duration) = (CedarType.extended(.datetime), CedarType.extended(.duration))
        return switch function {
        case .decimal: ([.string], decimal)
        case .ip: ([.string], address)
        case .datetime: ([.string], datetime)
        case .duration: ([.string], duration)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual:
            ([decimal, decimal], .anyBool)
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast: ([address], .anyBool)
        case .isInRange: ([address, address], .anyBool)
        case .offset: ([datetime, duration], datetime)
        case .durationSince: ([datetime, datetime], duration)
        case .toDate: ([datetime], datetime)
        case .toTime: ([datetime], duration)
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: ([duration], .long)
        case .contains, .containsAll, .containsAny, .isEmpty, .hasTag, .getTag:
            preconditionFailure("the core's functions have no fixed types")
        }
    }
}
