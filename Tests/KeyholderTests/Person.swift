import Foundation
import Testing

/// Somebody at a device of their own: requests by `curl`, codes by `oathtool`.
final class Person {
    let school: RunningSchool
    var token: String?
    private var secret = ""
    private var codesUsed = 0

    init(_ school: RunningSchool) { self.school = school }

    /// An answer: its status and its JSON.
    struct Answer {
        let status: Int
        let text: String

        subscript(key: String) -> Any? { object[key] }

        var object: [String: Any] {
            let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
            return value as? [String: Any] ?? [:]
        }

        var items: [[String: Any]] { object["items"] as? [[String: Any]] ?? [] }

        var problem: String {
            let type = object["type"] as? String ?? ""
            return String(type.split(separator: ":").last ?? "")
        }
    }

    func call(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        headers: [String] = []
    ) throws -> Answer {
        var arguments = [
            "-sS", "--cacert", school.certificate, "-X", method, "-w", "\n%{http_code}",
            school.address + path, "-H", "Content-Type: application/json", "-H", "Expect:",
        ]
        for header in headers { arguments += ["-H", header] }
        if let token { arguments += ["-H", "Authorization: Bearer \(token)"] }
        if body != nil { arguments += ["--data-binary", "@-"] }
        let output = try Tool.run("curl", arguments, input: body)
        let end = try #require(output.lastIndex(of: "\n"))
        return Answer(
            status: Int(output[output.index(after: end)...]) ?? 0,
            text: String(output[..<end])
        )
    }

    func get(_ path: String) throws -> Answer { try call("GET", path) }

    func post(_ path: String, _ body: String = "{}") throws -> Answer {
        try call("POST", path, body)
    }

    func redeem(_ link: String) throws {
        let body = #"{"token":"\#(link)","password":"\#(RunningSchool.password)"}"#
        #expect(try post("/v1/password-resets/redeem", body).status == 204)
    }

    func signIn(_ address: String) throws {
        token = nil
        let body = #"{"email":"\#(address)","password":"\#(RunningSchool.password)"}"#
        let answer = try post("/v1/session", body)
        #expect(answer.status == 201)
        token = answer["token"] as? String
    }

    func enrol(_ code: String) throws {
        let body = #"{"password":"\#(RunningSchool.password)","enrolmentCode":"\#(code)"}"#
        let answer = try post("/v1/authenticator", body)
        #expect(answer.status == 201)
        secret = try #require(answer["secret"] as? String)
        let confirmation = try post(
            "/v1/authenticator/confirmation",
            #"{"code":"\#(try self.code())"}"#
        )
        #expect((confirmation["recoveryCodes"] as? [String])?.count == 10)
    }

    func elevate() throws {
        let answer = try post("/v1/session/elevation", #"{"code":"\#(try code())"}"#)
        #expect(answer.status == 200 && answer["elevated"] as? Bool == true, "\(answer.text)")
        token = answer["token"] as? String
    }

    /// The code of the present step, then that of the next: each step is good once.
    private func code() throws -> String {
        defer { codesUsed += 1 }
        let moment = Int(Date().timeIntervalSince1970) + 30 * codesUsed
        let output = try Tool.run("oathtool", ["--totp", "-b", "-N", "@\(moment)", secret])
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// A school with an administrator, a teacher, a colleague, a senior leader and a safeguarding lead.
struct StaffedSchool {
    let school: RunningSchool
    let administrator, teacher, colleague, leader, safeguarding: Person
    var ids: [String: String] = [:]
    var pupils: [String] = []
    let category: String

    init() throws {
        school = try RunningSchool()
        let setUp = try school.found()
        try school.start()
        administrator = Person(school)
        try administrator.redeem(setUp.token)
        try administrator.signIn("office@whitetrees.example")
        try administrator.enrol(setUp.code)
        try administrator.elevate()
        var people: [Person] = []
        for (name, roles) in [
            ("teacher", #"["staff"]"#), ("colleague", #"["staff"]"#),
            ("leader", #"["staff","slt"]"#), ("safeguarding", #"["staff","dsl"]"#),
        ] {
            let address = "\(name)@whitetrees.example"
            let answer = try administrator.post(
                "/v1/staff",
                #"{"email":"\#(address)","name":"\#(name.capitalized) Person","roles":\#(roles)}"#
            )
            #expect(answer.status == 201)
            ids[name] = answer["id"] as? String
            let person = Person(school)
            try person.redeem(try school.link(to: address))
            try person.signIn(address)
            if let code = answer["enrolmentCode"] as? String { try person.enrol(code) }
            people.append(person)
        }
        (teacher, colleague, leader, safeguarding) = (people[0], people[1], people[2], people[3])
        for name in ["Lucy Arden", "Mark Arden"] {
            let answer = try administrator.post(
                "/v1/pupils",
                #"{"name":"\#(name)","dateOfBirth":"2015-04-09","yearGroup":"5","form":"5B"}"#
            )
            pupils.append(try #require(answer["id"] as? String))
        }
        category = try #require(try teacher.get("/v1/categories").items.first?["id"] as? String)
    }

    /// A new incident's body.
    func incident(_ more: String = "") -> String {
        """
        {"pupil":"\(pupils[0])","occurredAt":"2026-11-20T10:15:00Z","categories":["\(category)"],
         "narrative":"Lucy was crying today, which in my opinion is very unlike her."\(more)}
        """
    }
}
