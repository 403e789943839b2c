/// Turns policies into instructions, once for a set.
struct Compiler {
    private(set) var code: [Instruction] = []
    private(set) var constants: [PlainValue] = []
    private(set) var patterns: [Pattern] = []
    /// Names one after the other, each list with its length before it.
    private(set) var lists: [UInt32] = []
    private(set) var translator = Translator(names: NameTable(), memory: PlainMemory())
    /// The most values on the stack at once.
    private(set) var stackDepth = 0
    private var depth = 0

    /// Appends the instructions of a policy and gives the place of the first.
    ///
    /// What an index says already is not asked again: the action, and the types of principal and
    /// resource.
    mutating func compile(_ policy: Policy) -> Int {
        let start = code.count
        depth = 0
        emit(
            policy.principal,
            equal: Instruction.requirePrincipal,
            isIn: Instruction.requirePrincipalIn
        )
        emit(
            policy.resource,
            equal: Instruction.requireResource,
            isIn: Instruction.requireResourceIn
        )
        for condition in policy.conditions { require(condition.body, condition.isWhen) }
        code.append(.holds)
        return start
    }

    mutating func number(of uid: EntityUID) -> UInt32 { translator.number(of: uid) }

    mutating func number(of text: String) -> UInt32 { translator.number(of: text) }

    private mutating func emit(
        _ scope: Policy.Scope,
        equal: (UInt32) -> Instruction,
        isIn: (UInt32) -> Instruction
    ) {
        switch scope {
        case .any, .isType: break
        case .equal(.entity(let uid)): code.append(equal(number(of: uid)))
        case .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)):
            code.append(isIn(number(of: uid)))
        case .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): code.append(.fails)
        }
    }

    /// The policy does not apply unless the expression has this truth.
    private mutating func require(_ expression: Expression, _ expected: Bool) {
        switch expression.node {
        case .literal(.bool(let value)):
            if value != expected { code.append(.fails) }
        case .and(let operands) where expected:
            for operand in operands { require(operand, true) }
        case .or(let operands) where !expected:
            for operand in operands { require(operand, false) }
        case .not(let operand): require(operand, !expected)
        default:
            value(expression)
            // The instruction itself fails for what is no boolean.
            take(1, .require(expected))
        }
    }

    // MARK: Expressions

    /// Leaves the value of the expression on the stack.
    private mutating func value(_ expression: Expression) {
        if let constant = Compiler.constant(expression) {
            constants.append(translator.plain(constant))
            return push(.constant(UInt32(constants.count - 1)))
        }
        switch expression.node {
        case .literal(let value):
            preconditionFailure("the literal `\(value)` is a constant")
        case .variable(let variable): push(variable.instruction)
        case .and(let operands): chain(operands, stop: false)
        case .or(let operands): chain(operands, stop: true)
        case .not(let operand): apply(.not, operand)
        case .negate(let operand): apply(.negate, operand)
        case .comparison(let sign, let left, let right):
            value(left)
            value(right)
            take(1, sign.instruction)
        case .arithmetic(let sign, let left, let right):
            value(left, checked: .long)
            value(right)
            take(1, .arithmetic(sign))
        case .isIn(let left, let right):
            value(left, checked: .entity)
            if case .literal(.entity(let uid)) = right.node {
                code.append(.isInEntity(number(of: uid)))
            } else {
                value(right)
                take(1, .isIn)
            }
        case .isType(let operand, let type): apply(.isType(number(of: type)), operand)
        case .has(let operand, let path): apply(.has(list(path)), operand)
        case .attribute(let object, let name): attribute(number(of: name), of: object)
        case .like(let operand, let pattern):
            patterns.append(pattern)
            apply(.like(UInt32(patterns.count - 1)), operand)
        case .conditional(let condition, let positive, let negative):
            choice(condition, positive, negative)
        case .set(let members):
            for member in members { value(member) }
            take(members.count - 1, .set(UInt32(members.count)))
        case .record(let fields):
            for field in fields { value(field.value) }
            take(fields.count - 1, .record(list(fields.map(\.name))))
        case .call(let function, let arguments): call(function, arguments)
        }
    }

    private mutating func value(_ expression: Expression, checked kind: Value.Kind) {
        value(expression)
        if expression.kind != kind { code.append(.check(kind)) }
    }

    private mutating func apply(_ instruction: Instruction, _ operand: Expression) {
        value(operand)
        code.append(instruction)
    }

    private mutating func attribute(_ name: UInt32, of object: Expression) {
        switch object.node {
        case .variable(.principal): push(.principalAttribute(name))
        case .variable(.resource): push(.resourceAttribute(name))
        case .variable(.context): push(.contextAttribute(name))
        default: apply(.attribute(name), object)
        }
    }

    private mutating func chain(_ operands: [Expression], stop: Bool) {
        var jumps: [Int] = []
        for operand in operands.dropLast() {
            value(operand)
            jumps.append(code.count)
            take(1, .jump(if: stop, to: 0))
        }
        if let last = operands.last { value(last, checked: .bool) }
        for jump in jumps { code[jump] = .jump(if: stop, to: UInt32(code.count)) }
    }

    private mutating func choice(
        _ condition: Expression,
        _ positive: Expression,
        _ negative: Expression
    ) {
        value(condition)
        let branch = code.count
        take(1, .branch(0))
        value(positive)
        let end = code.count
        // Only one of the two values is ever there.
        take(1, .go(0))
        code[branch] = .branch(UInt32(code.count))
        value(negative)
        code[end] = .go(UInt32(code.count))
    }

    private mutating func call(_ function: Function, _ arguments: [Expression]) {
        for argument in arguments { value(argument) }
        let isRight = arguments.count == function.arity
        take(
            arguments.count - 1,
            isRight
                ? .call(function)
                : .refuse(function, arguments: UInt16(clamping: arguments.count))
        )
    }

    // MARK: The stack

    private mutating func push(_ instruction: Instruction) {
        code.append(instruction)
        grow(1)
    }

    /// An instruction that leaves so many values fewer than it found.
    private mutating func take(_ count: Int, _ instruction: Instruction) {
        code.append(instruction)
        grow(-count)
    }

    private mutating func grow(_ count: Int) {
        depth += count
        stackDepth = max(stackDepth, depth)
    }

    private mutating func list(_ names: [String]) -> UInt32 {
        let numbers = names.map { number(of: $0) }
        lists.append(UInt32(numbers.count))
        lists += numbers
        return UInt32(lists.count - numbers.count - 1)
    }

    /// The value of an expression that is the same for every request, unless it has none.
    private static func constant(_ expression: Expression) -> Value? {
        func all(_ parts: [Expression]) -> [Value]? {
            var values: [Value] = []
            for part in parts {
                guard let value = constant(part) else { return nil }
                values.append(value)
            }
            return values
        }
        switch expression.node {
        case .literal(let value): return value
        case .set(let members): return all(members).map { .set(ValueSet($0)) }
        case .record(let fields):
            return all(fields.map(\.value)).map { values in
                .record(
                    Record(
                        distinct: zip(fields, values).map { Record.Field(name: $0.name, value: $1) }
                    )
                )
            }
        case .call(.hasTag, _), .call(.getTag, _): return nil
        case .call(let function, let arguments):
            guard let values = all(arguments) else { return nil }
            do throws(EvaluationFailure) {
                return try Evaluator.apply(function, values)
            } catch {
                // It fails when it is reached, and only then.
                return nil
            }
        default: return nil
        }
    }
}

extension Variable {
    fileprivate var instruction: Instruction {
        switch self {
        case .principal: .principal
        case .action: .action
        case .resource: .resource
        case .context: .context
        }
    }
}

extension Comparison {
    fileprivate var instruction: Instruction {
        switch self {
        case .equal: .equal
        case .unequal: .unequal
        case .less, .lessOrEqual, .greater, .greaterOrEqual: .order(self)
        }
    }
}

extension Expression {
    /// The type of the value, where the form of the expression alone says it.
    fileprivate var kind: Value.Kind? {
        switch node {
        case .literal(let value): value.kind
        case .variable(.context), .record: .record
        case .variable: .entity
        case .and, .or, .not, .comparison, .isIn, .isType, .has, .like: .bool
        case .negate, .arithmetic: .long
        case .set: .set
        case .attribute, .conditional, .call: nil
        }
    }
}
