import CLinux
import Glibc

/// A connection that has been accepted and belongs to no loop yet.
struct AcceptedSocket: Sendable {
    let descriptor: Int32
    let peer: SocketAddress
    let localPort: UInt16
}

/// A listening socket; closed with its owner.
final class Listener: Sendable {
    /// What a try to accept came to.
    enum Outcome {
        case accepted(AcceptedSocket)
        case nothing
        /// The process or the system has no descriptor left.
        case exhausted
    }

    let descriptor: Int32
    let address: SocketAddress

    /// Binds and listens; the kernel queues what comes before anyone accepts.
    init(_ wanted: SocketAddress) throws(HTTPServerError) {
        let text = wanted.description
        let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(wanted.isIPv6 ? AF_INET6 : AF_INET, Int32(kind), 0)
        if descriptor < 0 { throw .bind(text, errno) }
        do throws(HTTPServerError) {
            try Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, text)
            // Accepted sockets inherit it, which spares each a system call.
            try Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, text)
            if wanted.isIPv6 {
                try Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, text)
            }
            let bound = wanted.withSystemAddress { bind(descriptor, $0, $1) }
            if bound != 0 { throw .bind(text, errno) }
            if listen(descriptor, 1024) != 0 { throw .bind(text, errno) }
            guard let address = Self.localAddress(descriptor) else { throw .bind(text, errno) }
            self.address = address
            self.descriptor = descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    /// Takes the next connection from the queue.
    func accept() -> Outcome {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let socket = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    linux_accept4(descriptor, $0, &length)
                }
            }
            if socket < 0 {
                switch errno {
                case EAGAIN: return .nothing
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
                // The peer or its network gave up before it was accepted (accept(2)).
                default: continue
                }
            }
            guard let peer = SocketAddress(storage) else {
                close(socket)
                continue
            }
            return .accepted(
                AcceptedSocket(descriptor: socket, peer: peer, localPort: address.port)
            )
        }
    }

    private static func set(
        _ descriptor: Int32,
        _ level: Int32,
        _ option: Int32,
        _ text: String
    ) throws(HTTPServerError) {
        var one: Int32 = 1
        if setsockopt(descriptor, level, option, &one, 4) != 0 { throw .bind(text, errno) }
    }

    private static func localAddress(_ descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        return result == 0 ? SocketAddress(storage) : nil
    }
}
