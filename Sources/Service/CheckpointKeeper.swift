import AuditTrail
import Crypto
import SQLite

/// Keeps the newest checkpoint of the access log among the keys, so that an older database put in
/// the place of this one is found out at the next start.
///
/// It stands beside the way of every request: now and then it looks, as a reader, whether the log
/// has grown. What a reader sees is durable, so nothing else is ever signed for.
final class CheckpointKeeper: Sendable {
    /// How long it lets the log grow between two looks.
    static let interval = Duration.seconds(1)

    private static let name = "checkpoint"
    /// Instructions of SQLite's virtual machine: a size takes some dozens.
    private static let budget = 10_000

    private struct State {
        /// The size that the kept checkpoint is of.
        var size: Int
        /// A checkpoint that the log does not bear out, until it is put aside.
        var evidence: Checkpoint?
        /// Whether what cannot be kept has been said.
        var hasFailed = false
    }

    private let note: KeptNote
    private let audit: Audit
    private let readers: ReaderPool
    // Two threads come by, one after the other: the one that looks, and the one that ends it.
    private let state: Locked<State>

    init(note: KeptNote, continuity: LogContinuity, audit: Audit, readers: ReaderPool) {
        self.note = note
        self.audit = audit
        self.readers = readers
        let known =
            switch continuity {
            case .unknown: State(size: 0)
            case .unbroken(let checkpoint): State(size: checkpoint.size)
            case .broken(let checkpoint, _), .succeeded(let checkpoint):
                State(size: 0, evidence: checkpoint)
            }
        state = Locked(known)
    }

    /// The file that the checkpoint is kept in.
    static func note(in keys: String) -> KeptNote {
        KeptNote(name, in: keys, limit: AuditLimits.note)
    }

    /// Keeps the checkpoint of what is durable now, if that is more than what was kept.
    func keep() {
        state.withLock { state in
            do {
                try keep(&state)
                state.hasFailed = false
            } catch {
                // The folder may be read-only by intention: the service runs, and says it once.
                if !state.hasFailed {
                    RequestLog().failure("the newest checkpoint is not kept: \(error)")
                }
                state.hasFailed = true
            }
        }
    }

    private func keep(_ state: inout State) throws {
        let size = try readers.read(steps: CheckpointKeeper.budget) { try StoredTree(on: $0).size }
        guard size > state.size else { return }
        let newest = try audit.checkpoint(from: readers)
        if let evidence = state.evidence {
            try note.setAside(as: "\(CheckpointKeeper.name)-\(evidence.size)")
            state.evidence = nil
        }
        try note.write(newest.note)
        state.size = newest.size
    }
}
