public import Crypto
public import SQLite

/// Computes the whole log anew and says where what is stored differs.
///
/// What it cannot see without a checkpoint from outside: entries cut off at the end, and a log
/// rewritten by somebody who has the commitment keys.
public enum LogVerifier {
    /// What was found.
    public struct Report: Hashable, Sendable {
        /// The number of entries.
        public let size: Int
        /// The root over the leaves as computed from the entries.
        public let root: Digest
        /// Each thing that is wrong, in words; the first 100.
        public let problems: [String]
    }

    /// Checks every entry against its leaf, the stored hashes against the leaves, and the tree
    /// against a checkpoint.
    ///
    /// Takes some 10 µs an entry; memory does not grow with the log.
    /// - Parameters:
    ///   - connection: a connection in a transaction.
    ///   - commitments: the school's, with the keys of all versions in use.
    ///   - checkpoint: the newest one known from outside the database, verified.
    /// - Returns: the report; a log that is damaged is no error.
    /// - Throws: `SQLiteError`.
    public static func verify(
        _ connection: Connection,
        commitments: Commitments,
        checkpoint: Checkpoint?
    ) throws -> Report {
        var run = Run(commitments: commitments, checkpoint: checkpoint)
        let size = try StoredTree(on: connection).size
        let step = 1 << StoredTree.tileHeight
        for start in stride(from: 0, to: size, by: step) {
            try run.check(from: start, to: min(start + step, size), on: connection)
            if run.problems.count >= AuditLimits.problems { break }
        }
        try run.checkEnd(on: connection)
        return Report(size: size, root: run.tree.root, problems: run.problems)
    }

    private struct Run {
        let commitments: Commitments
        let checkpoint: Checkpoint?
        var tree = MerkleTree()
        var problems: [String] = []

        init(commitments: Commitments, checkpoint: Checkpoint?) {
            self.commitments = commitments
            self.checkpoint = checkpoint
            checkHead()
        }

        /// Entries of one stored subtree of 2^8, the last one perhaps incomplete.
        mutating func check(from start: Int, to end: Int, on connection: Connection) throws {
            var span: TimeSpan?
            for index in start..<end {
                let leaf = try leaf(at: index, &span, on: connection)
                var completed: [(level: Int, index: Int, hash: Digest)] = []
                tree.append(leaf) { completed.append(($0, $1, $2)) }
                for tile in completed where tile.level % StoredTree.tileHeight == 0 {
                    try checkTile(tile.level, tile.index, tile.hash, span, on: connection)
                }
                checkHead()
            }
        }

        /// The hash that the entry at `index` should have.
        private mutating func leaf(
            at index: Int,
            _ span: inout TimeSpan?,
            on connection: Connection
        ) throws -> Digest {
            do {
                guard
                    let entry = try AccessLogReader.entries(
                        from: index,
                        before: index + 1,
                        on: connection
                    ).first
                else { throw AuditError.damaged("entry \(index) is missing") }
                TimeSpan.extend(&span, to: entry.entry.at)
                let leaf = MerkleTree.leafHash(try entry.leafText(commitments))
                if leaf != entry.leaf {
                    problems.append("entry \(index) is not what its leaf says")
                }
                return leaf
            } catch AuditError.damaged(let what) {
                problems.append(what)
                return MerkleTree.emptyRoot
            } catch let error as AuditError {
                problems.append("entry \(index): \(error)")
                return MerkleTree.emptyRoot
            }
        }

        private mutating func checkTile(
            _ level: Int,
            _ index: Int,
            _ hash: Digest,
            _ span: TimeSpan?,
            on connection: Connection
        ) throws {
            let isRight = try connection.first(
                """
                SELECT hash = ?3 AND earliest IS ?4 AND latest IS ?5
                FROM access_log_tile WHERE level = ?1 AND idx = ?2
                """,
                .int(Int64(level)),
                .int(Int64(index)),
                .blob(hash.bytes),
                .time(level == StoredTree.tileHeight ? span?.earliest : nil),
                .time(level == StoredTree.tileHeight ? span?.latest : nil),
                read: { $0.bool(0) }
            )
            if isRight != true {
                problems.append("stored hash \(index) of level \(level) is not that of its entries")
            }
        }

        /// Compares with the checkpoint at the moment when the tree has its size.
        private mutating func checkHead() {
            guard let checkpoint, checkpoint.size == tree.size, checkpoint.root != tree.root else {
                return
            }
            problems.append("the first \(tree.size) entries are not those of the checkpoint")
        }

        /// What lies beyond the tree, or is missing from it.
        mutating func checkEnd(on connection: Connection) throws {
            let surplus = try connection.first(
                """
                SELECT count(*) FROM access_log_tile
                WHERE level NOT IN (8, 16, 24, 32, 40, 48, 56) OR idx >= ?1 >> level
                """,
                .int(Int64(tree.size)),
                read: { Int($0.int(0)) }
            )
            if let surplus, surplus > 0, problems.isEmpty {
                problems.append("\(surplus) stored hashes belong to no entries")
            }
            let negative = try connection.first(
                "SELECT 1 FROM access_log WHERE idx < 0",
                read: { _ in true }
            )
            if negative != nil { problems.append("entries stand before the first one") }
            if let checkpoint, checkpoint.size > tree.size, problems.isEmpty {
                problems.append(
                    "the checkpoint is of \(checkpoint.size) entries, there are \(tree.size)"
                )
            }
        }
    }
}
