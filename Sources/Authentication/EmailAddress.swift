/// An address in its one canonical spelling, by which accounts and counters are found.
///
/// ASCII letters are lower-cased; that is the only repair. White space, quoted local parts,
/// comments and anything beyond ASCII are refused: two spellings of one login must not have two
/// counters (CVE-2025-24806), and a look-alike of a letter must not be taken for it
/// (CVE-2019-19844).
public struct EmailAddress: Sendable, Hashable {
    /// The canonical spelling.
    public let text: String

    /// Reads an address: dot-atom `@` host name (RFC 5322, section 3.4.1; RFC 1123, section 2.1).
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (3...Limits.addressBytes).contains(bytes.count),
            let at = bytes.firstIndex(of: UInt8(ascii: "@")),
            EmailAddress.isLocalPart(bytes[..<at]),
            EmailAddress.isHost(bytes[(at + 1)...])
        else { return nil }
        self.text = String(decoding: bytes.map(EmailAddress.lowercased), as: UTF8.self)
    }

    /// The part before the `@`.
    var localPart: Substring { text.prefix { $0 != "@" } }

    /// The spelling that a counter uses for what someone typed, address or not.
    static func counterSpelling(_ typed: String) -> [UInt8] {
        typed.utf8.prefix(Limits.addressBytes).map(lowercased)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func isLocalPart(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count <= Limits.localPartBytes else { return false }
        return part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { atom in !atom.isEmpty && atom.allSatisfy { atomBytes.contains($0) } }
    }

    private static func isHost(_ part: ArraySlice<UInt8>) -> Bool {
        part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { label in
                (1...Limits.labelBytes).contains(label.count)
                    && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }

    /// RFC 5322, section 3.2.3, `atext`.
    private static let atomBytes = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~".utf8
    )
}
