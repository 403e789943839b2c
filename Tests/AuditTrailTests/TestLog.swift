import AuditTrail
import Crypto
import Foundation
import PolicyEngine
import SQLite

/// A log in a file of its own, removed with it.
final class TestLog {
    typealias LogWriter = Writer<AccessLog>

    let folder: String
    let path: String
    let commitments: Commitments
    let ring: KeyRing

    /// A log of the present, or of the first so many versions of its tables.
    init(steps: Int? = nil) throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        folder = url.path
        path = folder + "/school.db"
        try KeyRing.create(in: folder + "/keys")
        ring = try KeyRing(folder: folder + "/keys")
        commitments = Commitments(ring.commitment)
        let connection = try Connection(path: path, access: .writing)
        let all = AccessLog.migrations
        let known = Migrations(
            module: all.module,
            steps: Array(all.steps.prefix(steps ?? all.steps.count))
        )
        try Migrations.apply(
            [known],
            to: connection,
            now: Timestamp(milliseconds: 0)
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func writer() throws -> LogWriter {
        let commitments = commitments
        return try Writer(connection: Connection(path: path, access: .writing)) {
            try AccessLog(loading: $0, commitments: commitments)
        }
    }

    func reader() throws -> Connection { try Connection(path: path, access: .reading) }

    /// Appends entries in one transaction.
    func append(_ entries: [Entry]) throws {
        let writer = try writer()
        defer { writer.stop() }
        try writer.perform { connection, log in
            for entry in entries { try log.append(entry, on: connection) }
        }
    }

    func verify(_ checkpoint: Checkpoint? = nil) throws -> LogVerifier.Report {
        try LogVerifier.verify(reader(), commitments: commitments, checkpoint: checkpoint)
    }

    /// Runs SQL as somebody does who has the file and the `sqlite3` program.
    func tamper(_ sql: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", "-bail", path, sql]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(sql: sql) }
    }

    struct Failed: Error {
        let sql: String
    }

    static let unguarded = """
        DROP TRIGGER access_log_insert; DROP TRIGGER access_log_update;
        DROP TRIGGER access_log_delete; DROP TRIGGER access_log_tile_insert;
        DROP TRIGGER access_log_tile_update; DROP TRIGGER access_log_tile_delete;
        DROP TRIGGER access_log_policy_set_insert; DROP TRIGGER access_log_policy_set_update;
        DROP TRIGGER access_log_policy_set_delete; PRAGMA ignore_check_constraints = ON;
        """
}

/// An entry that differs from the others by `number`.
func entry(
    _ number: Int,
    at: Int64? = nil,
    actor: Entry.Actor? = nil,
    resource: String? = nil,
    subjects: [String]? = nil,
    decision: Entry.Decision = .allow
) throws -> Entry {
    try Entry(
        at: Timestamp(milliseconds: at ?? 1_700_000_000_000 + Int64(number) * 1_000),
        actor: actor ?? .staff(Identifier(rawValue: Int64(number % 7) + 1)),
        session: number % 3 == 0 ? nil : Identifier(rawValue: 77),
        elevated: number % 2 == 0,
        address: "192.0.2.\(number % 200)",
        action: number % 5 == 0 ? "listIncidents" : "viewIncident",
        resource: resource ?? "Incident::\"\(number % 11)\"",
        subjects: subjects ?? ["Incident::\"\(number % 11)\"", "Pupil::\"\(number % 13)\""],
        decision: decision,
        policies: ["involved-may-read", "never-when-excluded"],
        policySet: String(repeating: "ab", count: 32),
        reason: number % 4 == 0 ? "you are involved \"in\" it" : nil,
        requestID: "r\(number)"
    )
}

/// A permit as the policies give it.
func withPermit<R>(
    _ action: String = "readAccessLog",
    _ body: (borrowing Permit) throws -> R
) throws -> R {
    let policies = try PolicySet(parsing: [
        (name: "all.cedar", text: "permit(principal, action, resource);")
    ])
    let authorizer = Authorizer(policies: policies, identifier: "test")
    let request = Request(
        principal: EntityUID(type: "Staff", id: "1"),
        action: EntityUID(type: "Action", id: action),
        resource: EntityUID(type: "AccessLog", id: "log")
    )
    switch authorizer.authorize(request, Entities(), session: 1) {
    case .permit(let permit): return try body(permit)
    default: throw TestLog.Failed(sql: "no permit")
    }
}
