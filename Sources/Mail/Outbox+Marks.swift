public import SQLite

/// What became of an attempt, written back.
extension Outbox {
    /// The end of an attempt.
    public enum Outcome: Sendable {
        /// The other side has it.
        case sent
        /// It has not; the error says whether there is a next time.
        case failed(MailError)
    }

    /// Writes down what became of an attempt, on the writing connection; answers how many mails
    /// were given up by that.
    ///
    /// A mail that no longer waits (two couriers after a restore) stays as it is.
    @discardableResult
    public func mark(
        _ id: Identifier,
        _ outcome: Outcome,
        on connection: Connection,
        now: Timestamp
    ) throws -> Int {
        try prune(on: connection, now: now)
        switch outcome {
        case .sent:
            try connection.run(
                """
                UPDATE mail_outbox SET state = 'sent', envelope = NULL, recipient = NULL,
                    next_attempt_at = NULL, finished_at = ?2, attempts = attempts + 1,
                    problem = NULL
                WHERE id = ?1 AND state = 'waiting'
                """,
                .id(id),
                .time(now)
            )
            return 0
        case .failed(.refused(let problem)), .failed(.invalid(let problem)):
            return try bury(id, problem, on: connection, now: now)
        case .failed(.corrupt):
            return try bury(id, MailError.corrupt.description, on: connection, now: now)
        case .failed(.interrupted(let problem)), .failed(.postponed(let problem)):
            return try postpone(
                id,
                problem,
                longest: MailLimits.longestWait,
                on: connection,
                now: now
            )
        case .failed(.unavailable(let problem)):
            // Not this mail's fault: it must not wait for long once the way is open. Moved back
            // all the same, so that the next try is another's: one could be what closes the way.
            let buried = try postpone(
                id,
                problem,
                longest: MailLimits.longestOutageWait,
                on: connection,
                now: now
            )
            return try buried + buryOld(problem, on: connection, now: now)
        }
    }

    /// Makes every waiting mail due: the way out, which was closed, is open.
    public func reopen(on connection: Connection, now: Timestamp) throws {
        try connection.run(
            """
            UPDATE mail_outbox SET next_attempt_at = ?1
            WHERE state = 'waiting' AND next_attempt_at > ?1
            """,
            .time(now)
        )
    }

    /// The wait after so many failed attempts: 1 minute, doubled each time, `longest` at the most.
    private static func wait(after attempts: Int, longest: Duration) -> Duration {
        // The shift is bounded first: 2^9 minutes are past the longest wait.
        min(MailLimits.firstWait * (1 << min(max(attempts - 1, 0), 9)), longest)
    }

    private func postpone(
        _ id: Identifier,
        _ problem: String,
        longest: Duration,
        on connection: Connection,
        now: Timestamp
    ) throws -> Int {
        let row = try connection.first(
            "SELECT created_at, attempts FROM mail_outbox WHERE id = ?1 AND state = 'waiting'",
            .id(id),
            read: { (createdAt: $0.time(0), attempts: Int($0.int(1))) }
        )
        guard let row else { return 0 }
        let next = now + Outbox.wait(after: row.attempts + 1, longest: longest)
        if next > row.createdAt + MailLimits.lifetime {
            return try bury(id, problem, on: connection, now: now)
        }
        try connection.run(
            """
            UPDATE mail_outbox SET attempts = attempts + 1, next_attempt_at = ?2, problem = ?3
            WHERE id = ?1 AND state = 'waiting'
            """,
            .id(id),
            .time(next),
            .text(problem)
        )
        return 0
    }

    private func bury(
        _ id: Identifier,
        _ problem: String,
        on connection: Connection,
        now: Timestamp
    ) throws -> Int {
        try connection.run(
            """
            UPDATE mail_outbox SET state = 'dead', envelope = NULL, next_attempt_at = NULL,
                finished_at = ?2, attempts = attempts + 1, problem = ?3
            WHERE id = ?1 AND state = 'waiting'
            """,
            .id(id),
            .time(now),
            .text(problem)
        )
    }

    /// Gives up what is too old; while the way out is closed most mails are not tried at all.
    private func buryOld(
        _ problem: String,
        on connection: Connection,
        now: Timestamp
    ) throws -> Int {
        try connection.run(
            """
            UPDATE mail_outbox SET state = 'dead', envelope = NULL, next_attempt_at = NULL,
                finished_at = ?1, problem = ?2
            WHERE state = 'waiting' AND created_at <= ?3
            """,
            .time(now),
            .text(problem),
            .time(now - MailLimits.lifetime)
        )
    }

    /// Removes the rows that nobody will ask about any more.
    private func prune(on connection: Connection, now: Timestamp) throws {
        // The index is of what does not wait any more: without saying so it is not used.
        try connection.run(
            """
            DELETE FROM mail_outbox
            WHERE state = 'sent' AND state <> 'waiting' AND finished_at <= ?1
            """,
            .time(now - MailLimits.sentKept)
        )
        try connection.run(
            """
            DELETE FROM mail_outbox
            WHERE state = 'dead' AND state <> 'waiting' AND finished_at <= ?1
            """,
            .time(now - MailLimits.deadKept)
        )
    }
}
