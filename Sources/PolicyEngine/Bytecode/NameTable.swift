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
    /// The upper half of an entry's hash above its place from 1; open addressing by the lower half.
    private var slots: [UInt64] = []

    init(first: UInt32 = 0) {
        self.first = first
    }

    /// Makes room, so that so many names are taken in without a growth.
    mutating func reserve(_ count: Int) {
        entries.reserveCapacity(count)
        grow(to: count * 2)
    }

    var end: UInt32 { first + UInt32(entries.count) }

    subscript(number: UInt32) -> Entry { entries[Int(number - first)] }

    /// The number of a string, or of an entity of this type.
    func number(of text: String, type: UInt32, hash: UInt64) -> UInt32? {
        if entries.isEmpty { return nil }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while true {
            let content = slots[slot]
            if content == 0 { return nil }
            if (content ^ hash) >> 32 == 0 {
                let place = Int(content & 0xFFFF_FFFF) - 1
                if entries[place].type == type, entries[place].text.isIdentical(to: text) {
                    return first + UInt32(place)
                }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    /// The number of a string, or of an entity of this type.
    func number(of text: String, type: UInt32) -> UInt32? {
        number(of: text, type: type, hash: NameTable.hash(text, type: type))
    }

    /// The number of an entity.
    func number(of uid: EntityUID) -> UInt32? {
        number(of: uid.type, type: NameTable.noType).flatMap { number(of: uid.id, type: $0) }
    }

    /// Takes in what is not there yet.
    mutating func add(_ text: String, type: UInt32, hash: UInt64) -> UInt32 {
        let number = end
        precondition(number < NameTable.noType, "the limits of the inputs bound the names")
        entries.append(Entry(hash: hash, text: text, type: type))
        if entries.count * 2 > slots.count {
            grow(to: entries.count * 4)
        } else {
            enter(entries.count - 1)
        }
        return number
    }

    /// Enters everything anew into so many slots, or the next power of two.
    private mutating func grow(to count: Int) {
        var size = 16
        while size < count { size *= 2 }
        slots = Array(repeating: 0, count: size)
        for place in entries.indices { enter(place) }
    }

    private mutating func enter(_ place: Int) {
        let hash = entries[place].hash
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(place + 1)
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

    /// The hash of words.
    static func hash(_ words: [UInt64]) -> UInt64 {
        var state = seed ^ UInt64(words.count)
        for word in words { state = mix(state ^ word, 0xD6E8_FEB8_6659_FD93) }
        return state
    }

    /// The hash of a few words, and of what has a hash.
    static func hash(_ hash: UInt64, _ first: UInt64, _ second: UInt64, _ third: UInt64) -> UInt64 {
        let state = mix(mix(hash ^ first, 0xD6E8_FEB8_6659_FD93) ^ second, 0xA076_1D64_78BD_642F)
        return mix(state ^ third, 0xD6E8_FEB8_6659_FD93)
    }

    private static func absorb(_ bytes: UnsafeRawBufferPointer, _ start: UInt64) -> UInt64 {
        func word(at offset: Int) -> UInt64 {
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        func half(at offset: Int) -> UInt64 {
            UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        var state = start ^ UInt64(bytes.count)
        var offset = 0
        while offset + 8 < bytes.count {
            state = mix(state ^ word(at: offset), 0xD6E8_FEB8_6659_FD93)
            offset += 8
        }
        // What is left is read from the end, over bytes that may have been read before.
        let rest: UInt64
        switch bytes.count {
        case 8...: rest = word(at: bytes.count - 8)
        case 4..<8: rest = half(at: 0) << 32 | half(at: bytes.count - 4)
        default: rest = bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        return mix(state ^ rest, 0xA076_1D64_78BD_642F)
    }

    /// Folds the product, so that every bit of the state reaches every bit of the hash.
    private static func mix(_ state: UInt64, _ factor: UInt64) -> UInt64 {
        let (high, low) = state.multipliedFullWidth(by: factor)
        return high ^ low
    }
}
