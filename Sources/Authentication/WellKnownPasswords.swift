/// Tells well-known passwords and their variations.
///
/// The raw lists hold almost nothing that passes a four-class rule; what people choose under one
/// is a base word with a capital, the usual substitutions and a decoration at its ends
/// (`P@ssw0rd2024`). So the decoration is taken off, the substitutions are undone, and what is left
/// is looked up: 13,000 words stand for many millions of passwords.
package enum WellKnownPasswords {
    /// Longer than any base word, with room for a repetition.
    private static let longestCore = 32
    /// What a decoration may have that does not follow from the character before; one with more is
    /// a password by itself.
    private static let surprisingDecoration = 6
    /// Letters that a decoration may have, as in `Welcome1a!`.
    private static let decoratingLetters = 2
    /// A shorter word is none.
    private static let shortestWord = 3
    /// A shorter one is hidden by chance in what a machine made up: it bites only as it is.
    private static let shortestVaried = 5
    private static let shortestExtended = 4

    /// Whether a password is a base word with decorations, a walk over the keyboard, dates, or a
    /// repetition of something short.
    package static func isVariation(_ text: String) -> Bool {
        let characters = FoldedPassword(text).characters
        let scalars = characters.map(\.scalar)
        return KeyboardWalk.isWalk(scalars) || isRepetition(scalars)
            || (characters.allSatisfy { $0.letter == nil } && DateDigits.areDates(digits(scalars)))
            || hasKnownCore(characters[...])
    }

    private static func isRepetition(_ scalars: [Unicode.Scalar]) -> Bool {
        (1...4).contains { period in
            scalars.count >= 2 * period
                && scalars.indices.dropFirst(period).allSatisfy {
                    scalars[$0] == scalars[$0 - period]
                }
        }
    }

    private static func hasKnownCore(_ characters: ArraySlice<FoldedPassword.Character>) -> Bool {
        let leading = cuts(characters)
        let trailing = cuts(characters.reversed()[...])
        // `$` and `5` at an end are a decoration or a letter: each way is looked at.
        for start in leading {
            for end in trailing.map({ characters.endIndex - $0 })
            where start < end && end - start <= longestCore {
                let core = characters[start..<end]
                let ends = (characters[..<start], characters[end...])
                guard core.contains(where: { $0.letter != nil }) else { continue }
                if isKnown(core, between: ends, { $0.undone }) { return true }
                if isKnown(core, between: ends, { $0.letter }) { return true }
            }
        }
        return false
    }

    /// How many characters at the beginning may be a decoration.
    private static func cuts(_ characters: ArraySlice<FoldedPassword.Character>) -> [Int] {
        var cuts = [0]
        var letters = 0
        for (index, character) in characters.enumerated() {
            if character.letter == nil {
                cuts.append(index + 1)
            } else {
                letters += 1
                if letters > decoratingLetters { break }
            }
        }
        return cuts
    }

    /// How much of a decoration neither repeats nor continues the character before; a letter counts
    /// twice, and a date little however long it is.
    private static func surprises(_ decoration: ArraySlice<FoldedPassword.Character>) -> Int {
        let scalars = decoration.map(\.scalar)
        let letters = decoration.count { $0.letter != nil }
        if letters == 0, DateDigits.areDates(digits(scalars)) {
            return 2 + Set(scalars.filter { $0.properties.numericType == nil }).count
        }
        let following = zip(scalars, scalars.dropFirst()).count { previous, next in
            abs(Int64(next.value) - Int64(previous.value)) <= 1
        }
        return letters + scalars.count - following
    }

    private static func digits(_ scalars: [Unicode.Scalar]) -> [Int] {
        scalars.compactMap { scalar in
            ("0"..."9").contains(scalar) ? Int(scalar.value) - 0x30 : nil
        }
    }

    /// Whether the characters that are letters, read one way, are a word, and all others so few that
    /// they make no password of it.
    private static func isKnown(
        _ core: ArraySlice<FoldedPassword.Character>,
        between ends: (ArraySlice<FoldedPassword.Character>, ArraySlice<FoldedPassword.Character>),
        _ shape: (FoldedPassword.Character) -> UInt8?
    ) -> Bool {
        let letters = core.compactMap(shape)
        guard letters.count >= shortestWord else { return false }
        let decoration = ends.0 + core.filter { shape($0) == nil } + ends.1
        // Six random characters around a word of three are a password; after `Birmingham` they are
        // what a rule asked for.
        guard surprises(decoration) <= min(letters.count, surprisingDecoration) else {
            return false
        }
        return isBase(letters) || KeyboardWalk.isSingleWalk(core.map(\.scalar))
    }

    private static func isBase(_ letters: [UInt8]) -> Bool {
        WellKnownWords.contains(letters)
            || (letters.count >= shortestVaried
                && (isExtended(letters) || isExtended(letters.reversed()) || isRepeated(letters)))
    }

    private static func isRepeated(_ letters: [UInt8]) -> Bool {
        (2...4).contains { times in
            let length = letters.count / times
            return letters.count == length * times
                && letters.indices.dropFirst(length).allSatisfy {
                    letters[$0] == letters[$0 - length]
                } && WellKnownWords.contains(letters.prefix(length))
        }
    }

    /// Whether letters are a base word with a beginning or an end that many people add.
    private static func isExtended(_ letters: [UInt8]) -> Bool {
        for ending in endings where letters.reversed().starts(with: ending.reversed()) {
            let stem = letters.dropLast(ending.count)
            for beginning in beginnings where stem.starts(with: beginning) {
                let word = stem.dropFirst(beginning.count)
                if word.count >= shortestExtended, WellKnownWords.contains(word) { return true }
            }
        }
        return false
    }

    private static let beginnings = affixes(
        "my the ilove iluv iheart hello super mr mrs miss im iam team go thisis thisismy its"
    )

    private static let endings = affixes(
        "s es y ie fc afc utd united city town lover fan rocks rules boy girl x xx xxx abc pass pw uk"
    )

    /// Folded, and the empty one before all.
    private static func affixes(_ text: String) -> [[UInt8]] {
        [[]] + text.split(separator: " ").map { $0.unicodeScalars.compactMap(LetterFolding.letter) }
    }
}
