/// Turns the policies for a known principal, action and context into a condition on the rows of a
/// resource type.
///
/// A boolean becomes the pair of "is true" and "is false" (`RowTruth`): a row of which neither holds
/// is one where Cedar errs, as with an absent attribute. SQL's own third value never takes part.
struct FilterCompiler {
    let evaluator: Evaluator
    let resourceType: String
    let mapping: RowMapping
    /// Whether what has no form in SQL is passed over as unknown; else it is an error.
    let isBound: Bool

    init(_ question: RowQuestion, isBound: Bool = false) {
        // No expression that mentions the resource is ever given to the evaluator.
        evaluator = Evaluator(question.request, question.entities)
        resourceType = question.request.resource.type
        mapping = question.mapping
        self.isBound = isBound
    }

    /// When the policy holds of a row, and when it does not.
    func truth(of policy: Policy) throws(PolicyError) -> RowTruth {
        guard evaluator.matchesPrincipalAndAction(of: policy) else { return RowTruth(false) }
        var truth = try orUnknown { () throws(PolicyError) in try scope(of: policy) }
        // Conditions are compiled from the first to the last, as they are evaluated: what stands
        // behind one that never holds is not looked at.
        for condition in policy.conditions where truth.mayBeTrue {
            let body = try self.truth(of: condition.body, in: policy)
            let both = RowTruth.and(truth, condition.isWhen ? body : !body)
            truth = try orUnknown { () throws(PolicyError) in
                try limit(both, condition.body, policy)
            }
        }
        return truth
    }

    /// What the body compiles to; where a bound will do, anything in place of an error.
    private func orUnknown(_ body: () throws(PolicyError) -> RowTruth) throws(PolicyError)
        -> RowTruth
    {
        do throws(PolicyError) {
            return try body()
        } catch {
            guard isBound else { throw error }
            return .unknown
        }
    }

    private func scope(of policy: Policy) throws(PolicyError) -> RowTruth {
        func isIn(_ reference: Policy.Reference) throws(PolicyError) -> RowTruth {
            guard case .entity(let uid) = reference else { return RowTruth(false) }
            return try isResourceIn(uid, at: policy.location, in: policy)
        }
        switch policy.resource {
        case .any: return RowTruth(true)
        case .isType(let type): return RowTruth(type.isIdentical(to: resourceType))
        case .equal(.slot): return RowTruth(false)
        case .equal(.entity(let uid)): return isResource(uid)
        case .isIn(let reference): return try isIn(reference)
        case .isTypeIn(let type, let reference):
            return type.isIdentical(to: resourceType) ? try isIn(reference) : RowTruth(false)
        }
    }

    /// A boolean expression as a condition on rows.
    func truth(of expression: Expression, in policy: Policy) throws(PolicyError) -> RowTruth {
        try orUnknown { () throws(PolicyError) in
            try limit(try form(of: expression, in: policy), expression, policy)
        }
    }

    private func form(of expression: Expression, in policy: Policy) throws(PolicyError) -> RowTruth
    {
        switch expression.node {
        case .and(let operands): return try fold(operands, policy, stop: false)
        case .or(let operands): return try fold(operands, policy, stop: true)
        case .not(let operand): return !(try truth(of: operand, in: policy))
        case .conditional(let condition, let positive, let negative):
            let condition = try truth(of: condition, in: policy)
            if condition.isFailed { return .failed }
            // Only the branch that is taken has to compile.
            switch condition.known {
            case true?: return try truth(of: positive, in: policy)
            case false?: return try truth(of: negative, in: policy)
            case nil:
                return .choice(
                    condition,
                    try truth(of: positive, in: policy),
                    try truth(of: negative, in: policy)
                )
            }
        default: return try term(of: expression, in: policy).truth
        }
    }

    private func fold(
        _ operands: [Expression],
        _ policy: Policy,
        stop: Bool
    ) throws(PolicyError) -> RowTruth {
        var parts: [RowTruth] = []
        for operand in operands {
            let part = try truth(of: operand, in: policy)
            parts.append(part)
            // What follows is never reached, and so need not compile.
            if !(stop ? part.mayBeFalse : part.mayBeTrue) { break }
        }
        var truth = RowTruth(!stop)
        // From the back, so that each operand is written once a side and not once for each before it.
        for part in parts.reversed() {
            truth = stop ? .or(part, truth) : .and(part, truth)
        }
        return truth
    }

    func limit(
        _ truth: RowTruth,
        _ expression: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTruth {
        guard truth.size <= Limits.filterAtoms else {
            throw error(
                "the condition has more than \(Limits.filterAtoms) parts",
                expression,
                policy
            )
        }
        return truth
    }

    func error(_ message: String, _ place: Expression, _ policy: Policy) -> PolicyError {
        PolicyError(
            "policy `\(policy.id)` cannot be compiled to SQL: \(message)",
            at: policy.source.location(at: place.offset)
        )
    }

    // MARK: The resource itself

    func isResource(_ uid: EntityUID) -> RowTruth {
        guard uid.type.isIdentical(to: resourceType), let value = mapping.encode(uid) else {
            return RowTruth(false)
        }
        let id = mapping.id
        return RowTruth(
            isTrue: .atom([value]) { "\(id) = \($0[0])" },
            isFalse: .atom([value]) { "\(id) <> \($0[0])" },
            isTotal: true
        )
    }

    func isResourceIn(
        _ uid: EntityUID,
        at location: SourceLocation,
        in policy: Policy
    ) throws(PolicyError) -> RowTruth {
        guard let ancestor = mapping.ancestors[uid.type] else {
            throw PolicyError(
                "policy `\(policy.id)` cannot be compiled to SQL: nothing says which rows are in "
                    + "`\(uid)`",
                at: location
            )
        }
        guard let value = mapping.encode(uid) else { return isResource(uid) }
        let isIn = RowTruth(
            isTrue: .atom([value]) { ancestor($0[0]) },
            isFalse: .atom([value]) { "NOT (\(ancestor($0[0])))" },
            isTotal: true
        )
        return .or(isResource(uid), isIn)
    }
}
