import AuditTrail
import Authentication
import Crypto
import SQLite

/// What the access log needs beside its rows: the keys that hide values and sign heads.
final class Audit: Sendable {
    let commitments: Commitments
    private let issuer: Locked<CheckpointIssuer>
    /// Instructions of SQLite's virtual machine: the right edge of a tree takes some thousand.
    private static let budget = 100_000

    init(
        keyRing: KeyRing,
        origin: LogOrigin,
        continuity: LogContinuity,
        on connection: Connection
    ) throws {
        commitments = Commitments(keyRing.commitment)
        var latest: String?
        if case .unbroken(let checkpoint) = continuity { latest = checkpoint.note }
        issuer = Locked(
            try CheckpointIssuer(
                origin: origin.description,
                keys: keyRing.logSigning,
                latest: latest,
                stored: try StoredTree(on: connection)
            )
        )
    }

    /// Signs the head of the tree as a reader sees it: every entry in it is durable.
    ///
    /// It takes a reader of its own, for what the writer has written may yet be undone, and a head that
    /// was signed can never be taken back.
    func checkpoint(from readers: ReaderPool) throws -> Checkpoint {
        let tree = try readers.read(steps: Audit.budget) { connection in
            try AccessLog(loading: connection, commitments: commitments).tree
        }
        return try issuer.withLock { issuer in
            // Another thread may have signed for more since this snapshot was taken.
            if let latest = issuer.latest, latest.size > tree.size { return latest }
            return try issuer.issue(for: tree)
        }
    }
}

/// An entry of the access log before it is checked and hashed.
struct EntryDraft: Sendable {
    /// Who acted, as far as is known.
    enum Actor: Sendable, Hashable {
        case staff(Identifier)
        /// An address as it was typed, which no account has: only a commitment to it is kept.
        case address(String)
        case nobody
    }

    let at: Timestamp
    let actor: Actor
    let session: Identifier?
    let elevated: Bool
    /// Where it came from.
    let client: Client
    let action: String
    let resource: String
    var subjects: [String]
    let decision: Entry.Decision
    let policies: [String]
    let policySet: String
    var reason: String?
    let requestID: String

    /// Whether anybody can cause it as often as they like: then it is one of a count.
    var isTallied: Bool {
        decision == .deny && EntryDraft.tallied.contains { $0.rawValue == reason }
    }

    private static let tallied: [Problem.Name] = [
        .throttled, .resetExpired, .notAuthenticated, .sessionExpired, .crossSite, .misdirected,
    ]

    /// The entry; what is disclosed past the limit of one entry is in the ones that follow it.
    ///
    /// `count` is given for one that stands for several attempts.
    func entries(_ commitments: Commitments, count: Int? = nil) throws -> [Entry] {
        try Entry.parts(of: subjects).map { subjects in
            try Entry(
                at: at,
                actor: actor.committed(commitments),
                session: session,
                elevated: elevated,
                address: client.address,
                action: action,
                resource: resource,
                subjects: subjects,
                decision: decision,
                policies: policies,
                policySet: policySet,
                reason: reason,
                requestID: requestID,
                count: count
            )
        }
    }
}

extension EntryDraft.Actor {
    fileprivate func committed(_ commitments: Commitments) -> Entry.Actor {
        switch self {
        case .staff(let id): .staff(id)
        case .address(let text): commitments.unknownActor(address: text.lowercased())
        case .nobody: commitments.unknownActor(address: "")
        }
    }
}
