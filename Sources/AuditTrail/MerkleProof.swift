public import Crypto

/// Shows that a leaf is in a tree (RFC 9162, section 2.1.3).
public struct InclusionProof: Hashable, Sendable {
    /// The leaf's place, from 0.
    public let index: Int
    /// The number of leaves of the tree.
    public let size: Int
    /// The siblings on the way from the leaf to the root.
    public let hashes: [Digest]

    /// A proof to be checked.
    public init(index: Int, size: Int, hashes: [Digest]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// Whether it shows that `leaf` is at its place in the tree with `root`.
    public func isValid(leaf: Digest, root: Digest) -> Bool {
        guard index >= 0, index < size else { return false }
        var (place, last) = (index, size - 1)
        var node = leaf
        for sibling in hashes {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                node = MerkleTree.nodeHash(sibling, node)
                // A right edge climbs until it is somebody's right child.
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                node = MerkleTree.nodeHash(node, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && node == root
    }
}

/// Shows that a tree begins with all leaves of an older one (RFC 9162, section 2.1.4).
public struct ConsistencyProof: Hashable, Sendable {
    /// The number of leaves of the older tree, at least 1: nothing is consistent with no tree.
    public let from: Int
    /// The number of leaves of the newer tree.
    public let to: Int
    /// The nodes that both roots can be computed from.
    public let hashes: [Digest]

    /// A proof to be checked.
    public init(from: Int, to: Int, hashes: [Digest]) {
        self.from = from
        self.to = to
        self.hashes = hashes
    }

    /// Whether it shows that the tree with `newRoot` begins with the one with `oldRoot`.
    public func isValid(oldRoot: Digest, newRoot: Digest) -> Bool {
        guard from > 0, from <= to else { return false }
        guard from < to else { return hashes.isEmpty && oldRoot == newRoot }
        var (place, last) = (from - 1, to - 1)
        while place & 1 == 1 {
            place >>= 1
            last >>= 1
        }
        // The proof leaves out the old root when it is itself a node of the new tree.
        var rest = hashes[...]
        guard let first = from & (from - 1) == 0 ? oldRoot : rest.popFirst() else { return false }
        var (old, new) = (first, first)
        for node in rest {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                old = MerkleTree.nodeHash(node, old)
                new = MerkleTree.nodeHash(node, new)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                new = MerkleTree.nodeHash(new, node)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
