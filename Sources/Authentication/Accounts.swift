import Crypto
public import SQLite

/// The accounts of a school, names and addresses sealed.
public struct Accounts: Sendable {
    let keys: IdentityKeys

    /// Creates an account in the state `invited`.
    ///
    /// - Parameters:
    ///   - new: what it is made from.
    ///   - withheld: roles of `new` that wait for a second person.
    ///   - now: the present.
    ///   - connection: the writing connection.
    /// - Returns: the account.
    /// - Throws: `AuthenticationError.addressTaken` when another account that is not `left` has
    ///   the address.
    public func create(
        _ new: NewAccount,
        withholding withheld: [String] = [],
        now: Timestamp,
        on connection: Connection
    ) throws -> StaffMember {
        let id = Identifier.random()
        let row = id.rawValue
        let added = try connection.run(
            """
            INSERT INTO account (id, address_index, email, name, job_title, state, chair, created_at)
            SELECT ?1, ?2, ?3, ?4, ?5, 'invited', ?6, ?7
            WHERE NOT EXISTS (SELECT 1 FROM account WHERE address_index = ?2)
            """,
            .id(id),
            .blob(keys.addressIndex(new.email)),
            .blob(keys.account.seal(new.email.text, column: "email", row: row)),
            .blob(keys.account.seal(new.name, column: "name", row: row)),
            .blob(keys.account.seal(new.jobTitle, column: "job_title", row: row)),
            .bool(new.chair),
            .time(now)
        )
        guard added == 1 else { throw AuthenticationError.addressTaken }
        try setRoles(new.roles.filter { !withheld.contains($0) }, of: id, on: connection)
        return try member(id, on: connection)
    }

    /// The account with an id; `nil` when there is none.
    public func find(_ id: Identifier, on connection: Connection) throws -> StaffMember? {
        try connection.first(
            """
            SELECT a.id, a.email, a.name, a.job_title, a.state, a.chair, a.created_at,
                (SELECT group_concat(role, ' ') FROM account_role WHERE account = a.id),
                (SELECT state FROM authenticator WHERE account = a.id)
            FROM account a WHERE a.id = ?1
            """,
            .id(id),
            read: read
        )
    }

    /// The account that has an address now; `nil` when there is none.
    public func find(_ email: EmailAddress, on connection: Connection) throws -> StaffMember? {
        try id(of: email, on: connection).flatMap { try find($0, on: connection) }
    }

    /// Every account, those who left too, in no particular order.
    public func all(on connection: Connection) throws -> [StaffMember] {
        try connection.all(
            """
            SELECT a.id, a.email, a.name, a.job_title, a.state, a.chair, a.created_at,
                (SELECT group_concat(role, ' ') FROM account_role WHERE account = a.id),
                (SELECT state FROM authenticator WHERE account = a.id)
            FROM account a
            """,
            read: read
        )
    }

    /// Whether nobody has redeemed the first set-up link yet.
    public func isUntouched(on connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM account WHERE password IS NOT NULL LIMIT 1") { _ in
            false
        } ?? true
    }

    /// Changes an account; what follows from it (sessions, links, elevation) happens with it.
    ///
    /// - Parameters:
    ///   - id: the account.
    ///   - change: what is changed.
    ///   - held: for each entry, roles of which somebody active with an active authenticator must
    ///     be left holding one, if somebody does now.
    ///   - now: the present.
    ///   - connection: the writing connection.
    /// - Returns: the account before and after.
    /// - Throws: `AuthenticationError.unknownAccount`, `.addressTaken`, `.lastHolder`, and
    ///   `.conflict` for a state that cannot follow the present one.
    public func change(
        _ id: Identifier,
        _ change: AccountChange,
        keeping held: [[String]],
        now: Timestamp,
        on connection: Connection
    ) throws -> (before: StaffMember, after: StaffMember) {
        guard let before = try find(id, on: connection) else {
            throw AuthenticationError.unknownAccount
        }
        let heldBefore = try held.map { try isHeld($0, on: connection) }
        let state = change.state ?? before.state
        guard AccountState.follows(state, before.state) else { throw AuthenticationError.conflict }
        try write(before, change, state: state, on: connection)
        if state != before.state, state != .active {
            try endEverything(of: id, now: now, on: connection)
        }
        if let roles = change.roles, roles != before.roles {
            try setRoles(roles, of: id, on: connection)
            // A lost role must not act for the rest of an hour, nor a new one be elevated already.
            try connection.run(
                "UPDATE session SET elevated_at = NULL, boot = NULL WHERE account = ?1",
                .id(id)
            )
        }
        for (roles, wasHeld) in zip(held, heldBefore) where wasHeld {
            guard try isHeld(roles, on: connection) else { throw AuthenticationError.lastHolder }
        }
        return (before, try member(id, on: connection))
    }

    /// The active accounts that hold a role and have an active authenticator, or that could have.
    public func holders(
        of role: String,
        withAuthenticator: Bool,
        on connection: Connection
    ) throws -> [Identifier] {
        try connection.all(
            """
            SELECT staff FROM active_role_holder h WHERE role = ?1 AND (?2 = 0 OR EXISTS
                (SELECT 1 FROM authenticator t WHERE t.account = h.staff AND t.state = 'active'))
            """,
            .text(role),
            .bool(withAuthenticator),
            read: { $0.id(0) }
        )
    }

    /// The id of the account that has an address now.
    func id(of email: EmailAddress, on connection: Connection) throws -> Identifier? {
        try connection.first(
            "SELECT id FROM account WHERE address_index = ?1",
            .blob(keys.addressIndex(email)),
            read: { $0.id(0) }
        )
    }

    /// An account that must be there.
    func member(_ id: Identifier, on connection: Connection) throws -> StaffMember {
        guard let member = try find(id, on: connection) else {
            throw AuthenticationError.unknownAccount
        }
        return member
    }

    private func write(
        _ before: StaffMember,
        _ change: AccountChange,
        state: AccountState,
        on connection: Connection
    ) throws {
        let row = before.id.rawValue
        let email = change.email ?? before.email
        if email != before.email {
            if let other = try self.id(of: email, on: connection), other != before.id {
                throw AuthenticationError.addressTaken
            }
            // A link is bound to the address it was mailed to.
            try voidToken(of: before.id, on: connection)
        }
        let changed = try connection.run(
            """
            UPDATE account SET address_index = ?2, email = ?3, name = ?4, job_title = ?5,
                state = ?6, chair = ?7
            WHERE id = ?1 AND state != 'left' AND (?6 != 'active' OR password IS NOT NULL)
                AND (?6 != 'invited' OR password IS NULL)
            """,
            .id(before.id),
            .blob(state == .left ? nil : keys.addressIndex(email)),
            .blob(keys.account.seal(email.text, column: "email", row: row)),
            .blob(keys.account.seal(change.name ?? before.name, column: "name", row: row)),
            .blob(
                keys.account.seal(
                    change.jobTitle ?? before.jobTitle,
                    column: "job_title",
                    row: row
                )
            ),
            .text(state.rawValue),
            .bool(change.chair ?? before.chair)
        )
        guard changed == 1 else { throw AuthenticationError.conflict }
    }

    private func endEverything(
        of id: Identifier,
        now: Timestamp,
        on connection: Connection
    ) throws {
        try connection.run(
            """
            UPDATE session SET ended_at = ?2, elevated_at = NULL, boot = NULL
            WHERE account = ?1 AND ended_at IS NULL
            """,
            .id(id),
            .time(now)
        )
        try voidToken(of: id, on: connection)
        try connection.run("DELETE FROM enrolment_code WHERE account = ?1", .id(id))
        try connection.run(
            "DELETE FROM authenticator WHERE account = ?1 AND state = 'pending'",
            .id(id)
        )
    }

    private func voidToken(of id: Identifier, on connection: Connection) throws {
        try connection.run("UPDATE mailed_token SET hash = NULL WHERE account = ?1", .id(id))
    }

    private func setRoles(
        _ roles: [String],
        of id: Identifier,
        on connection: Connection
    ) throws {
        try connection.run("DELETE FROM account_role WHERE account = ?1", .id(id))
        for role in roles {
            try connection.run(
                "INSERT INTO account_role (account, role) VALUES (?1, ?2)",
                .id(id),
                .text(role)
            )
        }
    }

    private func isHeld(_ roles: [String], on connection: Connection) throws -> Bool {
        for role in roles
        where try !holders(of: role, withAuthenticator: true, on: connection).isEmpty {
            return true
        }
        return false
    }

    /// Reads a row with the columns of `find`.
    func read(_ row: Row) throws -> StaffMember {
        let id = row.id(0)
        func text(_ column: Int32, _ name: StaticString) throws -> String {
            try keys.account.openText(row.blob(column), column: name, row: id.rawValue)
        }
        guard let email = EmailAddress(try text(1, "email")),
            let state = AccountState(rawValue: row.text(4))
        else { throw AuthenticationError.corrupt("account") }
        return StaffMember(
            id: id,
            email: email,
            name: try text(2, "name"),
            jobTitle: try text(3, "job_title"),
            roles: row.text(7).split(separator: " ").map(String.init).sorted(),
            state: state,
            chair: row.bool(5),
            createdAt: row.time(6),
            authenticator: try AuthenticatorState(stored: row.optionalText(8))
        )
    }
}

extension AccountState {
    /// Whether an account in the state `before` may be put into `after`.
    static func follows(_ after: AccountState, _ before: AccountState) -> Bool {
        switch before {
        // Whether there is a password, which `active` needs, is in the statement.
        case .invited, .active, .suspended: true
        case .left: after == .left
        }
    }
}
