import Service

/// Tries the mail out, or shows what it did not send.
enum MailCommand {
    static let command = Command(
        name: "mail",
        summary: "sends a test to an address and shows the dialogue, or lists mails not sent",
        usage: """
            mail test ADDRESS [--config FILE]
                   keyholder mail status [--data DIR] [--keys DIR]
            """,
        run: run
    )

    private static func run(_ arguments: Arguments) throws {
        switch arguments.rest.first {
        case "test": try test(arguments)
        case "status":
            try arguments.allow(Arguments.school, rest: 1)
            for line in try MailDesk.status(paths: arguments.paths) {
                CommandLineProgram.print(line)
            }
        case _: throw UsageError(message: "`mail` takes `test` or `status`")
        }
    }

    private static func test(_ arguments: Arguments) throws {
        try arguments.allow(Arguments.school, rest: 2)
        let settings = try arguments.settings()
        try MailDesk.sendTest(to: arguments.rest[1], settings: settings) { line in
            CommandLineProgram.complain(line)
        }
        CommandLineProgram.print("handed over; now see whether it arrives")
    }
}
