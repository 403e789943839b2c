import AuditTrail
import Authentication
import Crypto
import PolicyEngine
import Records
import SQLite

/// Who and what the made-up school has, by the keys of its content.
struct DemoMembers: Sendable {
    var staff: [Int: StaffMember] = [:]
    var pupils: [Int: Identifier] = [:]
}

/// Writes the made-up school through the same gate and stores as the service, in one transaction.
struct DemoFilling {
    let school: School
    var members: DemoMembers
    let connection: Connection
    var log: AccessLog

    func groupRecipients(_ facts: IncidentFacts) throws -> [Identifier] {
        let entity = members.entity(of: facts)
        return try members.staff.values.filter { member in
            try isAllowed("receiveGroupAlert", on: entity, by: member, elevated: false)
        }.map(\.id)
    }

    func isAllowed(
        _ action: String,
        on resource: Entity,
        by member: StaffMember,
        elevated: Bool
    ) throws -> Bool {
        let request = Request(
            principal: member.entity.uid,
            action: .action(action),
            resource: resource.uid,
            context: Exchange.context(elevated: elevated, locked: false)
        )
        return school.policy.allows(
            request,
            try school.policy.entities.adding([member.entity, resource])
        )
    }

    func permit(
        _ action: String,
        on resource: Entity,
        by member: StaffMember,
        context: [(String, Value)] = []
    ) throws -> Permit {
        let session = Exchange.context(elevated: true, locked: false)
        let request = Request(
            principal: member.entity.uid,
            action: .action(action),
            resource: resource.uid,
            context: try Record(session.fields.map { ($0.name, $0.value) } + context)
        )
        let authorization = school.policy.authorizer.authorize(
            request,
            try school.policy.entities.adding([member.entity, resource]),
            session: 0,
            contextIfElevated: nil
        )
        guard case .permit(let permit) = consume authorization else {
            throw ServiceError.policies("the policies do not let the demo's people do their work")
        }
        return permit
    }

    /// Puts on record what somebody did then.
    mutating func record(
        _ action: String,
        _ type: String,
        _ id: String,
        by actor: Identifier?,
        at moment: Timestamp
    ) throws {
        let uid = EntityUID(type: type, id: id).description
        try log.append(
            try Entry(
                at: moment,
                actor: actor.map { .staff($0) } ?? .service,
                session: nil,
                elevated: false,
                address: "",
                action: action,
                resource: uid,
                subjects: type == "Staff" ? [] : [uid],
                decision: .allow,
                policies: [],
                policySet: school.policy.identifier,
                reason: "demo",
                requestID: Hex.encode(Random.bytes(8))
            ),
            on: connection
        )
    }
}
