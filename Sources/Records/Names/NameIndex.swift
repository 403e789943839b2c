public import SQLite

/// What somebody typed to find a person: the beginnings of the words of a name.
public struct NameQuery: Hashable, Sendable {
    /// The folded words as UTF-8, of which each must begin some word of the name.
    ///
    /// Bytes, because `String.hasPrefix` goes by whole characters: a letter would not begin a word
    /// whose first character has a vowel sign on that letter.
    let words: [[UInt8]]

    /// Reads a query; `nil` with fewer than two letters, or over 100 code points.
    public init?(_ text: String) {
        guard text.unicodeScalars.count <= Limits.query else { return nil }
        let words = NameFolding.words(of: text)
        guard words.reduce(0, { $0 + $1.unicodeScalars.count }) >= 2 else { return nil }
        self.words = words.map { Array($0.utf8) }
    }
}

/// People by the beginnings of the words of their names, in memory.
///
/// For thousands of people: a change costs O(n) moves, a search O(log n) and what it finds.
public struct NameIndex<Item: Identifiable & Sendable>: Sendable where Item.ID == Identifier {
    private struct Entry: Sendable {
        let item: Item
        let words: [[UInt8]]
        /// What the results are in order of.
        let order: String
    }

    private struct Word: Sendable {
        let text: [UInt8]
        let id: Item.ID
    }

    private var entries: [Item.ID: Entry] = [:]
    /// In order of their text.
    private var words: [Word] = []
    private let name: @Sendable (Item) -> String

    /// An index of `items` by what `name` gives.
    public init(_ items: [Item], name: @escaping @Sendable (Item) -> String) {
        self.name = name
        for item in items {
            let entry = makeEntry(item)
            entries[item.id] = entry
            words += entry.words.map { Word(text: $0, id: item.id) }
        }
        words.sort { $0.text.lexicographicallyPrecedes($1.text) }
    }

    /// Everybody, in no order.
    public var items: [Item] { entries.values.map(\.item) }

    /// The item with an id, if there is one.
    public subscript(id: Item.ID) -> Item? { entries[id]?.item }

    /// Puts an item in, in place of the one with the same id.
    public mutating func update(_ item: Item) {
        remove(item.id)
        let entry = makeEntry(item)
        entries[item.id] = entry
        for word in entry.words {
            words.insert(Word(text: word, id: item.id), at: firstWord(notBefore: word))
        }
    }

    /// Takes an item out.
    public mutating func remove(_ id: Item.ID) {
        guard entries.removeValue(forKey: id) != nil else { return }
        words.removeAll { $0.id == id }
    }

    /// Everybody of whose names the words of `query` begin some word, in order of name; those of one
    /// name in the same order always, whatever was typed.
    public func matches(_ query: NameQuery) -> [Item] {
        // The longest word leaves the fewest to look at.
        guard let longest = query.words.max(by: { $0.count < $1.count }) else {
            return []
        }
        var found: [Item.ID: Entry] = [:]
        for word in words[firstWord(notBefore: longest)...] {
            guard word.text.starts(with: longest) else { break }
            guard found[word.id] == nil, let entry = entries[word.id] else { continue }
            let matchesAll = query.words.allSatisfy { part in
                entry.words.contains { $0.starts(with: part) }
            }
            if matchesAll { found[word.id] = entry }
        }
        return found.values.sorted {
            ($0.order, $0.item.id.rawValue) < ($1.order, $1.item.id.rawValue)
        }.map(\.item)
    }

    private func makeEntry(_ item: Item) -> Entry {
        let words = NameFolding.words(of: name(item))
        return Entry(
            item: item,
            words: words.map { Array($0.utf8) },
            order: words.joined(separator: " ")
        )
    }

    private func firstWord(notBefore text: [UInt8]) -> Int {
        var (low, high) = (0, words.count)
        while low < high {
            let middle = (low + high) / 2
            if words[middle].text.lexicographicallyPrecedes(text) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
