import Foundation
import Testing

/// Who is let through and who is not, where the main job does not go.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct GateTests {
    @Test func `completing one's own follow-up is kept although it ends the sight of it`() throws {
        let staffed = try StaffedSchool()
        let asked = staffed.bystander
        let logged = try staffed.teacher.call("POST", "/v1/incidents", try staffed.incident())
        let path = "/v1/incidents/\(try #require(logged["id"] as? String))"
        try staffed.leader.elevate()
        let request = try staffed.leader.post(
            path + "/actions",
            """
            {"text":"Please ring home.","occurredAt":"\(StaffedSchool.time(daysFromNow: 0))",
             "assignee":"\(staffed.ids["bystander"] ?? "")"}
            """
        )
        let id = try #require(request["id"] as? String)
        #expect(try asked.get(path).status == 200)
        let done = try asked.post(
            path + "/actions",
            """
            {"text":"Rang home.","occurredAt":"\(StaffedSchool.time(daysFromNow: 0))",
             "completes":"\(id)"}
            """
        )
        #expect(done.status == 201 && done["text"] as? String == "Rang home.", "\(done.text)")
        // They were involved by the follow-up alone: now it is done, and the record is not theirs.
        #expect(try asked.get(path).problem == "not-found")
        let actions = try staffed.leader.get(path).list("actions")
        #expect(actions.map { $0["text"] as? String } == ["Please ring home.", "Rang home."])
    }

    @Test func `who is suspended while they write is heard no more, and what is made is on record`()
        throws
    {
        let staffed = try StaffedSchool()
        let (teacher, administrator) = (staffed.teacher, staffed.administrator)
        let body = String(decoding: try staffed.incident(), as: UTF8.self)
        let crowd = Array(repeating: teacher, count: 60)
        let suspension = Data(#"{"state":"suspended"}"#.utf8)
        let answers = try atOnce(
            { try Person.race(crowd, "/v1/incidents", body) },
            {
                let path = "/v1/staff/\(staffed.ids["teacher"] ?? "")"
                return [try administrator.call("PATCH", path, suspension).status]
            }
        )
        #expect(answers[1] == [200])
        #expect(answers[0].count == 60 && Set(answers[0]).isSubset(of: [201, 401]))
        let late = try Person.race(Array(crowd.prefix(20)), "/v1/incidents", body)
        #expect(late == Array(repeating: 401, count: 20))
        let made = answers[0].count { $0 == 201 }
        let (incidents, entries) = try (
            count(staffed, "SELECT count(*) FROM incident"),
            count(
                staffed,
                "SELECT count(*) FROM access_log WHERE action = 'logIncident' AND decision = 'allow'"
            )
        )
        #expect(incidents == made && entries == made, "\(made) answered, \(incidents), \(entries)")
    }

    private func count(_ staffed: StaffedSchool, _ query: String) throws -> Int? {
        let output = try Tool.run("sqlite3", ["-readonly", staffed.school.database, query])
        return Int(String(decoding: output, as: UTF8.self).filter(\.isNumber))
    }

    @Test func `an id of any length is refused like one that nobody has`() throws {
        let staffed = try StaffedSchool()
        let long = "/v1/pupils/\(String(repeating: "a", count: 1_500))/chronology"
        let absent = "/v1/pupils/0000000000001/chronology"
        for person in [staffed.teacher, staffed.leader, staffed.safeguarding] {
            let (made, other) = (try person.get(long), try person.get(absent))
            #expect([401, 404].contains(made.status), "\(made.text)")
            #expect(made.status == other.status && made.text == other.text)
        }
    }

    @Test func `the chair, named on a restricted incident, reads that one with a code`() throws {
        let staffed = try StaffedSchool()
        let administrator = staffed.administrator
        let created = try administrator.post(
            "/v1/staff",
            """
            {"email":"chair@whitetrees.example","name":"Chair Person","roles":["governor"],
             "chair":true}
            """
        )
        let id = try #require(created["id"] as? String)
        let chair = Person(staffed.school)
        try chair.redeem(try staffed.school.link(to: "chair@whitetrees.example"))
        try chair.signIn("chair@whitetrees.example")
        try chair.enrol(try #require(created["enrolmentCode"] as? String))
        func log(_ changes: [String: Any]) throws -> String {
            let answer = try staffed.teacher.call(
                "POST",
                "/v1/incidents",
                try staffed.incident(changes)
            )
            return "/v1/incidents/\(try #require(answer["id"] as? String))"
        }
        let named = try log(["restricted": true, "named": [id], "alert": [id]])
        let other = try log([:])
        #expect(try chair.get(named).problem == "elevation-required")
        #expect(try chair.get(other).problem == "not-found")
        try chair.elevate()
        #expect(try chair.get(named).status == 200)
        #expect(try chair.get(other).problem == "not-found")
    }
}
