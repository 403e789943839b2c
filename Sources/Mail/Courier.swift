import Glibc
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
private final class Bell: @unchecked Sendable {
    // Sendable: everything below is touched with the mutex held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t> = .allocate(capacity: 1)
    private let changed: UnsafeMutablePointer<pthread_cond_t> = .allocate(capacity: 1)
    private var hasRung = false
    private var isClosed = false
    private var hasEnded = false

    init() {
        pthread_mutex_init(mutex, nil)
        // The monotonic clock: a clock set back must not make a mail wait.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
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

    var isOpen: Bool { locked { !isClosed } }

    func ring() { locked { hasRung = true } }

    func end() { locked { hasEnded = true } }

    func close(patience: Duration) {
        locked { isClosed = true }
        sleep(until: { $0.hasEnded }, atMost: patience)
    }

    func wait(atMost duration: Duration?) {
        sleep(until: { $0.hasRung || $0.isClosed }, atMost: duration)
        locked { hasRung = false }
    }

    private func sleep(until isAwake: (Bell) -> Bool, atMost duration: Duration?) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let milliseconds = (duration ?? .zero).inMilliseconds
        let nanoseconds = end.tv_nsec + Int(milliseconds % 1_000) * 1_000_000
        end.tv_sec += Int(milliseconds / 1_000) + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        while !isAwake(self) {
            if duration == nil {
                pthread_cond_wait(changed, mutex)
            } else if pthread_cond_timedwait(changed, mutex, &end) == ETIMEDOUT {
                return
            }
        }
    }

    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        defer { pthread_cond_broadcast(changed) }
        return body()
    }
}
