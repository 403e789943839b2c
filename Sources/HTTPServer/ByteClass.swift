/// The character classes of RFC 9110 and RFC 9112, as tables of bits.
enum ByteClass {
    static let cr: UInt8 = 0x0D
    static let lf: UInt8 = 0x0A
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09

    /// tchar (RFC 9110, section 5.6.2): letters, digits and !#$%&'*+-.^_`|~.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        test(byte, 0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)
    }

    /// What a request target may hold: visible ASCII but `"`, `#`, `<` and `>`.
    ///
    /// Wider than RFC 3986, because browsers leave ``\ ^ ` { | }`` bare in a query.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool {
        test(byte, 0xAFFF_FFF2_0000_0000, 0x7FFF_FFFF_FFFF_FFFF)
    }

    /// What the name in an authority may hold: letters, digits and -._~ (an address in brackets apart).
    @inline(__always)
    static func isHostName(_ byte: UInt8) -> Bool {
        test(byte, 0x03FF_6000_0000_0000, 0x47FF_FFFE_87FF_FFFE)
    }

    /// What a field value may hold (RFC 9110, section 5.5): visible ASCII, space, tab and obs-text.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == tab
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 <= 9
    }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> Int? {
        let letter = (byte | 0x20) &- 0x61
        if isDigit(byte) { return Int(byte &- 0x30) }
        return letter < 6 ? Int(letter) + 10 : nil
    }

    @inline(__always)
    private static func test(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
        if byte < 64 { return (low &>> UInt64(byte)) & 1 == 1 }
        return byte < 128 && (high &>> UInt64(byte &- 64)) & 1 == 1
    }
}
