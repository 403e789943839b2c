import Foundation
import Mail
import SQLite
import Synchronization
import TestRelay
import Testing

/// Mails by SMTP to a real server, aiosmtpd, over real TLS.
@Suite(.enabled(if: TestRelay.missing == nil, "\(TestRelay.missing ?? "")"))
struct SMTPRelayTests {
    private let certificates: TestCertificates
    private let passwordFile: String

    init() throws {
        certificates = try TestCertificates()
        passwordFile = certificates.authority + ".password"
        try write("Pass word-ß\n", mode: 0o600)
    }

    private func write(_ password: String, mode: Int) throws {
        try Data(password.utf8).write(to: URL(fileURLWithPath: passwordFile))
        try FileManager.default.setAttributes(
            [.posixPermissions: mode],
            ofItemAtPath: passwordFile
        )
    }

    private func relay(
        _ server: TestRelay,
        _ security: SMTPRelay.Security = .startTLS,
        host: String = "localhost",
        user: String? = nil,
        authorities: String? = nil
    ) -> SMTPRelay {
        SMTPRelay(
            host: host,
            port: server.port,
            security: security,
            credentials: user.map { .init(user: $0, passwordFile: passwordFile) },
            authorities: authorities ?? certificates.authority,
            ownName: "school.example"
        )
    }

    private func server(
        _ security: SMTPRelay.Security = .startTLS,
        _ more: [String: Any] = [:],
        names: String = "DNS:localhost,IP:127.0.0.1",
        isSelfSigned: Bool = false
    ) throws -> TestRelay {
        var settings = try certificates.issue(names, isSelfSigned: isSelfSigned)
        settings["security"] = security.rawValue
        return try TestRelay(settings.merging(more) { $1 })
    }

    private func message(to name: String = "teacher", body: String = "Hello\n") throws -> Message {
        try Message(
            from: try MailAddress("keyholder@school.example"),
            to: try MailAddress("\(name)@whitetrees.example"),
            subject: "Alert",
            body: body,
            date: start
        )
    }

    /// Sends one mail in a session of its own; the error, if it was not taken.
    private func send(_ relay: SMTPRelay, to name: String = "teacher") throws -> MailError? {
        let message = try message(to: name)
        let carrier = MailTransport.smtp(relay).carrier()
        defer { carrier.finish() }
        do throws(MailError) {
            try carrier.deliver(Envelope(message), message.id)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: SMTPRelay.Security.allCases, [[], ["PLAIN"], ["LOGIN"]])
    func `a mail arrives as it was written, over TLS, with either login`(
        security: SMTPRelay.Security,
        without: [String]
    ) throws {
        let server = try server(
            security,
            ["users": ["school": "Pass word-ß"], "without": without]
        )
        let text = "Grüße.\n.\n..two dots\n.\r".replacing("\r", with: "") + "\nFrom x\n"
        let message = try message(body: text + String(repeating: "x", count: 3_000) + "\n")
        let carrier = MailTransport.smtp(relay(server, security, user: "school")).carrier()
        try carrier.deliver(Envelope(message), message.id)
        carrier.finish()
        let login = try #require(try server.next("mechanism"))
        #expect(login["mechanism"] as? String == (without == ["PLAIN"] ? "LOGIN" : "PLAIN"))
        let mail = try #require(try server.next("content"))
        #expect(mail["content"] as? String == String(decoding: message.rendered, as: UTF8.self))
        #expect(mail["tls"] as? Bool == true)
        #expect(mail["user"] as? String == "school")
        #expect(mail["sender"] as? String == "keyholder@school.example")
        #expect(mail["recipient"] as? String == "teacher@whitetrees.example")
    }

    @Test func `a relay that goes by the sender's address is told who greets it`() throws {
        let server = try server()
        #expect(try send(relay(server)) == nil)
        let events = try server.end()
        #expect(
            events.compactMap { $0["ehlo"] as? String } == ["school.example", "school.example"]
        )
        #expect(events.compactMap { $0["tls"] as? Bool } == [false, true, true])
    }

    @Test func `a certificate that is not the relay's is refused before anything is said`() throws {
        let strangers = try TestCertificates()
        let cases: [(server: TestRelay, host: String, authorities: String?, reason: String)] = [
            (try server(names: "DNS:other.example"), "localhost", nil, "hostname mismatch"),
            (try server(names: "DNS:localhost"), "127.0.0.1", nil, "IP address mismatch"),
            (try server(isSelfSigned: true), "localhost", nil, "self-signed certificate"),
            (
                try server(), "localhost", strangers.authority,
                "unable to get local issuer certificate"
            ),
        ]
        for (server, host, authorities, reason) in cases {
            let error = try send(
                relay(server, host: host, user: "school", authorities: authorities)
            )
            guard case .unavailable(let problem) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(problem.contains("certificate is refused"))
            #expect(problem.lowercased().contains(reason.lowercased()), "\(problem)")
            #expect(try !server.end().contains { $0["mechanism"] != nil || $0["content"] != nil })
        }
    }

    @Test func `a certificate for an address is good for the address`() throws {
        let server = try server(.tls)
        #expect(try send(relay(server, .tls, host: "127.0.0.1")) == nil)
    }

    @Test func `nothing is sent in clear`() throws {
        // STARTTLS is not offered; the log-in is.
        let plain = try server(.startTLS, ["security": "plain", "users": ["school": "x"]])
        #expect(
            try send(relay(plain, user: "school")) == .unavailable("no STARTTLS is offered")
        )
        #expect(try plain.end().compactMap { $0["ehlo"] }.count == 1)
        // TLS is expected from the first octet.
        let late = try server(.startTLS)
        guard case .unavailable(let problem) = try send(relay(late, .tls)) else {
            Issue.record("a mail without TLS")
            return
        }
        #expect(problem.contains("TLS failed"), "\(problem)")
    }

    @Test func `what is said before TLS is not heard after it`() throws {
        let server = try TestRelay([
            "script": [
                "220 relay\r\n", "250-relay\r\n250 STARTTLS\r\n",
                "220 go ahead\r\n250-relay\r\n250 AUTH PLAIN\r\n",
            ]
        ])
        #expect(
            try send(relay(server, user: "school"))
                == .unavailable("the relay spoke out of turn")
        )
        let lines = try server.end().compactMap { $0["line"] as? String }
        #expect(lines == ["EHLO school.example", "STARTTLS"])
    }

    @Test func `a wrong password closes the way out`() throws {
        let server = try server(.startTLS, ["users": ["school": "another"]])
        #expect(try send(relay(server, user: "school")) == .unavailable("AUTH 535 5.7.8"))
        #expect(try !server.end().contains { $0["content"] != nil })
    }

    @Test func `a relay that wants a login which nobody set closes the way out`() throws {
        let server = try server()
        #expect(try send(relay(server), to: "stranger") == .unavailable("RCPT 530 5.7.0"))
    }

    @Test func `a login that the relay does not offer closes the way out`() throws {
        let server = try server(
            .startTLS,
            ["users": ["school": "x"], "without": ["PLAIN", "LOGIN"]]
        )
        let error = try send(relay(server, user: "school"))
        #expect(error == .unavailable("neither AUTH PLAIN nor AUTH LOGIN is offered"))
    }

    @Test(arguments: [0o644, 0o640, 0o660]) func `a password that others can read is not used`(
        mode: Int
    ) throws {
        let server = try server(.startTLS, ["users": ["school": "Pass word-ß"]])
        try write("Pass word-ß", mode: mode)
        guard case .unavailable(let problem) = try send(relay(server, user: "school")) else {
            Issue.record("a mail with an open password")
            return
        }
        #expect(problem.contains(passwordFile) && problem.contains("instead of 0400 or 0600"))
        #expect(throws: MailError.self) {
            try MailTransport.smtp(relay(server, user: "school")).check()
        }
        #expect(try server.end().isEmpty)
    }

    @Test func `a file of authorities that is none is told at the start`() throws {
        let server = try server()
        #expect(throws: MailError.self) {
            try MailTransport.smtp(relay(server, authorities: passwordFile)).check()
        }
        try MailTransport.smtp(relay(server, user: "school")).check()
    }

    @Test func `one session carries many mails, and tells those that fail apart`() throws {
        let server = try server()
        let carrier = MailTransport.smtp(relay(server)).carrier()
        func outcome(_ name: String) throws -> MailError? {
            let message = try message(to: name)
            do throws(MailError) {
                try carrier.deliver(Envelope(message), message.id)
                return nil
            } catch {
                return error
            }
        }
        #expect(try outcome("first") == nil)
        #expect(try outcome("later") == .postponed("RCPT 450 4.2.0"))
        #expect(try outcome("never") == .refused("RCPT 550 5.1.1"))
        #expect(try outcome("busy") == .interrupted("text 451 4.3.0"))
        #expect(try outcome("spam") == .refused("text 554 5.7.1"))
        #expect(try outcome("second") == nil)
        carrier.finish()
        let events = try server.end()
        #expect(events.count { $0["session"] != nil } == 1)
        #expect(
            events.compactMap { $0["recipient"] as? String }
                == ["first@whitetrees.example", "second@whitetrees.example"]
        )
    }

    @Test func `a session that has had enough is followed by another`() throws {
        let server = try server()
        let carrier = MailTransport.smtp(relay(server)).carrier()
        for name in ["last", "next"] {
            let message = try message(to: name)
            try carrier.deliver(Envelope(message), message.id)
        }
        carrier.finish()
        let events = try server.end()
        #expect(events.count { $0["content"] != nil } == 2)
        #expect(events.count { $0["session"] != nil } == 2)
    }

    @Test func `a relay that hangs or hangs up costs its time and no more`() throws {
        let server = try server()
        var relay = relay(server)
        relay.patience.text = .milliseconds(200)
        #expect(
            try send(relay, to: "hang") == .interrupted("the relay did not answer in time")
        )
        #expect(
            try send(relay, to: "close") == .interrupted("the relay closed the connection")
        )
        let mute = try TestRelay(["script": [NSNull()]])
        relay = self.relay(mute)
        relay.patience.reply = .milliseconds(200)
        #expect(try send(relay) == .unavailable("the relay did not answer in time"))
        // The whole is bounded where each reply is not.
        relay.patience.reply = .seconds(3_600)
        relay.patience.whole = .milliseconds(200)
        #expect(try send(relay) == .unavailable("the relay did not answer in time"))
        #expect(try send(self.relay(try TestRelay(["script": []]))) != nil)
    }

    @Test func `a relay that is down closes the way out`() throws {
        let server = try server()
        _ = try server.end()
        let refused = MailError.unavailable("cannot connect: Connection refused")
        #expect(try send(relay(server)) == refused)
        let unknown = try send(relay(server, host: "no-such-host.invalid"))
        guard case .unavailable(let reason) = unknown else {
            Issue.record("\(String(describing: unknown))")
            return
        }
        #expect(reason.hasPrefix("the relay's name"))
    }

    @Test func `the dialogue that a person sees has no password and no text`() throws {
        let server = try server(.startTLS, ["users": ["school": "Pass word-ß"]])
        var lines: [String] = []
        let message = try message(body: "Secret words\n")
        let carrier = MailTransport.smtp(relay(server, user: "school")).carrier {
            lines.append($0)
        }
        try carrier.deliver(Envelope(message), message.id)
        carrier.finish()
        #expect(lines.contains("> STARTTLS") && lines.contains("> QUIT"))
        #expect(lines.contains { $0.hasPrefix("* TLSv1.3") })
        #expect(lines.contains("> <secret>"))
        let secrets = ["Secret words", "Pass word", Data("Pass word-ß".utf8).base64EncodedString()]
        for secret in secrets { #expect(!lines.contains { $0.contains(secret) }) }
    }
}
