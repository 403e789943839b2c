@_spi(_Unicode) import Swift

/// A password as a guesser sees it, character by character: one shape for all that is taken for the
/// same letter, without case and accents.
struct FoldedPassword {
    /// A character of a password.
    struct Character {
        let scalar: Unicode.Scalar
        /// Its shape if it is a letter; `LetterFolding.foreign` for one outside ASCII.
        let letter: UInt8?
        /// Its shape if it is a letter or usually stands for one.
        let undone: UInt8?
    }

    let characters: [Character]

    init(_ text: String) {
        // Decomposed, an accent is a character of its own, and none of these.
        characters = text._nfd.filter { !$0.properties.isDiacritic || $0.isASCII }.map { scalar in
            let letter = LetterFolding.letter(scalar)
            return Character(
                scalar: scalar,
                letter: letter,
                undone: letter ?? LetterFolding.substitutes[scalar]
            )
        }
    }

    /// Whether a word occurs in it, with substitutions or with something between the letters.
    func contains(_ part: String) -> Bool {
        let wanted = FoldedPassword(part).characters.compactMap(\.letter)
        guard !wanted.isEmpty, !wanted.contains(LetterFolding.foreign) else {
            return containsForeign(part)
        }
        return characters.compactMap(\.undone).contains(wanted)
            || characters.compactMap(\.letter).contains(wanted)
    }

    /// A word of another script has no substitutions: it is looked for as it is.
    private func containsForeign(_ part: String) -> Bool {
        func lowered(_ scalars: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
            scalars.filter(\.properties.isAlphabetic)
                .flatMap { $0.properties.lowercaseMapping.unicodeScalars }
        }
        let wanted = lowered(part._nfd)
        return !wanted.isEmpty && lowered(characters.map(\.scalar)).contains(wanted)
    }
}

/// One shape for all that is taken for the same letter: case, `1`, `l` and `i`, `0` and `o`.
enum LetterFolding {
    /// Stands for every letter outside ASCII: no base word has one.
    static let foreign: UInt8 = 0xff

    /// The shape of a letter; `nil` for what is none.
    static func letter(_ scalar: Unicode.Scalar) -> UInt8? {
        guard scalar.isASCII else { return scalar.properties.isAlphabetic ? foreign : nil }
        let lower = UInt8(truncatingIfNeeded: scalar.value) | 0x20
        guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower), scalar.value >= 0x41 else {
            return nil
        }
        return lower == UInt8(ascii: "l") ? UInt8(ascii: "i") : lower
    }

    /// What usually stands for a letter.
    static let substitutes: [Unicode.Scalar: UInt8] = [
        "1": UInt8(ascii: "i"), "!": UInt8(ascii: "i"), "|": UInt8(ascii: "i"),
        "0": UInt8(ascii: "o"), "3": UInt8(ascii: "e"), "€": UInt8(ascii: "e"),
        "4": UInt8(ascii: "a"), "@": UInt8(ascii: "a"), "5": UInt8(ascii: "s"),
        "$": UInt8(ascii: "s"), "7": UInt8(ascii: "t"), "+": UInt8(ascii: "t"),
        "8": UInt8(ascii: "b"), "6": UInt8(ascii: "g"), "9": UInt8(ascii: "g"),
        "2": UInt8(ascii: "z"), "(": UInt8(ascii: "c"), "#": UInt8(ascii: "h"),
    ]
}
