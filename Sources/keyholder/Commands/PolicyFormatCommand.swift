import Foundation
import PolicyEngine
import Service

/// Lays policies out anew.
enum PolicyFormatCommand {
    static let command = Command(
        name: "policy format",
        summary: """
            lays policies out anew; comments stay

            Prints the new text; with `--write` the files are written instead, and with `--check`
            those are named that are laid out otherwise, and the exit code is 1 if there are any.
            Without files it takes the `.cedar` files of the policies folder.
            """,
        usage: "policy format [--check | --write] [FILE ...] [--policies DIR]",
        run: run
    )

    /// More files than any school has.
    private static let files = 0...1_000

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow(["policies", "check", "write"], rest: files)
        let (checks, writes) = (
            arguments.options["check"] != nil, arguments.options["write"] != nil
        )
        guard !(checks && writes) else {
            throw UsageError(message: "`--check` and `--write` do not go together")
        }
        var differing = 0
        for file in try names(arguments) {
            let text = try text(of: file)
            let laidOut: String
            do {
                laidOut = try PolicySet.format(Array(text), name: file)
            } catch {
                throw ServiceError.policies(error.excerpt)
            }
            if !checks && !writes {
                CommandLineProgram.print(laidOut, terminator: "")
            } else if !text.elementsEqual(laidOut.utf8) {
                differing += 1
                CommandLineProgram.print(file)
                // Written beside and renamed: nobody ever reads half a policy.
                if writes {
                    try Data(laidOut.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
                }
            }
        }
        guard differing == 0 || writes else {
            throw ServiceError.policies("files laid out otherwise: \(differing)")
        }
    }

    private static func names(_ arguments: Arguments) throws -> [String] {
        guard arguments.rest.isEmpty else { return arguments.rest }
        let folder = arguments.paths.policies
        var names: [String] = []
        for inner in [folder, folder + "/invariants"]
        where inner == folder || FileManager.default.fileExists(atPath: inner) {
            names += try FileManager.default.contentsOfDirectory(atPath: inner).sorted()
                .filter { $0.hasSuffix(".cedar") }.map { "\(inner)/\($0)" }
        }
        return names
    }

    private static func text(of file: String) throws -> Data {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ServiceError.policies("cannot read `\(file)`")
        }
        return data
    }
}
