/// The base words of well-known passwords: what people in a school think of first.
///
/// Written out by field in the files beside this one, never loaded as a list: of each word there is
/// a hash, so that all of them take 100 kB.
package enum WellKnownWords {
    private static let fields = [people, places, life, culture, things]

    /// Every word, as written; for a test that counts and decorates them.
    package static var all: [String] {
        fields.flatMap { field in
            field.description.split { $0 == " " || $0 == "\n" }.map(String.init)
        }
    }

    /// How many there are that differ once they are folded.
    package static var count: Int { hashes.count }

    /// Whether folded letters are a base word.
    static func contains(_ letters: some Sequence<UInt8>) -> Bool {
        let wanted = hash(letters)
        var (low, high) = (0, hashes.count)
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low < hashes.count && hashes[low] == wanted
    }

    /// The hashes in order, made at the first new password.
    private static let hashes: [UInt64] = {
        var hashes: Set<UInt64> = []
        for field in fields {
            field.withUTF8Buffer { text in
                for word in text.split(whereSeparator: { $0 == 0x20 || $0 == 0x0a }) {
                    hashes.insert(
                        hash(word.map { $0 == UInt8(ascii: "l") ? UInt8(ascii: "i") : $0 })
                    )
                }
            }
        }
        return hashes.sorted()
    }()

    /// FNV-1a of 64 bits: 13,000 words share one with another word once in 10^11 tries, and then a
    /// good password is refused.
    private static func hash(_ letters: some Sequence<UInt8>) -> UInt64 {
        letters.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
