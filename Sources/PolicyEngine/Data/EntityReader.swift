/// Reads entities, contexts and values from Cedar's JSON forms, guided by a schema if there is one
/// (Cedar's documentation, "Entities and context syntax").
struct EntityReader {
    let schema: Schema?

    func entities(_ json: JSON) throws(PolicyError) -> [Entity] {
        guard case .array(let items) = json else {
            throw PolicyError("expected an array of entities, found \(json.kind)")
        }
        var entities: [Entity] = []
        for item in items { entities.append(try entity(item)) }
        return entities
    }

    func entity(_ json: JSON) throws(PolicyError) -> Entity {
        guard let name = json["uid"] else { throw PolicyError("expected a `uid` in each entity") }
        let uid = try self.uid(name, "`uid`")
        guard let attributes = json["attrs"] else {
            throw PolicyError("`\(uid)`: expected `attrs`")
        }
        guard case .array(let parents)? = json["parents"] else {
            throw PolicyError("`\(uid)`: expected an array `parents`")
        }
        let type = schema?.entityTypes[uid.type]
        if let schema, type == nil, schema.actions[uid] == nil {
            throw PolicyError("`\(uid)` is not of a type of the schema")
        }
        var uids: [EntityUID] = []
        for parent in parents { uids.append(try self.uid(parent, "a parent of `\(uid)`")) }
        let expected = type.map { CedarType.record($0.attributes, isOpen: false) }
        return Entity(
            uid: uid,
            parents: uids,
            attributes: try record(attributes, as: expected, "`\(uid)`"),
            tags: try tags(json["tags"], of: type, "a tag of `\(uid)`")
        )
    }

    private func tags(
        _ json: JSON?,
        of type: Schema.EntityType?,
        _ path: String
    ) throws(PolicyError) -> Record {
        guard let json else { return [:] }
        guard case .object(let members) = json else {
            throw PolicyError("\(path): expected an object, found \(json.kind)")
        }
        var fields: [Record.Field] = []
        for member in members {
            fields.append(
                Record.Field(name: member.key, value: try value(member.value, as: type?.tags, path))
            )
        }
        return Record(distinct: fields)
    }

    /// A record; attributes that the schema does not know are read by their own form.
    func record(
        _ json: JSON,
        as type: CedarType?,
        _ path: String
    ) throws(PolicyError) -> Record {
        guard case .object(let members) = json else {
            throw PolicyError("\(path): expected an object, found \(json.kind)")
        }
        var attributes: AttributeMap?
        if case .record(let known, _)? = type { attributes = known }
        var fields: [Record.Field] = []
        for member in members {
            let place = "\(path), `\(member.key)`"
            fields.append(
                Record.Field(
                    name: member.key,
                    value: try value(member.value, as: attributes?[member.key]?.type, place)
                )
            )
        }
        return Record(distinct: fields)
    }

    func value(
        _ json: JSON,
        as type: CedarType?,
        _ path: String
    ) throws(PolicyError) -> Value {
        if let value = try escaped(json, path) { return value }
        switch (type, json) {
        case (.entity?, .object): return .entity(try uid(json, path))
        case (.extended(let type)?, .string(let text)):
            return try call(type.constructor, [.string(text)], path)
        case (.extended?, .object) where json["fn"] != nil: return try call(json, path)
        case (_, .bool(let value)): return .bool(value)
        case (_, .int(let value)): return .long(value)
        case (_, .string(let value)): return .string(value)
        case (_, .array(let items)):
            var element: CedarType?
            if case .set(let known)? = type { element = known }
            var values: [Value] = []
            for item in items { values.append(try value(item, as: element, path)) }
            return .set(ValueSet(values))
        case (_, .object): return .record(try record(json, as: type, path))
        case (_, .null), (_, .double):
            throw PolicyError("\(path): \(json.kind) is not a value of Cedar")
        }
    }

    /// `{"__entity": …}` and `{"__extn": …}`, which say their type themselves.
    private func escaped(_ json: JSON, _ path: String) throws(PolicyError) -> Value? {
        guard case .object = json else { return nil }
        if let entity = json["__entity"] { return .entity(try uid(entity, path)) }
        if let call = json["__extn"] { return try self.call(call, path) }
        guard json["__expr"] == nil else {
            throw PolicyError("\(path): `__expr` is no longer part of Cedar")
        }
        return nil
    }

    private func uid(_ json: JSON, _ path: String) throws(PolicyError) -> EntityUID {
        if let inner = json["__entity"] { return try uid(inner, path) }
        guard case .string(let type)? = json["type"], case .string(let id)? = json["id"],
            EntityReader.isTypeName(type)
        else { throw PolicyError("\(path): expected an entity's `type` and `id`") }
        return EntityUID(type: type, id: id)
    }

    /// `{"fn": "ip", "arg": "10.0.0.1"}`, or with several values in `args`.
    private func call(_ json: JSON, _ path: String) throws(PolicyError) -> Value {
        guard case .string(let name)? = json["fn"], let function = Function(rawValue: name),
            !function.isCore
        else { throw PolicyError("\(path): expected the name of an extension's function in `fn`") }
        var arguments: [Value] = []
        if let argument = json["arg"] {
            arguments = [try value(argument, as: nil, path)]
        } else if case .array(let items)? = json["args"] {
            for item in items { arguments.append(try value(item, as: nil, path)) }
        }
        return try call(function, arguments, path)
    }

    private func call(
        _ function: Function,
        _ arguments: [Value],
        _ path: String
    ) throws(PolicyError) -> Value {
        do throws(EvaluationFailure) {
            return try Evaluator.apply(function, arguments)
        } catch {
            throw PolicyError("\(path): \(error.message)")
        }
    }

    private static func isTypeName(_ text: String) -> Bool {
        var isStart = true
        var colons = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: ":") {
                colons += 1
                isStart = true
            } else if colons != 0 && colons != 2 {
                return false
            } else {
                guard Lexer.isIdentifierStart(byte) || !isStart && Lexer.isDigit(byte) else {
                    return false
                }
                colons = 0
                isStart = false
            }
        }
        return !isStart && colons == 0
    }
}

extension Entities {
    /// Reads entities from Cedar's JSON form.
    ///
    /// With a schema, entities and extension values may be written in short, and every entity is
    /// checked against it.
    public init(json: JSON, schema: Schema? = nil) throws(PolicyError) {
        let entities = try EntityReader(schema: schema).entities(json)
        if let schema {
            for entity in entities { try schema.check(entity) }
            let given = Set(entities.map(\.uid))
            try self.init(entities + schema.actionEntities.filter { !given.contains($0.uid) })
            try schema.checkParents(of: entities, in: self)
        } else {
            try self.init(entities)
        }
    }
}

extension Record {
    /// Reads the context of an action from Cedar's JSON form, guided by the schema if there is one.
    public init(
        contextJSON json: JSON,
        action: EntityUID,
        schema: Schema? = nil
    ) throws(PolicyError) {
        let type = schema?.actions[action].map { CedarType.record($0.context, isOpen: false) }
        self = try EntityReader(schema: schema).record(json, as: type, "the context")
    }
}
