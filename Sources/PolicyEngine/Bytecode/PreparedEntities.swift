/// An entity in plain values.
struct PlainEntity: Sendable {
    let number: UInt32
    let attributes: PlainValue
    let tags: PlainValue
    /// Its ancestors among those of the entities it was given with.
    let ancestors: Range<UInt32>
    /// Whether it was added for one request.
    let isAdded: Bool
}

/// The entities that are always there, with the names of the policies that ask about them.
final class PreparedEntities: Sendable {
    let program: Program
    let names: NameTable
    let cells: [PlainValue]
    let entities: PlainEntities
    /// What was decided about them and others that were added, if that is remembered.
    let memory: DecisionMemory?

    /// Complexity: O(size of the entities + closure of their hierarchy).
    init(_ nodes: [EntityNode], for program: Program, remembering exclusion: (any Exclusion)? = nil)
    {
        memory = exclusion.map { DecisionMemory($0) }
        self.program = program
        var translator = Translator(names: program.names, memory: PlainMemory(base: program.cells))
        var entities = PlainEntities()
        for node in nodes { entities.add(node, isAdded: false, &translator) }
        entities.index()
        self.entities = entities
        names = translator.names
        cells = translator.memory.base
    }
}

/// Entities put together for one request, in plain values.
final class AddedEntities: Sendable {
    let names: NameTable
    let cells: [PlainValue]
    let entities: PlainEntities

    /// The errors are those of `Entities.adding`.
    init(
        _ given: [Entity],
        over base: PreparedEntities,
        close: () throws(PolicyError) -> [EntityNode]
    ) throws(PolicyError) {
        var translator = Translator(over: base)
        let numbers = given.map { translator.number(of: $0.uid) }
        for (entity, number) in zip(given, numbers) where base.entities[number] != nil {
            throw PolicyError("the entity `\(entity.uid)` is given twice")
        }
        var entities = PlainEntities()
        entities.reserve(given.count)
        let areSimple = given.indices.allSatisfy {
            entities.add(given, numbers, at: $0, over: base, &translator)
        }
        if !areSimple {
            entities = PlainEntities()
            for node in try close() { entities.add(node, isAdded: true, &translator) }
        }
        entities.index()
        self.entities = entities
        names = translator.names
        cells = translator.memory.added
    }
}

/// A list of plain entities, found by the numbers of their names.
struct PlainEntities: Sendable {
    private(set) var list: [PlainEntity] = []
    private(set) var ancestors: [UInt32] = []
    /// The places, from 1, by number, when there are too many to look through.
    private var places: [UInt32] = []
    /// The number of the first of them.
    private var first: UInt32 = 0

    subscript(number: UInt32) -> PlainEntity? {
        if places.isEmpty {
            for place in list.indices where list[place].number == number { return list[place] }
            return nil
        }
        guard number >= first, number - first < places.count else { return nil }
        let place = places[Int(number - first)]
        return place == 0 ? nil : list[Int(place) - 1]
    }

    /// Makes room for a few entities.
    mutating func reserve(_ count: Int) {
        list.reserveCapacity(count)
        ancestors.reserveCapacity(count * 4)
    }

    /// Makes the entities be found by number at once.
    mutating func index() {
        guard list.count > 8 else { return }
        let numbers = list.map(\.number)
        first = numbers.min() ?? 0
        places = Array(repeating: 0, count: Int((numbers.max() ?? 0) - first) + 1)
        for (place, number) in numbers.enumerated() {
            places[Int(number - first)] = UInt32(place) + 1
        }
    }

    func ancestors(of entity: PlainEntity) -> ArraySlice<UInt32> {
        ancestors[Int(entity.ancestors.lowerBound)..<Int(entity.ancestors.upperBound)]
    }

    /// Whether one entity is among the ancestors of another of this list.
    func isIn(_ entity: borrowing PlainEntity, _ ancestor: UInt32) -> Bool {
        var (low, high) = (Int(entity.ancestors.lowerBound), Int(entity.ancestors.upperBound))
        while high - low > 16 {
            let middle = (low + high) / 2
            if ancestors[middle] <= ancestor { low = middle } else { high = middle }
        }
        while low < high {
            if ancestors[low] == ancestor { return true }
            low += 1
        }
        return false
    }

    /// Takes in an entity whose ancestors are known.
    mutating func add(_ node: EntityNode, isAdded: Bool, _ translator: inout Translator) {
        let start = ancestors.count
        for ancestor in node.ancestors { ancestors.append(translator.number(of: ancestor)) }
        add(node.entity, from: start, isAdded: isAdded, &translator)
    }

    /// Takes in one of a few entities, if the hierarchy gives no work: none is given twice or before
    /// one of its parents, and the ancestors are few.
    fileprivate mutating func add(
        _ given: [Entity],
        _ numbers: [UInt32],
        at place: Int,
        over base: PreparedEntities,
        _ translator: inout Translator
    ) -> Bool {
        guard given.count <= 64, !numbers[..<place].contains(numbers[place]) else { return false }
        let start = ancestors.count
        for parent in given[place].parents {
            let number = translator.number(of: parent)
            ancestors.append(number)
            if numbers[place...].contains(number) { return false }
            let known = base.entities[number]
            let earlier = known == nil ? list.first { $0.number == number } : nil
            for ancestor in (known ?? earlier)?.ancestors ?? 0..<0 {
                let place = Int(ancestor)
                let above = known == nil ? ancestors[place] : base.entities.ancestors[place]
                ancestors.append(above)
                guard ancestors.count - start <= 16 else { return false }
            }
        }
        guard ancestors.count - start <= 16 else { return false }
        add(given[place], from: start, isAdded: true, &translator)
        return true
    }

    private mutating func add(
        _ entity: Entity,
        from start: Int,
        isAdded: Bool,
        _ translator: inout Translator
    ) {
        // A few are looked through; more are looked up, and so lie in order.
        if ancestors.count - start > 16 {
            ancestors.withUnsafeMutableBufferPointer { $0[start...].sort() }
        }
        list.append(
            PlainEntity(
                number: translator.number(of: entity.uid),
                attributes: translator.plain(entity.attributes),
                tags: translator.plain(entity.tags),
                ancestors: UInt32(start)..<UInt32(ancestors.count),
                isAdded: isAdded
            )
        )
    }
}
