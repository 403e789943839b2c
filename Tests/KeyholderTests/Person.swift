import Foundation
import Testing

/// Somebody at a device of their own: requests by `curl`, codes by `oathtool`.
final class Person {
    let school: RunningSchool
    var token: String?
    private(set) var recoveryCodes: [String] = []
    private(set) var secret = ""
    private var codesUsed = 0

    init(_ school: RunningSchool) { self.school = school }

    /// Sends a request and holds the answer to what is true of every answer.
    func call(
        _ method: String,
        _ path: String,
        _ body: Data? = nil,
        headers: [String] = [],
        from address: String? = nil
    ) throws -> Answer {
        var arguments = [
            "-sS", "-i", "--cacert", school.certificate, "-X", method, school.address + path, "-H",
            "Content-Type: application/json", "-H", "Expect:",
        ]
        if let address { arguments += ["--interface", address] }
        for header in headers { arguments += ["-H", header] }
        if let token { arguments += ["-H", "Authorization: Bearer \(token)"] }
        if body != nil { arguments += ["--data-binary", "@-"] }
        let answer = try #require(Answer(printed: try Tool.run("curl", arguments, input: body)))
        #expect(answer.brokenGroundRules.isEmpty, "\(method) \(path): \(answer.brokenGroundRules)")
        return answer
    }

    func get(_ path: String) throws -> Answer { try call("GET", path) }

    func post(_ path: String, _ body: String = "{}") throws -> Answer {
        try call("POST", path, Data(body.utf8))
    }

    func redeem(_ link: String, _ password: String = RunningSchool.password) throws {
        let body = #"{"token":"\#(link)","password":"\#(password)"}"#
        #expect(try post("/v1/password-resets/redeem", body).status == 204)
    }

    func signIn(_ address: String, _ password: String = RunningSchool.password) throws {
        token = nil
        let answer = try post("/v1/session", RunningSchool.signIn(address, password))
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer["elevated"] as? Bool == false)
        token = try #require(answer["token"] as? String)
    }

    /// Sends one request for each person at the same time; the answer is their statuses.
    static func race(_ people: [Person], _ path: String, _ body: String) throws -> [Int] {
        var arguments = ["-Z", "--parallel-immediate", "--parallel-max", "\(people.count)"]
        for (number, person) in people.enumerated() {
            if number > 0 { arguments.append("--next") }
            arguments += [
                "-sS", "--cacert", person.school.certificate, "-o", "/dev/null", "-w",
                "%{http_code}\n", "-H", "Content-Type: application/json", "-H",
                "Authorization: Bearer \(person.token ?? "")", "-d", body,
                person.school.address + path,
            ]
        }
        let output = String(decoding: try Tool.run("curl", arguments), as: UTF8.self)
        return output.split(separator: "\n").compactMap { Int($0) }
    }

    /// Signs in on another device of theirs.
    func another(_ address: String) throws -> Person {
        let other = Person(school)
        try other.signIn(address)
        return other
    }

    func enrol(_ code: String) throws {
        let body = #"{"password":"\#(RunningSchool.password)","enrolmentCode":"\#(code)"}"#
        let answer = try post("/v1/authenticator", body)
        #expect(answer.status == 201, "\(answer.text)")
        try confirm(answer)
    }

    /// Takes the secret of an answer into the app and shows the service its first code.
    func confirm(_ pending: Answer) throws {
        secret = try #require(pending["secret"] as? String)
        codesUsed = 0
        let confirmation = try post(
            "/v1/authenticator/confirmation",
            #"{"code":"\#(try self.code())"}"#
        )
        #expect(confirmation.status == 200, "\(confirmation.text)")
        recoveryCodes = try #require(confirmation["recoveryCodes"] as? [String])
        #expect(recoveryCodes.count == 10)
    }

    /// Elevates the session, by the next code of the app or by the one that is given.
    func elevate(with given: String? = nil) throws {
        let code = try given ?? self.code()
        let answer = try post("/v1/session/elevation", #"{"code":"\#(code)"}"#)
        #expect(answer.status == 200 && answer["elevated"] as? Bool == true, "\(answer.text)")
        let elevated = try #require(answer["token"] as? String)
        #expect(elevated != token)
        token = elevated
    }

    func dropElevation() throws {
        let answer = try call("DELETE", "/v1/session/elevation")
        #expect(answer.status == 200 && answer["elevated"] as? Bool == false, "\(answer.text)")
        token = try #require(answer["token"] as? String)
    }

    /// A code that is not good now, nor within two minutes of now.
    func wrongCode() throws -> String {
        let start = school.seconds - 120
        let good = try codes(from: start, count: 9)
        return try #require(
            (0...9).map { String(repeating: "\($0)", count: 6) }
                .first { !good.contains($0) }
        )
    }

    /// The code of the present step, then that of the next: each step is good once.
    func code() throws -> String {
        defer { codesUsed += 1 }
        let moment = school.seconds + 30 * codesUsed
        return try #require(try codes(from: moment, count: 1).first)
    }

    private func codes(from moment: Int, count: Int) throws -> [String] {
        let output = try Tool.run(
            "oathtool",
            ["--totp", "-b", "-N", "@\(moment)", "-w", "\(count - 1)", secret]
        )
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
