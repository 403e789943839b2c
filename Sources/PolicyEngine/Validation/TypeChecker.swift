/// Gives every expression of a policy its type, for one combination of principal type, action and
/// resource type (Cedar's Lean specification, Validation/Typechecker).
struct TypeChecker {
    let schema: Schema
    let mode: ValidationMode
    let policy: Policy
    let principal: String
    let action: Schema.Action
    let resource: String
    var findings: [Finding] = []

    /// What holds after an expression was true: attributes and tags that are known to be there.
    typealias Capabilities = Set<Capability>

    /// An attribute or a tag, by its UTF-8: texts that are canonically equal stay apart.
    struct Capability: Hashable {
        let object: [UInt8]
        let name: [UInt8]
        let isTag: Bool

        init(attribute name: String, of object: Expression) {
            self.object = Array(object.description.utf8)
            self.name = Array(name.utf8)
            isTag = false
        }

        init(tag: Expression, of object: Expression) {
            self.object = Array(object.description.utf8)
            name = Array(tag.description.utf8)
            isTag = true
        }
    }

    /// A type and what holds when the value is `true`; nil after a mistake.
    typealias Result = (type: CedarType, capabilities: Capabilities)?

    init(
        schema: Schema,
        mode: ValidationMode,
        policy: Policy,
        principal: String,
        action: Schema.Action,
        resource: String
    ) {
        self.schema = schema
        self.mode = mode
        self.policy = policy
        self.principal = principal
        self.action = action
        self.resource = resource
    }

    /// Checks the conditions in their order; what follows one that is never true is not looked at.
    mutating func check() {
        var known: Capabilities = []
        for condition in policy.conditions {
            guard let result = boolean(condition.body, known) else { return }
            let constant: CedarType = .bool(!condition.isWhen)
            if result.type == constant { return }
            if condition.isWhen { known.formUnion(result.capabilities) }
        }
    }

    mutating func fail(_ message: String, _ place: Expression) -> Result {
        let finding = Finding(
            policy: policy.id,
            message: message,
            location: policy.source.location(at: place.offset)
        )
        if !findings.contains(finding) { findings.append(finding) }
        return nil
    }

    // MARK: Expectations

    mutating func boolean(_ expression: Expression, _ known: Capabilities) -> Result {
        expect(.anyBool, expression, known)
    }

    mutating func expect(
        _ type: CedarType,
        _ expression: Expression,
        _ known: Capabilities
    ) -> Result {
        guard let result = self.type(of: expression, known) else { return nil }
        // Permissive in both modes: an operand may be of a narrower type.
        guard result.type.isSubtype(of: type, .permissive) else {
            return fail("expected \(type), found \(result.type)", expression)
        }
        return result
    }

    mutating func expectSet(_ expression: Expression, _ known: Capabilities) -> CedarType? {
        guard let result = type(of: expression, known) else { return nil }
        switch result.type {
        case .set(let element): return element
        case .never: return .never
        default: return fail("expected a set, found \(result.type)", expression)?.type
        }
    }

    // MARK: Forms

    mutating func type(of expression: Expression, _ known: Capabilities) -> Result {
        switch expression.node {
        case .literal(let value): return literal(value)
        case .variable(let variable): return (type(of: variable), [])
        case .and(let operands): return conjunction(operands, known)
        case .or(let operands): return disjunction(operands, known)
        case .not(let operand):
            guard let result = boolean(operand, known) else { return nil }
            guard case .bool(let value?) = result.type else { return (.anyBool, []) }
            return (.bool(!value), [])
        case .negate(let operand): return expect(.long, operand, known).map { _ in (.long, []) }
        case .comparison(let sign, let left, let right):
            return comparison(sign, left, right, expression, known)
        case .arithmetic(_, let left, let right):
            let (one, two) = (expect(.long, left, known), expect(.long, right, known))
            return one == nil || two == nil ? nil : (.long, [])
        case .isIn(let left, let right): return isIn(left, right, known)
        case .isType(let operand, let type): return isType(operand, type, known)
        case .has(let operand, let path): return has(path[...], operand, expression, known)
        case .attribute(let object, let name): return attribute(name, of: object, expression, known)
        case .like(let operand, _):
            return expect(.string, operand, known).map { _ in (.anyBool, []) }
        case .conditional(let condition, let positive, let negative):
            return conditional(condition, positive, negative, expression, known)
        case .set(let members): return set(members, expression, known)
        case .record(let fields): return record(fields, known)
        case .call(let function, let arguments):
            return call(function, arguments, expression, known)
        }
    }

    private func literal(_ value: Value) -> Result {
        switch value {
        case .bool(let value): return (.bool(value), [])
        case .long: return (.long, [])
        case .string: return (.string, [])
        case .entity(let uid):
            let isKnown =
                uid.isAction
                ? schema.actions[uid] != nil : schema.entityTypes[uid.type] != nil
            // An unknown one is reported by name once, and not for each combination.
            return isKnown ? (.oneEntity(uid.type), []) : nil
        case .set, .record, .decimal, .ipaddr, .datetime, .duration:
            preconditionFailure("no literal of a policy has this type")
        }
    }

    private func type(of variable: Variable) -> CedarType {
        switch variable {
        case .principal: .oneEntity(principal)
        case .action: .oneEntity(action.uid.type)
        case .resource: .oneEntity(resource)
        case .context: .record(action.context, isOpen: false)
        }
    }

    private mutating func conjunction(_ operands: [Expression], _ known: Capabilities) -> Result {
        guard var result = boolean(operands[0], known) else { return nil }
        for operand in operands.dropFirst() {
            // What follows a constant `false` is not checked.
            if result.type == .bool(false) { return result }
            guard let right = boolean(operand, known.union(result.capabilities)) else { return nil }
            switch (result.type, right.type) {
            case (_, .bool(false)): result = (.bool(false), [])
            case (.bool(true), .bool(true)):
                result = (.bool(true), result.capabilities.union(right.capabilities))
            default: result = (.anyBool, result.capabilities.union(right.capabilities))
            }
        }
        return result
    }

    private mutating func disjunction(_ operands: [Expression], _ known: Capabilities) -> Result {
        guard var result = boolean(operands[0], known) else { return nil }
        for operand in operands.dropFirst() {
            if result.type == .bool(true) { return result }
            guard let right = boolean(operand, known) else { return nil }
            switch (result.type, right.type) {
            case (_, .bool(true)): result = (.bool(true), right.capabilities)
            case (_, .bool(false)): break
            case (.bool(false), _): result = right
            default:
                result = (.anyBool, result.capabilities.intersection(right.capabilities))
            }
        }
        return result
    }

    private mutating func conditional(
        _ condition: Expression,
        _ positive: Expression,
        _ negative: Expression,
        _ place: Expression,
        _ known: Capabilities
    ) -> Result {
        guard let test = boolean(condition, known) else { return nil }
        if test.type == .bool(false) { return type(of: negative, known) }
        let one = type(of: positive, known.union(test.capabilities))
            .map { ($0.type, $0.capabilities.union(test.capabilities)) }
        if test.type == .bool(true) { return one }
        guard let two = type(of: negative, known), let one else { return nil }
        guard let joined = CedarType.join(one.0, two.type, mode) else {
            return fail("the branches have the types \(one.0) and \(two.type)", place)
        }
        return (joined, one.1.intersection(two.capabilities))
    }

    private mutating func set(
        _ members: [Expression],
        _ place: Expression,
        _ known: Capabilities
    ) -> Result {
        var types: [CedarType] = []
        for member in members {
            if let result = type(of: member, known) { types.append(result.type) }
        }
        guard types.count == members.count else { return nil }
        guard mode == .permissive || !members.isEmpty else {
            return fail("an empty set has no type", place)
        }
        guard let element = CedarType.join(types, mode) else {
            let names = types.map(\.description).joined(separator: ", ")
            return fail("the members have the types \(names)", place)
        }
        return (.set(element), [])
    }

    private mutating func record(
        _ fields: [(name: String, value: Expression)],
        _ known: Capabilities
    ) -> Result {
        var entries: [AttributeMap.Entry] = []
        for field in fields {
            guard let result = type(of: field.value, known) else { continue }
            entries.append(
                AttributeMap.Entry(name: field.name, type: result.type, isRequired: true)
            )
        }
        return entries.count == fields.count
            ? (.record(AttributeMap(entries), isOpen: false), []) : nil
    }
}
