/// Why something of this module was refused.
public enum CryptoError: Error, Hashable, Sendable {
    /// A sealed value was altered, moved from another place, or sealed with another key.
    case notAuthentic
    /// No key of this version is at hand.
    case unknownKeyVersion(Int)
    /// No data key was made for the table of this name.
    case unknownTable(String)
    /// Key material is not as long as the algorithm asks.
    case wrongKeyLength(expected: Int, found: Int)
    /// scrypt parameters are outside what RFC 7914, section 6 or our limits allow.
    case refusedCost(n: Int, r: Int, p: Int)
    /// A text is not what the encoding named allows; `offset` is where, in bytes.
    case malformed(encoding: String, offset: Int)
    /// An incident number is not eight digits, or not written 4829-1757.
    case malformedNumber
    /// An incident number was mistyped: its check digit does not fit.
    case wrongCheckDigit
    /// The key folder or a file in it cannot be trusted or used.
    case keyFolder(path: String, reason: String)
    /// The list of breached passwords cannot be used.
    case breachedList(path: String, reason: String)
    /// A file that holds a secret cannot be trusted or used.
    case secretFile(path: String, reason: String)
}

extension CryptoError: CustomStringConvertible {
    /// One line in lower case, without secrets.
    public var description: String {
        switch self {
        case .notAuthentic: "sealed value is not authentic"
        case .unknownKeyVersion(let version): "no key of version \(version)"
        case .unknownTable(let table): "no data key for table `\(table)`"
        case .wrongKeyLength(let expected, let found):
            "key has \(found) bytes instead of \(expected)"
        case .refusedCost(let n, let r, let p): "scrypt cost n=\(n) r=\(r) p=\(p) is refused"
        case .malformed(let encoding, let offset): "not \(encoding) at byte \(offset)"
        case .malformedNumber: "an incident number is eight digits"
        case .wrongCheckDigit: "incident number is mistyped: wrong check digit"
        case .keyFolder(let path, let reason): "key folder: `\(path)` \(reason)"
        case .breachedList(let path, let reason):
            "list of breached passwords: `\(path)` \(reason)"
        case .secretFile(let path, let reason): "`\(path)` \(reason)"
        }
    }
}
