import Crypto
public import SQLite

/// The secret that a client shows for its session: 256 random bits.
public struct SessionToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// The 43 characters of base 64 that the client keeps; never written to a log or a file.
    public let text: String
    /// Its SHA-256, which is all that is stored.
    let hash: [UInt8]

    /// Reads a token as a client sends it; `nil` for what cannot be one.
    public init?(_ text: String) {
        guard text.utf8.count == SessionToken.characters, let bytes = try? Base64.url.decode(text),
            bytes.count == SessionToken.length
        else { return nil }
        self.text = text
        hash = SHA256.hash(bytes)
    }

    private init(bytes: [UInt8]) {
        text = Base64.url.encode(bytes)
        hash = SHA256.hash(bytes)
    }

    static func random() -> SessionToken { SessionToken(bytes: Random.bytes(length)) }

    /// Always the same word.
    public var description: String { "<token>" }

    /// Without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }

    private static let length = 32
    private static let characters = 43
}

/// A session that lives, as one query has found it.
public struct Session: Sendable {
    /// The session's id, which clients see in the list of their sessions.
    public let id: Identifier
    /// Whose it is.
    public let account: Identifier
    /// Names of the person's roles, in alphabetical order.
    public let roles: [String]
    /// The end of the elevation; `nil` while it is not elevated.
    public let elevatedUntil: Timestamp?
    /// When it was elevated; `nil` while it is not.
    public let elevatedAt: Timestamp?
    /// Whether the screen is blank.
    public let locked: Bool
    /// When the person signed in.
    public let createdAt: Timestamp
    /// The absolute end.
    public let expiresAt: Timestamp
    /// The last request that counts as activity.
    public let lastActiveAt: Timestamp
    /// When it ends unless the person does something.
    public let idleEnd: Timestamp
    /// What the person's authenticator is good for.
    public let authenticator: AuthenticatorState
    /// The hash of the token it was found by, so that a raced replacement is noticed.
    let token: [UInt8]

    /// Whether the session is elevated.
    public var isElevated: Bool { elevatedUntil != nil }
}

/// What a token stands for.
public enum SessionState: Sendable {
    /// A session that lives.
    case live(Session)
    /// A session that ended, or a token that was replaced, less than a day ago.
    case expired
    /// Nothing.
    case unknown
}

/// A session among others of a person, for the list.
public struct SessionSummary: Sendable {
    /// The session's id.
    public let id: Identifier
    /// When the person signed in.
    public let createdAt: Timestamp
    /// The last request that counts as activity.
    public let lastActiveAt: Timestamp
    /// Where the person signed in from.
    public let address: String
    /// What the client called itself.
    public let userAgent: String
    /// Whether it is elevated.
    public let isElevated: Bool
}

/// A session with a token that nobody has heard of yet.
public struct StartedSession: Sendable {
    /// The session.
    public let session: Session
    /// The new token; the old one is dead.
    public let token: SessionToken
}

/// The last activity of each session, in memory; the file learns of it every 30 s at the most.
final class ActivityTable: Sendable {
    private struct Entry {
        var active: Timestamp
        var flushed: Timestamp
    }

    private let entries = Locked<[Int64: Entry]>([:])
    private let purged = Locked<Timestamp?>(nil)

    /// The last activity of a session, if this run of the program has seen one.
    func last(_ session: Identifier) -> Timestamp? {
        entries.withLock { $0[session.rawValue]?.active }
    }

    /// Notes an activity; answers whether the file should learn of it.
    func note(_ session: Identifier, stored: Timestamp, now: Timestamp) -> Bool {
        entries.withLock { entries in
            var entry = entries[session.rawValue] ?? Entry(active: stored, flushed: stored)
            entry.active = max(entry.active, now)
            let isDue = now - entry.flushed >= Limits.activityFlush
            // Asked once: what is on its way to the file is not asked for again.
            if isDue { entry.flushed = now }
            entries[session.rawValue] = entry
            return isDue
        }
    }

    /// Whether what ended should be looked for; asked once for each time it should.
    func isPurgeDue(_ now: Timestamp) -> Bool {
        purged.withLock { purged in
            if let last = purged, now - last < Limits.purgeInterval { return false }
            purged = now
            return true
        }
    }

    /// Forgets sessions without activity since `moment`: they have ended, whatever the rules.
    func forget(before moment: Timestamp) {
        entries.withLock { entries in
            entries = entries.filter { $0.value.active >= moment }
        }
    }
}
