/// Base 32 (RFC 4648, section 6): upper case, the form of a TOTP secret.
public enum Base32 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// The text of `bytes`; authenticator apps expect it without padding.
    public static func encode(_ bytes: [UInt8], padded: Bool = false) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var held = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            held += 8
            while held >= 5 {
                held -= 5
                text.append(digits[Int(bits >> UInt32(held)) & 31])
            }
            bits &= (1 << UInt32(held)) - 1
        }
        if held > 0 { text.append(digits[Int(bits << UInt32(5 - held)) & 31]) }
        while padded && text.count % 8 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of `text`: upper case, no white space, padding exactly as told, unused bits zero.
    /// - Throws: `CryptoError.malformed` with the offset of the first wrong byte.
    public static func decode(_ text: String, padded: Bool = false) throws(CryptoError) -> [UInt8] {
        let characters = Array(text.utf8)
        var end = characters.count
        if padded {
            let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
            guard characters.count % 8 == 0, [0, 1, 3, 4, 6].contains(padding) else {
                throw .malformed(encoding: "base32", offset: end)
            }
            end -= padding
        }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var held = 0
        for offset in 0..<end {
            let value: UInt8
            switch characters[offset] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                value = characters[offset] - UInt8(ascii: "A")
            case UInt8(ascii: "2")...UInt8(ascii: "7"):
                value = characters[offset] - UInt8(ascii: "2") + 26
            default: throw .malformed(encoding: "base32", offset: offset)
            }
            bits = bits << 5 | UInt32(value)
            held += 5
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
                bits &= (1 << UInt32(held)) - 1
            }
        }
        // Five bits or more left over are a digit too many; others must be zero.
        guard held < 5, bits == 0 else {
            throw .malformed(encoding: "base32", offset: max(end - 1, 0))
        }
        return bytes
    }
}
