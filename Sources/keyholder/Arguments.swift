import Foundation
import Service

/// The words after a command: `--name value`, `--flag`, and the rest.
struct Arguments {
    private(set) var options: [String: String] = [:]
    private(set) var rest: [String] = []

    private static let flags: Set<String> = [
        "print-config", "although-active", "check", "write",
    ]

    init(_ words: [String]) throws(UsageError) {
        var words = words[...]
        while let word = words.popFirst() {
            guard word.hasPrefix("--") else {
                rest.append(word)
                continue
            }
            let name = String(word.dropFirst(2))
            if Arguments.flags.contains(name) {
                options[name] = ""
                continue
            }
            guard let value = words.popFirst() else {
                throw UsageError(message: "`\(word)` needs a value")
            }
            guard options.updateValue(value, forKey: name) == nil else {
                throw UsageError(message: "`\(word)` comes twice")
            }
        }
    }

    /// Refuses what a command does not know.
    func allow(_ names: [String], rest count: Int = 0) throws(UsageError) {
        try allow(names, rest: count...count)
    }

    /// Refuses what a command does not know, where the number of words may differ.
    func allow(_ names: [String], rest counts: ClosedRange<Int>) throws(UsageError) {
        for name in options.keys where !names.contains(name) {
            throw UsageError(message: "unknown option `--\(name)`")
        }
        guard counts.contains(rest.count) else {
            let isShort = rest.count < counts.lowerBound
            throw UsageError(message: isShort ? "too few words" : "too many words")
        }
    }

    /// An option that must be there.
    func required(_ name: String) throws(UsageError) -> String {
        guard let value = options[name] else { throw UsageError(message: "`--\(name)` is needed") }
        return value
    }

    /// The names of the options that every command about a school takes.
    static let school = ["data", "keys", "policies", "config"] + MachineSettings.flags.map(\.flag)

    /// Where the school lies; by default the folders of the place where the program is started.
    var paths: SchoolPaths {
        SchoolPaths(
            data: options["data"] ?? "data",
            keys: options["keys"] ?? "keys",
            policies: options["policies"] ?? "policies"
        )
    }

    /// The machine's settings: flag over environment over file.
    func settings() throws -> MachineSettings {
        let file = try options["config"].map { path in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ServiceError.setting("cannot read `\(path)`")
            }
            return MachineSettings.File(name: path, bytes: [UInt8](data))
        }
        let known = Set(MachineSettings.flags.map(\.flag))
        return try MachineSettings(
            flags: options.filter { known.contains($0.key) },
            environment: ProcessInfo.processInfo.environment,
            file: file
        )
    }
}
