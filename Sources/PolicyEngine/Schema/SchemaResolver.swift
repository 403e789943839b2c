/// Looks up every name of a schema and closes its hierarchies.
struct SchemaResolver {
    private let namespaces: [SchemaNamespace]
    private var types: [String: SchemaNamespace.TypeDeclaration] = [:]
    private var entityNames: Set<String> = []
    private var actionNames: Set<EntityUID> = []
    private var resolved: [String: CedarType] = [:]
    /// The common types that are being resolved, to find one that contains itself.
    private var open: [String] = []

    static func schema(of namespaces: [SchemaNamespace]) throws(PolicyError) -> Schema {
        var resolver = try SchemaResolver(namespaces)
        for namespace in namespaces {
            for declaration in namespace.types {
                let name = SchemaResolver.join(namespace.name, declaration.name)
                _ = try resolver.common(name, declaration.place)
            }
        }
        return Schema(
            entityTypes: try resolver.entityTypes(),
            actions: try resolver.actions()
        )
    }

    private init(_ namespaces: [SchemaNamespace]) throws(PolicyError) {
        self.namespaces = namespaces
        for namespace in namespaces {
            for type in namespace.types {
                guard !SchemaResolver.reservedTypes.contains(type.name) else {
                    throw type.place.error("`\(type.name)` is reserved")
                }
                let name = SchemaResolver.join(namespace.name, type.name)
                guard types.updateValue(type, forKey: name) == nil else {
                    throw type.place.error("the type `\(name)` is declared twice")
                }
            }
            for entity in namespace.entities {
                let name = SchemaResolver.join(namespace.name, entity.name)
                guard entity.name != "Action" else {
                    throw entity.place.error("`Action` is reserved for actions")
                }
                guard entityNames.insert(name).inserted else {
                    throw entity.place.error("the entity type `\(name)` is declared twice")
                }
            }
            for action in namespace.actions {
                let uid = SchemaResolver.action(namespace.name, action.id)
                guard actionNames.insert(uid).inserted else {
                    throw action.place.error("the action `\(uid)` is declared twice")
                }
            }
        }
        try refuseShadows()
    }

    /// A name of the unnamed namespace cannot be declared again in another one (RFC 70 of Cedar):
    /// it could not be told which is meant.
    private func refuseShadows() throws(PolicyError) {
        for namespace in namespaces where !namespace.name.isEmpty {
            let names =
                namespace.types.map { ($0.name, $0.place) }
                + namespace.entities.map { ($0.name, $0.place) }
            for (name, place) in names where types[name] != nil || entityNames.contains(name) {
                throw place.error("`\(name)` is declared outside of namespaces as well")
            }
            for action in namespace.actions
            where actionNames.contains(EntityUID(type: "Action", id: action.id)) {
                throw action.place.error(
                    "the action `\(action.id)` is declared outside of namespaces as well"
                )
            }
        }
    }

    // MARK: Types

    private mutating func common(
        _ name: String,
        _ place: SchemaPlace
    ) throws(PolicyError) -> CedarType {
        if let type = resolved[name] { return type }
        guard let declaration = types[name] else { throw place.error("unknown type `\(name)`") }
        guard !open.contains(name) else {
            throw place.error("the type `\(name)` contains itself")
        }
        guard open.count < Limits.typeDepth else {
            throw place.error("types are nested too deep")
        }
        open.append(name)
        let namespace = SchemaResolver.namespace(of: name)
        let type = try self.type(declaration.type, in: namespace)
        open.removeLast()
        // A type that names another twice doubles with each step: the whole is bounded.
        guard type.size <= Limits.typeSize else { throw place.error("the type is too large") }
        resolved[name] = type
        return type
    }

    private mutating func type(
        _ expression: TypeExpression,
        in namespace: String
    ) throws(PolicyError) -> CedarType {
        switch expression {
        case .builtin(let type): return type
        case .set(let element): return .set(try type(element, in: namespace))
        case .record(let fields):
            var entries: [AttributeMap.Entry] = []
            for field in fields {
                entries.append(
                    AttributeMap.Entry(
                        name: field.name,
                        type: try type(field.type, in: namespace),
                        isRequired: field.isRequired
                    )
                )
            }
            return .record(AttributeMap(entries), isOpen: false)
        case .named(let name, let meaning):
            for candidate in candidates(name.text, in: namespace) {
                if meaning != .entity, types[candidate] != nil {
                    return try common(candidate, name.place)
                }
                if meaning != .type, entityNames.contains(candidate) {
                    return .oneEntity(candidate)
                }
            }
            guard meaning != .entity, let builtin = SchemaResolver.builtin(name.text) else {
                throw name.place.error("unknown type `\(name.text)`")
            }
            return builtin
        }
    }

    /// The full names that a name may stand for, the nearest first.
    private func candidates(_ name: String, in namespace: String) -> [String] {
        name.utf8.contains(UInt8(ascii: ":")) || namespace.isEmpty
            ? [name] : [SchemaResolver.join(namespace, name), name]
    }

    private func entity(_ name: SchemaName, in namespace: String) throws(PolicyError) -> String {
        for candidate in candidates(name.text, in: namespace)
        where entityNames.contains(candidate) {
            return candidate
        }
        throw name.place.error("unknown entity type `\(name.text)`")
    }

    private mutating func attributes(
        _ expression: TypeExpression?,
        in namespace: String,
        _ place: SchemaPlace
    ) throws(PolicyError) -> AttributeMap {
        guard let expression else { return AttributeMap() }
        guard case .record(let attributes, _) = try type(expression, in: namespace) else {
            throw place.error("expected a record type")
        }
        return attributes
    }

    // MARK: Entities and actions

    private mutating func entityTypes() throws(PolicyError) -> [String: Schema.EntityType] {
        var parents: [String: [String]] = [:]
        var children: [String: Set<String>] = [:]
        for namespace in namespaces {
            for declaration in namespace.entities {
                let name = SchemaResolver.join(namespace.name, declaration.name)
                for parent in declaration.parents {
                    let parent = try entity(parent, in: namespace.name)
                    parents[name, default: []].append(parent)
                    children[parent, default: []].insert(name)
                }
            }
        }
        var entityTypes: [String: Schema.EntityType] = [:]
        for namespace in namespaces {
            for declaration in namespace.entities {
                let name = SchemaResolver.join(namespace.name, declaration.name)
                let tags = try declaration.tags.map { (tags) throws(PolicyError) in
                    try type(tags, in: namespace.name)
                }
                entityTypes[name] = Schema.EntityType(
                    name: name,
                    attributes: try attributes(
                        declaration.shape,
                        in: namespace.name,
                        declaration.place
                    ),
                    tags: tags,
                    choices: declaration.choices,
                    descendants: SchemaResolver.closure(of: name) { children[$0] ?? [] }
                )
            }
        }
        return entityTypes
    }

    private mutating func actions() throws(PolicyError) -> [Schema.Action] {
        var parents: [EntityUID: [EntityUID]] = [:]
        for namespace in namespaces {
            for declaration in namespace.actions {
                let uid = SchemaResolver.action(namespace.name, declaration.id)
                for parent in declaration.parents {
                    parents[uid, default: []].append(try group(parent, in: namespace.name))
                }
            }
        }
        var actions: [Schema.Action] = []
        for namespace in namespaces {
            for declaration in namespace.actions {
                let uid = SchemaResolver.action(namespace.name, declaration.id)
                let ancestors = SchemaResolver.closure(of: uid) { Set(parents[$0] ?? []) }
                guard !ancestors.contains(uid) else {
                    throw declaration.place.error("the action `\(uid)` is in itself")
                }
                var principals: [String] = []
                var resources: [String] = []
                for name in declaration.principals {
                    principals.append(try entity(name, in: namespace.name))
                }
                for name in declaration.resources {
                    resources.append(try entity(name, in: namespace.name))
                }
                actions.append(
                    Schema.Action(
                        uid: uid,
                        parents: parents[uid] ?? [],
                        ancestors: ancestors,
                        principals: principals,
                        resources: resources,
                        context: try attributes(
                            declaration.context,
                            in: namespace.name,
                            declaration.place
                        )
                    )
                )
            }
        }
        return actions
    }

    private func group(
        _ parent: (type: SchemaName?, id: String, place: SchemaPlace),
        in namespace: String
    ) throws(PolicyError) -> EntityUID {
        let type = parent.type?.text ?? "Action"
        // A group without a type is in the same namespace, or else outside of namespaces.
        for candidate in candidates(type, in: namespace) {
            let uid = EntityUID(type: candidate, id: parent.id)
            if actionNames.contains(uid) { return uid }
        }
        throw parent.place.error("unknown action `\(EntityUID(type: type, id: parent.id))`")
    }

    private static func closure<Node: Hashable>(
        of start: Node,
        _ next: (Node) -> Set<Node>
    ) -> Set<Node> {
        var closure: Set<Node> = []
        var waiting = Array(next(start))
        while let node = waiting.popLast() {
            if closure.insert(node).inserted { waiting += next(node) }
        }
        return closure
    }

    private static func join(_ namespace: String, _ name: String) -> String {
        namespace.isEmpty ? name : "\(namespace)::\(name)"
    }

    private static func action(_ namespace: String, _ id: String) -> EntityUID {
        EntityUID(type: join(namespace, "Action"), id: id)
    }

    private static func namespace(of name: String) -> String {
        var parts = name.split(separator: ":")
        parts.removeLast()
        return parts.joined(separator: "::")
    }

    private static func builtin(_ name: String) -> CedarType? {
        switch name.hasPrefix("__cedar::") ? String(name.dropFirst(9)) : name {
        case "Long": .long
        case "String": .string
        case "Bool": .anyBool
        case let other: ExtensionType(rawValue: other).map { .extended($0) }
        }
    }

    private static let reservedTypes: Set<String> = [
        "Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String",
    ]
}
