extension Schema {
    /// Checks that a request is one the schema knows: its action, the types it applies to, and the
    /// context to the letter.
    public func check(_ request: Request) throws(PolicyError) {
        guard let action = actions[request.action] else {
            throw PolicyError("unknown action `\(request.action)`")
        }
        let parts = [
            (request.principal, action.principals), (request.resource, action.resources),
        ]
        for (uid, types) in parts {
            guard let type = entityTypes[uid.type], types.contains(uid.type) else {
                throw PolicyError("`\(action.uid)` does not apply to `\(uid)`")
            }
            guard type.allows(uid.id) else {
                throw PolicyError("`\(uid)` is not one of its type's entities")
            }
        }
        let type = CedarType.record(action.context, isOpen: false)
        try check(.record(request.context), type, "the context of `\(action.uid)`")
    }

    /// Checks one entity: its type, attributes, tags and parents.
    public func check(_ entity: Entity) throws(PolicyError) {
        let uid = entity.uid
        guard let type = entityTypes[uid.type] else { return try checkAction(entity) }
        guard type.allows(uid.id) else {
            throw PolicyError("`\(uid)` is not one of its type's entities")
        }
        let attributes = CedarType.record(type.attributes, isOpen: false)
        try check(.record(entity.attributes), attributes, "`\(uid)`")
        for tag in entity.tags.fields {
            guard let tags = type.tags else { throw PolicyError("`\(uid)` can have no tags") }
            try check(tag.value, tags, "the tag `\(tag.name)` of `\(uid)`")
        }
        for parent in entity.parents {
            guard entityTypes[parent.type]?.descendants.contains(uid.type) == true else {
                throw PolicyError("`\(uid)` cannot be in `\(parent)`")
            }
            try check(.entity(parent), .oneEntity(parent.type), "a parent of `\(uid)`")
        }
    }

    /// An action among the entities says what the schema says, or it is refused.
    private func checkAction(_ entity: Entity) throws(PolicyError) {
        guard let action = actions[entity.uid] else {
            throw PolicyError("`\(entity.uid)` is not of a type of the schema")
        }
        guard entity.attributes == [:], entity.tags == [:],
            entity.parents.allSatisfy(action.ancestors.contains)
        else { throw PolicyError("`\(entity.uid)` is not as the schema declares it") }
    }

    /// An action among the entities must have all the ancestors the schema gives it.
    func checkAncestors(of entity: Entity, in graph: EntityGraph) throws(PolicyError) {
        guard let action = actions[entity.uid] else { return }
        guard Set(graph.node(of: entity.uid)?.ancestors ?? []) == action.ancestors else {
            throw PolicyError("`\(entity.uid)` is not as the schema declares it")
        }
    }

    private func check(
        _ value: Value,
        _ type: CedarType,
        _ path: String
    ) throws(PolicyError) {
        switch (value, type) {
        case (.bool, .bool), (.long, .long), (.string, .string),
            (.decimal, .extended(.decimal)), (.ipaddr, .extended(.ipaddr)),
            (.datetime, .extended(.datetime)), (.duration, .extended(.duration)):
            return
        case (.entity(let uid), .entity(let names)) where names.contains(uid.type):
            guard entityTypes[uid.type]?.allows(uid.id) != false else {
                throw PolicyError("\(path): `\(uid)` is not one of its type's entities")
            }
        case (.set(let set), .set(let element)):
            for member in set.elements { try check(member, element, path) }
        case (.record(let record), .record(let attributes, _)):
            for field in record.fields {
                guard let entry = attributes[field.name] else {
                    throw PolicyError("\(path): the schema has no attribute `\(field.name)`")
                }
                try check(field.value, entry.type, "\(path), `\(field.name)`")
            }
            for entry in attributes.entries where entry.isRequired && record[entry.name] == nil {
                throw PolicyError("\(path): the attribute `\(entry.name)` is missing")
            }
        default: throw PolicyError("\(path): expected \(type), found \(value.kind.name)")
        }
    }
}
