import Mail
import Service
import Testing

@Suite struct MachineSettingsTests {
    static func settings(
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        _ file: String? = nil
    ) throws -> MachineSettings {
        try MachineSettings(
            flags: flags,
            environment: environment,
            file: file.map { MachineSettings.File(name: "config.json", bytes: Array($0.utf8)) }
        )
    }

    @Test func `without any setting it listens on loopback alone and mails nothing`() throws {
        let settings = try Self.settings()
        #expect(settings.listen.map(\.description) == ["127.0.0.1:8080"])
        #expect(settings.listen.map(\.isLoopback) == [true])
        #expect(settings.publicURL.description == "http://127.0.0.1:8080")
        #expect(settings.mailFrom.description == "keyholder@127.0.0.1")
        #expect(settings.mail == nil && settings.tls == nil && settings.metricsListen == nil)
        #expect(settings.trustedProxies.isEmpty)
        #expect(settings.rows.allSatisfy { $0.source == "default" })
    }

    @Test func `a flag goes before the environment, the environment before the file`() throws {
        let file = #"{"publicUrl": "https://file.example", "mail": {"directory": "/file"}}"#
        func source(_ settings: MachineSettings, _ key: String) -> String? {
            settings.rows.first { $0.key == key }?.source
        }
        let one = try Self.settings(file)
        #expect(one.publicURL.description == "https://file.example")
        #expect(source(one, "publicUrl") == "config.json: publicUrl")
        let two = try Self.settings(
            environment: ["KEYHOLDER_PUBLIC_URL": "https://env.example", "KEYHOLDER_MAIN": "x"],
            file
        )
        #expect(two.publicURL.host == "env.example")
        #expect(source(two, "publicUrl") == "environment KEYHOLDER_PUBLIC_URL")
        let three = try Self.settings(
            flags: ["public-url": "https://flag.example"],
            environment: [
                "KEYHOLDER_PUBLIC_URL": "https://env.example",
                "KEYHOLDER_MAIL_DIRECTORY": "/env",
            ],
            file
        )
        #expect(three.publicURL.authority == "flag.example")
        #expect(source(three, "publicUrl") == "flag --public-url")
        #expect(source(three, "mail.directory") == "environment KEYHOLDER_MAIL_DIRECTORY")
        #expect(three.rows.first { $0.key == "mail.directory" }?.value == "/env")
    }

    @Test func `a relay is reached over STARTTLS by default, or over TLS`() throws {
        let usual = try Self.settings(
            #"{"publicUrl": "https://school.example", "mail": {"smtp": {"host": "mail.example"}}}"#
        )
        #expect(
            usual.mail
                == .smtp(
                    SMTPRelay(
                        host: "mail.example",
                        port: 587,
                        security: .startTLS,
                        ownName: "school.example"
                    )
                )
        )
        let other = try Self.settings(
            environment: ["KEYHOLDER_MAIL_SMTP_PASSWORD_FILE": "/run/credentials/smtp"],
            """
            {"mail": {"smtp": {"host": "[::1]", "security": "tls", "user": "school@mail.example",
             "caFile": "/etc/ca.pem"}}}
            """
        )
        let relay = SMTPRelay(
            host: "::1",
            port: 465,
            security: .tls,
            credentials: .init(
                user: "school@mail.example",
                passwordFile: "/run/credentials/smtp"
            ),
            authorities: "/etc/ca.pem",
            ownName: "[127.0.0.1]"
        )
        #expect(other.mail == .smtp(relay))
        let rows = other.rows.filter { $0.key.hasPrefix("mail.smtp.") }
        #expect(rows.map(\.value).contains("/run/credentials/smtp") && rows.count == 6)
    }

    @Test func `comments are allowed where a value is not text`() throws {
        let settings = try Self.settings(
            """
            // The school.
            { /* its name */ "publicUrl": "https://school.example", // not a comment: "//"
              "mail": {"from": "office@school.example" /* " */ }, "behindProxy": true }
            """
        )
        #expect(settings.publicURL.description == "https://school.example")
        #expect(settings.mailFrom.description == "office@school.example")
        #expect(settings.trustedProxies.count == 2)
    }

    @Test func `the port of a guessed address is the default where none is fixed`() throws {
        let settings = try Self.settings(flags: ["listen": "0.0.0.0:0,[::1]:8443"])
        #expect(settings.publicURL.description == "http://127.0.0.1:8080")
        #expect(settings.listen.map(\.isLoopback) == [false, true])
        #expect(settings.listen.map(\.port) == [0, 8443])
    }

    static let mistakes: [(file: String, message: String)] = [
        (#"{"lisen": "127.0.0.1:1"}"#, "config.json: unknown key `lisen`"),
        (#"{"mail": {"directory": "/m", "smpt": {"host": "x"}}}"#, "unknown key `mail.smpt.host`"),
        (#"{"mail": "folder"}"#, "unknown key `mail`"),
        (#"{"listen": "localhost:8080"}"#, "config.json: `listen` must be a list"),
        (#"{"listen": "127.0.0.1"}"#, "`listen` must be"), (#"{"listen": []}"#, "`listen` must"),
        (#"{"listen": "127.0.0.1:65536"}"#, "`listen` must"),
        (#"{"publicUrl": "https://school.example/"}"#, "`publicUrl` must be `https://`"),
        (#"{"publicUrl": "https://School.example"}"#, "`publicUrl` must"),
        (#"{"publicUrl": "ftp://school.example"}"#, "`publicUrl` must"),
        (#"{"publicUrl": "https://a@school.example"}"#, "`publicUrl` must"),
        (#"{"publicUrl": "https://school.example:0x1"}"#, "`publicUrl` must"),
        (#"{"publicUrl": "https://school.example#x"}"#, "`publicUrl` must"),
        (#"{"publicUrl": 3}"#, "`publicUrl` must"),
        (#"{"tls": {"certificate": "/c.pem"}}"#, "`tls.certificate` needs `tls.key`"),
        (#"{"tls": {"key": "/k.pem"}}"#, "`tls.key` needs `tls.certificate`"),
        (#"{"mail": {"from": "a@b\r\nBcc: c@d"}}"#, "`mail.from` must be a mail address"),
        (
            #"{"mail": {"directory": "/m", "smtp": {"host": "mail.example"}}}"#,
            "`mail.directory` and `mail.smtp` cannot both"
        ),
        (#"{"mail": {"smtp": {"port": 25}}}"#, "`mail.smtp` needs `mail.smtp.host`"),
        (#"{"mail": {"smtp": {}}}"#, "unknown key `mail.smtp`"),
        (#"{"mail": {"smtp": {"host": "mail.example:25"}}}"#, "`mail.smtp.host` must be a host"),
        (#"{"mail": {"smtp": {"host": "a b"}}}"#, "`mail.smtp.host` must be a host"),
        (#"{"mail": {"smtp": {"host": "m", "port": 0}}}"#, "`mail.smtp.port` must be an integer"),
        (
            #"{"mail": {"smtp": {"host": "m", "security": "none"}}}"#,
            "`mail.smtp.security` must be `starttls` or `tls`"
        ),
        (
            #"{"mail": {"smtp": {"host": "m", "user": "u"}}}"#,
            "`mail.smtp.user` needs `mail.smtp.passwordFile`"
        ),
        (
            #"{"mail": {"smtp": {"host": "m", "passwordFile": "/p"}}}"#,
            "`mail.smtp.passwordFile` needs `mail.smtp.user`"
        ),
        (
            #"{"mail": {"smtp": {"host": "m", "password": "p"}}}"#,
            "unknown key `mail.smtp.password`"
        ),
        (#"{"metrics": {"listen": "0.0.0.0:9100"}}"#, "`metrics.listen` must be a loopback"),
        (#"{"behindProxy": ["10.0.0.1/8"]}"#, "`behindProxy` must be `true`"),
        (#"{"server": {"headBytes": 1}}"#, "`server.headBytes` must be an integer from 1024"),
        (#"{"server": {"idleSeconds": 1.5}}"#, "`server.idleSeconds` must be an integer from 1"),
        (#"{"listen": "127.0.0.1:1", "listen": "127.0.0.1:2"}"#, "config.json: duplicate key"),
        ("{} /* ", "config.json: a comment has no end"), ("[]", "expected an object"),
        ("", "config.json: expected a value"), ("{}x", "expected the end"),
    ]

    @Test(arguments: mistakes) func `a mistake is an error that names it`(
        file: String,
        message: String
    ) throws {
        let error = try #require(throws: ConfigurationError.self) { try Self.settings(file) }
        #expect(error.description.contains(message), "\(error)")
    }

    @Test func `a strange flag is an error, a strange variable is not`() throws {
        #expect(throws: ConfigurationError.self) { try Self.settings(flags: ["lisen": "x"]) }
        _ = try Self.settings(environment: ["KEYHOLDER_LISEN": "x"])
        let error = try #require(throws: ConfigurationError.self) {
            try Self.settings(environment: ["KEYHOLDER_SERVER_IDLE_SECONDS": "0"])
        }
        #expect(
            error.description
                == "environment `KEYHOLDER_SERVER_IDLE_SECONDS` must be an integer from 1 to 600"
        )
    }

    @Test func `the place of a mistake after a comment is the one in the file`() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Self.settings("// one\n/* two\n three */ {\n  \"listen\": }")
        }
        #expect(error.description.hasSuffix("at line 4, column 13"), "\(error)")
    }
}
