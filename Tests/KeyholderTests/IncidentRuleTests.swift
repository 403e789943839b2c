import Foundation
import SQLite
import Testing

extension ContractTests {
    /// What an incident and an action take and answer.
    @Suite struct IncidentRules {
        private let school: ContractSchool

        init() throws { school = try ContractTests.school }

        private func problems(_ answer: Answer) -> Set<String> { Set(answer.fields) }

        @Test func `an incident answers every key, with null and empty lists`() throws {
            let sent = try school.staffed.incident(["occurredAt": "2026-11-02T09:30:00.5+05:30"])
            let answer = try school.staffed.teacher.call("POST", "/v1/incidents", sent)
            #expect(
                Set(answer.object.keys) == [
                    "id", "pupil", "unlistedPupil", "linkedPupils", "occurredAt", "recordedAt",
                    "author", "narrative", "categories", "alert", "agencies", "bodyMap", "files",
                    "urgent", "reportedBy", "location", "restricted", "named", "subjectStaff",
                    "status", "owner", "alerts", "actions", "corrections", "mistakeReportedAt",
                    "removedFrom", "may",
                ]
            )
            #expect(answer["occurredAt"] as? String == "2026-11-02T04:00:00.500Z")
            for key in ["unlistedPupil", "reportedBy", "location", "owner", "mistakeReportedAt"] {
                #expect(answer[key] is NSNull, "\(key)")
            }
            for key in [
                "linkedPupils", "alert", "agencies", "bodyMap", "files", "named", "actions",
                "corrections", "removedFrom", "subjectStaff",
            ] {
                #expect((answer[key] as? [Any])?.isEmpty == true, "\(key)")
            }
            #expect(Set(answer["may"] as? [String] ?? []) == ["addAction", "acknowledgeAlert"])
            // Leaders are alerted as a group, which shows them the alert and not the incident.
            let alerts = answer.list("alerts")
            #expect(alerts.count == 3 && alerts.allSatisfy { $0["via"] as? String == "group" })
            #expect(
                alerts.allSatisfy {
                    Set($0.keys) == ["staff", "via", "openedAt", "acknowledgedAt", "withdrawnAt"]
                }
            )
            let number = try #require(answer["id"] as? String)
            let leader = school.staffed.leader
            #expect(try leader.get("/v1/incidents/\(number)").problem == "elevation-required")
            let alert = try #require(try leader.get("/v1/alerts?limit=1").items.first)
            #expect(
                Set(alert.keys) == [
                    "incident", "action", "raisedBy", "category", "at", "via", "urgent",
                    "acknowledgedAt", "pupil",
                ]
            )
            #expect(alert["incident"] as? String == number && alert["pupil"] as? String == "LA")
        }

        @Test func `the answer to a new incident is what its author then reads`() throws {
            let (teacher, ids) = (school.staffed.teacher, school.ids)
            let colleagues = [
                try #require(ids["colleague"]), try #require(ids["bystander"]),
            ]
            let agencies = try teacher.get("/v1/agencies").items
            let rich: [String: Any] = [
                "linkedPupils": [school.staffed.pupils[1]], "alert": colleagues,
                "agencies": agencies.prefix(2).compactMap { $0["id"] },
                "bodyMap": [["view": "back", "x": 0.25, "y": 0.5, "kind": "bruise", "note": "1"]],
                "urgent": true, "reportedBy": "Her aunt", "location": "The cloakroom",
                "occurredAt": "2026-11-02T09:30:00.5+05:30",
            ]
            let unlisted: [String: Any] = [
                "unlistedPupil": ["name": "Tom", "why": "A visitor"], "restricted": true,
                "named": colleagues, "alert": [colleagues[0]],
            ]
            // The same people the other way round: whatever order is shown, it is the same one.
            let reversed = unlisted.merging(["named": Array(colleagues.reversed())]) { $1 }
            for (fields, left) in [
                ([:], nil), (rich, nil), (unlisted, "pupil"), (reversed, "pupil"),
                (["subjectStaff": colleagues], nil),
                (["subjectStaff": Array(colleagues.reversed())], nil),
            ] {
                let body = try school.staffed.incident(fields, without: left)
                let answer = try teacher.call("POST", "/v1/incidents", body)
                #expect(answer.status == 201, "\(answer.text)")
                let number = try #require(answer["id"] as? String)
                #expect(try teacher.get("/v1/incidents/\(number)").text == answer.text)
            }
        }

        @Test func `a clock may be two minutes ahead, and no more`() throws {
            let teacher = school.staffed.teacher
            let number = try school.log()
            for (seconds, isTaken) in [(100.0, true), (140, false)] {
                let time = StaffedSchool.time(daysFromNow: seconds / 86_400)
                let incident = try teacher.call(
                    "POST",
                    "/v1/incidents",
                    try school.staffed.incident(["occurredAt": time])
                )
                let action = try school.act(teacher, on: number, daysFromNow: seconds / 86_400)
                let status = isTaken ? 201 : 422
                #expect(incident.status == status && action.status == status)
                #expect(incident.fields == (isTaken ? [] : ["occurredAt"]))
                #expect(action.fields == (isTaken ? [] : ["occurredAt"]))
            }
        }

        @Test func `an action long after takes a leader with a code`() throws {
            let (teacher, leader) = (school.staffed.teacher, school.staffed.leader)
            let number = try school.log()
            let before = try school.act(teacher, on: number, daysFromNow: -3)
            #expect(before.status == 201 && before["retrospective"] as? Bool == false)
            let late = try school.act(teacher, on: number, daysFromNow: -20)
            #expect(late.status == 403 && late.problem == "forbidden")
            #expect((late["reason"] as? String)?.contains("leader") == true, "\(late.text)")
            let own = try school.log(by: leader)
            #expect(try school.act(leader, on: own).status == 201)
            let asked = try school.act(leader, on: own, daysFromNow: -20)
            #expect(asked.status == 401 && asked.problem == "elevation-required")
            let added = try school.act(school.reviewer, on: number)
            #expect(added["retrospective"] as? Bool == true, "not involved")
            #expect(added["audience"] as? String == "leadership")
            let mine = try school.act(school.reviewer, on: own)
            #expect(mine["retrospective"] as? Bool == false, "its author, elevated")
            #expect(mine["audience"] as? String == "involved")
            #expect(
                Set(mine.object.keys) == [
                    "id", "text", "occurredAt", "recordedAt", "author", "audience", "retrospective",
                    "alert", "alerts", "assignee", "dueAt", "completes", "files",
                ]
            )
        }

        @Test func `one's own follow-up is completed however late, and nobody else's`() throws {
            let bystander = school.staffed.bystander
            let number = try school.log()
            let asked = try school.act(
                school.reviewer,
                on: number,
                [
                    "assignee": try #require(school.ids["bystander"]), "audience": "involved",
                    "dueAt": StaffedSchool.time(daysFromNow: 1),
                ]
            )
            let id = try #require(asked["id"] as? String)
            let others = try school.act(school.staffed.teacher, on: number, ["completes": id])
            #expect(others.fields == ["completes"])
            let done = try school.act(bystander, on: number, ["completes": id], daysFromNow: -20)
            #expect(done.status == 201 && done["retrospective"] as? Bool == true, "\(done.text)")
            #expect(try bystander.get("/v1/incidents/\(number)").problem == "not-found")
        }

        @Test func `what somebody who is away was asked for, a leader with a code settles`() throws
        {
            let (leader, deputy) = (school.staffed.leader, school.deputy)
            let number = try school.log()
            func ask() throws -> String {
                let asked = try school.act(
                    deputy,
                    on: number,
                    [
                        "assignee": try #require(school.ids["bystander"]), "audience": "involved",
                    ]
                )
                return try #require(asked["id"] as? String, "\(asked.text)")
            }
            let id = try ask()
            #expect(try school.act(leader, on: number, ["completes": id]).status == 401)
            let done = try school.act(deputy, on: number, ["completes": id])
            #expect(done.status == 201 && done["completes"] as? String == id, "\(done.text)")
            let path = "/v1/incidents/\(number)"
            #expect(try school.staffed.bystander.get(path).problem == "not-found")
            // Once is enough, and it is no matter who of them asked.
            #expect(try school.act(deputy, on: number, ["completes": id]).fields == ["completes"])
            let other = try ask()
            let settled = try school.act(school.reviewer, on: number, ["completes": other])
            #expect(settled["completes"] as? String == other, "\(settled.text)")
        }

        @Test func `marking as read goes as far as the last look`() throws {
            let (teacher, colleague) = (school.staffed.teacher, school.staffed.colleague)
            let id = try #require(school.ids["colleague"])
            let number = try school.log(["alert": [id]])
            let path = "/v1/incidents/\(number)"
            func unread() throws -> Int {
                try colleague.get("/v1/alerts?state=unread&limit=200").items
                    .filter { $0["incident"] as? String == number }.count
            }
            func acknowledge(_ body: String = "{}") throws -> Int {
                try colleague.post(path + "/acknowledgement", body).status
            }
            #expect(try acknowledge() == 204 && unread() == 1, "it has not been looked at")
            #expect(try colleague.get(path).status == 200)
            let first = try school.act(teacher, on: number, ["alert": [id]])
            #expect(try acknowledge() == 204 && unread() == 1, "the action came after the look")
            #expect(try colleague.get(path).status == 200)
            let second = try school.act(teacher, on: number, ["alert": [id]])
            #expect(try colleague.get(path).status == 200 && unread() == 2)
            let through = #"{"through":"\#(first["id"] as? String ?? "")"}"#
            #expect(try acknowledge(through) == 204 && unread() == 1)
            #expect(second.status == 201)
            #expect(try acknowledge() == 204 && unread() == 0)
            #expect(try acknowledge() == 204)
            #expect(try teacher.post(path + "/acknowledgement").status == 204)
            let alert = try colleague.get(path).list("alerts").first {
                $0["via"] as? String == "name"
            }
            #expect(alert?["acknowledgedAt"] is String)
        }

        @Test func `whoever may not know is not alerted, and answers do not say why`() throws {
            let (colleague, teacher) = (
                try #require(school.ids["colleague"]), try #require(school.ids["teacher"])
            )
            let cases: [(changes: [String: Any], fields: [String])] = [
                (["restricted": true, "alert": [colleague]], ["alert[0]"]),
                (["subjectStaff": [colleague], "alert": [colleague]], ["alert[0]"]),
                (["subjectStaff": [colleague], "named": [colleague]], ["named[0]"]),
                (["alert": [teacher]], ["alert[0]"]),
                (["named": [colleague]], ["named"]),
            ]
            for (changes, fields) in cases {
                let answer = try school.staffed.teacher.call(
                    "POST",
                    "/v1/incidents",
                    try school.staffed.incident(changes)
                )
                #expect(answer.status == 422 && answer.fields == fields, "\(answer.text)")
            }
            let named = try school.log([
                "restricted": true, "named": [colleague], "alert": [colleague],
            ])
            #expect(try school.staffed.colleague.get("/v1/incidents/\(named)").status == 200)
            let action = try school.act(
                school.staffed.teacher,
                on: named,
                ["alert": [try #require(school.ids["bystander"])]]
            )
            #expect(action.fields == ["alert[0]"])
        }

        @Test func `where no safeguarding lead is left leaders stand in, and then it is refused`()
            throws
        {
            let leads = try ["safeguarding", "deputy"].map { try #require(school.ids[$0]) }
            let number = try school.log(["subjectStaff": leads])
            #expect(try school.reviewer.get("/v1/incidents/\(number)").status == 200)
            let all = leads + [try #require(school.ids["leader"])]
            let refused = try school.staffed.teacher.call(
                "POST",
                "/v1/incidents",
                try school.staffed.incident(["subjectStaff": all])
            )
            #expect(refused.status == 422 && refused.problem == "no-reader", "\(refused.text)")
            let detail = refused["detail"] as? String ?? ""
            #expect(detail.contains("chair of governors") && detail.contains("local authority"))
            // Those whom it was about audit the log: who wrote of them is withheld.
            let file = try Connection(path: school.running.database, access: .reading)
            let entry = try file.all(
                "SELECT idx, decision, reason FROM access_log WHERE action = 'logIncident'"
            ) { (index: Int($0.int(0)), outcome: "\($0.text(1)) \($0.text(2))") }.last
            #expect(entry?.outcome == "deny no-reader")
            let shown = try school.deputy.get("/v1/access-log?limit=20").items
                .first { $0["index"] as? Int == entry?.index }
            #expect(shown?["withheld"] as? Bool == true && shown?.count == 3)
        }

        @Test func `nobody is alerted or asked for a step who could not read the incident`()
            throws
        {
            let made = try school.staffed.administrator.post(
                "/v1/staff",
                #"{"email":"gov@whitetrees.example","name":"Gov Person","roles":["governor"]}"#
            )
            let governor = try #require(made["id"] as? String)
            let teacher = school.staffed.teacher
            let alerted = try teacher.call(
                "POST",
                "/v1/incidents",
                try school.staffed.incident(["alert": [governor]])
            )
            #expect(alerted.status == 422 && alerted.fields == ["alert[0]"], "\(alerted.text)")
            let number = try school.log()
            let asked: [String: Any] = [
                "alert": [try #require(school.ids["colleague"]), governor], "assignee": governor,
                "dueAt": StaffedSchool.time(daysFromNow: 1),
            ]
            let action = try school.act(teacher, on: number, asked)
            #expect(action.fields == ["alert[1]", "assignee"], "\(action.text)")
            #expect(try teacher.get("/v1/incidents/\(number)").list("actions").isEmpty)
        }
    }
}
