import PolicyEngine
import Service

/// Looking into a folder of policies without a service.
enum PolicyCommands {
    static let all = [
        check, test, PolicyMatrixCommand.command, PolicyExplainCommand.command, prove,
        PolicyFormatCommand.command, PolicyConformanceCommand.command,
    ]

    /// The folder that every one of them takes.
    static func folder(_ arguments: Arguments) throws -> PolicyFolder {
        try PolicyFolder(reading: arguments.paths.policies)
    }

    private static let check = Command(
        name: "policy check",
        summary: "checks policies, schema, rules and invariants as the service does before use",
        usage: "policy check [--policies DIR]"
    ) { arguments in
        try arguments.allow(["policies"])
        let folder = try folder(arguments)
        try folder.prove()
        CommandLineProgram.print(
            "\(folder.policies.policies.count) policies keep \(folder.invariants.policies.count) "
                + "invariants"
        )
        CommandLineProgram.print("sha256 \(folder.identifier)")
    }

    private static let prove = Command(
        name: "policy prove",
        summary: "proves of every invariant that the policies allow nothing it forbids",
        usage: "policy prove [--policies DIR]"
    ) { arguments in
        try arguments.allow(["policies"])
        let verdicts = try folder(arguments).verdicts()
        for verdict in verdicts {
            let isBroken = !verdict.counterexamples.isEmpty
            CommandLineProgram.print(
                "\(isBroken ? "broken" : "proved")  \(verdict.invariant)  "
                    + "(\(verdict.slices) actions, \(verdict.combinations) combinations)"
            )
            for example in verdict.counterexamples { CommandLineProgram.print("  \(example)") }
        }
        let count = verdicts.count { !$0.counterexamples.isEmpty }
        guard count == 0 else {
            throw ServiceError.policies("broken invariants: \(count) of \(verdicts.count)")
        }
    }

    private static let test = Command(
        name: "policy test",
        summary: "runs the cases of the folder's tests and names the policies that none decides",
        usage: "policy test [--policies DIR]"
    ) { arguments in
        try arguments.allow(["policies"])
        let folder = try folder(arguments)
        let cases = try folder.cases()
        let report = try cases.report(on: folder.authorizer)
        for failure in report.failures { CommandLineProgram.print("\(failure)") }
        CommandLineProgram.print("\(cases.cases.count) cases, \(report.failures.count) wrong")
        for id in report.undecided { CommandLineProgram.print("no case is decided by `\(id)`") }
        for id in report.undisputed {
            CommandLineProgram.print("no case shows where `\(id)` does not hold")
        }
        guard report.failures.isEmpty else {
            throw ServiceError.policies("wrong cases: \(report.failures.count)")
        }
    }
}
