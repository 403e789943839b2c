import SQLite

/// Counts the changes of what anybody may do: a row that triggers keep, so that nobody who writes such
/// a change can forget to count it.
///
/// What was found out about a session or decided for it holds for as long as the count is the same. As
/// it lies in the database, a snapshot and its count always belong together.
struct RightsEpoch: Hashable, Sendable {
    let number: Int64
    /// Counts those changes alone that a `Directory` follows: who there is, in which roles.
    let people: Int64

    /// The count in the transaction that is open.
    static func current(on connection: Connection) throws -> RightsEpoch {
        let epoch = try connection.first(
            "SELECT epoch, people FROM rights",
            read: { RightsEpoch(number: $0.int(0), people: $0.int(1)) }
        )
        guard let epoch else { throw ServiceError.folder("the database has no `rights`") }
        return epoch
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
                + triggers(of: "staff_relation", "INSERT", "UPDATE", "DELETE"),
            people,
        ]
    )

    /// A new session changes nobody's rights but those it brings, and activity changes none.
    private static let sessionChange =
        "UPDATE OF token, account, expires_at, elevated_at, boot, locked, ended_at"

    private static let people = """
        ALTER TABLE rights ADD COLUMN people INTEGER NOT NULL DEFAULT 0;
        CREATE TRIGGER people_come AFTER INSERT ON account
        BEGIN UPDATE rights SET people = people + 1; END;
        CREATE TRIGGER people_change AFTER UPDATE OF state, chair ON account
        WHEN old.state IS NOT new.state OR old.chair IS NOT new.chair
        BEGIN UPDATE rights SET people = people + 1; END;
        CREATE TRIGGER people_take_a_role AFTER INSERT ON account_role
        BEGIN UPDATE rights SET people = people + 1; END;
        CREATE TRIGGER people_change_a_role AFTER UPDATE ON account_role
        BEGIN UPDATE rights SET people = people + 1; END;
        CREATE TRIGGER people_lose_a_role AFTER DELETE ON account_role
        BEGIN UPDATE rights SET people = people + 1; END;
        """

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
