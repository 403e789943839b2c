public import SQLite

/// What the access log says about one act: who did what to which thing, and why it was allowed.
///
/// It never holds narrative text, names, passwords, codes or tokens. A value is within its limits.
public struct Entry: Hashable, Sendable {
    /// Who acted.
    public enum Actor: Hashable, Sendable {
        /// A person with an account.
        case staff(Identifier)
        /// A user of the machine, through a command.
        case operating(uid: UInt32)
        /// Somebody who gave an address that no account has; only a commitment to it is kept.
        case unknown(commitment: String)
        /// The service by itself.
        case service
    }

    /// What the policy answered.
    public enum Decision: String, Hashable, Sendable, CaseIterable {
        /// It was done.
        case allow
        /// It was refused.
        case deny
    }

    /// When it happened.
    public let at: Timestamp
    /// Who did it.
    public let actor: Actor
    /// In which session.
    public let session: Identifier?
    /// Whether the session was elevated.
    public let elevated: Bool
    /// From which network address.
    public let address: String
    /// What was done: the id of the policy's action.
    public let action: String
    /// To what: the policy's resource.
    public let resource: String
    /// Every incident and pupil disclosed, 200 at the most.
    public let subjects: [String]
    /// What the policy answered.
    public let decision: Decision
    /// The ids of the policies that decided.
    public let policies: [String]
    /// The SHA-256 of the policy set in force, in hex.
    public let policySet: String
    /// Why, in the policy's words.
    public let reason: String?
    /// The request it belongs to.
    public let requestID: String
    /// How many attempts it stands for; `nil` for an act of its own.
    public let count: Int?

    /// An entry within its limits (`AuditLimits`), without control characters.
    /// - Throws: `AuditError.refusedEntry`: what cannot be logged must not be done.
    public init(
        at: Timestamp,
        actor: Actor,
        session: Identifier?,
        elevated: Bool,
        address: String,
        action: String,
        resource: String,
        subjects: [String],
        decision: Decision,
        policies: [String],
        policySet: String,
        reason: String?,
        requestID: String,
        count: Int? = nil
    ) throws(AuditError) {
        self.at = at
        self.actor = actor
        self.session = session
        self.elevated = elevated
        self.address = address
        self.action = action
        self.resource = resource
        self.subjects = subjects
        self.decision = decision
        self.policies = policies
        self.policySet = policySet
        self.reason = reason
        self.requestID = requestID
        self.count = count
        try check()
    }

    private func check() throws(AuditError) {
        try Entry.check(address, "address", atMost: AuditLimits.word)
        try Entry.check(action, "action", atMost: AuditLimits.word)
        try Entry.check(resource, "resource", atMost: AuditLimits.resource)
        try Entry.check(policySet, "policySet", atMost: AuditLimits.word)
        try Entry.check(requestID, "requestId", atMost: AuditLimits.word)
        if let reason { try Entry.check(reason, "reason", atMost: AuditLimits.reason) }
        if case .unknown(let commitment) = actor {
            try Entry.check(commitment, "actor", atMost: AuditLimits.word)
        }
        if let count, count < 1 { throw .refusedEntry(field: "count") }
        guard subjects.count <= AuditLimits.subjects else {
            throw .refusedEntry(field: "subjects")
        }
        for subject in subjects {
            try Entry.check(subject, "subjects", atMost: AuditLimits.name)
            guard !subject.isEmpty else { throw .refusedEntry(field: "subjects") }
        }
        guard policies.count <= AuditLimits.policies else {
            throw .refusedEntry(field: "policies")
        }
        for policy in policies {
            try Entry.check(policy, "policies", atMost: AuditLimits.name)
            guard !policy.isEmpty else { throw .refusedEntry(field: "policies") }
        }
    }

    // Control characters would let a value pass for two in a list, or a line for two in an export.
    private static func check(
        _ text: String,
        _ field: String,
        atMost limit: Int
    ) throws(AuditError) {
        var text = text
        let fits = text.withUTF8 { bytes in
            bytes.count <= limit && !bytes.contains { $0 < 0x20 }
        }
        guard fits else { throw .refusedEntry(field: field) }
    }
}

extension Entry.Actor: CustomStringConvertible {
    /// The staff member's id, `operator:UID`, `unknown:COMMITMENT` or `service`.
    public var description: String {
        switch self {
        case .staff(let id): id.description
        case .operating(let uid): "operator:\(uid)"
        case .unknown(let commitment): "unknown:\(commitment)"
        case .service: "service"
        }
    }

    /// Reads what `description` prints; `nil` for anything else.
    public init?(_ text: String) {
        if text == "service" {
            self = .service
        } else if text.hasPrefix("unknown:") {
            self = .unknown(commitment: String(text.dropFirst(8)))
        } else if text.hasPrefix("operator:") {
            let number = text.dropFirst(9)
            guard let uid = UInt32(number), String(uid) == number else { return nil }
            self = .operating(uid: uid)
        } else {
            guard let id = Identifier(text) else { return nil }
            self = .staff(id)
        }
    }
}

extension Entry {
    /// Subjects in as many parts as there have to be entries: one where there are none.
    ///
    /// What follows an incident belongs to it and stays with it: an entry that is withheld because of
    /// the incident must not leave a pupil of it to the next one.
    public static func parts(of subjects: [String]) -> [[String]] {
        var parts: [[String]] = []
        var rest = subjects[...]
        repeat {
            var part = rest.prefix(AuditLimits.subjects)
            if part.endIndex < rest.endIndex, !isIncident(rest[part.endIndex]),
                let last = part.lastIndex(where: isIncident), last > part.startIndex
            {
                part = part[..<last]
            }
            parts.append(Array(part))
            rest = rest[part.endIndex...]
        } while !rest.isEmpty
        return parts
    }

    private static func isIncident(_ subject: String) -> Bool { subject.hasPrefix("Incident::") }
}
