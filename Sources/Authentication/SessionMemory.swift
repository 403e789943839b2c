import SQLite

/// A session as the file has it, read once for as long as nobody's rights change.
///
/// Activity is kept elsewhere (`ActivityTable`); the other columns change the epoch with them.
struct StoredSession: Sendable {
    let id: Identifier
    let account: Identifier
    /// In alphabetical order.
    let roles: [String]
    let createdAt: Timestamp
    let expiresAt: Timestamp
    let lastActiveAt: Timestamp
    let endedAt: Timestamp?
    /// Set only by an elevation of this run of the program.
    let elevatedAt: Timestamp?
    let locked: Bool
    let isAccountActive: Bool
    let authenticator: AuthenticatorState
}

/// The sessions that have been read in the newest epoch of rights that a reader has seen.
final class SessionMemory: Sendable {
    private struct Content {
        var epoch: Int64 = 0
        var found: [[UInt8]: StoredSession] = [:]
    }

    private let content = Locked(Content())
    /// Three for each account of a trust of twenty schools.
    private static let limit = 4_096

    /// What was found for a token in this epoch.
    func session(_ token: [UInt8], epoch: Int64) -> StoredSession? {
        content.withLock { $0.epoch == epoch ? $0.found[token] : nil }
    }

    /// Keeps what a snapshot of this epoch holds; what is older than that is forgotten.
    func remember(_ session: StoredSession, _ token: [UInt8], epoch: Int64) {
        content.withLock { content in
            guard epoch >= content.epoch else { return }
            if epoch > content.epoch || content.found.count >= SessionMemory.limit {
                content = Content(epoch: epoch)
            }
            content.found[token] = session
        }
    }
}
