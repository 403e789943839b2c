public import Crypto
public import SQLite

/// The log's tree as the database holds it, within the caller's transaction.
///
/// Stored are the leaves and every complete subtree of 2^8, 2^16, … leaves, so that any subtree
/// costs at most 128 rows and a proof at most 255 for each eight levels.
public struct StoredTree {
    /// The levels between two that are stored.
    static let tileHeight = 8

    /// The number of leaves.
    public let size: Int
    private let connection: Connection

    /// The tree as `connection` sees it now.
    /// - Throws: `SQLiteError`.
    public init(on connection: Connection) throws {
        self.connection = connection
        size =
            try connection.first(
                "SELECT coalesce(max(idx) + 1, 0) FROM access_log",
                read: { Int($0.int(0)) }
            ) ?? 0
    }

    /// The root of the tree when it had `size` leaves.
    /// - Throws: `AuditError.outOfRange`, `damaged`; `SQLiteError`.
    public func root(size: Int) throws -> Digest {
        guard (0...self.size).contains(size) else { throw AuditError.outOfRange }
        return try tree(size: size).root
    }

    /// Shows that the leaf at `index` is in the tree of `size` leaves.
    /// - Throws: `AuditError.outOfRange`, `damaged`; `SQLiteError`.
    public func inclusionProof(index: Int, size: Int) throws -> InclusionProof {
        guard index >= 0, index < size, size <= self.size else { throw AuditError.outOfRange }
        var hashes: [Digest] = []
        try collectPath(to: index, from: 0, count: size, into: &hashes)
        return InclusionProof(index: index, size: size, hashes: hashes)
    }

    /// Shows that the tree of `to` leaves begins with that of `from`, which is at least 1.
    /// - Throws: `AuditError.outOfRange`, `damaged`; `SQLiteError`.
    public func consistencyProof(from: Int, to: Int) throws -> ConsistencyProof {
        guard from > 0, from <= to, to <= size else { throw AuditError.outOfRange }
        var hashes: [Digest] = []
        try collectDifference(from, start: 0, count: to, isOldTree: true, into: &hashes)
        return ConsistencyProof(from: from, to: to, hashes: hashes)
    }

    /// The tree when it had `size` leaves, ready to grow.
    func tree(size: Int) throws -> MerkleTree {
        var frontier: [Digest] = []
        var start = 0
        for level in stride(from: Int.bitWidth - 2, through: 0, by: -1) where size >> level & 1 == 1
        {
            frontier.append(try subtree(level: level, index: start >> level))
            start += 1 << level
        }
        return MerkleTree(size: size, frontier: frontier)
    }

    /// PATH(index, leaves) of RFC 6962, section 2.1.1.
    private func collectPath(
        to index: Int,
        from start: Int,
        count: Int,
        into hashes: inout [Digest]
    ) throws {
        guard count > 1 else { return }
        let split = StoredTree.split(count)
        if index < start + split {
            try collectPath(to: index, from: start, count: split, into: &hashes)
            hashes.append(try hash(from: start + split, count: count - split))
        } else {
            try collectPath(to: index, from: start + split, count: count - split, into: &hashes)
            hashes.append(try hash(from: start, count: split))
        }
    }

    /// SUBPROOF(old, leaves, isOldTree) of RFC 6962, section 2.1.2.
    private func collectDifference(
        _ old: Int,
        start: Int,
        count: Int,
        isOldTree: Bool,
        into hashes: inout [Digest]
    ) throws {
        guard old < count else {
            if !isOldTree { hashes.append(try hash(from: start, count: count)) }
            return
        }
        let split = StoredTree.split(count)
        if old <= split {
            try collectDifference(
                old,
                start: start,
                count: split,
                isOldTree: isOldTree,
                into: &hashes
            )
            hashes.append(try hash(from: start + split, count: count - split))
        } else {
            try collectDifference(
                old - split,
                start: start + split,
                count: count - split,
                isOldTree: false,
                into: &hashes
            )
            hashes.append(try hash(from: start, count: split))
        }
    }

    /// The hash over `count` leaves from `start`, which is a multiple of the power of two at or
    /// above `count`.
    private func hash(from start: Int, count: Int) throws -> Digest {
        guard count & (count - 1) != 0 else {
            let level = count.trailingZeroBitCount
            return try subtree(level: level, index: start >> level)
        }
        let split = StoredTree.split(count)
        return MerkleTree.nodeHash(
            try hash(from: start, count: split),
            try hash(from: start + split, count: count - split)
        )
    }

    /// The hash of a complete subtree of 2^level leaves, from the stored level at or below it.
    private func subtree(level: Int, index: Int) throws -> Digest {
        let stored = level - level % StoredTree.tileHeight
        let width = level - stored
        var hashes = try storedHashes(level: stored, from: index << width, count: 1 << width)
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map {
                MerkleTree.nodeHash(hashes[$0], hashes[$0 + 1])
            }
        }
        return hashes[0]
    }

    private func storedHashes(level: Int, from start: Int, count: Int) throws -> [Digest] {
        let read: (Row) throws -> Digest = { row in
            guard let hash = row.withBytes(0, { Digest($0) }) else {
                throw AuditError.damaged("a hash is not 32 bytes long")
            }
            return hash
        }
        let hashes =
            if level == 0 {
                try connection.all(
                    "SELECT leaf FROM access_log WHERE idx >= ?1 AND idx < ?2 ORDER BY idx",
                    .int(Int64(start)),
                    .int(Int64(start + count)),
                    read: read
                )
            } else {
                try connection.all(
                    """
                    SELECT hash FROM access_log_tile
                    WHERE level = ?1 AND idx >= ?2 AND idx < ?3 ORDER BY idx
                    """,
                    .int(Int64(level)),
                    .int(Int64(start)),
                    .int(Int64(start + count)),
                    read: read
                )
            }
        guard hashes.count == count else {
            throw AuditError.damaged("hashes of level \(level) are missing after \(start)")
        }
        return hashes
    }

    /// The largest power of two below `count`, which is at least 2.
    private static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}
