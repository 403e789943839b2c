import CLinux
import Glibc

/// A socket in a folder, by which the user who runs the service reaches it: one question and one
/// answer a connection, each ended by its sender.
///
/// It is not HTTP and not for clients; it is here because sockets are.
public final class LocalSocket: Sendable {
    /// How long whoever asks waits: what is asked for may take its time, and others may come first.
    public static let answerTime = Duration.seconds(60)

    private static let longestQuestion = 16 << 10
    private static let longestAnswer = 64 << 10
    /// Whoever connects and says nothing holds up the next one for so long.
    private static let patience = Duration.seconds(10)
    /// Milliseconds between two tries to take a connection without a descriptor for it.
    private static let retryTime: Int32 = 100

    private let descriptor: Int32
    private let folder: Int32
    private let name: String
    private let whenExhausted: @Sendable () -> Void

    /// Listens as `name` in a folder; what stands there is replaced, since one process holds it.
    ///
    /// - Throws: `HTTPServerError.bind`, `.system`.
    public convenience init(folder: String, name: String) throws(HTTPServerError) {
        try self.init(folder: folder, name: name, whenExhausted: {})
    }

    /// The same with something done each time that no descriptor is left for a connection.
    package init(
        folder path: String,
        name: String,
        whenExhausted: @escaping @Sendable () -> Void
    ) throws(HTTPServerError) {
        folder = try LocalSocket.opened(path)
        self.name = name
        self.whenExhausted = whenExhausted
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
                let question = try? LocalSocket.receive(
                    from: client,
                    limit: LocalSocket.longestQuestion
                )
            else { continue }
            // Whoever has left in the meantime gets no answer.
            try? LocalSocket.send(answer(question, user), to: client)
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
    /// - Throws: `HTTPServerError.unanswered` when it is silent for the whole of `limit`, which is a
    ///   millisecond at the least; `.system` when it goes away.
    public static func ask(
        folder path: String,
        name: String,
        _ question: [UInt8],
        within limit: Duration = answerTime
    ) throws(HTTPServerError) -> [UInt8]? {
        do throws(HTTPServerError) {
            return try answer(to: question, folder: path, name: name, within: limit)
        } catch .system(_, EAGAIN) {
            // It is what a call that ran out of its time gives (socket(7), SO_RCVTIMEO).
            throw .unanswered(limit)
        }
    }

    private static func answer(
        to question: [UInt8],
        folder path: String,
        name: String,
        within limit: Duration
    ) throws(HTTPServerError) -> [UInt8]? {
        let folder = try opened(path)
        defer { close(folder) }
        let descriptor = try socket()
        defer { close(descriptor) }
        // Before connecting: that waits too, while others fill the queue.
        try setPatience(limit, of: descriptor)
        guard withAddress(folder, name, { connect(descriptor, $0, $1) }) == 0 else {
            let problem = errno
            if problem == ENOENT || problem == ECONNREFUSED { return nil }
            throw .system("connect", problem)
        }
        try send(question, to: descriptor)
        shutdown(descriptor, Int32(SHUT_WR))
        let answer = try receive(from: descriptor, limit: longestAnswer)
        guard !answer.isEmpty else { throw .system("recv", ECONNRESET) }
        return answer
    }

    /// The next connection; `nil` when the socket was stopped.
    private func next() -> Int32? {
        while true {
            let client = SystemCall.retried { accept(descriptor, nil, nil) }
            let problem = errno
            if client >= 0 {
                do {
                    try LocalSocket.setPatience(LocalSocket.patience, of: client)
                    return client
                } catch {
                    close(client)
                    continue
                }
            }
            switch problem {
            case ECONNABORTED: continue
            // Others in the process have taken them all, and will give some back. To end here would
            // leave whoever connects in a queue that nobody looks at.
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                whenExhausted()
                if isStopped(within: LocalSocket.retryTime) { return nil }
            default: return nil
            }
        }
    }

    /// Waits so many milliseconds, unless the socket is stopped: the system reports that unasked.
    ///
    /// `accept` says nothing of it, for it asks for the descriptor first.
    private func isStopped(within time: Int32) -> Bool {
        var watched = pollfd(fd: descriptor, events: 0, revents: 0)
        let count = SystemCall.retried { poll(&watched, 1, time) }
        return count > 0
    }

    private static func setPatience(
        _ time: Duration,
        of descriptor: Int32
    ) throws(HTTPServerError) {
        precondition(time >= .milliseconds(1), "to the system no time is no limit")
        let (seconds, attoseconds) = time.components
        var patience = timeval(
            tv_sec: Int(seconds),
            tv_usec: Int(attoseconds / 1_000_000_000_000)
        )
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            let size = socklen_t(MemoryLayout<timeval>.size)
            guard setsockopt(descriptor, SOL_SOCKET, option, &patience, size) == 0 else {
                throw .system("setsockopt", errno)
            }
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

    private static func send(
        _ bytes: [UInt8],
        to descriptor: Int32
    ) throws(HTTPServerError) {
        var sent = 0
        while sent < bytes.count {
            let (count, problem) = bytes[sent...].withUnsafeBytes { rest in
                let count = SystemCall.retried {
                    Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
                return (count, errno)
            }
            guard count > 0 else { throw .system("send", problem) }
            sent += count
        }
    }

    /// Everything up to the end of what the other side sends, `limit` bytes at the most.
    private static func receive(
        from descriptor: Int32,
        limit: Int
    ) throws(HTTPServerError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while bytes.count <= limit {
            let count = SystemCall.retried { recv(descriptor, &buffer, buffer.count, 0) }
            if count < 0 { throw .system("recv", errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        throw .system("recv", EMSGSIZE)
    }
}
