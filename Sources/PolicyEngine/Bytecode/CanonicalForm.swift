/// What policies can know of some entities and of what is said about them: the same for all that no
/// policy can tell apart.
///
/// To a policy an id is nothing but itself: it is compared, and looked for among others, and never looked
/// into. So a name that neither the policies nor the entities below mention, a stranger, is written as its
/// place in the order in which such names come. Where two lots of entities and the requests about them
/// are written the same, the one becomes the other when strangers change names: what is decided of the
/// one holds for the other.
struct CanonicalForm: Hashable {
    let words: [UInt64]
    let hash: UInt64

    static func == (left: CanonicalForm, right: CanonicalForm) -> Bool {
        left.hash == right.hash && left.words == right.words
    }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// Writes canonical forms over the names that policies and the entities below mention.
struct FormWriter {
    private let base: PreparedEntities
    private var strangers: [Stranger] = []
    private var words: [UInt64] = []
    /// False past a limit: then there is more to say than was written.
    private(set) var isWhole = true
    /// The type that was named last: most names in a row have the same one.
    private var latest: (type: String, number: UInt32) = ("", NameTable.noType)

    /// A name that nothing below mentions.
    private struct Stranger {
        let uid: EntityUID
        let hash: UInt64
        let word: UInt64
    }

    /// The more there is to say, the rarer it is said again.
    private static let longest = 512
    /// They are looked through one by one.
    private static let mostStrangers = 64

    init(over base: PreparedEntities) {
        self.base = base
        // Enough for a person and a thing.
        strangers.reserveCapacity(16)
        words.reserveCapacity(96)
    }

    /// What was written, if that is all; what is written next begins anew, after the same strangers.
    mutating func finish() -> CanonicalForm? {
        defer { words = [] }
        return isWhole ? CanonicalForm(words: words, hash: NameTable.hash(words)) : nil
    }

    mutating func write(_ entity: Entity) {
        write(.entity, entity.parents.count)
        write(word: word(for: entity.uid))
        for index in entity.parents.indices { write(word: word(for: entity.parents[index])) }
        write(entity.attributes)
        write(entity.tags)
    }

    mutating func write(_ record: Record) {
        write(.record, record.fields.count)
        for index in record.fields.indices {
            write(record.fields[index].name)
            write(record.fields[index].value)
        }
    }

    private mutating func write(_ value: Value) {
        switch value {
        case .bool(let value): write(.bool, value ? 1 : 0)
        case .long(let value): write(.long, bits: value)
        case .decimal(let value): write(.decimal, bits: value)
        case .datetime(let value): write(.datetime, bits: value)
        case .duration(let value): write(.duration, bits: value)
        case .string(let text): write(text)
        case .entity(let uid): write(word: word(for: uid))
        case .record(let record): write(record)
        case .set(let set):
            write(.set, set.elements.count)
            for index in set.elements.indices { write(set.elements[index]) }
        case .ipaddr(let address):
            write(.ipaddr, address.prefix << 1 | (address.isIPv6 ? 1 : 0))
            write(word: address.high)
            write(word: address.low)
        }
    }

    private mutating func write(_ text: String) {
        if let name = base.names.number(of: text, type: NameTable.noType) {
            return write(.name, Int(name))
        }
        write(.text, text.utf8.count)
        var (word, count) = (UInt64(0), 0)
        for byte in text.utf8 {
            (word, count) = (word << 8 | UInt64(byte), count + 1)
            if count % 8 == 0 { write(word: word) }
        }
        if count % 8 != 0 { write(word: word) }
    }

    /// The word that stands for a name: for a stranger, its place and its type, if policies mention that.
    mutating func word(for uid: EntityUID) -> UInt64 {
        if latest.number == NameTable.noType || !latest.type.isIdentical(to: uid.type) {
            latest = (uid.type, number(ofType: uid.type))
        }
        if let word = wordIfKnown(for: uid, type: latest.number) { return word }
        let place = strangers.count
        guard place < FormWriter.mostStrangers else {
            isWhole = false
            return 0
        }
        let word = FormWriter.word(.stranger, place << 32 | Int(latest.number))
        let hash = NameTable.hash(uid.id, type: latest.number)
        strangers.append(Stranger(uid: uid, hash: hash, word: word))
        return word
    }

    /// The word that stands for a name, unless it is that of a stranger who has not come before.
    func wordIfKnown(for uid: EntityUID) -> UInt64? {
        wordIfKnown(for: uid, type: number(ofType: uid.type))
    }

    private func wordIfKnown(for uid: EntityUID, type: UInt32) -> UInt64? {
        let hash = NameTable.hash(uid.id, type: type)
        for place in strangers.indices
        where strangers[place].hash == hash && strangers[place].uid == uid {
            return strangers[place].word
        }
        if type == NameTable.noType { return nil }
        return base.names.number(of: uid.id, type: type, hash: hash)
            .map { FormWriter.word(.name, Int($0)) }
    }

    private func number(ofType type: String) -> UInt32 {
        base.names.number(of: type, type: NameTable.noType) ?? NameTable.noType
    }

    // MARK: Words

    /// What follows a word of a tag is told by the tag and its number, so that whatever differs is
    /// written differently.
    private enum Tag: UInt64 {
        /// A string or an entity that is known, by its number.
        case name
        case stranger, text, bool, long, decimal, datetime, duration, ipaddr, set, record, entity
    }

    private static func word(_ tag: Tag, _ number: Int) -> UInt64 {
        tag.rawValue << 56 | UInt64(number)
    }

    private mutating func write(_ tag: Tag, _ number: Int) {
        write(word: FormWriter.word(tag, number))
    }

    private mutating func write(_ tag: Tag, bits: Int64) {
        write(tag, 0)
        write(word: UInt64(bitPattern: bits))
    }

    private mutating func write(word: UInt64) {
        guard words.count < FormWriter.longest else { return isWhole = false }
        words.append(word)
    }
}

/// The form of a request, after that of the entities it is about: strangers come in the order of these
/// parts.
struct RequestForm: Hashable {
    let context: CanonicalForm
    let action: UInt64
    let resource: UInt64
    let principal: UInt64

    static func == (left: RequestForm, right: RequestForm) -> Bool {
        left.principal == right.principal && left.action == right.action
            && left.resource == right.resource && left.context == right.context
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(NameTable.hash(context.hash, action, resource, principal))
    }
}
