/// One mailbox, `name@host`, as an envelope and a header can carry it without quoting.
///
/// RFC 5321, section 4.1.2, without quoted local parts and address literals: no school uses them,
/// and each is a way to smuggle a second address past a check.
public struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address as it was given.
    public let description: String

    /// Takes an address as it stands.
    ///
    /// - Throws: `MailError.invalid` unless it is ASCII of the form `dot-atom@host`, 254 octets at
    ///   the most.
    public init(_ text: String) throws(MailError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= MailLimits.address, parts.count == 2,
            parts[0].count <= MailLimits.localPart,
            MailAddress.isDotSeparated(parts[0], of: MailAddress.isAtomText),
            MailAddress.isDotSeparated(parts[1], of: MailAddress.isHostText)
        else { throw .invalid("not a mail address") }
        description = text
    }

    /// The part after the `@`.
    public var host: Substring {
        description[(description.firstIndex(of: "@") ?? description.startIndex)...].dropFirst()
    }

    private static func isDotSeparated(
        _ text: Substring.UTF8View,
        of isAllowed: (UInt8) -> Bool
    ) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAllowed) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    // RFC 5322, section 3.2.3: atext.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isHostText(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "-")
    }
}
