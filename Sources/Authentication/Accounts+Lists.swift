public import SQLite

/// Accounts by the list, and how many of them could elevate now.
extension Accounts {
    /// A page of the accounts, those who left too, newest first.
    ///
    /// - Parameters:
    ///   - position: when the last one of the page before was created, and its id.
    ///   - limit: how many.
    ///   - connection: a reader's connection.
    /// - Returns: the accounts.
    /// - Throws: `AuthenticationError.corrupt`; `SQLiteError`.
    public func page(
        before position: (at: Timestamp, id: Identifier)?,
        limit: Int,
        on connection: Connection
    ) throws -> [StaffMember] {
        try connection.all(
            """
            SELECT a.id, a.email, a.name, a.job_title, a.state, a.chair, a.created_at,
                (SELECT group_concat(role, ' ') FROM account_role WHERE account = a.id),
                (SELECT state FROM authenticator WHERE account = a.id)
            FROM account a WHERE ?1 IS NULL OR (a.created_at, a.id) < (?1, ?2)
            ORDER BY a.created_at DESC, a.id DESC LIMIT ?3
            """,
            .time(position?.at),
            .id(position?.id),
            .int(Int64(limit)),
            read: read
        )
    }

    /// How many people have an active authenticator and an active account, counted up to `enough`:
    /// every answer about a session asks, and a large school has many.
    public func activeAuthenticators(upTo enough: Int, on connection: Connection) throws -> Int {
        try connection.first(
            """
            SELECT count(*) FROM (SELECT 1 FROM authenticator t JOIN account a ON a.id = t.account
                WHERE t.state = 'active' AND a.state = 'active' LIMIT ?1)
            """,
            .int(Int64(enough))
        ) { Int($0.int(0)) } ?? 0
    }
}
