import Glibc
import SQLite

/// The one thread that computes password hashes, below the priority of the event loop.
///
/// One hash at a time: each takes 16 MiB and all of a core.
final class HashPool: @unchecked Sendable {
    // Sendable: `queue` is touched with the mutex held.

    /// A piece of work, or its refusal.
    struct Job: Sendable {
        let run: @Sendable () -> Void
        /// Hears instead that there is no room, and when to come again.
        let turnAway: @Sendable (_ retryAfter: Duration) -> Void
    }

    typealias Place = HashQueue<Job>.Place

    /// Whoever waits longer has given up and come again: then they would be served twice.
    private static let longestWait = Duration.seconds(15)
    /// At a quarter of a second each that is about as many as can be served in time.
    private static let places = 64
    private static let usual = Duration.milliseconds(260)

    private let mutex: UnsafeMutablePointer<pthread_mutex_t> = .allocate(capacity: 1)
    private let changed: UnsafeMutablePointer<pthread_cond_t> = .allocate(capacity: 1)
    private var queue = HashQueue<Job>(
        places: HashPool.places,
        longestWait: HashPool.longestWait,
        usual: HashPool.usual
    )

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
        startThread(niceness: 10) { self.work() }
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Hands in work; it runs in its turn or is turned away.
    func submit(_ job: Job, at place: Place) {
        pthread_mutex_lock(mutex)
        let refused = queue.add(job, at: place, now: .now)
        let retryAfter = queue.retryAfter
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
        refused?.turnAway(retryAfter)
    }

    private func work() {
        while true {
            let (job, late, retryAfter) = next()
            for job in late { job.turnAway(retryAfter) }
            guard let job else { continue }
            let begin = ContinuousClock.now
            job.run()
            pthread_mutex_lock(mutex)
            queue.finish(took: ContinuousClock.now - begin)
            pthread_mutex_unlock(mutex)
        }
    }

    /// Waits until somebody is next or has waited too long.
    private func next() -> (job: Job?, late: [Job], retryAfter: Duration) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            let (job, late) = queue.next(now: .now)
            if job != nil || !late.isEmpty { return (job, late, queue.retryAfter) }
            pthread_cond_wait(changed, mutex)
        }
    }
}
