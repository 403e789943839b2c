import Foundation

/// The relay of `relay.py`, a child process that tells what it sees.
package final class TestRelay {
    /// What keeps it from running.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where it listens, on loopback.
    package let port: Int
    private let process = Process()
    private let input = Pipe()
    private let output: Reader

    /// What the tests of a relay need and the machine lacks; `nil` when it has everything.
    package static let missing: String? =
        if python == nil {
            "no python3 with aiosmtpd"
        } else {
            TestCertificates.openssl == nil ? "no openssl" : nil
        }

    /// Debian's interpreter has Debian's aiosmtpd; another one may have PyPI's.
    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3", "python3"]
        .first(where: hasServer)

    private static func hasServer(_ python: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "-c", "import aiosmtpd"]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Starts a relay; `settings` are those of `relay.py`.
    package init(_ settings: [String: Any]) throws {
        let pipe = Pipe()
        output = Reader(pipe.fileHandleForReading)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            TestRelay.python ?? "python3",
            FileManager.default.currentDirectoryPath + "/Tests/TestRelay/relay.py",
            String(decoding: try JSONSerialization.data(withJSONObject: settings), as: UTF8.self),
        ]
        process.standardInput = input
        process.standardOutput = pipe
        // Its warnings are about what the tests do on purpose.
        process.standardError = FileHandle.nullDevice
        try process.run()
        let first = output.line() ?? ""
        guard first.hasPrefix("listening "), let port = Int(first.dropFirst(10)) else {
            throw Failure(description: "the relay did not start: \(first)")
        }
        self.port = port
    }

    deinit { process.terminate() }

    /// Waits for the next event that has `key`; `nil` when the relay ends without one.
    package func next(_ key: String) throws -> [String: Any]? {
        while let line = output.line() {
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            if let event, event[key] != nil { return event }
        }
        return nil
    }

    /// Ends the relay and gives the events that nobody has waited for.
    package func end() throws -> [[String: Any]] {
        try input.fileHandleForWriting.close()
        var events: [[String: Any]] = []
        while let line = output.line() {
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8))
            events.append(event as? [String: Any] ?? [:])
        }
        process.waitUntilExit()
        return events
    }

    /// The lines of a pipe.
    private final class Reader {
        private let handle: FileHandle
        private var rest = Data()

        init(_ handle: FileHandle) { self.handle = handle }

        func line() -> String? {
            while true {
                if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    defer { rest = Data(rest[(end + 1)...]) }
                    return String(decoding: rest[..<end], as: UTF8.self)
                }
                let more = handle.availableData
                if more.isEmpty { return nil }
                rest += more
            }
        }
    }
}
