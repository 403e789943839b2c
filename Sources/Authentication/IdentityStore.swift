public import Crypto
public import SQLite

/// All of this module for one school: accounts, passwords, sessions, authenticators.
///
/// A value without state of its own but the last activities; its functions work on the connection
/// they are given: a reader's snapshot for questions, the writing one in a transaction for acts.
/// What they throw is to be rolled back; a failure that counts is returned.
public struct IdentityStore: Sendable {
    /// The tables of this module.
    public static let migrations = Migrations(module: "authentication", steps: Schema.steps)
    /// The tables with sealed columns, each of which needs a data key.
    public static let sealedTables = ["account", "session", "authenticator", "approval"]

    /// People and their passwords.
    public let accounts: Accounts
    /// Links that set a password.
    public let tokens: MailedTokens
    /// The slow part of checking a password.
    public let hasher: PasswordHasher
    /// The quick parts of checking a password.
    public let checks: PasswordChecks
    /// Who a token stands for.
    public let sessions: Sessions
    /// Second factors.
    public let authenticators: Authenticators
    /// What takes two people.
    public let approvals: Approvals
    /// What is done on the machine when nobody is left who could approve.
    public let recoveries: Recoveries
    /// What one person did before there were two.
    public let loneGrants = LoneGrants()

    /// Wires the module together; made once in a run, since an elevation does not outlive it.
    ///
    /// - Throws: `CryptoError` when a key is missing.
    public init(keyRing: KeyRing, sealing: SealingKeys) throws(CryptoError) {
        try self.init(keyRing: keyRing, sealing: sealing, cost: .current)
    }

    /// A store whose hashes cost next to nothing, for tests of everything but the hash.
    package init(
        keyRing: KeyRing,
        sealing: SealingKeys,
        cheapHashes: Bool
    ) throws(CryptoError) {
        let cheap = PasswordHash.Cost(logN: 10, r: 1, p: 1)
        try self.init(keyRing: keyRing, sealing: sealing, cost: cheapHashes ? cheap : .current)
    }

    /// Ends what a copy of the file that was put back would revive: sessions, links, used codes, a
    /// recovery and the chair's word for it.
    public func endWhatARestoreRevives(now: Timestamp, on connection: Connection) throws {
        try sessions.endEverything(now: now, on: connection)
        try tokens.voidAll(on: connection)
        try authenticators.useUpAll(now: now, on: connection)
        _ = try recoveries.stop(now: now, on: connection)
    }

    private init(
        keyRing: KeyRing,
        sealing: SealingKeys,
        cost: PasswordHash.Cost
    ) throws(CryptoError) {
        let keys = try IdentityKeys(keyRing: keyRing, sealing: sealing)
        let throttle = Throttle(keys: keys)
        let devices = Devices(keys: keys)
        accounts = Accounts(keys: keys)
        approvals = Approvals(keys: keys)
        recoveries = Recoveries(keys: keys)
        hasher = PasswordHasher(keys: keys, cost: cost)
        checks = PasswordChecks(
            keys: keys,
            accounts: accounts,
            throttle: throttle,
            devices: devices,
            cost: cost
        )
        sessions = Sessions(
            keys: keys,
            checks: checks,
            devices: devices,
            activity: ActivityTable(),
            boot: Int64(truncatingIfNeeded: Random.uint64() >> 1)
        )
        tokens = MailedTokens(keys: keys, accounts: accounts, sessions: sessions)
        authenticators = Authenticators(
            keys: keys,
            sessions: sessions,
            codes: CodeCheck(keys: keys, throttle: throttle)
        )
    }
}
