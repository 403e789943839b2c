/// Who waits for a hash, who is next, and who is turned away: a state machine without thread or
/// clock.
///
/// People at a device of their own go first; among equals the sources take turns, so that one that
/// sends a hundred attempts waits for itself. The queue is bounded by places and by time: whoever
/// could not be served in time is told at once.
package struct HashQueue<Job> {
    /// Where somebody stands.
    package struct Place: Sendable, Hashable {
        /// Whether they come from a session or a device that was here before.
        package let isKnown: Bool
        /// Whom a throttle takes them for.
        package let source: String

        /// A place by what is known of a request.
        package init(isKnown: Bool, source: String) {
            self.isKnown = isKnown
            self.source = source
        }
    }

    private struct Waiting {
        let job: Job
        let since: ContinuousClock.Instant
    }

    /// Those of one rank: each source with its own line, the sources in the order of their turns.
    private struct Rank {
        var turns: [String] = []
        var lines: [String: [Waiting]] = [:]
        var count = 0

        mutating func append(_ waiting: Waiting, of source: String) {
            if lines[source] == nil { turns.append(source) }
            lines[source, default: []].append(waiting)
            count += 1
        }

        mutating func next() -> Waiting? {
            guard let source = turns.first else { return nil }
            turns.removeFirst()
            turns.append(source)
            return take(from: source) { $0.removeFirst() }
        }

        /// The source with the longest line.
        var greediest: String? {
            turns.max { (lines[$0]?.count ?? 0) < (lines[$1]?.count ?? 0) }
        }

        mutating func removeLast(of source: String) -> Waiting? {
            take(from: source) { $0.removeLast() }
        }

        /// Those who have waited since before a moment; they are out.
        mutating func removeAll(before moment: ContinuousClock.Instant) -> [Waiting] {
            var late: [Waiting] = []
            for source in turns {
                // Within a line the first has waited longest.
                while let first = lines[source]?.first, first.since < moment,
                    let waiting = take(from: source, { $0.removeFirst() })
                {
                    late.append(waiting)
                }
            }
            return late
        }

        private mutating func take(
            from source: String,
            _ take: (inout [Waiting]) -> Waiting
        ) -> Waiting? {
            guard var line = lines[source], !line.isEmpty else { return nil }
            let taken = take(&line)
            count -= 1
            lines[source] = line.isEmpty ? nil : line
            if line.isEmpty { turns.removeAll { $0 == source } }
            return taken
        }
    }

    private let places: Int
    private let longestWait: Duration
    private var known = Rank()
    private var strangers = Rank()
    private var isRunning = false
    /// What one piece of work took of late.
    private var usual: Duration

    /// An empty queue.
    ///
    /// - Parameters:
    ///   - places: how many may wait.
    ///   - longestWait: how long anybody may wait.
    ///   - usual: what one piece of work takes, until it is known better.
    package init(places: Int, longestWait: Duration, usual: Duration) {
        self.places = places
        self.longestWait = longestWait
        self.usual = usual
    }

    private var count: Int { known.count + strangers.count }

    /// How long a newcomer at the end would wait.
    private var expectedWait: Duration { usual * (count + (isRunning ? 1 : 0)) }

    /// When somebody who was turned away may well find room: half the line will be gone.
    package var retryAfter: Duration { max(.seconds(1), expectedWait / 2) }

    /// Lets somebody in.
    ///
    /// - Returns: who is turned away for want of room, the newcomer or one with a lesser claim.
    package mutating func add(_ job: Job, at place: Place, now: ContinuousClock.Instant) -> Job? {
        let isFull = count >= places || expectedWait > longestWait
        let displaced = isFull ? displace(for: place) : nil
        if isFull && displaced == nil { return job }
        let waiting = Waiting(job: job, since: now)
        if place.isKnown {
            known.append(waiting, of: place.source)
        } else {
            strangers.append(waiting, of: place.source)
        }
        return displaced?.job
    }

    /// The last of the source with the longest line: of the strangers for somebody who is known,
    /// else of those of the same rank, if the newcomer's own line stays the shorter one.
    private mutating func displace(for place: Place) -> Waiting? {
        if place.isKnown {
            if let source = strangers.greediest { return strangers.removeLast(of: source) }
            return HashQueue.displace(in: &known, for: place.source)
        }
        return HashQueue.displace(in: &strangers, for: place.source)
    }

    private static func displace(in rank: inout Rank, for source: String) -> Waiting? {
        guard let greediest = rank.greediest,
            (rank.lines[greediest]?.count ?? 0) > (rank.lines[source]?.count ?? 0) + 1
        else { return nil }
        return rank.removeLast(of: greediest)
    }

    /// The next to be served, and who has waited too long by now.
    package mutating func next(now: ContinuousClock.Instant) -> (job: Job?, late: [Job]) {
        let moment = now - longestWait
        let late = known.removeAll(before: moment) + strangers.removeAll(before: moment)
        let next = known.next() ?? strangers.next()
        isRunning = next != nil
        return (next?.job, late.map(\.job))
    }

    /// Notes that a piece of work is done, and what it took.
    package mutating func finish(took: Duration) {
        isRunning = false
        usual = (usual * 7 + took) / 8
    }
}
