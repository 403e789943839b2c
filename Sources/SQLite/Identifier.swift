/// A random row id, and the opaque text by which clients know it.
///
/// 63 random bits, so that ids neither count anything nor follow from each other. As text:
/// 13 digits of Crockford's base 32 in lower case, exactly as printed.
public struct Identifier: Hashable, Sendable, CustomStringConvertible {
    /// The row id; never negative.
    public let rawValue: Int64

    /// The identifier of a stored row.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// A new identifier.
    public static func random() -> Identifier {
        Identifier(rawValue: Int64.random(in: 1...Int64.max))
    }

    /// Reads the text of an identifier; `nil` for anything but the text that it prints.
    public init?(_ text: String) {
        guard text.utf8.count == Identifier.width else { return nil }
        var value: UInt64 = 0
        for byte in text.utf8 {
            guard let digit = Identifier.value(of: byte) else { return nil }
            // 13 digits carry 65 bits: what would be lost at the top is refused.
            guard value >> 58 == 0 else { return nil }
            value = value << 5 | digit
        }
        self.init(rawValue: Int64(value))
    }

    /// The text of the identifier.
    public var description: String {
        String(unsafeUninitializedCapacity: Identifier.width) { buffer in
            write(into: buffer)
            return Identifier.width
        }
    }

    /// Writes the bytes of the text into `buffer`, which holds `width` at the least.
    public func write(into buffer: UnsafeMutableBufferPointer<UInt8>) {
        let digits = Identifier.digits.utf8Start
        var left = UInt64(bitPattern: rawValue)
        for place in stride(from: Identifier.width - 1, through: 0, by: -1) {
            buffer[place] = digits[Int(left & 31)]
            left >>= 5
        }
    }

    /// How many bytes the text of every identifier has.
    public static var width: Int { 13 }

    private static var digits: StaticString { "0123456789abcdefghjkmnpqrstvwxyz" }

    private static func value(of digit: UInt8) -> UInt64? {
        let digits = UnsafeBufferPointer(start: digits.utf8Start, count: 32)
        return digits.firstIndex(of: digit).map { UInt64($0) }
    }
}
