import AuditTrail
import Crypto
import SQLite
import Testing

/// A log held against the checkpoint that was kept of it.
struct LogContinuityTests {
    private let log: TestLog
    private let origin = LogOrigin(firstOf: "keyholder.school.example")

    init() throws {
        log = try TestLog()
        try log.append((0..<300).map { try entry($0) })
    }

    private func checkpoint(_ log: TestLog, _ origin: LogOrigin) throws -> Checkpoint {
        let stored = try StoredTree(on: log.reader())
        var issuer = try CheckpointIssuer(
            origin: origin.description,
            keys: self.log.ring.logSigning,
            latest: nil,
            stored: stored
        )
        return try issuer.issue(
            for: AccessLog(loading: log.reader(), commitments: log.commitments).tree
        )
    }

    private func continuity(
        _ note: String?,
        origin: LogOrigin? = nil,
        of log: TestLog? = nil
    ) throws -> LogContinuity {
        try LogContinuity(
            note: note,
            origin: origin ?? self.origin,
            keys: self.log.ring.logSigning,
            stored: StoredTree(on: (log ?? self.log).reader())
        )
    }

    @Test func `a log that has what was signed for is unbroken, however it grew`() throws {
        #expect(try continuity(nil) == .unknown)
        let kept = try checkpoint(log, origin)
        #expect(try continuity(kept.note) == .unbroken(kept))
        for count in [1, 255, 400] {
            try log.append((0..<count).map { try entry($0) })
            #expect(try continuity(kept.note) == .unbroken(kept))
        }
    }

    @Test func `a log that lacks what was signed for, or has others, is broken`() throws {
        let shorter = try TestLog()
        try shorter.append((0..<299).map { try entry($0) })
        let kept = try checkpoint(log, origin)
        let broken = LogContinuity.broken(kept, next: try #require(LogOrigin("\(origin.name)/2")))
        #expect(try continuity(kept.note, of: shorter) == broken)
        // As long again, and longer: these are the entries of another log.
        try shorter.append([try entry(299)])
        #expect(try continuity(kept.note, of: shorter) == broken)
        try shorter.append([try entry(300)])
        #expect(try continuity(kept.note, of: shorter) == broken)
    }

    @Test func `a log that knows nothing of the checkpoint's origin is broken too`() throws {
        let later = try #require(LogOrigin("\(origin.name)/4"))
        let kept = try checkpoint(log, later)
        let next = try #require(LogOrigin("\(origin.name)/5"))
        #expect(try continuity(kept.note) == .broken(kept, next: next))
        #expect(try continuity(kept.note, origin: later) == .unbroken(kept))
        #expect(try continuity(kept.note, origin: next) == .succeeded(kept))
    }

    @Test func `a checkpoint of another log or of nobody is refused`() throws {
        let stranger = LogOrigin(firstOf: "keyholder.other.example")
        let note = try checkpoint(log, stranger).note
        #expect(throws: AuditError.wrongOrigin(stranger.description)) { try continuity(note) }
        let kept = try checkpoint(log, origin).note
        #expect(throws: AuditError.wrongSignature) {
            try continuity(kept.replacing("\n300\n", with: "\n200\n"))
        }
        #expect(throws: AuditError.malformedNote) { try continuity("300\n") }
    }

    @Test(arguments: ["", "/1", "a", "a/", "a/0", "a/01", "a/-1", "a/+1", "a/x", "a/1/"])
    func `an origin has a name and a number`(_ text: String) {
        #expect(LogOrigin(text) == nil)
        #expect(LogOrigin("a/b/17").map { [$0.description, $0.name] } == ["a/b/17", "a/b"])
    }
}
