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
        /// Writes down what became of an attempt; returns when it is durable.
        public var mark: @Sendable (Identifier, Outbox.Outcome, _ now: Timestamp) throws -> Void
        /// Hands a mail over.
        public var deliver: @Sendable (Envelope, Identifier) throws(MailError) -> Void
        /// Hears of each failed attempt, for the operator's log; carries no addresses or text.
        public var report: @Sendable (String) -> Void

        /// The four ways out of a courier.
        public init(
            agenda: @escaping @Sendable (_ now: Timestamp) throws -> Outbox.Agenda,
            mark: @escaping @Sendable (Identifier, Outbox.Outcome, _ now: Timestamp) throws -> Void,
            deliver: @escaping @Sendable (Envelope, Identifier) throws(MailError) -> Void,
            report: @escaping @Sendable (String) -> Void
        ) {
            self.agenda = agenda
            self.mark = mark
            self.deliver = deliver
            self.report = report
        }
    }

    private let connections: Connections
    private let clock: WallClock
    private let bell = Bell()

    /// A courier that does nothing until it is started.
    public init(connections: Connections, clock: WallClock = .system) {
        self.connections = connections
        self.clock = clock
    }

    /// Starts the thread; once.
    public func start() {
        startThread { [self] in
            while bell.isOpen {
                let pause = round(now: clock.now())
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
    package func round(now: Timestamp) -> Duration? {
        let agenda: Outbox.Agenda
        do {
            agenda = try connections.agenda(now)
        } catch {
            connections.report("the outbox cannot be read: \(error)")
            return MailLimits.firstWait
        }
        var unavailable: MailError?
        for delivery in agenda.due {
            // Where the way out is closed, the rest of the round is told so without a try: each
            // could take the whole of a relay's patience.
            let outcome = unavailable.map { .failed($0) } ?? attempt(delivery)
            if case .failed(let error) = outcome {
                if case .unavailable = error { unavailable = error }
                connections.report("mail \(delivery.id) was not sent: \(error)")
            }
            do {
                try connections.mark(delivery.id, outcome, now)
            } catch {
                // Unmarked, it is still due: going on at once would send it over and over.
                connections.report("the outbox cannot be written: \(error)")
                return MailLimits.firstWait
            }
        }
        if !agenda.due.isEmpty { return .zero }
        return agenda.next.map { max(.zero, $0 - now) }
    }

    private func attempt(_ delivery: Outbox.Delivery) -> Outbox.Outcome {
        do throws(MailError) {
            try connections.deliver(try delivery.envelope.get(), delivery.id)
            return .sent
        } catch {
            return .failed(error)
        }
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
