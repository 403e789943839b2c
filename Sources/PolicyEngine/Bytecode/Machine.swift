/// Runs the bytecode of policies for one request.
///
/// Nothing is allocated unless a policy puts a set, a record or an address together.
struct Machine {
    let request: ResolvedRequest
    private let program: Program

    init(_ request: ResolvedRequest) {
        self.request = request
        program = request.program
    }

    /// Whether the policy of this number applies.
    func applies(
        _ policy: Int,
        _ stack: UnsafeMutableBufferPointer<PlainValue>,
        _ memory: inout PlainMemory
    ) throws(EvaluationFailure) -> Bool {
        // The compiler has counted how high the stack grows, so every access is within it.
        var stack = Stack(values: stack)
        var next = Int(program.starts[policy])
        while true {
            let instruction = program.code[next]
            next += 1
            switch instruction {
            case .holds: return true
            case .fails: return false
            case .require(let expected):
                if try boolean(stack.pop()) != expected { return false }
            case .requirePrincipal(let number):
                if request.principal != number { return false }
            case .requireResource(let number):
                if request.resource != number { return false }
            case .requirePrincipalIn(let number):
                if !request.isIn(request.principal, number) { return false }
            case .requireResourceIn(let number):
                if !request.isIn(request.resource, number) { return false }
            case .jump(let condition, let place):
                if try boolean(stack.top) == condition {
                    next = Int(place)
                } else {
                    stack.drop(1)
                }
            case .branch(let place):
                if try !boolean(stack.pop()) { next = Int(place) }
            case .go(let place): next = Int(place)
            case .constant(let place): stack.push(program.constants[Int(place)])
            case .principal: stack.push(PlainValue(.entity, name: request.principal))
            case .action: stack.push(PlainValue(.entity, name: request.action))
            case .resource: stack.push(PlainValue(.entity, name: request.resource))
            case .context: stack.push(request.context)
            case .principalAttribute(let name):
                stack.push(try attribute(name, of: request.principal, memory))
            case .resourceAttribute(let name):
                stack.push(try attribute(name, of: request.resource, memory))
            case .contextAttribute(let name):
                guard let value = memory.field(name, of: request.context.run) else {
                    throw .noAttribute(request.text(name))
                }
                stack.push(value)
            case .attribute(let name): stack.top = try attribute(name, of: stack.top, memory)
            case .equal:
                let right = stack.pop()
                stack.top = PlainValue(memory.areEqual(stack.top, right))
            case .unequal:
                let right = stack.pop()
                stack.top = PlainValue(!memory.areEqual(stack.top, right))
            case .isInEntity(let number):
                stack.top = PlainValue(request.isIn(stack.top.nameNumber, number))
            case .isIn:
                let right = stack.pop()
                stack.top = PlainValue(try isIn(stack.top.nameNumber, right, memory))
            case .not: stack.top = PlainValue(try !boolean(stack.top))
            case .check(let kind): try check(stack.top, kind)
            default: try compute(instruction, &stack, &memory)
            }
        }
    }

    /// The instructions that are rarer than others, or do more.
    private func compute(
        _ instruction: Instruction,
        _ stack: inout Stack,
        _ memory: inout PlainMemory
    ) throws(EvaluationFailure) {
        switch instruction {
        case .negate:
            try check(stack.top, .long)
            stack.top = PlainValue(.long, try Scalars.negate(stack.top.number))
        case .arithmetic(let sign):
            let right = stack.pop()
            try check(right, .long)
            let result = try Scalars.arithmetic(sign, stack.top.number, right.number)
            stack.top = PlainValue(.long, result)
        case .order(let sign):
            let right = stack.pop()
            stack.top = PlainValue(try order(sign, stack.top, right))
        case .isType(let type):
            try check(stack.top, .entity)
            stack.top = PlainValue(request.type(stack.top.nameNumber) == type)
        case .has(let path): stack.top = PlainValue(try has(names(at: path), in: stack.top, memory))
        case .like(let place):
            try check(stack.top, .string)
            let text = request.text(stack.top.nameNumber)
            stack.top = PlainValue(program.patterns[Int(place)].matches(text))
        case .set(let count):
            let start = memory.decision.count
            memory.decision += stack.drop(Int(count))
            stack.push(memory.makeSet(.decision, start: start, count: Int(count)))
        case .record(let place):
            let names = names(at: place)
            let start = memory.decision.count
            for (name, value) in zip(names, stack.drop(names.count)) {
                memory.decision.append(value.named(name))
            }
            stack.push(memory.makeRecord(.decision, start: start, count: names.count))
        case .call(let function): try call(function, &stack, &memory)
        case .refuse(let function, let arguments): throw .arity(function, Int(arguments))
        default: preconditionFailure("`\(instruction)` is run where it is read")
        }
    }

    // MARK: Operators

    @inline(__always)
    private func boolean(_ value: PlainValue) throws(EvaluationFailure) -> Bool {
        guard value.kind == .bool else { throw .type(expected: "bool", found: value.kind) }
        return value.isTrue
    }

    @inline(__always)
    func check(_ value: PlainValue, _ kind: Value.Kind) throws(EvaluationFailure) {
        guard value.kind == kind else { throw .type(expected: kind.name, found: value.kind) }
    }

    private func order(
        _ sign: Comparison,
        _ left: PlainValue,
        _ right: PlainValue
    ) throws(EvaluationFailure) -> Bool {
        switch (left.kind, right.kind) {
        case (.long, .long), (.datetime, .datetime), (.duration, .duration):
            return Scalars.order(sign, left.number, right.number)
        default: throw .operands(sign, left.kind, right.kind)
        }
    }

    /// `in` an entity, or any of a set of entities; every member has to be one.
    private func isIn(
        _ number: UInt32,
        _ right: PlainValue,
        _ memory: borrowing PlainMemory
    ) throws(EvaluationFailure) -> Bool {
        switch right.kind {
        case .entity: return request.isIn(number, right.nameNumber)
        case .set:
            let run = right.run
            var found = false
            for index in run.start..<(run.start + run.count) {
                let member = memory.cell(run.region, index)
                guard member.kind == .entity else {
                    throw .type(expected: "set of entities", found: member.kind)
                }
                found = found || request.isIn(number, member.nameNumber)
            }
            return found
        default: throw .type(expected: "entity or set of entities", found: right.kind)
        }
    }

    private func has(
        _ path: ArraySlice<UInt32>,
        in start: PlainValue,
        _ memory: borrowing PlainMemory
    ) throws(EvaluationFailure) -> Bool {
        var value = start
        for name in path {
            let next: PlainValue?
            switch value.kind {
            case .record: next = memory.field(name, of: value.run)
            case .entity:
                guard let entity = request.entity(value.nameNumber) else { return false }
                next = memory.field(name, of: entity.attributes.run)
            default: throw .type(expected: "record or entity", found: value.kind)
            }
            guard let next else { return false }
            value = next
        }
        return true
    }

    private func names(at place: UInt32) -> ArraySlice<UInt32> {
        let first = Int(place) + 1
        return program.lists[first..<(first + Int(program.lists[Int(place)]))]
    }

    private func attribute(
        _ name: UInt32,
        of object: PlainValue,
        _ memory: borrowing PlainMemory
    ) throws(EvaluationFailure) -> PlainValue {
        switch object.kind {
        case .entity: return try attribute(name, of: object.nameNumber, memory)
        case .record:
            guard let value = memory.field(name, of: object.run) else {
                throw .noAttribute(request.text(name))
            }
            return value
        default: throw .type(expected: "record or entity", found: object.kind)
        }
    }

    private func attribute(
        _ name: UInt32,
        of number: UInt32,
        _ memory: borrowing PlainMemory
    ) throws(EvaluationFailure) -> PlainValue {
        guard let entity = request.entity(number) else { throw .noEntity(request.uid(number)) }
        guard let value = memory.field(name, of: entity.attributes.run) else {
            throw .noAttribute(request.text(name))
        }
        return value
    }
}

/// The values that a policy has computed and not yet used, the newest on top.
struct Stack {
    private let values: UnsafeMutableBufferPointer<PlainValue>
    private var count = 0

    init(values: UnsafeMutableBufferPointer<PlainValue>) {
        self.values = values
    }

    @inline(__always)
    var top: PlainValue {
        get { values[count - 1] }
        nonmutating set { values[count - 1] = newValue }
    }

    @inline(__always)
    mutating func push(_ value: PlainValue) {
        values[count] = value
        count += 1
    }

    @inline(__always)
    mutating func pop() -> PlainValue {
        count -= 1
        return values[count]
    }

    /// Takes so many values, which stay readable until the next one is pushed.
    @inline(__always) @discardableResult
    mutating func drop(_ number: Int) -> Slice<UnsafeMutableBufferPointer<PlainValue>> {
        count -= number
        return values[count..<(count + number)]
    }
}
