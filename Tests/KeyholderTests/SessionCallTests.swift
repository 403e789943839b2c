import Foundation
import Testing

/// A person's sessions from outside: tokens, lists, ends, the blank screen.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct SessionCallTests {
    private static let leader = "leader@whitetrees.example"

    @Test func `fixation: every change of rights gives another token, and the old one is dead`()
        throws
    {
        let (school, leader) = try RunningSchool.founded()
        var dead: [String] = []
        func replaced(_ by: () throws -> Void) throws {
            dead.append(try #require(leader.token))
            try by()
            #expect(!dead.contains(try #require(leader.token)))
            #expect(try leader.get("/v1/session").status == 200)
        }
        try replaced { try leader.elevate() }
        try replaced { try leader.dropElevation() }
        try replaced {
            #expect(try leader.post("/v1/session/lock").status == 204)
            let unlocked = try unlock(leader, code: leader.recoveryCodes[0])
            #expect(unlocked.status == 200 && unlocked["elevated"] as? Bool == true)
            leader.token = unlocked["token"] as? String
        }
        try replaced {
            let answer = try leader.post(
                "/v1/session",
                RunningSchool.signIn(RunningSchool.administrator)
            )
            #expect(answer.status == 201)
            leader.token = answer["token"] as? String
        }
        for token in dead {
            let person = Person(school)
            person.token = token
            let answer = try person.get("/v1/session")
            #expect(answer.status == 401 && answer.problem == "session-expired")
        }
        // Nor is one of them, or what they were made for, left anywhere in clear.
        #expect(school.stop() == 0)
        try nothingTells(dead, school)
    }

    @Test func `one's own sessions are listed and ended, and nobody else's`() throws {
        let (school, leader) = try RunningSchool.founded()
        let phone = try leader.another(RunningSchool.administrator)
        let tablet = try leader.another(RunningSchool.administrator)
        try leader.elevate()
        let items = try leader.get("/v1/sessions").items
        #expect(items.map { $0["current"] as? Bool } == [false, false, true])
        #expect(items.map { $0["elevated"] as? Bool } == [false, false, true])
        #expect(items.allSatisfy { $0["address"] as? String == "127.0.0.1" })
        #expect(items.allSatisfy { ($0["userAgent"] as? String)?.hasPrefix("curl/") == true })
        let (first, second) = (items[0]["id"] as? String ?? "", items[1]["id"] as? String ?? "")
        let page = try leader.get("/v1/sessions?limit=1")
        let next = try #require(page["next"] as? String)
        let rest = try leader.get("/v1/sessions?limit=2&cursor=\(next)")
        #expect(page.items.first?["id"] as? String == first)
        #expect(
            rest.items.map { $0["id"] as? String } == items.dropFirst().map { $0["id"] as? String }
        )
        #expect(rest["next"] is NSNull)

        // Somebody else's session is none, as one that nobody has.
        let address = "teacher@whitetrees.example"
        let invitation = #"{"email":"\#(address)","name":"Teacher Person","roles":["staff"]}"#
        #expect(try leader.post("/v1/staff", invitation).status == 201)
        let teacher = Person(school)
        try teacher.redeem(try school.link(to: address))
        try teacher.signIn(address)
        let hidden = try teacher.call("DELETE", "/v1/sessions/\(first)")
        let absent = try teacher.call("DELETE", "/v1/sessions/0000000000001")
        #expect(hidden.problem == "not-found" && hidden.text == absent.text)
        #expect(try teacher.get("/v1/sessions").items.count == 1)

        #expect(try leader.call("DELETE", "/v1/sessions/\(first)").status == 204)
        #expect(try tablet.get("/v1/session").problem == "session-expired")
        #expect(try leader.call("DELETE", "/v1/sessions/\(first)").problem == "not-found")
        #expect(try phone.get("/v1/session").status == 200)
        #expect(try leader.call("DELETE", "/v1/sessions").status == 204)
        #expect(try phone.get("/v1/session").problem == "session-expired")
        let own = try #require(try leader.get("/v1/sessions").items.first?["id"] as? String)
        #expect(try leader.get("/v1/sessions").items.count == 1 && own != second)
        #expect(try leader.call("DELETE", "/v1/sessions/\(own)").status == 204)
        #expect(try leader.get("/v1/session").problem == "session-expired")
    }

    @Test func `a token in a URL opens nothing and is written nowhere`() throws {
        let (school, person) = try RunningSchool.founded()
        let token = try #require(person.token)
        let stranger = Person(school)
        for path in ["/v1/session", "/v1/sessions", "/v1/authenticator"] {
            for name in ["token", "access_token", "session", "Authorization"] {
                let answer = try stranger.get("\(path)?\(name)=\(token)")
                #expect(answer.problem == "not-authenticated", "\(path) \(name): \(answer.text)")
            }
        }
        #expect(try stranger.get("/v1/session/\(token)").problem == "not-found")
        #expect(try person.get("/v1/session").status == 200)
        #expect(school.stop() == 0)
        try nothingTells([token], school)
    }

    @Test func `looking at the session is no activity, working and being there is`() throws {
        let (school, person) = try RunningSchool.founded()
        let watcher = try person.another(RunningSchool.administrator)
        func lastActive() throws -> String? {
            try watcher.get("/v1/sessions").items.last?["lastActiveAt"] as? String
        }
        let before = try lastActive()
        _ = try person.get("/v1/session")
        _ = try person.call("GET", "/v1/authenticator", headers: ["X-Background: 1"])
        // Not a minute has passed since they did something.
        #expect(try person.post("/v1/session/activity").status == 204)
        #expect(try lastActive() == before)
        _ = try person.get("/v1/authenticator")
        #expect(try lastActive() != before)
        #expect(try Person(school).post("/v1/session/activity").status == 401)
    }

    @Test func `the blank screen hides everything, and five wrong passwords end it`() throws {
        let (_, leader) = try RunningSchool.founded()
        try leader.elevate()
        #expect(try leader.post("/v1/session/lock").status == 204)
        let shown = try leader.get("/v1/session")
        #expect(shown["locked"] as? Bool == true && shown["elevated"] as? Bool == false)
        #expect(shown["may"] as? [String] == [])
        for (method, path) in [
            ("GET", "/v1/incidents"), ("GET", "/v1/sessions"), ("DELETE", "/v1/sessions"),
            ("GET", "/v1/authenticator"), ("POST", "/v1/session/activity"),
            ("POST", "/v1/session/lock"), ("DELETE", "/v1/session/elevation"),
            ("GET", "/v1/access-log"), ("POST", "/v1/staff/search"),
        ] {
            let answer = try leader.call(method, path)
            #expect(answer.status == 423 && answer.problem == "session-locked", "\(method) \(path)")
        }
        let body = Data(#"{"code":"\#(leader.recoveryCodes[0])"}"#.utf8)
        #expect(try leader.call("POST", "/v1/session/elevation", body).status == 423)
        // The password lets in and elevates nobody; the token stays.
        let unlocked = try unlock(leader)
        #expect(unlocked.status == 200 && unlocked["elevated"] as? Bool == false)
        #expect(unlocked["token"] == nil && unlocked["locked"] as? Bool == false)
        #expect(try unlock(leader).problem == "conflict")

        #expect(try leader.post("/v1/session/lock").status == 204)
        for _ in 0..<5 {
            #expect(try leader.get("/v1/session").status == 200)
            let refused = try unlock(leader, password: "Wrong-Heron7-Lamp!")
            #expect(refused.problem == "invalid-credentials")
        }
        #expect(try leader.get("/v1/session").problem == "session-expired")
        #expect(try unlock(leader).problem == "session-expired")
    }

    @Test func `a code opens no more at the blank screen than it does at elevation`() throws {
        let staffed = try StaffedSchool()
        let (leader, id) = (staffed.leader, staffed.ids["leader"] ?? "")
        let demoted = try staffed.administrator.call(
            "PATCH",
            "/v1/staff/\(id)",
            Data(#"{"roles":["staff"]}"#.utf8)
        )
        #expect(demoted.status == 200)
        #expect(try leader.post("/v1/session/lock").status == 204)
        let code = leader.recoveryCodes[0]
        #expect(try unlock(leader, code: code).problem == "forbidden")
        #expect(try unlock(leader).status == 200)
        #expect(try leader.get("/v1/authenticator")["recoveryCodesLeft"] as? Int == 10)
    }

    @Test func `demoted and suspended hold at the very next request`() throws {
        let staffed = try StaffedSchool()
        let (leader, administrator) = (staffed.leader, staffed.administrator)
        let path = "/v1/staff/\(staffed.ids["leader"] ?? "")"
        let chronology = "/v1/pupils/\(staffed.pupils[0])/chronology"
        try leader.elevate()
        #expect(try leader.get(chronology).status == 200)
        let roles = Data(#"{"roles":["staff"]}"#.utf8)
        #expect(try administrator.call("PATCH", path, roles).status == 200)
        let session = try leader.get("/v1/session")
        #expect(session["elevated"] as? Bool == false && session["elevatedUntil"] is NSNull)
        #expect(session["mayElevate"] as? Bool == false)
        #expect((session["user"] as? [String: Any])?["roles"] as? [String] == ["staff"])
        #expect(try leader.get(chronology).status == 404)
        let state = Data(#"{"state":"suspended"}"#.utf8)
        #expect(try administrator.call("PATCH", path, state).status == 200)
        #expect(try leader.get("/v1/session").problem == "session-expired")
        #expect(
            try Person(staffed.school).post("/v1/session", RunningSchool.signIn(Self.leader))
                .problem == "invalid-credentials"
        )
    }

    @Test func `a session survives a kill, elevation does not, and a restore revives none`()
        throws
    {
        let staffed = try StaffedSchool()
        let (school, leader) = (staffed.school, staffed.leader)
        try leader.elevate()
        #expect(try staffed.colleague.post("/v1/session/lock").status == 204)
        school.kill()
        try school.start()
        let shown = try leader.get("/v1/session")
        #expect(shown.status == 200 && shown["elevated"] as? Bool == false)
        #expect(try staffed.colleague.get("/v1/session")["locked"] as? Bool == true)

        #expect(school.stop() == 0)
        let (data, copy) = (school.folder + "/data", school.folder + "/copy")
        try Tool.run("cp", ["-a", data, copy])
        try school.start()
        #expect(try leader.get("/v1/session").status == 200)
        #expect(school.stop() == 0)
        // The whole folder is put back, and then the database alone.
        try FileManager.default.removeItem(atPath: data)
        try Tool.run("cp", ["-a", copy, data])
        try school.start()
        #expect(try leader.get("/v1/session").problem == "session-expired")
        try leader.signIn(Self.leader)
        #expect(school.stop() == 0)
        try Tool.run("cp", [school.database, copy + "/database"])
        try school.start()
        #expect(try leader.get("/v1/session").status == 200)
        #expect(school.stop() == 0)
        try Tool.run("cp", [copy + "/database", school.database])
        try school.start()
        #expect(try leader.get("/v1/session").problem == "session-expired")
        try leader.signIn(Self.leader)
    }

    private func unlock(
        _ person: Person,
        password: String = RunningSchool.password,
        code: String? = nil
    ) throws -> Answer {
        let second = code.map { #","code":"\#($0)""# } ?? ""
        return try person.post("/v1/session/unlock", #"{"password":"\#(password)"\#(second)}"#)
    }

    /// Secrets stand in no file of the school: not in the data, not in the mails, not in the log.
    private func nothingTells(_ secrets: [String], _ school: RunningSchool) throws {
        let files = try Tool.run("find", [school.folder, "-type", "f"])
        for path in String(decoding: files, as: UTF8.self).split(separator: "\n") {
            let content = try #require(FileManager.default.contents(atPath: String(path)))
            for secret in secrets + [RunningSchool.password] {
                #expect(content.range(of: Data(secret.utf8)) == nil, "a secret in \(path)")
            }
        }
    }
}
