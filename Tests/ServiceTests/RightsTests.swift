import SQLite
import Service
import Testing

/// Whatever the file says of what somebody may do is counted when it changes, so that nothing that was
/// found out before is believed after.
@Suite struct RightsTests {
    /// The columns whose change takes nothing from anybody and gives nothing: an activity, a count of
    /// failures, what is shown of a person.
    private static let harmless: [String: Set<String>] = [
        "session": [
            "id", "created_at", "last_active_at", "unlock_failures", "address", "user_agent",
        ],
        "account": [
            "id", "address_index", "email", "name", "job_title", "password", "created_at",
            "password_set_at",
        ],
        "authenticator": ["seed", "pending_seed", "used_step", "enrolled_at", "last_used_at"],
        "account_role": [], "staff_relation": [],
    ]

    @Test(arguments: harmless.keys.sorted())
    func `a change of any column but the harmless ones is counted`(_ table: String) throws {
        let file = try RightsTests.fileWithOneOfEach()
        let columns = try file.all("SELECT name FROM pragma_table_info(?1)", .text(table)) {
            $0.text(0)
        }
        #expect(columns.count > 1)
        for column in columns {
            let before = try epoch(file)
            try file.execute(script: "UPDATE \(table) SET \(column) = \(column)")
            let isCounted = try epoch(file) > before
            let isHarmless = RightsTests.harmless[table]?.contains(column) == true
            #expect(isCounted != isHarmless, "\(table).\(column)")
        }
    }

    @Test(arguments: ["session", "authenticator", "account_role", "staff_relation"])
    func `a row that goes is counted`(_ table: String) throws {
        let file = try RightsTests.fileWithOneOfEach()
        let before = try epoch(file)
        try file.execute(script: "DELETE FROM \(table)")
        #expect(try epoch(file) > before)
    }

    @Test func `a role, a relation and an authenticator that come are counted, a session is not`()
        throws
    {
        let file = try RightsTests.fileWithOneOfEach()
        var before = try epoch(file)
        for insertion in [
            "INSERT INTO account_role SELECT id, 'dsl' FROM account LIMIT 1",
            "INSERT INTO authenticator (account, state, pending_seed)"
                + " SELECT id, 'pending', x'00' FROM account"
                + " WHERE id NOT IN (SELECT account FROM authenticator) LIMIT 1",
            "DELETE FROM staff_relation; INSERT INTO staff_relation SELECT 1, id FROM pupil",
        ] {
            try file.execute(script: insertion)
            #expect(try epoch(file) > before, "\(insertion)")
            before = try epoch(file)
        }
        try file.execute(script: RightsTests.session(2))
        #expect(try epoch(file) == before)
    }

    @Test func `whoever comes, goes, or takes or loses a role or the chair is counted as people`()
        throws
    {
        let file = try RightsTests.fileWithOneOfEach()
        var before = try people(file)
        for change in [
            "UPDATE account SET state = 'suspended'", "UPDATE account SET chair = 1 - chair",
            "INSERT INTO account_role SELECT id, 'dsl' FROM account LIMIT 1",
            "UPDATE account_role SET role = role", "DELETE FROM account_role",
            """
            INSERT INTO account (id, address_index, email, name, job_title, state, chair, created_at)
            SELECT 5, randomblob(32), email, name, job_title, 'invited', 0, 1 FROM account LIMIT 1
            """,
        ] {
            try file.execute(script: change)
            #expect(try people(file) > before, "\(change)")
            before = try people(file)
        }
        for harmless in [
            RightsTests.session(2), "DELETE FROM session", "DELETE FROM authenticator",
            "DELETE FROM staff_relation", "UPDATE account SET name = name",
            "UPDATE account SET state = state, chair = chair",
        ] {
            try file.execute(script: harmless)
            #expect(try people(file) == before, "\(harmless)")
        }
    }

    @Test func `a file made before people were counted counts them from its next start`() throws {
        let school = try FoundedSchool()
        let old = try school.open()
        try old.execute(
            script: """
                DROP TRIGGER people_come; DROP TRIGGER people_change;
                DROP TRIGGER people_take_a_role; DROP TRIGGER people_change_a_role;
                DROP TRIGGER people_lose_a_role;
                ALTER TABLE rights DROP COLUMN people;
                DELETE FROM migration WHERE module = 'Rights' AND version = 2;
                """
        )
        _ = try SchoolFounding.renewSetUp(paths: school.paths, settings: school.settings)
        let file = try school.open()
        let before = try people(file)
        try file.execute(script: "UPDATE account SET chair = 1 - chair")
        #expect(try people(file) == before + 1)
    }

    private func people(_ file: Connection) throws -> Int64 {
        try #require(try file.first("SELECT people FROM rights") { $0.int(0) })
    }

    private func epoch(_ file: Connection) throws -> Int64 {
        try #require(try file.first("SELECT epoch FROM rights") { $0.int(0) })
    }

    private static func session(_ id: Int) -> String {
        """
        INSERT INTO session (id, token, account, created_at, expires_at, last_active_at, address,
            user_agent)
        SELECT \(id), randomblob(32), id, 1, 2, 1, x'00', x'00' FROM account LIMIT 1;
        """
    }

    /// The file of a school that has a row in each of the tables.
    private static func fileWithOneOfEach() throws -> Connection {
        let school = try FoundedSchool()
        _ = try school.add("ada", roles: ["staff"], authenticator: "active")
        let file = try school.open()
        try file.execute(
            script: session(1) + """
                INSERT INTO pupil (id, profile, year_group, state, created_at)
                VALUES (7, zeroblob(40), '3', 'on-roll', 1);
                INSERT INTO staff_relation VALUES (5, 7);
                """
        )
        return file
    }
}
