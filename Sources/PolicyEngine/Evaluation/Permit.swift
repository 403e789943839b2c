/// The right of one session to do one thing, once.
///
/// Only an `Authorizer` makes one: whatever hands out data takes a permit, and so cannot be reached
/// without a decision.
public struct Permit: ~Copyable, Sendable {
    /// Who may.
    public let principal: EntityUID
    /// What may be done.
    public let action: EntityUID
    /// What it may be done to; nil when a filter says so row by row.
    public let resource: EntityUID?
    /// The session that asked, as the caller numbers sessions.
    public let session: Int64
    /// The policies that permit it; with a filter, those that may.
    public let determining: PolicyIDs
    /// The identifier of the policy set that decided.
    public let policySet: String
    /// Which rows may be read; nil when the permit is for one resource.
    public let filter: RowFilter?

    /// The ids of the policies that permit it, in the order of the set.
    public var policies: [String] { Array(determining) }

    init(
        principal: EntityUID,
        action: EntityUID,
        resource: EntityUID?,
        session: Int64,
        determining: PolicyIDs,
        policySet: String,
        filter: RowFilter?
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.session = session
        self.determining = determining
        self.policySet = policySet
        self.filter = filter
    }
}

/// What a service does with a request.
public enum Authorization: ~Copyable, Sendable {
    /// It may be done.
    case permit(Permit)
    /// It may not be done as things are, but in the elevated context it could.
    case stepUp(Refusal)
    /// It may not be done.
    case denial(Refusal)
}

/// Why something may not be done.
public struct Refusal: Hashable, Sendable {
    /// The ids of the forbids that hold; empty when only a permit is missing.
    public let policies: [String]
    /// The `@reason` of the first of them, in words for the person who asked.
    public let reason: String?
    /// The policies that could not be evaluated; an erring forbid denies by itself.
    public let errors: [EvaluationError]
}
