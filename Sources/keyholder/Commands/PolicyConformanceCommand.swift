import Foundation
import PolicyEngine
import Service

/// Holds the engine against files of decisions and verdicts of another.
enum PolicyConformanceCommand {
    static let command = Command(
        name: "policy conformance",
        summary: """
            holds the engine against files of known decisions and verdicts

            A file has one JSON object a line: a policy set, a schema and entities with requests
            and what they should come to, or entities alone with whether they can be read.
            """,
        usage: "policy conformance FILE ...",
        run: run
    )

    /// More files than there are corpora.
    private static let files = 1...1_000

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow([], rest: files)
        var conformance = Conformance()
        for file in arguments.rest {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw ServiceError.policies("cannot read `\(file)`")
            }
            conformance.run(file: [UInt8](data), name: file)
        }
        let report = conformance.report
        for failure in report.failures { CommandLineProgram.print("failed: \(failure)") }
        CommandLineProgram.print("\(report)")
        let count = report.failures.count
        guard count == 0 else { throw ServiceError.policies("failed checks: \(count)") }
    }
}
