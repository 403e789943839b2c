import AuditTrail
import Crypto
import SQLite
import Testing

struct LogVerifierTests {
    static let columns = [
        "leaf = zeroblob(32)", "at = at + 1",
        "staff = NULL, other_actor = 'operator:0'", "staff = staff + 1", "other_actor = 'service'",
        "session = coalesce(session, 0) + 1", "session = NULL",
        "elevated = 1 - elevated", "elevated = 2 * elevated + 2", "address = '192.0.2.250'",
        "action = 'other'", "resource = resource || 'x'", "subjects = ''",
        "subjects = trim(subjects, char(10))", "subjects = subjects || 'Pupil::\"9\"' || char(10)",
        "decision = 'deny'", "decision = 'perhaps'", "policies = ''",
        "policies = trim(policies, char(10))", "policy_set = 2", "policy_set = 99",
        "reason = ''", "reason = 'other'", "request_id = 'r'", "commitment_key = 2",
        "idx = 100000",
    ]

    private func tampered(_ sql: String, row: Int = 137) throws -> LogVerifier.Report {
        let log = try TestLog()
        try log.append((0..<600).map { try entry($0) })
        try #require(try log.verify().problems.isEmpty)
        try log.tamper(
            TestLog.unguarded
                + "INSERT INTO access_log_policy_set VALUES (2, 'cd');\(sql);"
        )
        return try log.verify()
    }

    @Test(arguments: columns, [140, 598])
    func `a changed column of any row is found`(change: String, row: Int) throws {
        let report = try tampered("UPDATE access_log SET \(change) WHERE idx = \(row)")
        #expect(!report.problems.isEmpty)
        #expect(report.problems.contains { $0.contains("\(row)") }, "\(report.problems)")
    }

    @Test(arguments: [
        "DELETE FROM access_log WHERE idx = 137", "DELETE FROM access_log WHERE idx < 10",
        "DELETE FROM access_log WHERE idx >= 512; DELETE FROM access_log WHERE idx >= 500",
        "UPDATE access_log_policy_set SET hash = 'ef' WHERE id = 1",
        "UPDATE access_log_tile SET hash = zeroblob(32) WHERE idx = 1",
        "UPDATE access_log_tile SET earliest = earliest - 1 WHERE idx = 1",
        "UPDATE access_log_tile SET latest = latest + 1 WHERE idx = 0",
        "DELETE FROM access_log_tile WHERE idx = 1",
        "INSERT INTO access_log_tile VALUES (8, 2, zeroblob(32), 1, 1)",
        "INSERT INTO access_log_tile VALUES (16, 0, zeroblob(32), NULL, NULL)",
        "UPDATE access_log SET idx = -1 WHERE idx = 599",
        "UPDATE access_log SET idx = CASE idx WHEN 5 THEN 1006 ELSE 1005 END WHERE idx IN (5, 6);"
            + "UPDATE access_log SET idx = idx - 1000 WHERE idx > 1000",
    ])
    func `removed, swapped or invented rows are found`(sql: String) throws {
        #expect(!(try tampered(sql).problems.isEmpty))
    }

    @Test
    func `entries cut off at the end are found with a checkpoint only`() throws {
        let log = try TestLog()
        try log.append((0..<600).map { try entry($0) })
        let head = try AccessLog(loading: log.reader(), commitments: log.commitments).tree
        var issuer = try CheckpointIssuer(
            origin: CheckpointTests.origin,
            keys: log.ring.logSigning,
            latest: nil,
            stored: StoredTree(on: log.reader())
        )
        let checkpoint = try issuer.issue(for: head)
        #expect(try log.verify(checkpoint).problems.isEmpty)
        try log.tamper(TestLog.unguarded + "DELETE FROM access_log WHERE idx >= 590;")
        #expect(try log.verify().problems.isEmpty)
        #expect(try log.verify(checkpoint).problems.count == 1)
    }

    @Test
    func `a log written anew is found with an old checkpoint`() throws {
        let log = try TestLog()
        try log.append((0..<20).map { try entry($0) })
        let head = try AccessLog(loading: log.reader(), commitments: log.commitments).tree
        var issuer = try CheckpointIssuer(
            origin: CheckpointTests.origin,
            keys: log.ring.logSigning,
            latest: nil,
            stored: StoredTree(on: log.reader())
        )
        let checkpoint = try issuer.issue(for: head)
        try log.tamper(TestLog.unguarded + "DELETE FROM access_log WHERE idx >= 19;")
        try log.append([try entry(1_000), try entry(1_001)])
        #expect(try log.verify().problems.isEmpty)
        #expect(
            try log.verify(checkpoint).problems == [
                "the first 20 entries are not those of the checkpoint"
            ]
        )
    }

    @Test
    func `a log sealed again with a later key is found out by whoever has an old checkpoint`()
        throws
    {
        let log = try TestLog()
        try log.append((0..<20).map { try entry($0) })
        func issuer(goingOnFrom latest: String? = nil) throws -> CheckpointIssuer {
            try CheckpointIssuer(
                origin: CheckpointTests.origin,
                keys: KeyRing(folder: log.folder + "/keys").logSigning,
                latest: latest,
                stored: StoredTree(on: log.reader())
            )
        }
        var first = try issuer()
        let checkpoint = try first.issue(
            for: AccessLog(loading: log.reader(), commitments: log.commitments).tree
        )
        // Somebody with both folders changes what was logged, adds a key and signs with it.
        try log.tamper(TestLog.unguarded + "DELETE FROM access_log WHERE idx >= 19;")
        try log.append([try entry(1_000), try entry(1_001)])
        _ = try KeyRing.addKey(.logSigning, in: log.folder + "/keys")
        var later = try issuer()
        let sealed = try later.issue(
            for: AccessLog(loading: log.reader(), commitments: log.commitments).tree
        )
        #expect(sealed.size == 21)
        #expect(try log.verify(sealed).problems.isEmpty)
        #expect(
            try log.verify(checkpoint).problems == [
                "the first 20 entries are not those of the checkpoint"
            ]
        )
        // The later key is none of those that the holder of the old checkpoint trusts.
        let forged = try UnverifiedCheckpoint(parsing: sealed.note)
        #expect(throws: AuditError.self) { try forged.verify(withAny: first.noteKeys) }
        // Nor does the service itself go on from there.
        #expect(throws: AuditError.inconsistentTree(signed: 20, offered: 21)) {
            try issuer(goingOnFrom: checkpoint.note)
        }
    }

    @Test
    func `entries stay verifiable after the commitment key changed`() throws {
        let log = try TestLog()
        try log.append((0..<10).map { try entry($0) })
        let keys = log.folder + "/keys"
        _ = try KeyRing.addKey(.commitment, in: keys)
        let newer = Commitments(try KeyRing(folder: keys).commitment)
        let writer = try Writer(connection: Connection(path: log.path, access: .writing)) {
            try AccessLog(loading: $0, commitments: newer)
        }
        try writer.perform { connection, state in
            for number in 10..<20 { try state.append(try entry(number), on: connection) }
        }
        writer.stop()
        let report = try LogVerifier.verify(log.reader(), commitments: newer, checkpoint: nil)
        #expect(report.problems.isEmpty)
        #expect(
            try log.verify().problems.contains { $0.contains("no commitment key of version 2") }
        )
    }
}
