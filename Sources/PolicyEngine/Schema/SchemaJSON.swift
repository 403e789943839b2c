/// Reads a schema in JSON (Cedar's documentation, "JSON schema format").
struct SchemaJSON {
    func namespaces(
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> [SchemaNamespace] {
        var namespaces: [SchemaNamespace] = []
        for member in try json.object(at: place) {
            let place = place[member.key]
            guard member.key.isEmpty || TokenReader.isPath(member.key) else {
                throw place.error("expected the name of a namespace, found `\(member.key)`")
            }
            namespaces.append(try namespace(member, at: place))
        }
        return namespaces
    }

    private func namespace(
        _ member: JSON.Member,
        at place: JSONPlace
    ) throws(PolicyError) -> SchemaNamespace {
        let json = member.value
        try json.expectMembers(["commonTypes", "entityTypes", "actions", "annotations"], at: place)
        var namespace = SchemaNamespace(name: member.key)
        let types = place["commonTypes"]
        for type in try json["commonTypes"]?.object(at: types) ?? [] {
            namespace.types.append(
                .init(
                    name: try identifier(type.key, at: types[type.key]),
                    type: try self.type(type.value, at: types[type.key]),
                    place: .json(types[type.key])
                )
            )
        }
        let entities = place["entityTypes"]
        for entity in try json["entityTypes"]?.object(at: entities) ?? [] {
            namespace.entities.append(try self.entity(entity, at: entities[entity.key]))
        }
        let actions = place["actions"]
        for action in try json["actions"]?.object(at: actions) ?? [] {
            namespace.actions.append(try self.action(action, at: actions[action.key]))
        }
        return namespace
    }

    private func entity(
        _ member: JSON.Member,
        at place: JSONPlace
    ) throws(PolicyError) -> SchemaNamespace.EntityDeclaration {
        let json = member.value
        var entity = SchemaNamespace.EntityDeclaration(
            name: try identifier(member.key, at: place),
            place: .json(place)
        )
        if let choices = json["enum"] {
            try json.expectMembers(["enum", "annotations"], at: place)
            entity.choices = try strings(choices, at: place["enum"])
            guard entity.choices?.isEmpty == false else {
                throw place["enum"].error("expected one id at the least")
            }
            return entity
        }
        try json.expectMembers(["memberOfTypes", "shape", "tags", "annotations"], at: place)
        entity.parents = try names(json["memberOfTypes"], at: place["memberOfTypes"])
        if let shape = json["shape"] { entity.shape = try type(shape, at: place["shape"]) }
        if let tags = json["tags"] { entity.tags = try type(tags, at: place["tags"]) }
        return entity
    }

    private func action(
        _ member: JSON.Member,
        at place: JSONPlace
    ) throws(PolicyError) -> SchemaNamespace.ActionDeclaration {
        let json = member.value
        try json.expectMembers(
            ["memberOf", "appliesTo", "attributes", "annotations"],
            at: place
        )
        var action = SchemaNamespace.ActionDeclaration(id: member.key, place: .json(place))
        let groups = place["memberOf"]
        for (number, parent) in try items(json["memberOf"], at: groups).enumerated() {
            let place = groups[number]
            let type = try parent["type"].map { (type) throws(PolicyError) in
                SchemaName(text: try type.string(at: place["type"]), place: .json(place["type"]))
            }
            let id = try parent.member("id", at: place).string(at: place["id"])
            action.parents.append((type, id, .json(place)))
        }
        guard let appliesTo = json["appliesTo"], appliesTo != .null else { return action }
        let place = place["appliesTo"]
        try appliesTo.expectMembers(["principalTypes", "resourceTypes", "context"], at: place)
        action.principals = try names(
            try appliesTo.member("principalTypes", at: place),
            at: place["principalTypes"]
        )
        action.resources = try names(
            try appliesTo.member("resourceTypes", at: place),
            at: place["resourceTypes"]
        )
        if let context = appliesTo["context"] {
            action.context = try type(context, at: place["context"])
        }
        return action
    }

    private func type(
        _ json: JSON,
        at place: JSONPlace,
        depth: Int = 0
    ) throws(PolicyError) -> TypeExpression {
        guard depth < Limits.typeDepth else {
            throw place.error("expected a type nested less than \(Limits.typeDepth) levels deep")
        }
        let kind = try json.member("type", at: place).string(at: place["type"])
        func name() throws(PolicyError) -> SchemaName {
            SchemaName(
                text: try json.member("name", at: place).string(at: place["name"]),
                place: .json(place["name"])
            )
        }
        switch kind {
        case "Long": return .builtin(.long)
        case "String": return .builtin(.string)
        case "Boolean", "Bool": return .builtin(.anyBool)
        case "Entity": return .named(try name(), .entity)
        case "EntityOrCommon": return .named(try name(), .typeOrEntity)
        case "Extension":
            guard let type = ExtensionType(rawValue: try name().text) else {
                throw place["name"].error("expected the name of an extension's type")
            }
            return .builtin(.extended(type))
        case "Set":
            let element = try json.member("element", at: place)
            return .set(try type(element, at: place["element"], depth: depth + 1))
        case "Record": return try record(json, at: place, depth: depth)
        default:
            return .named(SchemaName(text: kind, place: .json(place["type"])), .type)
        }
    }

    private func record(
        _ json: JSON,
        at place: JSONPlace,
        depth: Int
    ) throws(PolicyError) -> TypeExpression {
        var fields: [(name: String, type: TypeExpression, isRequired: Bool)] = []
        let attributes = place["attributes"]
        for member in try json["attributes"]?.object(at: attributes) ?? [] {
            let place = attributes[member.key]
            fields.append(
                (
                    member.key, try type(member.value, at: place, depth: depth + 1),
                    try isRequired(member.value, at: place)
                )
            )
        }
        if let open = json["additionalAttributes"], open != .bool(false) {
            throw place["additionalAttributes"].error(
                "expected false: records with additional attributes are not supported"
            )
        }
        return .record(fields)
    }

    private func isRequired(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> Bool {
        switch json["required"] {
        case nil: true
        case .bool(let isRequired)?: isRequired
        case let other?:
            throw place["required"].error("expected true or false, found \(other.kind)")
        }
    }

    // MARK: Pieces

    /// A list, which may be left out or null.
    private func items(_ json: JSON?, at place: JSONPlace) throws(PolicyError) -> [JSON] {
        switch json {
        case nil, .null?: []
        case let list?: try list.array(at: place)
        }
    }

    private func strings(_ json: JSON?, at place: JSONPlace) throws(PolicyError) -> [String] {
        var strings: [String] = []
        for (number, item) in try items(json, at: place).enumerated() {
            strings.append(try item.string(at: place[number]))
        }
        return strings
    }

    private func names(_ json: JSON?, at place: JSONPlace) throws(PolicyError) -> [SchemaName] {
        try strings(json, at: place).enumerated().map { number, text in
            SchemaName(text: text, place: .json(place[number]))
        }
    }

    private func identifier(_ text: String, at place: JSONPlace) throws(PolicyError) -> String {
        guard Expression.isName(text) else {
            throw place.error("expected a name, found `\(text)`")
        }
        return text
    }
}
