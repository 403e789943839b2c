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
        var conformance = Conformance()
        conformance.run(file: [UInt8](data), name: path)
        print("\(name): \(conformance.report)")
        for failure in conformance.report.failures { Issue.record("\(failure)") }
        #expect((conformance.report.passed[.reading] ?? 0) > 0)
    }

    @Test func `a wrong verdict and a line that is no test are failures`() {
        var conformance = Conformance()
        let file = """
            {"id": "a", "policy": "permit (principal, action, resource);", "schema": "entity U; \
            action a appliesTo { principal: U, resource: U };", "shouldValidate": false, \
            "entities": [], "requests": [{"principal": {"type": "U", "id": "u"}, \
            "action": {"type": "Action", "id": "a"}, "resource": {"type": "U", "id": "u"}, \
            "context": {}, "decision": "allow", "reason": ["policy1"], "errors": []}]}

            {"id": "b", "policy": "permit (principal);", "schema": ""}
            nonsense
            """
        conformance.run(file: Array(file.utf8), name: "mine")
        #expect(
            conformance.report.failures.map(\.description) == [
                "a: shouldValidate: is true",
                "a: decisions with reasons and errors: request 0: allow by [\"policy0\"], errors []; "
                    + "the walk says allow by [\"policy0\"], errors []",
                "b: tests read: b:1:18: expected `,`, found `)`",
                "mine, test 3: tests read: mine, test 3:1:1: expected a value",
            ]
        )
        #expect(
            conformance.report.description == """
                tests read: 1 passed, 2 failed
                decisions with reasons and errors: 0 passed, 1 failed
                shouldValidate: 0 passed, 1 failed
                """
        )
    }
}
