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
            guard let digit = Identifier.digits.firstIndex(of: byte) else { return nil }
            // 13 digits carry 65 bits: what would be lost at the top is refused.
            guard value >> 58 == 0 else { return nil }
            value = value << 5 | UInt64(digit)
        }
        self.init(rawValue: Int64(value))
    }

    /// The text of the identifier.
    public var description: String {
        String(unsafeUninitializedCapacity: Identifier.width) { buffer in
            var left = UInt64(bitPattern: rawValue)
            for place in stride(from: Identifier.width - 1, through: 0, by: -1) {
                buffer[place] = Identifier.digits[Int(left & 31)]
                left >>= 5
            }
            return Identifier.width
        }
    }

    private static let width = 13
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}
