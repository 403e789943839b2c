public import SQLite

/// The mails that wait, as rows written with the act that causes them.
///
/// A mail is tried until it is handed over or three days old; then it is dead, and stays visible as
/// such. What it said is wiped in both cases.
public struct Outbox: Sendable {
    /// The table of the module.
    public static let migrations = Migrations(
        module: "mail",
        steps: [
            """
            CREATE TABLE mail_outbox (
                id INTEGER PRIMARY KEY,
                envelope BLOB, -- sealed; wiped when the mail is sent or dead
                state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
                created_at INTEGER NOT NULL, -- milliseconds since 1970, UTC
                attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
                next_attempt_at INTEGER, -- milliseconds since 1970, UTC
                finished_at INTEGER, -- milliseconds since 1970, UTC
                problem TEXT, -- the last failure, without addresses or text
                CHECK ((state = 'waiting') = (envelope IS NOT NULL)),
                CHECK ((state = 'waiting') = (next_attempt_at IS NOT NULL)),
                CHECK ((state = 'waiting') = (finished_at IS NULL))
            ) STRICT;
            CREATE INDEX mail_outbox_waiting ON mail_outbox (next_attempt_at)
                WHERE state = 'waiting';
            """
        ]
    )

    private let seal: @Sendable (_ plaintext: [UInt8], _ row: Int64) -> [UInt8]
    private let open: @Sendable (_ sealed: [UInt8], _ row: Int64) throws -> [UInt8]

    /// An outbox whose rows are sealed by the given pair.
    public init(
        seal: @escaping @Sendable (_ plaintext: [UInt8], _ row: Int64) -> [UInt8],
        open: @escaping @Sendable (_ sealed: [UInt8], _ row: Int64) throws -> [UInt8]
    ) {
        self.seal = seal
        self.open = open
    }

    /// Puts a mail into the outbox, inside the caller's transaction.
    public func enqueue(
        _ message: Message,
        on connection: Connection,
        now: Timestamp
    ) throws(SQLiteError) {
        let row = message.id.rawValue
        try connection.run(
            """
            INSERT INTO mail_outbox (id, envelope, state, created_at, next_attempt_at)
            VALUES (?1, ?2, 'waiting', ?3, ?3)
            """,
            .int(row),
            .blob(seal(Envelope(message).octets, row)),
            .time(now)
        )
    }

    /// A mail whose time has come.
    public struct Delivery: Sendable {
        /// The row.
        public let id: Identifier
        /// What to send; `corrupt` when its row was changed or its key is gone.
        public let envelope: Result<Envelope, MailError>
    }

    /// What there is to do: mails that are due, and when to look again if nobody wakes us.
    public struct Agenda: Sendable {
        /// The mails, longest due first; 32 at the most.
        public let due: [Delivery]
        /// When the next waiting mail is due, itself among `due` or not; `nil` when none waits.
        public let next: Timestamp?
    }

    /// Reads what there is to do at `now`.
    public func agenda(on connection: Connection, now: Timestamp) throws -> Agenda {
        let due = try connection.all(
            """
            SELECT id, envelope FROM mail_outbox
            WHERE state = 'waiting' AND next_attempt_at <= ?1
            ORDER BY next_attempt_at LIMIT ?2
            """,
            .time(now),
            .int(Int64(MailLimits.batch))
        ) { row in
            Delivery(id: row.id(0), envelope: opened(row.blob(1), row: row.int(0)))
        }
        let next = try connection.first(
            "SELECT min(next_attempt_at) FROM mail_outbox WHERE state = 'waiting'",
            read: { $0.optionalTime(0) }
        )
        return Agenda(due: due, next: next ?? nil)
    }

    private func opened(_ sealed: [UInt8], row: Int64) -> Result<Envelope, MailError> {
        do {
            return .success(try Envelope(octets: try open(sealed, row)))
        } catch {
            return .failure(.corrupt)
        }
    }

    /// How many mails are in each state.
    public struct Census: Sendable, Equatable {
        /// Mails that wait for their first or another attempt.
        public var waiting = 0
        /// Mails that were given up.
        public var dead = 0
        /// The reason of the newest dead mail.
        public var lastProblem: String?

        /// The census of an outbox where nothing waits and nothing was given up.
        public init() {}
    }

    /// Counts the mails, for a health page.
    public func census(on connection: Connection) throws -> Census {
        var census = Census()
        try connection.all(
            "SELECT state, count(*) FROM mail_outbox WHERE state <> 'sent' GROUP BY state",
            read: { ($0.text(0), Int($0.int(1))) }
        ).forEach { state, count in
            if state == "dead" { census.dead = count } else { census.waiting = count }
        }
        census.lastProblem = try connection.first(
            "SELECT problem FROM mail_outbox WHERE state = 'dead' ORDER BY finished_at DESC LIMIT 1",
            read: { $0.text(0) }
        )
        return census
    }
}
