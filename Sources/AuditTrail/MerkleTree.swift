public import Crypto

/// A Merkle tree that only grows (RFC 6962, section 2.1), held by its right edge alone.
///
/// A value of log2(size) hashes: copying it is saving it.
public struct MerkleTree: Hashable, Sendable {
    /// The number of leaves.
    public private(set) var size = 0

    /// The hashes of the complete subtrees that make up the tree, the largest first: one for each
    /// bit that is set in `size`.
    private var frontier: [Digest] = []

    /// The empty tree.
    public init() {}

    /// The tree of `size` leaves whose complete subtrees have these hashes, the largest first.
    init(size: Int, frontier: [Digest]) {
        precondition(frontier.count == size.nonzeroBitCount, "a subtree for each bit of the size")
        self.size = size
        self.frontier = frontier
    }

    /// Adds a leaf, whose hash `leafHash` makes, in constant time on average.
    public mutating func append(_ leaf: Digest) {
        append(leaf) { _, _, _ in }
    }

    /// Adds a leaf; `completed` hears of every subtree that it completes, smaller ones first.
    ///
    /// - Parameters:
    ///   - leaf: the hash of the leaf.
    ///   - completed: is told the subtree's level (it has 2^level leaves), its index among those of
    ///     its level and its hash.
    public mutating func append(
        _ leaf: Digest,
        completed: (_ level: Int, _ index: Int, _ hash: Digest) throws -> Void
    ) rethrows {
        var node = leaf
        var level = 0
        while size >> level & 1 == 1 {
            node = MerkleTree.nodeHash(frontier.removeLast(), node)
            level += 1
            try completed(level, size >> level, node)
        }
        frontier.append(node)
        size += 1
    }

    /// The hash of the whole tree; SHA-256 of nothing for an empty one.
    public var root: Digest {
        guard var root = frontier.last else { return MerkleTree.emptyRoot }
        for subtree in frontier.dropLast().reversed() {
            root = MerkleTree.nodeHash(subtree, root)
        }
        return root
    }

    /// The hash of a leaf: SHA-256(0x00 ‖ `data`).
    public static func leafHash(_ data: [UInt8]) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: data.count + 1, alignment: 1) { buffer in
            buffer[0] = 0
            UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyBytes(from: data)
            return SHA256.hash(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The hash of an inner node: SHA-256(0x01 ‖ `left` ‖ `right`).
    public static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Digest.count, alignment: 1) { buffer in
            buffer[0] = 1
            left.withBytes {
                UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyMemory(from: $0)
            }
            right.withBytes {
                UnsafeMutableRawBufferPointer(rebasing: buffer[(1 + Digest.count)...])
                    .copyMemory(from: $0)
            }
            return SHA256.hash(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The root of the tree without leaves.
    public static let emptyRoot = SHA256.hash(UnsafeRawBufferPointer(start: nil, count: 0))
}
