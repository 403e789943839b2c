import CLinux
import Glibc

/// A socket in a folder, by which the user who runs the service reaches it: one question and one
/// answer a connection, each ended by its sender.
///
/// It is not HTTP and not for clients; it is here because sockets are.
public final class LocalSocket: Sendable {
    private static let longestQuestion = 16 << 10
    private static let longestAnswer = 64 << 10
    /// Whoever connects and says nothing holds up the next one for so long.
    private static let patience = timeval(tv_sec: 10, tv_usec: 0)

    private let descriptor: Int32
    private let folder: Int32
    private let name: String

    /// Listens as `name` in a folder; what stands there is replaced, since one process holds it.
    ///
    /// - Throws: `HTTPServerError.bind`, `.system`.
    public init(folder path: String, name: String) throws(HTTPServerError) {
        folder = try LocalSocket.opened(path)
        self.name = name
        unlinkat(folder, name, 0)
        do throws(HTTPServerError) {
            descriptor = try LocalSocket.socket()
        } catch {
            close(folder)
            throw error
        }
        // The mode is that of the file from its first moment: the mask is this thread's process's.
        let mask = umask(0o177)
        let bound = LocalSocket.withAddress(folder, name) { bind(descriptor, $0, $1) }
        let problem = errno
        umask(mask)
        guard bound == 0, listen(descriptor, 4) == 0 else {
            close(descriptor)
            close(folder)
            throw .bind("\(path)/\(name)", bound == 0 ? errno : problem)
        }
    }

    /// Answers what is asked, one after the other, on the calling thread until it is stopped.
    ///
    /// - `answer`: makes the answer to a question of a user of the machine.
    public func serve(_ answer: (_ question: [UInt8], _ user: UInt32) -> [UInt8]) {
        while let client = next() {
            defer { close(client) }
            var user: UInt32 = 0
            // The mode of the file keeps others out; this holds where a file system has no modes.
            guard linux_peer_user(client, &user) == 0, user == geteuid() || user == 0,
                let question = LocalSocket.receive(
                    from: client,
                    limit: LocalSocket.longestQuestion
                )
            else { continue }
            _ = LocalSocket.send(answer(question, user), to: client)
        }
    }

    /// Takes no more questions, and removes the socket.
    public func stop() {
        // It wakes the thread that accepts, which ends then.
        shutdown(descriptor, Int32(SHUT_RDWR))
        unlinkat(folder, name, 0)
    }

    deinit {
        close(descriptor)
        close(folder)
    }

    /// Asks the process that listens; `nil` when none does.
    ///
    /// - Throws: `HTTPServerError.system` when it does not answer.
    public static func ask(
        folder path: String,
        name: String,
        _ question: [UInt8]
    ) throws(HTTPServerError) -> [UInt8]? {
        let folder = try opened(path)
        defer { close(folder) }
        let descriptor = try socket()
        defer { close(descriptor) }
        guard withAddress(folder, name, { connect(descriptor, $0, $1) }) == 0 else {
            if errno == ENOENT || errno == ECONNREFUSED { return nil }
            throw .system("connect", errno)
        }
        guard send(question, to: descriptor) else { throw .system("send", errno) }
        shutdown(descriptor, Int32(SHUT_WR))
        guard let answer = receive(from: descriptor, limit: longestAnswer), !answer.isEmpty else {
            throw .system("recv", ECONNRESET)
        }
        return answer
    }

    private func next() -> Int32? {
        while true {
            let client = SystemCall.retried { accept(descriptor, nil, nil) }
            guard client >= 0 else {
                if errno == ECONNABORTED { continue }
                return nil
            }
            var patience = LocalSocket.patience
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                let size = socklen_t(MemoryLayout<timeval>.size)
                setsockopt(client, SOL_SOCKET, option, &patience, size)
            }
            return client
        }
    }

    private static func opened(_ path: String) throws(HTTPServerError) -> Int32 {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .system("open `\(path)`", errno) }
        return folder
    }

    private static func socket() throws(HTTPServerError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw .system("socket", errno) }
        return descriptor
    }

    /// The name by way of the open folder: a path of any length fits the 108 bytes of an address.
    private static func withAddress(
        _ folder: Int32,
        _ name: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        let path = Array("/proc/self/fd/\(folder)/\(name)".utf8)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        precondition(path.count < MemoryLayout.size(ofValue: address.sun_path), "a short name")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { rest in
                SystemCall.retried {
                    Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Everything up to the end of what the other side sends; `nil` for too much or too slow.
    private static func receive(from descriptor: Int32, limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while bytes.count <= limit {
            let count = SystemCall.retried { recv(descriptor, &buffer, buffer.count, 0) }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        return nil
    }
}
