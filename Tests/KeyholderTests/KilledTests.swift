import AuditTrail
import Crypto
import Foundation
import SQLite
import Testing

/// `kill -9` in the middle of many writers.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct KilledTests {
    private static let rounds = 50
    private static let writers = 64

    @Test func `killed fifty times among 64 writers, nothing acknowledged is lost`() throws {
        let staffed = try StaffedSchool()
        let (school, teacher) = (staffed.school, staffed.teacher)
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = Seeded(state: seed)
        try staffed.incident().write(to: URL(fileURLWithPath: school.folder + "/incident.json"))
        var store = KilledStore(school)
        for round in 1...KilledTests.rounds {
            // The kill falls after a random number of answered bytes: early, late, in between.
            let enough = Int.random(in: 1...60_000, using: &random)
            let acknowledged = try write(as: teacher, until: enough)
            try school.start()
            try store.check(acknowledged, round: round)
            if let last = acknowledged.first {
                let answer = try teacher.get("/v1/incidents/\(last)")
                #expect(answer.status == 200 && answer["id"] as? String == last, "round \(round)")
            }
        }
        #expect(store.acknowledged.count > KilledTests.rounds * 10)
        try everyOneIsRead(store.acknowledged, by: teacher)
        #expect(school.stop() == 0)
        print("\(store.acknowledged.count) acknowledged, \(store.size) log entries")
    }

    /// Has 64 clients log incidents, kills the service when so many bytes are answered, and gives
    /// the numbers that were acknowledged.
    private func write(as teacher: Person, until enough: Int) throws -> Set<String> {
        let school = teacher.school
        let writers = Process()
        let output = Pipe()
        writers.executableURL = URL(fileURLWithPath: try #require(Tool.path("curl")))
        // Unbuffered: an answer that curl keeps to itself when it ends is one never checked.
        writers.arguments =
            ["-sS", "-N", "-o", "-", "--data-binary", "@\(school.folder)/incident.json"]
            + parallel(teacher) + ["\(school.address)/v1/incidents?[1-4000]"]
        writers.standardOutput = output
        writers.standardError = FileHandle.nullDevice
        try writers.run()
        var answers = Data()
        while answers.count < enough {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            answers += more
        }
        #expect(writers.isRunning, "the writers had ended before the kill")
        school.kill()
        writers.terminate()
        answers += output.fileHandleForReading.readDataToEndOfFile()
        writers.waitUntilExit()
        let text = String(decoding: answers, as: UTF8.self)
        return Set(text.matches(of: /\{"id":"([0-9]{8})","pupil"/).map { String($0.1) })
    }

    private func everyOneIsRead(_ numbers: Set<String>, by teacher: Person) throws {
        let list = numbers.joined(separator: ",")
        let printed = try Tool.run(
            "curl",
            ["-sS", "-o", "/dev/null", "-w", "%{http_code}\n"] + parallel(teacher)
                + ["\(teacher.school.address)/v1/incidents/{\(list)}"]
        )
        let codes = String(decoding: printed, as: UTF8.self).split(separator: "\n")
        #expect(codes.count == numbers.count)
        #expect(codes.allSatisfy { $0 == "200" })
    }

    private func parallel(_ person: Person) -> [String] {
        [
            "--cacert", person.school.certificate, "--parallel", "--parallel-immediate",
            "--parallel-max", "\(KilledTests.writers)", "-H", "Content-Type: application/json",
            "-H", "Authorization: Bearer \(person.token ?? "")",
        ]
    }
}

/// The file of a service that is killed again and again, as found after each restart.
private struct KilledStore {
    private(set) var acknowledged: Set<String> = []
    /// The entries of the log when it was last looked at, and the root over them.
    private(set) var size = 0
    private var root = MerkleTree.emptyRoot
    private let school: RunningSchool

    init(_ school: RunningSchool) { self.school = school }

    /// Everything ever acknowledged is there with its log entry, no incident is there in part, and
    /// the log is whole and goes on from what it was.
    mutating func check(_ more: Set<String>, round: Int) throws {
        acknowledged.formUnion(more)
        let keys = try KeyRing(folder: school.folder + "/keys")
        let connection = try Connection(path: school.database, access: .reading)
        let (before, wanted) = ((size: size, root: root), acknowledged)
        let report = try connection.snapshot {
            let numbers = NumberPermutation(key: keys.numbers)
            let stored = try connection.all("SELECT id FROM incident") {
                numbers.number(forSequence: Int($0.int(0))).digits
            }
            #expect(wanted.subtracting(stored).isEmpty, "round \(round)")
            #expect(try Self.logged(on: connection).sorted() == stored.sorted(), "round \(round)")
            #expect(try Self.halves(on: connection) == 0, "round \(round)")
            let tree = try StoredTree(on: connection)
            #expect(tree.size >= before.size, "round \(round)")
            #expect(try tree.root(size: before.size) == before.root, "round \(round)")
            return try LogVerifier.verify(
                connection,
                commitments: Commitments(keys.commitment),
                checkpoint: nil
            )
        }
        #expect(report.problems.isEmpty, "round \(round): \(report.problems.prefix(3))")
        (size, root) = (report.size, report.root)
    }

    /// The incidents whose logging is in the log, each as often as it is there.
    private static func logged(on connection: Connection) throws -> [String] {
        try connection.all(
            "SELECT subjects FROM access_log WHERE action = 'logIncident' AND decision = 'allow'"
        ) { row in
            row.text(0).matches(of: /Incident::"([0-9]{8})"/).map { String($0.1) }
        }.flatMap { $0 }
    }

    /// The incidents that lack one of the rows that are written with each.
    private static func halves(on connection: Connection) throws -> Int64? {
        try connection.first(
            """
            SELECT count(*) FROM incident
            WHERE id NOT IN (SELECT incident FROM incident_key)
                OR id NOT IN (SELECT incident FROM incident_pupil)
                OR id NOT IN (SELECT incident FROM incident_category)
                OR (SELECT count(*) FROM alert WHERE alert.incident = incident.id) <> 2
            """
        ) { $0.int(0) }
    }
}

/// A generator whose numbers follow from the printed seed.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
