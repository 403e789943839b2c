/// What conformance tests gave: how many checks of each kind passed, and which failed.
public struct ConformanceReport: Sendable, CustomStringConvertible {
    /// A kind of check, counted by itself.
    public enum Check: String, Hashable, Sendable, CaseIterable {
        /// Whether a test, its policies and its schema could be read.
        case reading
        /// Decision, determining policies and erring policies of a request.
        case decisions
        /// Whether the whole of policies passes strict validation.
        case shouldValidate
        /// Whether a request fits the schema.
        case requestValidation
        /// The strict verdict on each policy.
        case strictPolicies
        /// The permissive verdict on each policy.
        case permissivePolicies
        /// Whether an entity fits the schema.
        case entityValidation
        /// Whether entities can be read by the schema.
        case entityParsing

        /// The name in words.
        public var name: String {
            switch self {
            case .reading: "tests read"
            case .decisions: "decisions with reasons and errors"
            case .shouldValidate: "shouldValidate"
            case .requestValidation: "request validation"
            case .strictPolicies: "strict verdicts on policies"
            case .permissivePolicies: "permissive verdicts on policies"
            case .entityValidation: "entity validation"
            case .entityParsing: "entity parsing"
            }
        }
    }

    /// A check that failed, or that was not made.
    public struct Remark: Hashable, Sendable, CustomStringConvertible {
        /// The kind of check.
        public let check: Check
        /// The id of the test.
        public let test: String
        /// What was found, or why nothing was compared.
        public let message: String

        /// The test, the kind of check and the message.
        public var description: String {
            "\(test): \(check.name): \(message)"
        }
    }

    /// How many checks passed.
    public private(set) var passed: [Check: Int] = [:]

    /// The checks that failed, in the order of the tests.
    public private(set) var failures: [Remark] = []

    /// What a test expects and what was not compared, each with the reason.
    public private(set) var leftOut: [Remark] = []

    /// A report on no test.
    public init() {}

    /// How many checks of a kind failed.
    public func failed(_ check: Check) -> Int {
        failures.count { $0.check == check }
    }

    /// A line for each kind of check that was made: its name and `N passed, M failed`.
    public var description: String {
        var lines: [String] = []
        for check in Check.allCases {
            let (passed, failed) = (passed[check] ?? 0, failed(check))
            let left = leftOut.count { $0.check == check }
            guard passed + failed + left > 0 else { continue }
            let note = left > 0 ? " (\(left) not compared)" : ""
            lines.append("\(check.name): \(passed) passed, \(failed) failed\(note)")
        }
        return lines.joined(separator: "\n")
    }

    mutating func record(
        _ check: Check,
        _ isGood: Bool,
        of test: String,
        _ message: @autoclosure () -> String
    ) {
        if isGood {
            passed[check, default: 0] += 1
        } else {
            failures.append(Remark(check: check, test: test, message: message()))
        }
    }

    mutating func leaveOut(_ check: Check, of test: String, because reason: String) {
        leftOut.append(Remark(check: check, test: test, message: reason))
    }
}
