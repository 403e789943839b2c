import Foundation
import Testing

extension ContractTests {
    /// Staff and pupils as those find them who log, and those who administer.
    @Suite struct People {
        private let school: ContractSchool

        init() throws { school = try ContractTests.school }

        @Test func `the alert picker offers whoever may know, without addresses`() throws {
            let (staffed, teacher) = (school.staffed, school.staffed.teacher)
            let found = try teacher.post("/v1/staff/search", #"{"query":"bystander"}"#)
            let entry = try #require(found.items.first)
            #expect(Set(entry.keys) == ["id", "name", "jobTitle"] && entry["jobTitle"] is NSNull)
            #expect(found.items.count == 1 && found.object["next"] is NSNull)
            let relative = #"{"relatedPupils":["\#(staffed.pupils[1])"]}"#
            let path = "/v1/staff/\(try #require(school.ids["bystander"]))"
            let changed = try staffed.administrator.call("PATCH", path, Data(relative.utf8))
            #expect(changed.status == 200, "\(changed.text)")
            for (pupil, count) in [(staffed.pupils[0], 1), (staffed.pupils[1], 0)] {
                let body = #"{"query":"bystander","pupil":"\#(pupil)"}"#
                #expect(try teacher.post("/v1/staff/search", body).items.count == count)
            }
            // The relative writes about the child, and is kept out of it.
            let body = try staffed.incident(["pupil": staffed.pupils[1]])
            let own = try staffed.bystander.call("POST", "/v1/incidents", body)
            #expect(own.status == 201 && Set(own.object.keys) == ["id"])
            for pupil in ["0000000000001", "x"] {
                let body = #"{"query":"bystander","pupil":"\#(pupil)"}"#
                #expect(try teacher.post("/v1/staff/search", body).fields == ["pupil"])
            }
        }

        @Test func `a search says what it cannot look for, and stays out of the address`() throws {
            for path in ["/v1/staff/search", "/v1/pupils/search"] {
                for body in ["{}", #"{"query":"a"}"#, #"{"query":5}"#, #"{"query":"."}"#] {
                    let answer = try school.staffed.teacher.post(path, body)
                    #expect(answer.status == 422 && answer.fields == ["query"], "\(body)")
                }
                #expect(try school.staffed.teacher.get(path + "?query=lucy").status == 405)
            }
        }

        @Test func `two pupils of one surname and form are told apart`() throws {
            let administrator = school.staffed.administrator
            func create(_ name: String, _ more: String = "") throws -> Answer {
                try administrator.post(
                    "/v1/pupils",
                    #"{"name":"\#(name)","dateOfBirth":"2014-05-03","yearGroup":"R"\#(more)}"#
                )
            }
            let noel = try create("Noel Ashby", #","form":"RB""#)
            let id = try #require(noel["id"] as? String)
            #expect(noel.status == 201 && noel.headers["location"] == "/v1/pupils/\(id)")
            #expect(
                Set(noel.object.keys) == [
                    "id", "name", "dateOfBirth", "yearGroup", "form", "upn", "state", "siblings",
                ]
            )
            #expect(noel["upn"] is NSNull && noel["state"] as? String == "on-roll")
            #expect(try create("Nora Ashby", #","form":"RB","siblings":["\#(id)"]"#).status == 201)
            let found = try school.staffed.teacher.post("/v1/pupils/search", #"{"query":"ashby"}"#)
            let texts = found.items.compactMap { $0["distinguish"] as? String }
            #expect(texts.count == 2 && texts.allSatisfy { $0.hasPrefix("born 3 May") }, "\(texts)")
            let one = try school.staffed.teacher.post("/v1/pupils/search", #"{"query":"nora"}"#)
            #expect(one.items.count == 1 && one.text.contains("twin Noel in RB"), "\(one.text)")
            let told = try school.newest("searchPupils", by: "teacher")["subjects"] as? [String]
            #expect(told?.count == 2 && told?.contains("Pupil::\"\(id)\"") == true, "the twin too")
            let lucy = try school.staffed.teacher.post("/v1/pupils/search", #"{"query":"marcus"}"#)
            #expect(lucy.items.isEmpty)
            let cases = [
                (#","dateOfBirth":"2030-01-01""#, 400, []), (#","form":7"#, 422, ["form"]),
                (#","siblings":["x"]"#, 422, ["siblings[0]"]), (#","mood":1"#, 422, ["mood"]),
                (#","state":"away""#, 422, ["state"]), (#","upn":"1""#, 422, ["upn"]),
                (#","form":"\u0000B""#, 422, ["form"]),
            ]
            for (more, status, fields) in cases {
                let answer = try create("Ned Other", more)
                #expect(
                    answer.status == status && answer.fields == fields,
                    "\(more): \(answer.text)"
                )
            }
            for name in ["", "   ", #"Ned\nOther"#, #"Ned\u202eOther"#, #"\u0301\u0301"#] {
                #expect(try create(name).fields == ["name"], "\(name)")
            }
            let refused = try school.staffed.teacher.post("/v1/pupils")
            #expect(refused.problem == "forbidden" && refused["reason"] is String)
            #expect(try school.staffed.leader.post("/v1/pupils").problem == "elevation-required")
        }

        @Test func `an account answers every key, and a wrong field is named`() throws {
            let administrator = school.staffed.administrator
            func create(_ body: String) throws -> Answer {
                try administrator.post("/v1/staff", body)
            }
            let made = try create(
                #"{"email":"plain@whitetrees.example","name":"Plain Person","roles":["staff"]}"#
            )
            #expect(
                made.status == 201 && made["jobTitle"] is NSNull && made["chair"] as? Bool == false
            )
            #expect(made["state"] as? String == "invited" && made["pendingApproval"] is NSNull)
            #expect(made["enrolmentCode"] == nil, "the role does not elevate")
            let cases = [
                ("{}", ["email", "name"]),
                (#"{"email":"x","name":"A B","roles":["staff"]}"#, ["email"]),
                (#"{"email":"a@x.example","name":"A B","roles":["king"]}"#, ["roles[0]"]),
                (#"{"email":"a@x.example","name":"A B","roles":[]}"#, ["roles"]),
                (
                    #"{"email":"plain@whitetrees.example","name":"A B","roles":["staff"]}"#,
                    ["email"]
                ),
                (
                    #"{"email":"a@x.example","name":"A B","roles":["staff"],"relatedPupils":["x"]}"#,
                    ["relatedPupils[0]"]
                ),
                (
                    #"{"email":"a@x.example","name":"A B","roles":["staff"],"state":"left"}"#,
                    ["state"]
                ),
            ]
            for (body, fields) in cases {
                let answer = try create(body)
                #expect(answer.status == 422 && answer.fields == fields, "\(body): \(answer.text)")
            }
        }

        @Test func `one's session and authenticator answer every key`() throws {
            let session = try school.staffed.teacher.get("/v1/session")
            #expect(
                Set(session.object.keys).isSuperset(of: [
                    "user", "elevated", "elevatedUntil", "locked", "idleTimeoutSeconds",
                    "idleSecondsLeft", "expiresAt", "authenticator", "mayElevate", "may",
                ])
            )
            #expect(session["elevatedUntil"] is NSNull && session["mayElevate"] as? Bool == false)
            #expect(session["idleTimeoutSeconds"] as? Int == 600)
            #expect((session["may"] as? [String])?.contains("logIncident") == true)
            let elevated = try school.deputy.get("/v1/session")
            #expect(elevated["elevatedUntil"] is String && elevated["mayElevate"] as? Bool == true)
            #expect((elevated["may"] as? [String])?.contains("createStaff") == true)
            let state = try school.staffed.teacher.get("/v1/authenticator")
            #expect(state["state"] as? String == "none" && state["recoveryCodesLeft"] as? Int == 0)
            #expect(state["enrolledAt"] is NSNull && state["lastUsedAt"] is NSNull)
        }
    }
}
