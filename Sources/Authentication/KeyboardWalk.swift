/// Finds passwords that are drawn on the keyboard or counted: `Qwerty123!`, `1qaz@WSX`, `Abcd1234!`.
enum KeyboardWalk {
    /// Whether a password consists of walks of three keys or more on average.
    static func isWalk(_ scalars: some Collection<Unicode.Scalar>) -> Bool {
        scalars.count >= 4 && walks(scalars) * 3 <= scalars.count
    }

    /// Whether it is one walk of four keys or more.
    static func isSingleWalk(_ scalars: some Collection<Unicode.Scalar>) -> Bool {
        scalars.count >= 4 && walks(scalars) == 1
    }

    private static func walks(_ scalars: some Collection<Unicode.Scalar>) -> Int {
        1 + zip(scalars, scalars.dropFirst()).count { !isStep($0, $1) }
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

/// Finds digits that are dates and years: `12051987`, `31/12/99 2024`.
enum DateDigits {
    /// Dates that one password may consist of; more are no longer a usual one.
    private static let most = 3

    /// Whether digits are dates one after the other, in any usual order of day, month and year.
    static func areDates(_ digits: [Int]) -> Bool { areDates(digits[...], left: most) }

    private static func areDates(_ digits: ArraySlice<Int>, left: Int) -> Bool {
        if digits.isEmpty { return left < most }
        guard left > 0 else { return false }
        return [8, 6, 4].contains { length in
            digits.count >= length && isDate(Array(digits.prefix(length)))
                && areDates(digits.dropFirst(length), left: left - 1)
        }
    }

    private static func isDate(_ digits: [Int]) -> Bool {
        let pairs = stride(from: 0, to: digits.count, by: 2)
            .map { digits[$0] * 10 + digits[$0 + 1] }
        switch pairs.count {
        case 2: return centuries.contains(pairs[0]) || isDayAndMonth(pairs[0], pairs[1])
        case 3: return isDayAndMonth(pairs[0], pairs[1]) || isDayAndMonth(pairs[1], pairs[2])
        default:
            return (isDayAndMonth(pairs[0], pairs[1]) && centuries.contains(pairs[2]))
                || (centuries.contains(pairs[0]) && isDayAndMonth(pairs[2], pairs[3]))
        }
    }

    private static let centuries = 19...20

    /// In the British order or in the American one.
    private static func isDayAndMonth(_ first: Int, _ second: Int) -> Bool {
        (1...31).contains(max(first, second)) && (1...12).contains(min(first, second))
    }
}
