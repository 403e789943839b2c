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
        content = Content(
            request,
            entities,
            entities.prepared.map { ResolvedRequest(request, $0, entities.added) }
        )
    }

    /// The same question by another person or about another act or thing, in the same circumstances:
    /// only what differs is looked up.
    public func asked(
        by principal: EntityUID? = nil,
        _ action: EntityUID? = nil,
        on resource: EntityUID? = nil
    ) -> Question {
        let request = Request(
            principal: principal ?? request.principal,
            action: action ?? request.action,
            resource: resource ?? request.resource,
            context: request.context
        )
        return Question(
            content: Content(
                request,
                entities,
                resolved.map { resolved in
                    ResolvedRequest(
                        resolved,
                        principal: principal,
                        action: action,
                        resource: resource
                    )
                }
            )
        )
    }

    private init(content: Content) { self.content = content }

    /// A class, so that a question is handed on as cheaply as a number.
    private final class Content: Sendable {
        let request: Request
        let entities: Entities
        let resolved: ResolvedRequest?

        init(_ request: Request, _ entities: Entities, _ resolved: ResolvedRequest?) {
            self.request = request
            self.entities = entities
            self.resolved = resolved
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

    convenience init(_ request: Request, _ base: PreparedEntities, _ added: AddedEntities?) {
        var translator = Translator(over: base, added)
        self.init(
            base,
            added,
            principal: translator.numbers(of: request.principal),
            action: translator.number(of: request.action),
            resource: translator.numbers(of: request.resource),
            context: translator.plain(request.context),
            translator
        )
    }

    /// Another request in the circumstances of this one.
    convenience init(
        _ other: ResolvedRequest,
        principal: EntityUID?,
        action: EntityUID?,
        resource: EntityUID?
    ) {
        var translator = Translator(over: other.base, other.added, names: other.names, other.memory)
        self.init(
            other.base,
            other.added,
            principal: principal.map { translator.numbers(of: $0) }
                ?? (other.type(other.principal), other.principal),
            action: action.map { translator.number(of: $0) } ?? other.action,
            resource: resource.map { translator.numbers(of: $0) }
                ?? (other.type(other.resource), other.resource),
            context: other.context,
            translator
        )
    }

    private init(
        _ base: PreparedEntities,
        _ added: AddedEntities?,
        principal: (type: UInt32, id: UInt32),
        action: UInt32,
        resource: (type: UInt32, id: UInt32),
        context: PlainValue,
        _ translator: Translator
    ) {
        self.base = base
        self.added = added
        program = base.program
        func find(_ number: UInt32) -> PlainEntity? {
            base.entities[number] ?? added?.entities[number]
        }
        self.principal = principal.id
        self.action = action
        self.resource = resource.id
        principalEntity = find(principal.id)
        resourceEntity = find(resource.id)
        self.context = context
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
            principal: principal.type,
            resource: resource.type
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
