import Crypto
public import SQLite

/// The access log as its writer holds it: a tree that only grows, and what the next entry needs.
///
/// A value, part of the state of the ledger's `Writer`, which puts the old one back when a piece
/// fails and loads it anew when a commit fails. One writer at a time; readers use
/// `AccessLogReader` and `StoredTree`.
public struct AccessLog: Sendable {
    /// The tree of all entries, those of the running transaction included.
    public private(set) var tree: MerkleTree
    /// What hides the sensitive values.
    public let commitments: Commitments
    /// The times of the entries since the last stored subtree of 2^8.
    private var tail: TimeSpan?
    /// The policy set of the last entry: it changes a few times a year.
    private var policySet: (hash: String, id: Int64)?

    /// Reads the right edge of the tree: at most 255 entries and as many hashes a stored level.
    ///
    /// - Parameters:
    ///   - connection: the writing connection.
    ///   - commitments: what hides the values of new entries.
    /// - Throws: `AuditError.damaged`; `SQLiteError`.
    public init(loading connection: Connection, commitments: Commitments) throws {
        let stored = try StoredTree(on: connection)
        tree = try stored.tree(size: stored.size)
        self.commitments = commitments
        let start = stored.size & ~((1 << StoredTree.tileHeight) - 1)
        let times = try connection.all(
            "SELECT at FROM access_log WHERE idx >= ?1",
            .int(Int64(start)),
            read: { $0.time(0) }
        )
        for time in times { TimeSpan.extend(&tail, to: time) }
    }

    /// Appends an entry within the running transaction and returns its index.
    ///
    /// When it throws, nothing has changed in memory; what it wrote is the transaction's to undo.
    /// - Throws: `AuditError.damaged`; `SQLiteError`.
    @discardableResult
    public mutating func append(_ entry: Entry, on connection: Connection) throws -> Int {
        let index = tree.size
        let set = try policySetID(entry.policySet, on: connection)
        let version = commitments.currentVersion
        let key = try commitments.entryKey(index: index, version: version)
        let leaf = MerkleTree.leafHash(Leaf.text(of: entry, at: index, key: key))
        try insert(entry, at: index, leaf: leaf, policySet: set, version: version, on: connection)

        var span = tail
        TimeSpan.extend(&span, to: entry.at)
        var grown = tree
        try grown.append(leaf) { level, index, hash in
            guard level % StoredTree.tileHeight == 0 else { return }
            try insertTile(level: level, index: index, hash: hash, span: span, on: connection)
            span = nil
        }
        tree = grown
        tail = span
        policySet = (entry.policySet, set)
        return index
    }

    private func insert(
        _ entry: Entry,
        at index: Int,
        leaf: Digest,
        policySet: Int64,
        version: Int,
        on connection: Connection
    ) throws {
        let (staff, other): (SQLValue, SQLValue) =
            if case .staff(let id) = entry.actor {
                (.id(id), .null)
            } else {
                (.null, .text(entry.actor.description))
            }
        try connection.run(
            """
            INSERT INTO access_log (idx, leaf, at, staff, other_actor, session, elevated, address,
                action, resource, subjects, decision, policies, policy_set, reason, request_id,
                commitment_key, count)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
            """,
            .int(Int64(index)),
            .blob(leaf.bytes),
            .time(entry.at),
            staff,
            other,
            .id(entry.session),
            .bool(entry.elevated),
            .text(entry.address),
            .text(entry.action),
            .text(entry.resource),
            .text(AccessLog.list(entry.subjects)),
            .text(entry.decision.rawValue),
            .text(AccessLog.list(entry.policies)),
            .int(policySet),
            .text(entry.reason),
            .text(entry.requestID),
            .int(Int64(version)),
            entry.count.map { .int(Int64($0)) } ?? .null
        )
    }

    /// Stores the hash of a complete subtree; one of 2^8 leaves with the times it spans.
    private func insertTile(
        level: Int,
        index: Int,
        hash: Digest,
        span: TimeSpan?,
        on connection: Connection
    ) throws {
        let span = level == StoredTree.tileHeight ? span : nil
        try connection.run(
            """
            INSERT INTO access_log_tile (level, idx, hash, earliest, latest)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """,
            .int(Int64(level)),
            .int(Int64(index)),
            .blob(hash.bytes),
            .time(span?.earliest),
            .time(span?.latest)
        )
    }

    private func policySetID(_ hash: String, on connection: Connection) throws -> Int64 {
        if let policySet, policySet.hash == hash { return policySet.id }
        let known = try connection.first(
            "SELECT id FROM access_log_policy_set WHERE hash = ?1",
            .text(hash),
            read: { $0.int(0) }
        )
        if let known { return known }
        try connection.run("INSERT INTO access_log_policy_set (hash) VALUES (?1)", .text(hash))
        return connection.lastInsertedID
    }

    /// How a list lies in a column: a newline before, between and after, so that a search for a
    /// value between two newlines finds whole values only.
    static func list(_ values: [String]) -> String {
        values.isEmpty ? "" : "\n" + Leaf.lines(values)
    }
}

/// The earliest and the latest of some times; clocks are set back now and then.
struct TimeSpan: Hashable, Sendable {
    var earliest: Timestamp
    var latest: Timestamp

    static func extend(_ span: inout TimeSpan?, to time: Timestamp) {
        guard let known = span else {
            span = TimeSpan(earliest: time, latest: time)
            return
        }
        span = TimeSpan(
            earliest: min(known.earliest, time),
            latest: max(known.latest, time)
        )
    }
}
