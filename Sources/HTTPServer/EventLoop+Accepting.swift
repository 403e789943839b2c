import CLinux
import Glibc

/// What the first loop needs to take connections for all.
final class Acceptor {
    var listeners: [Listener]
    var isWatching = false
    /// No descriptor was left even with the spare one given up: another try comes with the sweep.
    var isExhausted = false
    /// Given up for a moment when no other is left, so that a connection can be taken and closed
    /// instead of being reported for ever.
    private var spare: Int32

    init(_ listeners: [Listener]) {
        self.listeners = listeners
        spare = Self.openSpare()
    }

    deinit {
        if spare >= 0 { close(spare) }
    }

    /// Turns a connection away if one waits, which the system does not tell without a descriptor.
    func turnAway(_ listener: Listener) -> Listener.Outcome {
        if spare >= 0 { close(spare) }
        defer { spare = Self.openSpare() }
        let outcome = listener.accept()
        if case .accepted(let socket) = outcome { close(socket.descriptor) }
        return outcome
    }

    private static func openSpare() -> Int32 {
        open("/dev/null", O_RDONLY | O_CLOEXEC)
    }
}

extension EventLoop {
    /// Connections taken at a time, before those at hand are served again.
    private static let batch = 64

    func startAccepting() {
        guard let acceptor, !acceptor.isWatching, !isDraining else { return }
        acceptor.isWatching = true
        for listener in acceptor.listeners {
            let isWatched = watch(listener.descriptor, EPOLLIN.rawValue, EPOLL_CTL_ADD)
            precondition(isWatched, "epoll_ctl of a listener")
        }
    }

    /// Leaves the kernel's queue alone for a while: it holds back what it cannot take.
    private func pauseAccepting() {
        guard let acceptor, acceptor.isWatching else { return }
        acceptor.isWatching = false
        for listener in acceptor.listeners {
            let isForgotten = watch(listener.descriptor, 0, EPOLL_CTL_DEL)
            precondition(isForgotten, "epoll_ctl of a listener")
        }
    }

    func resumeAccepting() {
        guard let acceptor, !acceptor.isWatching, !shared.census.isFull() else { return }
        acceptor.isExhausted = false
        startAccepting()
    }

    /// Takes what the kernel has already greeted, then closes the listeners.
    func stopAccepting() {
        guard let acceptor else { return }
        for listener in acceptor.listeners where acceptor.isWatching {
            accept(from: listener.descriptor)
        }
        pauseAccepting()
        acceptor.listeners = []
    }

    func accept(from descriptor: Int32) {
        guard let acceptor,
            let listener = acceptor.listeners.first(where: { $0.descriptor == descriptor })
        else { return }
        for _ in 0..<Self.batch {
            if shared.census.isFull() {
                pauseAccepting()
                return
            }
            switch listener.accept() {
            case .accepted(let socket): place(socket)
            case .nothing: return
            case .exhausted:
                turnAway(listener, acceptor)
                return
            }
        }
    }

    /// Turns one connection away; the others are reported again, and the spare descriptor is given
    /// up no more often than it must be.
    private func turnAway(_ listener: Listener, _ acceptor: Acceptor) {
        switch acceptor.turnAway(listener) {
        case .accepted: shared.census.refused()
        case .nothing: break
        case .exhausted:
            acceptor.isExhausted = true
            pauseAccepting()
        }
    }

    private func place(_ socket: AcceptedSocket) {
        guard let loop = shared.census.admit(socket.peer.site) else {
            Glibc.close(socket.descriptor)
            return
        }
        if loop == number {
            adopt(socket)
        } else {
            shared.mailboxes[loop].post(.adopt(socket))
        }
    }

    /// Makes a connection of an accepted socket.
    func adopt(_ socket: AcceptedSocket) {
        var tls: TLSSession?
        if let certificate = shared.certificate {
            tls = certificate.current.makeSession()
            if tls == nil {
                // Out of memory: the peer may try again.
                Glibc.close(socket.descriptor)
                release(socket.peer.site)
                return
            }
        }
        generation = generation == UInt32.max ? 1 : generation + 1
        let connection = Connection(socket, generation: generation, tls: tls)
        connection.deadline = now + (tls == nil ? times.head : times.handshake)
        connection.armed = EPOLLIN.rawValue
        let index = Int(socket.descriptor)
        while connections.count <= index {
            connections.append(nil)
        }
        connections[index] = connection
        live += 1
        let isWatched = watch(
            socket.descriptor,
            EPOLLIN.rawValue,
            EPOLL_CTL_ADD,
            generation: connection.generation
        )
        if !isWatched {
            close(connection)
        } else if isDraining {
            readable(connection, isBroken: false)
        }
    }

    /// Counts a connection out, and wakes the listeners if they wait for that.
    func release(_ site: SocketAddress.Site) {
        guard shared.census.release(site, loop: number) else { return }
        if acceptor != nil {
            resumeAccepting()
        } else {
            shared.mailboxes[0].post(.resumeAccepting)
        }
    }

    /// Closes at once, whatever is unsent.
    func close(_ connection: Connection) {
        if connection.isClosed { return }
        connection.phase = .closed
        connection.token = 0
        giveBackBuffers(connection)
        connections[Int(connection.descriptor)] = nil
        live -= 1
        // Closing the descriptor takes it out of epoll: it was never duplicated.
        Glibc.close(connection.descriptor)
        release(connection.peer.site)
    }

    private func giveBackBuffers(_ connection: Connection) {
        if let input = connection.input { buffers.give(input) }
        if let output = connection.output { buffers.give(output) }
        connection.input = nil
        connection.output = nil
        connection.tail = []
        connection.tailSent = 0
        drop(connection.upload, of: connection)
    }
}
