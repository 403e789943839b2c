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

    /// Numbers and plain values, asked by somebody; the entities were prepared.
    func resolved(by principal: EntityUID) -> ResolvedRequest {
        guard let resolved = content.resolved ?? entities.resolve(request) else {
            preconditionFailure("the entities were not prepared")
        }
        return principal == request.principal ? resolved : resolved.asked(by: principal)
    }

    /// Looks up the names of a request.
    ///
    /// Complexity: O(size of the context).
    public init(_ request: Request, _ entities: Entities) {
        content = Content(
            request,
            entities,
            entities.addition?.recollections(in: request.context),
            entities.isKnownByForm ? nil : entities.resolve(request)
        )
    }

    /// Where its answer is remembered, asked by somebody.
    func recollection(by principal: EntityUID) -> Recollection? {
        content.recollection?.by(principal)
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
                content.recollections,
                content.resolved?.asked(by: principal, action, on: resource)
            )
        )
    }

    private init(content: Content) { self.content = content }

    /// A class, so that a question is handed on as cheaply as a number.
    private final class Content: Sendable {
        let request: Request
        let entities: Entities
        let recollections: Recollections?
        let recollection: AnybodysRecollection?
        /// Made at once, unless the entities are known by their form: then it is likely that nobody
        /// asks for it.
        let resolved: ResolvedRequest?

        init(
            _ request: Request,
            _ entities: Entities,
            _ recollections: Recollections?,
            _ resolved: ResolvedRequest?
        ) {
            self.request = request
            self.entities = entities
            self.recollections = recollections
            recollection = recollections.flatMap { $0.about(request.action, on: request.resource) }
            self.resolved = resolved
        }
    }
}

/// A request in numbers and plain values.
struct ResolvedRequest: Sendable {
    private(set) var circumstances: Circumstances
    private(set) var principal: UInt32
    private(set) var action: UInt32
    private(set) var resource: UInt32
    private var principalEntity: PlainEntity?
    private var resourceEntity: PlainEntity?
    private(set) var slice: SliceIndex.Slice

    var program: Program { circumstances.base.program }
    var context: PlainValue { circumstances.context }

    init(_ request: Request, _ base: PreparedEntities, _ added: AddedEntities?) {
        var translator = Translator(over: base, added)
        let principal = translator.numbers(of: request.principal)
        action = translator.number(of: request.action)
        let resource = translator.numbers(of: request.resource)
        let context = translator.plain(request.context)
        circumstances = Circumstances(base, added, context, translator)
        self.principal = principal.id
        self.resource = resource.id
        principalEntity = circumstances.entity(principal.id)
        resourceEntity = circumstances.entity(resource.id)
        slice = base.program.slices.slice(
            action: action,
            groups: circumstances.ancestors(of: action),
            principal: principal.type,
            resource: resource.type
        )
    }

    /// Another request in the circumstances of this one; nothing is allocated for names that are
    /// known.
    func asked(
        by principal: EntityUID?,
        _ action: EntityUID? = nil,
        on resource: EntityUID? = nil
    ) -> ResolvedRequest {
        var request = self
        if let principal {
            let (type, number) = request.numbers(of: principal)
            request.principal = number
            request.principalEntity = request.circumstances.entity(number)
            program.slices.set(principal: type, &request.slice)
        }
        if let action {
            let number = request.numbers(of: action).id
            request.action = number
            let groups = request.circumstances.ancestors(of: number)
            program.slices.set(action: number, groups, &request.slice)
        }
        if let resource {
            let (type, number) = request.numbers(of: resource)
            request.resource = number
            request.resourceEntity = request.circumstances.entity(number)
            program.slices.set(resource: type, &request.slice)
        }
        return request
    }

    private mutating func numbers(of uid: EntityUID) -> (type: UInt32, id: UInt32) {
        if let known = circumstances.numbers(of: uid) { return known }
        let (more, numbers) = circumstances.naming(uid)
        circumstances = more
        return numbers
    }

    // MARK: Entities

    func entity(_ number: UInt32) -> PlainEntity? {
        if number == principal { return principalEntity }
        if number == resource { return resourceEntity }
        return circumstances.entity(number)
    }

    func isIn(_ number: UInt32, _ other: UInt32) -> Bool {
        if number == other { return true }
        guard let entity = entity(number) else { return false }
        return circumstances.isIn(entity, other)
    }

    // MARK: Names

    func text(_ number: UInt32) -> String { circumstances.entry(number).text }

    func type(_ number: UInt32) -> UInt32 { circumstances.entry(number).type }

    func uid(_ number: UInt32) -> EntityUID {
        let entry = circumstances.entry(number)
        return EntityUID(type: text(entry.type), id: entry.text)
    }
}

/// What all questions in the same context about the same entities share.
final class Circumstances: Sendable {
    let base: PreparedEntities
    let context: PlainValue
    let memory: PlainMemory
    private let added: AddedEntities?
    private let names: NameTable

    init(
        _ base: PreparedEntities,
        _ added: AddedEntities?,
        _ context: PlainValue,
        _ translator: Translator
    ) {
        self.base = base
        self.added = added
        self.context = context
        names = translator.names
        memory = translator.memory
    }

    func entity(_ number: UInt32) -> PlainEntity? {
        base.entities[number] ?? added?.entities[number]
    }

    func isIn(_ entity: PlainEntity, _ other: UInt32) -> Bool {
        entity.isAdded
            ? added?.entities.isIn(entity, other) == true : base.entities.isIn(entity, other)
    }

    func ancestors(of number: UInt32) -> ArraySlice<UInt32> {
        guard let entity = entity(number) else { return [] }
        let entities = entity.isAdded ? added?.entities : base.entities
        return entities?.ancestors(of: entity) ?? []
    }

    func entry(_ number: UInt32) -> NameTable.Entry {
        if number < base.names.end { return base.names[number] }
        if let added, number < added.names.end { return added.names[number] }
        return names[number]
    }

    /// The numbers of a name that is known here.
    func numbers(of uid: EntityUID) -> (type: UInt32, id: UInt32)? {
        guard let type = number(of: uid.type, type: NameTable.noType),
            let id = number(of: uid.id, type: type)
        else { return nil }
        return (type, id)
    }

    private func number(of text: String, type: UInt32) -> UInt32? {
        let hash = NameTable.hash(text, type: type)
        return base.names.number(of: text, type: type, hash: hash)
            ?? added?.names.number(of: text, type: type, hash: hash)
            ?? names.number(of: text, type: type, hash: hash)
    }

    /// The same circumstances with one name more.
    func naming(_ uid: EntityUID) -> (Circumstances, (type: UInt32, id: UInt32)) {
        var translator = Translator(over: base, added, names: names, memory)
        let numbers = translator.numbers(of: uid)
        return (Circumstances(base, added, context, translator), numbers)
    }
}
