import Foundation

/// Why a benchmark could not be run.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
}

/// This program again, in a process of its own, so that its CPU and memory are counted alone.
final class Child {
    private let child = Process()
    private let input = Pipe()
    /// What it printed when it was ready.
    let firstLine: String

    var process: Int32 { child.processIdentifier }

    /// Starts it and waits until it is ready.
    init(_ arguments: [String]) throws {
        let output = Pipe()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = arguments
        child.standardInput = input
        child.standardOutput = output
        try child.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard line.hasSuffix("\n") else {
            throw BenchmarkFailure(description: "`\(arguments[0])` did not start")
        }
        firstLine = String(line.dropLast())
    }

    /// Lets it end by itself.
    func stop() {
        input.fileHandleForWriting.closeFile()
        child.waitUntilExit()
    }
}

/// Folders that are gone when the benchmark is.
enum TemporaryFolder {
    static func make(_ name: String) throws -> String {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("\(name)-benchmark-\(UInt64.random(in: 0...UInt64.max))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    static func remove(_ folder: String) {
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            print("`\(folder)` is left behind: \(error)")
        }
    }
}
