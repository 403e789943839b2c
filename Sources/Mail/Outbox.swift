public import SQLite

/// The mails that wait, as rows written with the act that causes them.
///
/// A mail is tried until it is handed over or three days old; then it is dead, and stays visible as
/// such for 90 days, with the one whom it was for. What it said is wiped in both cases.
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
            """,
            """
            ALTER TABLE mail_outbox ADD COLUMN recipient BLOB -- sealed; wiped when it is sent
                CHECK (state <> 'sent' OR recipient IS NULL);
            CREATE INDEX mail_outbox_finished ON mail_outbox (state, finished_at)
                WHERE state <> 'waiting';
            """,
        ]
    )

    /// Turns the content of a column of a row into what the file holds.
    public typealias Seal = @Sendable ([UInt8], _ column: StaticString, _ row: Int64) -> [UInt8]
    /// The way back.
    public typealias Open =
        @Sendable ([UInt8], _ column: StaticString, _ row: Int64) throws -> [UInt8]

    private let seal: Seal
    private let open: Open

    /// An outbox whose columns are sealed by the given pair.
    public init(seal: @escaping Seal, open: @escaping Open) {
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
            INSERT INTO mail_outbox
                (id, envelope, recipient, state, created_at, next_attempt_at)
            VALUES (?1, ?2, ?3, 'waiting', ?4, ?4)
            """,
            .int(row),
            .blob(seal(Envelope(message).octets, Column.envelope, row)),
            .blob(seal(Array(message.to.description.utf8), Column.recipient, row)),
            .time(now)
        )
    }

    // Names of old: what they seal cannot be opened under another.
    private enum Column {
        static let envelope: StaticString = "content"
        static let recipient: StaticString = "recipient"
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
            return .success(try Envelope(octets: try open(sealed, Column.envelope, row)))
        } catch {
            return .failure(.corrupt)
        }
    }

    /// Whom a mail that was not sent is for; `nil` where that cannot be read.
    func recipient(_ sealed: [UInt8]?, row: Int64) -> MailAddress? {
        guard let sealed, let octets = try? open(sealed, Column.recipient, row) else { return nil }
        return try? MailAddress(String(decoding: octets, as: UTF8.self))
    }
}
