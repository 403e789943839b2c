/// Why the audit trail refused something.
public enum AuditError: Error, Hashable, Sendable {
    /// A value of an entry is too long, too many, or holds a control character.
    case refusedEntry(field: String)
    /// What is stored contradicts itself; the log must not be written or believed.
    case damaged(String)
    /// A proof was asked for beyond the tree, or backwards.
    case outOfRange
    /// No commitment key of this version is at hand.
    case unknownCommitmentKey(version: Int)
    /// A text is not a verifier key (c2sp.org/signed-note).
    case malformedKey
    /// A text is not a signed note (c2sp.org/signed-note).
    case malformedNote
    /// A signed text is not a checkpoint (c2sp.org/tlog-checkpoint).
    case malformedCheckpoint
    /// No signature on the note is by the key asked for.
    case unknownSigner
    /// A signature by the key asked for is wrong.
    case wrongSignature
    /// A checkpoint is of another log.
    case wrongOrigin(String)
    /// Signing would contradict a checkpoint that was signed before.
    case inconsistentTree(signed: Int, offered: Int)
}

extension AuditError: CustomStringConvertible {
    /// One line in lower case.
    public var description: String {
        switch self {
        case .refusedEntry(let field): "log entry refused: `\(field)` is out of its limits"
        case .damaged(let what): "the access log is damaged: \(what)"
        case .outOfRange: "no such tree"
        case .unknownCommitmentKey(let version): "no commitment key of version \(version)"
        case .malformedKey: "not a verifier key"
        case .malformedNote: "not a signed note"
        case .malformedCheckpoint: "not a checkpoint"
        case .unknownSigner: "not signed by this key"
        case .wrongSignature: "the signature is wrong"
        case .wrongOrigin(let origin): "checkpoint of another log, `\(origin)`"
        case .inconsistentTree(let signed, let offered):
            "a tree of \(offered) entries contradicts the signed one of \(signed)"
        }
    }
}
