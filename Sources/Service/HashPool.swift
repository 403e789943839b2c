import SQLite

/// The one thread that computes password hashes, below the priority of the event loop.
///
/// One hash at a time: each takes 16 MiB and all of a core.
final class HashPool: Sendable {
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

    private let queue = Monitor(
        HashQueue<Job>(
            places: HashPool.places,
            longestWait: HashPool.longestWait,
            usual: HashPool.usual
        )
    )

    init() { startThread(niceness: 10) { self.work() } }

    /// Hands in work; it runs in its turn or is turned away.
    func submit(_ job: Job, at place: Place) {
        let (refused, retryAfter) = queue.change { queue in
            (queue.add(job, at: place, now: .now), queue.retryAfter)
        }
        refused?.turnAway(retryAfter)
    }

    private func work() {
        while true {
            let (job, late, retryAfter) = next()
            for job in late { job.turnAway(retryAfter) }
            guard let job else { continue }
            let begin = ContinuousClock.now
            job.run()
            queue.change { $0.finish(took: ContinuousClock.now - begin) }
        }
    }

    /// Waits until somebody is next or has waited too long.
    private func next() -> (job: Job?, late: [Job], retryAfter: Duration) {
        queue.wait { queue in
            let (job, late) = queue.next(now: .now)
            return job == nil && late.isEmpty ? .goesOn() : .over((job, late, queue.retryAfter))
        }
    }
}
