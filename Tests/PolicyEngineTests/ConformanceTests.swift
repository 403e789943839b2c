import Foundation
import PolicyEngine
import Testing

/// Cedar's own test data, which is not part of the repository: it is looked for beside it.
@Suite struct ConformanceTests {
    @Test(arguments: ["handwritten", "validation", "entity-parsing", "corpus"])
    func `every test of the Cedar project passes`(name: String) throws {
        let path = "../shared/cedar/\(name).ndjson"
        guard let data = FileManager.default.contents(atPath: path) else {
            print("SKIPPED: \(path) is not there")
            return
        }
        var counts: [Conformance.Check: (passed: Int, failed: Int)] = [:]
        for line in data.split(separator: 0x0A) {
            let outcome = try Conformance.run(Array(line))
            for (check, count) in outcome.passed { counts[check, default: (0, 0)].passed += count }
            for failure in outcome.failures {
                counts[failure.check, default: (0, 0)].failed += 1
                Issue.record("\(outcome.id): \(failure.check): \(failure.message)")
            }
        }
        for (check, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            print("\(name): \(check): \(count.passed) passed, \(count.failed) failed")
        }
        #expect(!counts.isEmpty)
    }
}
