import Service

/// Makes a school.
enum InitCommand {
    static let command = Command(
        name: "init",
        summary: "creates the keys and the database of a school and prints its first set-up link",
        usage: """
            init --school NAME --admin EMAIL [--data DIR] [--keys DIR] [--policies DIR] \
            [--config FILE]
            """,
        run: run
    )

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow(["school", "admin"] + Arguments.school)
        let setUp = try SchoolFounding.found(
            name: try arguments.required("school"),
            administrator: try arguments.required("admin"),
            paths: arguments.paths,
            settings: try arguments.settings()
        )
        show(setUp)
    }

    /// Prints what the first administrator needs, each on a line of its own.
    static func show(_ setUp: SchoolFounding.SetUp) {
        CommandLineProgram.print(setUp.link)
        CommandLineProgram.print("enrolment code: \(setUp.enrolmentCode)")
    }
}

/// Prints a new set-up link.
enum SetUpLinkCommand {
    static let command = Command(
        name: "setup-link",
        summary: "prints a new set-up link and code while nobody has redeemed the first",
        usage: "setup-link [--data DIR] [--keys DIR] [--policies DIR] [--config FILE]",
        run: run
    )

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow(Arguments.school)
        InitCommand.show(
            try SchoolFounding.renewSetUp(
                paths: arguments.paths,
                settings: try arguments.settings()
            )
        )
    }
}
