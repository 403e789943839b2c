import Foundation
import Testing

/// A program of the machine, run to its end.
enum Tool {
    /// A program that did not do what it was asked.
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// What these tests need and the machine lacks; `nil` when it has everything.
    static var missing: String? {
        ["openssl", "curl", "oathtool"].first { path($0) == nil }
    }

    static func path(_ name: String) -> String? {
        if name.hasPrefix("/") { return name }
        return ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// What the program prints; throws with what it complains of when it does not exit with 0.
    @discardableResult
    static func run(_ name: String, _ arguments: [String], input: Data? = nil) throws -> Data {
        let (process, output, errors) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: try #require(path(name), "no `\(name)`"))
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = errors
        if let input {
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            try pipe.fileHandleForWriting.write(contentsOf: input)
            try pipe.fileHandleForWriting.close()
        } else {
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = String(decoding: complaint, as: UTF8.self)
            throw Failed(description: "`\(name)` ended with \(process.terminationStatus): \(text)")
        }
        return data
    }
}
