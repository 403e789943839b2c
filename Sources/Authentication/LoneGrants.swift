public import SQLite

/// The grants that one person made before there was a second, and when that time ended.
public struct LoneGrants: Sendable {
    /// Puts a grant on the list that the first second person is shown.
    public func add(
        _ roles: [String],
        to account: Identifier,
        by granter: Identifier,
        now: Timestamp,
        on connection: Connection
    ) throws {
        try connection.run(
            """
            INSERT INTO lone_grant (id, account, granter, roles, granted_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """,
            .id(.random()),
            .id(account),
            .id(granter),
            .text(roles.sorted().joined(separator: " ")),
            .time(now)
        )
    }

    /// Every such grant, oldest first.
    public func all(on connection: Connection) throws -> [LoneGrant] {
        try connection.all(
            "SELECT account, granter, roles, granted_at FROM lone_grant ORDER BY granted_at, id",
            read: { row in
                LoneGrant(
                    account: row.id(0),
                    granter: row.id(1),
                    roles: row.text(2).split(separator: " ").map(String.init),
                    at: row.time(3)
                )
            }
        )
    }

    /// Whether somebody who approves grants has ever elevated.
    ///
    /// It stays so when they lose their authenticator: or disabling it would give one person back
    /// what takes two.
    public func haveEnded(on connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM second_person") { _ in true } ?? false
    }

    /// Notes the first elevation of somebody who approves grants.
    ///
    /// - Returns: whether it was the first.
    public func end(
        by account: Identifier,
        now: Timestamp,
        on connection: Connection
    ) throws -> Bool {
        try connection.run(
            "INSERT INTO second_person (id, account, since) VALUES (1, ?1, ?2) ON CONFLICT DO NOTHING",
            .id(account),
            .time(now)
        ) == 1
    }
}
