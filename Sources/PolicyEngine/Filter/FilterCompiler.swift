/// Turns the policies for a known principal, action and context into a condition on the rows of a
/// resource type.
///
/// A boolean becomes the pair of "is true" and "is false" (`RowTruth`): a row of which neither holds
/// is one where Cedar errs, as with an absent attribute. SQL's own third value never takes part.
struct FilterCompiler {
    let evaluator: Evaluator
    let resourceType: String
    let mapping: RowMapping

    init(_ request: Request, _ entities: Entities, resourceType: String, mapping: RowMapping) {
        // No expression that mentions the resource is ever given to the evaluator.
        evaluator = Evaluator(request, entities)
        self.resourceType = resourceType
        self.mapping = mapping
    }

    /// When the policy holds of a row, and when it does not.
    func truth(of policy: Policy) throws(PolicyError) -> RowTruth {
        guard evaluator.matchesPrincipalAndAction(of: policy) else { return RowTruth(false) }
        var truth = try scope(of: policy)
        // Conditions are compiled from the first to the last, as they are evaluated: what stands
        // behind one that never holds is not looked at.
        for condition in policy.conditions where truth.mayBeTrue {
            let body = try self.truth(of: condition.body, in: policy)
            truth = .and(truth, condition.isWhen ? body : !body)
            try limit(truth, condition.body, policy)
        }
        return truth
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
        let truth: RowTruth
        switch expression.node {
        case .and(let operands): truth = try fold(operands, policy, stop: false)
        case .or(let operands): truth = try fold(operands, policy, stop: true)
        case .not(let operand): truth = !(try self.truth(of: operand, in: policy))
        case .conditional(let condition, let positive, let negative):
            let condition = try self.truth(of: condition, in: policy)
            // Only the branch that is taken has to compile.
            switch condition.known {
            case true?: truth = try self.truth(of: positive, in: policy)
            case false?: truth = try self.truth(of: negative, in: policy)
            case nil:
                truth = .choice(
                    condition,
                    try self.truth(of: positive, in: policy),
                    try self.truth(of: negative, in: policy)
                )
            }
        default: truth = try term(of: expression, in: policy).truth
        }
        try limit(truth, expression, policy)
        return truth
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

    private func limit(
        _ truth: RowTruth,
        _ expression: Expression,
        _ policy: Policy
    ) throws(PolicyError) {
        guard truth.size <= Limits.filterAtoms else {
            throw error(
                "the condition has more than \(Limits.filterAtoms) parts",
                expression,
                policy
            )
        }
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

extension Authorizer {
    /// The permit to read a list: for a known principal, action and context, the condition under
    /// which `authorize` permits a resource of the type, as SQL.
    ///
    /// Throws when a policy asks what the mapping cannot say; nothing is ever guessed. The filter's
    /// `policies` are empty when no row can be permitted.
    public func filter(
        principal: EntityUID,
        action: EntityUID,
        resourceType: String,
        context: Record,
        entities: Entities,
        session: Int64,
        mapping: RowMapping,
        firstParameter: Int = 1
    ) throws(PolicyError) -> Permit {
        let request = Request(
            principal: principal,
            action: action,
            resource: EntityUID(type: resourceType, id: ""),
            context: context
        )
        let compiler = FilterCompiler(
            request,
            entities,
            resourceType: resourceType,
            mapping: mapping
        )
        var permitted = RowCondition.never
        var spared = RowCondition.always
        var permits = PolicyNumbers()
        for (number, policy) in policies.policies.enumerated() {
            let truth = try compiler.truth(of: policy)
            if policy.effect == .permit {
                permitted = permitted || truth.isTrue
                if !truth.isTrue.isNever { permits.append(number) }
            } else {
                // A forbid that errs denies: only "is false" lets a row through.
                spared = spared && truth.isFalse
            }
        }
        if spared.isNever { permits = PolicyNumbers() }
        let condition = permitted && spared
        var writer = RowConditionWriter(firstParameter: firstParameter)
        let sql = writer.write(condition)
        guard condition.size <= Limits.filterAtoms, sql.utf8.count <= Limits.filterBytes else {
            throw PolicyError("the filter of `\(action)` is too long for one statement")
        }
        let determining = PolicyIDs(policies.policies, permits)
        return Permit(
            principal: principal,
            action: action,
            resource: nil,
            session: session,
            determining: determining,
            policySet: identifier,
            filter: RowFilter(
                sql: sql,
                parameters: writer.parameters,
                policies: Array(determining)
            )
        )
    }
}
