import AuditTrail
import Crypto
import Foundation
import Glibc
import SQLite
import Testing

/// The newest checkpoint lies among the keys, and tells of a database that was put back.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct KeptCheckpointTests {
    private let school: RunningSchool
    private let person: Person

    init() throws { (school, person) = try RunningSchool.founded() }

    private var file: String { school.folder + "/keys/checkpoint" }
    private var data: String { school.folder + "/data" }
    private var copy: String { school.folder + "/copy" }

    @Test func `it is of what is durable, and no end of the service breaks it`() throws {
        _ = try kept { $0.size > 0 }
        for _ in 0..<3 {
            let before = try kept()
            try act()
            let newer = try kept { $0.size > before.size }
            try act()
            school.kill()
            try expectInLog(newer)
            try school.start()
        }
        #expect(school.stop() == 0)
        let last = try kept()
        #expect(try last.size == size())
        try expectInLog(last)
        var info = stat()
        #expect(stat(file, &info) == 0 && info.st_mode & 0o7777 == 0o400)
        for _ in 0..<2 {
            try school.start()
            #expect(try person.get("/v1/session").status == 200)
            #expect(school.stop() == 0)
        }
        #expect(try kept().origin == "keyholder.school.example/1")
        #expect(try findings().isEmpty && evidence().isEmpty)
    }

    @Test func `a database that was put back with its marks is found out, each time anew`() throws {
        let old = try copied()
        var lost = try kept()
        let (first, firstNote) = (lost, try note())
        for number in 2...3 {
            try putBack()
            try school.start()
            #expect(try person.get("/v1/session").problem == "session-expired")
            #expect(school.stop() == 0)
            let findings = try findings()
            #expect(findings.count == 1)
            #expect(
                findings.first?.hasPrefix(
                    "deny service \(lost.size) entries of keyholder.school.example/\(number - 1)"
                        + " were signed for"
                ) == true
            )
            #expect(findings.first?.contains("and \(old) entries are there") == true)
            #expect(try acts("endRestoredSessions") == 1)
            let complaint = "the%20access%20log%20was%20rolled%20back:%20\(lost.size)%20entries"
            #expect(try complaints(complaint) == 1)
            lost = try kept()
            #expect(lost.origin == "keyholder.school.example/\(number)")
            #expect(try lost.size == size())
            try expectInLog(lost)
        }
        #expect(try note("checkpoint-\(first.size)") == firstNote)
        #expect(try evidence().count == 2)
        // What was found is on record: it is not found again.
        try school.start()
        #expect(school.stop() == 0)
        #expect(try findings().count == 1 && kept().origin == lost.origin)
    }

    @Test func `a log that is longer and another one is found out too`() throws {
        _ = try copied()
        let lost = try (kept(), note())
        try putBack()
        #expect(unlink(file) == 0)
        try school.start()
        for _ in 0...lost.0.size { try act() }
        #expect(school.stop() == 0)
        #expect(try size() > lost.0.size && findings().isEmpty)
        #expect(unlink(file) == 0)
        try keep(lost.1)
        try school.start()
        #expect(school.stop() == 0)
        #expect(try findings().first?.contains(" others are there") == true)
        #expect(try evidence() == ["checkpoint-\(lost.0.size)"])
    }

    @Test func `one that somebody else could have put there keeps the service from starting`()
        throws
    {
        #expect(school.stop() == 0)
        let good = try note()
        let altered = good.replacing("/1\n", with: "/1\n1", maxReplacements: 1)
        for (text, mode, reason) in [
            (good, mode_t(0o644), "has mode 0644"), (altered, 0o400, "the signature is wrong"),
            ("nonsense", 0o400, "not a signed note"),
        ] {
            #expect(unlink(file) == 0)
            try keep(text, mode: mode)
            let refused = #expect(throws: Tool.Failed.self) {
                try school.command(["serve", "--listen", "127.0.0.1:0"])
            }
            #expect(refused?.description.contains("`\(file)`") == true)
            #expect(refused?.description.contains(reason) == true, "\(refused?.description ?? "")")
        }
    }

    @Test func `where it cannot be kept, the service says so once and runs`() throws {
        #expect(school.stop() == 0)
        let way = file + ".new"
        try FileManager.default.createDirectory(atPath: way, withIntermediateDirectories: false)
        let before = try kept()
        try school.start()
        try act()
        while try complaints("the%20newest%20checkpoint%20is%20not%20kept") == 0 {}
        try act()
        // At its end the service tries once more.
        #expect(school.stop() == 0)
        #expect(try complaints("the%20newest%20checkpoint%20is%20not%20kept") == 1)
        #expect(try kept() == before && size() > before.size)
        try FileManager.default.removeItem(atPath: way)
        try school.start()
        #expect(school.stop() == 0)
        #expect(try kept().size == size() && findings().isEmpty)
    }

    // MARK: - Acts

    /// Leaves an entry in the log.
    private func act() throws { _ = try person.get("/v1/categories") }

    /// Stops the service, copies its data, and has it go on; the answer is the size of the copy's
    /// log.
    private func copied() throws -> Int {
        #expect(school.stop() == 0)
        let old = try size()
        try Tool.run("cp", ["-a", data, copy])
        try school.start()
        for _ in 0..<5 { try act() }
        #expect(school.stop() == 0)
        return old
    }

    /// Puts the copy in the place of the data, as the roll-back of a whole machine would.
    private func putBack() throws {
        try FileManager.default.removeItem(atPath: data)
        try Tool.run("cp", ["-a", copy, data])
        let connection = try Connection(path: school.database, access: .writing)
        let mark = try #require(
            try connection.first("SELECT name FROM run_mark", read: { $0.text(0) })
        )
        var info = stat()
        #expect(stat("\(data)/\(mark)", &info) == 0)
        let changed = Int64(info.st_ctim.tv_sec) * 1_000_000_000 + Int64(info.st_ctim.tv_nsec)
        try connection.run("UPDATE run_mark SET changed_at = ?1", .int(changed))
    }

    private func keep(_ note: String, mode: mode_t = 0o400) throws {
        try Data(note.utf8).write(to: URL(fileURLWithPath: file))
        #expect(chmod(file, mode) == 0)
    }

    // MARK: - What is there

    private func note(_ name: String? = nil) throws -> String {
        let path = name.map { "\(school.folder)/keys/\($0)" } ?? file
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    /// The checkpoint in the key folder, verified, once it is as it should be.
    private func kept(_ isRight: (Checkpoint) -> Bool = { _ in true }) throws -> Checkpoint {
        let key = try KeyRing(folder: school.folder + "/keys").currentLogSigningKey().verifyingKey
        let checkpoint: Checkpoint? = try eventually {
            guard FileManager.default.fileExists(atPath: file) else { return nil }
            let unverified = try UnverifiedCheckpoint(parsing: try note())
            let key = try NoteKey(name: unverified.origin, key: key)
            let checkpoint = try unverified.verify(with: key)
            return isRight(checkpoint) ? checkpoint : nil
        }
        return try #require(checkpoint, "no such checkpoint was kept")
    }

    private func expectInLog(_ checkpoint: Checkpoint) throws {
        let tree = try StoredTree(on: Connection(path: school.database, access: .writing))
        #expect(tree.size >= checkpoint.size)
        #expect(try tree.root(size: checkpoint.size) == checkpoint.root)
    }

    private func size() throws -> Int {
        try StoredTree(on: Connection(path: school.database, access: .writing)).size
    }

    private func findings() throws -> [String] {
        try Connection(path: school.database, access: .writing).all(
            """
            SELECT decision, other_actor, reason FROM access_log
            WHERE action = 'logRolledBack' ORDER BY idx
            """
        ) { "\($0.text(0)) \($0.text(1)) \($0.text(2))" }
    }

    private func acts(_ action: String) throws -> Int64? {
        try Connection(path: school.database, access: .writing).first(
            "SELECT count(*) FROM access_log WHERE action = ?1",
            .text(action),
            read: { $0.int(0) }
        )
    }

    private func evidence() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: school.folder + "/keys")
            .filter { $0.hasPrefix("checkpoint-") }
    }

    /// How often a failure was said on standard error.
    private func complaints(_ text: String) throws -> Int {
        try String(contentsOfFile: school.errorLog, encoding: .utf8)
            .split(separator: "\n").count { $0.contains("failure=\(text)") }
    }
}
