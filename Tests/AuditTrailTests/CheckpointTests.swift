import AuditTrail
import Crypto
import SQLite
import Testing

struct CheckpointTests {
    static let origin = "keyholder.school.example/1"

    // The example of golang.org/x/mod/sumdb/note.
    static let key =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let note = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        \u{2014} PeterNeumann \
        x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """

    @Test
    func `the known good note verifies with its key`() throws {
        let key = try NoteKey(parsing: Self.key)
        #expect(key.name == "PeterNeumann")
        #expect(key.text == Self.key)
        let note = try SignedNote(parsing: Self.note)
        #expect(note.note == Self.note)
        try note.verify(with: key)
        let altered = Self.note.replacing("answer", with: "Answer")
        #expect(throws: AuditError.wrongSignature) {
            try SignedNote(parsing: altered).verify(with: key)
        }
    }

    @Test
    func `signatures by others neither help nor harm`() throws {
        let key = try NoteKey(parsing: Self.key)
        let stranger = try NoteKey(
            name: "PeterNeumann",
            key: SigningKey(seed: .random(count: 32)).verifyingKey
        )
        let line = "\u{2014} other.example \(Base64.standard.encode(Random.bytes(80)))\n"
        try SignedNote(parsing: Self.note + line).verify(with: key)
        #expect(throws: AuditError.unknownSigner) {
            try SignedNote(parsing: Self.note).verify(with: stranger)
        }
        let wrong = "\u{2014} PeterNeumann \(Base64.standard.encode(key.id + Random.bytes(64)))\n"
        #expect(throws: AuditError.wrongSignature) {
            try SignedNote(parsing: Self.note + wrong).verify(with: key)
        }
    }

    @Test(arguments: [
        "", "\n", "\n\n", "a\n", "a\n\n", "a\n\n\n", "a\n\nb\n", "a\n\n\u{2014} n\n",
        "a\n\n\u{2014} n AAAA\n", "a\n\n\u{2014} n AAAAAA\n", "a\n\n\u{2014} n+ AAAAAAA=\n",
        "a\n\n\u{2014}  AAAAAAA=\n", "a\n\n- n AAAAAAA=\n", "a\n\n\u{2014} n AAAAAAA=",
        "a\n\n\u{2014} n AAAAAAA= \n", "a\r\n\n\u{2014} n AAAAAAA=\n",
        "a\t\n\n\u{2014} n AAAAAAA=\n",
        "\u{2014} n AAAAAAA=\n",
    ])
    func `what is no signed note is refused`(text: String) {
        #expect(throws: AuditError.malformedNote) { try SignedNote(parsing: text) }
    }

    @Test
    func `a note with an endless number of signatures is refused`() {
        let line = "\u{2014} n AAAAAAA=\n"
        #expect(throws: Never.self) {
            try SignedNote(parsing: "a\n\n" + String(repeating: line, count: 64))
        }
        #expect(throws: AuditError.malformedNote) {
            try SignedNote(parsing: "a\n\n" + String(repeating: line, count: 65))
        }
        #expect(throws: AuditError.malformedNote) {
            try SignedNote(parsing: String(repeating: "a", count: 200_000) + "\n\n" + line)
        }
    }

    @Test(arguments: [
        "", "PeterNeumann", "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
    func `what is no verifier key is refused`(text: String) {
        #expect(throws: AuditError.malformedKey) { try NoteKey(parsing: text) }
    }

    @Test(arguments: [
        "log\n1\n", "log\n01\nAAAA\n", "log\n-1\n\(zeros)\n", "log\n+1\n\(zeros)\n",
        "log\n1\nAAAA\n", "\n1\n\(zeros)\n", "log\n1\n\(zeros)\n\nx\n",
        "log\n99999999999999999999\n\(zeros)\n", "log\n1 \n\(zeros)\n",
    ])
    func `what is signed but no checkpoint is refused`(text: String) {
        #expect(throws: AuditError.malformedCheckpoint) {
            try UnverifiedCheckpoint(parsing: text + "\n\u{2014} log AAAAAAA=\n")
        }
    }

    static let zeros = Base64.standard.encode([UInt8](repeating: 0, count: 32))

    @Test
    func `a checkpoint says the size and the root, and verifies`() throws {
        let log = try TestLog()
        try log.append((0..<300).map { try entry($0) })
        let stored = try StoredTree(on: log.reader())
        var issuer = try CheckpointIssuer(
            origin: Self.origin,
            keys: log.ring.logSigning,
            latest: nil,
            stored: stored
        )
        var loaded = try AccessLog(loading: log.reader(), commitments: log.commitments)
        let checkpoint = try issuer.issue(for: loaded.tree)
        #expect(checkpoint.note.hasPrefix("\(Self.origin)\n300\n"))
        let key = try NoteKey(parsing: try #require(issuer.noteKeys.last).text)
        #expect(try UnverifiedCheckpoint(parsing: checkpoint.note).verify(with: key) == checkpoint)
        #expect(try stored.root(size: 300) == checkpoint.root)
        #expect(try issuer.issue(for: loaded.tree) == checkpoint)
        #expect(try log.verify(checkpoint).problems.isEmpty)

        let other = try NoteKey(name: "other.example", key: key.key)
        #expect(throws: AuditError.wrongOrigin(Self.origin)) {
            try UnverifiedCheckpoint(parsing: checkpoint.note).verify(with: other)
        }
        #expect(throws: AuditError.inconsistentTree(signed: 300, offered: 0)) {
            try issuer.issue(for: MerkleTree())
        }
        loaded = try AccessLog(loading: log.reader(), commitments: log.commitments)
        var forged = MerkleTree()
        for number in 0..<300 { forged.append(MerkleTree.leafHash([UInt8(number % 256)])) }
        #expect(throws: AuditError.inconsistentTree(signed: 300, offered: 300)) {
            try issuer.issue(for: forged)
        }
    }

    @Test
    func `an issuer goes on from a known checkpoint only when the log holds it`() throws {
        let log = try TestLog()
        try log.append((0..<20).map { try entry($0) })
        func issuer(_ latest: String?, _ log: TestLog) throws -> CheckpointIssuer {
            try CheckpointIssuer(
                origin: Self.origin,
                keys: KeyRing(folder: log.folder + "/keys").logSigning,
                latest: latest,
                stored: StoredTree(on: log.reader())
            )
        }
        func head(_ log: TestLog) throws -> MerkleTree {
            try AccessLog(loading: log.reader(), commitments: log.commitments).tree
        }
        var first = try issuer(nil, log)
        let note = try first.issue(for: head(log)).note
        try log.append([try entry(20)])
        _ = try KeyRing.addKey(.logSigning, in: log.folder + "/keys")
        var second = try issuer(note, log)
        let newer = try second.issue(for: head(log)).note
        #expect(newer.contains("\n21\n"))
        // The log is put back to what it was before.
        try log.tamper(TestLog.unguarded + "DELETE FROM access_log WHERE idx = 20;")
        #expect(throws: AuditError.inconsistentTree(signed: 21, offered: 20)) {
            try issuer(newer, log)
        }
        #expect(throws: Never.self) { try issuer(note, log) }
        #expect(throws: AuditError.self) { try issuer(Self.note, log) }
    }
}
