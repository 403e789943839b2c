import Glibc

/// Why a server cannot be made or started.
public enum HTTPServerError: Error, Equatable, CustomStringConvertible, Sendable {
    /// Not a numeric address with a port, such as `127.0.0.1:8080` or `[::1]:0`.
    case address(String)
    /// The address cannot be listened on; the number is the system's.
    case bind(String, Int32)
    /// A system call failed; the number is the system's.
    case system(String, Int32)
    /// The other side of a local socket was silent for so long.
    case unanswered(Duration)
    /// The certificate or key cannot be used; the text names the file and what OpenSSL says.
    case tls(String)
    /// A limit or the number of loops is out of its range.
    case limits
    /// The server has been started or stopped before.
    case state

    /// One line for the operator.
    public var description: String {
        switch self {
        case .address(let text):
            "`\(text)` is not a numeric address with a port, such as 127.0.0.1:8080 or [::1]:8080"
        case .bind(let text, let number): "cannot listen on `\(text)`: \(Self.text(number))"
        case .system(let call, let number): "\(call): \(Self.text(number))"
        case .unanswered(let time): "no answer within \(time)"
        case .tls(let text): text
        case .limits: "a limit of the server is out of its range"
        case .state: "the server has been started or stopped before"
        }
    }

    private static func text(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        // Glibc's module carries the POSIX strerror_r, whose result is zero when it has written.
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: Unicode.UTF8.self).lowercased()
    }
}
