/// Why a request is decided as it is.
public struct Explanation: Sendable {
    /// The decision, as `Authorizer.authorize` means it: an erring forbid denies.
    public let decision: Decision
    /// The permits that hold.
    public let permits: [Reason]
    /// The forbids that hold.
    public let forbids: [Reason]
    /// The permits of this action and these types that do not hold, the nearest first.
    public let nearest: [Miss]
    /// The policies that could not be evaluated.
    public let errors: [EvaluationError]

    /// A policy that holds, by id and `@reason`.
    public struct Reason: Hashable, Sendable {
        /// The policy's id.
        public let policy: String
        /// Its `@reason`, if it has one.
        public let reason: String?
        /// What it rests on: every part of its head and its conditions.
        public let conditions: [Condition]
    }

    /// A permit that does not hold, and the parts of it that failed.
    public struct Miss: Hashable, Sendable {
        /// The policy's id.
        public let policy: String
        /// Its `@reason`, if it has one.
        public let reason: String?
        /// The parts that are not as they should be, at least one.
        public let failed: [Condition]
        /// How many parts there are.
        public let parts: Int
    }

    /// A part of a policy that is true or false by itself.
    public struct Condition: Hashable, Sendable, CustomStringConvertible {
        /// The part as Cedar text.
        public let text: String
        /// What it should be: `true` in the head and after `when`, `false` after `unless`.
        public let expected: Bool
        /// What is asked in it, each with its value or `absent`, as Cedar text.
        public let values: [String]

        /// The part as it should be, and the values.
        public var description: String {
            let text = expected ? text : "!(\(text))"
            return values.isEmpty ? text : "\(text): \(values.joined(separator: ", "))"
        }
    }
}

extension Authorizer {
    /// Explains the decision on a request.
    ///
    /// Complexity: that of a decision for every policy of the action once more; not for hot paths.
    public func explain(_ request: Request, _ entities: Entities) -> Explanation {
        let outcome = outcome(request, entities)
        let evaluator = Evaluator(request, entities)
        func reasons(_ numbers: PolicyNumbers) -> [Explanation.Reason] {
            numbers.map { number in
                let policy = policies.policies[number]
                return Explanation.Reason(
                    policy: policy.id,
                    reason: policy.reason,
                    conditions: policy.parts.map { evaluator.condition($0) }
                )
            }
        }
        var misses: [Explanation.Miss] = []
        for policy in policies.policies where policy.effect == .permit {
            if let miss = evaluator.miss(of: policy) { misses.append(miss) }
        }
        misses.sort { ($0.failed.count, $0.policy) < ($1.failed.count, $1.policy) }
        return Explanation(
            decision: outcome.allowsStrictly ? .allow : .deny,
            permits: reasons(outcome.permits),
            forbids: reasons(outcome.forbids),
            nearest: misses,
            errors: outcome.errors
        )
    }

    /// Whether the request is denied and would be allowed in the elevated context.
    public func wouldElevationHelp(
        _ request: Request,
        _ entities: Entities,
        contextIfElevated: Record
    ) -> Bool {
        let elevated = Request(
            principal: request.principal,
            action: request.action,
            resource: request.resource,
            context: contextIfElevated
        )
        return !outcome(request, entities).allowsStrictly
            && outcome(elevated, entities).allowsStrictly
    }
}

extension Evaluator {
    /// The parts of a policy's head and conditions that fail; nil when the policy is about another
    /// action or other types, and when nothing fails.
    fileprivate func miss(of policy: Policy) -> Explanation.Miss? {
        guard value(of: policy.actionPart) == .bool(true),
            policy.principal.fits(request.principal.type),
            policy.resource.fits(request.resource.type)
        else { return nil }
        let parts = policy.parts
        let failed = parts.filter { value(of: $0.expression) != .bool($0.expected) }
        guard !failed.isEmpty else { return nil }
        return Explanation.Miss(
            policy: policy.id,
            reason: policy.reason,
            failed: failed.map { condition($0) },
            parts: parts.count
        )
    }

    fileprivate func condition(_ part: Policy.Part) -> Explanation.Condition {
        Explanation.Condition(
            text: part.expression.description,
            expected: part.expected,
            values: values(in: part.expression)
        )
    }

    private func value(of expression: Expression) -> Value? {
        do throws(EvaluationFailure) {
            return try evaluate(expression)
        } catch {
            return nil
        }
    }

    /// What an expression asks, each with its value: the outermost attributes, and whoever is
    /// asked about as a whole.
    private func values(in expression: Expression) -> [String] {
        var lines: [String] = []
        var inner: Set<Place> = []
        expression.visit { part in
            switch part.node {
            case .attribute(let object, _): inner.insert(Place(object))
            case .variable(.principal), .variable(.resource): break
            default: return
            }
            guard !inner.contains(Place(part)) else { return }
            let line = "\(part) is \(text(of: part))"
            if !lines.contains(line) { lines.append(line) }
        }
        return lines
    }

    private func text(of expression: Expression) -> String {
        guard let value = value(of: expression) else { return "absent" }
        guard case .entity(let uid) = value, let node = entities.node(of: uid),
            !node.ancestors.isEmpty
        else { return value.description }
        return "\(uid) in [\(node.ancestors.map(\.description).joined(separator: ", "))]"
    }

    /// An expression as it stands in the text: the same words stand in several places.
    private struct Place: Hashable {
        let offset: Int
        let text: String

        init(_ expression: Expression) {
            offset = expression.offset
            text = expression.description
        }
    }
}

extension Policy {
    /// Something that has to be true, or after `unless` false, for the policy to hold.
    fileprivate struct Part {
        let expression: Expression
        let expected: Bool
    }

    /// What the head asks of the action, as an expression.
    fileprivate var actionPart: Expression {
        let action = Expression(.variable(.action), at: offset)
        func literal(_ uid: EntityUID) -> Expression {
            Expression(.literal(.entity(uid)), at: offset)
        }
        let node: Expression.Node =
            switch self.action {
            case .any: .literal(.bool(true))
            case .equal(let uid): .comparison(.equal, action, literal(uid))
            case .isIn(let uid): .isIn(action, literal(uid))
            case .isInAny(let uids):
                .isIn(action, Expression(.set(uids.map(literal)), at: offset))
            }
        return Expression(node, at: offset)
    }

    /// The parts of the head, types and action aside, and of the conditions.
    fileprivate var parts: [Part] {
        var parts = [(principal, Variable.principal), (resource, .resource)].compactMap {
            $0.0.part(of: $0.1, at: offset)
        }
        for condition in conditions {
            // What an `unless` lists must be false one by one, what a `when` joins true.
            let list = condition.isWhen ? condition.body.conjuncts : condition.body.disjuncts
            parts += list.map { Part(expression: $0, expected: condition.isWhen) }
        }
        return parts
    }
}

extension Policy.Scope {
    /// Whether an entity of the type can be meant.
    fileprivate func fits(_ type: String) -> Bool {
        switch self {
        case .any, .isIn, .equal(.slot): true
        case .equal(.entity(let uid)): uid.type.isIdentical(to: type)
        case .isType(let wanted), .isTypeIn(let wanted, _): wanted.isIdentical(to: type)
        }
    }

    fileprivate func part(of variable: Variable, at offset: Int) -> Policy.Part? {
        let name = Expression(.variable(variable), at: offset)
        let node: Expression.Node
        switch self {
        case .equal(.entity(let uid)):
            node = .comparison(.equal, name, Expression(.literal(.entity(uid)), at: offset))
        case .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)):
            node = .isIn(name, Expression(.literal(.entity(uid)), at: offset))
        case .any, .isType, .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): return nil
        }
        return Policy.Part(expression: Expression(node, at: offset), expected: true)
    }
}

extension Expression {
    fileprivate var conjuncts: [Expression] {
        guard case .and(let operands) = node else { return [self] }
        return operands.flatMap(\.conjuncts)
    }

    fileprivate var disjuncts: [Expression] {
        guard case .or(let operands) = node else { return [self] }
        return operands.flatMap(\.disjuncts)
    }
}
