/// What operators and functions do with numbers, texts and addresses, for every evaluator.
enum Scalars {
    static func order(_ sign: Comparison, _ left: Int64, _ right: Int64) -> Bool {
        switch sign {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .equal: left == right
        case .unequal: left != right
        }
    }

    static func arithmetic(
        _ sign: Arithmetic,
        _ left: Int64,
        _ right: Int64
    ) throws(EvaluationFailure) -> Int64 {
        switch sign {
        case .plus: try checked(left.addingReportingOverflow(right), "+")
        case .minus: try checked(left.subtractingReportingOverflow(right), "-")
        case .times: try checked(left.multipliedReportingOverflow(by: right), "*")
        }
    }

    static func negate(_ value: Int64) throws(EvaluationFailure) -> Int64 {
        try checked(Int64(0).subtractingReportingOverflow(value), "-")
    }

    /// The extension value that a text stands for.
    static func construct(
        _ function: Function,
        _ text: String
    ) throws(EvaluationFailure) -> Value {
        let result: Value? =
            switch function {
            case .decimal: Value.parseDecimal(text).map { .decimal(tenThousandths: $0) }
            case .ip: IPAddress(text).map { .ipaddr($0) }
            case .datetime: Value.parseDatetime(text).map { .datetime(milliseconds: $0) }
            default: Value.parseDuration(text).map { .duration(milliseconds: $0) }
            }
        guard let result else { throw .text(function, text) }
        return result
    }

    /// Compares decimals by the method of this name.
    static func compare(_ function: Function, _ left: Int64, _ right: Int64) -> Bool {
        switch function {
        case .lessThan: left < right
        case .lessThanOrEqual: left <= right
        case .greaterThan: left > right
        default: left >= right
        }
    }

    static func examine(_ function: Function, _ address: IPAddress) -> Bool {
        switch function {
        case .isIpv4: !address.isIPv6
        case .isIpv6: address.isIPv6
        case .isLoopback: address.isLoopback
        default: address.isMulticast
        }
    }

    static func offset(_ instant: Int64, _ span: Int64) throws(EvaluationFailure) -> Int64 {
        try checked(instant.addingReportingOverflow(span), "offset")
    }

    static func span(_ instant: Int64, _ since: Int64) throws(EvaluationFailure) -> Int64 {
        try checked(instant.subtractingReportingOverflow(since), "durationSince")
    }

    static func midnight(_ instant: Int64) throws(EvaluationFailure) -> Int64 {
        try checked(instant.subtractingReportingOverflow(time(instant)), "toDate")
    }

    /// The time of the day in milliseconds.
    static func time(_ instant: Int64) -> Int64 {
        let day = unit(.toDays)
        // Days begin at midnight before 1970 as well: the remainder is never negative.
        return (instant % day + day) % day
    }

    /// Milliseconds of the unit that a duration is converted to.
    static func unit(_ function: Function) -> Int64 {
        switch function {
        case .toSeconds: 1_000
        case .toMinutes: 60_000
        case .toHours: 3_600_000
        case .toDays: 86_400_000
        default: 1
        }
    }

    private static func checked(
        _ result: (partialValue: Int64, overflow: Bool),
        _ name: StaticString
    ) throws(EvaluationFailure) -> Int64 {
        guard !result.overflow else { throw .overflow(name) }
        return result.partialValue
    }
}
