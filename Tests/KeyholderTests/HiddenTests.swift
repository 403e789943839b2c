import Crypto
import Foundation
import Testing

extension ContractTests {
    /// What is hidden from somebody is, to them, not there.
    @Suite struct Hidden {
        private let school: ContractSchool
        /// A number that no incident has, with its check digit.
        private let absent = IncidentNumber(value: 9_999_999).digits

        init() throws { school = try ContractTests.school }

        /// Everything that names an incident in its path.
        private func answers(_ person: Person, _ number: String) throws -> [Answer] {
            let path = "/v1/incidents/\(number)"
            return [
                try person.get(path), try person.post(path + "/actions"),
                try school.act(person, on: number), try person.post(path + "/acknowledgement"),
                try person.post(path + "/acknowledgement", #"{"through":"x"}"#),
            ]
        }

        /// An entry without what tells one from the next.
        private func kind(_ entry: [String: Any]) -> NSDictionary {
            let own: Set = ["index", "at", "requestId", "resource"]
            return NSDictionary(dictionary: entry.filter { !own.contains($0.key) })
        }

        private func expectAbsent(_ person: Person, _ hidden: String, _ problem: String) throws {
            let (there, not) = (try answers(person, hidden), try answers(person, absent))
            for (there, not) in zip(there, not) {
                #expect(there.problem == problem && there.text == not.text, "\(there.text)")
                #expect(there.headers.keys.sorted() == not.headers.keys.sorted())
                #expect(there.headers["www-authenticate"] == not.headers["www-authenticate"])
            }
            let kinds = try [hidden, absent].map { number in
                try school.entries("&decision=deny&incident=\(number)", limit: 5).map(kind)
            }
            #expect(kinds[0].count == 5 && kinds[0] == kinds[1])
        }

        @Test func `a colleague's incident is like none, and a leader is asked for a code`() throws
        {
            let number = try school.log()
            try expectAbsent(school.staffed.bystander, number, "not-found")
            try expectAbsent(school.staffed.leader, number, "elevation-required")
            let asked = try school.staffed.leader.get("/v1/incidents/\(absent)")
            #expect(
                asked.headers["www-authenticate"]
                    == #"Bearer error="insufficient_user_authentication", "#
                    + #"acr_values="urn:keyholder:acr:elevated", max_age=3600"#
            )
            // What is no number is no incident either; it is not put on record as it was typed.
            let typed = "Lucy-\(UUID().uuidString)"
            #expect(
                try school.staffed.bystander.get("/v1/incidents/\(typed)").problem == "not-found"
            )
            let leader = school.staffed.leader
            #expect(try leader.get("/v1/incidents/\(typed)").problem == "elevation-required")
            let entry = try school.newest("viewIncident", by: "leader")
            #expect(entry["resource"] as? String == #"Incident::"""#)
            let log = try String(contentsOfFile: school.running.errorLog, encoding: .utf8)
            #expect(!log.contains(typed))
        }

        @Test func `a restricted incident is like none to an elevated leader`() throws {
            let number = try school.log(["restricted": true])
            try expectAbsent(school.reviewer, number, "not-found")
            try expectAbsent(school.staffed.leader, number, "elevation-required")
            #expect(try school.deputy.get("/v1/incidents/\(number)").status == 200)
        }

        @Test func `whoever it is about finds it nowhere, not even in the log of their own looks`()
            throws
        {
            let lead = school.staffed.safeguarding
            let subject = try #require(school.ids["safeguarding"])
            let number = try school.log(["subjectStaff": [subject]])
            try expectAbsent(lead, number, "not-found")
            let pupil = school.staffed.pupils[0]
            for path in [
                "/v1/incidents?limit=200", "/v1/alerts?limit=200", "/v1/pupils/\(pupil)/chronology",
            ] {
                let answer = try lead.get(path)
                #expect(answer.status == 200 && !answer.text.contains(number), "\(path)")
                if path != "/v1/alerts?limit=200" {
                    #expect(try school.deputy.get(path).text.contains(number), "\(path)")
                }
            }
            // The deputy's chronology has shown it: that entry is withheld whole, as are the lead's
            // own looks, at what is hidden and at what does not exist alike.
            let log = try lead.get("/v1/access-log?limit=40")
            #expect(!log.text.contains(number))
            let own = log.items.filter { entry in
                (entry["actor"] as? [String: Any])?["id"] as? String == subject
            }
            #expect(!own.contains { "\($0)".contains(absent) })
            let withheld = log.items.filter { $0["withheld"] as? Bool == true }
            #expect(withheld.count >= 12)
            #expect(withheld.allSatisfy { Set($0.keys) == ["index", "at", "withheld"] })
            for query in ["incident=\(number)", "incident=\(absent)"] {
                let found = try lead.get("/v1/access-log?\(query)")
                let own = found.items.filter { entry in
                    (entry["actor"] as? [String: Any])?["id"] as? String == subject
                }
                #expect(own.isEmpty && !found.text.contains("withheld"), "\(query)")
            }
            // What is withheld matches no filter: no page is full of it.
            let none = try lead.get("/v1/access-log?incident=\(number)&limit=1")
            #expect(none.items.isEmpty && none.object["next"] is NSNull)
            let shown = try school.entries("&incident=\(number)", limit: 50)
            #expect(shown.contains { $0["action"] as? String == "logIncident" })
        }

        @Test func `an author who is kept out gets the number and nothing after`() throws {
            let teacher = school.staffed.teacher
            let body = try school.staffed.incident([
                "subjectStaff": [try #require(school.ids["teacher"])]
            ])
            let key = "Idempotency-Key: \(UUID().uuidString)"
            for _ in 0..<2 {
                let answer = try teacher.call("POST", "/v1/incidents", body, headers: [key])
                #expect(answer.status == 201 && Set(answer.object.keys) == ["id"])
                let number = try #require(answer["id"] as? String)
                #expect(answer.headers["location"] == "/v1/incidents/\(number)")
                #expect(try teacher.get("/v1/incidents/\(number)").problem == "not-found")
                #expect(try !teacher.get("/v1/incidents?limit=200").text.contains(number))
            }
            let entry = try school.newest("viewIncident", by: "teacher")
            #expect(entry["decision"] as? String == "deny")
        }

        @Test func `a leaders' note is not hinted at by the action that completes it`() throws {
            let (teacher, bystander) = (school.staffed.teacher, school.staffed.bystander)
            let number = try school.log()
            let path = "/v1/incidents/\(number)"
            let asked = try school.act(
                school.reviewer,
                on: number,
                ["text": "Strategy: watch him.", "assignee": try #require(school.ids["bystander"])]
            )
            #expect(asked["audience"] as? String == "leadership", "\(asked.text)")
            let note = try #require(asked["id"] as? String)
            for (field, route) in [("through", "/acknowledgement"), ("completes", "/actions")] {
                let hidden = try teacher.post(path + route, #"{"\#(field)":"\#(note)"}"#)
                let absent = try teacher.post(path + route, #"{"\#(field)":"0000000000001"}"#)
                #expect(hidden.fields.contains(field) && hidden.text == absent.text)
            }
            let done = try school.act(
                bystander,
                on: number,
                ["completes": note, "audience": "involved"]
            )
            #expect(done.status == 201 && done["completes"] as? String == note)
            let seen = try teacher.get(path)
            #expect(!seen.text.contains(note) && !seen.text.contains("Strategy"))
            #expect(seen.list("actions").count == 1)
            #expect(seen.list("actions").first?["completes"] is NSNull)
            let actions = try school.reviewer.get(path).list("actions")
            #expect(actions.last?["completes"] as? String == note)
        }

        @Test func `a pupil is looked at by reviewers alone`() throws {
            let staffed = school.staffed
            for (person, problem) in [
                (staffed.bystander, "not-found"), (staffed.leader, "elevation-required"),
            ] {
                let paths = [staffed.pupils[0], "0000000000001", "x"].map {
                    "/v1/pupils/\($0)/chronology"
                }
                let answers = try paths.map { try person.get($0) }
                #expect(answers.allSatisfy { $0.problem == problem })
                #expect(Set(answers.map(\.text)).count == 1)
            }
            // An administrator may know the pupil: they are told that the rest is not theirs.
            let path = "/v1/pupils/\(staffed.pupils[0])/chronology"
            let refused = try staffed.administrator.get(path)
            #expect(refused.problem == "forbidden" && refused["reason"] is String)
            let none = "/v1/pupils/0000000000001/chronology"
            #expect(try staffed.administrator.get(none).problem == "not-found")
            #expect(try school.reviewer.get(none).problem == "not-found")
        }
    }
}
