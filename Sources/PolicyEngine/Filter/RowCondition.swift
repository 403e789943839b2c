/// A condition on a row, built of atoms by AND and OR alone.
///
/// Without NOT above an atom, an atom that is NULL counts as false all the way up, which is what
/// `WHERE` makes of it.
indirect enum RowCondition: Sendable {
    case always
    case never
    /// SQL made of the placeholders of its parameters.
    case atom([SQLParameter], @Sendable ([String]) -> String)
    /// Parts, and how many atoms are in them: the same part may stand in many places.
    case all([RowCondition], size: Int)
    case any([RowCondition], size: Int)

    static func sql(_ text: String) -> RowCondition {
        .atom([]) { _ in text }
    }

    /// How many atoms there are.
    var size: Int {
        switch self {
        case .always, .never: 0
        case .atom: 1
        case .all(_, let size), .any(_, let size): size
        }
    }

    var isNever: Bool {
        if case .never = self { return true }
        return false
    }

    var isAlways: Bool {
        if case .always = self { return true }
        return false
    }

    static func && (left: RowCondition, right: @autoclosure () -> RowCondition) -> RowCondition {
        if left.isNever { return .never }
        let right = right()
        if right.isNever { return .never }
        if left.isAlways { return right }
        if right.isAlways { return left }
        return .all(left.conjuncts + right.conjuncts, size: left.size + right.size)
    }

    static func || (left: RowCondition, right: @autoclosure () -> RowCondition) -> RowCondition {
        if left.isAlways { return .always }
        let right = right()
        if right.isAlways { return .always }
        if left.isNever { return right }
        if right.isNever { return left }
        return .any(left.disjuncts + right.disjuncts, size: left.size + right.size)
    }

    private var conjuncts: [RowCondition] {
        if case .all(let parts, _) = self { return parts }
        return [self]
    }

    private var disjuncts: [RowCondition] {
        if case .any(let parts, _) = self { return parts }
        return [self]
    }
}

/// When a condition of a policy is true of a row and when it is false; for other rows it errs.
struct RowTruth: Sendable {
    let isTrue: RowCondition
    let isFalse: RowCondition
    /// Whether it never errs: then a later operand need not ask again whether an earlier one erred.
    let isTotal: Bool
    /// Whether both conditions say exactly when; else they hold of some rows too many.
    let isExact: Bool

    static let failed = RowTruth(isTrue: .never, isFalse: .never, isTotal: false)

    /// What has no form in SQL: it may be either of any row.
    static let unknown = RowTruth(
        isTrue: .always,
        isFalse: .always,
        isTotal: false,
        isExact: false
    )

    init(isTrue: RowCondition, isFalse: RowCondition, isTotal: Bool, isExact: Bool = true) {
        self.isTrue = isTrue
        self.isFalse = isFalse
        self.isTotal = isTotal
        self.isExact = isExact
    }

    init(_ known: Bool) {
        self.init(
            isTrue: known ? .always : .never,
            isFalse: known ? .never : .always,
            isTotal: true
        )
    }

    var known: Bool? {
        guard isExact else { return nil }
        return isTrue.isAlways ? true : isFalse.isAlways ? false : nil
    }

    var mayBeTrue: Bool { !isTrue.isNever }

    var mayBeFalse: Bool { !isFalse.isNever }

    /// Whether it errs of every row.
    var isFailed: Bool { isExact && !mayBeTrue && !mayBeFalse }

    var size: Int { isTrue.size + isFalse.size }

    static prefix func ! (operand: RowTruth) -> RowTruth {
        RowTruth(
            isTrue: operand.isFalse,
            isFalse: operand.isTrue,
            isTotal: operand.isTotal,
            isExact: operand.isExact
        )
    }

    /// `left && right`, where the right side is not asked when the left one is false or errs.
    static func and(_ left: RowTruth, _ right: RowTruth) -> RowTruth {
        RowTruth(
            isTrue: left.isTrue && right.isTrue,
            isFalse: left.isFalse
                || (left.isTotal ? right.isFalse : left.isTrue && right.isFalse),
            isTotal: left.isTotal && right.isTotal || left.known == false,
            isExact: left.isExact && right.isExact
        )
    }

    static func or(_ left: RowTruth, _ right: RowTruth) -> RowTruth {
        !and(!left, !right)
    }

    /// `if condition then positive else negative`.
    static func choice(
        _ condition: RowTruth,
        _ positive: RowTruth,
        _ negative: RowTruth
    ) -> RowTruth {
        RowTruth(
            isTrue: (condition.isTrue && positive.isTrue) || (condition.isFalse && negative.isTrue),
            isFalse: (condition.isTrue && positive.isFalse)
                || (condition.isFalse && negative.isFalse),
            isTotal: condition.isTotal && positive.isTotal && negative.isTotal,
            isExact: condition.isExact && positive.isExact && negative.isExact
        )
    }

    /// `left == right` of two booleans.
    static func equal(_ left: RowTruth, _ right: RowTruth) -> RowTruth {
        choice(left, right, !right)
    }
}

/// Writes a condition as SQL and numbers its parameters.
struct RowConditionWriter {
    private(set) var parameters: [SQLParameter] = []
    private var numbers: [SQLParameter: Int] = [:]
    private let first: Int

    init(firstParameter: Int) {
        first = firstParameter
    }

    /// The condition as SQL; nil when it is too long for a statement.
    mutating func text(of condition: RowCondition) -> String? {
        guard condition.size <= Limits.filterAtoms else { return nil }
        let sql = write(condition)
        return sql.utf8.count <= Limits.filterBytes ? sql : nil
    }

    private mutating func write(_ condition: RowCondition) -> String {
        switch condition {
        case .always: "1"
        case .never: "0"
        case .atom(let values, let render): render(values.map { placeholder($0) })
        case .all(let parts, _): list(parts, " AND ")
        case .any(let parts, _): "(" + list(parts, " OR ") + ")"
        }
    }

    private mutating func list(_ parts: [RowCondition], _ separator: String) -> String {
        var out = ""
        for part in parts {
            if !out.isEmpty { out += separator }
            out += write(part)
        }
        return out
    }

    /// The same value has the same number wherever it stands.
    private mutating func placeholder(_ value: SQLParameter) -> String {
        if let number = numbers[value] { return "?\(number)" }
        let number = first + parameters.count
        numbers[value] = number
        parameters.append(value)
        return "?\(number)"
    }
}
