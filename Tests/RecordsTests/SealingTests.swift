import Foundation
import PolicyEngine
import Records
import SQLite
import Testing

/// What lies on the disk tells nothing, and nothing of it changes.
@Suite struct SealingTests {
    @Test func `no word of a text or name stands in the files`() throws {
        let school = try TestSchool()
        let teacher = try school.addStaff("staff")
        let pupil = try school.addPupil("Xanthippe Quilligan")
        var draft = try school.draft(about: pupil, narrative: "narrativeword of concern")
        draft.reportedBy = "reportedword"
        draft.location = "locationword"
        draft.bodyMap = [BodyMark(view: .back, x: 0.25, y: 1, kind: "kindword", note: "noteword")]
        let number = try school.log(draft, by: teacher)
        try school.act(school.action("actionword done"), on: number, by: teacher)
        let files = try FileManager.default.contentsOfDirectory(
            at: school.folder,
            includingPropertiesForKeys: nil
        )
        let bytes = try files.reduce(into: Data()) { $0 += try Data(contentsOf: $1) }
        // The look itself must be able to find something: a category's name lies there in clear.
        #expect(bytes.range(of: Data("Cause for concern".utf8)) != nil)
        let words = [
            "Xanthippe", "Quilligan", "2016-05-03", "narrativeword", "reportedword",
            "locationword", "kindword", "noteword", "actionword",
        ]
        for word in words { #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word)") }
        let incident = try school.read(number, by: teacher)
        #expect(incident.narrative == "narrativeword of concern")
        #expect(incident.reportedBy == "reportedword" && incident.location == "locationword")
        #expect(incident.bodyMap == draft.bodyMap)
        #expect(incident.actions.map(\.text) == ["actionword done"])
    }

    @Test func `an incident whose key was destroyed opens for nobody`() throws {
        let school = try TestSchool()
        let teacher = try school.addStaff("staff")
        let pupil = try school.addPupil("Noel Baker")
        let number = try school.log(try school.draft(about: pupil), by: teacher)
        try school.connection.run("DELETE FROM incident_key")
        #expect(throws: RecordsError.contentDestroyed(number)) {
            try school.read(number, by: teacher)
        }
    }

    @Test func `a key or a text put under another incident does not open`() throws {
        let school = try TestSchool()
        let teacher = try school.addStaff("staff")
        let pupil = try school.addPupil("Noel Baker")
        let number = try school.log(try school.draft(about: pupil), by: teacher)
        let other = try school.log(try school.draft(about: pupil), by: teacher)
        let (from, to) = (try school.facts(number).sequence, try school.facts(other).sequence)
        try school.connection.run(
            """
            UPDATE incident_key SET wrapped = (SELECT wrapped FROM incident_key WHERE incident = ?1)
            WHERE incident = ?2
            """,
            .int(from),
            .int(to)
        )
        #expect(throws: RecordsError.damaged(table: "incident_key", row: to)) {
            try school.read(other, by: teacher)
        }
        #expect(try school.read(number, by: teacher).narrative == "He was crying.")
    }

    @Test(arguments: [
        "UPDATE incident SET author = 1", "DELETE FROM incident",
        "UPDATE incident_action SET author = 1", "DELETE FROM incident_action",
        "INSERT OR REPLACE INTO incident SELECT * FROM incident",
        "INSERT OR REPLACE INTO incident_action SELECT * FROM incident_action",
        "UPDATE incident_category SET position = 2", "DELETE FROM incident_category",
        "UPDATE incident_pupil SET position = 9", "DELETE FROM incident_pupil",
        "UPDATE incident_agency SET position = 9", "DELETE FROM incident_agency",
        "UPDATE incident_named SET staff = 1", "DELETE FROM incident_named",
        "UPDATE incident_subject SET staff = 1", "DELETE FROM incident_subject",
        "DELETE FROM alert", "UPDATE alert SET raised_at = 1", "UPDATE alert SET via = 'group'",
        "UPDATE alert SET opened_at = 1", "UPDATE alert SET opened_at = NULL",
        "INSERT OR REPLACE INTO alert SELECT * FROM alert",
    ])
    func `what was logged withstands the sqlite3 program`(sql: String) throws {
        let school = try TestSchool()
        let (teacher, subject) = (try school.addStaff("staff"), try school.addStaff("staff"))
        let colleague = try school.addStaff("staff")
        var draft = try school.draft(about: try school.addPupil("Noel Baker"))
        draft.subjectStaff = [subject.description]
        draft.named = [colleague.description]
        draft.alert = [colleague.description]
        draft.agencies = [try school.store.agencies(on: school.connection)[0].id.description]
        let number = try school.log(draft, by: teacher)
        try school.act(school.action(), on: number, by: teacher)
        _ = try school.read(number, by: colleague)
        let before = try sqlite3(school.path, ".dump")
        #expect(before.status == 0)
        let attempt = try sqlite3(school.path, sql)
        #expect(attempt.status != 0, "\(sql)")
        #expect(try sqlite3(school.path, ".dump").output == before.output)
    }

    private func sqlite3(_ path: String, _ sql: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["sqlite3", path, sql]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
