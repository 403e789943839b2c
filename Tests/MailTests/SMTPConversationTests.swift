import Crypto
import Mail
import Testing

/// The client's side of a session without a socket.
@Suite struct SMTPConversationTests {
    static let envelope = try? Envelope(MessageTests.message())

    static func conversation(
        _ security: SMTPRelay.Security = .startTLS,
        login: Bool = true
    ) -> SMTPConversation {
        SMTPConversation(
            ownName: "school.example",
            security: security,
            login: login
                ? .init(user: "school", password: Secret(Array("pass".utf8))) : nil
        )
    }

    /// The relay's side of a session with all there is.
    static let replies = [
        "220 relay.example ESMTP\r\n", "250-relay.example\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n",
        "220 2.0.0 Ready\r\n", "250-relay.example\r\n250-SIZE 10240000\r\n250 AUTH LOGIN PLAIN\r\n",
        "334 \r\n", "235 2.7.0 Welcome\r\n", "250 2.1.0 Ok\r\n", "250 2.1.5 Ok\r\n", "354 Go\r\n",
        "250 2.0.0 queued\r\n",
    ]

    /// Plays a session, each reply given in pieces; what the client sent, and how it ended.
    static func play(
        _ replies: [[UInt8]],
        _ conversation: SMTPConversation = conversation(),
        cut: (Int, [UInt8]) -> [[UInt8]]
    ) throws -> (sent: [String], end: SMTPConversation.Action?) {
        var conversation = conversation
        var sent: [String] = []
        var isSecure = false
        var action = conversation.begin()
        var next = 0
        var pieces: [[UInt8]] = []
        while true {
            switch action {
            case .read:
                if pieces.isEmpty {
                    guard next < replies.count else { return (sent, nil) }
                    pieces = cut(next, replies[next])
                    next += 1
                }
                action = pieces.isEmpty ? .read : conversation.take(pieces.removeFirst())
                // What the relay says beyond the reply comes with it or not at all.
                if action != .read, !pieces.isEmpty { return (sent, nil) }
            case .send(let octets):
                sent.append(String(decoding: octets, as: UTF8.self))
                action = .read
            case .confide(let secret):
                #expect(isSecure, "a password in clear")
                sent.append(secret.withBytes { String(decoding: $0, as: UTF8.self) })
                action = .read
            case .secure:
                isSecure = true
                sent.append("(TLS)")
                action = conversation.secured()
            case .ready: action = try conversation.send(try #require(envelope))
            case .taken, .left, .over: return (sent, action)
            }
        }
    }

    static func play(
        _ replies: [String],
        _ conversation: SMTPConversation = conversation()
    ) throws -> (sent: [String], end: SMTPConversation.Action?) {
        try play(replies.map { Array($0.utf8) }, conversation) { [$1] }
    }

    @Test func `the whole dialogue is this`() throws {
        let (sent, end) = try Self.play(Self.replies)
        #expect(
            sent.dropLast() == [
                "EHLO school.example\r\n", "STARTTLS\r\n", "(TLS)", "EHLO school.example\r\n",
                "AUTH PLAIN\r\n", "AHNjaG9vbABwYXNz\r\n",
                "MAIL FROM:<keyholder@school.example>\r\n",
                "RCPT TO:<teacher@whitetrees.example>\r\n", "DATA\r\n",
            ]
        )
        #expect(sent.last?.hasSuffix("\r\n\r\n.\r\n") == false)
        #expect(sent.last?.hasSuffix("\r\n.\r\n") == true)
        #expect(end == .taken)
    }

    @Test func `a reply cut anywhere is the same reply`() throws {
        let whole = try Self.play(Self.replies)
        for (place, reply) in Self.replies.enumerated() {
            for position in 1..<reply.utf8.count {
                let cut = try Self.play(Self.replies.map { Array($0.utf8) }) { index, octets in
                    index == place
                        ? [Array(octets[..<position]), Array(octets[position...])] : [octets]
                }
                #expect(cut.sent == whole.sent && cut.end == whole.end)
            }
        }
        let drip = try Self.play(Self.replies.map { Array($0.utf8) }) { $1.map { [$0] } }
        #expect(drip.sent == whole.sent && drip.end == whole.end)
    }

    @Test func `with TLS from the first octet there is one greeting, under TLS`() throws {
        let replies = [Self.replies[0]] + Self.replies[3...]
        let (sent, end) = try Self.play(Array(replies), Self.conversation(.tls))
        #expect(sent.prefix(3) == ["(TLS)", "EHLO school.example\r\n", "AUTH PLAIN\r\n"])
        #expect(end == .taken)
    }

    @Test func `AUTH LOGIN sends the name, then the password`() throws {
        var replies = Self.replies
        replies[3] = "250-relay\r\n250 auth login\r\n"
        replies.replaceSubrange(4...5, with: ["334 VXNl\r\n", "334 UGFz\r\n", "235 ok\r\n"])
        let (sent, end) = try Self.play(replies)
        #expect(sent[4...6] == ["AUTH LOGIN\r\n", "c2Nob29s\r\n", "cGFzcw==\r\n"])
        #expect(end == .taken)
    }

    @Test func `what is offered in clear counts for nothing under TLS`() throws {
        var replies = Self.replies
        replies[3] = "250 relay.example\r\n"
        let (sent, end) = try Self.play(replies)
        #expect(sent.last == "EHLO school.example\r\n")
        #expect(end == .over(.unavailable("neither AUTH PLAIN nor AUTH LOGIN is offered")))
    }

    /// A reply in the place of the one that the whole dialogue has, and what it comes to.
    static let ends: [(place: Int, reply: String, end: SMTPConversation.Action)] = [
        (0, "554 no\r\n", .over(.unavailable("greeting 554"))),
        (0, "421 4.3.2 not now\r\n", .over(.unavailable("greeting 421 4.3.2"))),
        (1, "250 relay.example\r\n", .over(.unavailable("no STARTTLS is offered"))),
        (1, "500 what\r\n", .over(.unavailable("EHLO 500"))),
        (2, "454 4.7.0 no\r\n", .over(.unavailable("STARTTLS 454 4.7.0"))),
        (
            2, "220 go\r\n250 AUTH PLAIN\r\n",
            .over(.unavailable("the relay spoke out of turn"))
        ),
        (2, "220 go\r\n2", .over(.unavailable("the relay spoke out of turn"))),
        (4, "504 5.5.4 no\r\n", .over(.unavailable("AUTH 504 5.5.4"))),
        (4, "235 ok\r\n", .over(.unavailable("AUTH 235"))),
        (5, "535 5.7.8 wrong\r\n", .over(.unavailable("AUTH 535 5.7.8"))),
        (5, "334 more\r\n", .over(.unavailable("AUTH 334"))),
        (6, "550 5.7.1 not you\r\n", .over(.unavailable("MAIL 550 5.7.1"))),
        (6, "451 4.3.0 later\r\n", .over(.unavailable("MAIL 451 4.3.0"))),
        (7, "450 4.2.1 <teacher@x>\r\n", .left(.postponed("RCPT 450 4.2.1"))),
        (7, "550-5.1.1 no\r\n550 5.1.1 one\r\n", .left(.refused("RCPT 550 5.1.1"))),
        (7, "550 9.1.1 no\r\n", .left(.refused("RCPT 550"))),
        (7, "421 4.7.0 bye\r\n", .over(.unavailable("RCPT 421 4.7.0"))),
        (7, "530 5.7.0 who\r\n", .over(.unavailable("RCPT 530 5.7.0"))),
        (7, "354 go\r\n", .over(.unavailable("RCPT 354"))),
        (8, "250 ok\r\n", .over(.interrupted("DATA 250"))),
        (8, "554 5.5.1 no\r\n", .left(.refused("DATA 554 5.5.1"))),
        (8, "451 4.3.0 later\r\n", .left(.interrupted("DATA 451 4.3.0"))),
        (9, "552 5.3.4 big\r\n", .left(.refused("text 552 5.3.4"))),
        (9, "452 4.3.1 full\r\n", .left(.interrupted("text 452 4.3.1"))),
        (9, "421 4.3.2 bye\r\n", .over(.interrupted("text 421 4.3.2"))),
        (9, "354 again\r\n", .over(.interrupted("text 354"))),
        (9, "250 ok\r\n421 bye\r\n", .taken),
        (9, "251 ok\r\n", .taken),
    ]

    @Test(arguments: ends) func `each reply has its consequence`(
        place: Int,
        reply: String,
        end: SMTPConversation.Action
    ) throws {
        var replies = Self.replies
        replies[place] = reply
        #expect(try Self.play(replies).end == end)
    }

    static let malformed = [
        "250 ok\n", "250 ok\r\r\n", "25\r\n", "2500 ok\r\n", "199 no\r\n", "650 no\r\n",
        "260 no\r\n", "250-a\r\n220 b\r\n", "250_a\r\n", "\r\n", " 250 ok\r\n", "abc\r\n",
        "250 a\rb\r\n", "２５０ ok\r\n", "250 " + String(repeating: "x", count: 2_045) + "\r\n",
        "250 " + String(repeating: "x", count: 2_045),
        String(repeating: "250-x\r\n", count: 101),
    ]

    @Test(arguments: malformed) func `what is no reply ends the session`(text: String) throws {
        for place in [0, 3] {
            var replies = Self.replies
            replies[place] = text
            guard case .over(.unavailable(let reason)) = try Self.play(replies).end else {
                Issue.record("`\(text.prefix(40))` was taken")
                continue
            }
            #expect(reason.hasPrefix("the relay sent what is no reply"))
        }
    }

    @Test func `a reply on a hundred lines or without a text is one`() throws {
        var reader = SMTPReplyReader()
        reader.append(Array((String(repeating: "250-x\r\n", count: 99) + "250\r\n").utf8))
        #expect(try reader.next()?.lines.count == 100)
        reader.append(Array("250 \u{1b}[2Jß\r\n".utf8))
        #expect(try reader.next()?.lines == ["?[2J??"])
        #expect(reader.isEmpty)
    }

    @Test func `a mail larger than the relay takes is refused without a word`() throws {
        var replies = Self.replies
        replies[3] = "250-relay\r\n250-AUTH PLAIN\r\n250 SIZE 100\r\n"
        #expect(throws: MailError.refused("larger than the relay takes")) {
            try Self.play(replies)
        }
    }

    @Test func `after a mail that came to nothing the relay forgets it first`() throws {
        var conversation = Self.conversation(.tls, login: false)
        #expect(conversation.begin() == .secure)
        #expect(conversation.secured() == .read)
        func take(_ reply: String) -> SMTPConversation.Action {
            conversation.take(Array("\(reply)\r\n".utf8))
        }
        _ = take("220 relay")
        #expect(take("250 relay") == .ready)
        let envelope = try #require(Self.envelope)
        _ = try conversation.send(envelope)
        _ = take("250 ok")
        #expect(take("550 no") == .left(.refused("RCPT 550")))
        #expect(try conversation.send(envelope) == .send(Array("RSET\r\n".utf8)))
        guard case .send(let line) = take("250 ok") else {
            Issue.record("no MAIL after RSET")
            return
        }
        #expect(line.starts(with: "MAIL FROM:".utf8))
        _ = [take("250 ok"), take("250 ok"), take("354 go")]
        #expect(take("250 ok") == .taken)
        guard case .send(let next) = try conversation.send(envelope) else {
            Issue.record("no MAIL after a mail that was taken")
            return
        }
        #expect(next.starts(with: "MAIL FROM:".utf8))
    }

    /// Text without its lines' ends, and what follows DATA.
    static let texts: [(content: String, sent: String)] = [
        ("a\r\n", "a\r\n.\r\n"), (".\r\n", "..\r\n.\r\n"), ("..\r\n", "...\r\n.\r\n"),
        ("a.\r\n.b\r\n", "a.\r\n..b\r\n.\r\n"), ("\r\n.\r\n\r\n", "\r\n..\r\n\r\n.\r\n"),
        (
            String(repeating: ".", count: 998) + "\r\n",
            String(repeating: ".", count: 999) + "\r\n.\r\n"
        ),
    ]

    @Test(arguments: texts) func `dots that begin a line are doubled`(
        content: String,
        sent: String
    ) throws {
        #expect(String(decoding: try SMTPText.encode(Array(content.utf8)), as: UTF8.self) == sent)
    }

    @Test(arguments: [
        "", "a", "a\n", "a\r", "a\r\n.\n", "a\r\n.\r", "a\r.\r\n", "\n.\r\n", "\r\r\n", "ß\r\n",
        "a\r\n\n.\r\nMAIL FROM:<x@y>\r\n", String(repeating: "x", count: 999) + "\r\n",
    ])
    func `a text that a relay could end elsewhere is not sent`(content: String) {
        #expect(throws: MailError.self) { try SMTPText.encode(Array(content.utf8)) }
    }
}
