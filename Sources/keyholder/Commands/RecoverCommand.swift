import Glibc
import Service
import SQLite

/// Replaces a key holder's authenticator when everybody has lost theirs.
enum RecoverCommand {
    static let command = Command(
        name: "recover",
        summary: """
            replaces the authenticator of a key holder when every key holder has lost theirs: run \
            once, everybody is mailed; run again after 24 hours, or with the code that the chair \
            of governors was mailed, it prints the enrolment code for a new one
            """,
        usage: """
            recover [EMAIL] [--chair-code CODE] [--although-active] [--data DIR] [--keys DIR] \
            [--policies DIR] [--config FILE]
            """,
        run: run
    )

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow(
            ["chair-code", "although-active"] + Arguments.school,
            rest: min(arguments.rest.count, 1)
        )
        let outcome = try KeyHolderRecovery.run(
            KeyHolderRecovery.Order(
                email: arguments.rest.first?.lowercased(),
                chairCode: arguments.options["chair-code"],
                althoughActive: arguments.options["although-active"] != nil
            ),
            paths: arguments.paths,
            settings: try arguments.settings(),
            operatorUID: getuid()
        )
        switch outcome {
        case .begun(let readyAt):
            CommandLineProgram.print("may be finished from: \(readyAt.rfc3339)")
            CommandLineProgram.complain(
                "everybody is mailed; run it again then, or with --chair-code"
            )
        case .finished(let code): CommandLineProgram.print("enrolment code: \(code)")
        case .refused(let reason): throw ServiceError.operation(reason)
        }
    }
}
