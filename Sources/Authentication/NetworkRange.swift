/// A range of IP addresses in CIDR notation, `10.0.0.0/8` or `2001:db8::/32`.
public struct NetworkRange: Sendable, Hashable, CustomStringConvertible {
    private let base: IPAddress
    private let prefix: Int

    /// Reads a range, or a single address; `nil` for anything else, host bits included.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = IPAddress(String(parts[0])) else { return nil }
        var prefix = base.bytes.count * 8
        if parts.count == 2 {
            guard let length = Int(parts[1]), String(length) == parts[1],
                (0...prefix).contains(length)
            else { return nil }
            prefix = length
        }
        guard base.network(prefix) == base else { return nil }
        self.base = base
        self.prefix = prefix
    }

    /// Whether an address, as text, lies in the range; an unreadable one lies nowhere.
    public func contains(_ address: String) -> Bool {
        guard let address = IPAddress(address) else { return false }
        return contains(address)
    }

    func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == base.bytes.count && address.network(prefix) == base
    }

    /// The range as it was written.
    public var description: String { "\(base)/\(prefix)" }
}

/// An IPv4 or IPv6 address; an IPv4 address mapped into IPv6 is the IPv4 address.
struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes, in network order.
    let bytes: [UInt8]

    private init(bytes: [UInt8]) { self.bytes = bytes }

    init?(_ text: String) {
        guard text.utf8.count <= 45 else { return nil }
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let bytes = IPAddress.version6(text) else { return nil }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10..<12] == [255, 255]
            self.bytes = isMapped ? Array(bytes[12...]) : bytes
        } else {
            guard let bytes = IPAddress.version4(text) else { return nil }
            self.bytes = bytes
        }
    }

    /// The address with all bits after the first `prefix` cleared.
    func network(_ prefix: Int) -> IPAddress {
        var masked = bytes
        for index in masked.indices {
            let kept = min(8, max(0, prefix - index * 8))
            masked[index] &= UInt8(truncatingIfNeeded: 0xff00 >> kept)
        }
        return IPAddress(bytes: masked)
    }

    /// Whom a throttle counts as one source: an IPv4 address, or the /64 that a household or a
    /// school gets of IPv6, within which anyone can change the address at will.
    var source: IPAddress { bytes.count == 16 ? network(64) : self }

    /// The source as text, the same for all its addresses.
    var sourceText: String { bytes.count == 16 ? "\(source)/64" : description }

    var description: String {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }

    private static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // "010" is 8 to some readers and 10 to others: only the plain form is taken.
            guard let byte = UInt8(part), String(byte) == part else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// RFC 4291, section 2.2, without a zone.
    private static func version6(_ text: String) -> [UInt8]? {
        guard let gap = text.firstRange(of: "::") else {
            guard let bytes = groups(text), bytes.count == 16 else { return nil }
            return bytes
        }
        guard let head = groups(text[..<gap.lowerBound]),
            let tail = groups(text[gap.upperBound...]),
            head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: some StringProtocol) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(".") {
                guard let last = version4(part) else { return nil }
                bytes += last
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexDigit),
                    let value = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xff)]
            }
        }
        return bytes
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
