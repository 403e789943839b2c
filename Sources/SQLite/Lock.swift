import Glibc

/// State that several threads share, reachable only while its lock is held.
///
/// A `pthread_mutex_t`, because the thread sanitizer of this toolchain does not see through
/// `Synchronization.Mutex`.
public final class Locked<State>: @unchecked Sendable {
    // Sendable by the lock: `state` is touched in `withLock` alone.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var state: State

    /// Puts `state` behind a new lock.
    public init(_ state: sending State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        let code = pthread_mutex_init(mutex, nil)
        precondition(code == 0, "no mutex")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` with the lock held; it must not wait for another thread.
    public func withLock<R>(_ body: (inout State) throws -> R) rethrows -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }
}
