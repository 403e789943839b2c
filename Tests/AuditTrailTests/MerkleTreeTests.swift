import AuditTrail
import Crypto
import Foundation
import Testing

struct MerkleTreeTests {
    /// MTH of RFC 6962, section 2.1, as it is written there.
    static func naiveRoot(_ leaves: ArraySlice<Digest>) -> Digest {
        guard leaves.count > 1 else { return leaves.first ?? MerkleTree.emptyRoot }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return MerkleTree.nodeHash(naiveRoot(leaves[..<middle]), naiveRoot(leaves[middle...]))
    }

    // The tree of RFC 6962's reference implementation: leaves and roots by size, as published in
    // certificate-transparency's merkletree tests.
    @Test
    func `the roots of the reference tree`() throws {
        let leaves = [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        var tree = MerkleTree()
        #expect(
            Hex.encode(tree.root.bytes)
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        for (leaf, root) in zip(leaves, roots) {
            tree.append(MerkleTree.leafHash(try Hex.decode(leaf)))
            #expect(Hex.encode(tree.root.bytes) == root)
        }
    }

    @Test
    func `a tree has the root that the definition gives, at every size`() {
        var tree = MerkleTree()
        var leaves: [Digest] = []
        for number in 0..<200 {
            let leaf = MerkleTree.leafHash([UInt8(number)])
            leaves.append(leaf)
            tree.append(leaf)
            #expect(tree.size == leaves.count)
            #expect(tree.root == Self.naiveRoot(leaves[...]))
        }
    }

    @Test
    func `a tree tells the subtrees that a leaf completes`() {
        var tree = MerkleTree()
        var leaves: [Digest] = []
        var completed: Set<[Int]> = []
        for number in 0..<64 {
            leaves.append(MerkleTree.leafHash([UInt8(number)]))
            tree.append(leaves[number]) { level, index, hash in
                completed.insert([level, index])
                #expect(hash == Self.naiveRoot(leaves[(index << level)..<((index + 1) << level)]))
            }
        }
        #expect(completed.count == 63)
    }

    /// Where the published proofs lie, if they are at hand: beside the package.
    static let vectors: String? = {
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = package.deletingLastPathComponent().path + "/shared/merkle/proofs.ndjson"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    struct Vector: Decodable {
        let kind: String
        let name: String
        let wantErr: Bool
        let leafIdx, treeSize, size1, size2: UInt64?
        let leafHash, root, root1, root2: String?
        let proof: [String]?
    }

    // transparency-dev/merkle, testdata.
    @Test(.enabled(if: vectors != nil, "../shared/merkle/proofs.ndjson is not there"))
    func `published proofs are accepted and refused as they should be`() throws {
        let path = try #require(Self.vectors)
        var (accepted, refused) = (0, 0)
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let vector = try JSONDecoder().decode(Vector.self, from: Data(line.utf8))
            let isValid = Self.isValid(vector)
            #expect(isValid != vector.wantErr, "\(vector.name)")
            if isValid { accepted += 1 } else { refused += 1 }
        }
        #expect(accepted == 12)
        #expect(refused == 184)
    }

    /// What is no hash or no size cannot even be asked about.
    ///
    /// Some vectors have words for roots, equal ones in one that must be accepted: the digest of a
    /// word stands for it.
    static func isValid(_ vector: Vector) -> Bool {
        func hash(_ text: String?) -> Digest? {
            text.flatMap { try? Base64.standard.decode($0) }.flatMap { Digest($0) }
        }
        func root(_ text: String?) -> Digest? {
            hash(text) ?? Digest(SHA256.hash(Array((text ?? "").utf8)))
        }
        let proof = (vector.proof ?? []).map { hash($0) }
        let hashes = proof.compactMap { $0 }
        guard hashes.count == proof.count else { return false }
        if vector.kind == "inclusion" {
            guard let index = Int(exactly: vector.leafIdx ?? 0),
                let size = Int(exactly: vector.treeSize ?? 0),
                let leaf = hash(vector.leafHash), let root = root(vector.root)
            else { return false }
            return InclusionProof(index: index, size: size, hashes: hashes)
                .isValid(leaf: leaf, root: root)
        }
        guard let from = Int(exactly: vector.size1 ?? 0), let to = Int(exactly: vector.size2 ?? 0),
            let old = root(vector.root1), let new = root(vector.root2)
        else { return false }
        return ConsistencyProof(from: from, to: to, hashes: hashes)
            .isValid(oldRoot: old, newRoot: new)
    }
}
