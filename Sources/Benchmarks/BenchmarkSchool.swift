import Foundation
import Service

/// A made-up school of a given size in a temporary folder, served by a process of its own.
final class BenchmarkSchool {
    let folder: String
    let people: [DemoFounding.SignIn]
    private let child: Child

    /// Where it answers: `http://127.0.0.1:43121`.
    var address: String { child.firstLine }
    /// The process that serves.
    var process: Int32 { child.process }
    var database: String { "\(folder)/data/keyholder.sqlite" }

    /// Makes the school and serves it; the policies are those of the working folder.
    ///
    /// `rules` stands in the place of the rules there.
    convenience init(size: DemoFounding.Size, rules: String? = nil) throws {
        try self.init(rules: rules) { paths, settings in
            try DemoFounding.found(paths: paths, settings: settings, size: size)
        }
    }

    /// Serves the school that `found` makes; its answer is who can sign in.
    init(
        rules: String? = nil,
        found: (SchoolPaths, MachineSettings) throws -> [DemoFounding.SignIn]
    ) throws {
        folder = try TemporaryFolder.make("school")
        let paths = BenchmarkSchool.paths(folder)
        try FileManager.default.copyItem(atPath: "policies", toPath: paths.policies)
        if let rules {
            try rules.write(
                toFile: "\(paths.policies)/rules.json",
                atomically: true,
                encoding: .utf8
            )
        }
        people = try found(paths, try BenchmarkSchool.settings())
        child = try Child(["school-server", folder])
    }

    /// Stops serving; the folder stays for looking at.
    func stop() { child.stop() }

    /// Removes the folder.
    func remove() { TemporaryFolder.remove(folder) }

    /// The child: serves until its standard input ends.
    static func serve(_ arguments: [String]) throws {
        let service = try RunningService(
            paths: paths(arguments[0]),
            settings: try settings(),
            logsRequests: false
        )
        FileHandle.standardOutput.write(Data("\(service.addresses.first ?? "")\n".utf8))
        while readLine() != nil {}
        service.stop()
    }

    private static func paths(_ folder: String) -> SchoolPaths {
        SchoolPaths(
            data: "\(folder)/data",
            keys: "\(folder)/keys",
            policies: "\(folder)/policies"
        )
    }

    private static func settings() throws -> MachineSettings {
        try MachineSettings(flags: ["listen": "127.0.0.1:0"])
    }

    /// A session of the first person whose job this is, elevated where they have an authenticator.
    func token(of jobTitle: String) throws -> String {
        guard let person = people.first(where: { $0.jobTitle == jobTitle }) else {
            throw BenchmarkFailure(description: "no \(jobTitle) at the made-up school")
        }
        let session = try ask(
            "/v1/session",
            body: #"{"email":"\#(person.email)","password":"\#(person.password)"}"#
        )
        guard let secret = person.secret else { return try text("token", of: session) }
        let code = try Peer.output(["oathtool", "--totp", "-b", secret]).prefix(6)
        let elevated = try ask(
            "/v1/session/elevation",
            body: #"{"code":"\#(code)"}"#,
            token: try text("token", of: session)
        )
        return try text("token", of: elevated)
    }

    /// The answer to a call, as JSON.
    func ask(_ path: String, body: String? = nil, token: String? = nil) throws -> [String: Any] {
        var command = ["curl", "-sS", "--fail-with-body", "-H", "Content-Type: application/json"]
        if let token { command += ["-H", "Authorization: Bearer \(token)"] }
        if let body { command += ["-d", body] }
        let answer = try Peer.output(command + [address + path])
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8))
        guard let object = object as? [String: Any] else {
            throw BenchmarkFailure(description: "\(path) answered \(answer)")
        }
        return object
    }

    /// A member of an answer that is a text.
    func text(_ name: String, of object: [String: Any]) throws -> String {
        guard let text = object[name] as? String else {
            throw BenchmarkFailure(description: "no `\(name)` in \(object)")
        }
        return text
    }
}
