import Glibc

/// The threads of a server, from the first to the last.
///
/// Sendable because everything variable is behind the lock.
final class Lifecycle: @unchecked Sendable {
    private enum State {
        case made([Listener])
        case running([pthread_t])
        case stopped
    }

    /// What a thread is given: a loop that is from then on its own.
    private final class Start {
        let loop: EventLoop

        init(_ loop: EventLoop) {
            self.loop = loop
        }
    }

    private let lock = Lock()
    private var state: State

    init(_ listeners: [Listener]) {
        state = .made(listeners)
    }

    func start(_ shared: EventLoop.Shared) throws(HTTPServerError) {
        try lock.withLock { () throws(HTTPServerError) in
            guard case .made(let listeners) = state else { throw .state }
            var loops: [EventLoop] = []
            for number in shared.mailboxes.indices {
                let acceptor = number == 0 ? Acceptor(listeners) : nil
                loops.append(try EventLoop(number: number, shared: shared, acceptor: acceptor))
            }
            var threads: [pthread_t] = []
            for loop in loops {
                var thread = pthread_t()
                let start = Unmanaged.passRetained(Start(loop))
                let result = pthread_create(&thread, nil, Self.runLoop, start.toOpaque())
                if result != 0 {
                    start.release()
                    Self.end(threads, shared, within: .zero)
                    state = .stopped
                    throw .system("pthread_create", result)
                }
                threads.append(thread)
            }
            state = .running(threads)
        }
    }

    func stop(_ shared: EventLoop.Shared, within deadline: Duration) {
        lock.withLock {
            if case .running(let threads) = state {
                Self.end(threads, shared, within: deadline)
            }
            state = .stopped
        }
    }

    private static func end(
        _ threads: [pthread_t],
        _ shared: EventLoop.Shared,
        within deadline: Duration
    ) {
        let until = shared.clock.now() + max(deadline.milliseconds, 0)
        for mailbox in shared.mailboxes {
            mailbox.post(.drain(until: until))
        }
        for thread in threads {
            precondition(pthread_equal(thread, pthread_self()) == 0, "stopped from its own loop")
            let result = pthread_join(thread, nil)
            precondition(result == 0, "pthread_join")
        }
        // The first loop may have handed a connection to one that had already ended.
        for mailbox in shared.mailboxes {
            for case .adopt(let socket) in mailbox.collect() {
                close(socket.descriptor)
            }
        }
    }

    /// The body of a loop's thread.
    private static let runLoop:
        @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            argument in
            if let argument {
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().loop.run()
            }
            return nil
        }
}
