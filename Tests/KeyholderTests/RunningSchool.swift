import Foundation
import Testing

/// The built program serving a school over TLS in a temporary folder, driven from outside.
final class RunningSchool: @unchecked Sendable {
    // Sendable: a test drives it from one task; the child processes are its own.
    let folder: String
    private(set) var address = ""
    private var process: Process?

    static let password = "Quartz-Heron7-Lamp!"

    /// Why these tests cannot run here, if they cannot.
    static var missing: String? {
        ["openssl", "curl", "oathtool"].first { Tool.path($0) == nil }
    }

    /// Makes a school; the set-up link's token and the enrolment code are what `init` prints.
    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/keyholder-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder + "/mail",
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(
            atPath: RunningSchool.root + "/policies",
            toPath: folder + "/policies"
        )
        try Data(
            #"{"grants":{"approval":"own"},"throttle":{"schoolNetworks":["127.0.0.0/8"]}}"#.utf8
        ).write(to: URL(fileURLWithPath: folder + "/policies/rules.json"))
        try Tool.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder + "/key.pem", "-out",
                certificate,
            ]
        )
        let settings = """
            {"publicUrl": "https://school.example", "mail": {"directory": "\(folder)/mail"},
             "tls": {"certificate": "\(certificate)", "key": "\(folder)/key.pem"}}
            """
        try Data(settings.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
    }

    deinit {
        kill()
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        try? FileManager.default.removeItem(atPath: folder)
    }

    var certificate: String { folder + "/certificate.pem" }

    private static var root: String { FileManager.default.currentDirectoryPath }

    private var places: [String] {
        [
            "--data", folder + "/data", "--keys", folder + "/keys", "--policies",
            folder + "/policies", "--config", folder + "/config.json",
        ]
    }

    /// Runs `keyholder init` and gives the token and the enrolment code.
    func found() throws -> (token: String, code: String) {
        let words = [
            "init", "--school", "White Trees School", "--admin", "office@whitetrees.example",
        ]
        let output = try Tool.run(RunningSchool.program, words + places)
        let token = try #require(output.firstMatch(of: /#reset=(\S+)/)).1
        let code = try #require(output.firstMatch(of: /enrolment code: (\S+)/)).1
        return (String(token), String(code))
    }

    /// Starts the service and waits until it says where it listens.
    func start() throws {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: RunningSchool.program)
        process.arguments = ["serve", "--listen", "127.0.0.1:0"] + places
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "the service ended before it listened")
            text += String(decoding: data, as: UTF8.self)
            if let match = text.firstMatch(of: /listening on (https:\S+)\n/) {
                address = String(match.1)
                return
            }
        }
    }

    /// `kill -9`.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// SIGTERM; the answer is the exit code.
    func stop() -> Int32 {
        guard let process else { return -1 }
        process.terminate()
        process.waitUntilExit()
        self.process = nil
        return process.terminationStatus
    }

    /// The newest link mailed to an address.
    func link(to address: String) throws -> String {
        let mails = folder + "/mail"
        let deadline = Date().addingTimeInterval(10)
        while Date() < deadline {
            for name in try FileManager.default.contentsOfDirectory(atPath: mails)
            where name.hasSuffix(".eml") {
                let text = try String(contentsOfFile: "\(mails)/\(name)", encoding: .utf8)
                if text.contains("To: \(address)") || text.contains("To: <\(address)>"),
                    let match = text.firstMatch(of: /https:\/\/school.example\/#reset=(\S+)/)
                {
                    return String(match.1)
                }
            }
        }
        Issue.record("no link was mailed to \(address)")
        return ""
    }

    static let program: String = root + "/.build/debug/keyholder"
}

/// A program of the machine.
enum Tool {
    static func path(_ name: String) -> String? {
        if name.hasPrefix("/") { return name }
        return ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program to its end and gives what it printed.
    @discardableResult
    static func run(_ name: String, _ arguments: [String], input: String? = nil) throws -> String {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: try #require(path(name), "no `\(name)`"))
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        if let input {
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        } else {
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
