public import SQLite

/// Carries mails from the outbox to the transport, on a thread of its own.
///
/// Nobody waits for it: a relay that hangs delays mails and nothing else. A crash between handing
/// a mail over and marking it sends it once more; losing it would be worse.
public final class Courier: Sendable {
    /// How a courier reaches the outbox and the world.
    public struct Connections: Sendable {
        /// Reads what there is to do, from a snapshot.
        public var agenda: @Sendable (_ now: Timestamp) throws -> Outbox.Agenda
        /// Writes down what became of an attempt, and answers how many mails were given up by that;
        /// returns when it is durable.
        public var mark: @Sendable (Identifier, Outbox.Outcome, _ now: Timestamp) throws -> Int
        /// Writes down that the way out is open again after it was closed.
        public var reopen: @Sendable (_ now: Timestamp) throws -> Void
        /// Makes what carries the mails of one round.
        public var carrier: @Sendable () -> Carrier
        /// Hears of each failed attempt, for the operator's log; carries no addresses or text.
        public var report: @Sendable (String) -> Void

        /// The five ways out of a courier.
        public init(
            agenda: @escaping @Sendable (_ now: Timestamp) throws -> Outbox.Agenda,
            mark: @escaping @Sendable (Identifier, Outbox.Outcome, _ now: Timestamp) throws -> Int,
            reopen: @escaping @Sendable (_ now: Timestamp) throws -> Void,
            carrier: @escaping @Sendable () -> Carrier,
            report: @escaping @Sendable (String) -> Void
        ) {
            self.agenda = agenda
            self.mark = mark
            self.reopen = reopen
            self.carrier = carrier
            self.report = report
        }
    }

    private let connections: Connections
    private let clock: WallClock
    private let bell = Bell()
    /// Touched by the courier's thread alone; behind a lock because the courier is Sendable.
    private let wayOut = Locked(WayOut())

    /// A courier that does nothing until it is started.
    public init(connections: Connections, clock: WallClock = .system) {
        self.connections = connections
        self.clock = clock
    }

    /// Starts the thread; once.
    public func start() {
        startThread { [self] in
            while bell.isOpen {
                let pause = round()
                bell.wait(atMost: pause)
            }
            bell.end()
        }
    }

    /// Says that a mail may have been put into the outbox; never waits.
    public func wake() { bell.ring() }

    /// Ends the thread after the attempt in progress; what waits is there at the next start.
    ///
    /// Waits for that attempt for `patience` at the most: a relay may hang for longer than a
    /// service may take to stop, and then the mail is sent once more.
    public func stop(patience: Duration = .seconds(2)) { bell.close(patience: patience) }

    /// Sends what is due once, and answers how long to sleep; `nil` until woken.
    package func round() -> Duration? {
        if let pause = wayOut.withLock({ $0.pause(at: clock.now()) }) { return pause }
        let agenda: Outbox.Agenda
        do {
            agenda = try connections.agenda(clock.now())
        } catch {
            connections.report("the outbox cannot be read: \(error)")
            return MailLimits.firstWait
        }
        guard !agenda.due.isEmpty else {
            return agenda.next.map { max(.zero, $0 - clock.now()) }
        }
        let carrier = connections.carrier()
        defer { carrier.finish() }
        for delivery in agenda.due where bell.isOpen {
            do {
                try settle(delivery, attempt(delivery, carrier))
            } catch {
                // Unmarked, it is still due: going on at once would send it over and over.
                connections.report("the outbox cannot be written: \(error)")
                return MailLimits.firstWait
            }
            // Each of the others could take the whole of a relay's patience.
            if let pause = wayOut.withLock({ $0.pause(at: clock.now()) }) { return pause }
        }
        return .zero
    }

    private func attempt(_ delivery: Outbox.Delivery, _ carrier: Carrier) -> Outbox.Outcome {
        do throws(MailError) {
            try carrier.deliver(try delivery.envelope.get(), delivery.id)
            return .sent
        } catch {
            return .failed(error)
        }
    }

    private func settle(_ delivery: Outbox.Delivery, _ outcome: Outbox.Outcome) throws {
        if case .failed(let error) = outcome {
            connections.report("mail \(delivery.id) was not sent: \(error)")
        }
        // The time after the attempt, which may have taken minutes.
        let now = clock.now()
        let isReopened = wayOut.withLock { $0.learn(from: outcome, at: now) }
        let givenUp = try connections.mark(delivery.id, outcome, now)
        if givenUp > 0 { connections.report("mails given up: \(givenUp)") }
        if isReopened { try connections.reopen(now) }
    }
}

/// Wakes one sleeping thread; a ring while it is awake is kept for its next sleep.
private final class Bell: Sendable {
    private struct Content {
        var hasRung = false
        var isClosed = false
        var hasEnded = false
    }

    private let content = Monitor(Content())

    var isOpen: Bool { content.change { !$0.isClosed } }

    func ring() { content.change { $0.hasRung = true } }

    func end() { content.change { $0.hasEnded = true } }

    func close(patience: Duration) {
        content.change { $0.isClosed = true }
        sleep(atMost: patience) { $0.hasEnded }
    }

    func wait(atMost duration: Duration?) {
        sleep(atMost: duration) { content in
            defer { content.hasRung = false }
            return content.hasRung || content.isClosed
        }
    }

    private func sleep(atMost duration: Duration?, until isAwake: (inout Content) -> Bool) {
        let end = duration.map { ContinuousClock.now + $0 }
        content.wait { content in
            let left = end.map { $0 - .now }
            return isAwake(&content) || left.map({ $0 <= .zero }) ?? false
                ? .over(()) : .goesOn(atMost: left)
        }
    }
}
