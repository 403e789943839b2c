/// Base 16 (RFC 4648, section 8) in lower case.
public enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two lower-case digits a byte.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
            bytes.withUnsafeBytes { write($0, into: UnsafeMutableRawBufferPointer(buffer)) }
            return 2 * bytes.count
        }
    }

    /// Writes two digits a byte at the beginning of a buffer that has room for them.
    static func write(_ bytes: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer) {
        for (index, byte) in bytes.enumerated() {
            buffer[2 * index] = digits[Int(byte >> 4)]
            buffer[2 * index + 1] = digits[Int(byte & 15)]
        }
    }

    /// The bytes of an even number of lower-case digits: one spelling for each value.
    /// - Throws: `CryptoError.malformed` with the offset of the first wrong byte.
    public static func decode(_ text: some Collection<UInt8>) throws(CryptoError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for (offset, character) in text.enumerated() {
            let value: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = character - UInt8(ascii: "a") + 10
            default: throw .malformed(encoding: "hex", offset: offset)
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil else { throw .malformed(encoding: "hex", offset: text.count) }
        return bytes
    }

    /// The bytes of a text of lower-case digits.
    /// - Throws: `CryptoError.malformed`.
    public static func decode(_ text: String) throws(CryptoError) -> [UInt8] {
        try decode(text.utf8)
    }
}
