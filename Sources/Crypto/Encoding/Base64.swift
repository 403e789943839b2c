/// Base 64 (RFC 4648): the standard alphabet with padding, or the URL-safe one without.
///
/// Decoding is strict, so that each value has exactly one text: no white space, no character of
/// the other alphabet, padding as told, unused bits zero (section 3.5).
public enum Base64: Sendable {
    /// Section 4: `+`, `/`, padded with `=`.
    case standard
    /// Section 5: `-`, `_`, without padding.
    case url

    /// The text of `bytes`.
    public func encode(_ bytes: [UInt8]) -> String {
        let count = width(of: bytes.count)
        return String(unsafeUninitializedCapacity: count) { buffer in
            bytes.withUnsafeBytes { write($0, into: buffer) }
            return count
        }
    }

    /// The text of a secret, which is one too; no copy of either is left anywhere.
    public func encode(_ secret: Secret) -> Secret {
        Secret(count: width(of: secret.count)) { text in
            secret.withBytes { write($0, into: text.bindMemory(to: UInt8.self)) }
        }
    }

    /// How many bytes the text of `count` bytes has.
    public func width(of count: Int) -> Int {
        switch self {
        case .standard: (count + 2) / 3 * 4
        case .url: (count * 4 + 2) / 3
        }
    }

    /// Writes the text of `bytes` into `buffer`, which holds its `width` at the least.
    public func write(
        _ bytes: UnsafeRawBufferPointer,
        into buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        let digits = digits.utf8Start
        var end = 0
        func append(_ group: UInt32, digits count: Int) {
            for place in 0..<count {
                buffer[end] = digits[Int(group >> UInt32(18 - 6 * place)) & 63]
                end += 1
            }
        }
        let whole = bytes.count / 3 * 3
        for index in stride(from: 0, to: whole, by: 3) {
            append(
                UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8
                    | UInt32(bytes[index + 2]),
                digits: 4
            )
        }
        let rest = bytes.count - whole
        if rest > 0 {
            let second = rest == 2 ? UInt32(bytes[whole + 1]) << 8 : 0
            append(UInt32(bytes[whole]) << 16 | second, digits: rest + 1)
        }
        while end < width(of: bytes.count) {
            buffer[end] = UInt8(ascii: "=")
            end += 1
        }
    }

    /// The bytes of `text`.
    /// - Throws: `CryptoError.malformed` with the offset of the first wrong byte.
    public func decode(_ text: String) throws(CryptoError) -> [UInt8] {
        let characters = Array(text.utf8)
        let end = try contentEnd(of: characters)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end * 3 / 4)
        var bits: UInt32 = 0
        var held = 0
        for offset in 0..<end {
            guard let value = value(of: characters[offset]) else { throw wrong(at: offset) }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
                bits &= (1 << UInt32(held)) - 1
            }
        }
        // Six bits left over are a digit too many; others must be zero.
        guard held < 6, bits == 0 else { throw wrong(at: max(end - 1, 0)) }
        return bytes
    }

    /// Where the digits end and, in the standard form, rightly placed padding begins.
    private func contentEnd(of characters: [UInt8]) throws(CryptoError) -> Int {
        guard self == .standard else { return characters.count }
        guard characters.count % 4 == 0 else { throw wrong(at: characters.count) }
        let padding = characters.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return characters.count - padding
    }

    private func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+") where self == .standard: 62
        case UInt8(ascii: "/") where self == .standard: 63
        case UInt8(ascii: "-") where self == .url: 62
        case UInt8(ascii: "_") where self == .url: 63
        default: nil
        }
    }

    private func wrong(at offset: Int) -> CryptoError {
        .malformed(encoding: self == .standard ? "base64" : "base64url", offset: offset)
    }

    private var digits: StaticString {
        switch self {
        case .standard: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        case .url: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        }
    }
}
