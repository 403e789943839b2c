import AuditTrail
import Crypto
import PolicyEngine
import SQLite
import Testing

/// What anybody can cause without end is one entry a source and minute.
@Suite struct TallyTests {
    private static let minute: Int64 = 1_700_000_040_000

    @Test func `attempts of a minute are one entry of each source, with their count`() throws {
        let log = try TestLog()
        let other = "198.51.100.4"
        try tally(
            log,
            (0..<500).map { (TallyTests.minute + $0, "192.0.2.1") }
                + [(TallyTests.minute + 59_999, other), (TallyTests.minute + 60_000, other)]
        )
        #expect(try flush(log, at: TallyTests.minute + 59_999).isEmpty)
        let first = try flush(log, at: TallyTests.minute + 60_000)
        #expect(first.map(\.count) == [500, 1])
        #expect(first.map(\.address) == ["192.0.2.1", other])
        #expect(first.map(\.at.milliseconds) == [TallyTests.minute, TallyTests.minute + 59_999])
        #expect(first.allSatisfy { $0.decision == .deny && $0.reason == "throttled" })
        let second = try flush(log, at: TallyTests.minute + 120_000)
        #expect(second.count == 3 && second.last?.count == 1)
        #expect(try log.verify().problems.isEmpty)
    }

    @Test func `a count survives the process and is entered once`() throws {
        let log = try TestLog()
        try tally(log, [(TallyTests.minute, "a"), (TallyTests.minute + 1, "a")])
        for _ in 0..<2 {
            #expect(try flush(log, at: TallyTests.minute + 60_000).map(\.count) == [2])
        }
    }

    @Test func `an entry that has a count already is counted as so many`() throws {
        let log = try TestLog()
        let attempts = [(TallyTests.minute, "a"), (TallyTests.minute + 1, "a")]
        try tally(log, attempts, counts: [1, 7])
        #expect(try flush(log, at: TallyTests.minute + 60_000).map(\.count) == [8])
    }

    @Test func `it names who acted only where all attempts agree`() throws {
        let log = try TestLog()
        let (ada, eve) = (Identifier(rawValue: 1), Identifier(rawValue: 2))
        try tally(
            log,
            [(TallyTests.minute, "a"), (TallyTests.minute + 1, "a")],
            actors: [ada, ada]
        )
        try tally(
            log,
            [(TallyTests.minute, "b"), (TallyTests.minute + 1, "b")],
            actors: [ada, eve]
        )
        let entries = try flush(log, at: TallyTests.minute + 60_000)
        #expect(entries.map(\.actor) == [.staff(ada), log.commitments.unknownActor(address: "")])
    }

    @Test func `the count is in the leaf, and the leaf of one act is what it was`() throws {
        let key = try TestLog().commitments.entryKey(index: 0, version: 1)
        let plain = String(decoding: Leaf.text(of: try entry(1), at: 0, key: key), as: UTF8.self)
        #expect(!plain.contains("count"))
        let counted = Leaf.text(
            of: try refusal(at: TallyTests.minute, count: 7),
            at: 0,
            key: key
        )
        #expect(String(decoding: counted, as: UTF8.self).contains(#""count":7,"decision":"deny""#))
    }

    @Test func `a log from before there were counts is read as it was written`() throws {
        let log = try TestLog(steps: 1)
        let first = try entry(1)
        let commitments = log.commitments
        let key = try commitments.entryKey(index: 0, version: commitments.currentVersion)
        let leaf = MerkleTree.leafHash(Leaf.text(of: first, at: 0, key: key))
        let connection = try Connection(path: log.path, access: .writing)
        try connection.run(
            "INSERT INTO access_log_policy_set VALUES (1, ?1)",
            .text(first.policySet)
        )
        try connection.run(
            """
            INSERT INTO access_log (idx, leaf, at, staff, session, elevated, address, action,
                resource, subjects, decision, policies, policy_set, reason, request_id,
                commitment_key)
            VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'allow', ?10, 1, ?11, ?12, ?13)
            """,
            .blob(leaf.bytes),
            .time(first.at),
            .int(2),
            .id(first.session),
            .bool(first.elevated),
            .text(first.address),
            .text(first.action),
            .text(first.resource),
            .text("\n" + first.subjects.map { $0 + "\n" }.joined()),
            .text("\n" + first.policies.map { $0 + "\n" }.joined()),
            .text(first.reason),
            .text(first.requestID),
            .int(Int64(commitments.currentVersion))
        )
        try Migrations.apply([AccessLog.migrations], to: connection, now: first.at)
        try log.append([try entry(2)])
        #expect(try log.verify().problems.isEmpty)
        #expect(try flush(log, at: TallyTests.minute) == [first, try entry(2)])
    }

    @Test func `somebody who changes a count is found out`() throws {
        let log = try TestLog()
        try tally(log, [(TallyTests.minute, "a"), (TallyTests.minute + 1, "a")])
        _ = try flush(log, at: TallyTests.minute + 60_000)
        for value in ["1", "NULL"] {
            try log.tamper(
                "DROP TRIGGER IF EXISTS access_log_update; UPDATE access_log SET count = \(value);"
            )
            #expect(try log.verify().problems == ["entry 0 is not what its leaf says"])
        }
    }

    private func refusal(
        at: Int64,
        actor: Entry.Actor = .unknown(commitment: "x"),
        count: Int? = nil
    ) throws -> Entry {
        try Entry(
            at: Timestamp(milliseconds: at),
            actor: actor,
            session: nil,
            elevated: false,
            address: "192.0.2.1",
            action: "signIn",
            resource: "School::\"school\"",
            subjects: [],
            decision: .deny,
            policies: [],
            policySet: String(repeating: "ab", count: 32),
            reason: "throttled",
            requestID: "r",
            count: count
        )
    }

    private func tally(
        _ log: TestLog,
        _ attempts: [(at: Int64, source: String)],
        actors: [Identifier] = [],
        counts: [Int] = []
    ) throws {
        let entries = try attempts.enumerated().map { index, attempt in
            try refusal(
                at: attempt.at,
                actor: actors.isEmpty ? .unknown(commitment: "x") : .staff(actors[index]),
                count: counts.isEmpty ? nil : counts[index]
            )
        }
        let writer = try log.writer()
        defer { writer.stop() }
        try writer.perform { connection, log in
            for (entry, attempt) in zip(entries, attempts) {
                try log.tally(entry, source: attempt.source, on: connection)
            }
        }
    }

    /// Enters what is over at a moment, and reads the whole log, oldest first.
    private func flush(_ log: TestLog, at moment: Int64) throws -> [Entry] {
        let writer = try log.writer()
        defer { writer.stop() }
        try writer.perform { connection, log in
            try log.appendTallies(endedAt: Timestamp(milliseconds: moment), on: connection)
        }
        let reader = try log.reader()
        let lines = try withPermit { permit in
            try AccessLogReader.page(
                permit: permit,
                filter: AccessLogReader.Filter(),
                limit: 100,
                commitments: log.commitments,
                on: reader
            ).lines
        }
        return lines.reversed().compactMap { line in
            if case .entry(let stored) = line { stored.entry } else { nil }
        }
    }
}
