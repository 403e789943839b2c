import Glibc

/// State that several threads share, and the place where they wait for it to change.
///
/// A `pthread_mutex_t`, for the reason that `Locked` gives.
public final class Monitor<State>: @unchecked Sendable {
    // Sendable by the lock: `state` is touched in `change` and `wait` alone.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t> = .allocate(capacity: 1)
    private let changed: UnsafeMutablePointer<pthread_cond_t> = .allocate(capacity: 1)
    private var state: State

    /// What a thread that looks at the state does next.
    public enum Wait<Answer> {
        /// It goes on with what it was waiting for.
        case over(Answer)
        /// It looks again when the state has changed, or after this long if that is sooner.
        case goesOn(atMost: Duration? = nil)
    }

    /// Puts `state` behind a new lock.
    public init(_ state: sending State) {
        self.state = state
        let code = pthread_mutex_init(mutex, nil)
        precondition(code == 0, "no mutex")
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // The other clock can be set: then a wait would end an hour late.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` with the lock held, and wakes whoever waits; it must not wait for another thread.
    public func change<R>(_ body: (inout State) throws -> R) rethrows -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        defer { pthread_cond_broadcast(changed) }
        return try body(&state)
    }

    /// Looks at the state, with the lock held, now and after each change until the wait is over.
    public func wait<Answer>(_ body: (inout State) -> Wait<Answer>) -> Answer {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch body(&state) {
            case .over(let answer): return answer
            case .goesOn(nil): pthread_cond_wait(changed, mutex)
            case .goesOn(let longest?):
                // Early, late or in time: the state is looked at again.
                var end = Monitor.moment(after: longest)
                pthread_cond_timedwait(changed, mutex, &end)
            }
        }
    }

    private static func moment(after duration: Duration) -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let (seconds, attoseconds) = duration.components
        let nanoseconds = time.tv_nsec + Int(attoseconds / 1_000_000_000)
        time.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        return time
    }
}
