/// Reads entities, contexts and values from Cedar's JSON forms, guided by a schema if there is one
/// (Cedar's documentation, "Entities and context syntax").
struct EntityReader {
    let schema: Schema?

    /// The entities of an array, each checked against the schema.
    func entities(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> [Entity] {
        var entities: [Entity] = []
        var seen: Set<EntityUID> = []
        for (number, item) in try json.array(at: place).enumerated() {
            let entity = try entity(item, at: place[number])
            guard seen.insert(entity.uid).inserted else {
                throw place[number].error("the entity `\(entity.uid)` is given twice")
            }
            entities.append(entity)
        }
        return entities
    }

    private func entity(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> Entity {
        let uid = try self.uid(try json.member("uid", at: place), at: place["uid"])
        let type = schema?.entityTypes[uid.type]
        if let schema, type == nil, schema.actions[uid] == nil {
            throw place["uid"].error("`\(uid)` is not of a type of the schema")
        }
        var parents: [EntityUID] = []
        let items = try json.member("parents", at: place).array(at: place["parents"])
        for (number, parent) in items.enumerated() {
            parents.append(try self.uid(parent, at: place["parents"][number]))
        }
        let expected = type.map { CedarType.record($0.attributes, isOpen: false) }
        return Entity(
            uid: uid,
            parents: parents,
            attributes: try record(
                try json.member("attrs", at: place),
                as: expected,
                at: place["attrs"]
            ),
            tags: try tags(json["tags"], of: type, at: place["tags"])
        )
    }

    private func tags(
        _ json: JSON?,
        of type: Schema.EntityType?,
        at place: JSONPlace
    ) throws(PolicyError) -> Record {
        guard let json else { return [:] }
        var fields: [Record.Field] = []
        for member in try json.object(at: place) {
            let value = try value(member.value, as: type?.tags, at: place[member.key])
            fields.append(Record.Field(name: member.key, value: value))
        }
        return Record(distinct: fields)
    }

    /// A record; attributes that the schema does not know are read by their own form.
    func record(
        _ json: JSON,
        as type: CedarType?,
        at place: JSONPlace
    ) throws(PolicyError) -> Record {
        var attributes: AttributeMap?
        if case .record(let known, _)? = type { attributes = known }
        var fields: [Record.Field] = []
        for member in try json.object(at: place) {
            let value = try value(
                member.value,
                as: attributes?[member.key]?.type,
                at: place[member.key]
            )
            fields.append(Record.Field(name: member.key, value: value))
        }
        return Record(distinct: fields)
    }

    func value(
        _ json: JSON,
        as type: CedarType?,
        at place: JSONPlace
    ) throws(PolicyError) -> Value {
        if let value = try escaped(json, at: place) { return value }
        switch (type, json) {
        case (.entity?, .object): return .entity(try uid(json, at: place))
        case (.extended(let type)?, .string(let text)):
            return try call(type.constructor, [.string(text)], at: place)
        case (.extended?, .object) where json["fn"] != nil: return try call(json, at: place)
        case (_, .bool(let value)): return .bool(value)
        case (_, .int(let value)): return .long(value)
        case (_, .string(let value)): return .string(value)
        case (_, .array(let items)):
            var element: CedarType?
            if case .set(let known)? = type { element = known }
            var values: [Value] = []
            for (number, item) in items.enumerated() {
                values.append(try value(item, as: element, at: place[number]))
            }
            return .set(ValueSet(values))
        case (_, .object): return .record(try record(json, as: type, at: place))
        case (_, .null), (_, .double):
            throw place.error("expected a value of Cedar, found \(json.kind)")
        }
    }

    /// `{"__entity": …}` and `{"__extn": …}`, which say their type themselves.
    private func escaped(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> Value? {
        guard case .object = json else { return nil }
        if let entity = json["__entity"] {
            return .entity(try plainUID(entity, at: place["__entity"]))
        }
        if let call = json["__extn"] { return try self.call(call, at: place["__extn"]) }
        guard json["__expr"] == nil else {
            throw place.error("`__expr` is no longer part of Cedar")
        }
        return nil
    }

    /// `{"type": "User", "id": "a"}`, in `{"__entity": …}` or without.
    func uid(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> EntityUID {
        if let inner = json["__entity"] { return try plainUID(inner, at: place["__entity"]) }
        return try plainUID(json, at: place)
    }

    private func plainUID(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> EntityUID {
        let type = try json.member("type", at: place).string(at: place["type"])
        let id = try json.member("id", at: place).string(at: place["id"])
        guard TokenReader.isPath(type) else {
            throw place["type"].error("expected the name of an entity type, found `\(type)`")
        }
        return EntityUID(type: type, id: id)
    }

    /// `{"fn": "ip", "arg": "10.0.0.1"}`, or with several values in `args`.
    private func call(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> Value {
        let name = try json.member("fn", at: place).string(at: place["fn"])
        guard let function = Function(rawValue: name), !function.isCore else {
            throw place["fn"].error("expected the name of an extension's function")
        }
        var arguments: [Value] = []
        if let argument = json["arg"] {
            arguments = [try value(argument, as: nil, at: place["arg"])]
        } else if case .array(let items)? = json["args"] {
            for (number, item) in items.enumerated() {
                arguments.append(try value(item, as: nil, at: place["args"][number]))
            }
        }
        return try call(function, arguments, at: place)
    }

    private func call(
        _ function: Function,
        _ arguments: [Value],
        at place: JSONPlace
    ) throws(PolicyError) -> Value {
        do throws(EvaluationFailure) {
            return try Evaluator.apply(function, arguments)
        } catch {
            throw place.error(error.message)
        }
    }
}

extension EntityReader {
    /// The number of an entity that is its own ancestor, if there is one.
    ///
    /// Complexity: O(entities + parents).
    fileprivate static func firstInCircle(_ entities: [Entity]) -> Int? {
        var places: [EntityUID: Int] = [:]
        for (number, entity) in entities.enumerated() { places[entity.uid] = number }
        let parents = entities.map { $0.parents.compactMap { places[$0] } }
        var children = Array(repeating: [Int](), count: entities.count)
        for (child, list) in parents.enumerated() {
            for parent in list { children[parent].append(child) }
        }
        // Whoever has no parent left goes; those who stay are in a circle or below one.
        var left = parents.map(\.count)
        var going = left.indices.filter { left[$0] == 0 }
        while let parent = going.popLast() {
            for child in children[parent] {
                left[child] -= 1
                if left[child] == 0 { going.append(child) }
            }
        }
        guard var number = left.firstIndex(where: { $0 > 0 }) else { return nil }
        var seen: Set<Int> = []
        while seen.insert(number).inserted {
            guard let parent = parents[number].first(where: { left[$0] > 0 }) else { return nil }
            number = parent
        }
        return number
    }
}

extension Entities {
    /// Reads entities from Cedar's JSON form.
    ///
    /// With a schema, entities and extension values may be written in short, every entity is checked
    /// against it, and the actions it declares are added. An error names the text, line and column
    /// and what was expected there; a name given twice and an entity among its own ancestors are
    /// errors.
    public init(
        parsing text: [UInt8],
        name: String,
        schema: Schema? = nil
    ) throws(PolicyError) {
        let (json, place) = try JSON.document(
            text,
            name: name,
            limit: Limits.dataBytes,
            depth: JSON.Limits().depth
        )
        try self.init(json, at: place, schema)
    }

    /// Reads entities from Cedar's JSON form, as `init(parsing:name:schema:)` does; an error names the
    /// way to its place in place of a line.
    public init(json: JSON, schema: Schema? = nil) throws(PolicyError) {
        try self.init(json, at: .document(name: "entities", nil), schema)
    }

    private init(_ json: JSON, at place: JSONPlace, _ schema: Schema?) throws(PolicyError) {
        let entities = try EntityReader(schema: schema).entities(json, at: place)
        func check(_ check: (Entity) throws(PolicyError) -> Void) throws(PolicyError) {
            for (number, entity) in entities.enumerated() {
                do throws(PolicyError) {
                    try check(entity)
                } catch {
                    throw place[number].error(error.message)
                }
            }
        }
        if let schema { try check { (entity) throws(PolicyError) in try schema.check(entity) } }
        let given = Set(entities.map(\.uid))
        let actions = schema?.actionEntities.filter { !given.contains($0.uid) } ?? []
        do throws(PolicyError) {
            try self.init(entities + actions)
        } catch {
            let number = EntityReader.firstInCircle(entities)
            throw (number.map { place[$0] } ?? place).error(error.message)
        }
        guard let schema else { return }
        let graph = graph
        try check { (entity) throws(PolicyError) in
            try schema.checkAncestors(of: entity, in: graph)
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
        self = try EntityReader(schema: schema).record(
            json,
            as: type,
            at: .document(name: "the context", nil)
        )
    }
}
