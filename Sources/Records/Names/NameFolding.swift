/// Names as they are compared: without case, diacritics and apostrophes.
///
/// The Latin letters are folded by a table, because the standard library has no decomposition;
/// other scripts lose their case alone.
public enum NameFolding {
    /// The folded text: `"Zoë O'Brien-Łuk"` becomes `"zoe obrien-luk"`.
    public static func fold(_ text: String) -> String {
        var folded = ""
        folded.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { append(scalar, to: &folded) }
        return folded
    }

    /// The folded words of a name, in order; anything but letters and digits divides words.
    public static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in fold(text).unicodeScalars {
            let category = scalar.properties.generalCategory
            if isWordPart(category) {
                word.unicodeScalars.append(scalar)
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func isWordPart(_ category: Unicode.GeneralCategory) -> Bool {
        switch category {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            true
        default: false
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to folded: inout String) {
        switch scalar.value {
        case 0x41...0x5a: folded.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value + 0x20)))
        // Apostrophes do not divide a name: `O'Brien` is found by "obrien".
        case 0x27, 0x60, 0xb4, 0x2bb, 0x2bc, 0x2018, 0x2019: return
        case 0..<0xc0: folded.unicodeScalars.append(scalar)
        // Combining marks, so that `e` with U+0301 is the `é` in one scalar.
        case 0x300...0x36f: return
        default:
            if let letters = special[scalar.value] {
                folded += letters
            } else if let letter = baseLetter(of: scalar.value) {
                folded.unicodeScalars.append(Unicode.Scalar(letter))
            } else {
                folded += scalar.properties.lowercaseMapping
            }
        }
    }

    /// The letter under the diacritics, for blocks that are laid out letter by letter.
    private static func baseLetter(of value: UInt32) -> UInt8? {
        for block in blocks where value >= block.start {
            let index = Int(value - block.start)
            guard index < block.letters.utf8CodeUnitCount else { continue }
            let letter = block.letters.utf8Start[index]
            return letter == UInt8(ascii: ".") ? nil : letter
        }
        return nil
    }

    // One letter for each code point from `start`; a dot where there is none to give.
    private static let blocks: [(start: UInt32, letters: StaticString)] = [
        // Latin-1 Supplement, U+00C0 to U+00FF.
        (0xc0, "aaaaaa.ceeeeiiii.nooooo.ouuuuy..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"),
        // Latin Extended-A, U+0100 to U+017F.
        (
            0x100,
            """
            aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk.lllllll\
            lllnnnnnnn..oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs
            """
        ),
        // Romanian letters with a comma below, U+0218 to U+021B.
        (0x218, "sstt"),
        // Latin letters with a caron, U+01CD to U+01DC.
        (0x1cd, "aaiioouuuuuuuuuu"),
        // Vietnamese o and u with a horn.
        (0x1a0, "oo"), (0x1af, "uu"),
        // Latin Extended Additional, U+1E00 to U+1E99.
        (
            0x1e00,
            """
            aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm\
            mmmmnnnnnnnnooooooooppppr\
            rrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy
            """
        ),
        // Vietnamese letters with two marks, U+1EA0 to U+1EF9.
        (
            0x1ea0,
            """
            aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooo\
            oooouuuuuuuuuuuuuuyyyyyyyy
            """
        ),
    ]

    private static let special: [UInt32: String] = [
        0xc6: "ae", 0xe6: "ae", 0xd0: "d", 0xf0: "d", 0xd8: "o", 0xf8: "o", 0xde: "th",
        0xfe: "th", 0xdf: "ss", 0x1e9e: "ss", 0x132: "ij", 0x133: "ij", 0x138: "q", 0x149: "n",
        0x14a: "ng", 0x14b: "ng", 0x152: "oe", 0x153: "oe", 0x189: "d", 0x256: "d", 0x259: "e",
        0x18f: "e",
    ]
}
