import Authentication
import Foundation
import SQLite
import Testing

@Suite struct MigrationTests {
    @Test(arguments: 1..<IdentityStore.migrations.steps.count)
    func `a file of an old version is brought up to date`(version: Int) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/auth-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let connection = try Connection(path: folder + "/db", access: .writing)
        let old = Migrations(
            module: IdentityStore.migrations.module,
            steps: Array(IdentityStore.migrations.steps.prefix(version))
        )
        let now = Timestamp(milliseconds: 1)
        try Migrations.apply([old], to: connection, now: now)
        try connection.execute(
            script: """
                INSERT INTO account (id, address_index, email, name, job_title, state, chair, created_at)
                VALUES (7, zeroblob(32), x'00', x'00', x'00', 'invited', 0, 1);
                INSERT INTO account_role (account, role) VALUES (7, 'staff');
                """
        )
        try Migrations.apply([IdentityStore.migrations], to: connection, now: now)
        let kept = try connection.first("SELECT role FROM account_role WHERE account = 7") {
            $0.text(0)
        }
        #expect(kept == "staff")
        try connection.execute(
            script: """
                INSERT INTO approval VALUES (1, 'role-grant', 7, 7, x'00', x'00', 1, 2);
                INSERT INTO lone_grant VALUES (1, 7, 7, 'slt', 1);
                INSERT INTO recovery VALUES (1, 7, 0, 1, 2, 3, 0, zeroblob(32), 1);
                """
        )
    }
}
