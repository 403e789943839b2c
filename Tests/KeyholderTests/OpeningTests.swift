import Foundation
import SQLite
import Testing

extension ContractTests {
    /// What opens an alert, and what alerts may still be shown.
    @Suite struct Opening {
        private let school: ContractSchool

        init() throws { school = try ContractTests.school }

        private func isOpened(_ number: String, by person: String) throws -> Bool {
            let answer = try school.staffed.teacher.get("/v1/incidents/\(number)")
            let alert = try #require(
                answer.list("alerts").first { alert in
                    (alert["staff"] as? [String: Any])?["id"] as? String == school.ids[person]
                }
            )
            return alert["openedAt"] is String
        }

        @Test func `a HEAD shows nothing, and opens no alert`() throws {
            let colleague = school.staffed.colleague
            let number = try school.log(["alert": [try #require(school.ids["colleague"])]])
            let bearer = "Authorization: Bearer \(colleague.token ?? "")"
            let head = try school.send("HEAD", "/v1/incidents/\(number)", [bearer])
            #expect(head.status == 200)
            #expect(try !isOpened(number, by: "colleague"))
            #expect(try colleague.get("/v1/incidents/\(number)").status == 200)
            #expect(try isOpened(number, by: "colleague"))
        }

        @Test func `a chronology opens the alerts of what it shows, and of nothing else`() throws {
            let deputy = school.deputy
            let path = "/v1/pupils/\(school.staffed.pupils[0])/chronology"
            let old = try school.log(["occurredAt": StaffedSchool.time(daysFromNow: -9)])
            let new = try school.log()
            let from = StaffedSchool.time(daysFromNow: -2)
            let shown = try deputy.get("\(path)?from=\(from)")
            #expect(shown.text.contains(new) && !shown.text.contains(old))
            let entry = try school.newest("reviewPupil", by: "deputy")
            let subjects = entry["subjects"] as? [String] ?? []
            #expect(subjects.contains("Incident::\"\(new)\""))
            #expect(!subjects.contains("Incident::\"\(old)\""))
            #expect(try isOpened(new, by: "deputy") && !isOpened(old, by: "deputy"))
            #expect(try !isOpened(new, by: "safeguarding"))
            let acknowledgement = "/v1/incidents/\(new)/acknowledgement"
            #expect(try deputy.post(acknowledgement).status == 204)
            let unread = try deputy.get("/v1/alerts?state=unread&limit=200").items
            #expect(!unread.contains { $0["incident"] as? String == new })
        }

        @Test func `an action that a chronology shows alone opens its own alert alone`() throws {
            let deputy = school.deputy
            let number = try school.log(["occurredAt": StaffedSchool.time(daysFromNow: -9)])
            #expect(try school.act(school.staffed.teacher, on: number).status == 201)
            let from = StaffedSchool.time(daysFromNow: -2)
            let path = "/v1/pupils/\(school.staffed.pupils[0])/chronology?from=\(from)"
            let items = try deputy.get(path).items.filter { $0["incident"] as? String == number }
            #expect(items.map { $0["kind"] as? String } == ["action"])
            #expect(try !isOpened(number, by: "deputy"))
            #expect(try deputy.post("/v1/incidents/\(number)/acknowledgement").status == 204)
            let unread = try deputy.get("/v1/alerts?state=unread&limit=200").items
                .filter { $0["incident"] as? String == number }
            #expect(unread.count == 1 && unread.first?["action"] is NSNull)
        }

        @Test func `an alert is shown with its pupil, and both are on record once`() throws {
            let id = try #require(school.ids["colleague"])
            let number = try school.log(["alert": [id]])
            #expect(
                try school.act(school.staffed.teacher, on: number, ["alert": [id]]).status == 201
            )
            #expect(try school.staffed.colleague.get("/v1/alerts?limit=2").items.count == 2)
            let subjects = try school.newest("listAlerts", by: "colleague")["subjects"]
            #expect(
                subjects as? [String] == [
                    "Incident::\"\(number)\"", "Pupil::\"\(school.staffed.pupils[0])\"",
                ]
            )
        }

        @Test func `what was allowed names the policies that allowed it`() throws {
            let teacher = school.staffed.teacher
            #expect(try teacher.get("/v1/authenticator").status == 200)
            let own = try school.newest("viewAuthenticator", by: "teacher")
            #expect(own["policies"] as? [String] == ["account-own"])
            let elevations = try school.entries("&action=elevateSession&decision=allow", limit: 1)
            #expect(elevations.first?["policies"] as? [String] == ["account-elevate"])
            let device = try school.deputy.another("deputy@whitetrees.example")
            #expect(try device.post("/v1/session/lock").status == 204)
            let locked = try device.get("/v1/session")
            #expect(locked["mayElevate"] as? Bool == true && locked.list("may").isEmpty)
            let code = school.deputy.recoveryCodes[0]
            let unlocked = try device.post(
                "/v1/session/unlock",
                #"{"password":"\#(RunningSchool.password)","code":"\#(code)"}"#
            )
            #expect(unlocked["elevated"] as? Bool == true, "\(unlocked.text)")
            let elevated = try school.newest("elevateSession", by: "deputy")
            #expect(elevated["policies"] as? [String] == ["account-elevate"])
            #expect(try school.newest("unlockSession", by: "deputy")["policies"] as? [String] == [])
        }
    }
}

/// Alerts of what somebody may no longer know of.
@Suite(.enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct LapsedAlertTests {
    @Test func `an alert goes with the incident that it is about`() throws {
        let staffed = try StaffedSchool()
        let (colleague, leader) = (staffed.colleague, staffed.leader)
        let ids = [try #require(staffed.ids["colleague"])]
        let answer = try staffed.teacher.call(
            "POST",
            "/v1/incidents",
            try staffed.incident(["alert": ids])
        )
        let number = try #require(answer["id"] as? String)
        func isListed(by person: Person) throws -> Bool {
            try ["", "?state=unread"].map { query in
                try person.get("/v1/alerts\(query)").items
                    .contains { $0["incident"] as? String == number }
            } == [true, true]
        }
        #expect(try isListed(by: colleague) && isListed(by: leader))
        // Thirty-one days later an alert by name that was never read involves nobody.
        #expect(staffed.school.stop() == 0)
        let file = try Connection(path: staffed.school.database, access: .writing)
        try file.execute(
            script: """
                DROP TRIGGER alert_marked_once;
                UPDATE alert SET raised_at = raised_at - 31 * 86400000 WHERE via = 'name';
                """
        )
        try staffed.school.start()
        #expect(try colleague.get("/v1/incidents/\(number)").problem == "not-found")
        #expect(try !isListed(by: colleague) && isListed(by: leader))
        // Whoever is no leader any more could not see it with a code either.
        try staffed.administrator.elevate(with: staffed.administrator.recoveryCodes[0])
        let changed = try staffed.administrator.call(
            "PATCH",
            "/v1/staff/\(try #require(staffed.ids["leader"]))",
            Data(#"{"roles":["staff"]}"#.utf8)
        )
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try leader.get("/v1/alerts").status == 200)
        #expect(try !isListed(by: leader))
    }

    @Test func `nothing tells who was a leader of what leaders say among themselves`() throws {
        let staffed = try StaffedSchool()
        let (leader, colleague, lead) = (staffed.leader, staffed.colleague, staffed.safeguarding)
        let answer = try leader.call("POST", "/v1/incidents", try staffed.incident())
        let number = try #require(answer["id"] as? String)
        func act(_ person: Person, _ fields: [String: Any]) throws -> Answer {
            try person.call(
                "POST",
                "/v1/incidents/\(number)/actions",
                try JSONSerialization.data(
                    withJSONObject: fields.merging([
                        "text": "Rang the social worker, who will come on Monday.",
                        "occurredAt": StaffedSchool.time(daysFromNow: 0),
                    ]) { $1 }
                )
            )
        }
        func alerts(of person: Person) throws -> [String] {
            try person.get("/v1/alerts?state=unread").items.compactMap { $0["action"] as? String }
        }
        try lead.elevate()
        let asked = try act(lead, ["assignee": try #require(staffed.ids["colleague"])])
        #expect(asked["audience"] as? String == "leadership", "\(asked.text)")
        let id = try #require(asked["id"] as? String)
        // Whoever answers what leaders asked speaks to leaders too, though they are none.
        let done = try act(colleague, ["completes": id])
        #expect(done["audience"] as? String == "leadership", "\(done.text)")
        let told = try act(lead, ["audience": "involved"])
        let shown = try #require(told["id"] as? String)
        #expect(try Set(alerts(of: leader)).isSuperset(of: [id, shown]))
        #expect(try staffed.change("leader", ["roles": ["staff"]]).status == 200)
        #expect(try leader.get("/v1/incidents/\(number)").list("actions").count == 1)
        #expect(try alerts(of: leader) == [shown])
    }
}
