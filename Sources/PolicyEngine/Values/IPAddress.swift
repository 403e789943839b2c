/// An IPv4 or IPv6 address with a prefix length, as Cedar's `ipaddr` has it.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Whether it is an IPv6 address.
    public let isIPv6: Bool
    /// The upper 64 bits of an IPv6 address; 0 for IPv4.
    public let high: UInt64
    /// The lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address.
    public let low: UInt64
    /// The length of the prefix: 32 or 128 for a single address.
    public let prefix: Int

    /// Reads an address with an optional `/prefix`, strictly: no leading zeros, no IPv4 in IPv6.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        // The longest is eight groups of four, seven colons and `/128`.
        guard bytes.count <= 43 else { return nil }
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
        let address = bytes[..<(slash ?? bytes.count)]
        isIPv6 = address.contains(UInt8(ascii: ":"))
        let width = isIPv6 ? 128 : 32
        if let slash {
            guard let length = IPAddress.number(bytes[(slash + 1)...], most: width) else {
                return nil
            }
            prefix = length
        } else {
            prefix = width
        }
        if isIPv6 {
            guard let groups = IPAddress.groups(address) else { return nil }
            high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
            low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
        } else {
            let parts = address.split(
                separator: UInt8(ascii: "."),
                omittingEmptySubsequences: false
            )
            guard parts.count == 4 else { return nil }
            var bits: UInt64 = 0
            for part in parts {
                guard let byte = IPAddress.number(part, most: 255) else { return nil }
                bits = bits << 8 | UInt64(byte)
            }
            high = 0
            low = bits
        }
    }

    init(isIPv6: Bool, high: UInt64, low: UInt64, prefix: Int) {
        self.isIPv6 = isIPv6
        self.high = high
        self.low = low
        self.prefix = prefix
    }

    /// Whether all addresses of this range lie in the other, of the same family.
    public func isInRange(_ other: IPAddress) -> Bool {
        guard isIPv6 == other.isIPv6, prefix >= other.prefix else { return false }
        let mask = IPAddress.mask(other.prefix, isIPv6: isIPv6)
        return high & mask.high == other.high & mask.high && low & mask.low == other.low & mask.low
    }

    /// Whether it is a loopback address: within `127.0.0.0/8`, or `::1`.
    public var isLoopback: Bool {
        isIPv6 ? high == 0 && low == 1 && prefix == 128 : low >> 24 == 127 && prefix >= 8
    }

    /// Whether it is a multicast address: within `224.0.0.0/4` or `ff00::/8`.
    public var isMulticast: Bool {
        isIPv6 ? high >> 56 == 0xFF && prefix >= 8 : low >> 28 == 0xE && prefix >= 4
    }

    /// The address in full, with its prefix when it is a range.
    public var description: String {
        let address: String
        if isIPv6 {
            let groups = (0..<8).map { (index: Int) -> UInt64 in
                let half = index < 4 ? high : low
                return half >> UInt64(48 - 16 * (index % 4)) & 0xFFFF
            }
            address = groups.map { String($0, radix: 16) }.joined(separator: ":")
        } else {
            let bytes = [24, 16, 8, 0].map { (shift: UInt64) -> UInt64 in low >> shift & 0xFF }
            address = bytes.map { String($0) }.joined(separator: ".")
        }
        return prefix == (isIPv6 ? 128 : 32) ? address : "\(address)/\(prefix)"
    }

    static func precedes(_ left: IPAddress, _ right: IPAddress) -> Bool {
        if left.isIPv6 != right.isIPv6 { return !left.isIPv6 }
        if left.high != right.high { return left.high < right.high }
        if left.low != right.low { return left.low < right.low }
        return left.prefix < right.prefix
    }

    private static func mask(_ prefix: Int, isIPv6: Bool) -> (high: UInt64, low: UInt64) {
        func ones(_ count: Int, of width: UInt64) -> UInt64 {
            let all: UInt64 = width == 64 ? .max : (1 << width) - 1
            return count <= 0 ? 0 : all & ~(all >> UInt64(count))
        }
        return isIPv6
            ? (ones(min(prefix, 64), of: 64), ones(prefix - 64, of: 64))
            : (0, ones(prefix, of: 32))
    }

    /// A decimal number without sign or leading zeros.
    private static func number(_ digits: ArraySlice<UInt8>, most: Int) -> Int? {
        guard (1...3).contains(digits.count), digits.count == 1 || digits.first != 0x30 else {
            return nil
        }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value <= most ? value : nil
    }

    /// The eight groups of an IPv6 address (RFC 4291, section 2.2, forms 1 and 2).
    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        var gap: Int?
        var groups: [UInt16] = []
        var index = text.startIndex
        if text.starts(with: [colon, colon]) {
            gap = 0
            index += 2
        }
        while index < text.endIndex {
            let stop = text[index...].firstIndex(of: colon) ?? text.endIndex
            guard let group = hex(text[index..<stop]), groups.count < 8 else { return nil }
            groups.append(group)
            guard stop < text.endIndex else { break }
            index = stop + 1
            if index == text.endIndex { return nil }
            if text[index] == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 1
            }
        }
        guard let gap else { return groups.count == 8 ? groups : nil }
        // `::` stands for one group of zeros at the least.
        guard groups.count < 8 else { return nil }
        groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap)
        return groups
    }

    private static func hex(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var value: UInt16 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt16(digit - 0x30)
            case 0x41...0x46: value = value << 4 | UInt16(digit - 0x37)
            case 0x61...0x66: value = value << 4 | UInt16(digit - 0x57)
            default: return nil
            }
        }
        return value
    }
}
