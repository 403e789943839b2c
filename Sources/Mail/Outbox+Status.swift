public import SQLite

/// What became of the mails, for those who run the service.
extension Outbox {
    /// How many mails are in each state.
    public struct Census: Sendable, Equatable {
        /// Mails that wait for their first or another attempt.
        public var waiting = 0
        /// When the one was written that has waited longest.
        public var waitingSince: Timestamp?
        /// Mails that were given up in the last 90 days.
        public var dead = 0
        /// Mails that were sent in the last 7 days.
        public var sent = 0

        /// The census of an outbox where no mail ever was.
        public init() {}
    }

    /// Counts the mails.
    public func census(on connection: Connection) throws -> Census {
        var census = Census()
        try connection.all(
            "SELECT state, count(*), min(created_at) FROM mail_outbox GROUP BY state",
            read: { (state: $0.text(0), count: Int($0.int(1)), since: $0.time(2)) }
        ).forEach { row in
            switch row.state {
            case "dead": census.dead = row.count
            case "sent": census.sent = row.count
            case _: (census.waiting, census.waitingSince) = (row.count, row.since)
            }
        }
        return census
    }

    /// When a mail was given up last.
    ///
    /// - Returns: `nil` where none was in 90 days.
    /// - Complexity: O(log *n*): every answer about a session asks.
    public func lastGivenUp(on connection: Connection) throws -> Timestamp? {
        // The index is of what does not wait any more: without saying so it is not used.
        try connection.first(
            """
            SELECT max(finished_at) FROM mail_outbox WHERE state = 'dead' AND state <> 'waiting'
            """,
            read: { $0.optionalTime(0) }
        ) ?? nil
    }

    /// A mail that was not sent, or not yet.
    public struct Unsent: Sendable, Equatable {
        /// What the log calls it by.
        public let id: Identifier
        /// Whom it is for; `nil` where that cannot be read.
        public let recipient: MailAddress?
        /// When it was written.
        public let createdAt: Timestamp
        /// How often it was tried.
        public let attempts: Int
        /// The last failure; `nil` before the first.
        public let problem: String?
        /// When it was given up; `nil` while it waits.
        public let givenUpAt: Timestamp?
    }

    /// The mails that failed or wait, the newest first; 200 at the most.
    public func unsent(on connection: Connection) throws -> [Unsent] {
        try connection.all(
            """
            SELECT id, recipient, created_at, attempts, problem, finished_at FROM mail_outbox
            WHERE state <> 'sent' ORDER BY created_at DESC, id LIMIT 200
            """
        ) { row in
            Unsent(
                id: row.id(0),
                recipient: recipient(row.optionalBlob(1), row: row.int(0)),
                createdAt: row.time(2),
                attempts: Int(row.int(3)),
                problem: row.optionalText(4),
                givenUpAt: row.optionalTime(5)
            )
        }
    }
}
