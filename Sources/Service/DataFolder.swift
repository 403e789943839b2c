import AuditTrail
import Authentication
import Crypto
import Glibc
import Mail
import Records
import SQLite

/// The folder that holds a school's data; one process at a time.
final class DataFolder: Sendable {
    /// What a school is told apart by, and the wrapped keys of its tables.
    struct Deed: Sendable {
        let name: String
        /// The name of the access log (c2sp.org/tlog-checkpoint).
        let origin: LogOrigin
        let keys: [WrappedKey]
    }

    /// The table whose data key seals mails that wait.
    static let mailTable = "mail_outbox"
    /// Every table with sealed columns: each has a data key of its own.
    static let sealedTables = IdentityStore.sealedTables + RecordStore.sealedTables + [mailTable]

    /// The path of the folder.
    let path: String
    /// The path of the database file.
    let database: String
    private let lock: Int32

    private static let migrations = Migrations(
        module: "Service",
        steps: [
            """
            CREATE TABLE school (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                name TEXT NOT NULL,
                origin TEXT NOT NULL, -- the access log's name in its checkpoints
                created_at INTEGER NOT NULL -- milliseconds since 1970, UTC
            ) STRICT;
            CREATE TABLE data_key (
                table_name TEXT NOT NULL,
                version INTEGER NOT NULL CHECK (version >= 1),
                wrapped BLOB NOT NULL, -- under a key-encryption key of the keys folder
                PRIMARY KEY (table_name, version)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE idempotency (
                person INTEGER NOT NULL,
                key_hash BLOB NOT NULL CHECK (length(key_hash) = 32),
                request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
                result TEXT NOT NULL, -- the id of what was made
                at INTEGER NOT NULL, -- milliseconds since 1970, UTC
                PRIMARY KEY (person, key_hash)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX idempotency_by_time ON idempotency (at);
            """,
            """
            CREATE TABLE run_mark (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                name TEXT NOT NULL, -- of a file beside the database
                changed_at INTEGER NOT NULL -- of that file, nanoseconds since 1970, UTC
            ) STRICT;
            """,
            """
            CREATE TABLE key_check (
                name TEXT PRIMARY KEY, -- of the file in the keys folder
                value BLOB NOT NULL CHECK (length(value) = 16) -- tells the key from every other
            ) STRICT, WITHOUT ROWID;
            """,
        ]
    )

    /// Takes a folder into possession.
    ///
    /// - Throws: `ServiceError.folder` when it cannot be made, `.held` when another process holds it.
    init(path: String) throws(ServiceError) {
        self.path = path
        database = DataFolder.database(in: path)
        if mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw .folder("cannot make `\(path)`: \(String(cString: strerror(errno)))")
        }
        lock = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw .folder("cannot open `\(path)/lock`: \(String(cString: strerror(errno)))")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(lock)
            throw .held("another keyholder holds `\(path)`")
        }
    }

    /// Where the database of a folder is.
    static func database(in path: String) -> String { "\(path)/keyholder.sqlite" }

    /// The outbox as this folder seals it.
    static func outbox(_ sealing: SealingKeys) throws -> Outbox {
        let sealer = try sealing.sealer(for: mailTable)
        return Outbox(
            seal: { sealer.seal($0, column: $1, row: $2) },
            open: { try sealer.open($0, column: $1, row: $2) }
        )
    }

    /// Whether a school lives here.
    var isEmpty: Bool { access(database, F_OK) != 0 }

    /// Lets another process have the folder.
    func release() { Glibc.close(lock) }

    /// The writing connection, with every table up to date.
    func openForWriting(now: Timestamp) throws -> Connection {
        guard !isEmpty else {
            throw ServiceError.folder("no school in this folder: run init first")
        }
        return try connect(now: now)
    }

    /// Makes the database of a new school, with nothing in its tables.
    func create(now: Timestamp) throws -> Connection { try connect(now: now) }

    /// Writes down what a new school is told apart by.
    static func enter(_ deed: Deed, now: Timestamp, on connection: Connection) throws {
        try connection.run(
            "INSERT INTO school (id, name, origin, created_at) VALUES (1, ?1, ?2, ?3)",
            .text(deed.name),
            .text(deed.origin.description),
            .time(now)
        )
        for key in deed.keys {
            try connection.run(
                "INSERT INTO data_key (table_name, version, wrapped) VALUES (?1, ?2, ?3)",
                .text(key.table),
                .int(Int64(key.version)),
                .blob(key.wrapped)
            )
        }
    }

    /// Removes the database of a school that was not founded in the end, connections to it closed.
    ///
    /// The lock stays: somebody who opened its file a moment ago would hold nothing else.
    /// - Returns: `false` when a file of it cannot be removed.
    func removeDatabase() -> Bool {
        var isGone = true
        for suffix in ["", "-wal", "-shm"]
        where unlink(database + suffix) != 0 && errno != ENOENT { isGone = false }
        return isGone
    }

    /// Reads what the folder says of its school.
    static func deed(on connection: Connection) throws -> Deed {
        let keys = try connection.all("SELECT table_name, version, wrapped FROM data_key") { row in
            WrappedKey(table: row.text(0), version: Int(row.int(1)), wrapped: row.blob(2))
        }
        let deed = try connection.first("SELECT name, origin FROM school") { row in
            guard let origin = LogOrigin(row.text(1)) else {
                throw ServiceError.folder("the log's name `\(row.text(1))` has no number")
            }
            return Deed(name: row.text(0), origin: origin, keys: keys)
        }
        guard let deed else {
            throw ServiceError.folder(
                "the database holds no school: `init` was interrupted; remove what it has made and "
                    + "run it again"
            )
        }
        return deed
    }

    /// Holds the keys to those that the school has been opened with; new ones are noted.
    ///
    /// A wrong key of the right form would give every incident another number, or make entries that
    /// nobody can ever verify.
    /// - Throws: `ServiceError.folder`, naming the file.
    static func check(_ keyRing: KeyRing, in folder: String, on connection: Connection) throws {
        let known = try connection.all("SELECT name, value FROM key_check") { row in
            (name: row.text(0), value: row.blob(1))
        }
        try connection.savepoint {
            for (name, value) in keyRing.checkValues.sorted(by: { $0.key < $1.key }) {
                guard let stored = known.first(where: { $0.name == name })?.value else {
                    try connection.run(
                        "INSERT INTO key_check (name, value) VALUES (?1, ?2)",
                        .text(name),
                        .blob(value)
                    )
                    continue
                }
                guard constantTimeEquals(stored, value) else {
                    throw ServiceError.folder("`\(folder)/\(name)` is not a key of this school")
                }
            }
        }
    }

    private func connect(now: Timestamp) throws -> Connection {
        let mask = umask(0o077)
        defer { umask(mask) }
        let connection = try Connection(path: database, access: .writing)
        try Migrations.apply(
            [
                DataFolder.migrations, IdentityStore.migrations, RecordStore.migrations,
                AccessLog.migrations, Outbox.migrations, RightsEpoch.migrations,
            ],
            to: connection,
            now: now
        )
        return connection
    }
}
