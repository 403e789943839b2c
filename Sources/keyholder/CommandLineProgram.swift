import Glibc
import Service

/// A command of the program.
struct Command: Sendable {
    let name: String
    let summary: String
    let usage: String
    /// Runs it; what it throws is a failure (1), `UsageError` a wrong use (2).
    let run: @Sendable (Arguments) throws -> Void
}

/// The program was used wrongly.
struct UsageError: Error {
    let message: String
}

/// Finds the command, runs it, and turns what it throws into an exit code.
enum CommandLineProgram {
    static let commands = [
        DemoCommand.command, InitCommand.command, SetUpLinkCommand.command, ServeCommand.command,
        RecoverCommand.command, TOTPCommand.command, MailCommand.command,
    ]

    static func run(_ arguments: [String]) -> Int32 {
        guard let name = arguments.first, name != "--help", name != "help" else {
            print(overview)
            return arguments.isEmpty ? 2 : 0
        }
        guard let command = commands.first(where: { $0.name == name }) else {
            complain("unknown command `\(name)`; keyholder --help lists them")
            return 2
        }
        if arguments.contains("--help") {
            print("usage: keyholder \(command.usage)\n\n\(command.summary)")
            return 0
        }
        do {
            try command.run(try Arguments(Array(arguments.dropFirst())))
            return 0
        } catch let error as UsageError {
            complain("\(error.message)\nusage: keyholder \(command.usage)")
            return 2
        } catch {
            complain(String(describing: error))
            return 1
        }
    }

    /// Prints a line of results at once, also into a pipe.
    static func print(_ line: String) {
        Swift.print(line)
        fflush(nil)
    }

    /// Prints a message for the person at the terminal.
    static func complain(_ message: String) {
        var text = "keyholder: \(message)\n"
        _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private static var overview: String {
        let width = commands.map(\.name.count).max() ?? 0
        let lines = commands.map { command in
            let gap = String(repeating: " ", count: width - command.name.count + 2)
            return "  \(command.name)\(gap)\(command.summary)"
        }
        return "usage: keyholder COMMAND\n\n" + lines.joined(separator: "\n")
            + "\n\nkeyholder COMMAND --help shows its options."
    }
}
