import Foundation
import SQLite
import Service
import TestRelay
import Testing

/// The built program serving a school in a temporary folder, driven from outside; over TLS, unless
/// it is said otherwise.
final class RunningSchool: @unchecked Sendable {
    // Sendable: a test drives it from one task; the child processes are its own.
    let folder: String
    private(set) var address = ""
    private var process: Process?
    /// The file that a client trusts, and what it lies in.
    let certificate: String
    private let certificates: TestCertificates
    /// The service while it runs in the test's own process, by a clock that the test moves.
    private var service: RunningService?
    private var clock: WallClock?

    /// How the service is reached: over TLS under a certificate that vouches for itself, or under
    /// one that an authority has signed, or in plain text.
    enum Transport { case selfSigned, issued, plain }

    static let password = "Quartz-Heron7-Lamp!"
    static let administrator = "office@whitetrees.example"

    /// The body of a sign-in.
    static func signIn(_ address: String, _ password: String = password) -> String {
        #"{"email":"\#(address)","password":"\#(password)"}"#
    }

    /// Makes the folders, the rules, the settings and a certificate; nothing is founded yet.
    ///
    /// `approval` is the rule for what takes a second person, `firstWait` that for the seconds after
    /// five failures; `relay` the settings of one that takes the mails instead of a folder.
    init(
        approval: String = "own",
        firstWait: Int = 30,
        relay: String? = nil,
        transport: Transport = .selfSigned
    ) throws {
        certificates = try TestCertificates()
        let tls = try certificates.issue(
            "DNS:localhost,IP:127.0.0.1",
            isSelfSigned: transport != .issued
        )
        certificate =
            transport == .issued
            ? certificates.authority : try #require(tls["certificate"] as? String)
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
            """
            {"grants": {"approval": "\(approval)"}, "throttle":
             {"schoolNetworks": ["127.0.0.0/8"], "firstWaitSeconds": \(firstWait)}}
            """.utf8
        ).write(to: URL(fileURLWithPath: folder + "/policies/rules.json"))
        let mail = relay.map { #"{"smtp": \#($0)}"# } ?? #"{"directory": "\#(folder)/mail"}"#
        let files = String(decoding: try JSONSerialization.data(withJSONObject: tls), as: UTF8.self)
        let settings = """
            {"publicUrl": "https://school.example", "mail": \(mail)
             \(transport == .plain ? "" : #", "tls": \#(files)"#)}
            """
        try Data(settings.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
    }

    deinit {
        kill()
        stop()
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        try? FileManager.default.removeItem(atPath: folder)
    }

    var database: String { folder + "/data/keyholder.sqlite" }

    private static var root: String { FileManager.default.currentDirectoryPath }

    var places: [String] {
        [
            "--data", folder + "/data", "--keys", folder + "/keys", "--policies",
            folder + "/policies", "--config", folder + "/config.json",
        ]
    }

    /// Runs `keyholder init` and gives the token and the enrolment code.
    func found(named name: String = "White Trees School") throws -> (token: String, code: String) {
        let words = ["init", "--school", name, "--admin", RunningSchool.administrator]
        let output = try command(words)
        let token = try #require(output.firstMatch(of: /#reset=(\S+)/)).1
        let code = try #require(output.firstMatch(of: /enrolment code: (\S+)/)).1
        return (String(token), String(code))
    }

    /// A school that is served, and its administrator, signed in, with an authenticator.
    static func founded(firstWait: Int = 30) throws -> (school: RunningSchool, person: Person) {
        let school = try RunningSchool(firstWait: firstWait)
        let setUp = try school.found()
        try school.start()
        let person = Person(school)
        try person.redeem(setUp.token)
        try person.signIn(administrator)
        try person.enrol(setUp.code)
        return (school, person)
    }

    /// Runs a command about the school; the answer is what it prints.
    func command(_ words: [String]) throws -> String {
        let printed = try Tool.run(try RunningSchool.program(), words + places)
        return String(decoding: printed, as: UTF8.self)
    }

    /// Starts the service and waits until it says where it listens.
    ///
    /// No file of it grows past so many kilobytes, where that is said; its complaints go into a file
    /// of the folder, or where `complaints` says.
    func start(past kilobytes: Int? = nil, complaints: Any? = nil) throws {
        let (process, output) = (Process(), Pipe())
        let words = [try RunningSchool.program(), "serve", "--listen", "127.0.0.1:0"] + places
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let limit = kilobytes.map { "ulimit -f \(2 * $0);" } ?? ""
        process.arguments = ["-c", limit + #"exec "$@""#, "sh"] + words
        process.standardOutput = output
        process.standardError = try complaints ?? errors()
        try process.run()
        self.process = process
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "the service ended before it listened")
            text += String(decoding: data, as: UTF8.self)
            if let match = text.firstMatch(of: /listening on (https?:\S+)\n/) {
                address = String(match.1)
                return
            }
        }
    }

    /// Serves the school in this process, by a clock that the test moves, in place of the program.
    func serve(by clock: WallClock) throws {
        let file = MachineSettings.File(
            name: "config.json",
            bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/config.json")))
        )
        let service = try RunningService(
            paths: SchoolPaths(
                data: folder + "/data",
                keys: folder + "/keys",
                policies: folder + "/policies"
            ),
            settings: try MachineSettings(flags: ["listen": "127.0.0.1:0"], file: file),
            logsRequests: false,
            clock: clock
        )
        address = try #require(service.addresses.first)
        self.service = service
        self.clock = clock
    }

    /// Seconds since 1970 by the clock that the service goes by.
    var seconds: Int { Int((clock ?? .system).now().milliseconds / 1_000) }

    /// `kill -9`.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// SIGTERM; the answer is the exit code.
    @discardableResult
    func stop() -> Int32 {
        if let service {
            service.stop()
            self.service = nil
            return 0
        }
        guard let process else { return -1 }
        process.terminate()
        process.waitUntilExit()
        self.process = nil
        return process.terminationStatus
    }

    /// What the service has written to standard error, in all its runs.
    var errorLog: String { folder + "/stderr" }

    private func errors() throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: errorLog) {
            try Data().write(to: URL(fileURLWithPath: errorLog))
        }
        let file = try #require(FileHandle(forWritingAtPath: errorLog))
        try file.seekToEnd()
        return file
    }

    /// Puts something in the place of a key; the mode is that of a key.
    func replaceKey(_ name: String, with content: Data) throws {
        let path = "\(folder)/keys/\(name)"
        try FileManager.default.removeItem(atPath: path)
        try #require(
            FileManager.default.createFile(
                atPath: path,
                contents: content,
                attributes: [.posixPermissions: 0o400]
            )
        )
    }

    /// Has the service read its policies anew, and gives what it says of it.
    func reload() throws -> String {
        let before = try Data(contentsOf: URL(fileURLWithPath: errorLog)).count
        Foundation.kill(try #require(process).processIdentifier, SIGHUP)
        let answer: String? = try eventually {
            let new = try Data(contentsOf: URL(fileURLWithPath: errorLog)).dropFirst(before)
            let said = String(decoding: new, as: UTF8.self)
            // A request's line may come in between.
            if said.contains("policies read anew\n") { return said }
            if said.contains("the old policies stay: "), said.hasSuffix("\n") { return said }
            return nil
        }
        return try #require(answer, "the service did not say that it read its policies")
    }

    /// The newest link mailed to an address.
    func link(to address: String) throws -> String {
        let mail = try mail(to: address, saying: "https://school.example/#reset=")
        let match = mail.firstMatch(of: /https:\/\/school.example\/#reset=(\S+)/)
        return String(match?.1 ?? "")
    }

    /// The program lies beside the test bundle, whatever the configuration is.
    static func program() throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = (bundle as NSString).deletingLastPathComponent + "/keyholder"
        try #require(FileManager.default.isExecutableFile(atPath: path), "no program at \(path)")
        return path
    }
}
