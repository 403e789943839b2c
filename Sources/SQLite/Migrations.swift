/// The numbered steps that bring one module's tables up to date; never edited, only added to.
public struct Migrations: Sendable {
    /// The module that owns the tables.
    public let module: String
    /// SQL scripts; the first is version 1.
    public let steps: [String]

    /// The steps of a module, in order.
    public init(module: String, steps: [String]) {
        self.module = module
        self.steps = steps
    }

    /// Applies what a database lacks, all in one transaction.
    ///
    /// - Throws: `MigrationError` for a database made by a newer program, `SQLiteError` otherwise.
    public static func apply(
        _ all: [Migrations],
        to connection: Connection,
        now: Timestamp
    ) throws {
        try connection.run("BEGIN IMMEDIATE")
        do {
            try connection.execute(
                script: """
                    CREATE TABLE IF NOT EXISTS migration (
                        module TEXT NOT NULL,
                        version INTEGER NOT NULL CHECK (version >= 1),
                        applied_at INTEGER NOT NULL, -- milliseconds since 1970, UTC
                        PRIMARY KEY (module, version)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
            for migrations in all { try migrations.apply(to: connection, now: now) }
            try connection.run("COMMIT")
        } catch {
            if connection.isInTransaction { try connection.run("ROLLBACK") }
            throw error
        }
    }

    private func apply(to connection: Connection, now: Timestamp) throws {
        let applied =
            try connection.first(
                "SELECT coalesce(max(version), 0) FROM migration WHERE module = ?1",
                .text(module),
                read: { Int($0.int(0)) }
            ) ?? 0
        guard applied <= steps.count else {
            throw MigrationError.newerDatabase(module: module, version: applied)
        }
        for version in applied..<steps.count {
            try connection.execute(script: steps[version])
            try connection.run(
                "INSERT INTO migration (module, version, applied_at) VALUES (?1, ?2, ?3)",
                .text(module),
                .int(Int64(version + 1)),
                .time(now)
            )
        }
    }
}

/// Why a database cannot be brought up to date.
public enum MigrationError: Error, CustomStringConvertible {
    /// The file was written by a program that knows more steps than this one.
    case newerDatabase(module: String, version: Int)

    /// What to do about it.
    public var description: String {
        switch self {
        case .newerDatabase(let module, let version):
            "the database is newer than this program (`\(module)` version \(version))"
        }
    }
}
