/// Reads a schema in JSON (Cedar's documentation, "JSON schema format").
struct SchemaJSON {
    let name: String

    func namespaces(_ json: JSON) throws(PolicyError) -> [SchemaNamespace] {
        var namespaces: [SchemaNamespace] = []
        for member in try object(json, name) {
            let path = "\(name): namespace `\(member.key)`"
            guard member.key.isEmpty || SchemaJSON.isPath(member.key) else {
                throw PolicyError("\(path): expected a name")
            }
            try known(
                member.value,
                ["commonTypes", "entityTypes", "actions", "annotations"],
                path
            )
            var namespace = SchemaNamespace(name: member.key)
            for type in try optionalObject(member.value["commonTypes"], path) {
                namespace.types.append(
                    .init(
                        name: try identifier(type.key, path),
                        type: try self.type(type.value, "\(path), type `\(type.key)`"),
                        place: .path("\(path), type `\(type.key)`")
                    )
                )
            }
            for entity in try optionalObject(member.value["entityTypes"], path) {
                namespace.entities.append(
                    try self.entity(entity, "\(path), entity type `\(entity.key)`")
                )
            }
            for action in try optionalObject(member.value["actions"], path) {
                namespace.actions.append(
                    try self.action(action, "\(path), action `\(action.key)`")
                )
            }
            namespaces.append(namespace)
        }
        return namespaces
    }

    private func entity(
        _ member: JSON.Member,
        _ path: String
    ) throws(PolicyError) -> SchemaNamespace.EntityDeclaration {
        let json = member.value
        var entity = SchemaNamespace.EntityDeclaration(
            name: try identifier(member.key, path),
            place: .path(path)
        )
        if let choices = json["enum"] {
            try known(json, ["enum", "annotations"], path)
            entity.choices = try strings(choices, path)
            guard entity.choices?.isEmpty == false else {
                throw PolicyError("\(path): expected one id at the least")
            }
            return entity
        }
        try known(json, ["memberOfTypes", "shape", "tags", "annotations"], path)
        entity.parents = try names(json["memberOfTypes"], path)
        if let shape = json["shape"] { entity.shape = try type(shape, path) }
        if let tags = json["tags"] { entity.tags = try type(tags, path) }
        return entity
    }

    private func action(
        _ member: JSON.Member,
        _ path: String
    ) throws(PolicyError) -> SchemaNamespace.ActionDeclaration {
        let json = member.value
        try known(json, ["memberOf", "appliesTo", "attributes", "annotations"], path)
        var action = SchemaNamespace.ActionDeclaration(id: member.key, place: .path(path))
        for parent in try optionalArray(json["memberOf"], path) {
            let type = try parent["type"].map { (type) throws(PolicyError) in
                SchemaName(text: try string(type, path), place: .path(path))
            }
            guard let id = parent["id"] else { throw PolicyError("\(path): expected an `id`") }
            action.parents.append((type, try string(id, path), .path(path)))
        }
        guard let appliesTo = json["appliesTo"], appliesTo != .null else { return action }
        try known(appliesTo, ["principalTypes", "resourceTypes", "context"], path)
        guard let principals = appliesTo["principalTypes"],
            let resources = appliesTo["resourceTypes"]
        else { throw PolicyError("\(path): expected `principalTypes` and `resourceTypes`") }
        action.principals = try names(principals, path)
        action.resources = try names(resources, path)
        if let context = appliesTo["context"] { action.context = try type(context, path) }
        return action
    }

    private func type(
        _ json: JSON,
        _ path: String,
        depth: Int = 0
    ) throws(PolicyError) -> TypeExpression {
        guard depth < Limits.typeDepth else {
            throw PolicyError("\(path): expected a type nested less deep")
        }
        guard let kind = json["type"] else { throw PolicyError("\(path): expected a `type`") }
        let text = try string(kind, path)
        func named(_ meaning: TypeExpression.Meaning) throws(PolicyError) -> TypeExpression {
            guard let name = json["name"] else { throw PolicyError("\(path): expected a `name`") }
            return .named(SchemaName(text: try string(name, path), place: .path(path)), meaning)
        }
        switch text {
        case "Long": return .builtin(.long)
        case "String": return .builtin(.string)
        case "Boolean", "Bool": return .builtin(.anyBool)
        case "Entity": return try named(.entity)
        case "EntityOrCommon": return try named(.typeOrEntity)
        case "Extension":
            guard let name = json["name"],
                let type = ExtensionType(rawValue: try string(name, path))
            else { throw PolicyError("\(path): expected the `name` of an extension's type") }
            return .builtin(.extended(type))
        case "Set":
            guard let element = json["element"] else {
                throw PolicyError("\(path): expected an `element`")
            }
            return .set(try type(element, path, depth: depth + 1))
        case "Record":
            var fields: [(name: String, type: TypeExpression, isRequired: Bool)] = []
            for member in try optionalObject(json["attributes"], path) {
                fields.append(
                    (
                        member.key, try type(member.value, path, depth: depth + 1),
                        try isRequired(member.value, path)
                    )
                )
            }
            if let open = json["additionalAttributes"], open != .bool(false) {
                throw PolicyError("\(path): records with additional attributes are not supported")
            }
            return .record(fields)
        default: return .named(SchemaName(text: text, place: .path(path)), .type)
        }
    }

    private func isRequired(_ json: JSON, _ path: String) throws(PolicyError) -> Bool {
        switch json["required"] {
        case nil: true
        case .bool(let isRequired)?: isRequired
        default: throw PolicyError("\(path): expected `required` to be true or false")
        }
    }

    // MARK: Pieces

    private func known(_ json: JSON, _ keys: Set<String>, _ path: String) throws(PolicyError) {
        for member in try object(json, path) where !keys.contains(member.key) {
            throw PolicyError("\(path): unknown member `\(member.key)`")
        }
    }

    private func object(_ json: JSON, _ path: String) throws(PolicyError) -> [JSON.Member] {
        guard case .object(let members) = json else {
            throw PolicyError("\(path): expected an object, found \(json.kind)")
        }
        return members
    }

    private func optionalObject(_ json: JSON?, _ path: String) throws(PolicyError) -> [JSON.Member]
    {
        guard let json else { return [] }
        return try object(json, path)
    }

    private func optionalArray(_ json: JSON?, _ path: String) throws(PolicyError) -> [JSON] {
        switch json {
        case nil, .null?: return []
        case .array(let items)?: return items
        case let other?: throw PolicyError("\(path): expected an array, found \(other.kind)")
        }
    }

    private func string(_ json: JSON, _ path: String) throws(PolicyError) -> String {
        guard case .string(let text) = json else {
            throw PolicyError("\(path): expected a string, found \(json.kind)")
        }
        return text
    }

    private func strings(_ json: JSON, _ path: String) throws(PolicyError) -> [String] {
        var strings: [String] = []
        for item in try optionalArray(json, path) { strings.append(try string(item, path)) }
        return strings
    }

    private func names(_ json: JSON?, _ path: String) throws(PolicyError) -> [SchemaName] {
        guard let json else { return [] }
        return try strings(json, path).map { SchemaName(text: $0, place: .path(path)) }
    }

    private func identifier(_ text: String, _ path: String) throws(PolicyError) -> String {
        guard SchemaJSON.isPath(text), !text.utf8.contains(UInt8(ascii: ":")) else {
            throw PolicyError("\(path): `\(text)` is not a name")
        }
        return text
    }

    /// Whether the text is names joined by `::`, none of them reserved.
    private static func isPath(_ text: String) -> Bool {
        guard let source = try? SourceText(name: "", text: text),
            var reader = try? TokenReader(source), let path = try? reader.path("a name")
        else { return false }
        return path.isIdentical(to: text)
    }
}
