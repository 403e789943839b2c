import Foundation

/// A program from outside, as a witness.
enum Command {
    struct Result {
        let status: Int32
        let output: String
    }

    /// Runs the program that the search path has under `name`, without input.
    static func run(_ name: String, _ arguments: String...) throws -> Result {
        try run(name, arguments)
    }

    /// The same.
    static func run(_ name: String, _ arguments: [String]) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: String(decoding: output, as: UTF8.self)
        )
    }
}
