/// An entity with what is known of it.
public struct Entity: Sendable {
    /// The name.
    public let uid: EntityUID

    /// The entities it is directly in.
    public let parents: [EntityUID]

    /// The attributes by name.
    public let attributes: Record

    /// The tags by name.
    public let tags: Record

    /// Describes an entity.
    public init(
        uid: EntityUID,
        parents: [EntityUID] = [],
        attributes: Record = [:],
        tags: Record = [:]
    ) {
        self.uid = uid
        self.parents = parents
        self.attributes = attributes
        self.tags = tags
    }
}

extension Entity {
    /// Hands over every entity that its parents, attributes and tags name, in no particular order; one
    /// may come more than once.
    func forEachName(_ body: (EntityUID) -> Void) {
        for parent in parents { body(parent) }
        attributes.forEachName(body)
        tags.forEachName(body)
    }
}

extension Record {
    fileprivate func forEachName(_ body: (EntityUID) -> Void) {
        for field in fields { field.value.forEachName(body) }
    }
}

extension Value {
    fileprivate func forEachName(_ body: (EntityUID) -> Void) {
        switch self {
        case .entity(let uid): body(uid)
        case .set(let set): for element in set.elements { element.forEachName(body) }
        case .record(let record): record.forEachName(body)
        case .bool, .long, .string, .decimal, .ipaddr, .datetime, .duration: break
        }
    }
}

/// An entity with the closure of its ancestors.
final class EntityNode: Sendable {
    let entity: Entity
    let ancestors: [EntityUID]
    /// The ancestors again, when there are too many to look through.
    private let index: Set<EntityUID>?

    init(_ entity: Entity, ancestors: [EntityUID]) {
        self.entity = entity
        self.ancestors = ancestors
        index = ancestors.count > 16 ? Set(ancestors) : nil
    }

    func hasAncestor(_ uid: EntityUID) -> Bool {
        if let index { return index.contains(uid) }
        for ancestor in ancestors where ancestor == uid { return true }
        return false
    }
}
