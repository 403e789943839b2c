import Foundation
import Glibc
import Service

/// A made-up school to look around in; gone when it stops.
enum DemoCommand {
    static let command = Command(
        name: "demo",
        summary: "serves a made-up school in a temporary folder and says who can sign in",
        usage: "demo [--port N]",
        run: run
    )

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow(["port"])
        let port = arguments.options["port"] ?? "8080"
        guard UInt16(port) != nil else { throw UsageError(message: "`--port` takes 0 to 65535") }
        let signals = Signals()
        let folder = FileManager.default.temporaryDirectory.path + "/keyholder-demo-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder + "/mail",
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer {
            // What cannot be removed is named: the demo promises to leave nothing.
            do { try FileManager.default.removeItem(atPath: folder) } catch {
                CommandLineProgram.complain("cannot remove `\(folder)`: \(error)")
            }
        }
        let paths = SchoolPaths(
            data: folder + "/data",
            keys: folder + "/keys",
            policies: try policies()
        )
        let settings = try MachineSettings(
            flags: [
                "listen": "127.0.0.1:\(port)", "public-url": "http://127.0.0.1:\(port)",
                "mail-directory": folder + "/mail",
            ])
        CommandLineProgram.print("making a school of 30 staff, 60 pupils and 400 incidents ...")
        let signIns = try DemoFounding.found(paths: paths, settings: settings)
        let service = try RunningService(paths: paths, settings: settings, logsRequests: false)
        let address = service.addresses.first ?? ""
        show(signIns)
        showWalk(signIns, address)
        for address in service.addresses { CommandLineProgram.print("listening on \(address)") }
        CommandLineProgram.print("mails are written to \(folder)/mail; Ctrl-C ends the demo")
        ServeCommand.serve(service, until: signals)
    }

    /// The policies of the repository: beside the program's working folder, or beside its build.
    private static func policies() throws -> String {
        let program = CommandLine.arguments[0]
        let candidates = [
            "policies", program + "/../../../policies", program + "/../../../../policies",
        ]
        for candidate in candidates {
            let path = URL(fileURLWithPath: candidate).standardizedFileURL.path
            if FileManager.default.fileExists(atPath: path + "/school.cedarschema") { return path }
        }
        throw ServiceError.policies("start the demo where the folder `policies` is")
    }

    private static func show(_ signIns: [DemoFounding.SignIn]) {
        let rows =
            [["name", "does", "email", "password", "authenticator secret"]]
            + signIns.map { [$0.name, $0.jobTitle, $0.email, $0.password, $0.secret ?? "-"] }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        CommandLineProgram.print("")
        for row in rows {
            let cells = zip(row, widths).map { text, width in
                text.padding(toLength: width, withPad: " ", startingAt: 0)
            }
            CommandLineProgram.print("  " + cells.joined(separator: "  "))
        }
    }

    /// The main job, to paste into another terminal.
    private static func showWalk(_ signIns: [DemoFounding.SignIn], _ address: String) {
        guard let teacher = signIns.first(where: { $0.secret == nil }),
            let leader = signIns.first(where: { $0.jobTitle.contains("Safeguarding") })
                ?? signIns.first(where: { $0.secret != nil })
        else { return }
        let program = CommandLine.arguments[0]
        CommandLineProgram.print(
            """

            To walk through the main job, paste this into another terminal:

              api() { curl -sS -H 'Content-Type: application/json' -H "Authorization: Bearer $T" "$@"; echo; }
              value() { sed -n "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/p"; }
              # a teacher signs in, finds a pupil and logs a concern
              T=$(curl -sS -H 'Content-Type: application/json' -d '{"email":"\(teacher.email)","password":"\(teacher.password)"}' \(address)/v1/session | value token)
              C=$(api \(address)/v1/categories | sed 's/^{"items":\\[{"id":"\\([^"]*\\)".*/\\1/')
              P=$(api -d '{"query":"am"}' \(address)/v1/pupils/search | sed 's/^{"items":\\[{"id":"\\([^"]*\\)".*/\\1/')
              api -d '{"pupil":"'$P'","occurredAt":"'$(date -u +%FT%TZ)'","narrative":"Upset at break; said nobody plays with her.","categories":["'$C'"]}' \(address)/v1/incidents
              # a leader signs in, elevates with a code and reviews the pupil
              T=$(curl -sS -H 'Content-Type: application/json' -d '{"email":"\(leader.email)","password":"\(leader.password)"}' \(address)/v1/session | value token)
              T=$(api -d '{"code":"'$(\(program) totp \(leader.secret ?? ""))'"}' \(address)/v1/session/elevation | value token)
              api \(address)/v1/pupils/$P/chronology
              api \(address)/v1/access-log?limit=5
              api \(address)/v1/access-log/checkpoint

            """
        )
    }
}
