import Foundation

/// Python, for what is not part of the repository: SQLite, and the Rust engine through `cedarpy`.
enum Python {
    /// Whether a module is not there; says so.
    static func lacks(_ module: String) -> Bool {
        guard (try? run("import \(module)", on: "")) == nil else { return false }
        print("SKIPPED: python3 has no \(module)")
        return true
    }

    /// Runs a program over lines of input; the lines that it prints, nil when it fails.
    static func run(_ program: String, on input: String) throws -> [String]? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        if input.isEmpty { process.standardError = FileHandle.nullDevice }
        try process.run()
        let file = stdin.fileHandleForWriting
        Thread.detachNewThread {
            try? file.write(contentsOf: Data(input.utf8))
            try? file.close()
        }
        let data = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        ).dropLast().map(String.init)
    }
}
