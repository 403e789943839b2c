/// A request among the entities it is asked about, its names looked up once.
///
/// Several questions about the same entities share what `Entities` holds; a question may be decided
/// any number of times.
public struct Question: Sendable {
    private let content: Content

    /// What is asked.
    public var request: Request { content.request }

    /// What it is asked among.
    public var entities: Entities { content.entities }

    /// Numbers and plain values, when the entities were prepared for an authorizer.
    var resolved: ResolvedRequest? { content.resolved }

    /// Looks up the names of a request.
    ///
    /// Complexity: O(size of the context).
    public init(_ request: Request, _ entities: Entities) {
        content = Content(request, entities)
    }

    /// A class, so that a question is handed on as cheaply as a number.
    private final class Content: Sendable {
        let request: Request
        let entities: Entities
        let resolved: ResolvedRequest?

        init(_ request: Request, _ entities: Entities) {
            self.request = request
            self.entities = entities
            resolved = entities.prepared.map { ResolvedRequest(request, $0, entities.added) }
        }
    }
}

/// A request in numbers and plain values.
final class ResolvedRequest: Sendable {
    let program: Program
    let base: PreparedEntities
    let added: AddedEntities?
    let principal: UInt32
    let action: UInt32
    let resource: UInt32
    let principalEntity: PlainEntity?
    let resourceEntity: PlainEntity?
    let context: PlainValue
    let slice: SliceIndex.Slice
    let memory: PlainMemory
    private let names: NameTable

    init(_ request: Request, _ base: PreparedEntities, _ added: AddedEntities?) {
        self.base = base
        self.added = added
        program = base.program
        func find(_ number: UInt32) -> PlainEntity? {
            base.entities[number] ?? added?.entities[number]
        }
        var translator = Translator(over: base, added)
        let principalType = translator.number(ofType: request.principal.type)
        let resourceType = translator.number(ofType: request.resource.type)
        principal = translator.number(of: request.principal.id, type: principalType)
        action = translator.number(of: request.action)
        resource = translator.number(of: request.resource.id, type: resourceType)
        principalEntity = find(principal)
        resourceEntity = find(resource)
        context = translator.plain(request.context)
        names = translator.names
        memory = translator.memory
        var groups: ArraySlice<UInt32> = []
        if let action = find(action) {
            let entities = action.isAdded ? added?.entities : base.entities
            groups = entities?.ancestors(of: action) ?? []
        }
        slice = program.slices.slice(
            action: action,
            groups: groups,
            principal: principalType,
            resource: resourceType
        )
    }

    // MARK: Entities

    func entity(_ number: UInt32) -> PlainEntity? {
        if number == principal { return principalEntity }
        if number == resource { return resourceEntity }
        return base.entities[number] ?? added?.entities[number]
    }

    func isIn(_ number: UInt32, _ other: UInt32) -> Bool {
        if number == other { return true }
        guard let entity = entity(number) else { return false }
        return entity.isAdded
            ? added?.entities.isIn(entity, other) == true : base.entities.isIn(entity, other)
    }

    // MARK: Names

    private func entry(_ number: UInt32) -> NameTable.Entry {
        if number < base.names.end { return base.names[number] }
        if let added, number < added.names.end { return added.names[number] }
        return names[number]
    }

    func text(_ number: UInt32) -> String { entry(number).text }

    func type(_ number: UInt32) -> UInt32 { entry(number).type }

    func uid(_ number: UInt32) -> EntityUID {
        let entry = entry(number)
        return EntityUID(type: text(entry.type), id: entry.text)
    }
}
