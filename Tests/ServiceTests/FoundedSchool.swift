import Authentication
import Crypto
import Foundation
import SQLite
import Service
import Testing

/// A school in a temporary folder that nobody serves, with a clock that stands still until moved.
final class FoundedSchool {
    let folder: String
    let paths: SchoolPaths
    let settings: MachineSettings
    var now = Timestamp(milliseconds: 1_764_000_000_000)

    /// The policies that the repository comes with.
    static let policies = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("policies").path

    init(mails: Bool = true) throws {
        folder = FileManager.default.temporaryDirectory.path + "/founded-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder + "/mail",
            withIntermediateDirectories: true
        )
        paths = SchoolPaths(
            data: folder + "/data",
            keys: folder + "/keys",
            policies: FoundedSchool.policies
        )
        settings = try MachineSettings(
            flags: [:],
            environment: mails ? ["KEYHOLDER_MAIL_DIRECTORY": folder + "/mail"] : [:],
            file: nil
        )
        _ = try SchoolFounding.found(
            name: "White Trees School",
            administrator: "office@school.example",
            paths: paths,
            settings: settings,
            clock: clock
        )
    }

    deinit {
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        try? FileManager.default.removeItem(atPath: folder)
    }

    var clock: WallClock {
        let now = now
        return WallClock { now }
    }

    func pass(_ duration: Duration) { now = now + duration }

    func open() throws -> Connection {
        try Connection(path: folder + "/data/keyholder.sqlite", access: .writing)
    }

    /// Somebody with a password and, where a state is given, an authenticator of no use.
    func add(
        _ name: String,
        roles: [String],
        chair: Bool = false,
        authenticator: String? = nil
    ) throws -> Identifier {
        let connection = try open()
        let keyRing = try KeyRing(folder: paths.keys)
        let wrapped = try connection.all("SELECT table_name, version, wrapped FROM data_key") {
            WrappedKey(table: $0.text(0), version: Int($0.int(1)), wrapped: $0.blob(2))
        }
        let store = try IdentityStore(
            keyRing: keyRing,
            sealing: try SealingKeys(unwrapping: wrapped, keyRing: keyRing),
            cheapHashes: true
        )
        let rules = AuthenticationRules()
        let new = try NewAccount(
            email: "\(name)@school.example",
            name: "\(name.capitalized) Person",
            roles: roles,
            chair: chair
        )
        let member = try store.accounts.create(new, now: now, on: connection)
        let occasion = Occasion(rules: rules, now: now, db: connection)
        let token = try #require(
            try store.tokens.issue(for: member.id, kind: .invite, at: occasion)
        )
        let holder = try store.accounts.holder(member.id, on: connection)
        let password = try store.hasher.prepare(
            Password("Quartz-Heron7-Lamp!"),
            for: holder,
            elevatable: true,
            rules: rules
        )
        _ = try store.tokens.redeem(token.text, setting: password, at: occasion)
        if let authenticator {
            try connection.run(
                """
                INSERT INTO authenticator (account, state, seed, enrolled_at)
                VALUES (?1, ?2, x'00', 1)
                """,
                .id(member.id),
                .text(authenticator)
            )
        }
        return member.id
    }

    func recover(
        _ name: String?,
        chairCode: String? = nil,
        althoughActive: Bool = false
    ) throws -> KeyHolderRecovery.Outcome {
        try KeyHolderRecovery.run(
            KeyHolderRecovery.Order(
                email: name.map { "\($0)@school.example" },
                chairCode: chairCode,
                althoughActive: althoughActive
            ),
            paths: paths,
            settings: settings,
            operatorUID: 1_234,
            clock: clock
        )
    }

    /// What was mailed to somebody.
    func mails(to name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/mail").sorted()
            .map { try String(contentsOfFile: "\(folder)/mail/\($0)", encoding: .utf8) }
            .filter { $0.contains("\(name)@school.example") }
    }

    /// What users of the machine did, as the access log has it.
    func operatorActs() throws -> [String] {
        try open().all(
            """
            SELECT action, decision, other_actor FROM access_log
            WHERE other_actor = 'operator:1234' ORDER BY idx
            """
        ) { "\($0.text(0)) \($0.text(1))" }
    }
}
