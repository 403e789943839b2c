/// The entities a decision may look at: an immutable value, cheap to extend.
public struct Entities: Sendable {
    /// The large, shared part.
    private let base: Layer
    /// What `adding` laid over it, and its closure unless that is left for when it is asked for.
    private let more: [Entity]
    private let overlay: Layer?
    /// The shared part in plain values, when it was prepared for an authorizer.
    let prepared: PreparedEntities?
    /// What `adding` laid over it.
    let addition: Addition?

    /// No entities.
    public init() {
        self.init(base: Layer(), prepared: nil)
    }

    /// Collects entities and the closure of their hierarchy.
    ///
    /// Throws when a name is given twice, when an entity is among its own ancestors, or at a limit.
    /// Parents need not be given themselves. Complexity: O(entities + closure).
    public init(_ entities: [Entity]) throws(PolicyError) {
        self.init(base: try Hierarchy.layer(of: entities, over: { _ in nil }), prepared: nil)
    }

    private init(base: Layer, prepared: PreparedEntities?) {
        self.base = base
        self.prepared = prepared
        more = []
        overlay = Layer()
        addition = nil
    }

    private init(base: Layer, more: [Entity], overlay: Layer) {
        self.base = base
        self.more = more
        self.overlay = overlay
        prepared = nil
        addition = nil
    }

    private init(base: Layer, more: [Entity], _ prepared: PreparedEntities, _ addition: Addition) {
        self.base = base
        self.more = more
        overlay = nil
        self.prepared = prepared
        self.addition = addition
    }

    /// The same entities, laid out for the bytecode of an authorizer, which then decides many times
    /// faster; what is added to them later is laid out as well.
    ///
    /// What is decided about entities that are added is remembered under an exclusion, for others like
    /// them. Complexity: O(size of the entities + closure of their hierarchy).
    public func prepared(
        for authorizer: Authorizer,
        remembering exclusion: (any Exclusion)? = nil
    ) -> Entities {
        let base = graph.flattened
        return Entities(
            base: base,
            prepared: PreparedEntities(
                base.nodes,
                for: authorizer.program,
                remembering: exclusion
            )
        )
    }

    /// Whether they are laid out for this authorizer.
    public func isPrepared(for authorizer: Authorizer) -> Bool {
        prepared?.program === authorizer.program
    }

    /// These entities and some more; the errors are those of `init`.
    ///
    /// Complexity: that of the added entities, unless one of them was named as a parent before it
    /// was given: then everything is closed anew.
    public func adding(_ entities: [Entity]) throws(PolicyError) -> Entities {
        let more = self.more.isEmpty ? entities : self.more + entities
        let base = base
        if !base.missing.isEmpty, entities.contains(where: { base.missing.contains($0.uid) }) {
            let all = try Hierarchy.layer(
                of: base.nodes.map(\.entity) + more,
                over: { _ in nil }
            )
            return Entities(
                base: all,
                prepared: prepared.map { PreparedEntities(all.nodes, for: $0.program) }
            )
        }
        if let prepared {
            let addition = try Addition(more, over: prepared) { () throws(PolicyError) in
                try Entities.laidOut(more, over: prepared, base)
            }
            return Entities(base: base, more: more, prepared, addition)
        }
        for entity in entities where base.node(of: entity.uid) != nil {
            throw PolicyError("the entity `\(entity.uid)` is given twice")
        }
        let layer = try Hierarchy.layer(of: more, over: { base.node(of: $0) })
        return Entities(base: base, more: more, overlay: layer)
    }

    private static func laidOut(
        _ more: [Entity],
        over prepared: PreparedEntities,
        _ base: Layer
    ) throws(PolicyError) -> AddedEntities {
        try AddedEntities(more, over: prepared) { () throws(PolicyError) in
            try Hierarchy.layer(of: more, over: { base.node(of: $0) }).nodes
        }
    }

    /// Whether what was added is known by its form alone: entities like it were added before.
    package var isKnownByForm: Bool { addition.map { $0.laidOut == nil } ?? false }

    /// A request among these entities, in numbers and plain values, when they were prepared.
    func resolve(_ request: Request) -> ResolvedRequest? {
        guard let prepared else { return nil }
        guard let addition else { return ResolvedRequest(request, prepared, nil) }
        if let added = addition.laidOut { return ResolvedRequest(request, prepared, added) }
        do throws(PolicyError) {
            return ResolvedRequest(
                request,
                prepared,
                try Entities.laidOut(more, over: prepared, base)
            )
        } catch {
            preconditionFailure("what has this form has been checked: \(error)")
        }
    }

    /// The entity of this name, if it was given.
    public subscript(uid: EntityUID) -> Entity? {
        more.first { $0.uid == uid } ?? base.node(of: uid)?.entity
    }

    /// All entities, in no particular order.
    public var all: [Entity] {
        base.nodes.map(\.entity) + more
    }

    /// The entities with their ancestors, as the walk reads them.
    var graph: EntityGraph {
        if let overlay { return EntityGraph(base: base, overlay: overlay) }
        do throws(PolicyError) {
            let base = base
            let layer = try Hierarchy.layer(of: more, over: { base.node(of: $0) })
            return EntityGraph(base: base, overlay: layer)
        } catch {
            preconditionFailure("what was added has been checked: \(error)")
        }
    }

    /// One part of the entities, closed over itself and what lies below it.
    final class Layer: Sendable {
        let nodes: [EntityNode]
        /// Parents named in this part and given nowhere: adding one changes closures.
        let missing: Set<EntityUID>
        /// The nodes by name, when there are too many to look through.
        private let index: [EntityUID: EntityNode]?

        init(nodes: [EntityNode] = [], missing: Set<EntityUID> = []) {
            self.nodes = nodes
            self.missing = missing
            index =
                nodes.count > 8
                ? Dictionary(uniqueKeysWithValues: nodes.map { ($0.entity.uid, $0) }) : nil
        }

        func node(of uid: EntityUID) -> EntityNode? {
            if let index { return index[uid] }
            for node in nodes where node.entity.uid == uid { return node }
            return nil
        }
    }
}

/// Entities as the walk reads them: each by name, with its ancestors.
struct EntityGraph: Sendable {
    fileprivate let base: Entities.Layer
    fileprivate let overlay: Entities.Layer

    @inline(__always)
    func node(of uid: EntityUID) -> EntityNode? {
        overlay.node(of: uid) ?? base.node(of: uid)
    }

    /// Both parts as one.
    fileprivate var flattened: Entities.Layer {
        guard !overlay.nodes.isEmpty else { return base }
        let given = Set(overlay.nodes.map(\.entity.uid))
        return Entities.Layer(
            nodes: base.nodes + overlay.nodes,
            missing: base.missing.union(overlay.missing).subtracting(given)
        )
    }
}

/// Closes the hierarchy of entities, parents before children and without recursion.
private struct Hierarchy {
    private let entities: [Entity]
    private let below: (EntityUID) -> EntityNode?
    private var places: [EntityUID: Int] = [:]
    private var done: [EntityNode?]
    private var isOpen: [Bool]
    private var missing: Set<EntityUID> = []
    /// The ancestors of all entities so far, each counted for each.
    private var closure = 0

    static func layer(
        of entities: [Entity],
        over below: (EntityUID) -> EntityNode?
    ) throws(PolicyError) -> Entities.Layer {
        guard entities.count <= Limits.entities else {
            throw PolicyError("more than \(Limits.entities) entities")
        }
        return try withoutActuallyEscaping(below) { (below) throws(PolicyError) in
            var hierarchy = try Hierarchy(entities, below)
            for place in entities.indices { try hierarchy.close(place) }
            return Entities.Layer(
                nodes: hierarchy.done.compactMap(\.self),
                missing: hierarchy.missing
            )
        }
    }

    private init(
        _ entities: [Entity],
        _ below: @escaping (EntityUID) -> EntityNode?
    ) throws(PolicyError) {
        self.entities = entities
        self.below = below
        done = Array(repeating: nil, count: entities.count)
        isOpen = Array(repeating: false, count: entities.count)
        for (place, entity) in entities.enumerated()
        where places.updateValue(place, forKey: entity.uid) != nil {
            throw PolicyError("the entity `\(entity.uid)` is given twice")
        }
    }

    private mutating func close(_ start: Int) throws(PolicyError) {
        var stack = [start]
        while let place = stack.last {
            let entity = entities[place]
            if done[place] != nil {
                stack.removeLast()
                continue
            }
            isOpen[place] = true
            let waiting = entity.parents.compactMap { places[$0] }.filter { done[$0] == nil }
            if let open = waiting.first(where: { isOpen[$0] }) {
                throw PolicyError("the entity `\(entities[open].uid)` is its own ancestor")
            }
            guard waiting.isEmpty else {
                stack += waiting
                continue
            }
            done[place] = EntityNode(entity, ancestors: try ancestors(of: entity))
            isOpen[place] = false
            stack.removeLast()
        }
    }

    private mutating func ancestors(of entity: Entity) throws(PolicyError) -> [EntityUID] {
        var list: [EntityUID] = []
        var seen: Set<EntityUID> = []
        func add(_ uid: EntityUID) {
            if list.count < 16 {
                if !list.contains(uid) { list.append(uid) }
                return
            }
            if seen.isEmpty { seen = Set(list) }
            if seen.insert(uid).inserted { list.append(uid) }
        }
        for parent in entity.parents {
            add(parent)
            let node = places[parent].flatMap { done[$0] } ?? below(parent)
            if node == nil { missing.insert(parent) }
            for ancestor in node?.ancestors ?? [] { add(ancestor) }
            guard list.count <= Limits.ancestors else {
                throw PolicyError("`\(entity.uid)` has more than \(Limits.ancestors) ancestors")
            }
        }
        closure += list.count
        guard closure <= Limits.closure else {
            throw PolicyError("the entities have more than \(Limits.closure) ancestors in all")
        }
        return list
    }
}
