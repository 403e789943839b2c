import Glibc
import SQLite

/// A bounded number of threads for slow work, below the priority of the event loop.
final class WorkPool: @unchecked Sendable {
    // Sendable: everything below is touched with the mutex held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t> = .allocate(capacity: 1)
    private let changed: UnsafeMutablePointer<pthread_cond_t> = .allocate(capacity: 1)
    private var waiting: [@Sendable () -> Void] = []
    private let limit: Int

    /// - Parameters:
    ///   - threads: how many pieces of work run at once.
    ///   - limit: how many may wait beside those that run.
    init(threads: Int, limit: Int) {
        self.limit = limit
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
        for _ in 0..<threads { startThread(niceness: 10) { self.work() } }
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Hands in work; false when the queue is full.
    func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if waiting.count >= limit { return false }
        waiting.append(work)
        pthread_cond_signal(changed)
        return true
    }

    private func work() {
        while true {
            pthread_mutex_lock(mutex)
            while waiting.isEmpty { pthread_cond_wait(changed, mutex) }
            let next = waiting.removeFirst()
            pthread_mutex_unlock(mutex)
            next()
        }
    }
}
