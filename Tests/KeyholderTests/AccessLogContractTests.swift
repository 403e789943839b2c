import Foundation
import Testing

extension ContractTests {
    /// What is put on record, and what never is.
    @Suite struct AccessLog {
        private let school: ContractSchool

        init() throws { school = try ContractTests.school }

        @Test func `every look, act and refusal leaves an entry of its own`() throws {
            let staffed = school.staffed
            let teacher = try staffed.teacher.another("teacher@whitetrees.example")
            let first = try #require(try school.entries(limit: 1).first?["index"] as? Int)
            let number = try school.log(by: teacher)
            let path = "/v1/incidents/\(number)"
            _ = try teacher.get(path)
            _ = try teacher.get("/v1/incidents")
            _ = try teacher.get("/v1/alerts")
            _ = try teacher.get("/v1/categories")
            _ = try teacher.post("/v1/pupils/search", #"{"query":"lucy"}"#)
            _ = try teacher.post("/v1/staff/search", #"{"query":"person"}"#)
            _ = try teacher.post(path + "/acknowledgement")
            _ = try school.act(teacher, on: number)
            _ = try school.act(teacher, on: number, daysFromNow: -20)
            _ = try teacher.get("/v1/pupils/\(staffed.pupils[0])/chronology")
            _ = try teacher.get("/v1/access-log")
            _ = try teacher.post("/v1/session/elevation", #"{"code":"123456"}"#)
            _ = try teacher.post("/v1/session/lock")
            _ = try teacher.get(path)
            _ = try teacher.post("/v1/session/unlock", #"{"password":"Wrong-Heron7-Lamp!"}"#)
            _ = try teacher.call("DELETE", "/v1/session")
            let entries = try school.entries(limit: 40).filter {
                ($0["index"] as? Int ?? 0) > first
            }
            let acts = entries.reversed().compactMap { entry -> String? in
                guard let action = entry["action"] as? String, let decision = entry["decision"]
                else {
                    return nil
                }
                return "\(action) \(decision) \(entry["reason"] as? String ?? "")"
            }
            #expect(
                acts == [
                    // The reader's own look at the newest entry before.
                    "readAccessLog allow ",
                    "logIncident allow ", "viewIncident allow ", "listIncidents allow ",
                    "listAlerts allow ", "listCategories allow ", "searchPupils allow ",
                    "searchStaff allow ", "acknowledgeAlert allow ", "addAction allow ",
                    "addAction deny forbidden", "reviewPupil deny not-found",
                    "readAccessLog deny forbidden", "elevateSession deny forbidden",
                    "lockSession allow ", "useSession deny session-locked",
                    "unlockSession deny invalid-credentials", "signOut allow ",
                ]
            )
            let look = try #require(entries.first { $0["action"] as? String == "viewIncident" })
            #expect(
                Set(look.keys).isSuperset(of: [
                    "index", "at", "actor", "session", "elevated", "address", "action", "resource",
                    "subjects", "decision", "policies", "policySet", "reason", "requestId",
                ])
            )
            #expect(look["resource"] as? String == #"Incident::"\#(number)""#)
            let subjects = look["subjects"] as? [String] ?? []
            #expect(subjects.contains(#"Pupil::"\#(staffed.pupils[0])""#) && subjects.count == 2)
            #expect(look["policies"] as? [String] == ["staff-involved"])
            #expect((look["policySet"] as? String)?.count == 64 && look["reason"] is NSNull)
            #expect(look["elevated"] as? Bool == false && look["address"] as? String == "127.0.0.1")
        }

        @Test func `a failed sign-in is on record, an unknown address as a commitment alone`()
            throws
        {
            let stranger = Person(school.running)
            let typed = "nobody-\(Int.random(in: 0..<1_000_000))@whitetrees.example"
            for address in ["colleague@whitetrees.example", typed] {
                let body = RunningSchool.signIn(address, "Wrong-Heron7-Lamp!")
                #expect(try stranger.post("/v1/session", body).problem == "invalid-credentials")
            }
            let entries = try school.entries("&action=signIn&decision=deny", limit: 2)
            let actors = entries.compactMap { $0["actor"] as? [String: Any] }
            #expect(actors.last?["id"] as? String == school.ids["colleague"])
            #expect((actors.first?["id"] as? String)?.hasPrefix("unknown:") == true)
            #expect(actors.first?["name"] is NSNull)
            #expect(entries.allSatisfy { $0["session"] is NSNull })
        }

        @Test func `filters find their entries, and only those who audit see any`() throws {
            let number = try school.log(["linkedPupils": [school.staffed.pupils[1]]])
            _ = try school.staffed.bystander.get("/v1/incidents/\(number)")
            let bystander = try #require(school.ids["bystander"])
            func found(_ query: String) throws -> [String] {
                try school.entries("&incident=\(number)\(query)").compactMap {
                    $0["action"] as? String
                }
            }
            #expect(try found("") == ["viewIncident", "logIncident"])
            #expect(try found("&actor=\(bystander)") == ["viewIncident"])
            #expect(try found("&decision=allow") == ["logIncident"])
            #expect(try found("&action=viewIncident") == ["viewIncident"])
            #expect(try found("&pupil=\(school.staffed.pupils[1])") == ["logIncident"])
            #expect(try found("&to=2020-01-01T00:00:00Z").isEmpty && found("&actor=x").isEmpty)
            for path in ["/v1/access-log", "/v1/access-log/checkpoint"] {
                #expect(try school.staffed.teacher.get(path).problem == "forbidden")
                #expect(try school.staffed.administrator.get(path).problem == "forbidden")
                #expect(try school.reviewer.get(path).problem == "forbidden")
            }
            let note = try school.deputy.get("/v1/access-log/checkpoint")
            #expect(note.headers["content-type"] == "text/plain; charset=utf-8")
            let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(
                lines.count == 6 && lines[3].isEmpty && lines[4].hasPrefix("\u{2014} \(lines[0]) ")
            )
            #expect(try school.entries(limit: 1).first?["action"] as? String == "readCheckpoint")
        }

        @Test func `no text, name, password, code or token is in the log, a line or a mail`() throws
        {
            let secret = "zanzibarquux"
            let number = try school.log(["narrative": "She said \(secret)."])
            #expect(
                try school.act(school.staffed.teacher, on: number, ["text": secret]).status == 201
            )
            let code = try school.staffed.leader.wrongCode()
            let wrong = #"{"code":"\#(code)"}"#
            #expect(try school.staffed.leader.post("/v1/session/elevation", wrong).status == 401)
            let escaped = "/%23reset=\(secret)"
            #expect(try school.staffed.teacher.get(escaped).problem == "not-found")
            var log = ""
            var path: String? = "/v1/access-log?limit=200"
            while let next = path {
                let page = try school.deputy.get(next)
                log += page.text
                path = (page["next"] as? String).map { "/v1/access-log?limit=200&cursor=\($0)" }
            }
            let lines = try String(contentsOfFile: school.running.errorLog, encoding: .utf8)
            let folder = school.running.folder + "/mail"
            let mails = try FileManager.default.contentsOfDirectory(atPath: folder)
                .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }.joined()
            let people = [school.staffed.teacher, school.deputy, school.staffed.administrator]
            let tokens = people.compactMap(\.token)
            for word in [secret, "Lucy", "Arden", RunningSchool.password, "Heron7", code] + tokens {
                let shown = word.prefix(4)
                #expect(!log.contains("\"\(word)") && !log.contains(" \(word)"), "log: \(shown)")
                #expect(!lines.contains(word), "standard error: \(shown)")
                #expect(!mails.contains(word), "mail: \(shown)")
            }
        }
    }
}
