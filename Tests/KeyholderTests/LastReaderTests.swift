import Foundation
import Testing

/// Incidents of which those who are alerted as a rule are kept out.
@Suite(.enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct LastReaderTests {
    private let staffed: StaffedSchool

    init() throws { staffed = try StaffedSchool() }

    private func log(_ fields: [String: Any]) throws -> Answer {
        try staffed.teacher.call("POST", "/v1/incidents", try staffed.incident(fields))
    }

    private func id(_ name: String) throws -> String { try #require(staffed.ids[name]) }

    /// Invites a governor; answers who it is and the code of their first authenticator.
    private func governor(_ name: String, isChair: Bool) throws -> (id: String, code: String) {
        let made = try staffed.administrator.post(
            "/v1/staff",
            #"{"email":"\#(name)@whitetrees.example","name":"\#(name.capitalized) Person","#
                + #""roles":["governor"],"chair":\#(isChair)}"#
        )
        return (
            try #require(made["id"] as? String, "\(made.text)"),
            try #require(made["enrolmentCode"] as? String)
        )
    }

    @Test func `where nobody else could read it, the chair who is named is told and finds it`()
        throws
    {
        let (chairID, code) = try governor("chair", isChair: true)
        let chair = Person(staffed.school)
        try chair.redeem(try staffed.school.link(to: "chair@whitetrees.example"))
        try chair.signIn("chair@whitetrees.example")
        try chair.enrol(code)
        let everyone = [try id("leader"), try id("safeguarding")]
        #expect(try log(["subjectStaff": everyone]).problem == "no-reader")
        let logged = try log(["subjectStaff": everyone, "named": [chairID]])
        let number = try #require(logged["id"] as? String, "\(logged.text)")
        let alerted = logged.list("alerts").map {
            ($0["staff"] as? [String: Any])?["id"] as? String
        }
        #expect(alerted == [chairID])
        // Without a code a governor sees nothing.
        #expect(try chair.get("/v1/alerts").status == 401)
        try chair.elevate()
        for list in ["/v1/alerts?state=unread", "/v1/incidents"] {
            let numbers = try chair.get(list).items.map { $0["incident"] ?? $0["id"] }
            #expect(numbers.map { $0 as? String } == [number], "\(list)")
        }
        let step: [String: Any] = [
            "text": "Please ring the local authority.", "assignee": chairID,
            "occurredAt": StaffedSchool.time(daysFromNow: 0),
        ]
        func act(_ fields: [String: Any]) throws -> Answer {
            try staffed.teacher.call(
                "POST",
                "/v1/incidents/\(number)/actions",
                try JSONSerialization.data(withJSONObject: fields)
            )
        }
        // They only read: a step that they could not complete is not asked of them.
        #expect(try act(step).fields == ["assignee"])
        #expect(try act(step.filter { $0.key != "assignee" }).status == 201)
        #expect(try chair.get("/v1/alerts?state=unread").items.count == 2)
    }

    @Test func `whoever may read it for a while alone is nobody to turn to`() throws {
        let family = ["relatedPupils": [staffed.pupils[1]]]
        for name in ["leader", "safeguarding"] {
            #expect(try staffed.change(name, family).status == 200)
        }
        let about: [String: Any] = ["pupil": staffed.pupils[1]]
        #expect(try log(about).problem == "no-reader")
        let alerted = about.merging(["alert": [try id("colleague")]]) { $1 }
        #expect(try log(alerted).problem == "no-reader")
        // Whose family somebody was is on record as well as whose they are.
        #expect(try staffed.change("leader", ["relatedPupils": []]).status == 200)
        #expect(try log(about).status == 201)
        try staffed.safeguarding.elevate()
        let path = "/v1/access-log?action=changeStaff&pupil=\(staffed.pupils[1])"
        #expect(try staffed.safeguarding.get(path).items.count == 3)
    }

    @Test func `nobody is named on an incident who could not read it`() throws {
        let (plain, _) = try governor("plain", isChair: false)
        let refused = try log(["restricted": true, "named": [try id("colleague"), plain]])
        #expect(refused.status == 422 && refused.fields == ["named[1]"], "\(refused.text)")
    }
}
