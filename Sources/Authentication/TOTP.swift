public import Crypto
public import SQLite

/// Time-based one-time codes: RFC 6238 with SHA-1, six digits and steps of 30 s, which is what
/// every authenticator app can do.
public struct TOTP: Sendable {
    /// The shared secret; 160 bits for those made here (RFC 4226, section 4, R6).
    public let seed: Secret

    static let seedLength = 20
    static let digits = 6

    /// A generator for a seed.
    public init(seed: Secret) { self.seed = seed }

    /// The number of the time step that a moment lies in.
    public static func step(at moment: Timestamp) -> Int64 { moment.milliseconds / 30_000 }

    /// The code of a time step: six digits (RFC 4226, section 5.3).
    public func code(step: Int64) -> String {
        let hash = HMAC.sha1(key: seed, message: bigEndian(step))
        let offset = Int(hash[19] & 0x0f)
        let number = hash[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let code = String((number & 0x7fff_ffff) % 1_000_000)
        return String(repeating: "0", count: TOTP.digits - code.utf8.count) + code
    }

    /// The steps around the present whose code is `code`, earliest first; every candidate is
    /// compared, in constant time.
    func steps(of code: [UInt8], at now: Timestamp, skew: Int) -> [Int64] {
        let present = TOTP.step(at: now)
        return (present - Int64(skew)...present + Int64(skew)).filter { step in
            constantTimeEquals(Array(self.code(step: step).utf8), code)
        }
    }

    /// The address that an authenticator app reads
    /// (github.com/google/google-authenticator/wiki/Key-Uri-Format).
    public func uri(issuer: String, account: EmailAddress) -> String {
        let issuer = TOTP.percentEncoded(issuer)
        let label = issuer + ":" + TOTP.percentEncoded(account.text)
        let secret = seed.withBytes { Base32.encode(Array($0)) }
        return "otpauth://totp/\(label)?secret=\(secret)&issuer=\(issuer)"
            + "&algorithm=SHA1&digits=\(TOTP.digits)&period=30"
    }

    /// RFC 3986, section 2.1: all but the unreserved characters.
    private static func percentEncoded(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What a person types to prove that they hold their authenticator.
public enum OneTimeCode: Sendable, CustomStringConvertible, CustomReflectable {
    /// Exactly six ASCII digits.
    case totp(digits: [UInt8])
    /// 80 bits, given out as four groups of four base 32 digits.
    case recovery(bytes: [UInt8])

    /// Reads a code; `nil` for any other form, which is neither evaluated nor counted.
    ///
    /// No white space is taken off and no other digit taken for an ASCII one: each code has one
    /// spelling, so that no second one slips past the check of used codes (CVE-2025-6004).
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        if bytes.count == TOTP.digits, bytes.allSatisfy(isDigit) {
            self = .totp(digits: bytes)
        } else if let code = GroupedCode.read(text) {
            self = .recovery(bytes: code)
        } else {
            return nil
        }
    }

    /// Always the same word.
    public var description: String { "<code>" }

    /// Without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// 80 random bits as people copy them: `xxxx-xxxx-xxxx-xxxx`, base 32 in lower case.
enum GroupedCode {
    static let length = 10

    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array(Base32.encode(bytes).lowercased())
        return stride(from: 0, to: digits.count, by: 4)
            .map { String(digits[$0..<min($0 + 4, digits.count)]) }
            .joined(separator: "-")
    }

    /// The bytes of a code as it was given out, in either case; `nil` for anything else.
    static func read(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= Limits.codeBytes, text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return nil
        }
        let groups = text.uppercased().split(separator: "-", omittingEmptySubsequences: false)
        guard groups.count == 4, groups.allSatisfy({ $0.utf8.count == 4 }),
            let bytes = try? Base32.decode(groups.joined()), bytes.count == length
        else { return nil }
        return bytes
    }
}
