import SQLite

/// Does things a little later, one after the other, on a thread of its own.
final class Later: Sendable {
    private struct Work: Sendable {
        let at: ContinuousClock.Instant
        let body: @Sendable () -> Void
    }

    private struct Content {
        var waiting: [Work] = []
        var isStopped = false
    }

    private let content = Monitor(Content())
    private let ended = Promise<Void>()

    init() { startThread { self.work() } }

    /// Runs `body` after a while, unless this is stopped before.
    func after(_ delay: Duration, _ body: @escaping @Sendable () -> Void) {
        content.change { $0.waiting.append(Work(at: .now + delay, body: body)) }
    }

    /// Finishes what runs and forgets the rest.
    func stop() {
        content.change { $0.isStopped = true }
        ended.wait()
    }

    private func work() {
        while let work = next() { work.body() }
        ended.fulfil(())
    }

    private func next() -> Work? {
        content.wait { content in
            if content.isStopped { return .over(nil) }
            let places = content.waiting.indices
            guard let first = places.min(by: { content.waiting[$0].at < content.waiting[$1].at })
            else { return .goesOn() }
            let left = content.waiting[first].at - .now
            return left > .zero
                ? .goesOn(atMost: left) : .over(content.waiting.remove(at: first))
        }
    }
}
