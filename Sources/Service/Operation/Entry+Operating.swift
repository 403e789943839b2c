import AuditTrail
import Crypto
import PolicyEngine
import SQLite

extension Entry {
    /// What a user of the machine did to something, through a command or a signal.
    static func operating(
        _ action: String,
        on resource: EntityUID,
        policySet: String,
        decision: Decision = .allow,
        reason: String? = nil,
        uid: UInt32,
        at now: Timestamp
    ) throws -> Entry {
        try Entry(
            at: now,
            actor: .operating(uid: uid),
            session: nil,
            elevated: false,
            address: "",
            action: action,
            resource: resource.description,
            subjects: [],
            decision: decision,
            policies: [],
            policySet: policySet,
            reason: reason,
            requestID: Hex.encode(Random.bytes(8))
        )
    }

    /// What the service found by itself that nobody may have done.
    static func finding(
        _ action: String,
        on resource: EntityUID,
        policySet: String,
        reason: String,
        at now: Timestamp
    ) throws -> Entry {
        try Entry(
            at: now,
            actor: .service,
            session: nil,
            elevated: false,
            address: "",
            action: action,
            resource: resource.description,
            subjects: [],
            decision: .deny,
            policies: [],
            policySet: policySet,
            reason: reason,
            requestID: Hex.encode(Random.bytes(8))
        )
    }
}
