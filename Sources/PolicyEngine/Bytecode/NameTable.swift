/// Strings and names of entities by number, each once: two of them are the same when their numbers are.
///
/// A table may begin where another ends, so that what one request brings along is forgotten with it.
struct NameTable: Sendable {
    /// The type of an entry that is a string.
    static let noType: UInt32 = .max

    struct Entry: Sendable {
        let hash: UInt64
        /// The string, or the id of the entity.
        let text: String
        /// The number of the entity's type, or `noType`.
        let type: UInt32
    }

    /// The number of the first entry.
    let first: UInt32
    private(set) var entries: [Entry] = []
    /// The places of entries by hash, open addressing; empty while there are few to look through.
    private var slots: [UInt32] = []

    init(first: UInt32 = 0) {
        self.first = first
    }

    mutating func reserve(_ count: Int) { entries.reserveCapacity(count) }

    var end: UInt32 { first + UInt32(entries.count) }

    subscript(number: UInt32) -> Entry { entries[Int(number - first)] }

    /// The number of a string, or of an entity of this type.
    func number(of text: String, type: UInt32, hash: UInt64) -> UInt32? {
        guard !slots.isEmpty else {
            for place in entries.indices
            where entries[place].hash == hash && entries[place].type == type
                && entries[place].text.isIdentical(to: text)
            {
                return first + UInt32(place)
            }
            return nil
        }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if entries[place].hash == hash, entries[place].type == type,
                entries[place].text.isIdentical(to: text)
            {
                return first + UInt32(place)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Takes in what is not there yet.
    mutating func add(_ text: String, type: UInt32, hash: UInt64) -> UInt32 {
        let number = end
        precondition(number < NameTable.noType, "the limits of the inputs bound the names")
        entries.append(Entry(hash: hash, text: text, type: type))
        if entries.count > 8, entries.count * 2 > slots.count {
            slots = Array(repeating: 0, count: max(32, slots.count * 2))
            for place in entries.indices { enter(place) }
        } else if !slots.isEmpty {
            enter(entries.count - 1)
        }
        return number
    }

    private mutating func enter(_ place: Int) {
        var slot = Int(truncatingIfNeeded: entries[place].hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(place) + 1
    }

    // MARK: Hashing

    /// Chosen anew by each process, so that nobody can prepare ids that fall into one slot.
    private static let seed = UInt64.random(in: .min ... .max)

    static func hash(_ text: String, type: UInt32) -> UInt64 {
        let state = mix(seed ^ UInt64(type), 0x9E37_79B9_7F4A_7C15)
        let hash = text.utf8.withContiguousStorageIfAvailable {
            absorb(UnsafeRawBufferPointer($0), state)
        }
        return hash ?? Array(text.utf8).withUnsafeBytes { absorb($0, state) }
    }

    private static func absorb(_ bytes: UnsafeRawBufferPointer, _ start: UInt64) -> UInt64 {
        var state = start ^ UInt64(bytes.count)
        var offset = 0
        while offset + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state = mix(state ^ word, 0xD6E8_FEB8_6659_FD93)
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return mix(state ^ rest, 0xA076_1D64_78BD_642F)
    }

    /// Folds the product, so that every bit of the state reaches every bit of the hash.
    private static func mix(_ state: UInt64, _ factor: UInt64) -> UInt64 {
        let (high, low) = state.multipliedFullWidth(by: factor)
        return high ^ low
    }
}
