import Foundation
import Testing

/// Somebody at a device of their own: requests by `curl`, codes by `oathtool`.
final class Person {
    let school: RunningSchool
    var token: String?
    private var secret = ""
    private var codesUsed = 0

    init(_ school: RunningSchool) { self.school = school }

    /// Sends a request and holds the answer to what is true of every answer.
    func call(
        _ method: String,
        _ path: String,
        _ body: Data? = nil,
        headers: [String] = []
    ) throws -> Answer {
        var arguments = [
            "-sS", "-i", "--cacert", school.certificate, "-X", method, school.address + path, "-H",
            "Content-Type: application/json", "-H", "Expect:",
        ]
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

    func redeem(_ link: String) throws {
        let body = #"{"token":"\#(link)","password":"\#(RunningSchool.password)"}"#
        #expect(try post("/v1/password-resets/redeem", body).status == 204)
    }

    func signIn(_ address: String) throws {
        token = nil
        let body = #"{"email":"\#(address)","password":"\#(RunningSchool.password)"}"#
        let answer = try post("/v1/session", body)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer["elevated"] as? Bool == false)
        token = try #require(answer["token"] as? String)
    }

    func enrol(_ code: String) throws {
        let body = #"{"password":"\#(RunningSchool.password)","enrolmentCode":"\#(code)"}"#
        let answer = try post("/v1/authenticator", body)
        #expect(answer.status == 201, "\(answer.text)")
        secret = try #require(answer["secret"] as? String)
        let confirmation = try post(
            "/v1/authenticator/confirmation",
            #"{"code":"\#(try self.code())"}"#
        )
        #expect(confirmation.status == 200, "\(confirmation.text)")
        #expect((confirmation["recoveryCodes"] as? [String])?.count == 10)
    }

    func elevate() throws {
        let answer = try post("/v1/session/elevation", #"{"code":"\#(try code())"}"#)
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
        let start = Int(Date().timeIntervalSince1970) - 120
        let good = try codes(from: start, count: 9)
        return try #require(
            (0...9).map { String(repeating: "\($0)", count: 6) }
                .first { !good.contains($0) }
        )
    }

    /// The code of the present step, then that of the next: each step is good once.
    private func code() throws -> String {
        defer { codesUsed += 1 }
        let moment = Int(Date().timeIntervalSince1970) + 30 * codesUsed
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
