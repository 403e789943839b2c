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
        try withoutRequest(
            action,
            by: .operating(uid: uid),
            on: resource,
            policySet: policySet,
            decision: decision,
            reason: reason,
            at: now
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
        try withoutRequest(
            action,
            by: .service,
            on: resource,
            policySet: policySet,
            decision: .deny,
            reason: reason,
            at: now
        )
    }

    private static func withoutRequest(
        _ action: String,
        by actor: Actor,
        on resource: EntityUID,
        policySet: String,
        decision: Decision,
        reason: String?,
        at now: Timestamp
    ) throws -> Entry {
        try Entry(
            at: now,
            actor: actor,
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
}
