/// What an expression is for a row.
enum RowTerm {
    case known(Value)
    case failed
    case truth(RowTruth)
    case column(RowColumn)
    case entitySet(type: String, contains: @Sendable (String) -> String)

    /// The term as a boolean: anything else errs.
    var truth: RowTruth {
        switch self {
        case .truth(let truth): truth
        case .known(.bool(let value)): RowTruth(value)
        case .column(let column): column.truth
        case .known, .failed, .entitySet: .failed
        }
    }

    /// Whether it errs for every row.
    var isFailed: Bool {
        if case .failed = self { return true }
        return false
    }

    /// Whether it is a boolean wherever it does not err.
    var isBoolean: Bool {
        switch self {
        case .truth, .known(.bool): true
        case .column(let column): column.kind == .bool
        case .known, .failed, .entitySet: false
        }
    }
}

/// A value that lies in a column, NULL when it is absent.
struct RowColumn: Sendable {
    enum Kind: Hashable, Sendable {
        case bool, long, string
        case entity(String)
    }

    let sql: String
    let kind: Kind
    let isOptional: Bool

    var isPresent: RowCondition {
        isOptional ? .sql("\(sql) IS NOT NULL") : .always
    }

    var isAbsent: RowCondition {
        isOptional ? .sql("\(sql) IS NULL") : .never
    }

    /// True or false wherever the column is present.
    func always(_ value: Bool) -> RowTruth {
        RowTruth(
            isTrue: value ? isPresent : .never,
            isFalse: value ? .never : isPresent,
            isTotal: !isOptional
        )
    }

    var truth: RowTruth {
        guard kind == .bool else { return .failed }
        let sql = sql
        return RowTruth(
            isTrue: .sql("\(sql) = 1"),
            isFalse: .sql("\(sql) = 0"),
            isTotal: !isOptional
        )
    }

    /// The column compared with a parameter by a sign and its opposite.
    func compared(_ sign: String, _ opposite: String, with value: SQLParameter) -> RowTruth {
        let sql = sql
        return RowTruth(
            isTrue: .atom([value]) { "\(sql) \(sign) \($0[0])" },
            isFalse: .atom([value]) { "\(sql) \(opposite) \($0[0])" },
            isTotal: !isOptional
        )
    }

    func compared(_ sign: String, _ opposite: String, with other: RowColumn) -> RowTruth {
        RowTruth(
            isTrue: .sql("\(sql) \(sign) \(other.sql)"),
            isFalse: .sql("\(sql) \(opposite) \(other.sql)"),
            isTotal: !isOptional && !other.isOptional
        )
    }

    /// The column among some parameters.
    func isAmong(_ values: [SQLParameter]) -> RowTruth {
        guard values.count != 1 else { return compared("=", "<>", with: values[0]) }
        guard !values.isEmpty else { return always(false) }
        let sql = sql
        return RowTruth(
            isTrue: .atom(values) { "\(sql) IN (\($0.joined(separator: ", ")))" },
            isFalse: .atom(values) { "\(sql) NOT IN (\($0.joined(separator: ", ")))" },
            isTotal: !isOptional
        )
    }
}

extension FilterCompiler {
    func term(of expression: Expression, in policy: Policy) throws(PolicyError) -> RowTerm {
        guard expression.mentionsResource else {
            do throws(EvaluationFailure) {
                return .known(try evaluator.evaluate(expression))
            } catch {
                return .failed
            }
        }
        switch expression.node {
        case .variable:
            return .column(
                RowColumn(sql: mapping.id, kind: .entity(resourceType), isOptional: false)
            )
        case .and, .or, .not: return .truth(try truth(of: expression, in: policy))
        case .conditional(let condition, let positive, let negative):
            return try choice(condition, positive, negative, expression, policy)
        case .attribute(let object, let name):
            return try attribute(name, of: object, expression, policy)
        case .has(let object, let path): return try has(path, object, expression, policy)
        case .comparison(let sign, let left, let right):
            let truth = try compare(
                sign,
                try term(of: left, in: policy),
                try term(of: right, in: policy),
                expression,
                policy
            )
            return .truth(try limit(truth, expression, policy))
        case .isType(let operand, let type):
            switch try term(of: operand, in: policy) {
            case .column(let column):
                guard case .entity(let own) = column.kind else { return .failed }
                return .truth(column.always(own.isIdentical(to: type)))
            case .known(.entity(let uid)): return .known(.bool(uid.type.isIdentical(to: type)))
            case .known, .failed, .truth, .entitySet: return .failed
            }
        case .isIn(let left, let right):
            let truth = try isIn(left, try term(of: right, in: policy), expression, policy)
            return .truth(try limit(truth, expression, policy))
        case .call(let function, let arguments):
            let truth = try call(function, arguments, expression, policy)
            return .truth(try limit(truth, expression, policy))
        case .literal, .negate, .arithmetic, .like, .set, .record:
            throw error("its value depends on the row", expression, policy)
        }
    }

    private func choice(
        _ condition: Expression,
        _ positive: Expression,
        _ negative: Expression,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTerm {
        let condition = try truth(of: condition, in: policy)
        if condition.isFailed { return .failed }
        if let known = condition.known {
            return try term(of: known ? positive : negative, in: policy)
        }
        let positive = try term(of: positive, in: policy)
        let negative = try term(of: negative, in: policy)
        guard positive.isBoolean || positive.isFailed, negative.isBoolean || negative.isFailed
        else {
            throw error("which value it takes depends on the row", place, policy)
        }
        let truth = RowTruth.choice(condition, positive.truth, negative.truth)
        return .truth(try limit(truth, place, policy))
    }

    private func attribute(
        _ name: String,
        of object: Expression,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTerm {
        guard case .variable(.resource) = object.node else {
            throw error("`\(name)` is not an attribute of the resource itself", place, policy)
        }
        switch mapping.attributes[name] {
        case .bool(let sql, let isOptional):
            return .column(RowColumn(sql: sql, kind: .bool, isOptional: isOptional))
        case .long(let sql, let isOptional):
            return .column(RowColumn(sql: sql, kind: .long, isOptional: isOptional))
        case .string(let sql, let isOptional):
            return .column(RowColumn(sql: sql, kind: .string, isOptional: isOptional))
        case .entity(let type, let sql, let isOptional):
            return .column(RowColumn(sql: sql, kind: .entity(type), isOptional: isOptional))
        case .entitySet(let type, let contains): return .entitySet(type: type, contains: contains)
        case nil: throw error("no column is given for `\(name)`", place, policy)
        }
    }

    private func has(
        _ path: [String],
        _ object: Expression,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTerm {
        guard path.count == 1, let name = path.first else {
            throw error("the path of `has` leads beyond the row", place, policy)
        }
        switch try attribute(name, of: object, place, policy) {
        case .column(let column):
            return .truth(
                RowTruth(isTrue: column.isPresent, isFalse: column.isAbsent, isTotal: true)
            )
        case .known, .failed, .truth, .entitySet: return .known(.bool(true))
        }
    }

    private func compare(
        _ sign: Comparison,
        _ left: RowTerm,
        _ right: RowTerm,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTruth {
        if case (.known(let one), .known(let two)) = (left, right) {
            return evaluated { () throws(EvaluationFailure) in
                try Evaluator.compare(sign, one, two)
            }
        }
        return switch sign {
        case .equal: try equal(left, right, place, policy)
        case .unequal: !(try equal(left, right, place, policy))
        case .less: order("<", ">=", left, right)
        case .lessOrEqual: order("<=", ">", left, right)
        case .greater: order("<", ">=", right, left)
        case .greaterOrEqual: order("<=", ">", right, left)
        }
    }

    /// What the evaluator makes of values that are known by now.
    func evaluated(_ body: () throws(EvaluationFailure) -> Bool) -> RowTruth {
        do throws(EvaluationFailure) {
            return RowTruth(try body())
        } catch {
            return .failed
        }
    }

    private func equal(
        _ left: RowTerm,
        _ right: RowTerm,
        _ place: Expression,
        _ policy: Policy
    ) throws(PolicyError) -> RowTruth {
        if left.isBoolean, right.isBoolean { return .equal(left.truth, right.truth) }
        switch (left, right) {
        case (.failed, _), (_, .failed): return .failed
        case (.column(let column), .known(let value)), (.known(let value), .column(let column)):
            return column.isAmong(parameters([value], as: column.kind))
        case (.column(let one), .column(let other)):
            guard one.kind != other.kind else { return one.compared("=", "<>", with: other) }
            return differ(one.always(true), other.always(true))
        case (.truth(let truth), let other), (let other, .truth(let truth)):
            // A boolean is never equal to what is not one, unless one of them errs.
            switch other {
            case .column(let column): return differ(truth, column.always(true))
            case .known, .failed, .truth, .entitySet: return differ(truth, RowTruth(true))
            }
        case (.known, .known), (.entitySet, _), (_, .entitySet):
            throw error("whole sets are compared", place, policy)
        }
    }

    /// False wherever both sides have a value.
    private func differ(_ left: RowTruth, _ right: RowTruth) -> RowTruth {
        RowTruth(
            isTrue: .never,
            isFalse: (left.isTrue || left.isFalse) && (right.isTrue || right.isFalse),
            isTotal: left.isTotal && right.isTotal,
            isExact: left.isExact && right.isExact
        )
    }

    private func order(
        _ sign: String,
        _ opposite: String,
        _ left: RowTerm,
        _ right: RowTerm
    ) -> RowTruth {
        switch (left, right) {
        case (.column(let column), .known(.long(let number))) where column.kind == .long:
            return column.compared(sign, opposite, with: .int(number))
        case (.known(.long(let number)), .column(let column)) where column.kind == .long:
            let sql = column.sql
            return RowTruth(
                isTrue: .atom([.int(number)]) { "\($0[0]) \(sign) \(sql)" },
                isFalse: .atom([.int(number)]) { "\($0[0]) \(opposite) \(sql)" },
                isTotal: !column.isOptional
            )
        case (.column(let one), .column(let other)) where one.kind == .long && other.kind == .long:
            return one.compared(sign, opposite, with: other)
        default: return .failed
        }
    }

    /// The values that a column of the kind can hold, as parameters; others it never equals.
    func parameters(_ values: [Value], as kind: RowColumn.Kind) -> [SQLParameter] {
        values.compactMap { value in
            switch (kind, value) {
            case (.bool, .bool(let value)): .int(value ? 1 : 0)
            case (.long, .long(let value)): .int(value)
            case (.string, .string(let value)): .text(value)
            case (.entity(let type), .entity(let uid)) where uid.type.isIdentical(to: type):
                mapping.encode(uid)
            default: nil
            }
        }
    }
}

extension Expression {
    /// Whether its value depends on the resource.
    var mentionsResource: Bool {
        switch node {
        case .literal: false
        case .variable(let variable): variable == .resource
        case .and(let list), .or(let list), .set(let list), .call(_, let list):
            list.contains(where: \.mentionsResource)
        case .not(let one), .negate(let one), .isType(let one, _), .has(let one, _),
            .attribute(let one, _), .like(let one, _):
            one.mentionsResource
        case .comparison(_, let left, let right), .arithmetic(_, let left, let right),
            .isIn(let left, let right):
            left.mentionsResource || right.mentionsResource
        case .conditional(let condition, let positive, let negative):
            condition.mentionsResource || positive.mentionsResource || negative.mentionsResource
        case .record(let fields): fields.contains { $0.value.mentionsResource }
        }
    }
}
