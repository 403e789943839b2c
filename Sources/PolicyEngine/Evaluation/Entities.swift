/// The entities a decision may look at: an immutable value, cheap to extend.
public struct Entities: Sendable {
    /// The large, shared part.
    private let base: Layer
    /// What `adding` laid over it.
    private let overlay: Layer

    /// No entities.
    public init() {
        base = Layer()
        overlay = Layer()
    }

    /// Collects entities and the closure of their hierarchy.
    ///
    /// Throws when a name is given twice, when an entity is among its own ancestors, or at a limit.
    /// Parents need not be given themselves. Complexity: O(entities + closure).
    public init(_ entities: [Entity]) throws(PolicyError) {
        base = try Hierarchy.layer(of: entities, over: { _ in nil })
        overlay = Layer()
    }

    private init(base: Layer, overlay: Layer) {
        self.base = base
        self.overlay = overlay
    }

    /// These entities and some more; the errors are those of `init`.
    ///
    /// Complexity: that of the added entities, unless one of them was named as a parent before it
    /// was given: then everything is closed anew.
    public func adding(_ entities: [Entity]) throws(PolicyError) -> Entities {
        for entity in entities where base.node(of: entity.uid) != nil {
            throw PolicyError("the entity `\(entity.uid)` is given twice")
        }
        let added = overlay.nodes.map(\.entity) + entities
        if entities.contains(where: { base.missing.contains($0.uid) }) {
            return try Entities(base.nodes.map(\.entity) + added)
        }
        let layer = try Hierarchy.layer(of: added, over: { base.node(of: $0) })
        return Entities(base: base, overlay: layer)
    }

    /// The entity of this name, if it was given.
    public subscript(uid: EntityUID) -> Entity? {
        node(of: uid)?.entity
    }

    /// All entities, in no particular order.
    public var all: [Entity] {
        (base.nodes + overlay.nodes).map(\.entity)
    }

    @inline(__always)
    func node(of uid: EntityUID) -> EntityNode? {
        overlay.node(of: uid) ?? base.node(of: uid)
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

/// Closes the hierarchy of entities, parents before children and without recursion.
private struct Hierarchy {
    private let entities: [Entity]
    private let below: (EntityUID) -> EntityNode?
    private var places: [EntityUID: Int] = [:]
    private var done: [EntityNode?]
    private var isOpen: [Bool]
    private var missing: Set<EntityUID> = []

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
        return list
    }
}
