import AuditTrail
import Crypto
import Foundation
import SQLite
import Testing

/// `kill -9` in the middle of many writers.
@Suite(.serialized, .enabled(if: RunningSchool.missing == nil, "a tool is missing"))
struct KilledTests {
    @Test func `killed fifty times among 64 writers, nothing acknowledged is lost`() throws {
        let staffed = try StaffedSchool()
        let (school, teacher) = (staffed.school, staffed.teacher)
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = Seeded(state: seed)
        var acknowledged: Set<String> = []
        let body = school.folder + "/incident.json"
        try Data(staffed.incident().utf8).write(to: URL(fileURLWithPath: body))
        for _ in 0..<50 {
            let writers = Process()
            let output = Pipe()
            writers.executableURL = URL(fileURLWithPath: try #require(Tool.path("curl")))
            writers.arguments = [
                "-sS", "--cacert", school.certificate, "--parallel", "--parallel-immediate",
                "--parallel-max", "64", "-H", "Content-Type: application/json", "-H",
                "Authorization: Bearer \(teacher.token ?? "")", "--data-binary", "@\(body)",
                "-o", "-", "\(school.address)/v1/incidents?[1-4000]",
            ]
            writers.standardOutput = output
            writers.standardError = FileHandle.nullDevice
            try writers.run()
            // The kill falls after a random number of answered bytes: early, late, in between.
            let enough = Int.random(in: 1...60_000, using: &random)
            var answers = Data()
            while answers.count < enough {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { break }
                answers += more
            }
            school.kill()
            writers.terminate()
            answers += output.fileHandleForReading.readDataToEndOfFile()
            writers.waitUntilExit()
            let text = String(decoding: answers, as: UTF8.self)
            let found = text.matches(of: /\{"id":"([0-9]{8})","pupil"/).map { String($0.1) }
            acknowledged.formUnion(found)
            try school.start()
        }
        #expect(acknowledged.count >= 50, "\(acknowledged.count) were acknowledged")
        #expect(try teacher.get("/v1/session").status == 200)
        for number in acknowledged.shuffled().prefix(20) {
            #expect(try teacher.get("/v1/incidents/\(number)").status == 200)
        }
        #expect(school.stop() == 0)
        try check(acknowledged, in: school)
    }

    /// Every incident and its log entry are in the file, and the tree verifies.
    private func check(_ acknowledged: Set<String>, in school: RunningSchool) throws {
        let keys = try KeyRing(folder: school.folder + "/keys")
        let numbers = NumberPermutation(key: keys.numbers)
        let connection = try Connection(
            path: school.folder + "/data/keyholder.sqlite",
            access: .writing
        )
        let stored = try connection.all("SELECT id FROM incident") { Int($0.int(0)) }
        let known = Set(stored.map { numbers.number(forSequence: $0).digits })
        #expect(acknowledged.subtracting(known).isEmpty)
        let subjects = try connection.all(
            "SELECT subjects FROM access_log WHERE action = 'logIncident'"
        ) { $0.text(0) }.joined()
        for number in acknowledged { #expect(subjects.contains("Incident::\"\(number)\"")) }
        let report = try LogVerifier.verify(
            connection,
            commitments: Commitments(keys.commitment),
            checkpoint: nil
        )
        #expect(report.problems.isEmpty, "\(report.problems.prefix(3))")
        print("\(acknowledged.count) acknowledged, \(report.size) log entries")
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
