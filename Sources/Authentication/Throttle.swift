import SQLite

/// Counts of failures that survive a restart, in a fixed number of buckets.
///
/// Addresses known and unknown share the same buckets, so that neither the table's size nor an
/// eviction tells them apart and a million made-up addresses take no more room than these. A
/// bucket is named by a keyed hash: nobody can aim at a colleague's by choosing an address.
struct Throttle: Sendable {
    let keys: IdentityKeys

    /// What is counted apart.
    enum Kind: Int64, Sendable {
        /// Passwords for one address from devices not known for it.
        case address = 1
        /// Passwords for one account from one device that signed in before.
        case device = 2
        /// Passwords asked of somebody signed in already.
        case signedIn = 3
        /// Passwords from one source.
        case source = 4
        /// Codes from one source.
        case codeSource = 5

        var isSource: Bool { self == .source || self == .codeSource }
    }

    struct Bucket: Sendable, Hashable {
        let kind: Kind
        let slot: Int64
    }

    struct Count: Sendable {
        var failures: Int
        /// Of the last failure; for a source, the start of its ten minutes.
        var since: Timestamp
        var nextAt: Timestamp
    }

    /// 65,536 of a kind: few enough to keep, enough that 1,500 accounts seldom share one.
    private static let slots: UInt64 = 1 << 16
    /// Failures in a row are forgotten a day after the last: by then every wait is over.
    private static let memory = Duration.seconds(86_400)
    private static let sourceWindow = Duration.seconds(600)

    func bucket(_ kind: Kind, _ parts: [UInt8]...) -> Bucket {
        var hash = keys.bucketHash([UInt8(kind.rawValue)])
        for part in parts { hash = keys.bucketHash(bigEndian(Int64(bitPattern: hash)), part) }
        return Bucket(kind: kind, slot: Int64(hash % Throttle.slots))
    }

    /// The bucket of a source; `nil` for one that never waits as such.
    ///
    /// `purpose` keeps counts apart that are of the same kind.
    func sourceBucket(
        _ kind: Kind,
        _ address: String,
        purpose: StaticString = "",
        _ rules: AuthenticationRules
    ) -> Bucket? {
        let purpose = purpose.withUTF8Buffer { Array($0) }
        guard let parsed = IPAddress(address) else {
            return bucket(kind, Array(address.utf8), purpose)
        }
        if rules.throttle.schoolNetworks.contains(where: { $0.contains(parsed) }) { return nil }
        return bucket(kind, parsed.source.bytes, purpose)
    }

    /// Counts a failure in each bucket unless one of them has to wait: then none.
    ///
    /// - Returns: the wait; `nil` when the attempt was counted and may be evaluated.
    func count(_ buckets: [Bucket], at occasion: Occasion) throws -> Duration? {
        var longest: Duration?
        for bucket in buckets {
            if let wait = try wait(bucket, at: occasion) {
                longest = max(longest ?? wait, wait)
            }
        }
        if let longest { return longest }
        for bucket in buckets { try add(bucket, at: occasion) }
        return nil
    }

    /// How long a bucket has to wait still; `nil` when it need not.
    func wait(_ bucket: Bucket, at occasion: Occasion) throws -> Duration? {
        let count = try current(bucket, at: occasion)
        if bucket.kind.isSource {
            guard count.failures >= occasion.rules.throttle.sourceFailuresPer10Minutes else {
                return nil
            }
            return count.since + Throttle.sourceWindow - occasion.now
        }
        return count.nextAt > occasion.now ? count.nextAt - occasion.now : nil
    }

    /// Failures that a bucket holds now.
    func failures(_ bucket: Bucket, at occasion: Occasion) throws -> Int {
        try current(bucket, at: occasion).failures
    }

    /// Adds one failure.
    func add(_ bucket: Bucket, at occasion: Occasion) throws {
        var count = try current(bucket, at: occasion)
        count.failures += 1
        if bucket.kind.isSource {
            if count.failures == 1 { count.since = occasion.now }
        } else {
            count.since = occasion.now
            count.nextAt =
                occasion.now + occasion.rules.throttle.wait(afterFailures: count.failures)
        }
        try occasion.db.run(
            """
            INSERT INTO throttle (kind, slot, failures, since, next_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (kind, slot) DO UPDATE SET failures = ?3, since = ?4, next_at = ?5
            """,
            .int(bucket.kind.rawValue),
            .int(bucket.slot),
            .int(Int64(count.failures)),
            .time(count.since),
            .time(count.nextAt)
        )
    }

    /// Takes back what was counted before a success: a row of failures is over, a source's count
    /// is one less.
    func forgive(_ buckets: [Bucket], on connection: Connection) throws {
        for bucket in buckets {
            try connection.run(
                """
                UPDATE throttle SET failures = iif(?3, max(failures - 1, 0), 0), next_at = 0
                WHERE kind = ?1 AND slot = ?2
                """,
                .int(bucket.kind.rawValue),
                .int(bucket.slot),
                .bool(bucket.kind.isSource)
            )
        }
    }

    /// Takes back one failure that was counted at a moment and came to nothing.
    func withdraw(
        _ buckets: [Bucket],
        countedAt: Timestamp,
        on connection: Connection
    ) throws {
        for bucket in buckets {
            try connection.run(
                """
                UPDATE throttle SET failures = max(failures - 1, 0),
                    next_at = iif(since = ?3, 0, next_at)
                WHERE kind = ?1 AND slot = ?2
                """,
                .int(bucket.kind.rawValue),
                .int(bucket.slot),
                .time(countedAt)
            )
        }
    }

    private func current(_ bucket: Bucket, at occasion: Occasion) throws -> Count {
        let stored = try occasion.db.first(
            "SELECT failures, since, next_at FROM throttle WHERE kind = ?1 AND slot = ?2",
            .int(bucket.kind.rawValue),
            .int(bucket.slot),
            read: { Count(failures: Int($0.int(0)), since: $0.time(1), nextAt: $0.time(2)) }
        )
        let memory = bucket.kind.isSource ? Throttle.sourceWindow : Throttle.memory
        guard let stored, occasion.now - stored.since < memory || stored.nextAt > occasion.now
        else {
            return Count(failures: 0, since: occasion.now, nextAt: Timestamp(milliseconds: 0))
        }
        return stored
    }
}

extension AuthenticationRules.Throttling {
    /// The wait after a number of failures in a row: none up to the free ones, then twice as long
    /// each time.
    func wait(afterFailures failures: Int) -> Duration {
        guard failures >= freeFailures else { return .zero }
        // Past 2^20 every first wait is longer than the longest.
        return min(firstWait * (1 << min(failures - freeFailures, 20)), longestWait)
    }
}
