import Glibc
import SQLite

/// Does things a little later, one after the other, on a thread of its own.
final class Later: @unchecked Sendable {
    // Sendable: everything below is touched with the mutex held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t> = .allocate(capacity: 1)
    private let changed: UnsafeMutablePointer<pthread_cond_t> = .allocate(capacity: 1)
    private var waiting: [(at: ContinuousClock.Instant, body: @Sendable () -> Void)] = []
    private var isStopped = false
    private let ended = Promise<Void>()

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // The other clock can be set: then the wait would end an hour late.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
        startThread { self.work() }
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` after a while, unless this is stopped before.
    func after(_ delay: Duration, _ body: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        waiting.append((.now + delay, body))
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
    }

    /// Finishes what runs and forgets the rest.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopped = true
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
        ended.wait()
    }

    private func work() {
        while let body = next() { body() }
        ended.fulfil(())
    }

    private func next() -> (@Sendable () -> Void)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isStopped {
            guard let first = waiting.indices.min(by: { waiting[$0].at < waiting[$1].at }) else {
                pthread_cond_wait(changed, mutex)
                continue
            }
            let left = waiting[first].at - .now
            if left <= .zero { return waiting.remove(at: first).body }
            wait(left)
        }
        return nil
    }

    private func wait(_ duration: Duration) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let nanoseconds = time.tv_nsec + Int(duration.components.attoseconds / 1_000_000_000)
        time.tv_sec += Int(duration.components.seconds) + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(changed, mutex, &time)
    }
}
