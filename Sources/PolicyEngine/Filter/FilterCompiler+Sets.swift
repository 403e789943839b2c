extension FilterCompiler {
    /// `left in right`, where one of them depends on the row.
    func isIn(
        _ left: Expression,
        _ right: RowTerm,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTruth {
        switch try term(of: left, in: policy) {
        case .failed: return .failed
        case .known(let value):
            guard case .entity(let uid) = value else { return .failed }
            return try isKnown(uid, in: right, place, policy)
        case .truth, .entitySet: return .failed
        case .column(let column):
            guard case .entity = column.kind else { return .failed }
            guard case .variable(.resource) = left.node else {
                throw error("the ancestors of an attribute lie beyond the row", place, policy)
            }
            return try isResource(in: right, place, policy)
        }
    }

    /// A known entity in a column or a set of the row: itself or one of its ancestors is there.
    private func isKnown(
        _ uid: EntityUID,
        in right: RowTerm,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTruth {
        let all = [uid] + (evaluator.entities.node(of: uid)?.ancestors ?? [])
        switch right {
        case .failed, .truth: return .failed
        case .column(let column):
            guard case .entity = column.kind else { return .failed }
            return column.isAmong(parameters(all.map { .entity($0) }, as: column.kind))
        case .entitySet(let type, let contains):
            var truth = RowTruth(false)
            for value in parameters(all.map { .entity($0) }, as: .entity(type)) {
                truth = .or(truth, membership(value, contains))
            }
            return truth
        case .known(let value):
            return evaluated { () throws(EvaluationFailure) in
                try Evaluator.isIn(uid, value) { evaluator.isIn(uid, $0) }
            }
        }
    }

    private func isResource(
        in right: RowTerm,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTruth {
        switch right {
        case .known(.entity(let uid)):
            return try isResourceIn(
                uid,
                at: policy.source.location(at: place.offset),
                in: policy
            )
        case .known(.set(let set)):
            var truth = RowTruth(false)
            for member in set.elements {
                guard case .entity(let uid) = member else { return .failed }
                let next = try isResourceIn(
                    uid,
                    at: policy.source.location(at: place.offset),
                    in: policy
                )
                truth = .or(truth, next)
            }
            return truth
        case .known, .failed, .truth: return .failed
        case .column, .entitySet:
            throw error("a row is compared with its own attributes", place, policy)
        }
    }

    private func membership(
        _ value: SQLParameter,
        _ contains: @escaping @Sendable (String) -> String
    ) -> RowTruth {
        RowTruth(
            isTrue: .atom([value]) { contains($0[0]) },
            isFalse: .atom([value]) { "NOT (\(contains($0[0])))" },
            isTotal: true
        )
    }

    /// A method of sets with one side known; the others have no form in SQL.
    func call(
        _ function: Function,
        _ arguments: [Expression],
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTruth {
        guard [.contains, .containsAll, .containsAny].contains(function), arguments.count == 2
        else { throw error("`\(function)` is asked of the row", place, policy) }
        let receiver = try term(of: arguments[0], in: policy)
        let argument = try term(of: arguments[1], in: policy)
        switch (receiver, argument) {
        case (.failed, _), (_, .failed): return .failed
        case (.known(let one), .known(let two)):
            return evaluated { () throws(EvaluationFailure) in
                try Evaluator.apply(function, [one, two]) == .bool(true)
            }
        case (.known(.set(let set)), .column(let column)) where function == .contains:
            return column.isAmong(parameters(set.elements, as: column.kind))
        case (.entitySet(let type, let contains), .known(let value)) where function == .contains:
            guard let value = parameters([value], as: .entity(type)).first else {
                return RowTruth(false)
            }
            return membership(value, contains)
        case (.entitySet(let type, let contains), .known(.set(let set))):
            return members(set, type, contains, all: function == .containsAll)
        case (.known(.set(let set)), .entitySet(let type, let contains))
        where function == .containsAny:
            return members(set, type, contains, all: false)
        case (.known, _) where !isKnownSet(receiver): return .failed
        case (.column, _), (.truth, _): return .failed
        case (_, .known) where function != .contains && !isKnownSet(argument): return .failed
        default: throw error("`\(function)` compares what lies in the row", place, policy)
        }
    }

    private func isKnownSet(_ term: RowTerm) -> Bool {
        if case .known(.set) = term { return true }
        return false
    }

    private func members(
        _ set: ValueSet,
        _ type: String,
        _ contains: @escaping @Sendable (String) -> String,
        all: Bool
    ) -> RowTruth {
        var truth = RowTruth(all)
        for member in set.elements {
            let next =
                parameters([member], as: .entity(type)).first.map { membership($0, contains) }
                ?? RowTruth(false)
            truth = all ? .and(truth, next) : .or(truth, next)
        }
        return truth
    }
}
