/// The words in which people speak of requests: the roles, attributes and actions of a schema.
///
/// A word for a condition is the name of an attribute of the context, of the person who asks or of
/// the thing, looked for in this order, with a point before the attribute of an attribute:
/// `retrospective`, `chair`, `restricted`, `incident.restricted`. The records of the context are
/// looked through too, so that `elevated` is `context.session.elevated`. Where one name means two
/// things, `context.`, `principal.` or `resource.` before it says which.
public struct Vocabulary: Sendable {
    let schema: Schema

    /// The attributes that are true as long as nothing else is said, as that somebody is active.
    let normal: Set<String>

    /// The hierarchy of actions.
    let actions: Entities

    /// Takes the schema, and the attributes that are true as long as nothing else is said.
    public init(_ schema: Schema, normally normal: Set<String> = []) throws(PolicyError) {
        self.schema = schema
        self.normal = normal
        actions = try Entities(schema.actionEntities)
    }

    /// What a word stands for.
    struct Meaning {
        /// From `context`, `principal` or `resource` down to the attribute.
        let path: [String]
        let type: CedarType
    }

    /// The roles: what the people of a type can be in by a name from the schema.
    func roles(of principal: String) -> [EntityUID] {
        schema.entityTypeNames.compactMap { schema.entityTypes[$0] }.flatMap { type in
            type.descendants.contains(principal)
                ? (type.choices ?? []).map { EntityUID(type: type.name, id: $0) } : []
        }
    }

    /// What a word means in a request of these types.
    func meaning(of word: String, _ frame: Frame) -> Meaning? {
        let names = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for root in frame.roots {
            if names.count > 1, names[0].isIdentical(to: root.name),
                let type = type(of: names.dropFirst(), in: root.attributes)
            {
                return Meaning(path: names, type: type)
            }
        }
        for root in frame.roots {
            if let type = type(of: names[...], in: root.attributes) {
                return Meaning(path: [root.name] + names, type: type)
            }
            for entry in root.attributes.entries {
                guard case .record(let fields, _) = entry.type,
                    let type = type(of: names[...], in: fields)
                else { continue }
                return Meaning(path: [root.name, entry.name] + names, type: type)
            }
        }
        return nil
    }

    /// The shortest word that means this path.
    func word(for path: [String], _ frame: Frame) -> String {
        for count in 1...path.count {
            let word = path.suffix(count).joined(separator: ".")
            if let meaning = meaning(of: word, frame), meaning.path == path { return word }
        }
        return path.joined(separator: ".")
    }

    private func type(of names: ArraySlice<String>, in attributes: AttributeMap) -> CedarType? {
        guard let first = names.first, let entry = attributes[first] else { return nil }
        if names.count == 1 { return entry.type }
        switch entry.type {
        case .record(let fields, _): return type(of: names.dropFirst(), in: fields)
        case .entity(let types):
            guard let one = types.first, let entity = schema.entityTypes[one] else { return nil }
            return type(of: names.dropFirst(), in: entity.attributes)
        default: return nil
        }
    }

    /// An action and the types of who does it to what.
    struct Frame {
        let action: Schema.Action
        let principal: Schema.EntityType
        let resource: Schema.EntityType

        var roots: [(name: String, attributes: AttributeMap)] {
            [
                ("context", action.context), ("principal", principal.attributes),
                ("resource", resource.attributes),
            ]
        }
    }

    /// The frames of an action: one for each type it can be done to, by the first type that can.
    func frames(of action: Schema.Action) -> [Frame] {
        guard let type = action.principals.first, let principal = schema.entityTypes[type] else {
            return []
        }
        return action.resources.compactMap { schema.entityTypes[$0] }.map { resource in
            Frame(action: action, principal: principal, resource: resource)
        }
    }
}
