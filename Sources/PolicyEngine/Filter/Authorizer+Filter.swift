extension Authorizer {
    /// The permit to read a list: for a known principal, action and context, the condition under
    /// which `authorize` permits a resource of the type, as SQL.
    ///
    /// Throws when a policy asks what the mapping cannot say; nothing is ever guessed, and
    /// `checkFilter` says so when policies are loaded. The filter's `policies` are empty when no row
    /// can be permitted.
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
        let request = request(principal, action, resourceType, context)
        let (filter, permits) = try rowFilter(request, entities, mapping, firstParameter)
        return Permit(
            principal: principal,
            action: action,
            resource: nil,
            session: session,
            determining: permits,
            policySet: identifier,
            filter: filter
        )
    }

    /// The condition of `filter` without the permit to read by it: for a list of something else, to
    /// leave out what its reader must not know of.
    public func rows(
        principal: EntityUID,
        action: EntityUID,
        resourceType: String,
        context: Record,
        entities: Entities,
        mapping: RowMapping,
        firstParameter: Int = 1
    ) throws(PolicyError) -> RowFilter {
        let request = request(principal, action, resourceType, context)
        return try rowFilter(request, entities, mapping, firstParameter).filter
    }

    private func rowFilter(
        _ request: Request,
        _ entities: Entities,
        _ mapping: RowMapping,
        _ firstParameter: Int
    ) throws(PolicyError) -> (filter: RowFilter, permits: PolicyIDs) {
        let list = try compile(FilterCompiler(request, entities, mapping: mapping))
        var writer = RowConditionWriter(firstParameter: firstParameter)
        guard let sql = writer.text(of: list.condition) else {
            throw PolicyError("the filter of `\(request.action)` is too long for one statement")
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
    public func bound(
        principal: EntityUID,
        action: EntityUID,
        resourceType: String,
        context: Record,
        entities: Entities,
        mapping: RowMapping,
        firstParameter: Int = 1
    ) -> RowBound {
        let request = request(principal, action, resourceType, context)
        let compiler = FilterCompiler(request, entities, mapping: mapping, isBound: true)
        var writer = RowConditionWriter(firstParameter: firstParameter)
        let everyRow = RowBound(sql: "1", parameters: [], isExact: false)
        do throws(PolicyError) {
            let list = try compile(compiler)
            if let sql = writer.text(of: list.condition) {
                return RowBound(sql: sql, parameters: writer.parameters, isExact: list.isExact)
            }
            return everyRow
        } catch {
            return everyRow
        }
    }

    /// The request about a resource of which only the type is known.
    private func request(
        _ principal: EntityUID,
        _ action: EntityUID,
        _ resourceType: String,
        _ context: Record
    ) -> Request {
        Request(
            principal: principal,
            action: action,
            resource: EntityUID(type: resourceType, id: ""),
            context: context
        )
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
