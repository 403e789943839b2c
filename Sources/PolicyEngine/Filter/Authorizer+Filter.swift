extension Authorizer {
    /// The permit to read a list: the condition under which `authorize` permits a resource, as SQL.
    ///
    /// Throws when a policy asks what the mapping cannot say; nothing is ever guessed, and
    /// `checkFilter` says so when policies are loaded. The filter's `policies` are empty when no row
    /// can be permitted.
    public func filter(_ question: RowQuestion, session: Int64) throws(PolicyError) -> Permit {
        let (filter, permits) = try rowFilter(question)
        return Permit(
            principal: question.request.principal,
            action: question.request.action,
            resource: nil,
            session: session,
            determining: permits,
            policySet: identifier,
            filter: filter
        )
    }

    /// The condition of `filter` without the permit to read by it: for a list of something else, to
    /// leave out what its reader must not know of.
    public func rows(_ question: RowQuestion) throws(PolicyError) -> RowFilter {
        try rowFilter(question).filter
    }

    private func rowFilter(
        _ question: RowQuestion
    ) throws(PolicyError) -> (filter: RowFilter, permits: PolicyIDs) {
        let list = try compile(FilterCompiler(question))
        var writer = RowConditionWriter(firstParameter: question.firstParameter)
        guard let sql = writer.text(of: list.condition) else {
            throw PolicyError(
                "the filter of `\(question.request.action)` is too long for one statement"
            )
        }
        let filter = RowFilter(
            sql: sql,
            parameters: writer.parameters,
            policies: Array(list.permits)
        )
        return (filter, list.permits)
    }

    /// A condition that holds of every row that `authorize` can permit, and perhaps of more: what has
    /// no form in SQL is left out of it.
    ///
    /// Every row that it selects still has to be decided by itself, unless the bound is exact.
    public func bound(_ question: RowQuestion) -> RowBound {
        var writer = RowConditionWriter(firstParameter: question.firstParameter)
        let everyRow = RowBound(sql: "1", parameters: [], isExact: false)
        do throws(PolicyError) {
            let list = try compile(FilterCompiler(question, isBound: true))
            guard let sql = writer.text(of: list.condition) else { return everyRow }
            return RowBound(sql: sql, parameters: writer.parameters, isExact: list.isExact)
        } catch {
            return everyRow
        }
    }

    private func compile(
        _ compiler: FilterCompiler
    ) throws(PolicyError) -> (condition: RowCondition, permits: PolicyIDs, isExact: Bool) {
        var permitted = RowCondition.never
        var spared = RowCondition.always
        var permits = PolicyNumbers()
        var isExact = true
        for (number, policy) in policies.policies.enumerated() {
            let truth = try compiler.truth(of: policy)
            isExact = isExact && truth.isExact
            if policy.effect == .permit {
                permitted = permitted || truth.isTrue
                if !truth.isTrue.isNever { permits.append(number) }
            } else {
                // A forbid that errs denies: only "is false" lets a row through.
                spared = spared && truth.isFalse
            }
        }
        if spared.isNever { permits = PolicyNumbers() }
        return (permitted && spared, PolicyIDs(policies.policies, permits), isExact)
    }
}
