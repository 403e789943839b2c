import Crypto
public import SQLite

/// The links by which a first password is set and a forgotten one replaced.
///
/// A token is 256 random bits; the file has its SHA-256, whom it was mailed to, and no more than
/// one for an account. It sets a password: it signs nobody in and touches no authenticator.
public struct MailedTokens: Sendable {
    let keys: IdentityKeys
    let accounts: Accounts
    let sessions: Sessions

    /// What a link is for.
    public enum Kind: String, Sendable, Hashable {
        /// The first password.
        case invite
        /// A new one for a forgotten one.
        case reset
    }

    /// Makes the link of an account, to be shown on the machine; an earlier one is dead.
    ///
    /// - Returns: the token and the address; `nil` for an account that may not set a password.
    public func issue(
        for account: Identifier,
        kind: Kind,
        at occasion: Occasion
    ) throws -> MailedToken? {
        try make(for: account, kind: kind, mails: 0, at: occasion)
    }

    /// Makes the link to a first password, to be mailed to the address of the account; an earlier
    /// one is dead.
    ///
    /// - Returns: the token and the address; `nil` for an account that may not set a password.
    /// - Throws: `AuthenticationError.mailedEnough` within the hour in which it was.
    public func invite(_ account: Identifier, at occasion: Occasion) throws -> MailedToken? {
        let limit = occasion.rules.resetMailsPerHour
        if let wait = try wait(of: account, after: limit, at: occasion) {
            throw AuthenticationError.mailedEnough(retryAfter: wait)
        }
        return try make(for: account, kind: .invite, mails: 1, at: occasion)
    }

    /// How long an account that was mailed so many links is mailed none; `nil` for any other.
    private func wait(
        of account: Identifier,
        after limit: Int,
        at occasion: Occasion
    ) throws -> Duration? {
        let hour = try occasion.db.first(
            "SELECT mails, hour_start FROM mailed_token WHERE account = ?1 AND hour_start > ?2",
            .id(account),
            .time(occasion.now - MailedTokens.hour),
            read: { (mails: Int($0.int(0)), start: $0.time(1)) }
        )
        guard let hour, hour.mails >= limit else { return nil }
        return hour.start + MailedTokens.hour - occasion.now
    }

    private static let hour = Duration.seconds(3_600)

    private func make(
        for account: Identifier,
        kind: Kind,
        mails: Int64,
        at occasion: Occasion
    ) throws -> MailedToken? {
        guard let member = try accounts.find(account, on: occasion.db),
            member.state == .invited || member.state == .active
        else { return nil }
        // Whoever was invited and asks for a link has what they were sent replaced, not cut short.
        let kind = member.state == .invited ? .invite : kind
        let bytes = Random.bytes(MailedToken.length)
        let lifetime =
            kind == .invite ? occasion.rules.inviteLifetime : occasion.rules.resetLifetime
        let index = keys.addressIndex(member.email)
        // The hour begins anew with each mail: so no hour has more, wherever it is taken.
        try occasion.db.run(
            """
            INSERT INTO mailed_token (account, hash, kind, address_index, expires_at, hour_start, mails)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?8)
            ON CONFLICT (account) DO UPDATE SET hash = ?2, kind = ?3, address_index = ?4,
                expires_at = ?5, mails = iif(hour_start > ?7, mails, 0) + ?8,
                hour_start = iif(?8 = 0, hour_start, ?6)
            """,
            .id(account),
            .blob(SHA256.hash(bytes)),
            .text(kind.rawValue),
            .blob(index),
            .time(occasion.now + lifetime),
            .time(occasion.now),
            .time(occasion.now - MailedTokens.hour),
            .int(mails)
        )
        return MailedToken(
            text: Base64.url.encode(bytes),
            member: member,
            expiresAt: occasion.now + lifetime
        )
    }

    /// Counts that somebody asked for a link by typing an address, whether there is such an account
    /// or not.
    ///
    /// A source that asks too often is not heard any more, so that it can use up neither the mails
    /// of everybody nor the patience of the school's relay; a person's own device always is.
    public func hear(
        email typed: String,
        client: Client,
        at occasion: Occasion
    ) throws -> LinkRequest {
        let (throttle, devices) = (sessions.checks.throttle, sessions.checks.devices)
        let account = try accounts.id(of: EmailAddress(typed) ?? .nobody, on: occasion.db)
        let device = devices.device(of: client)
        if try devices.isKnown(device, for: account, on: occasion.db) {
            return LinkRequest(account: account, isHeard: true)
        }
        let source = throttle.sourceBucket(.source, client.address, purpose: "link", occasion.rules)
        let wait = try throttle.count(source.map { [$0] } ?? [], at: occasion)
        return LinkRequest(account: account, isHeard: wait == nil)
    }

    /// Makes the link that somebody asked for by typing an address.
    ///
    /// - Returns: `nil` where nothing is mailed: no such account, one that is suspended, or one
    ///   that was mailed enough within the hour. The answer to the client does not differ.
    public func request(email typed: String, at occasion: Occasion) throws -> MailedToken? {
        guard let email = EmailAddress(typed),
            let member = try accounts.find(email, on: occasion.db)
        else { return nil }
        // Of those who are invited one mail is left to whoever invites them: a stranger must not be
        // able to keep an address from being corrected.
        let limit = occasion.rules.resetMailsPerHour
        let asked = member.state == .invited ? max(1, limit - 1) : limit
        guard try wait(of: member.id, after: asked, at: occasion) == nil else { return nil }
        return try make(for: member.id, kind: .reset, mails: 1, at: occasion)
    }

    /// Whose new password a token may set; `nil` for one that is unknown, used, replaced or old.
    public func holder(
        of token: String,
        now: Timestamp,
        on connection: Connection
    ) throws -> PasswordHolder? {
        guard let hash = MailedTokens.hash(token) else { return nil }
        let account = try connection.first(
            """
            SELECT t.account FROM mailed_token t JOIN account a ON a.id = t.account
            WHERE t.hash = ?1 AND t.expires_at > ?2 AND a.address_index = t.address_index
                AND a.state IN ('invited', 'active')
            """,
            .blob(hash),
            .time(now),
            read: { $0.id(0) }
        )
        return try account.map { try accounts.holder($0, on: connection) }
    }

    /// Sets the password of a token's account, whose every session ends; the token is used up.
    ///
    /// - Returns: the account.
    /// - Throws: `AuthenticationError.resetExpired` when the token died in the meantime: of two
    ///   that race, one sets the password.
    public func redeem(
        _ token: String,
        setting password: NewPassword,
        at occasion: Occasion
    ) throws -> Identifier {
        guard let hash = MailedTokens.hash(token),
            let account = try holder(of: token, now: occasion.now, on: occasion.db)?.account
        else { throw AuthenticationError.resetExpired }
        let used = try occasion.db.run(
            "UPDATE mailed_token SET hash = NULL WHERE account = ?1 AND hash = ?2 AND expires_at > ?3",
            .id(account),
            .blob(hash),
            .time(occasion.now)
        )
        guard used == 1 else { throw AuthenticationError.resetExpired }
        try accounts.setPassword(
            password,
            of: account,
            keeping: occasion.rules.password.history,
            now: occasion.now,
            on: occasion.db
        )
        try sessions.endAll(of: account, now: occasion.now, on: occasion.db)
        try sessions.checks.endFailures(
            of: try accounts.member(account, on: occasion.db),
            on: occasion.db
        )
        return account
    }

    /// Ends every link.
    func voidAll(on connection: Connection) throws {
        try connection.run("UPDATE mailed_token SET hash = NULL")
    }

    private static func hash(_ token: String) -> [UInt8]? {
        guard token.utf8.count <= Limits.codeBytes, let bytes = try? Base64.url.decode(token),
            bytes.count == MailedToken.length
        else { return nil }
        return SHA256.hash(bytes)
    }
}

/// What came of asking for a link; the answer to the client does not differ.
public struct LinkRequest: Sendable {
    /// The account that has the address, for the log alone.
    public let account: Identifier?
    /// Whether a link is to be made, if there is such an account.
    public let isHeard: Bool
}

/// A link's token, for the mail alone.
public struct MailedToken: Sendable, CustomStringConvertible, CustomReflectable {
    static let length = 32

    /// What stands after `#reset=` in the link.
    public let text: String
    /// Whom it is mailed to.
    public let member: StaffMember
    /// When it dies.
    public let expiresAt: Timestamp

    /// Always the same word.
    public var description: String { "<mailed token>" }

    /// Without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
