import Crypto
public import PolicyEngine
public import SQLite

extension RecordStore {
    /// Every pupil, unsealed: read once, at the start, for the index in memory.
    ///
    /// - Throws: `RecordsError.damaged`, `SQLiteError`.
    public func pupils(on connection: Connection) throws -> [Pupil] {
        var siblings: [Identifier: [Identifier]] = [:]
        let pairs = try connection.all(
            "SELECT pupil, sibling FROM pupil_sibling",
            read: { ($0.id(0), $0.id(1)) }
        )
        for (one, other) in pairs {
            siblings[one, default: []].append(other)
            siblings[other, default: []].append(one)
        }
        return try connection.all(
            "SELECT id, profile, year_group, form, state FROM pupil",
            read: { row in try pupil(row, siblings: siblings[row.id(0)] ?? []) }
        )
    }

    /// One pupil, `nil` when there is none with this id.
    ///
    /// - Throws: `RecordsError.damaged`, `SQLiteError`.
    public func pupil(_ id: Identifier, on connection: Connection) throws -> Pupil? {
        let siblings = try connection.all(
            """
            SELECT sibling FROM pupil_sibling WHERE pupil = ?1
            UNION ALL SELECT pupil FROM pupil_sibling WHERE sibling = ?1
            """,
            .id(id),
            read: { $0.id(0) }
        )
        return try connection.first(
            "SELECT id, profile, year_group, form, state FROM pupil WHERE id = ?1",
            .id(id),
            read: { try pupil($0, siblings: siblings) }
        )
    }

    /// Puts a pupil on the list.
    ///
    /// - `permit`: for `createPupil`.
    /// - Throws: `RecordsError.invalid` for an unknown sibling, `wrongPermit`, `SQLiteError`.
    public func createPupil(
        _ new: NewPupil,
        permit: borrowing Permit,
        on connection: Connection,
        now: Timestamp
    ) throws -> Pupil {
        try require(permit, "createPupil")
        try checkPupils(new.siblings, field: "siblings", on: connection)
        let id = Identifier.random()
        let profile = Pupil.sealedProfile(
            name: new.name,
            dateOfBirth: new.dateOfBirth,
            upn: new.upn
        )
        try connection.run(
            """
            INSERT INTO pupil (id, profile, year_group, form, state, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """,
            .id(id),
            .blob(pupilSealer.seal(profile, column: "profile", row: id.rawValue)),
            .text(new.yearGroup),
            .text(new.form),
            .text(new.isOnRoll ? "on-roll" : "left"),
            .time(now)
        )
        for sibling in new.siblings {
            try connection.run(
                """
                INSERT INTO pupil_sibling (pupil, sibling)
                VALUES (min(?1, ?2), max(?1, ?2))
                """,
                .id(id),
                .id(sibling)
            )
        }
        return Pupil(
            id: id,
            name: new.name,
            dateOfBirth: new.dateOfBirth,
            yearGroup: new.yearGroup,
            form: new.form,
            upn: new.upn,
            isOnRoll: new.isOnRoll,
            siblings: new.siblings
        )
    }

    /// The pupils whose incidents a member of staff is kept out of: their family.
    public func relations(
        of staff: Identifier,
        on connection: Connection
    ) throws -> [Identifier] {
        try connection.all(
            "SELECT pupil FROM staff_relation WHERE staff = ?1",
            .id(staff),
            read: { $0.id(0) }
        )
    }

    /// Takes relations away, as two people have decided.
    ///
    /// - `permit`: for `decideApproval`.
    /// - Throws: `RecordsError.wrongPermit`, `SQLiteError`.
    public func endRelations(
        of staff: Identifier,
        with pupils: [Identifier],
        permit: borrowing Permit,
        on connection: Connection
    ) throws {
        try require(permit, "decideApproval")
        for pupil in pupils {
            try connection.run(
                "DELETE FROM staff_relation WHERE staff = ?1 AND pupil = ?2",
                .id(staff),
                .id(pupil)
            )
        }
    }

    /// Replaces the relations of a member of staff.
    ///
    /// - `pupils`: ids as they came in.
    /// - `permit`: for `changeStaff` on that person, or for `createStaff`.
    /// - Throws: `RecordsError.invalid` naming `relatedPupils[i]`, `wrongPermit`, `SQLiteError`.
    public func setRelations(
        of staff: Identifier,
        to pupils: [String],
        permit: borrowing Permit,
        on connection: Connection
    ) throws {
        if permit.action.id == "changeStaff" {
            try require(permit, "changeStaff", on: .staff(staff))
        } else {
            try require(permit, "createStaff")
        }
        var findings = Findings()
        let related = findings.ids(
            "relatedPupils",
            pupils,
            limit: Limits.relatives,
            unknown: "unknown pupil",
            complaint: { _ in nil }
        )
        try findings.finish()
        try checkPupils(related, field: "relatedPupils", on: connection)
        try connection.run("DELETE FROM staff_relation WHERE staff = ?1", .id(staff))
        for pupil in related {
            try connection.run(
                "INSERT INTO staff_relation (staff, pupil) VALUES (?1, ?2)",
                .id(staff),
                .id(pupil)
            )
        }
    }

    func isPupil(_ id: Identifier, on connection: Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM pupil WHERE id = ?1", .id(id), read: { _ in true })
            ?? false
    }

    private func checkPupils(
        _ ids: [Identifier],
        field: String,
        on connection: Connection
    ) throws {
        var findings = Findings()
        for (index, id) in ids.enumerated() where try !isPupil(id, on: connection) {
            findings.add("\(field)[\(index)]", "unknown pupil")
        }
        try findings.finish()
    }

    private func pupil(_ row: Row, siblings: [Identifier]) throws -> Pupil {
        let id = row.id(0)
        let opened = try row.withBytes(1) { sealed in
            do {
                return try pupilSealer.open(sealed, column: "profile", row: id.rawValue)
            } catch {
                throw RecordsError.damaged(table: "pupil", row: id.rawValue)
            }
        }
        guard let profile = opened.withUnsafeBytes({ Pupil.Profile($0) }) else {
            throw RecordsError.damaged(table: "pupil", row: id.rawValue)
        }
        return Pupil(
            id: id,
            name: profile.name,
            dateOfBirth: profile.dateOfBirth,
            yearGroup: row.text(2),
            form: row.optionalText(3),
            upn: profile.upn,
            isOnRoll: row.text(4) == "on-roll",
            siblings: siblings
        )
    }
}
