/// Tells well-known passwords and their variations.
///
/// The raw lists hold almost nothing that passes a four-class rule; what people choose under one
/// is a base word with a capital, the usual substitutions and a decoration at its ends
/// (`P@ssw0rd2024`). So the decoration is taken off, the substitutions are undone, and what is left
/// is looked up.
enum WellKnownPasswords {
    /// Longer than any base word, with room for a repetition.
    private static let longestCore = 28
    /// Characters of a decoration that do not follow from the one before; one with more is a
    /// password by itself.
    private static let surprisingDecoration = 6

    /// Whether a password is a base word with decorations, a walk over the keyboard, or a
    /// repetition of something short.
    static func isVariation(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return KeyboardWalk.isWalk(scalars) || isRepetition(scalars) || hasKnownCore(scalars)
    }

    private static func isRepetition(_ scalars: [Unicode.Scalar]) -> Bool {
        (1...4).contains { period in
            scalars.count >= 2 * period
                && scalars.indices.dropFirst(period).allSatisfy {
                    scalars[$0] == scalars[$0 - period]
                }
        }
    }

    private static func hasKnownCore(_ scalars: [Unicode.Scalar]) -> Bool {
        guard let firstLetter = scalars.firstIndex(where: \.properties.isAlphabetic),
            let lastLetter = scalars.lastIndex(where: \.properties.isAlphabetic)
        else { return false }
        // `$` and `5` at an end are a decoration or a letter: each way is looked at.
        for start in 0...firstLetter {
            for end in lastLetter..<scalars.count where end - start < longestCore {
                let decoration = scalars[..<start] + scalars[(end + 1)...]
                if surprises(decoration) > surprisingDecoration { continue }
                if isKnown(scalars[start...end]) { return true }
            }
        }
        return false
    }

    /// Characters that neither repeat nor continue the one before.
    private static func surprises(_ decoration: ArraySlice<Unicode.Scalar>) -> Int {
        var count = 0
        var previous: UInt32?
        for scalar in decoration {
            let step = previous.map { Int64(scalar.value) - Int64($0) }
            if step == nil || abs(step ?? 2) > 1 { count += 1 }
            previous = scalar.value
        }
        return count
    }

    private static func isKnown(_ core: ArraySlice<Unicode.Scalar>) -> Bool {
        let undone = core.compactMap(LetterFolding.undo)
        let letters = core.compactMap(LetterFolding.letter)
        // Left-out characters may be few: they do not make a short word of a long password.
        let isMostlyLetters = letters.count * 3 >= core.count * 2
        return isBase(undone) || (isMostlyLetters && isBase(letters))
    }

    private static func isBase(_ letters: [Unicode.Scalar]) -> Bool {
        let half = letters.count / 2
        if letters.count % 2 == 0, Array(letters[..<half]) == Array(letters[half...]),
            WellKnownWords.contains(letters[..<half])
        {
            return true
        }
        return WellKnownWords.contains(letters[...])
    }
}

/// Finds passwords that are drawn on the keyboard or counted: `Qwerty123!`, `1qaz@WSX`, `Abcd1234!`.
enum KeyboardWalk {
    /// Whether a password consists of walks of three keys or more on average.
    static func isWalk(_ scalars: [Unicode.Scalar]) -> Bool {
        guard scalars.count >= 4 else { return false }
        var walks = 1
        for (left, right) in zip(scalars, scalars.dropFirst()) where !isStep(left, right) {
            walks += 1
        }
        return walks * 3 <= scalars.count
    }

    private static func isStep(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
        let from = unshifted[left] ?? left
        let to = unshifted[right] ?? right
        if abs(Int64(from.value) - Int64(to.value)) <= 1 { return true }
        guard let first = places[from], let second = places[to] else { return false }
        let rows = abs(first.row - second.row)
        let columns = abs(first.column - second.column)
        return (rows == 0 && columns == 1) || (rows == 1 && columns <= 1)
    }

    private static let rows = ["`1234567890-=", " qwertyuiop[]", " asdfghjkl;'#", " zxcvbnm,./"]

    private static let places: [Unicode.Scalar: (row: Int, column: Int)] = {
        var places: [Unicode.Scalar: (row: Int, column: Int)] = [:]
        for (row, keys) in rows.enumerated() {
            for (column, key) in keys.unicodeScalars.enumerated() where key != " " {
                places[key] = (row, column)
            }
        }
        return places
    }()

    /// The key of a shifted character, of the British and the American layout.
    private static let unshifted: [Unicode.Scalar: Unicode.Scalar] = {
        var keys: [Unicode.Scalar: Unicode.Scalar] = [
            "!": "1", "\"": "2", "@": "2", "£": "3", "#": "3", "$": "4", "%": "5", "^": "6",
            "&": "7", "*": "8", "(": "9", ")": "0", "_": "-", "+": "=", "{": "[", "}": "]",
            ":": ";", "~": "#", "<": ",", ">": ".", "?": "/",
        ]
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars {
            keys[letter] = letter.properties.lowercaseMapping.unicodeScalars.first
        }
        return keys
    }()
}
