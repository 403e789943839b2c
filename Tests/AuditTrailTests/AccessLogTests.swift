import AuditTrail
import Crypto
import Foundation
import PolicyEngine
import SQLite
import Testing

struct AccessLogTests {
    struct Undone: Error {}

    /// The hashes of the leaves as they stand in the file.
    private func leaves(_ log: TestLog) throws -> [Digest] {
        try log.reader().all("SELECT leaf FROM access_log ORDER BY idx") { row in
            try #require(row.withBytes(0) { Digest($0) })
        }
    }

    @Test
    func `a pupil never leaves its incident for the next entry`() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SplitMix(state: seed)
        for _ in 0..<300 {
            let size = Int.random(in: 0...900, using: &generator)
            let subjects = (0..<size).map { number in
                // Now and then as in a search: pupils, and no incident at all.
                size % 5 > 0 && Int.random(in: 0...3, using: &generator) == 0
                    ? "Incident::\"\(number)\"" : "Pupil::\"\(number)\""
            }
            let parts = Entry.parts(of: subjects)
            #expect(Array(parts.joined()) == subjects, "seed \(seed)")
            #expect(parts.allSatisfy { $0.count <= AuditLimits.subjects }, "seed \(seed)")
            #expect(parts.count <= size / 100 + 1, "seed \(seed)")
            for (part, next) in zip(parts, parts.dropFirst())
            where part.contains(where: { $0.hasPrefix("Incident") }) {
                #expect(next[0].hasPrefix("Incident"), "seed \(seed)")
            }
        }
    }

    @Test
    func `ten thousand entries give the root of the definition, also after a restart`() throws {
        let log = try TestLog()
        let entries = try (0..<10_000).map { try entry($0) }
        let writer = try log.writer()
        for start in stride(from: 0, to: entries.count, by: 640) {
            let group = Array(entries[start..<min(start + 640, entries.count)])
            try writer.perform { connection, state in
                for entry in group { try state.append(entry, on: connection) }
            }
        }
        let root = try writer.perform { _, state in state.tree.root }
        writer.stop()
        let naive = MerkleTreeTests.naiveRoot(try leaves(log)[...])
        #expect(root == naive)
        let loaded = try AccessLog(loading: log.reader(), commitments: log.commitments)
        #expect(loaded.tree.size == 10_000)
        #expect(loaded.tree.root == naive)
        let report = try log.verify()
        #expect(report.problems.isEmpty)
        #expect(report.root == naive)
        #expect(report.size == 10_000)
    }

    @Test(arguments: [0, 1, 2, 255, 256, 257, 511, 512, 700])
    func `proofs hold at every size`(size: Int) throws {
        let log = try TestLog()
        try log.append((0..<size).map { try entry($0) })
        let leaves = try leaves(log)
        let stored = try StoredTree(on: log.reader())
        #expect(stored.size == size)
        let root = try stored.root(size: size)
        #expect(root == MerkleTreeTests.naiveRoot(leaves[...]))
        for index in Set([0, 1, 2, 100, 254, 255, 256, 300, 511, 512, 699, size - 1])
        where index >= 0 && index < size {
            let proof = try stored.inclusionProof(index: index, size: size)
            #expect(proof.isValid(leaf: leaves[index], root: root))
            let old = try stored.root(size: index + 1)
            #expect(old == MerkleTreeTests.naiveRoot(leaves[...index]))
            let consistency = try stored.consistencyProof(from: index + 1, to: size)
            #expect(consistency.isValid(oldRoot: old, newRoot: root))
            if index + 1 < size {
                #expect(!consistency.isValid(oldRoot: root, newRoot: old))
            }
        }
        #expect(throws: AuditError.outOfRange) { try stored.root(size: size + 1) }
        #expect(throws: AuditError.outOfRange) {
            try stored.inclusionProof(index: size, size: size)
        }
        #expect(throws: AuditError.outOfRange) { try stored.inclusionProof(index: -1, size: size) }
        #expect(throws: AuditError.outOfRange) { try stored.consistencyProof(from: 0, to: size) }
        #expect(throws: AuditError.outOfRange) {
            try stored.consistencyProof(from: 1, to: size + 1)
        }
    }

    @Test
    func `a piece that fails leaves the tree as it was`() throws {
        let log = try TestLog()
        let writer = try log.writer()
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SplitMix(state: seed)
        var kept = 0
        for round in 0..<60 {
            let count = Int.random(in: 1...40, using: &generator)
            let fails = Bool.random(using: &generator)
            let entries = try (0..<count).map { try entry(round * 100 + $0) }
            let piece: @Sendable (Connection, inout AccessLog) throws -> Void = {
                connection,
                state in
                for entry in entries { try state.append(entry, on: connection) }
                if fails { throw Undone() }
            }
            if fails {
                #expect(throws: Undone.self) { try writer.perform(piece) }
            } else {
                try writer.perform(piece)
                kept += count
            }
        }
        let head = try writer.perform { _, state in state.tree }
        writer.stop()
        #expect(head.size == kept, "seed \(seed)")
        #expect(head.root == MerkleTreeTests.naiveRoot(try leaves(log)[...]), "seed \(seed)")
        #expect(try log.verify().problems.isEmpty, "seed \(seed)")
    }

    @Test
    func `a transaction that is lost takes the entries out of the tree`() throws {
        let log = try TestLog()
        try log.append((0..<300).map { try entry($0) })
        let writer = try log.writer()
        let more = try (300..<600).map { try entry($0) }
        // The rollback stands for what a full disk does to the whole transaction.
        #expect(throws: (any Error).self) {
            try writer.perform { connection, state in
                for entry in more { try state.append(entry, on: connection) }
                try connection.run("ROLLBACK")
                throw Undone()
            }
        }
        try writer.perform { connection, state in
            #expect(state.tree.size == 300)
            try state.append(more[0], on: connection)
        }
        writer.stop()
        let report = try log.verify()
        #expect(report.problems.isEmpty)
        #expect(report.size == 301)
    }

    @Test
    func `a leaf is the canonical json of the entry`() throws {
        let log = try TestLog()
        let strange = try Entry(
            at: Timestamp(milliseconds: 1_764_000_000_123),
            actor: .operating(uid: 1_000),
            session: nil,
            elevated: true,
            address: "2001:db8::1",
            action: "export \"ä\" \\ /\u{7f}",
            resource: "AccessLog::\"é\u{1F511}\"",
            subjects: [],
            decision: .deny,
            policies: [],
            policySet: "",
            reason: "",
            requestID: "x"
        )
        let entries = try (0..<5).map { try entry($0) } + [strange]
        try log.append(entries)
        let texts = try withPermit { permit in
            try AccessLogReader.leaves(
                permit: permit,
                from: 0,
                limit: 500,
                commitments: log.commitments,
                on: log.reader()
            )
        }
        #expect(texts.count == entries.count)
        for (index, text) in texts.enumerated() {
            let entry = entries[index]
            let key = try log.commitments.entryKey(index: index, version: 1)
            func commitment(_ value: String, _ field: String) -> String {
                let input = key.bytes + Array(field.utf8) + [0] + Array(value.utf8)
                return Data(SHA256.hash(input)).base64EncodedString()
            }
            let members: [String: Any] = [
                "index": index, "at": entry.at.rfc3339, "action": entry.action,
                "decision": entry.decision.rawValue, "policies": entry.policies,
                "policySet": entry.policySet, "elevated": entry.elevated,
                "actor": commitment(entry.actor.description, "actor"),
                "address": commitment(entry.address, "address"),
                "resource": commitment(entry.resource, "resource"),
                "requestId": commitment(entry.requestID, "requestId"),
                "subjects": commitment(entry.subjects.map { $0 + "\n" }.joined(), "subjects"),
                "session": entry.session.map { commitment("\($0)", "session") } ?? NSNull(),
                "reason": entry.reason.map { commitment($0, "reason") } ?? NSNull(),
            ]
            let canonical = try JSONSerialization.data(
                withJSONObject: members,
                options: [.sortedKeys, .withoutEscapingSlashes]
            )
            #expect(
                String(decoding: text, as: UTF8.self) == String(decoding: canonical, as: UTF8.self)
            )
            #expect(MerkleTree.leafHash(text) == (try leaves(log))[index])
        }
    }

    @Test
    func `a leaf shows no actor, address, thing or subject`() throws {
        let log = try TestLog()
        try log.append([try entry(4), try entry(4)])
        let texts = try withPermit { permit in
            try AccessLogReader.leaves(
                permit: permit,
                from: 0,
                limit: 2,
                commitments: log.commitments,
                on: log.reader()
            )
        }.map { String(decoding: $0, as: UTF8.self) }
        // The short one with its quotes: two letters alone stand in a random commitment now and then.
        let hidden = [
            "192.0.2", "Incident::", "Pupil::", "\"r4\"", "0000000000005", "involved \\",
        ]
        for value in hidden { #expect(!texts[0].contains(value)) }
        // The same values are committed to differently in each entry.
        let actors = texts.map { $0.split(separator: "\"actor\":")[1].prefix(46) }
        #expect(actors[0] != actors[1])
    }

    @Test
    func `an unknown address is the same stranger each time and tells nothing`() throws {
        let log = try TestLog()
        let stranger = log.commitments.unknownActor(address: "head@school.example")
        #expect(log.commitments.unknownActor(address: "head@school.example") == stranger)
        #expect(log.commitments.unknownActor(address: "Head@school.example") != stranger)
        #expect(!"\(stranger)".contains("school"))
        #expect(try TestLog().commitments.unknownActor(address: "head@school.example") != stranger)
    }

    @Test(arguments: [
        Entry.Actor.staff(Identifier(rawValue: 5)), .operating(uid: 0), .operating(uid: .max),
        .unknown(commitment: "abc"), .service,
    ])
    func `an actor is read as it was printed`(actor: Entry.Actor) throws {
        #expect(Entry.Actor("\(actor)") == actor)
        let log = try TestLog()
        try log.append([try entry(1, actor: actor)])
        #expect(try log.verify().problems.isEmpty)
    }

    @Test(arguments: ["", "operator:", "operator:-1", "operator:01", "Service", "5", "unknown"])
    func `what is no actor is refused`(text: String) {
        #expect(Entry.Actor(text) == nil)
    }

    @Test
    func `an entry outside its limits is refused`() throws {
        let many = (0...200).map { "Pupil::\"\($0)\"" }
        #expect(throws: AuditError.refusedEntry(field: "subjects")) {
            try entry(1, subjects: many)
        }
        #expect(throws: Never.self) { try entry(1, subjects: Array(many.dropLast())) }
        for subjects in [["a\nb"], [""], [String(repeating: "a", count: 129)], ["\u{0}"]] {
            #expect(throws: AuditError.refusedEntry(field: "subjects")) {
                try entry(1, subjects: subjects)
            }
        }
        #expect(throws: AuditError.refusedEntry(field: "resource")) {
            try entry(1, resource: String(repeating: "é", count: 129))
        }
        #expect(throws: AuditError.refusedEntry(field: "resource")) {
            try entry(1, resource: "a\tb")
        }
    }

    @Test(arguments: [
        "DELETE FROM access_log WHERE idx = 299", "UPDATE access_log SET address = 'x'",
        "INSERT OR REPLACE INTO access_log SELECT * FROM access_log WHERE idx = 5",
        "INSERT INTO access_log SELECT idx + 1000, leaf, at, staff, other_actor, session, elevated,"
            + " address, action, resource, subjects, decision, policies, policy_set, reason,"
            + " request_id, commitment_key FROM access_log WHERE idx = 5",
        "DELETE FROM access_log_tile", "UPDATE access_log_tile SET hash = zeroblob(32)",
        "INSERT OR REPLACE INTO access_log_tile VALUES (8, 0, zeroblob(32), 1, 1)",
        "DELETE FROM access_log_policy_set", "UPDATE access_log_policy_set SET hash = 'x'",
        "INSERT OR REPLACE INTO access_log_policy_set VALUES (1, 'x')",
    ])
    func `no statement changes what was logged`(sql: String) throws {
        let log = try TestLog()
        try log.append((0..<300).map { try entry($0) })
        let connection = try Connection(path: log.path, access: .writing)
        #expect(throws: SQLiteError.self) { try connection.execute(script: sql) }
        #expect(try log.verify().problems.isEmpty)
    }
}

/// A small seeded generator (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
