/// Why a request is decided as it is.
public struct Explanation: Sendable {
    /// The decision, as `Authorizer.authorize` means it: an erring forbid denies.
    public let decision: Decision
    /// The permits that hold.
    public let permits: [Reason]
    /// The forbids that hold.
    public let forbids: [Reason]
    /// The permits whose head matches and whose conditions do not hold, the nearest first.
    public let nearest: [Miss]
    /// The policies that could not be evaluated.
    public let errors: [EvaluationError]

    /// A policy that holds, by id and `@reason`.
    public struct Reason: Hashable, Sendable {
        /// The policy's id.
        public let policy: String
        /// Its `@reason`, if it has one.
        public let reason: String?
    }

    /// A permit that does not hold, and the part of its conditions that failed.
    public struct Miss: Hashable, Sendable {
        /// The policy's id.
        public let policy: String
        /// Its `@reason`, if it has one.
        public let reason: String?
        /// The part that is not as it should be, as Cedar text.
        public let condition: String
        /// What it should be: `true` after `when`, `false` after `unless`.
        public let expected: Bool
        /// The attributes and names in that part with their values, as Cedar text.
        public let values: [String]
        /// How many parts of the conditions held before this one.
        public let held: Int
        /// How many parts there are.
        public let parts: Int
    }
}

extension Authorizer {
    /// Explains the decision on a request.
    ///
    /// Complexity: that of a decision for every permit of the slice once more; not for hot paths.
    public func explain(_ request: Request, _ entities: Entities) -> Explanation {
        let outcome = outcome(request, entities)
        func reasons(_ numbers: PolicyNumbers) -> [Explanation.Reason] {
            numbers.map { number in
                let policy = policies.policies[number]
                return Explanation.Reason(policy: policy.id, reason: policy.reason)
            }
        }
        let evaluator = Evaluator(request, entities)
        var misses: [Explanation.Miss] = []
        for policy in policies.policies where policy.effect == .permit {
            if let miss = evaluator.miss(of: policy) { misses.append(miss) }
        }
        misses.sort { ($0.parts - $0.held, $0.policy) < ($1.parts - $1.held, $1.policy) }
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
    /// The first part of a policy's conditions that fails; nil when the head does not match or
    /// nothing fails.
    fileprivate func miss(of policy: Policy) -> Explanation.Miss? {
        guard matchesHead(of: policy) else { return nil }
        let parts = policy.conditions.flatMap { condition in
            // The parts of an `unless` fail together, those of a `when` one by one.
            condition.isWhen
                ? condition.body.conjuncts.map { ($0, true) } : [(condition.body, false)]
        }
        for (held, part) in parts.enumerated() {
            let (expression, expected) = part
            if value(of: expression) == .bool(expected) { continue }
            return Explanation.Miss(
                policy: policy.id,
                reason: policy.reason,
                condition: expression.description,
                expected: expected,
                values: values(in: expression),
                held: held,
                parts: parts.count
            )
        }
        return nil
    }

    private func value(of expression: Expression) -> Value? {
        do throws(EvaluationFailure) {
            return try evaluate(expression)
        } catch {
            return nil
        }
    }

    /// The outermost attributes of an expression, each with its value or `absent`.
    private func values(in expression: Expression) -> [String] {
        var lines: [String] = []
        var inner: Set<String> = []
        expression.visit { part in
            guard case .attribute(let object, _) = part.node else { return }
            inner.insert(object.description)
            let text = part.description
            guard !inner.contains(text) else { return }
            let line = "\(text) is \(value(of: part)?.description ?? "absent")"
            if !lines.contains(line) { lines.append(line) }
        }
        return lines
    }
}

extension Expression {
    fileprivate var conjuncts: [Expression] {
        guard case .and(let operands) = node else { return [self] }
        return operands.flatMap(\.conjuncts)
    }
}
