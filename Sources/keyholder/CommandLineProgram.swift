import Glibc
import Service
import Synchronization

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
    static let commands =
        [
            DemoCommand.command, InitCommand.command, SetUpLinkCommand.command,
            ServeCommand.command, RecoverCommand.command, TOTPCommand.command, MailCommand.command,
        ] + PolicyCommands.all

    static func run(_ arguments: [String]) -> Int32 {
        let code = dispatch(arguments)
        guard code == 0, isOutputLost.load(ordering: .relaxed) else { return code }
        complain("what it printed could not be written")
        return 1
    }

    private static func dispatch(_ arguments: [String]) -> Int32 {
        guard let name = arguments.first, name != "--help", name != "help" else {
            print(overview(of: commands, "COMMAND"))
            return arguments.isEmpty ? 2 : 0
        }
        let group = commands.filter { $0.name.hasPrefix(name + " ") }
        if !group.isEmpty && arguments.dropFirst().first.map({ $0 == "--help" }) ?? true {
            print(overview(of: group, "\(name) COMMAND"))
            return arguments.count == 1 ? 2 : 0
        }
        // A command of a group has a name of two words.
        let words = group.isEmpty ? 1 : 2
        let fullName = arguments.prefix(words).joined(separator: " ")
        guard let command = commands.first(where: { $0.name == fullName }) else {
            complain("unknown command `\(fullName)`; keyholder --help lists them")
            return 2
        }
        if arguments.contains("--help") {
            print("usage: keyholder \(command.usage)\n\n\(command.summary)")
            return 0
        }
        do {
            try command.run(try Arguments(Array(arguments.dropFirst(words))))
            return 0
        } catch let error as UsageError {
            complain("\(error.message)\nusage: keyholder \(command.usage)")
            return 2
        } catch {
            complain(String(describing: error))
            return 1
        }
    }

    /// Prints a line of results, or with no terminator a whole text, at once, also into a pipe.
    static func print(_ line: String, terminator: String = "\n") {
        Swift.print(line, terminator: terminator)
        if fflush(nil) != 0 { isOutputLost.store(true, ordering: .relaxed) }
    }

    /// Whether something that was printed did not get to where it should.
    private static let isOutputLost = Atomic(false)

    /// Prints a message for the person at the terminal.
    static func complain(_ message: String) {
        var text = "keyholder: \(message)\n"
        _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private static func overview(of commands: [Command], _ usage: String) -> String {
        let width = commands.map(\.name.count).max() ?? 0
        let lines = commands.map { command in
            let gap = String(repeating: " ", count: width - command.name.count + 2)
            let summary = command.summary.prefix { $0 != "\n" }
            return "  \(command.name)\(gap)\(summary)"
        }
        return "usage: keyholder \(usage)\n\n" + lines.joined(separator: "\n")
            + "\n\nkeyholder \(usage) --help shows its options."
    }
}
