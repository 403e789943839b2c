/// How a policy is checked against a schema.
public enum ValidationMode: String, Hashable, Sendable, CaseIterable {
    /// Compared values have one type, sets are not empty, constructors have literals: the mode in
    /// which policies can be analysed.
    case strict
    /// Whatever cannot err by its types.
    case permissive
}

/// A mistake that validation found in a policy.
public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// The policy's id.
    public let policy: String
    /// What is wrong, in one line.
    public let message: String
    /// Where it is.
    public let location: SourceLocation

    /// A mistake in a whole policy, which lies where the policy begins.
    public init(in policy: Policy, _ message: String) {
        self.init(policy: policy.id, message: message, location: policy.location)
    }

    init(policy: String, message: String, location: SourceLocation) {
        self.policy = policy
        self.message = message
        self.location = location
    }

    /// The location, the policy and the message.
    public var description: String {
        "\(location): policy `\(policy)`: \(message)"
    }

    /// The finding, the line of the text and a caret under the place.
    public var excerpt: String {
        PolicyError("policy `\(policy)`: \(message)", at: location).excerpt
    }
}

/// Checks policies against a schema.
public struct Validator: Sendable {
    /// What they are checked against.
    public let schema: Schema

    /// Takes the schema.
    public init(_ schema: Schema) {
        self.schema = schema
    }

    /// All mistakes in the policies and templates of a set; none means that it is valid, and that
    /// no valid request can make a policy err but by overflow or a missing entity.
    ///
    /// Complexity: O(policies × principal types × actions × resource types), each distinct finding
    /// once.
    public func validate(_ policies: PolicySet, mode: ValidationMode = .strict) -> [Finding] {
        (policies.policies + policies.templates).flatMap { validate($0, mode: mode) }
    }

    func validate(_ policy: Policy, mode: ValidationMode) -> [Finding] {
        var findings = names(in: policy)
        for (principal, action, resource) in environments(of: policy) {
            var checker = TypeChecker(
                schema: schema,
                mode: mode,
                policy: policy,
                principal: principal,
                action: action,
                resource: resource
            )
            checker.check()
            for finding in checker.findings where !findings.contains(finding) {
                findings.append(finding)
            }
        }
        return findings
    }

    /// The combinations of types that a policy can meet, those its head rules out left aside.
    private func environments(
        of policy: Policy
    ) -> [(principal: String, action: Schema.Action, resource: String)] {
        var environments: [(principal: String, action: Schema.Action, resource: String)] = []
        for action in schema.actionOrder.compactMap({ schema.actions[$0] })
        where schema.allows(policy.action, action) {
            for principal in action.principals where schema.allows(policy.principal, principal) {
                for resource in action.resources where schema.allows(policy.resource, resource) {
                    environments.append((principal, action, resource))
                }
            }
        }
        return environments
    }

    // MARK: Names

    /// Unknown entity types and actions, ids that an enumerated type does not have, and a head that
    /// fits no action.
    private func names(in policy: Policy) -> [Finding] {
        var findings: [Finding] = []
        func add(_ message: String, _ offset: Int) {
            let finding = Finding(
                policy: policy.id,
                message: message,
                location: policy.source.location(at: offset)
            )
            if !findings.contains(finding) { findings.append(finding) }
        }
        func check(type: String, _ offset: Int) {
            if schema.entityTypes[type] == nil, !schema.isActionType(type) {
                add("unknown entity type `\(type)`", offset)
            }
        }
        func check(_ uid: EntityUID, _ offset: Int) {
            if uid.isAction {
                if schema.actions[uid] == nil { add("unknown action `\(uid)`", offset) }
            } else if let type = schema.entityTypes[uid.type] {
                if !type.allows(uid.id) {
                    add("`\(uid)` is not one of its type's entities", offset)
                }
            } else {
                check(type: uid.type, offset)
            }
        }
        for uid in policy.headEntities { check(uid, policy.offset) }
        for type in policy.headTypes { check(type: type, policy.offset) }
        for condition in policy.conditions {
            condition.body.visit { expression in
                switch expression.node {
                case .literal(.entity(let uid)): check(uid, expression.offset)
                case .isType(_, let type): check(type: type, expression.offset)
                default: break
                }
            }
        }
        if !hasApplicableAction(policy) {
            add("no action applies to this principal and this resource", policy.offset)
        }
        return findings
    }

    private func hasApplicableAction(_ policy: Policy) -> Bool {
        schema.actions.values.contains { action in
            schema.allows(policy.action, action)
                && action.principals.contains { schema.allows(policy.principal, $0) }
                && action.resources.contains { schema.allows(policy.resource, $0) }
        }
    }
}

extension EntityUID {
    /// Whether its type is `Action`, in whatever namespace.
    var isAction: Bool {
        type == "Action" || type.hasSuffix("::Action")
    }
}

extension Policy {
    /// The entities that the head names.
    var headEntities: [EntityUID] {
        var entities: [EntityUID] = []
        for scope in [principal, resource] {
            switch scope {
            case .equal(.entity(let uid)), .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)):
                entities.append(uid)
            case .any, .equal(.slot), .isIn(.slot), .isType, .isTypeIn(_, .slot): break
            }
        }
        switch action {
        case .any: break
        case .equal(let uid), .isIn(let uid): entities.append(uid)
        case .isInAny(let uids): entities += uids
        }
        return entities
    }

    /// The entity types that the head asks for with `is`.
    var headTypes: [String] {
        [principal, resource].compactMap { scope in
            switch scope {
            case .isType(let type), .isTypeIn(let type, _): type
            case .any, .equal, .isIn: nil
            }
        }
    }
}

extension Schema {
    /// Whether an entity of the type can satisfy the scope.
    func allows(_ scope: Policy.Scope, _ type: String) -> Bool {
        switch scope {
        case .any, .equal(.slot), .isIn(.slot): true
        case .equal(.entity(let uid)): uid.type.isIdentical(to: type)
        case .isIn(.entity(let uid)): isDescendant(type, of: uid.type)
        case .isType(let wanted), .isTypeIn(let wanted, .slot): wanted.isIdentical(to: type)
        case .isTypeIn(let wanted, .entity(let uid)):
            wanted.isIdentical(to: type) && isDescendant(type, of: uid.type)
        }
    }

    /// Whether the action satisfies the scope.
    func allows(_ scope: Policy.ActionScope, _ action: Action) -> Bool {
        func isIn(_ uid: EntityUID) -> Bool { action.uid == uid || action.ancestors.contains(uid) }
        return switch scope {
        case .any: true
        case .equal(let uid): action.uid == uid
        case .isIn(let uid): isIn(uid)
        case .isInAny(let uids): uids.contains(where: isIn)
        }
    }

    /// Whether entities of the one type can be in entities of the other; every type is in itself.
    func isDescendant(_ type: String, of other: String) -> Bool {
        if type.isIdentical(to: other) { return true }
        if let ancestor = entityTypes[other] { return ancestor.descendants.contains(type) }
        return actions.values.contains { action in
            action.uid.type.isIdentical(to: type)
                && action.ancestors.contains { $0.type.isIdentical(to: other) }
        }
    }
}

extension Expression {
    /// Calls the body for this and every expression within.
    func visit(_ body: (Expression) -> Void) {
        body(self)
        switch node {
        case .literal, .variable: break
        case .and(let list), .or(let list), .set(let list), .call(_, let list):
            for expression in list { expression.visit(body) }
        case .not(let one), .negate(let one), .isType(let one, _), .has(let one, _),
            .attribute(let one, _), .like(let one, _):
            one.visit(body)
        case .comparison(_, let left, let right), .arithmetic(_, let left, let right),
            .isIn(let left, let right):
            left.visit(body)
            right.visit(body)
        case .conditional(let condition, let positive, let negative):
            for expression in [condition, positive, negative] { expression.visit(body) }
        case .record(let fields): for field in fields { field.value.visit(body) }
        }
    }
}
