import Foundation
import Testing

/// What is typed, what is printed and with which code a program ends, from a file of
/// `Tests/Transcripts`.
///
/// `$ keyholder …` is typed in a folder of its own with a copy of the policies; the lines up to
/// `? CODE` are what is printed, on either output. `+ FILE` and lines with `| ` before them write a
/// file, `- FILE` takes one away, `# ` begins a comment. A hash is printed as `SHA256`.
struct Transcript {
    private let folder: String
    private let steps: [Step]

    private enum Step {
        case write(file: String, text: String)
        case remove(file: String)
        case run(line: Int, typed: String, printed: [String])
    }

    /// Reads a transcript and makes the folder that it is played in.
    init(_ name: String) throws {
        let text = try String(contentsOfFile: "Tests/Transcripts/\(name).txt", encoding: .utf8)
        folder = FileManager.default.temporaryDirectory.path + "/keyholder-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(atPath: "policies", toPath: folder + "/policies")
        var lines = Array(text.components(separatedBy: "\n").enumerated())[...]
        var steps: [Step] = []
        while let (number, line) = lines.popFirst() {
            let rest = String(line.dropFirst(2))
            switch line.prefix(2) {
            case "+ ":
                let body = lines.prefix { $0.element.hasPrefix("|") }
                lines = lines.dropFirst(body.count)
                let text = body.map { $0.element.dropFirst(2) + "\n" }.joined()
                steps.append(.write(file: rest, text: text))
            case "- ": steps.append(.remove(file: rest))
            case "$ ":
                let body = lines.prefix { !$0.element.hasPrefix("? ") }
                lines = lines.dropFirst(body.count)
                let code = lines.popFirst().map { [$0.element] } ?? []
                steps.append(
                    .run(line: number + 1, typed: rest, printed: body.map(\.element) + code)
                )
            case "", "# ": continue
            default: try #require(Bool(false), "\(name):\(number + 1): \(line)")
            }
        }
        self.steps = steps
    }

    /// Does all of it and compares what is printed.
    func play() throws {
        defer {
            // A folder that stays is the machine's to sweep: it is in the temporary folder.
            try? FileManager.default.removeItem(atPath: folder)
        }
        for step in steps {
            switch step {
            case .write(let file, let text):
                try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
            case .remove(let file):
                try FileManager.default.removeItem(atPath: "\(folder)/\(file)")
            case .run(let line, let typed, let printed):
                let found = try run(typed)
                #expect(found == printed, "line \(line): \(found.joined(separator: "\n"))")
            }
        }
    }

    /// The lines that are printed and the line of the code.
    private func run(_ typed: String) throws -> [String] {
        let words = typed.split(separator: " ").dropFirst().map(String.init)
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: try RunningSchool.program())
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
            .replacing(/[0-9a-f]{64}/, with: "SHA256")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.map(String.init) + ["? \(process.terminationStatus)"]
    }
}
