import Foundation
import Testing

/// The school policy's own "How to record an incident", over real TLS, from outside.
@Suite(.serialized, .enabled(if: RunningSchool.missing == nil, "a tool is missing"))
struct MainJobTests {
    @Test func `a concern is logged, read, acted on, reviewed with a code, and audited`() throws {
        let staffed = try StaffedSchool()
        let (teacher, colleague) = (staffed.teacher, staffed.colleague)
        let now = Date().addingTimeInterval(-3_600).ISO8601Format()

        // 2: type the name, and choose.
        let found = try teacher.post("/v1/pupils/search", #"{"query":"luc"}"#)
        #expect(found.items.map { $0["name"] as? String } == ["Lucy Arden"])
        // 6: type the name of a colleague.
        let staff = try teacher.post("/v1/staff/search", #"{"query":"coll"}"#)
        #expect(staff.items.map { $0["id"] as? String } == [staffed.ids["colleague"]])

        // 8: an agency from the list.
        let agency = try #require(try teacher.get("/v1/agencies").items.first?["id"] as? String)

        // 3 to 9: the narrative, a category, a linked pupil, an alert; submit.
        let body = """
            {"pupil":"\(staffed.pupils[0])","linkedPupils":["\(staffed.pupils[1])"],
             "occurredAt":"\(now)","categories":["\(staffed.category)"],
             "narrative":"At break Lucy said \\"nobody is home at night\\". I have not rung home yet.",
             "alert":["\(staffed.ids["colleague"] ?? "")"],"agencies":["\(agency)"],
             "bodyMap":[{"view":"front","x":0.4,"y":0.6,"kind":"graze","note":"left knee"}]}
            """
        let logged = try teacher.post("/v1/incidents", body)
        #expect(logged.status == 201, "\(logged.text)")
        let number = try #require(logged["id"] as? String)
        let agencies = logged["agencies"] as? [[String: Any]] ?? []
        #expect(agencies.map { $0["id"] as? String } == [agency])
        let alerts = logged["alerts"] as? [[String: Any]] ?? []
        #expect(alerts.count { $0["via"] as? String == "group" } == 2)
        #expect(alerts.count { $0["via"] as? String == "name" } == 1)
        for method in ["PUT", "PATCH", "DELETE"] {
            #expect(
                try teacher.call(method, "/v1/incidents/\(number)", "{}").problem == "immutable"
            )
        }

        // 11 and 13: the colleague reads it, adds an action, marks it as read.
        let read = try colleague.get("/v1/incidents/\(number)")
        #expect((read["narrative"] as? String)?.contains("nobody is home at night") == true)
        let action = try colleague.post(
            "/v1/incidents/\(number)/actions",
            #"{"text":"Rang home; mum works nights.","occurredAt":"\#(now)"}"#
        )
        #expect(action.status == 201 && action["retrospective"] as? Bool == false)
        #expect(try colleague.post("/v1/incidents/\(number)/acknowledgement").status == 204)
        #expect(try colleague.get("/v1/alerts?state=unread").items.isEmpty)

        // The leader needs the authenticator; the safeguarding lead audits.
        let chronology = "/v1/pupils/\(staffed.pupils[0])/chronology"
        #expect(try staffed.leader.get(chronology).problem == "elevation-required")
        try staffed.leader.elevate()
        #expect(try staffed.leader.get(chronology).items.count == 2)
        try staffed.safeguarding.elevate()
        let log = try staffed.safeguarding.get("/v1/access-log?incident=\(number)&limit=200")
        let actions = Set(log.items.compactMap { $0["action"] as? String })
        #expect(actions.isSuperset(of: ["viewIncident", "addAction", "acknowledgeAlert"]))
        #expect(!log.text.contains("nobody is home"))
        #expect(
            try staffed.safeguarding.get("/v1/access-log/checkpoint").text.contains("\n\u{2014} ")
        )
        #expect(staffed.school.stop() == 0)
    }

    @Test func `bad input gets the right problem, stores nothing, and the service stays up`() throws
    {
        let staffed = try StaffedSchool()
        let teacher = staffed.teacher
        let nine = Array(repeating: "\"\(staffed.category)\"", count: 9).joined(separator: ",")
        let cases: [(body: String, status: Int, field: String?)] = [
            ("{\"pupil\":", 400, nil), ("{\"a\":1,\"a\":2}", 400, nil),
            (staffed.incident(#","mood":1"#), 422, "mood"),
            (staffed.incident(#","urgent":"yes""#), 422, "urgent"),
            (#"{"pupil":"\#(staffed.pupils[0])"}"#, 422, "narrative"),
            (
                staffed.incident().replacingOccurrences(
                    of: staffed.pupils[0],
                    with: "0000000000001"
                ), 422, "pupil"
            ),
            (
                staffed.incident().replacingOccurrences(of: "2026-11-20", with: "2999-01-01"), 422,
                "occurredAt"
            ),
            (
                staffed.incident().replacingOccurrences(
                    of: "[\"\(staffed.category)\"]",
                    with: "[\(nine)]"
                ), 422, "categories"
            ),
            (String(repeating: " ", count: 2 << 20), 413, nil),
        ]
        for (body, status, field) in cases {
            let answer = try teacher.post("/v1/incidents", body)
            #expect(answer.status == status, "\(body.prefix(80)): \(answer.text)")
            if let field {
                let errors = answer["errors"] as? [[String: Any]] ?? []
                let fields = errors.compactMap { $0["field"] as? String }
                #expect(fields.contains { $0.hasPrefix(field) }, "\(fields) for \(field)")
            }
        }
        let host = try teacher.call("GET", "/v1/incidents", headers: ["Host: elsewhere.example"])
        #expect(host.status == 421)
        #expect(try teacher.get("/v1/incidents/12345678").status == 422)
        let wrong = try staffed.leader.post("/v1/session/elevation", #"{"code":"000000"}"#)
        #expect(wrong.problem == "invalid-code")
        let form = try staffed.leader.post("/v1/session/elevation", #"{"code":123456}"#)
        #expect(form.status == 422)
        let stranger = Person(staffed.school)
        stranger.token = String(repeating: "A", count: 43)
        #expect(try stranger.get("/v1/incidents").problem == "not-authenticated")
        #expect(try teacher.get("/v1/incidents").items.isEmpty)
        #expect(try teacher.get("/healthz").status == 200)
    }
}
