import CLinux
import Glibc

/// A numeric IPv4 or IPv6 address with a port.
struct SocketAddress: Sendable {
    /// What connections are counted by: an IPv4 address, or the /64 that one IPv6 site has.
    struct Site: Hashable, Sendable {
        let high: UInt64
        let low: UInt64
    }

    /// The address without its port, as `127.0.0.1` or `::1`.
    let host: String
    let port: UInt16
    let site: Site
    let isIPv6: Bool

    /// `127.0.0.1:80` or `[::1]:80`.
    var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Reads `127.0.0.1:80` or `[::1]:80`; names are not looked up.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]),
            text[text.index(after: colon)...].utf8.allSatisfy(ByteClass.isDigit)
        else { return nil }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
            var address = in6_addr()
            guard inet_pton(AF_INET6, String(host), &address) == 1 else { return nil }
            self.init(address, port: port)
        } else {
            var address = in_addr()
            guard inet_pton(AF_INET, String(host), &address) == 1 else { return nil }
            self.init(address, port: port)
        }
    }

    /// What the system filled in.
    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in.self) }
            self.init(address.sin_addr, port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in6.self) }
            self.init(address.sin6_addr, port: UInt16(bigEndian: address.sin6_port))
        default: return nil
        }
    }

    private init(_ address: in_addr, port: UInt16) {
        host = Self.text(AF_INET, address)
        self.port = port
        site = Site(high: UInt64.max, low: UInt64(address.s_addr))
        isIPv6 = false
    }

    private init(_ address: in6_addr, port: UInt16) {
        host = Self.text(AF_INET6, address)
        self.port = port
        site = Site(high: withUnsafeBytes(of: address) { $0.load(as: UInt64.self) }, low: 0)
        isIPv6 = true
    }

    /// The address as the system calls take it, and its length.
    func withSystemAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var storage = sockaddr_storage()
        let length = withUnsafeMutableBytes(of: &storage) { bytes in
            if isIPv6 {
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                inet_pton(AF_INET6, host, &address.sin6_addr)
                bytes.storeBytes(of: address, as: sockaddr_in6.self)
                return MemoryLayout<sockaddr_in6>.size
            }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            inet_pton(AF_INET, host, &address.sin_addr)
            bytes.storeBytes(of: address, as: sockaddr_in.self)
            return MemoryLayout<sockaddr_in>.size
        }
        return withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }

    private static func text<Address>(_ family: Int32, _ address: Address) -> String {
        withUnsafeBytes(of: address) { address in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
                let result = inet_ntop(family, address.baseAddress, text.baseAddress, 64)
                precondition(result != nil, "inet_ntop")
                return String(
                    decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
                    as: Unicode.ASCII.self
                )
            }
        }
    }
}
