/// Turns values into plain ones and names into numbers.
///
/// What the tables below know keeps its number; everything else is added to a table of its own, which
/// lives as long as the region it fills.
struct Translator {
    /// The tables below, the lowest first.
    private let base: NameTable
    private let added: NameTable
    private(set) var names: NameTable
    private(set) var memory: PlainMemory
    private let region: PlainValue.Region
    /// The type that was named last: most names in a row have the same one.
    private var latest: (type: String, number: UInt32) = ("", NameTable.noType)

    /// Fills the lowest region, going on from what is already there.
    init(names: NameTable, memory: PlainMemory) {
        base = NameTable()
        added = NameTable()
        self.names = names
        self.memory = memory
        region = .base
    }

    /// Fills the region of entities that are added to those of a base.
    init(over base: PreparedEntities) {
        self.base = base.names
        added = NameTable()
        names = NameTable(first: base.names.end)
        memory = PlainMemory(base: base.cells)
        region = .added
        // Enough for a person and a thing, so that the tables grow at most once.
        names.reserve(16)
        memory.added.reserveCapacity(48)
    }

    /// Fills the region of a question.
    init(over base: PreparedEntities, _ more: AddedEntities?) {
        self.init(
            over: base,
            more,
            names: NameTable(first: more?.names.end ?? base.names.end),
            PlainMemory(base: base.cells, added: more?.cells ?? [])
        )
        // Enough for what is said of a session and an act, so that the cells grow at most once.
        memory.question.reserveCapacity(8)
    }

    /// Fills the region of a question, going on from what another question has brought along.
    init(
        over base: PreparedEntities,
        _ more: AddedEntities?,
        names: NameTable,
        _ memory: PlainMemory
    ) {
        self.base = base.names
        added = more?.names ?? NameTable()
        self.names = names
        self.memory = memory
        region = .question
    }

    mutating func number(of text: String) -> UInt32 {
        number(of: text, type: NameTable.noType)
    }

    mutating func number(of uid: EntityUID) -> UInt32 {
        number(of: uid.id, type: number(ofType: uid.type))
    }

    /// The numbers of an entity's type and of the entity.
    mutating func numbers(of uid: EntityUID) -> (type: UInt32, id: UInt32) {
        let type = number(ofType: uid.type)
        return (type, number(of: uid.id, type: type))
    }

    /// The number of the name of a type.
    mutating func number(ofType type: String) -> UInt32 {
        if latest.number == NameTable.noType || !latest.type.isIdentical(to: type) {
            latest = (type, number(of: type))
        }
        return latest.number
    }

    /// The number of an entity, or of a string, by the number of its type.
    mutating func number(of text: String, type: UInt32) -> UInt32 {
        let hash = NameTable.hash(text, type: type)
        return base.number(of: text, type: type, hash: hash)
            ?? added.number(of: text, type: type, hash: hash)
            ?? names.number(of: text, type: type, hash: hash)
            ?? names.add(text, type: type, hash: hash)
    }

    /// Complexity: O(size of the value).
    mutating func plain(_ value: Value) -> PlainValue {
        switch value {
        case .bool(let value): return PlainValue(value)
        case .long(let value): return PlainValue(.long, value)
        case .decimal(let value): return PlainValue(.decimal, value)
        case .datetime(let value): return PlainValue(.datetime, value)
        case .duration(let value): return PlainValue(.duration, value)
        case .string(let text): return PlainValue(.string, name: number(of: text))
        case .entity(let uid): return PlainValue(.entity, name: number(of: uid))
        case .ipaddr(let address): return memory.makeAddress(address, region)
        case .record(let record): return plain(record)
        case .set(let set):
            let start = memory.reserve(set.elements.count, in: region)
            for index in set.elements.indices {
                memory.set(plain(set.elements[index]), region, start + index)
            }
            return memory.makeSet(region, start: start, count: set.elements.count)
        }
    }

    mutating func plain(_ record: Record) -> PlainValue {
        if record.fields.isEmpty { return .emptyRecord }
        let start = memory.reserve(record.fields.count, in: region)
        for index in record.fields.indices {
            let name = number(of: record.fields[index].name)
            memory.set(plain(record.fields[index].value).named(name), region, start + index)
        }
        return memory.makeRecord(region, start: start, count: record.fields.count)
    }
}
