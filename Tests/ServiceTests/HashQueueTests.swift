import Service
import Testing

/// Who is served, in which order, and who is turned away.
@Suite struct HashQueueTests {
    typealias Queue = HashQueue<String>
    private let start = ContinuousClock.now

    @Test func `a school of 140 signs in within a minute from one address`() {
        var queue = queue()
        var waiting = 0
        var served = 0
        // Time goes by in hashes of 0.26 s; one person in 0.43 s comes to the door.
        var arrived = 0
        for turn in 0..<400 {
            let now = start + .milliseconds(260) * turn
            while arrived < 140, start + .milliseconds(428) * arrived <= now {
                #expect(queue.add("\(arrived)", at: place("school"), now: now) == nil)
                arrived += 1
                waiting += 1
            }
            let (job, late) = queue.next(now: now)
            #expect(late.isEmpty)
            if job != nil { served += 1 }
            queue.finish(took: .milliseconds(260))
        }
        #expect(served == 140)
    }

    @Test func `people at a device of their own pass a line of strangers`() {
        var queue = queue()
        for turn in 0..<40 {
            #expect(queue.add("stranger\(turn)", at: place("a", isKnown: false), now: start) == nil)
        }
        #expect(queue.add("ada", at: place("b"), now: start) == nil)
        #expect(queue.next(now: start).job == "ada")
    }

    @Test func `sources take turns`() {
        var queue = queue()
        for turn in 0..<30 { _ = queue.add("a\(turn)", at: place("a"), now: start) }
        _ = queue.add("b0", at: place("b"), now: start)
        _ = queue.add("c0", at: place("c"), now: start)
        let order = (0..<5).map { _ in queue.next(now: start).job }
        #expect(order == ["a0", "b0", "c0", "a1", "a2"])
    }

    @Test func `a full queue turns away the last of the source with the longest line`() {
        var queue = queue()
        for turn in 0..<57 { _ = queue.add("a\(turn)", at: place("a", isKnown: false), now: start) }
        #expect(queue.add("a57", at: place("a", isKnown: false), now: start) == nil)
        // Fifty-eight hashes are fifteen seconds.
        #expect(queue.add("a58", at: place("a", isKnown: false), now: start) == "a58")
        #expect(queue.add("b0", at: place("b", isKnown: false), now: start) == "a57")
        #expect(queue.add("ada", at: place("c"), now: start) == "a56")
        #expect(queue.retryAfter > .seconds(5) && queue.retryAfter < .seconds(15))
    }

    @Test func `there are 64 places, however quick a hash is`() {
        var queue = Queue(places: 64, longestWait: .seconds(15), usual: .milliseconds(1))
        let refused = (0..<100).compactMap { queue.add("\($0)", at: place("a"), now: start) }
        #expect(refused == (64..<100).map { "\($0)" })
    }

    @Test func `whoever has waited fifteen seconds is told, and not served`() {
        var queue = queue()
        _ = queue.add("early", at: place("a"), now: start)
        _ = queue.add("later", at: place("b", isKnown: false), now: start + .seconds(1))
        let (job, late) = queue.next(now: start + .milliseconds(15_001))
        #expect(late == ["early"] && job == "later")
    }

    @Test func `it learns what a hash takes`() {
        var queue = queue()
        for _ in 0..<50 {
            _ = queue.add("x", at: place("a"), now: start)
            _ = queue.next(now: start)
            queue.finish(took: .seconds(3))
        }
        let refused = (0..<10).compactMap { queue.add("\($0)", at: place("a"), now: start) }
        #expect(refused.first == "6")
    }

    private func queue() -> Queue {
        Queue(places: 64, longestWait: .seconds(15), usual: .milliseconds(260))
    }

    private func place(_ source: String, isKnown: Bool = true) -> Queue.Place {
        Queue.Place(isKnown: isKnown, source: source)
    }
}
