/// Who wants to do what to what, and in which circumstances.
public struct Request: Sendable {
    /// Who asks.
    public let principal: EntityUID
    /// What is to be done.
    public let action: EntityUID
    /// What it is done to.
    public let resource: EntityUID
    /// The circumstances.
    public let context: Record

    /// Puts a question together.
    public init(
        principal: EntityUID,
        action: EntityUID,
        resource: EntityUID,
        context: Record = [:]
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }
}

/// Allow or deny.
public enum Decision: String, Hashable, Sendable {
    /// A permit holds and no forbid does.
    case allow
    /// A forbid holds, or no permit does.
    case deny
}

/// What the policies say to a request.
public struct Response: Sendable {
    /// The decision.
    public let decision: Decision
    /// The policies that decided: the forbids that hold, or else the permits that do.
    public let determining: PolicyIDs
    /// The policies that could not be evaluated, in the order of the set.
    public let errors: [EvaluationError]

    /// The ids of the policies that decided, in the order of the set.
    public var reasons: [String] {
        Array(determining)
    }
}

/// Ids of policies of a set, in the order of the set.
public struct PolicyIDs: Sendable, RandomAccessCollection {
    private let policies: [Policy]
    private let numbers: PolicyNumbers

    init(_ policies: [Policy] = [], _ numbers: PolicyNumbers = PolicyNumbers()) {
        self.policies = policies
        self.numbers = numbers
    }

    /// The first place, 0.
    public var startIndex: Int { 0 }

    /// How many there are.
    public var endIndex: Int { numbers.count }

    /// The id at a place.
    public subscript(place: Int) -> String { policies[numbers[place]].id }
}

/// A policy that could not be evaluated; by Cedar's rules it then does not apply.
public struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The policy's id.
    public let policy: String
    /// Whether it forbids: the service denies then.
    public let isForbid: Bool
    /// What went wrong.
    public let message: String

    /// The policy and the message.
    public var description: String {
        "policy `\(policy)`: \(message)"
    }
}

/// Why an expression has no value.
enum EvaluationFailure: Error {
    case type(expected: String, found: Value.Kind)
    case operands(Comparison, Value.Kind, Value.Kind)
    case noAttribute(String)
    case noTag(String)
    case noEntity(EntityUID)
    case overflow(StaticString)
    case arity(Function, Int)
    case text(Function, String)

    var message: String {
        switch self {
        case .type(let expected, let found):
            "expected \(expected), found \(found.name)"
        case .operands(let sign, let left, let right):
            "`\(sign.rawValue)` does not apply to \(left.name) and \(right.name)"
        case .noAttribute(let name): "there is no attribute `\(name)`"
        case .noTag(let name): "there is no tag `\(name)`"
        case .noEntity(let uid): "the entity `\(uid)` does not exist"
        case .overflow(let sign): "integer overflow in `\(sign)`"
        case .arity(let function, let count):
            "`\(function)` takes \(function.arity) arguments, not \(count)"
        case .text(let function, let text):
            "\(text.quoted) is not a text that `\(function)` reads"
        }
    }
}
