import Glibc

/// A connection that is kept: one request after the other, each answer read to its end.
final class KeptConnection {
    private let socket: Int32
    private let port: UInt16
    private var buffer = [UInt8](repeating: 0, count: 16_384)
    private var filled = 0

    /// Connects to a port of this machine.
    init(port: UInt16) throws {
        self.port = port
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var on: Int32 = 1
        setsockopt(
            socket,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &on,
            socklen_t(MemoryLayout<Int32>.size)
        )
        guard code == 0 else { throw BenchmarkFailure(description: "cannot connect: \(errno)") }
    }

    deinit { close(socket) }

    /// Sends a request with a JSON body; the answer is the status and the body.
    func post(_ path: String, _ body: String, token: String) throws -> (status: Int, text: String) {
        var request = """
            POST \(path) HTTP/1.1\r
            Host: localhost:\(port)\r
            Authorization: Bearer \(token)\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
        try request.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = send(
                    socket,
                    bytes.baseAddress.map { $0 + sent },
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
                guard count > 0 else { throw BenchmarkFailure(description: "cannot send") }
                sent += count
            }
        }
        return try answer()
    }

    private func answer() throws -> (status: Int, text: String) {
        filled = 0
        var end: Int?
        while end == nil {
            try receive()
            end = headEnd
        }
        guard let end else { throw BenchmarkFailure(description: "no head") }
        let head = String(decoding: buffer[..<end], as: UTF8.self).lowercased()
        let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        guard let status = Int(head.dropFirst(9).prefix(3)),
            let count = length.flatMap({ Int($0.dropFirst(15).filter { $0 != " " }) }),
            end + count <= buffer.count
        else { throw BenchmarkFailure(description: "an answer without status or length: \(head)") }
        while filled < end + count { try receive() }
        return (status, String(decoding: buffer[end..<(end + count)], as: UTF8.self))
    }

    private var headEnd: Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard filled >= mark.count else { return nil }
        for start in 0...(filled - mark.count)
        where buffer[start..<(start + mark.count)].elementsEqual(mark) {
            return start + mark.count
        }
        return nil
    }

    private func receive() throws {
        let count = buffer.withUnsafeMutableBytes { bytes in
            recv(socket, bytes.baseAddress.map { $0 + filled }, bytes.count - filled, 0)
        }
        guard count > 0 else { throw BenchmarkFailure(description: "the connection ended") }
        filled += count
    }
}
