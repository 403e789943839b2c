import Glibc

/// Starts a detached thread; `niceness` 0 is the priority of the process, 10 gives way to it.
public func startThread(
    niceness: Int32 = 0,
    _ body: @escaping @Sendable () -> Void
) {
    final class Start {
        let niceness: Int32
        let body: @Sendable () -> Void
        init(_ niceness: Int32, _ body: @escaping @Sendable () -> Void) {
            (self.niceness, self.body) = (niceness, body)
        }
    }
    let start = Unmanaged.passRetained(Start(niceness, body))
    var thread = pthread_t()
    let code = pthread_create(
        &thread,
        nil,
        { context in
            guard let context else { return nil }
            let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
            if start.niceness != 0 {
                // On Linux the priority of "the process" is the calling thread's alone.
                setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, start.niceness)
            }
            start.body()
            return nil
        },
        start.toOpaque()
    )
    precondition(code == 0, "no thread")
    pthread_detach(thread)
}

/// A value that another thread gives once.
public final class Promise<Value>: @unchecked Sendable {
    // Sendable: `value` is written once before the semaphore is raised and read after.
    private let semaphore: UnsafeMutablePointer<sem_t> = .allocate(capacity: 1)
    private var value: Value?

    /// A promise that nobody has kept yet.
    public init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Gives the value; once.
    public func fulfil(_ value: Value) {
        self.value = value
        sem_post(semaphore)
    }

    /// Waits for the value; any number may.
    public func wait() -> Value {
        while sem_wait(semaphore) != 0 { precondition(errno == EINTR, "no semaphore") }
        sem_post(semaphore)
        guard let value else { preconditionFailure("raised before it was given") }
        return value
    }
}
