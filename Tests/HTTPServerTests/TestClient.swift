import Glibc
import HTTPServer

/// A blocking socket to a server under test, with a bound on every wait.
final class TestClient {
    /// An answer as it came.
    struct Reply {
        var status = 0
        var fields: [(name: String, value: String)] = []
        var body = ""

        func field(_ name: String) -> String? {
            fields.first { $0.name == name }?.value
        }
    }

    struct Failure: Error {
        let what: String
    }

    private let descriptor: Int32
    private var received: [UInt8] = []

    /// Connects to the loopback address from `source`, one of 127.0.0.0/8.
    convenience init(
        _ port: UInt16,
        from source: String = "127.0.0.1",
        receiveBuffer: Int32 = 0
    ) throws {
        try self.init(receiveBuffer: receiveBuffer)
        try call(source, 0, bind, "bind")
        try connect(port)
    }

    /// Has a descriptor and waits for `connect`.
    init(receiveBuffer: Int32 = 0) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(what: "socket: \(errno)") }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(16))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(16))
        if receiveBuffer > 0 {
            var size = receiveBuffer
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
    }

    func connect(_ port: UInt16) throws {
        try call("127.0.0.1", port, Glibc.connect, "connect")
    }

    deinit {
        close(descriptor)
    }

    private func call(
        _ host: String,
        _ port: UInt16,
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32,
        _ name: String
    ) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { function(descriptor, $0, 16) }
        }
        if result != 0 { throw Failure(what: "\(name): \(errno)") }
    }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { throw Failure(what: "send: \(errno)") }
            sent += count
        }
    }

    /// Sends a part if the socket has room within a tenth of a second; false when it has none.
    func sendNow(_ text: String) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&watched, 1, 100) == 1 else { return false }
        let bytes = Array(text.utf8)
        return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) > 0
    }

    /// Whether there is something to read, or the end.
    var hasInput: Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return !received.isEmpty || poll(&watched, 1, 0) == 1
    }

    /// Makes the end of this client a reset instead of an orderly close.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(8))
    }

    /// Says that nothing more will be sent.
    func endOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Everything until the server closes.
    func rest() throws -> String {
        while try receive() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Whether the server has closed, in order, without sending anything more.
    func isClosed() throws -> Bool {
        try rest().isEmpty
    }

    /// Takes some bytes and forgets them; how many it was.
    func sip(_ most: Int) throws -> Int {
        var buffer = [UInt8](repeating: 0, count: most)
        let count = recv(descriptor, &buffer, most, 0)
        if count <= 0 { throw Failure(what: "recv: \(count < 0 ? errno : 0)") }
        return count
    }

    /// The next answer, interim ones included.
    func reply(omitsBody: Bool = false) throws -> Reply {
        var reply = Reply()
        let lines = try head().split(separator: "\r\n")
        reply.status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            reply.fields.append(
                (String(line[..<colon]), String(line[colon...].dropFirst(2)))
            )
        }
        let length = omitsBody ? 0 : reply.field("Content-Length").flatMap { Int($0) } ?? 0
        while received.count < length {
            guard try receive() else { throw Failure(what: "the body is cut off") }
        }
        reply.body = String(decoding: received[..<length], as: UTF8.self)
        received.removeFirst(length)
        return reply
    }

    private func head() throws -> String {
        while true {
            if let end = received.indices.first(where: {
                received[$0...].starts(with: [13, 10, 13, 10])
            }) {
                defer { received.removeFirst(end + 4) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            guard try receive() else { throw Failure(what: "closed before an answer") }
        }
    }

    /// False at the end of the stream.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0 { throw Failure(what: "recv: \(errno)") }
        received += buffer[..<count]
        return count > 0
    }
}
