import Crypto
@_spi(_Unicode) import Swift

/// A password as someone gave it: NFC, within the limit, shown to nobody.
public struct Password: Sendable, CustomStringConvertible, CustomReflectable {
    /// The UTF-8 of the NFC form.
    let bytes: Secret
    /// Its length as people count it for the rules: code points of the NFC form (NIST SP 800-63B-4,
    /// section 3.1.1.2).
    let codePoints: Int

    /// The most bytes that a password may have, before it is normalised.
    public static let longest = Limits.passwordBytes

    /// Normalises a password, so that every keyboard that can write it signs in.
    ///
    /// - Throws: `AuthenticationError.invalid` for an empty one and for one above 1,024 bytes: what
    ///   would be cut off or cost a minute is refused before it is looked at.
    public init(
        _ text: String,
        field: String = "password"
    ) throws(AuthenticationError) {
        guard !text.isEmpty else {
            throw .invalid([FieldFault(field: field, message: "must not be empty")])
        }
        guard text.utf8.count <= Limits.passwordBytes else {
            let message = "must have \(Limits.passwordBytes) bytes at the most"
            throw .invalid([FieldFault(field: field, message: message)])
        }
        var utf8: [UInt8] = []
        // NFC can be longer than its source, by a factor of three at the most: no array grows
        // twice and leaves a copy behind.
        utf8.reserveCapacity(3 * Limits.passwordBytes)
        var count = 0
        for scalar in text._nfc {
            utf8.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            count += 1
        }
        bytes = Secret(wiping: &utf8)
        codePoints = count
    }

    /// Lends the text, for the rules; it must not outlive the call.
    func withText<R>(_ body: (String) -> R) -> R {
        bytes.withBytes { body(String(decoding: $0, as: UTF8.self)) }
    }

    /// Always the same word.
    public var description: String { "<password>" }

    /// Without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
