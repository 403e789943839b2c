public import SQLite

/// Something that waits for a second person, or has been decided by one.
public struct Approval: Sendable, Hashable {
    /// What is done once it is approved.
    public enum Matter: Sendable, Hashable {
        /// Roles that let their holder elevate.
        case roleGrant([String])
        /// Another address for an account that may elevate.
        case addressChange(EmailAddress)
        /// Pupils who are no relatives of the person any more.
        case relationRemoval([Identifier])
        /// A lost authenticator goes, so that another can be enrolled.
        case authenticatorReset
    }

    /// What the second person says.
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// It is done.
        case approve
        /// It is not.
        case reject
    }

    /// The one decision there is.
    public struct Decision: Sendable, Hashable {
        /// What it says.
        public let verdict: Verdict
        /// The second person.
        public let decider: Identifier
        /// Why; may be empty.
        public let reason: String
        /// When.
        public let at: Timestamp
    }

    /// The request's id.
    public let id: Identifier
    /// What is asked for.
    public let matter: Matter
    /// Whose account it is about.
    public let concerned: Identifier
    /// Who asks for it.
    public let requester: Identifier
    /// Why; may be empty.
    public let reason: String
    /// When it was asked for.
    public let requestedAt: Timestamp
    /// From this moment on nobody can decide it any more.
    public let expiresAt: Timestamp
    /// The decision; `nil` while there is none.
    public let decision: Decision?

    /// Where a request stands.
    public enum Standing: String, Sendable, Hashable {
        /// Waits for the second person.
        case open
        /// Done.
        case approved
        /// Refused.
        case rejected
        /// Nobody decided in time.
        case expired
    }

    /// Where it stands at a moment.
    public func standing(at now: Timestamp) -> Standing {
        switch decision?.verdict {
        case .approve: .approved
        case .reject: .rejected
        case nil: now < expiresAt ? .open : .expired
        }
    }
}

extension Approval.Matter {
    /// The kind as the API and the policies name it.
    public var kind: String {
        switch self {
        case .roleGrant: "role-grant"
        case .addressChange: "address-change"
        case .relationRemoval: "relation-removal"
        case .authenticatorReset: "authenticator-reset"
        }
    }

    /// The text that is sealed: words of fixed alphabets, so that a space tells them apart.
    var detail: String {
        switch self {
        case .roleGrant(let roles): roles.joined(separator: " ")
        case .addressChange(let email): email.text
        case .relationRemoval(let pupils): pupils.map(\.description).joined(separator: " ")
        case .authenticatorReset: ""
        }
    }

    /// Reads what `kind` and `detail` wrote.
    ///
    /// - Throws: `AuthenticationError.corrupt` for anything else.
    init(kind: String, detail: String) throws(AuthenticationError) {
        let words = detail.split(separator: " ").map(String.init)
        switch kind {
        case "role-grant": self = .roleGrant(words)
        case "address-change":
            guard let email = EmailAddress(detail) else { throw .corrupt("approval.detail") }
            self = .addressChange(email)
        case "relation-removal":
            let pupils = words.compactMap { Identifier($0) }
            guard pupils.count == words.count else { throw .corrupt("approval.detail") }
            self = .relationRemoval(pupils)
        case "authenticator-reset": self = .authenticatorReset
        default: throw .corrupt("approval.kind")
        }
    }
}

/// A grant of roles that elevate, made by one person before there was a second.
public struct LoneGrant: Sendable, Hashable {
    /// Who got the roles.
    public let account: Identifier
    /// Who gave them.
    public let granter: Identifier
    /// Names of the roles, in alphabetical order.
    public let roles: [String]
    /// When.
    public let at: Timestamp
}
