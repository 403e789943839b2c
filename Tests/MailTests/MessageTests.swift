import Foundation
import Mail
import SQLite
import Testing

@Suite struct MessageTests {
    static let date = Timestamp(milliseconds: 1_795_442_709_120)

    static func message(
        subject: String = "Reset your password",
        body: String = "Open this link:\n\nhttps://school.example/#reset=abc_DEF-123\n"
    ) throws -> Message {
        try Message(
            from: try MailAddress("keyholder@school.example"),
            to: try MailAddress("teacher@whitetrees.example"),
            subject: subject,
            body: body,
            date: date,
            id: Identifier(rawValue: 1)
        )
    }

    @Test func `a plain mail is rendered to the octet`() throws {
        #expect(
            String(decoding: try Self.message().rendered, as: UTF8.self)
                == [
                    "From: keyholder@school.example", "To: teacher@whitetrees.example",
                    "Subject: Reset your password", "Date: Mon, 23 Nov 2026 14:05:09 +0000",
                    "Message-ID: <0000000000001@school.example>", "MIME-Version: 1.0",
                    "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit",
                    "Auto-Submitted: auto-generated", "", "Open this link:", "",
                    "https://school.example/#reset=abc_DEF-123", "",
                ].joined(separator: "\r\n")
        )
    }

    @Test(arguments: [
        "a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\0b", "", "a\u{2028}b", "a\u{7f}b", "a\u{85}b",
        String(repeating: "x", count: 201),
    ])
    func `a subject that is not one short line makes no mail`(subject: String) {
        #expect(throws: MailError.self) { try Self.message(subject: subject) }
    }

    @Test(arguments: ["", "a\rb", "a\r\n.\r\nMAIL FROM:<x@y.example>", "a\0b", "\u{1b}[2J"])
    func `a text with control characters makes no mail`(body: String) {
        #expect(throws: MailError.self) { try Self.message(body: body) }
    }

    @Test(arguments: [
        "a@b\r\nRCPT TO:<c@d>", "a@b,c@d", "<a@b>", "a b@c", "a@", "@b", "a@b@c", "a@b..c", ".a@b",
        "a@[127.0.0.1]", "\"a\"@b", "é@b", "a@é.example", "a", "", "a@b\0",
        String(repeating: "a", count: 65) + "@b.example",
        "a@" + String(repeating: "b.", count: 130) + "c",
    ])
    func `what is not one plain address is refused`(text: String) {
        #expect(throws: MailError.self) { try MailAddress(text) }
    }

    @Test(arguments: ["o'brien@school.example", "a.b+c@x-y.example", "keyholder@127.0.0.1"])
    func `an ordinary address stays as it is`(text: String) throws {
        #expect(try MailAddress(text).description == text)
    }

    static let texts = [
        "Grüße aus École Zürich: £5 für “Noël” 👩‍👧 =?utf-8?Q?no?= trailing  ",
        "=?utf-8?B?bm8=?=", "plain words", String(repeating: "long words ", count: 18),
        String(repeating: "ß", count: 100), " leading", "trailing ", "a = b; c=3D",
    ]

    /// The reader is Python's `email` package.
    @Test(arguments: texts) func `another program reads what was written`(text: String) throws {
        let body =
            [text, "\t\(text)", "https://school.example/#reset=abc_DEF-123", ".", "From x"]
            .joined(separator: "\n") + "\n" + String(repeating: text, count: 12)
        let rendered = try Self.message(subject: text, body: body).rendered
        let read = try run(
            "python3",
            "-c",
            """
            import email, email.policy, sys
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            assert not m.defects, m.defects
            sys.stdout.write(m["subject"] + "\\0" + m.get_content().replace("\\r\\n", "\\n"))
            """,
            input: rendered
        )
        #expect(read == "\(text)\0\(body)\n")
    }

    @Test(arguments: texts) func `no line is longer than the standard wants`(text: String) throws {
        let body = String(repeating: text, count: 90)
        let rendered = String(
            decoding: try Self.message(subject: text, body: body).rendered,
            as: UTF8.self
        )
        let halves = rendered.components(separatedBy: "\r\n\r\n")
        #expect(halves[0].components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
        #expect(halves[1].components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 998 })
        #expect(rendered.utf8.allSatisfy { $0 < 0x80 })
        #expect(!rendered.replacingOccurrences(of: "\r\n", with: "").contains { $0.isNewline })
    }
}

/// Runs a program with `input` on its standard input; answers what it printed.
func run(_ program: String, _ arguments: String..., input: [UInt8] = []) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: input)
    try stdin.fileHandleForWriting.close()
    let printed = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "`\(program)` failed")
    return String(decoding: printed, as: UTF8.self)
}
