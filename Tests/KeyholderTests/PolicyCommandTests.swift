import Foundation
import Testing

/// `keyholder policy …`, without a service.
@Suite struct PolicyCommandTests {
    @Test func `the commands about policies print what their transcript says`() throws {
        try Transcript("policy").play()
    }

    /// A policy of the folder taken away, and the invariant that breaks without it.
    @Test(arguments: [
        ("guard-inactive", "never-inactive"), ("guard-locked", "never-locked"),
        ("guard-excluded", "never-excluded"), ("guard-excluded-action", "never-excluded-action"),
        ("guard-restricted", "never-restricted"),
        ("guard-restricted-action", "never-restricted-action"),
        ("guard-own-account", "never-own-rights"), ("guard-own-approval", "never-own-approval"),
    ])
    func `a folder without one of its guards is refused`(policy: String, invariant: String) throws {
        let folder = try PolicyFolderCopy()
        try folder.edit("guards.cedar") { text in
            let policies = text.components(separatedBy: "\n\n")
            return policies.filter { !$0.hasPrefix("@id(\"\(policy)\")") }
                .joined(separator: "\n\n")
        }
        let answer = try folder.check()
        #expect(answer.code == 1)
        #expect(answer.text.contains("invariant `\(invariant)`"), "\(answer.text)")
    }

    /// A policy added to the folder, and the invariant that it breaks.
    @Test(arguments: [
        (#"principal, action == Action::"reviewPupil", resource"#, "never-without-elevation"),
        (#"principal, action == Action::"readAccessLog", resource"#, "never-without-elevation"),
        (#"principal, action == Action::"readSummary", resource"#, "never-without-elevation"),
        (
            #"principal in Role::"staff", action == Action::"addAction", resource"#,
            "never-retrospective-without-elevation"
        ),
        (
            #"principal in Role::"administrator", action == Action::"viewIncident", resource"#,
            "never-a-record-by-administrator"
        ),
        (
            #"principal in Role::"administrator", action == Action::"listAlerts", resource"#,
            "never-by-administrator"
        ),
        (
            #"principal in Role::"governor", action == Action::"viewIncident", resource"#,
            "never-by-governor"
        ),
        (
            #"principal in Role::"slt", action == Action::"receiveGroupAlert", resource"#,
            "never-restricted-alert"
        ),
    ])
    func `a folder with one permit too many is refused`(head: String, invariant: String) throws {
        let folder = try PolicyFolderCopy()
        let permit = "@id(\"own\")\n@reason(\"own\")\npermit (\(head));\n"
        try Data(permit.utf8).write(to: URL(fileURLWithPath: folder.path + "/own.cedar"))
        let answer = try folder.check()
        #expect(answer.code == 1)
        let lines = answer.text.split(separator: "\n")
        #expect(
            lines.contains {
                $0.contains("invariant `\(invariant)`") && $0.contains("`own` allows")
            },
            "\(answer.text)"
        )
    }

    @Test func `a file that is not UTF-8 is refused with the place of the byte`() throws {
        let folder = try PolicyFolderCopy()
        let bytes = Data("// A school\n// of ".utf8) + [0xE9] + Data("lan\n".utf8)
        try bytes.write(to: URL(fileURLWithPath: folder.path + "/own.cedar"))
        let answer = try folder.check()
        #expect(answer.code == 1)
        #expect(answer.text.contains("/own.cedar:2:7: expected UTF-8"), "\(answer.text)")
    }

    @Test func `the policies that ship are laid out as the formatter has it`() throws {
        let folder = try PolicyFolderCopy()
        let answer = try folder.run("format", "--check")
        #expect(answer.code == 0, "\(answer.text)")
    }

    @Test func `every policy that ships decides a case, and does not decide another`() throws {
        let folder = try PolicyFolderCopy()
        let answer = try folder.run("test")
        #expect(answer.code == 0)
        #expect(!answer.text.contains("no case"), "\(answer.text)")
    }
}

/// A copy of the policies that ship, to change.
private struct PolicyFolderCopy: ~Copyable {
    let path = FileManager.default.temporaryDirectory.path + "/keyholder-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.copyItem(atPath: "policies", toPath: path)
    }

    deinit {
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        try? FileManager.default.removeItem(atPath: path)
    }

    func edit(_ name: String, _ change: (String) -> String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        let text = try String(contentsOf: file, encoding: .utf8)
        let changed = change(text)
        try #require(changed != text)
        try Data(changed.utf8).write(to: file)
    }

    func check() throws -> (code: Int32, text: String) { try run("check") }

    func run(_ command: String...) throws -> (code: Int32, text: String) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: try RunningSchool.program())
        process.arguments = ["policy"] + command + ["--policies", path]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
