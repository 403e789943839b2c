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

    /// Writes down what became of an attempt; on the writing connection.
    ///
    /// A mail that no longer waits (two couriers after a restore) stays as it is.
    public func mark(
        _ id: Identifier,
        _ outcome: Outcome,
        on connection: Connection,
        now: Timestamp
    ) throws {
        switch outcome {
        case .sent:
            try connection.run(
                """
                UPDATE mail_outbox SET state = 'sent', envelope = NULL, next_attempt_at = NULL,
                    finished_at = ?2, attempts = attempts + 1, problem = NULL
                WHERE id = ?1 AND state = 'waiting'
                """,
                .id(id),
                .time(now)
            )
        case .failed(.refused(let problem)), .failed(.invalid(let problem)):
            try bury(id, problem, on: connection, now: now)
        case .failed(.corrupt):
            try bury(id, MailError.corrupt.description, on: connection, now: now)
        case .failed(.unavailable(let problem)), .failed(.postponed(let problem)):
            try postpone(id, problem, on: connection, now: now)
        }
    }

    /// The wait after so many failed attempts: 1 minute, doubled each time, 6 hours at the most.
    package static func wait(after attempts: Int) -> Duration {
        // The shift is bounded first: 2^9 minutes are past the longest wait.
        min(MailLimits.firstWait * (1 << min(max(attempts - 1, 0), 9)), MailLimits.longestWait)
    }

    private func postpone(
        _ id: Identifier,
        _ problem: String,
        on connection: Connection,
        now: Timestamp
    ) throws {
        let row = try connection.first(
            "SELECT created_at, attempts FROM mail_outbox WHERE id = ?1 AND state = 'waiting'",
            .id(id),
            read: { (createdAt: $0.time(0), attempts: Int($0.int(1))) }
        )
        guard let row else { return }
        let next = now + Outbox.wait(after: row.attempts + 1)
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
    }

    private func bury(
        _ id: Identifier,
        _ problem: String,
        on connection: Connection,
        now: Timestamp
    ) throws {
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
}
