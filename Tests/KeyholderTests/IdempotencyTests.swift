import Foundation
import SQLite
import Testing

extension ContractTests {
    /// A request that is sent twice does its work once.
    @Suite struct Idempotency {
        private let school: ContractSchool

        init() throws { school = try ContractTests.school }

        private func key() -> String { "Idempotency-Key: \(UUID().uuidString)" }

        private func log(_ person: Person, _ key: String, _ text: String = "Once.") throws -> Answer
        {
            let body = try school.staffed.incident([
                "narrative": text, "occurredAt": "2026-11-02T09:00:00Z",
            ])
            return try person.call("POST", "/v1/incidents", body, headers: [key])
        }

        /// The bytes of a body with its keys in one order: the same request twice is the same bytes.
        private func sorted(_ fields: [String: Any]) throws -> Data {
            try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys)
        }

        @Test func `an incident is answered again as a look at it, and made once`() throws {
            let (teacher, key) = (school.staffed.teacher, key())
            let body = try school.staffed.incident()
            func send() throws -> Answer {
                try teacher.call("POST", "/v1/incidents", body, headers: [key])
            }
            let first = try send()
            let number = try #require(first["id"] as? String)
            #expect(
                try school.newest("logIncident", by: "teacher")["decision"] as? String == "allow"
            )
            // The answer is built anew: it shows what has come since.
            #expect(try school.act(teacher, on: number).status == 201)
            let again = try send()
            #expect(again.status == 201 && again["id"] as? String == number)
            #expect(again.headers["location"] == "/v1/incidents/\(number)")
            #expect(again.list("actions").count == 1)
            let looks = try school.entries("&incident=\(number)")
            #expect(
                looks.compactMap { $0["action"] as? String } == [
                    "viewIncident", "addAction", "logIncident",
                ]
            )
            let elsewhere = try teacher.call(
                "POST",
                "/v1/incidents/\(number)/actions",
                body,
                headers: [key]
            )
            #expect(elsewhere.status == 422 && elsewhere.problem == "idempotency-mismatch")
            let changed = try teacher.call(
                "POST",
                "/v1/incidents",
                try school.staffed.incident(["narrative": "Another."]),
                headers: [key]
            )
            #expect(changed.status == 422 && changed.problem == "idempotency-mismatch")
            let colleague = school.staffed.colleague
            let theirs = try colleague.call("POST", "/v1/incidents", body, headers: [key])
            #expect(theirs.status == 201 && theirs["id"] as? String != number)
        }

        @Test func `an action, a pupil and an account are answered again, and made once`() throws {
            let (teacher, administrator) = (school.staffed.teacher, school.staffed.administrator)
            let number = try school.log()
            let stamp = Int.random(in: 0..<1_000_000_000)
            let cases: [(person: Person, path: String, body: Data, look: String)] = [
                (
                    teacher, "/v1/incidents/\(number)/actions",
                    try sorted([
                        "text": "Rang.", "occurredAt": StaffedSchool.time(daysFromNow: 0),
                    ]),
                    "viewAction"
                ),
                (
                    administrator, "/v1/pupils",
                    try sorted(["name": "Ida Once", "dateOfBirth": "2015-01-01", "yearGroup": "R"]),
                    "viewPupil"
                ),
                (
                    administrator, "/v1/staff",
                    try sorted([
                        "email": "once\(stamp)@whitetrees.example", "name": "Ida Once",
                        "roles": ["staff", "slt"],
                    ]), "viewStaff"
                ),
            ]
            for (person, path, body, look) in cases {
                let key = key()
                let first = try person.call("POST", path, body, headers: [key])
                let again = try person.call("POST", path, body, headers: [key])
                #expect(first.status == 201 && again.status == 201, "\(again.text)")
                var made = first.object
                // A code is shown once, to whoever hands it over in person.
                #expect((made.removeValue(forKey: "enrolmentCode") != nil) == (path == "/v1/staff"))
                #expect(NSDictionary(dictionary: made) == NSDictionary(dictionary: again.object))
                #expect(first.headers["location"] == again.headers["location"])
                let seen = try school.entries("&action=\(look)", limit: 1)
                #expect(seen.first?["decision"] as? String == "allow", "\(look)")
            }
            let listed = try administrator.post("/v1/pupils/search", #"{"query":"ida once"}"#)
            #expect(listed.items.count == 1)
        }

        @Test func `errors are not kept, and a key has 1 to 128 characters`() throws {
            let (teacher, key) = (school.staffed.teacher, key())
            #expect(try log(teacher, key, "").problem == "validation")
            #expect(try log(teacher, key).status == 201)
            let long = String(repeating: "k", count: 128)
            #expect(try log(teacher, "Idempotency-Key: \(long)").status == 201)
            for bad in ["Idempotency-Key: \(long)k", "Idempotency-Key;"] {
                #expect(try log(teacher, bad).problem == "bad-request")
            }
        }

        @Test func `of 32 duplicates that race one makes the record`() throws {
            let bystander = school.staffed.bystander
            let before = try bystander.get("/v1/incidents?limit=200").items.count
            let body = String(decoding: try school.staffed.incident(), as: UTF8.self)
            var arguments = ["-Z", "--parallel-immediate", "--parallel-max", "32"]
            let key = key()
            for number in 0..<32 {
                if number > 0 { arguments.append("--next") }
                arguments += [
                    "-sS", "--cacert", school.running.certificate, "-H", key, "-H",
                    "Content-Type: application/json", "-H",
                    "Authorization: Bearer \(bystander.token ?? "")", "-d", body, "-o", "/dev/null",
                    "-w", "%{http_code} %header{location}\n",
                    school.running.address + "/v1/incidents",
                ]
            }
            let output = String(decoding: try Tool.run("curl", arguments), as: UTF8.self)
            let answers = output.split(separator: "\n")
            #expect(answers.count == 32 && Set(answers).count == 1, "\(output)")
            #expect(answers.allSatisfy { $0.hasPrefix("201 /v1/incidents/") })
            #expect(try bystander.get("/v1/incidents?limit=200").items.count == before + 1)
        }

        @Test func `a key is forgotten after a day`() throws {
            let (teacher, key) = (school.staffed.teacher, key())
            let first = try log(teacher, key)
            let connection = try Connection(path: school.running.database, access: .writing)
            try connection.run("UPDATE idempotency SET at = at - ?1", .int(86_400_000 - 60_000))
            #expect(try log(teacher, key)["id"] as? String == first["id"] as? String)
            try connection.run("UPDATE idempotency SET at = at - ?1", .int(60_000))
            let later = try log(teacher, key)
            #expect(later.status == 201 && later["id"] as? String != first["id"] as? String)
        }
    }
}
