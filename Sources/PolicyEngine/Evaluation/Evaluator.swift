/// Evaluates expressions by walking their trees: the reference for every faster way.
struct Evaluator {
    let request: Request
    let entities: EntityGraph
    /// Looked up once: most conditions ask the principal and the resource.
    private let principal: EntityNode?
    private let resource: EntityNode?

    init(_ request: Request, _ entities: Entities) {
        self.request = request
        let graph = entities.graph
        self.entities = graph
        principal = graph.node(of: request.principal)
        resource = graph.node(of: request.resource)
    }

    /// Whether the policy applies: its head matches and every condition holds, in order.
    func applies(_ policy: Policy) throws(EvaluationFailure) -> Bool {
        guard matchesHead(of: policy) else { return false }
        for condition in policy.conditions
        where try test(condition.body) != condition.isWhen {
            return false
        }
        return true
    }

    /// Whether principal, action and resource are those of the policy's head.
    func matchesHead(of policy: Policy) -> Bool {
        matchesPrincipalAndAction(of: policy)
            && matches(policy.resource, request.resource, resource)
    }

    /// Whether the parts of the head that do not concern the resource match.
    func matchesPrincipalAndAction(of policy: Policy) -> Bool {
        matches(policy.principal, request.principal, principal) && matches(policy.action)
    }

    private func matches(_ scope: Policy.Scope, _ uid: EntityUID, _ node: EntityNode?) -> Bool {
        func isIn(_ reference: Policy.Reference) -> Bool {
            guard case .entity(let entity) = reference else { return false }
            return uid == entity || node?.hasAncestor(entity) == true
        }
        return switch scope {
        case .any: true
        case .equal(let reference): reference == .entity(uid)
        case .isIn(let reference): isIn(reference)
        case .isType(let type): uid.type.isIdentical(to: type)
        case .isTypeIn(let type, let reference):
            uid.type.isIdentical(to: type) && isIn(reference)
        }
    }

    private func matches(_ scope: Policy.ActionScope) -> Bool {
        switch scope {
        case .any: true
        case .equal(let action): request.action == action
        case .isIn(let action): isIn(request.action, action)
        case .isInAny(let actions): actions.contains { isIn(request.action, $0) }
        }
    }

    /// The value of an expression.
    func evaluate(_ expression: Expression) throws(EvaluationFailure) -> Value {
        switch expression.node {
        case .literal(let value): return value
        case .variable(let variable): return value(of: variable)
        case .and, .or, .not, .comparison, .isIn, .isType, .has, .like:
            return .bool(try test(expression))
        case .negate(let operand):
            return .long(try Scalars.negate(try long(operand)))
        case .arithmetic(let sign, let left, let right):
            return .long(try Scalars.arithmetic(sign, try long(left), try long(right)))
        case .attribute(let object, let name): return try attribute(name, of: object)
        case .conditional(let condition, let positive, let negative):
            return try evaluate(try test(condition) ? positive : negative)
        case .set(let members):
            var values: [Value] = []
            values.reserveCapacity(members.count)
            for member in members { values.append(try evaluate(member)) }
            return .set(ValueSet(values))
        case .record(let fields): return .record(try record(fields))
        case .call(let function, let arguments): return try call(function, arguments)
        }
    }

    /// The value of an expression that has to be a boolean.
    func test(_ expression: Expression) throws(EvaluationFailure) -> Bool {
        switch expression.node {
        case .and(let operands):
            for operand in operands where !(try test(operand)) { return false }
            return true
        case .or(let operands):
            for operand in operands where try test(operand) { return true }
            return false
        case .not(let operand): return !(try test(operand))
        case .comparison(let sign, let left, let right):
            return try Evaluator.compare(sign, try evaluate(left), try evaluate(right))
        case .isIn(let left, let right):
            let uid = try entity(left)
            return try Evaluator.isIn(uid, try evaluate(right)) { isIn(uid, $0) }
        case .isType(let operand, let type):
            return try entity(operand).type.isIdentical(to: type)
        case .has(let operand, let path): return try has(path, in: try evaluate(operand))
        case .like(let operand, let pattern):
            let value = try evaluate(operand)
            guard case .string(let text) = value else {
                throw .type(expected: "string", found: value.kind)
            }
            return pattern.matches(text)
        default:
            let value = try evaluate(expression)
            guard case .bool(let result) = value else {
                throw .type(expected: "bool", found: value.kind)
            }
            return result
        }
    }

    private func value(of variable: Variable) -> Value {
        switch variable {
        case .principal: .entity(request.principal)
        case .action: .entity(request.action)
        case .resource: .entity(request.resource)
        case .context: .record(request.context)
        }
    }

    func entity(_ expression: Expression) throws(EvaluationFailure) -> EntityUID {
        let value = try evaluate(expression)
        guard case .entity(let uid) = value else {
            throw .type(expected: "entity", found: value.kind)
        }
        return uid
    }

    private func long(_ expression: Expression) throws(EvaluationFailure) -> Int64 {
        let value = try evaluate(expression)
        guard case .long(let number) = value else {
            throw .type(expected: "long", found: value.kind)
        }
        return number
    }

    func isIn(_ uid: EntityUID, _ other: EntityUID) -> Bool {
        uid == other || entities.node(of: uid)?.hasAncestor(other) == true
    }

    /// `in` an entity, or any of a set of entities; every member has to be one.
    static func isIn(
        _ uid: EntityUID,
        _ right: Value,
        _ test: (EntityUID) -> Bool
    ) throws(EvaluationFailure) -> Bool {
        switch right {
        case .entity(let other): return test(other)
        case .set(let set):
            var found = false
            for member in set.elements {
                guard case .entity(let other) = member else {
                    throw .type(expected: "set of entities", found: member.kind)
                }
                found = found || test(other)
            }
            return found
        default: throw .type(expected: "entity or set of entities", found: right.kind)
        }
    }

    private func record(
        _ fields: [(name: String, value: Expression)]
    ) throws(EvaluationFailure) -> Record {
        var values: [Record.Field] = []
        values.reserveCapacity(fields.count)
        for field in fields {
            values.append(Record.Field(name: field.name, value: try evaluate(field.value)))
        }
        return Record(distinct: values)
    }

    private func attribute(
        _ name: String,
        of object: Expression
    ) throws(EvaluationFailure) -> Value {
        let node: EntityNode?
        let uid: EntityUID
        switch object.node {
        case .variable(.context):
            guard let value = request.context[name] else { throw .noAttribute(name) }
            return value
        case .variable(.principal): (uid, node) = (request.principal, principal)
        case .variable(.resource): (uid, node) = (request.resource, resource)
        default:
            switch try evaluate(object) {
            case .record(let record):
                guard let value = record[name] else { throw .noAttribute(name) }
                return value
            case .entity(let entity): (uid, node) = (entity, entities.node(of: entity))
            case let other: throw .type(expected: "record or entity", found: other.kind)
            }
        }
        guard let node else { throw .noEntity(uid) }
        guard let value = node.entity.attributes[name] else { throw .noAttribute(name) }
        return value
    }

    private func has(_ path: [String], in start: Value) throws(EvaluationFailure) -> Bool {
        var value = start
        for name in path {
            let next: Value?
            switch value {
            case .record(let record): next = record[name]
            case .entity(let uid): next = entities.node(of: uid)?.entity.attributes[name]
            default: throw .type(expected: "record or entity", found: value.kind)
            }
            guard let next else { return false }
            value = next
        }
        return true
    }
}
