import AuditTrail
import Crypto
import Foundation
import SQLite
import Testing

/// The school policy's own "How to record an incident", over real TLS, from outside.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct MainJobTests {
    /// What nobody may find anywhere but in the answers to those who may read it.
    private static let secrets = ["nobody is home at night", "Met the parents", "Lucy Arden"]

    @Test func `a concern is logged, read, acted on, reviewed with a code, and audited`() throws {
        let staffed = try StaffedSchool()
        let number = try log(staffed)
        try nothingCanBeChanged(number, staffed)
        try readAndActedOn(number, staffed)
        try hiddenFromABystander(number, staffed)
        try reviewed(number, staffed)
        try audited(number, staffed)
    }

    /// The policy's steps 2 to 9: names are typed, lists are chosen from, and it is submitted.
    private func log(_ staffed: StaffedSchool) throws -> String {
        let teacher = staffed.teacher
        let found = try teacher.post("/v1/pupils/search", #"{"query":"luc"}"#)
        #expect(found.items.map { $0["id"] as? String } == [staffed.pupils[0]])
        #expect(found.items.map { $0["name"] as? String } == ["Lucy Arden"])
        let staff = try teacher.post("/v1/staff/search", #"{"query":"coll"}"#)
        #expect(staff.items.map { $0["id"] as? String } == [staffed.ids["colleague"]])
        let agency = try #require(try teacher.get("/v1/agencies").items.first?["id"] as? String)

        let narrative = "At break Lucy said \"nobody is home at night\". I have not rung home yet."
        let mark: [String: Any] = [
            "view": "front", "x": 0.4, "y": 0.6, "kind": "graze", "note": "left knee",
        ]
        let answer = try teacher.call(
            "POST",
            "/v1/incidents",
            try staffed.incident([
                "narrative": narrative, "linkedPupils": [staffed.pupils[1]], "bodyMap": [mark],
                "alert": [staffed.ids["colleague"] ?? ""], "agencies": [agency],
                "files": [],
            ])
        )
        #expect(answer.status == 201, "\(answer.text)")
        let number = try #require(answer["id"] as? String)
        #expect(throws: Never.self) { try IncidentNumber(parsing: number) }
        #expect(answer.headers["location"] == "/v1/incidents/\(number)")
        #expect(answer["narrative"] as? String == narrative)
        #expect((answer["pupil"] as? [String: Any])?["name"] as? String == "Lucy Arden")
        #expect(ids(answer.list("linkedPupils")) == [staffed.pupils[1]])
        #expect(ids(answer.list("categories")) == [staffed.category])
        #expect(ids(answer.list("agencies")) == [agency])
        #expect(ids(answer["author"]) == [staffed.ids["teacher"]])
        #expect(answer.list("bodyMap").first as NSDictionary? == mark as NSDictionary)
        #expect(answer["status"] as? String == "open")
        #expect(answer.list("actions").isEmpty)
        // The leaders are alerted although the teacher named only a colleague.
        #expect(
            alerted(answer) == [
                staffed.ids["colleague"]: "name", staffed.ids["leader"]: "group",
                staffed.ids["safeguarding"]: "group",
            ]
        )
        #expect(ids(try teacher.get("/v1/incidents").items) == [number])
        return number
    }

    /// Step 9: what is submitted is never edited.
    private func nothingCanBeChanged(_ number: String, _ staffed: StaffedSchool) throws {
        for method in ["PUT", "PATCH", "DELETE"] {
            let answer = try staffed.teacher.call(
                method,
                "/v1/incidents/\(number)",
                Data("{}".utf8)
            )
            #expect(answer.status == 405 && answer.problem == "immutable", "\(method)")
            #expect(answer.headers["allow"]?.contains("GET") == true, "\(method)")
        }
    }

    /// Steps 11 to 13: whoever is alerted reads it, adds what happened, and marks it as read.
    private func readAndActedOn(_ number: String, _ staffed: StaffedSchool) throws {
        let (colleague, path) = (staffed.colleague, "/v1/incidents/\(number)")
        let waiting = try colleague.get("/v1/alerts?state=unread").items
        #expect(waiting.map { $0["incident"] as? String } == [number])
        #expect(waiting.map { $0["via"] as? String } == ["name"])
        #expect(waiting.map { $0["pupil"] as? String } == ["LA"])
        let read = try colleague.get(path)
        #expect((read["narrative"] as? String)?.contains("nobody is home at night") == true)
        let action = try colleague.post(
            path + "/actions",
            #"{"text":"Rang home; mum works nights.","occurredAt":"\#(now)","files":[]}"#
        )
        #expect(action.status == 201, "\(action.text)")
        #expect(action["retrospective"] as? Bool == false)
        #expect(ids(action["author"]) == [staffed.ids["colleague"]])
        for _ in 0..<2 {
            #expect(try colleague.post(path + "/acknowledgement").status == 204)
        }
        #expect(try colleague.get("/v1/alerts?state=unread").items.isEmpty)
        let seen = try staffed.teacher.get(path)
        #expect(seen.list("actions").map { $0["text"] as? String } == [action["text"] as? String])
        let mark = seen.list("alerts").first {
            ids($0["staff"]) == [staffed.ids["colleague"]]
        }
        #expect(mark?["acknowledgedAt"] is String && mark?["openedAt"] is String)
    }

    /// For whoever is not involved it does not exist.
    private func hiddenFromABystander(_ number: String, _ staffed: StaffedSchool) throws {
        let hidden = try staffed.bystander.get("/v1/incidents/\(number)")
        let absent = try staffed.bystander.get(
            "/v1/incidents/\(IncidentNumber(value: 1_234_567).digits)"
        )
        #expect(hidden.status == 404 && hidden.problem == "not-found")
        #expect(hidden.text == absent.text)
        #expect(Set(hidden.headers.keys) == Set(absent.headers.keys))
        #expect(try staffed.bystander.get("/v1/incidents").items.isEmpty)
        #expect(try staffed.bystander.get("/v1/alerts").items.isEmpty)
    }

    /// Steps 12 and 14, and the authenticator: a leader reviews, asks, and is answered.
    private func reviewed(_ number: String, _ staffed: StaffedSchool) throws {
        let (leader, teacher, path) = (staffed.leader, staffed.teacher, "/v1/incidents/\(number)")
        let chronology = "/v1/pupils/\(staffed.pupils[0])/chronology"
        let refused = try leader.get(chronology)
        #expect(refused.status == 401 && refused.problem == "elevation-required")
        let challenge = refused.headers["www-authenticate"] ?? ""
        #expect(challenge.contains("error=\"insufficient_user_authentication\""))
        try leader.elevate()
        #expect(
            try leader.get(chronology).items.map { $0["kind"] as? String } == [
                "incident", "action",
            ]
        )
        let late = try leader.post(
            path + "/actions",
            #"{"text":"Met the parents","occurredAt":"\#(StaffedSchool.time(daysFromNow: -20))"}"#
        )
        #expect(late.status == 201 && late["retrospective"] as? Bool == true, "\(late.text)")
        #expect(late["audience"] as? String == "leadership")
        let asked = try #require(staffed.ids["teacher"])
        let request = try leader.post(
            path + "/actions",
            """
            {"text":"Please speak to Lucy at lunch.","occurredAt":"\(now)","audience":"involved",
             "assignee":"\(asked)","alert":["\(asked)"]}
            """
        )
        #expect(request.status == 201, "\(request.text)")
        let task = try #require(request["id"] as? String)

        let waiting = try teacher.get("/v1/alerts?state=unread").items
        #expect(waiting.contains { $0["action"] as? String == task }, "\(waiting)")
        #expect(!(try teacher.get(path)).text.contains("Met the parents"))
        let outcome = try teacher.post(
            path + "/actions",
            #"{"text":"Spoke to Lucy; all is well.","occurredAt":"\#(now)","completes":"\#(task)"}"#
        )
        #expect(outcome.status == 201 && outcome["completes"] as? String == task, "\(outcome.text)")
        // Oldest first by when it happened: the meeting was before the incident itself.
        let items = try leader.get(chronology).items
        #expect(
            items.map { $0["kind"] as? String } == ["action", "incident"]
                + [String](repeating: "action", count: 3)
        )
        #expect(items.first?["text"] as? String == "Met the parents")
        try leader.dropElevation()
        #expect(try leader.get(chronology).problem == "elevation-required")
    }

    /// The safeguarding lead finds out who saw what; an outsider finds the log whole.
    private func audited(_ number: String, _ staffed: StaffedSchool) throws {
        let (lead, school) = (staffed.safeguarding, staffed.school)
        #expect(try lead.get("/v1/access-log").problem == "elevation-required")
        #expect(try staffed.teacher.get("/v1/access-log").problem == "forbidden")
        try lead.elevate()
        let log = try lead.get("/v1/access-log?incident=\(number)&limit=200")
        var seen: [String: Set<String?>] = [:]
        for entry in log.items where entry["decision"] as? String == "allow" {
            let actor = (entry["actor"] as? [String: Any])?["id"] as? String
            seen[entry["action"] as? String ?? "", default: []].insert(actor)
        }
        let ids = staffed.ids
        #expect(seen["logIncident"] == [ids["teacher"]])
        #expect(seen["acknowledgeAlert"] == [ids["colleague"]])
        #expect(seen["addAction"] == [ids["colleague"], ids["leader"], ids["teacher"]])
        #expect(seen["viewIncident"]?.isSuperset(of: [ids["colleague"], ids["teacher"]]) == true)
        #expect(!seen.values.contains { $0.contains(ids["bystander"]) })
        let refused = try lead.get(
            "/v1/access-log?decision=deny&actor=\(ids["bystander"] ?? "")&limit=200"
        )
        #expect(refused.items.contains { $0["action"] as? String == "viewIncident" })
        for secret in MainJobTests.secrets { #expect(!log.text.contains(secret)) }

        let note = try lead.get("/v1/access-log/checkpoint")
        #expect(note.headers["content-type"]?.hasPrefix("text/plain") == true)
        #expect(school.stop() == 0)
        let keys = try KeyRing(folder: school.folder + "/keys")
        let signer = try NoteKey(
            name: "keyholder.school.example/1",
            key: keys.currentLogSigningKey().verifyingKey
        )
        let checkpoint = try UnverifiedCheckpoint(parsing: note.text).verify(with: signer)
        let connection = try Connection(path: school.database, access: .writing)
        let report = try connection.snapshot {
            try LogVerifier.verify(
                connection,
                commitments: Commitments(keys.commitment),
                checkpoint: checkpoint
            )
        }
        #expect(report.problems.isEmpty, "\(report.problems.prefix(3))")
        #expect(report.size > checkpoint.size)
        try nothingLiesOpen(in: school)
    }

    /// Texts and names are sealed in every file of the data folder, and no mail tells them.
    private func nothingLiesOpen(in school: RunningSchool) throws {
        for folder in [school.folder + "/data", school.folder + "/mail"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(!names.isEmpty)
            for name in names {
                let path = "\(folder)/\(name)"
                guard let content = FileManager.default.contents(atPath: path) else { continue }
                for secret in MainJobTests.secrets {
                    #expect(content.range(of: Data(secret.utf8)) == nil, "\(secret) in \(name)")
                }
            }
        }
    }

    private var now: String { StaffedSchool.time(daysFromNow: 0) }

    private func ids(_ entries: [[String: Any]]) -> [String?] {
        entries.map { $0["id"] as? String }
    }

    private func ids(_ entry: Any?) -> [String?] {
        ids((entry as? [String: Any]).map { [$0] } ?? [])
    }

    private func alerted(_ answer: Answer) -> [String?: String] {
        let pairs = answer.list("alerts").map { alert in
            (ids(alert["staff"]).first ?? nil, alert["via"] as? String ?? "")
        }
        return Dictionary(pairs) { "\($0) and \($1)" }
    }
}
