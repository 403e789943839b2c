public import Crypto

/// A signed tree head whose signature has not been checked (c2sp.org/tlog-checkpoint).
public struct UnverifiedCheckpoint: Hashable, Sendable {
    private let signed: SignedNote
    private let checkpoint: Checkpoint

    /// Which log it says it is of.
    public var origin: String { checkpoint.origin }

    /// Reads a signed note that holds a checkpoint, exactly as it would be printed again.
    /// - Throws: `AuditError.malformedNote`, `malformedCheckpoint`.
    public init(parsing note: String) throws(AuditError) {
        signed = try SignedNote(parsing: note)
        checkpoint = try Checkpoint(signed)
    }

    /// The checkpoint, once `key` is known to have signed it.
    ///
    /// The key's name must be the origin: otherwise another log's key could speak for this one.
    /// - Throws: `AuditError.wrongOrigin`, `unknownSigner`, `wrongSignature`.
    public func verify(with key: NoteKey) throws(AuditError) -> Checkpoint {
        guard checkpoint.origin == key.name else { throw .wrongOrigin(checkpoint.origin) }
        try signed.verify(with: key)
        return checkpoint
    }

    /// The checkpoint, once one of `keys` is known to have signed it: a log's old keys and new.
    /// - Throws: as `verify(with:)` for the key that fails last.
    public func verify(withAny keys: [NoteKey]) throws(AuditError) -> Checkpoint {
        var failure = AuditError.unknownSigner
        for key in keys {
            do {
                return try verify(with: key)
            } catch {
                failure = error
            }
        }
        throw failure
    }
}

/// The head of a log's tree at one size, signed by the log (c2sp.org/tlog-checkpoint).
public struct Checkpoint: Hashable, Sendable {
    /// Which log it is.
    public let origin: String
    /// The number of leaves.
    public let size: Int
    /// The root of the tree of these leaves.
    public let root: Digest
    /// The signed note as text.
    public let note: String

    /// Signs a tree's head; only `CheckpointIssuer` knows that it contradicts none before.
    init(origin: String, tree: MerkleTree, key: SigningKey) throws(AuditError) {
        let root = tree.root
        let text = "\(origin)\n\(tree.size)\n\(Base64.standard.encode(root.bytes))\n"
        let signed = try SignedNote(signing: text, name: origin, with: key)
        self.origin = origin
        self.root = root
        size = tree.size
        note = signed.note
    }

    fileprivate init(_ signed: SignedNote) throws(AuditError) {
        let lines = signed.text.dropLast().split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        guard lines.count >= 3, !lines.contains(where: \.isEmpty),
            let size = Int(lines[1]), size >= 0, String(size) == lines[1],
            let bytes = try? Base64.standard.decode(String(lines[2])), let root = Digest(bytes)
        else { throw .malformedCheckpoint }
        origin = String(lines[0])
        self.size = size
        self.root = root
        note = signed.note
    }
}

/// Signs the heads of one log's tree, and never one that contradicts another it knows of.
public struct CheckpointIssuer: Sendable {
    /// The log's name, as `keyholder.school.example/1`.
    public let origin: String
    /// The newest checkpoint signed or known.
    public private(set) var latest: Checkpoint?
    /// The keys by which others verify, the newest last: a checkpoint keeps the key it has.
    public let noteKeys: [NoteKey]
    private let key: SigningKey

    /// An issuer that goes on from the newest checkpoint known, if there is one.
    ///
    /// - Parameters:
    ///   - origin: the log's name, which is also its keys' name.
    ///   - keys: the seeds of the log's keys, `KeyRing.logSigning`.
    ///   - latest: the newest checkpoint known, from outside the database.
    ///   - stored: the log as it is; it must hold what `latest` says.
    /// - Throws: `AuditError.malformedKey` when the origin cannot name a key; what
    ///   `UnverifiedCheckpoint` throws for `latest`; `inconsistentTree` when entries that were
    ///   signed for are gone or others; `SQLiteError`.
    public init(
        origin: String,
        keys: VersionedKeys,
        latest: String?,
        stored: StoredTree
    ) throws {
        self.origin = origin
        key = try SigningKey(seed: keys.current)
        noteKeys = try keys.noteKeys(of: origin)
        guard let latest else { return }
        let checkpoint = try UnverifiedCheckpoint(parsing: latest).verify(withAny: noteKeys)
        guard checkpoint.size <= stored.size,
            try stored.root(size: checkpoint.size) == checkpoint.root
        else {
            throw AuditError.inconsistentTree(signed: checkpoint.size, offered: stored.size)
        }
        self.latest = checkpoint
    }

    /// Signs the head of the log's tree, or gives the checkpoint it has signed for it already.
    ///
    /// The tree must be one whose leaves are durable.
    /// - Throws: `AuditError.inconsistentTree` for a smaller tree or another one of the same size.
    public mutating func issue(for tree: MerkleTree) throws(AuditError) -> Checkpoint {
        if let latest {
            guard tree.size >= latest.size, tree.size > latest.size || tree.root == latest.root
            else { throw .inconsistentTree(signed: latest.size, offered: tree.size) }
            if tree.size == latest.size { return latest }
        }
        let checkpoint = try Checkpoint(origin: origin, tree: tree, key: key)
        latest = checkpoint
        return checkpoint
    }
}
