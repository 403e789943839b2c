import AuditTrail
import Authentication
import SQLite

/// Refusals that cost whoever causes them nothing: counted in memory, one entry a source and minute.
///
/// The first of a source, a minute and a reason is durable before anybody is answered, as everything
/// that goes on record; those after it add to a count that the file hears of when the minute is over
/// or the service ends. So no flood of them reaches the writer, and none goes by without an entry;
/// what `kill -9` can lose is how many there were.
final class RefusalTally: Sendable {
    /// Hears that what it asked for is on record, or why it cannot be.
    typealias Completion = @Sendable (Result<Void, any Error>) -> Void

    /// Counts that are kept apart: a school's whole network is one.
    ///
    /// Past it the others are one: whoever has many addresses would fill the log with them, and even
    /// so many a minute are a third of a million entries a day.
    private static let places = 256
    private static let others = "others"

    private struct Key: Hashable {
        let minute: Int64
        let source: String
        let action: String
        let reason: String?

        init(_ draft: EntryDraft, source: String) {
            minute = RefusalTally.minute(of: draft.at)
            self.source = source
            action = draft.action
            reason = draft.reason
        }
    }

    private struct Count {
        let first: EntryDraft
        /// Those that the file does not know of.
        var more = 0
        /// Who waits until the first is durable; `nil` once it is.
        var waiting: [Completion]?
    }

    private let counts = Locked<[Key: Count]>([:])
    private let ledger: Ledger

    init(ledger: Ledger) { self.ledger = ledger }

    /// Counts a refusal, by nobody who is known; `completion` hears of it once it may be answered.
    func count(_ draft: EntryDraft, completion: @escaping Completion) {
        enum Place { case first(Key), waits, counted }
        let source = draft.client.source
        let place = counts.withLock { counts -> Place in
            var key = Key(draft, source: source)
            if counts[key] == nil && counts.count >= RefusalTally.places {
                key = Key(draft, source: RefusalTally.others)
            }
            guard var count = counts.removeValue(forKey: key) else {
                counts[key] = Count(first: draft, waiting: [completion])
                return .first(key)
            }
            count.more += 1
            count.waiting?.append(completion)
            counts[key] = count
            return count.waiting == nil ? .counted : .waits
        }
        switch place {
        case .first(let key): keep(draft, key)
        case .waits: break
        case .counted: completion(.success(()))
        }
    }

    /// Makes the first of its kind durable, and answers those who wait for it.
    private func keep(_ draft: EntryDraft, _ key: Key) {
        ledger.submit({ connection, state in
            try RefusalTally.tally(draft, source: key.source, on: connection, state)
        }) { result in
            let waiting = self.counts.withLock { counts in
                defer {
                    // Those who wait are refused with it: nothing of them is to be on record.
                    if case .failure = result {
                        counts[key] = nil
                    } else {
                        counts[key]?.waiting = nil
                    }
                }
                return counts[key]?.waiting ?? []
            }
            for completion in waiting { completion(result) }
        }
    }

    /// Enters what was counted in the minutes that are over at `now`.
    func enter(endedAt now: Timestamp) {
        let over = take { $0 < RefusalTally.minute(of: now) }
        write(over) { try $1.log.appendTallies(endedAt: now, on: $0) }
    }

    /// Hands the file what is counted in memory alone, before the service ends.
    func finish() { write(take { _ in true }) { _, _ in } }

    /// Takes out the counts of some minutes, whose first refusals are durable.
    private func take(_ isTaken: (_ minute: Int64) -> Bool) -> [Key: Count] {
        counts.withLock { counts in
            let taken = counts.filter { isTaken($0.key.minute) && $0.value.waiting == nil }
            for key in taken.keys { counts[key] = nil }
            return taken
        }
    }

    private func write(
        _ counts: [Key: Count],
        then finish: @escaping @Sendable (Connection, inout LedgerState) throws -> Void
    ) {
        ledger.submit({ connection, state in
            for (key, count) in counts where count.more > 0 {
                try RefusalTally.tally(
                    count.first,
                    source: key.source,
                    count: count.more,
                    on: connection,
                    state
                )
            }
            try finish(connection, &state)
        }) { result in
            guard case .failure(let error) = result else { return }
            RequestLog().failure("refusals were not entered: \(error)")
            self.putBack(counts)
        }
    }

    private func putBack(_ taken: [Key: Count]) {
        counts.withLock { counts in
            counts.merge(taken) { new, old in
                var both = new
                both.more += old.more
                return both
            }
        }
    }

    private static func tally(
        _ draft: EntryDraft,
        source: String,
        count: Int? = nil,
        on connection: Connection,
        _ state: LedgerState
    ) throws {
        for entry in try draft.entries(state.log.commitments, count: count) {
            try state.log.tally(entry, source: source, on: connection)
        }
    }

    private static func minute(of time: Timestamp) -> Int64 {
        time.milliseconds / Duration.seconds(60).inMilliseconds
    }
}
