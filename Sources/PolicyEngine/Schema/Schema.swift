/// What entities, actions and contexts there are: policies, entities and requests are checked
/// against it.
public struct Schema: Sendable {
    let entityTypes: [String: EntityType]
    let actions: [EntityUID: Action]
    /// The actions in the order of the text.
    let actionOrder: [EntityUID]

    /// Reads a schema in Cedar's own syntax (`.cedarschema`).
    ///
    /// An error names the text, line and column and what was expected there.
    public init(parsing text: String, name: String) throws(PolicyError) {
        try self.init(parsing: Array(text.utf8), name: name)
    }

    /// Reads a schema in Cedar's own syntax from bytes, which have to be UTF-8.
    public init(parsing bytes: [UInt8], name: String) throws(PolicyError) {
        var parser = try SchemaParser(SourceText(name: name, bytes: bytes))
        self = try SchemaResolver.schema(of: try parser.namespaces())
    }

    /// Reads a schema in Cedar's JSON form.
    ///
    /// An error names the text, line and column and what was expected there; a key given twice is
    /// one.
    public init(parsingJSON bytes: [UInt8], name: String) throws(PolicyError) {
        let (json, place) = try JSON.document(
            bytes,
            name: name,
            limit: Limits.textBytes,
            depth: Limits.jsonDepth
        )
        self = try SchemaResolver.schema(of: try SchemaJSON().namespaces(json, at: place))
    }

    /// Reads a schema in Cedar's JSON form; an error names the way to its place in place of a line.
    public init(json: JSON, name: String) throws(PolicyError) {
        let place = JSONPlace.document(name: name, nil)
        self = try SchemaResolver.schema(of: try SchemaJSON().namespaces(json, at: place))
    }

    init(entityTypes: [String: EntityType], actions: [Action]) {
        self.entityTypes = entityTypes
        self.actions = Dictionary(actions.map { ($0.uid, $0) }) { first, _ in first }
        actionOrder = actions.map(\.uid)
    }

    /// The names of the entity types, sorted.
    public var entityTypeNames: [String] {
        entityTypes.keys.sorted()
    }

    /// The actions in the order of the text, groups among them.
    public var actionUIDs: [EntityUID] {
        actionOrder
    }

    /// The types an action applies to; nil for an unknown action.
    public func applicability(
        of action: EntityUID
    ) -> (principals: [String], resources: [String])? {
        actions[action].map { ($0.principals, $0.resources) }
    }

    /// The ids of an enumerated entity type in the order of the text; nil for any other.
    public func enumeratedIDs(of type: String) -> [String]? { entityTypes[type]?.choices }

    /// The actions as entities with their groups as parents, to be among the entities of a decision.
    public var actionEntities: [Entity] {
        actionOrder.compactMap { uid in
            actions[uid].map { Entity(uid: uid, parents: $0.parents) }
        }
    }

    func isActionType(_ name: String) -> Bool {
        actions.keys.contains { $0.type.isIdentical(to: name) }
    }

    /// One entity type.
    struct EntityType: Sendable {
        let name: String
        let attributes: AttributeMap
        let tags: CedarType?
        /// The ids of an enumerated type.
        let choices: [String]?
        /// The types whose entities can be in one of this type, directly or not.
        let descendants: Set<String>

        func allows(_ id: String) -> Bool {
            choices?.contains { $0.isIdentical(to: id) } ?? true
        }
    }

    /// One action or group of actions.
    struct Action: Sendable {
        let uid: EntityUID
        let parents: [EntityUID]
        let ancestors: Set<EntityUID>
        let principals: [String]
        let resources: [String]
        let context: AttributeMap
    }
}
