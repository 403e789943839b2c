import Crypto
public import SQLite

/// The first and the last step of every check of a password, both on the writing connection.
///
/// An attempt is counted, and the count committed, before the hash is computed: parallel guesses
/// cannot pass the limit (CVE-2024-4629), and a failure cannot roll its own count back
/// (CVE-2026-35597).
public struct PasswordChecks: Sendable {
    let keys: IdentityKeys
    let accounts: Accounts
    let throttle: Throttle
    let devices: Devices
    private let decoy: PasswordHash

    init(
        keys: IdentityKeys,
        accounts: Accounts,
        throttle: Throttle,
        devices: Devices,
        cost: PasswordHash.Cost
    ) {
        (self.keys, self.accounts, self.throttle, self.devices) = (
            keys, accounts, throttle, devices
        )
        decoy = PasswordHash(
            cost: cost,
            pepper: keys.pepperVersion,
            salt: Random.bytes(PasswordHash.saltLength),
            hash: Random.bytes(PasswordHash.hashLength)
        )
    }

    /// Counts an attempt to sign in, known address or not.
    public func begin(
        email typed: String,
        client: Client,
        at occasion: Occasion
    ) throws -> PasswordChallenge {
        let spelling = EmailAddress.counterSpelling(typed)
        // Looked up for what is no address as well, so that both take the same time.
        let email = EmailAddress(typed) ?? EmailAddress.nobody
        let account = try accounts.id(of: email, on: occasion.db)
        let device = devices.device(of: client)
        let isKnown = try devices.isKnown(device, for: account, on: occasion.db)
        var buckets: [Throttle.Bucket]
        if isKnown, let device {
            // Her own device has its own count: a stranger cannot lock her out, and a school behind
            // one address is not throttled as one.
            buckets = [throttle.bucket(.device, spelling, device)]
        } else {
            buckets = [throttle.bucket(.address, spelling)]
            if let source = throttle.sourceBucket(.source, client.address, occasion.rules) {
                buckets.append(source)
            }
        }
        return try attempt(account, buckets, isKnown: isKnown, at: occasion)
    }

    /// Counts an attempt of somebody signed in to prove who they are once more.
    public func begin(account: Identifier, at occasion: Occasion) throws -> PasswordChallenge {
        let buckets = [throttle.bucket(.signedIn, bigEndian(account.rawValue))]
        return try attempt(account, buckets, at: occasion)
    }

    /// Takes an attempt back that was counted but could not be evaluated (the pool was full).
    ///
    /// Unlike a success it ends no row of failures: otherwise filling the pool would be a way to
    /// guess without end.
    public func withdraw(_ attempt: PasswordAttempt, on connection: Connection) throws {
        try throttle.withdraw(attempt.counted, countedAt: attempt.countedAt, on: connection)
    }

    /// Ends the rows of failures at an account whose mailbox was just proved: those that strangers
    /// left, and its owner's own.
    func endFailures(of member: StaffMember, on connection: Connection) throws {
        let spelling = EmailAddress.counterSpelling(member.email.text)
        let owned = try devices.known(for: member.id, on: connection)
            .map { throttle.bucket(.device, spelling, $0) }
        let others = [
            throttle.bucket(.address, spelling),
            throttle.bucket(.signedIn, bigEndian(member.id.rawValue)),
        ]
        try throttle.forgive(others + owned, on: connection)
    }

    /// Decides an evaluated attempt again: the account may have changed since.
    ///
    /// A success ends the row of failures and keeps the hash at the present cost.
    /// - Returns: the account; `nil` when the password is not right any more, or the account is
    ///   not active.
    func settle(
        _ proof: PasswordProof,
        on connection: Connection
    ) throws -> Identifier? {
        let attempt = proof.attempt
        // Read for a wrong one as well, so that both take the same time.
        let stillStored = try connection.first(
            "SELECT 1 FROM account WHERE id = ?1 AND state = 'active' AND password = ?2",
            .id(attempt.account),
            .text(attempt.stored.description),
            read: { _ in true }
        )
        guard proof.isCorrect, stillStored == true, let account = attempt.account else {
            return nil
        }
        try throttle.forgive(attempt.counted, on: connection)
        if let renewed = proof.renewed {
            try connection.run(
                "UPDATE account SET password = ?2 WHERE id = ?1",
                .id(account),
                .text(renewed.description)
            )
            try connection.run(
                """
                UPDATE password_history SET hash = ?2 WHERE account = ?1 AND number =
                    (SELECT max(number) FROM password_history WHERE account = ?1)
                """,
                .id(account),
                .text(renewed.description)
            )
        }
        return account
    }

    /// An attempt at the password of an account, or at a decoy.
    func attempt(
        _ account: Identifier?,
        _ buckets: [Throttle.Bucket],
        isKnown: Bool = true,
        at occasion: Occasion
    ) throws -> PasswordChallenge {
        let failuresBefore =
            try buckets.first.map { try throttle.failures($0, at: occasion) } ?? 0
        if let wait = try throttle.count(buckets, at: occasion) {
            return .throttled(retryAfter: wait)
        }
        let stored =
            try occasion.db.first(
                "SELECT password FROM account WHERE id = ?1 AND state = 'active'",
                .id(account),
                read: { $0.text(0) }
            ) ?? ""
        let hash = PasswordHash(stored)
        if hash == nil, !stored.isEmpty { throw AuthenticationError.corrupt("account.password") }
        return .attempt(
            PasswordAttempt(
                account: account,
                stored: hash ?? decoy,
                hasPassword: hash != nil,
                isKnown: isKnown,
                counted: buckets,
                countedAt: occasion.now,
                failuresBefore: failuresBefore
            )
        )
    }
}

/// Whether a password may be tried.
public enum PasswordChallenge: Sendable {
    /// Counted; evaluate it with `PasswordHasher.check`.
    case attempt(PasswordAttempt)
    /// Not counted and not evaluated: come back after.
    case throttled(retryAfter: Duration)
}

/// Where a request comes from.
public struct Client: Sendable, Hashable {
    /// The address of the peer, or what a configured proxy says of it.
    public let address: String
    /// What the client calls itself; cut to 256 bytes.
    public let userAgent: String
    /// The device cookie as it came; `nil` without one.
    public let deviceCookie: String?

    /// A client; nothing of it is trusted.
    public init(address: String, userAgent: String, deviceCookie: String? = nil) {
        self.address = address
        self.userAgent = String(
            decoding: userAgent.utf8.prefix(Limits.userAgentBytes),
            as: UTF8.self
        )
        self.deviceCookie = deviceCookie
    }

    /// Whom a throttle takes it for: the address, of IPv6 the /64.
    public var source: String { IPAddress(address)?.sourceText ?? address }
}

extension EmailAddress {
    /// An address of a reserved domain (RFC 2606), which no account has.
    static let nobody: EmailAddress = {
        guard let address = EmailAddress("nobody@keyholder.invalid") else {
            preconditionFailure("a well-formed address")
        }
        return address
    }()
}
