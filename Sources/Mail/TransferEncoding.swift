import Crypto

/// Lines of text as seven-bit octets (RFC 2045, section 6.7).
enum QuotedPrintable {
    /// Encodes one line, without its end; soft breaks keep the result to 76 octets a line.
    static func encode(_ line: Substring.UTF8View) -> [UInt8] {
        var octets: [UInt8] = []
        var width = 0
        var index = line.startIndex
        while index < line.endIndex {
            let byte = line[index]
            line.formIndex(after: &index)
            let isLast = index == line.endIndex
            let unit = unit(byte, isLast: isLast)
            // One octet is kept for the `=` of a soft break, unless nothing follows.
            if width + unit.count > (isLast ? 76 : 75) {
                octets.append(contentsOf: "=\r\n".utf8)
                width = 0
            }
            octets.append(contentsOf: unit)
            width += unit.count
        }
        return octets
    }

    private static func unit(_ byte: UInt8, isLast: Bool) -> [UInt8] {
        let isSpace = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        // White space at the end of a line is dropped by some relays (rule 3).
        if isSpace ? !isLast : (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "=") {
            return [byte]
        }
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}

/// Text in a header beyond ASCII (RFC 2047, "B" encoding).
enum EncodedWord {
    /// The text as encoded words, one a line; a line stays under 76 octets (section 2), also the
    /// first with `Subject: ` before it.
    static func fold(_ text: String) -> String {
        // 39 octets become 52 characters of base 64; with `=?utf-8?B?` and `?=` that is 64.
        var words: [[UInt8]] = [[]]
        // Section 5: each word decodes by itself, so a character is never cut in two.
        for scalar in text.unicodeScalars {
            let octets = Array(String(scalar).utf8)
            if words[words.count - 1].count + octets.count > 39 { words.append([]) }
            words[words.count - 1] += octets
        }
        return words.map { "=?utf-8?B?\(Base64.standard.encode($0))?=" }.joined(separator: "\r\n ")
    }
}
