/// Whether policies can be compiled to SQL whatever the principal and the context are.
///
/// It is stricter than the compiler, which needs the values and then looks only at what they leave:
/// what this lets pass, that does not refuse but for its size.
struct FilterChecker {
    let resourceType: String
    let mapping: RowMapping

    /// What an expression can turn out to be for a row.
    private enum Term: Hashable {
        /// A value that the row has no part in.
        case known
        case truth
        case column(RowColumn.Kind)
        case entitySet

        var mayBeBoolean: Bool {
            switch self {
            case .known, .truth, .column(.bool): true
            case .column, .entitySet: false
            }
        }
    }

    func check(_ policy: Policy) throws(PolicyError) {
        if case .entity(let uid)? = policy.resource.reference {
            switch policy.resource {
            case .isIn, .isTypeIn: try ancestors(of: uid, at: policy.location, policy)
            case .any, .equal, .isType: break
            }
        }
        for condition in policy.conditions { try truth(condition.body, policy) }
    }

    /// An expression where a boolean is wanted.
    private func truth(_ expression: Expression, _ policy: Policy) throws(PolicyError) {
        switch expression.node {
        case .and(let operands), .or(let operands):
            for operand in operands { try truth(operand, policy) }
        case .not(let operand): try truth(operand, policy)
        case .conditional(let condition, let positive, let negative):
            for part in [condition, positive, negative] { try truth(part, policy) }
        default: _ = try terms(expression, policy)
        }
    }

    /// What the expression may be: several things when a known condition chooses.
    private func terms(_ expression: Expression, _ policy: Policy) throws(PolicyError) -> Set<Term>
    {
        guard expression.mentionsResource else { return [.known] }
        switch expression.node {
        case .variable: return [.column(.entity(resourceType))]
        case .and, .or, .not: try truth(expression, policy)
        case .conditional(let condition, let positive, let negative):
            try truth(condition, policy)
            let both = try terms(positive, policy).union(try terms(negative, policy))
            guard condition.mentionsResource else { return both }
            guard both != [.known], both.allSatisfy(\.mayBeBoolean) else {
                throw error("which value it takes depends on the row", expression, policy)
            }
        case .attribute(let object, let name):
            return [try attribute(name, of: object, expression, policy)]
        case .has(let object, let path):
            guard path.count == 1 else {
                throw error("the path of `has` leads beyond the row", expression, policy)
            }
            _ = try attribute(path[0], of: object, expression, policy)
        case .comparison(let sign, let left, let right):
            let terms = try terms(left, policy).union(try terms(right, policy))
            guard sign != .equal && sign != .unequal || !terms.contains(.entitySet) else {
                throw error("whole sets are compared", expression, policy)
            }
        case .isType(let operand, _): _ = try terms(operand, policy)
        case .isIn(let left, let right): try isIn(left, right, expression, policy)
        case .call(let function, let arguments): try call(function, arguments, expression, policy)
        case .literal, .negate, .arithmetic, .like, .set, .record:
            throw error("its value depends on the row", expression, policy)
        }
        return [.truth]
    }

    private func attribute(
        _ name: String,
        of object: Expression,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> Term {
        guard case .variable(.resource) = object.node else {
            throw error("`\(name)` is not an attribute of the resource itself", place, policy)
        }
        switch mapping.attributes[name] {
        case .bool: return .column(.bool)
        case .long: return .column(.long)
        case .string: return .column(.string)
        case .entity(let type, _, _): return .column(.entity(type))
        case .entitySet: return .entitySet
        case nil: throw error("no column is given for `\(name)`", place, policy)
        }
    }

    private func isIn(
        _ left: Expression,
        _ right: Expression,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) {
        guard left.mentionsResource else { return _ = try terms(right, policy) }
        guard case .variable(.resource) = left.node, !right.mentionsResource else {
            throw error("the ancestors of an attribute lie beyond the row", place, policy)
        }
        let groups: [Expression]
        if case .set(let members) = right.node { groups = members } else { groups = [right] }
        for group in groups {
            guard case .literal(.entity(let uid)) = group.node else {
                throw error("which group it is depends on the request", group, policy)
            }
            try ancestors(of: uid, at: policy.source.location(at: place.offset), policy)
        }
    }

    private func call(
        _ function: Function,
        _ arguments: [Expression],
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) {
        guard [.contains, .containsAll, .containsAny].contains(function) else {
            throw error("`\(function)` is asked of the row", place, policy)
        }
        for receiver in try terms(arguments[0], policy) {
            for argument in try terms(arguments[1], policy) {
                switch (receiver, argument) {
                case (.entitySet, .known), (.known, .known), (.column, _), (.truth, _): break
                case (.known, .column) where function == .contains: break
                case (.known, .entitySet) where function == .containsAny: break
                default: throw error("`\(function)` compares what lies in the row", place, policy)
                }
            }
        }
    }

    private func ancestors(
        of uid: EntityUID,
        at location: SourceLocation,
        _ policy: Policy
    ) throws(PolicyError) {
        guard mapping.ancestors[uid.type] == nil else { return }
        throw PolicyError(
            "policy `\(policy.id)` cannot be compiled to SQL: nothing says which rows are in "
                + "`\(uid)`",
            at: location
        )
    }

    private func error(
        _ message: String,
        _ place: Expression,
        _ policy: Policy
    ) -> PolicyError {
        PolicyError(
            "policy `\(policy.id)` cannot be compiled to SQL: \(message)",
            at: policy.source.location(at: place.offset)
        )
    }
}

extension Authorizer {
    /// Checks, when policies are loaded, that `filter` compiles for the action and the resource type
    /// whoever asks and whatever the context is.
    ///
    /// The error names the policy and the place that the mapping has no SQL for. Only the size of a
    /// condition depends on the request: a set of hundreds may still be too long.
    public func checkFilter(
        of action: EntityUID,
        resourceType: String,
        entities: Entities,
        mapping: RowMapping
    ) throws(PolicyError) {
        let checker = FilterChecker(resourceType: resourceType, mapping: mapping)
        for policy in policies.policies
        where entities.contains(action, in: policy.action)
            && policy.resource.mayMatch(type: resourceType)
        {
            try checker.check(policy)
        }
    }
}

extension Entities {
    /// Whether the action satisfies the scope.
    fileprivate func contains(_ action: EntityUID, in scope: Policy.ActionScope) -> Bool {
        let all = [action] + (graph.node(of: action)?.ancestors ?? [])
        return switch scope {
        case .any: true
        case .equal(let uid): uid == action
        case .isIn(let uid): all.contains(uid)
        case .isInAny(let uids): uids.contains(where: all.contains)
        }
    }
}

extension Policy.Scope {
    /// Whether an entity of the type can satisfy the scope.
    fileprivate func mayMatch(type: String) -> Bool {
        switch self {
        case .any, .isIn: true
        case .equal(.entity(let uid)): uid.type.isIdentical(to: type)
        case .equal(.slot): false
        case .isType(let wanted), .isTypeIn(let wanted, _): wanted.isIdentical(to: type)
        }
    }
}
