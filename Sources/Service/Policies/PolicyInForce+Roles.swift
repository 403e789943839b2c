import Authentication
import PolicyEngine
import Records
import SQLite

/// What the policy would say to people who are not asking: who could approve, who is told.
extension PolicyInForce {
    /// Whether an active person with these roles and no others might do something.
    func allows(
        roles: [String],
        _ action: String,
        on resource: Entity,
        elevated: Bool,
        context: [(String, Value)] = []
    ) throws -> Bool {
        let person = Entity(
            uid: EntityUID(type: "Staff", id: ""),
            parents: roles.map { EntityUID(type: "Role", id: $0) },
            attributes: ["active": .bool(true), "chair": .bool(false)]
        )
        return try allows(person, action, on: resource, elevated: elevated, context: context)
    }

    /// Whether a person as they are now might do something.
    func allows(
        _ person: Entity,
        _ action: String,
        on resource: Entity,
        elevated: Bool,
        context more: [(String, Value)] = []
    ) throws -> Bool {
        let session = Exchange.context(elevated: elevated, locked: false)
        let request = Request(
            principal: person.uid,
            action: .action(action),
            resource: resource.uid,
            context: try Record(session.fields.map { ($0.name, $0.value) } + more)
        )
        let named = resource.uid == person.uid ? [person] : [person, resource]
        return allows(request, try entities.adding(named))
    }

    /// The roles whose holder, elevated, could decide what takes a second person.
    func deciders(of kind: String) throws -> [String] {
        try roles.filter { role in
            try allows(
                roles: [role],
                "decideApproval",
                on: Approval.blank(kind: kind),
                elevated: true,
                context: [("keyHolder", .bool(true))]
            )
        }
    }
}

extension Approval {
    /// The request as the policies see it.
    var entity: Entity {
        Entity(
            uid: uid,
            attributes: [
                "kind": .string(matter.kind),
                "requester": .entity(.staff(requester)),
                "concerned": .entity(.staff(concerned)),
            ]
        )
    }

    var uid: EntityUID { EntityUID(type: "Approval", id: id.description) }

    /// A request that nobody made about anybody, to ask the policies with.
    static func blank(kind: String = "", id: String = "") -> Entity {
        Entity(
            uid: EntityUID(type: "Approval", id: id),
            attributes: [
                "kind": .string(kind),
                "requester": .entity(EntityUID(type: "Staff", id: "nobody")),
            ]
        )
    }
}
