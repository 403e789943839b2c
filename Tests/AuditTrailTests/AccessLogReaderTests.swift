import AuditTrail
import PolicyEngine
import SQLite
import Testing

struct AccessLogReaderTests {
    private func page(
        _ log: TestLog,
        hidden: Set<String> = [],
        before: Int? = nil,
        limit: Int = 500,
        _ change: (inout AccessLogReader.Filter) -> Void = { _ in }
    ) throws -> AccessLogReader.Page {
        var filter = AccessLogReader.Filter()
        change(&filter)
        return try withPermit { permit in
            try AccessLogReader.page(
                permit: permit,
                filter: filter,
                isHidden: { $0.isAbout(hidden) },
                before: before,
                limit: limit,
                commitments: log.commitments,
                on: log.reader()
            )
        }
    }

    private func indices(_ page: AccessLogReader.Page) -> [Int] {
        page.lines.map { line in
            switch line {
            case .entry(let stored): stored.index
            case .withheld(let index, _): index
            }
        }
    }

    @Test
    func `pages follow each other from the newest to the oldest`() throws {
        let log = try TestLog()
        try log.append((0..<700).map { try entry($0) })
        var before: Int?
        var seen: [Int] = []
        repeat {
            let page = try page(log, before: before, limit: 64)
            seen += indices(page)
            before = page.next
        } while before != nil
        #expect(seen == Array((0..<700).reversed()))
        let first = try page(log, limit: 1)
        guard case .entry(let stored) = try #require(first.lines.first) else {
            Issue.record("withheld without reason")
            return
        }
        #expect(stored.entry == (try entry(699)))
        #expect(try page(log, before: 0).lines.isEmpty)
        #expect(try page(log, before: -5).next == nil)
        #expect(try page(log, before: 10_000).lines.count == 500)
        #expect(try page(log, limit: 100_000).lines.count == 500)
    }

    @Test
    func `an empty log has an empty page`() throws {
        let page = try page(TestLog())
        #expect(page.lines.isEmpty)
        #expect(page.next == nil)
    }

    @Test
    func `each filter finds what a look at every entry finds`() throws {
        let log = try TestLog()
        var entries = try (0..<700).map { try entry($0, decision: $0 % 6 == 0 ? .deny : .allow) }
        entries.append(try entry(700, actor: .operating(uid: 0), subjects: []))
        entries.append(try entry(701, resource: "Pupil::\"12\"", subjects: ["Pupil::\"120\""]))
        try log.append(entries)
        func expect(
            _ change: (inout AccessLogReader.Filter) -> Void,
            _ matches: (Entry) -> Bool
        ) throws {
            let expected = entries.indices.reversed().filter { matches(entries[$0]) }
            #expect(indices(try page(log, change)) == Array(expected.prefix(500)))
        }
        let staff = Entry.Actor.staff(Identifier(rawValue: 3))
        let time = Timestamp(milliseconds: 1_700_000_400_000)
        let later = Timestamp(milliseconds: 1_700_000_450_000)
        try expect({ $0.actor = staff }, { $0.actor == staff })
        try expect({ $0.actor = .operating(uid: 0) }, { $0.actor == .operating(uid: 0) })
        try expect({ $0.actor = .service }, { _ in false })
        try expect({ $0.decision = .deny }, { $0.decision == .deny })
        try expect({ $0.action = "listIncidents" }, { $0.action == "listIncidents" })
        try expect({ $0.from = time }, { $0.at >= time })
        try expect({ $0.to = time }, { $0.at < time })
        try expect(
            {
                $0.from = time
                $0.to = later
            },
            { $0.at >= time && $0.at < later }
        )
        for pupil in ["Pupil::\"1\"", "Pupil::\"12\"", "Pupil::\"120\"", "Pupil", "%", ""] {
            try expect(
                { $0.pupil = pupil },
                { $0.resource == pupil || $0.subjects.contains(pupil) }
            )
        }
        let incident = "Incident::\"4\""
        try expect(
            { $0.incident = incident },
            { $0.resource == incident || $0.subjects.contains(incident) }
        )
        try expect(
            {
                $0.incident = incident
                $0.actor = staff
                $0.to = later
            },
            {
                ($0.resource == incident || $0.subjects.contains(incident)) && $0.actor == staff
                    && $0.at < later
            }
        )
    }

    @Test
    func `times are found where the clock was set back`() throws {
        let log = try TestLog()
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SplitMix(state: seed)
        let entries = try (0..<1_500).map { number in
            let back = Int64.random(in: 0...400_000, using: &generator)
            return try entry(number, at: 1_000_000 + Int64(number) * 1_000 - back)
        }
        try log.append(entries)
        for _ in 0..<200 {
            let start = Int64.random(in: 500_000...2_700_000, using: &generator)
            let from = Timestamp(milliseconds: start)
            let to = Timestamp(
                milliseconds: start + Int64.random(in: 0...50_000, using: &generator)
            )
            let before = Int.random(in: 0...1_600, using: &generator)
            let expected = entries.indices.reversed().filter {
                entries[$0].at >= from && entries[$0].at < to && $0 < before
            }
            let found = try page(log, before: before) {
                $0.from = from
                $0.to = to
            }
            #expect(indices(found) == expected, "seed \(seed)")
            #expect(found.next == nil)
        }
    }

    @Test
    func `what is hidden from the reader is withheld and matches no filter`() throws {
        let log = try TestLog()
        try log.append([
            try entry(1, resource: "School::\"s\"", subjects: ["Incident::\"7\"", "Pupil::\"3\""]),
            try entry(2, resource: "Incident::\"7\"", subjects: []),
            try entry(3, resource: "Incident::\"77\"", subjects: ["Pupil::\"3\""]),
        ])
        let hidden: Set<String> = ["Incident::\"7\""]
        let all = try page(log, hidden: hidden).lines
        #expect(all.count == 3)
        guard case .entry = all[0] else {
            Issue.record("another incident is withheld")
            return
        }
        #expect(all[1] == .withheld(index: 1, at: (try entry(2)).at))
        #expect(all[2] == .withheld(index: 0, at: (try entry(1)).at))
        #expect(indices(try page(log, hidden: hidden) { $0.pupil = "Pupil::\"3\"" }) == [2])
        #expect(indices(try page(log, hidden: hidden) { $0.incident = "Incident::\"7\"" }) == [])
        #expect(indices(try page(log, hidden: hidden) { $0.decision = .allow }) == [2])
        #expect(indices(try page(log) { $0.incident = "Incident::\"7\"" }) == [1, 0])
    }

    @Test
    func `no cursor tells how many hidden entries a filter would match`() throws {
        let hidden: Set<String> = ["Incident::\"7\""]
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SplitMix(state: seed)
        for _ in 0..<20 {
            // The same log twice: in the second, what was hidden is about what no filter names.
            let resources = (0..<60).map { _ in
                Bool.random(using: &generator) ? "Incident::\"7\"" : "Incident::\"8\""
            }
            let (log, other) = (try TestLog(), try TestLog())
            func entries(_ resource: (String) -> String) throws -> [Entry] {
                try resources.enumerated().map { number, name in
                    try entry(number, resource: resource(name), subjects: [])
                }
            }
            try log.append(try entries { $0 })
            try other.append(try entries { hidden.contains($0) ? "Incident::\"9\"" : $0 })
            let limit = Int.random(in: 1...8, using: &generator)
            for incident in ["Incident::\"7\"", "Incident::\"8\""] {
                var before: Int?
                repeat {
                    let page = try page(log, hidden: hidden, before: before, limit: limit) {
                        $0.incident = incident
                    }
                    let without = try self.page(other, before: before, limit: limit) {
                        $0.incident = incident
                    }
                    #expect(indices(page) == indices(without), "seed \(seed)")
                    #expect(page.next == without.next, "seed \(seed)")
                    before = page.next
                } while before != nil
            }
        }
    }

    @Test(arguments: [
        ("UPDATE access_log SET address = 'x' WHERE idx = 7;", "entry 7 is not what its leaf says"),
        (
            "UPDATE access_log SET leaf = zeroblob(32) WHERE idx = 7;",
            "entry 7 is not what its leaf"
        ),
        ("DELETE FROM access_log WHERE idx = 7;", "entry 7 is missing"),
        ("DELETE FROM access_log WHERE idx = 0;", "entry 0 is missing"),
    ])
    func `what was changed by hand is shown to nobody as the log`(
        change: String,
        complaint: String
    ) throws {
        let log = try TestLog()
        try log.append((0..<20).map { try entry($0) })
        #expect(try page(log).lines.count == 20)
        try log.tamper(TestLog.unguarded + change)
        let error = #expect(throws: AuditError.self) { try page(log) }
        #expect(error?.description.contains(complaint) == true, "\(String(describing: error))")
        // Beside it the log is what it was.
        #expect(try page(log, before: 7, limit: 5).lines.count == 5)
    }

    @Test
    func `an export that nobody could verify is not handed out`() throws {
        let log = try TestLog()
        try log.append((0..<20).map { try entry($0) })
        try log.tamper(TestLog.unguarded + "UPDATE access_log SET address = 'x' WHERE idx = 7;")
        let error = #expect(throws: AuditError.self) {
            try withPermit { permit in
                try AccessLogReader.leaves(
                    permit: permit,
                    from: 0,
                    limit: 20,
                    commitments: log.commitments,
                    on: log.reader()
                )
            }
        }
        #expect(error?.description.contains("entry 7") == true)
    }

    @Test
    func `a permit for checkpoints does not open the log`() async {
        await #expect(processExitsWith: .failure) {
            try withPermit("readCheckpoint") { permit in
                let log = try TestLog()
                _ = try AccessLogReader.page(
                    permit: permit,
                    filter: AccessLogReader.Filter(),
                    limit: 1,
                    commitments: log.commitments,
                    on: log.reader()
                )
            }
        }
    }
}
