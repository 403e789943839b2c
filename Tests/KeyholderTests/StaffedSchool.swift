import Foundation
import Testing

/// A school with an administrator, three teachers, a senior leader and a safeguarding lead.
struct StaffedSchool {
    let school: RunningSchool
    let administrator, teacher, colleague, bystander, leader, safeguarding: Person
    let ids: [String: String]
    let pupils: [String]
    let category: String

    /// Founds the school, invites everybody, and has everybody choose a password and sign in.
    ///
    /// The safeguarding lead comes last: from then on the rule `always` takes two people.
    init(approval: String = "own") throws {
        let school = try RunningSchool(approval: approval)
        self.school = school
        let setUp = try school.found()
        try school.start()
        let administrator = Person(school)
        try administrator.redeem(setUp.token)
        try administrator.signIn("office@whitetrees.example")
        try administrator.enrol(setUp.code)
        try administrator.elevate()
        var ids: [String: String] = [:]
        func invited(_ name: String, _ roles: String) throws -> Person {
            let address = "\(name)@whitetrees.example"
            let answer = try administrator.post(
                "/v1/staff",
                #"{"email":"\#(address)","name":"\#(name.capitalized) Person","roles":\#(roles)}"#
            )
            #expect(answer.status == 201, "\(answer.text)")
            ids[name] = answer["id"] as? String
            let person = Person(school)
            try person.redeem(try school.link(to: address))
            try person.signIn(address)
            if let code = answer["enrolmentCode"] as? String { try person.enrol(code) }
            return person
        }
        teacher = try invited("teacher", #"["staff"]"#)
        colleague = try invited("colleague", #"["staff"]"#)
        bystander = try invited("bystander", #"["staff"]"#)
        leader = try invited("leader", #"["staff","slt"]"#)
        safeguarding = try invited("safeguarding", #"["staff","dsl"]"#)
        self.administrator = administrator
        self.ids = ids
        pupils = try ["Lucy Arden", "Mark Arden"].map { name in
            let answer = try administrator.post(
                "/v1/pupils",
                #"{"name":"\#(name)","dateOfBirth":"2015-04-09","yearGroup":"5","form":"5B"}"#
            )
            #expect(answer.status == 201, "\(answer.text)")
            return try #require(answer["id"] as? String)
        }
        category = try #require(try teacher.get("/v1/categories").items.first?["id"] as? String)
    }

    /// A new incident's body as the API has it, with fields put in the place of its own.
    func incident(_ changes: [String: Any] = [:], without: String? = nil) throws -> Data {
        var fields: [String: Any] = [
            "pupil": pupils[0], "occurredAt": StaffedSchool.time(daysFromNow: -1),
            "categories": [category],
            "narrative": "Lucy was crying today, which in my opinion is very unlike her.",
        ]
        fields.merge(changes) { $1 }
        if let without { fields[without] = nil }
        // In one order, so that the same incident is the same bytes.
        return try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys)
    }

    static func time(daysFromNow days: Double) -> String {
        Date().addingTimeInterval(days * 86_400).ISO8601Format()
    }
}
