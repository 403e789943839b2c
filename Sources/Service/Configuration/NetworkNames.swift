/// Where a browser finds the school: scheme, host and perhaps a port, nothing else.
///
/// Every link in a mail is made from it, never from a request (a request names whatever host its
/// sender likes).
public struct PublicURL: Sendable, Hashable, CustomStringConvertible {
    /// The URL, without a slash at its end.
    public let description: String
    /// Whether it begins with `https`.
    public let isSecure: Bool
    /// The host and, where it was written, the port: what a `Host` field must say.
    public let authority: String
    /// The host alone; an IPv6 address keeps its brackets.
    public let host: String

    /// Reads `https://school.example` or `http://127.0.0.1:8080`; `nil` for anything with a path, a
    /// user, upper case or an impossible port.
    public init?(_ text: String) {
        let scheme = ["https://", "http://"].first { text.hasPrefix($0) }
        guard let scheme, let socket = HostAndPort(String(text.dropFirst(scheme.utf8.count))) else {
            return nil
        }
        description = text
        isSecure = scheme == "https://"
        authority = socket.description
        host = socket.host
    }
}

/// A numeric address with a port, to listen on: `127.0.0.1:8080`, `[::1]:0`.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address as it was given.
    public let description: String
    /// The port; 0 picks one.
    public let port: Int
    /// The address; IPv6 keeps its brackets.
    public let host: String

    /// Reads an address; `nil` for a name, or where the port is missing.
    public init?(_ text: String) {
        guard let socket = HostAndPort(text), let port = socket.port, socket.isNumeric else {
            return nil
        }
        description = text
        host = socket.host
        self.port = port
    }

    /// Whether only programs on this machine can reach it.
    public var isLoopback: Bool { host.hasPrefix("127.") || host == "[::1]" }
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`, in lower case.
struct HostAndPort: CustomStringConvertible {
    let description: String
    let host: String
    let port: Int?

    init?(_ text: String) {
        guard text.utf8.count <= 300 else { return nil }
        let hostEnd: String.Index
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            hostEnd = text.index(after: bracket)
        } else {
            hostEnd = text.firstIndex(of: ":") ?? text.endIndex
        }
        host = String(text[..<hostEnd])
        let rest = text[hostEnd...]
        if rest.isEmpty {
            port = nil
        } else {
            let digits = rest.dropFirst()
            guard rest.hasPrefix(":"), let number = UInt16(digits), String(number) == digits else {
                return nil
            }
            port = Int(number)
        }
        description = text
        guard host.hasPrefix("[") ? isVersion6 : isName else { return nil }
    }

    var isNumeric: Bool {
        host.hasPrefix("[") ? isVersion6 : host.utf8.allSatisfy { isDigit($0) || $0 == 0x2e }
    }

    // The listener reads the address for good; here only what cannot be one is kept out.
    private var isVersion6: Bool {
        let inner = host.dropFirst().dropLast()
        return inner.utf8.count >= 2
            && inner.utf8.allSatisfy {
                isDigit($0) || (0x61...0x66).contains($0) || $0 == 0x3a || $0 == 0x2e
            }
    }

    // RFC 1123, section 2.1: labels of letters, digits and inner hyphens.
    private var isName: Bool {
        host.utf8.count <= 253
            && host.utf8.split(separator: 0x2e, omittingEmptySubsequences: false).allSatisfy {
                (1...63).contains($0.count) && $0.first != 0x2d && $0.last != 0x2d
                    && $0.allSatisfy {
                        isDigit($0) || (0x61...0x7a).contains($0) || $0 == 0x2d
                    }
            }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
