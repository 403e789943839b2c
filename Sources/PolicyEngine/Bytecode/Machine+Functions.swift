extension Machine {
    /// Takes the arguments of a function, whose number is right, and leaves its value.
    func call(
        _ function: Function,
        _ stack: inout Stack,
        _ memory: inout PlainMemory
    ) throws(EvaluationFailure) {
        let second = function.arity == 2 ? stack.pop() : PlainValue(false)
        let first = stack.top
        switch function {
        case .contains, .containsAll, .containsAny, .isEmpty:
            stack.top = PlainValue(try examineSet(function, first, second, memory))
        case .hasTag, .getTag: stack.top = try tag(function, of: first, named: second, memory)
        case .decimal, .ip, .datetime, .duration:
            try check(first, .string)
            stack.top = plain(
                try Scalars.construct(function, request.text(first.nameNumber)),
                &memory
            )
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual:
            try check(first, .decimal)
            try check(second, .decimal)
            stack.top = PlainValue(Scalars.compare(function, first.number, second.number))
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast:
            try check(first, .ipaddr)
            stack.top = PlainValue(Scalars.examine(function, memory.address(first.run)))
        case .isInRange:
            try check(first, .ipaddr)
            try check(second, .ipaddr)
            let range = memory.address(second.run)
            stack.top = PlainValue(memory.address(first.run).isInRange(range))
        case .offset, .durationSince, .toDate, .toTime:
            stack.top = try moment(function, first, second)
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays:
            try check(first, .duration)
            stack.top = PlainValue(.long, first.number / Scalars.unit(function))
        }
    }

    private func examineSet(
        _ function: Function,
        _ first: PlainValue,
        _ second: PlainValue,
        _ memory: borrowing PlainMemory
    ) throws(EvaluationFailure) -> Bool {
        try check(first, .set)
        switch function {
        case .contains: return memory.contains(first.run, second)
        case .isEmpty: return first.run.count == 0
        default:
            try check(second, .set)
            let isAll = function == .containsAll
            let inner = second.run
            for index in inner.start..<(inner.start + inner.count)
            where memory.contains(first.run, memory.cell(inner.region, index)) != isAll {
                return !isAll
            }
            return isAll
        }
    }

    private func tag(
        _ function: Function,
        of object: PlainValue,
        named name: PlainValue,
        _ memory: borrowing PlainMemory
    ) throws(EvaluationFailure) -> PlainValue {
        try check(object, .entity)
        try check(name, .string)
        guard let entity = request.entity(object.nameNumber) else {
            if function == .hasTag { return PlainValue(false) }
            throw .noEntity(request.uid(object.nameNumber))
        }
        let value = memory.field(name.nameNumber, of: entity.tags.run)
        if function == .hasTag { return PlainValue(value != nil) }
        guard let value else { throw .noTag(request.text(name.nameNumber)) }
        return value
    }

    private func moment(
        _ function: Function,
        _ first: PlainValue,
        _ second: PlainValue
    ) throws(EvaluationFailure) -> PlainValue {
        try check(first, .datetime)
        let instant = first.number
        switch function {
        case .offset:
            try check(second, .duration)
            return PlainValue(.datetime, try Scalars.offset(instant, second.number))
        case .durationSince:
            try check(second, .datetime)
            return PlainValue(.duration, try Scalars.span(instant, second.number))
        case .toDate: return PlainValue(.datetime, try Scalars.midnight(instant))
        default: return PlainValue(.duration, Scalars.time(instant))
        }
    }

    /// The value that an extension's function made of a text.
    private func plain(_ value: Value, _ memory: inout PlainMemory) -> PlainValue {
        switch value {
        case .decimal(let number): PlainValue(.decimal, number)
        case .datetime(let instant): PlainValue(.datetime, instant)
        case .duration(let span): PlainValue(.duration, span)
        case .ipaddr(let address): memory.makeAddress(address, .decision)
        default: preconditionFailure("no function makes a \(value.kind.name) of a text")
        }
    }
}
