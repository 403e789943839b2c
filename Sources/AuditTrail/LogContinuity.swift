public import Crypto

/// The name of a log, with the number of its present run of entries: `keyholder.school.example/1`.
///
/// A name stands for one tree that only grows. Where entries are lost, the name is given up and
/// the next number begins (c2sp.org/tlog-checkpoint has an origin be unique to one log).
public struct LogOrigin: Hashable, Sendable, CustomStringConvertible {
    /// What all numbers have in common.
    public let name: String
    /// From 1.
    public let number: Int

    /// Reads what `description` prints; `nil` for anything else.
    public init?(_ text: String) {
        guard let slash = text.lastIndex(of: "/"), let number = Int(text[slash...].dropFirst()),
            number > 0, String(number) == text[slash...].dropFirst(), slash > text.startIndex
        else { return nil }
        name = String(text[..<slash])
        self.number = number
    }

    /// The origin that a log of a name begins with.
    public init(firstOf name: String) { self.init(name: name, number: 1) }

    private init(name: String, number: Int) {
        self.name = name
        self.number = number
    }

    /// The name and the number.
    public var description: String { "\(name)/\(number)" }

    /// The first origin that neither this one nor another of the same name has used.
    public func next(after other: LogOrigin) -> LogOrigin {
        LogOrigin(name: name, number: max(number, other.number) + 1)
    }
}

/// How a log stands to the newest checkpoint that was kept of it outside the database.
public enum LogContinuity: Hashable, Sendable {
    /// None was kept: nothing can be said.
    case unknown
    /// The log has every entry that the checkpoint was signed for.
    case unbroken(Checkpoint)
    /// Entries that the checkpoint was signed for are gone or others; the log may go on under
    /// another origin only.
    case broken(Checkpoint, next: LogOrigin)
    /// The checkpoint is of an earlier origin, whose end is on record.
    case succeeded(Checkpoint)

    /// Holds the log against a checkpoint, in O(log n).
    ///
    /// - Parameters:
    ///   - note: the checkpoint as it was kept, if one was.
    ///   - origin: the log's present name, by its own word.
    ///   - keys: the seeds of the log's keys, `KeyRing.logSigning`.
    ///   - stored: the log as it is.
    /// - Throws: what `UnverifiedCheckpoint` throws for `note`, `wrongOrigin` for one of another
    ///   log; `damaged`; `SQLiteError`.
    public init(
        note: String?,
        origin: LogOrigin,
        keys: VersionedKeys,
        stored: StoredTree
    ) throws {
        guard let note else {
            self = .unknown
            return
        }
        let unverified = try UnverifiedCheckpoint(parsing: note)
        guard let kept = LogOrigin(unverified.origin), kept.name == origin.name else {
            throw AuditError.wrongOrigin(unverified.origin)
        }
        let checkpoint = try unverified.verify(withAny: keys.noteKeys(of: kept.description))
        if kept.number < origin.number {
            self = .succeeded(checkpoint)
        } else if kept == origin, checkpoint.size <= stored.size,
            try stored.root(size: checkpoint.size) == checkpoint.root
        {
            self = .unbroken(checkpoint)
        } else {
            // A log that does not know of the checkpoint's origin is older than its first entry.
            self = .broken(checkpoint, next: origin.next(after: kept))
        }
    }
}

extension VersionedKeys {
    /// The keys by which others verify, the newest last.
    func noteKeys(of origin: String) throws -> [NoteKey] {
        try versions.map { version in
            let key = try SigningKey(seed: key(version))
            return try NoteKey(name: origin, key: key.verifyingKey)
        }
    }
}
