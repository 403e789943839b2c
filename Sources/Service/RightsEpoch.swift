import SQLite

/// Counts the changes of what anybody may do: a row that triggers keep, so that nobody who writes such
/// a change can forget to count it.
///
/// What was found out about a session or decided for it holds for as long as the count is the same. As
/// it lies in the database, a snapshot and its count always belong together.
struct RightsEpoch: Hashable, Sendable {
    let number: Int64

    /// The count in the transaction that is open.
    static func current(on connection: Connection) throws -> RightsEpoch {
        let number = try connection.first("SELECT epoch FROM rights", read: { $0.int(0) })
        guard let number else { throw ServiceError.folder("the database has no `rights`") }
        return RightsEpoch(number: number)
    }

    /// Comes after those of the stores, whose tables it watches.
    static let migrations = Migrations(
        module: "Rights",
        steps: [
            """
            CREATE TABLE rights (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                epoch INTEGER NOT NULL
            ) STRICT;
            INSERT INTO rights (id, epoch) VALUES (1, 0);
            """
                + triggers(of: "session", "DELETE", sessionChange)
                + triggers(of: "account", "UPDATE OF state, chair")
                + triggers(of: "account_role", "INSERT", "UPDATE", "DELETE")
                + triggers(of: "authenticator", "INSERT", "UPDATE OF account, state", "DELETE")
                + triggers(of: "staff_relation", "INSERT", "UPDATE", "DELETE")
        ]
    )

    /// A new session changes nobody's rights but those it brings, and activity changes none.
    private static let sessionChange =
        "UPDATE OF token, account, expires_at, elevated_at, boot, locked, ended_at"

    private static func triggers(of table: String, _ changes: String...) -> String {
        changes.map { change in
            """
            CREATE TRIGGER rights_\(table)_\(change.prefix(6).lowercased()) AFTER \(change) ON \(table)
            BEGIN UPDATE rights SET epoch = epoch + 1; END;

            """
        }
        .joined()
    }
}
