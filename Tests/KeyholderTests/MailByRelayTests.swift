import Foundation
import TestRelay
import Testing

/// Mails that leave by SMTP, to a real server over STARTTLS.
@Suite(
    .serialized,
    .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"),
    .enabled(if: TestRelay.missing == nil, "\(TestRelay.missing ?? "")")
)
struct MailByRelayTests {
    private let certificates: TestCertificates
    private let passwordFile: String

    init() throws {
        certificates = try TestCertificates()
        passwordFile = certificates.authority + ".password"
        try Data("Lantern-42\n".utf8).write(to: URL(fileURLWithPath: passwordFile))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: passwordFile
        )
    }

    private func server(port: Int = 0) throws -> TestRelay {
        var settings = try certificates.issue("DNS:localhost")
        settings["security"] = "starttls"
        settings["users"] = ["keyholder": "Lantern-42"]
        settings["port"] = port
        return try TestRelay(settings)
    }

    private func school(port: Int, trust: Bool = true) throws -> RunningSchool {
        let authority = trust ? #", "caFile": "\#(certificates.authority)""# : ""
        return try RunningSchool(
            relay: """
                {"host": "localhost", "port": \(port), "user": "keyholder",
                 "passwordFile": "\(passwordFile)"\(authority)}
                """
        )
    }

    /// An elevated administrator of a school that has just been founded and started.
    private func administrator(of school: RunningSchool) throws -> Person {
        let setUp = try school.found()
        try school.start()
        let administrator = Person(school)
        try administrator.redeem(setUp.token)
        try administrator.signIn("office@whitetrees.example")
        try administrator.enrol(setUp.code)
        try administrator.elevate()
        return administrator
    }

    private func invite(_ name: String, by administrator: Person) throws {
        let answer = try administrator.post(
            "/v1/staff",
            #"{"email":"\#(name)@whitetrees.example","name":"A B","roles":["staff"]}"#
        )
        #expect(answer.status == 201, "\(answer.text)")
    }

    /// The mail to `name`, whatever comes before it.
    private func mail(to name: String, at server: TestRelay) throws -> [String: Any] {
        while true {
            let mail = try #require(try server.next("content"), "no mail to \(name)")
            if mail["recipient"] as? String == "\(name)@whitetrees.example" { return mail }
        }
    }

    private func status(of school: RunningSchool) throws -> String {
        let words = ["mail", "status"] + school.places
        return String(
            decoding: try Tool.run(try RunningSchool.program(), words),
            as: UTF8.self
        )
    }

    @Test func `an invitation reaches the relay over STARTTLS, and its link works`() throws {
        let server = try server()
        let school = try school(port: server.port)
        let administrator = try administrator(of: school)
        try invite("teacher", by: administrator)
        let mail = try mail(to: "teacher", at: server)
        #expect(mail["tls"] as? Bool == true)
        #expect(mail["user"] as? String == "keyholder")
        #expect(mail["sender"] as? String == "keyholder@school.example")
        let content = try #require(mail["content"] as? String)
        let link = try #require(content.firstMatch(of: /https:\/\/school.example\/#reset=(\S+)/))
        let teacher = Person(school)
        try teacher.redeem(String(link.1))
        try teacher.signIn("teacher@whitetrees.example")
        // Sent before it is marked: stopping waits for the mark.
        #expect(school.stop() == 0)
        #expect(try status(of: school).hasPrefix("0 waiting, 0 given up in 90 days, "))
    }

    @Test func `a relay that hangs slows nothing and a crash meanwhile loses nothing`() throws {
        let mute = try TestRelay(["script": ["220 relay\r\n", NSNull()]])
        let school = try school(port: mute.port)
        let administrator = try administrator(of: school)
        try invite("teacher", by: administrator)
        #expect(try mute.next("line") != nil)
        for name in ["one", "two", "three"] { try invite(name, by: administrator) }
        #expect(try administrator.get("/v1/session").status == 200)
        school.kill()
        // Nobody waited for the relay: the courier had not given up yet.
        let before = try status(of: school)
        #expect(before.contains("to teacher@whitetrees.example, written "))
        #expect(before.contains(", waiting, attempts 0"))

        _ = try mute.end()
        let server = try server(port: mute.port)
        try school.start()
        var missing: Set = ["teacher", "one", "two", "three"]
        while !missing.isEmpty {
            let mail = try #require(try server.next("content"), "no mail to \(missing)")
            let recipient = mail["recipient"] as? String
            missing.remove(recipient?.replacing("@whitetrees.example", with: "") ?? "")
        }
    }

    @Test func `a mail that the relay refuses is shown with whom it was for`() throws {
        let server = try server()
        let school = try school(port: server.port)
        let administrator = try administrator(of: school)
        func warned() throws -> [String] {
            let warnings = try administrator.get("/v1/session")["warnings"] as? [String] ?? []
            return warnings.filter { $0.contains("given up") }
        }
        #expect(try warned().isEmpty)
        try invite("never", by: administrator)
        try invite("teacher", by: administrator)
        _ = try mail(to: "teacher", at: server)
        // Whoever manages accounts sees that there is one; whom it was for stands on the machine.
        let warnings = try warned()
        #expect(warnings.count == 1 && !warnings[0].contains("never"), "\(warnings)")
        #expect(school.stop() == 0)
        let line =
            /\S+ to never@whitetrees.example, written \S+, given up \S+, attempts 1: RCPT 550 5.1.1/
        #expect(try status(of: school).contains(line))
    }

    @Test func `the command for a test trusts what the system trusts, and says what is wrong`()
        throws
    {
        let server = try server()
        let school = try school(port: server.port, trust: false)
        func test(_ address: String, _ environment: [String]) throws -> String {
            let words =
                environment + [try RunningSchool.program(), "mail", "test", address]
                + ["--config", school.folder + "/config.json"]
            return String(decoding: try Tool.run("env", words), as: UTF8.self)
        }
        let error = #expect(throws: Tool.Failed.self) { try test("a@whitetrees.example", []) }
        #expect(error?.description.contains("the relay's certificate is refused") == true)
        let trust = ["SSL_CERT_FILE=\(certificates.authority)"]
        #expect(
            try test("a@whitetrees.example", trust) == "handed over; now see whether it arrives\n"
        )
        #expect(try mail(to: "a", at: server)["user"] as? String == "keyholder")
        let refused = #expect(throws: Tool.Failed.self) {
            try test("never@whitetrees.example", trust)
        }
        #expect(refused?.description.contains("ended with 1") == true)
        #expect(refused?.description.contains("keyholder: < 550 5.1.1 <never@") == true)
        #expect(refused?.description.contains("Lantern") == false)
    }

    @Test func `a service whose password file others can read does not start`() throws {
        let school = try school(port: 1)
        _ = try school.found()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644],
            ofItemAtPath: passwordFile
        )
        let words = ["serve", "--listen", "127.0.0.1:0"] + school.places
        let error = #expect(throws: Tool.Failed.self) {
            try Tool.run(try RunningSchool.program(), words)
        }
        #expect(error?.description.contains("has mode 0644 instead of 0400 or 0600") == true)
    }
}
