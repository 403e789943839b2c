import CLinux
import Glibc

/// One thread that serves its connections with epoll; everything here belongs to that thread.
final class EventLoop {
    /// What the loops of a server have in common.
    struct Shared: Sendable {
        let handler: any RequestHandler
        let limits: ServerLimits
        let census: Census
        let certificate: TLSCertificate?
        let clock: ServerClock
        /// The mailboxes of all loops, by their number.
        let mailboxes: [Mailbox]
    }

    /// The limits that are times, in milliseconds.
    struct Times {
        let handshake, head, bodyGrace, idle, write, answer, linger: Int64

        init(_ limits: ServerLimits) {
            handshake = limits.handshakeTime.milliseconds
            head = limits.headTime.milliseconds
            bodyGrace = limits.bodyGrace.milliseconds
            idle = limits.idleTime.milliseconds
            write = limits.writeTime.milliseconds
            answer = limits.answerTime.milliseconds
            linger = limits.lingerTime.milliseconds
        }
    }

    /// How often deadlines are looked at: they are coarse, and one pass over all is cheap.
    private static let sweepInterval: Int64 = 1000

    let number: Int
    let shared: Shared
    let limits: ServerLimits
    let times: Times
    let mailbox: Mailbox
    let epoll: Int32

    /// By descriptor: the kernel hands out the lowest free ones.
    var connections: [Connection?] = []
    var live = 0
    var generation: UInt32 = 0
    var lastToken: UInt64 = 0
    var now: Int64
    private var nextSweep: Int64 = 0
    var isDraining = false
    private var drainDeadline = Int64.max

    /// The first loop's; the others have none.
    var acceptor: Acceptor?

    var buffers = BufferPool()
    var writer = ResponseWriter()
    var head = RequestHead()
    /// Where encrypted or unwanted bytes land first.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)
    /// Bytes of bodies that are not whole yet.
    var arriving = 0
    /// Requests answered since the census was told.
    var answered = 0

    init(number: Int, shared: Shared, acceptor: Acceptor?) throws(HTTPServerError) {
        self.number = number
        self.shared = shared
        self.acceptor = acceptor
        limits = shared.limits
        times = Times(shared.limits)
        mailbox = shared.mailboxes[number]
        now = shared.clock.now()
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        if epoll < 0 { throw .system("epoll_create1", errno) }
        guard watch(mailbox.descriptor, EPOLLIN.rawValue, EPOLL_CTL_ADD) else {
            throw .system("epoll_ctl", errno)
        }
    }

    deinit {
        Glibc.close(epoll)
        scratch.deallocate()
    }

    /// Serves until it has drained.
    func run() {
        mailbox.bindToThread()
        startAccepting()
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while !isDraining || live > 0 {
            let count = events.withUnsafeMutableBufferPointer {
                epoll_wait(epoll, $0.baseAddress, Int32($0.count), pause)
            }
            precondition(count >= 0 || errno == EINTR, "epoll_wait")
            now = shared.clock.now()
            writer.tick()
            for index in 0..<max(0, Int(count)) {
                dispatch(events[index])
            }
            if now >= nextSweep { sweep() }
        }
        shared.census.answered(answered)
    }

    /// Milliseconds until the deadlines need a look; nothing to watch needs none.
    private var pause: Int32 {
        if live == 0 && acceptor?.isExhausted != true { return -1 }
        return Int32(min(max(nextSweep - now, 0), Self.sweepInterval))
    }

    private func dispatch(_ event: epoll_event) {
        let descriptor = Int32(truncatingIfNeeded: event.data.u64)
        let generation = UInt32(truncatingIfNeeded: event.data.u64 >> 32)
        if generation == 0 {
            if descriptor == mailbox.descriptor { readMail() } else { accept(from: descriptor) }
            return
        }
        // An event of this batch may be older than a close in the same batch.
        guard let connection = connections[Int(descriptor)], connection.generation == generation
        else { return }
        if event.events & EPOLLOUT.rawValue != 0 { pump(connection) }
        if event.events & ~EPOLLOUT.rawValue != 0 && !connection.isClosed {
            let isBroken = event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
            readable(connection, isBroken: isBroken)
        }
    }

    private func readMail() {
        for message in mailbox.collect() {
            switch message {
            case .resume(let descriptor, let token, let body):
                if let response = mailbox.asking(token, body) {
                    answer(descriptor, token, response)
                }
            case .adopt(let socket): adopt(socket)
            case .resumeAccepting: resumeAccepting()
            case .drain(let deadline): drain(until: deadline)
            case .wake: sweep()
            }
        }
    }

    private func answer(_ descriptor: Int32, _ token: UInt64, _ response: HTTPResponse) {
        guard let connection = connections[Int(descriptor)], connection.token == token else {
            return
        }
        answer(connection, response)
        pump(connection)
    }

    // MARK: Deadlines

    private func sweep() {
        nextSweep = now + Self.sweepInterval
        if now < drainDeadline { nextSweep = min(nextSweep, drainDeadline) }
        shared.census.answered(answered)
        answered = 0
        resumeAccepting()
        for connection in connections {
            guard let connection else { continue }
            if now >= drainDeadline {
                close(connection)
            } else if now >= min(connection.deadline, connection.writeDeadline) {
                expire(connection)
            }
        }
    }

    private func expire(_ connection: Connection) {
        if now >= connection.writeDeadline {
            close(connection)
            return
        }
        switch connection.phase {
        case .handshake, .idle, .lingering, .closed: close(connection)
        case .head:
            // What the request before was does not tell what this one wants.
            connection.omitsBody = false
            refuse(connection, .timeout)
        case .body: refuse(connection, .timeout)
        case .waiting: refuse(connection, .unavailable)
        }
        if !connection.isClosed { pump(connection) }
    }

    // MARK: The end

    private func drain(until deadline: Int64) {
        isDraining = true
        drainDeadline = deadline
        nextSweep = min(nextSweep, deadline)
        stopAccepting()
        for connection in connections {
            guard let connection else { continue }
            // What the kernel already holds was sent before anybody was told of the end.
            readable(connection, isBroken: false)
        }
    }

    // MARK: epoll

    /// Changes what is reported of `connection`.
    func arm(_ connection: Connection, _ events: UInt32) {
        if connection.armed == events { return }
        connection.armed = events
        let isWatched = watch(
            connection.descriptor,
            events,
            EPOLL_CTL_MOD,
            generation: connection.generation
        )
        precondition(isWatched, "epoll_ctl")
    }

    /// False when the system has no memory or watches left, which only adding can meet.
    func watch(
        _ descriptor: Int32,
        _ events: UInt32,
        _ operation: Int32,
        generation: UInt32 = 0
    ) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }
}

/// The server's monotonic clock, in milliseconds from an arbitrary start; tests turn their own.
package struct ServerClock: Sendable {
    package var now: @Sendable () -> Int64

    package init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    static let system = ServerClock {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
