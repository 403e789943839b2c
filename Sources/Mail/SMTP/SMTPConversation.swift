package import Crypto

/// The client's side of an SMTP session (RFC 5321), without a socket.
///
/// It takes what the relay says and answers what to do next. No command is sent before the reply
/// to the one before, so whatever comes after a reply was not ours to get: it ends the session.
package struct SMTPConversation {
    /// What to do next.
    package enum Action: Equatable {
        /// Wait for more of the reply.
        case read
        /// Send this and wait for the reply.
        case send([UInt8])
        /// Send this, which nobody may see, and wait for the reply.
        case confide(Secret)
        /// Do the TLS handshake, then call `secured()`.
        case secure
        /// The session waits for a mail.
        case ready
        /// The relay has the mail.
        case taken
        /// The relay has not taken the mail; the session goes on.
        case left(MailError)
        /// The session is over; a mail that was under way was not taken.
        case over(MailError)
    }

    /// Who we say we are, once TLS is on.
    package struct Login {
        let user: String
        let password: Secret

        package init(user: String, password: Secret) {
            self.user = user
            self.password = password
        }
    }

    /// The command whose reply is awaited, or what else the session waits for.
    enum State {
        case greeting, hello, startTLS, handshake
        case plainLogin, loginUser, loginPassword, credentials
        case mail, reset, sender, recipient, data, text
        case goodbye, closed
    }

    private let ownName: String
    private let security: SMTPRelay.Security
    private let login: Login?
    private var reader = SMTPReplyReader()
    /// The reply that the last octets completed, for a person who follows the dialogue.
    private(set) var reply: SMTPReply?
    private(set) var state = State.greeting
    private var isSecure = false
    private var offer = SMTPOffer()
    private var parcel: Parcel?
    /// Whether the relay still holds the beginning of a mail that came to nothing.
    private var needsReset = false

    /// A mail under way, its text as it will be sent.
    private struct Parcel {
        let sender: MailAddress
        let recipient: MailAddress
        let text: [UInt8]
    }

    package init(ownName: String, security: SMTPRelay.Security, login: Login?) {
        self.ownName = ownName
        self.security = security
        self.login = login
    }

    /// Begins the session once the connection stands.
    package mutating func begin() -> Action {
        guard security == .tls else { return .read }
        state = .handshake
        return .secure
    }

    /// Goes on after the TLS handshake.
    package mutating func secured() -> Action {
        precondition(state == .handshake, "a handshake that nobody asked for")
        isSecure = true
        // RFC 3207, section 4.2: what was learned in clear is forgotten.
        (offer, reader) = (SMTPOffer(), SMTPReplyReader())
        guard security == .tls else { return hello() }
        state = .greeting
        return .read
    }

    /// Begins a mail; only while the session waits for one.
    package mutating func send(_ envelope: Envelope) throws(MailError) -> Action {
        precondition(state == .mail, "a mail before its time")
        let text = try SMTPText.encode(envelope.content)
        if let size = offer.size, text.count > size {
            throw .refused("larger than the relay takes")
        }
        parcel = Parcel(sender: envelope.sender, recipient: envelope.recipient, text: text)
        return needsReset ? command("RSET", then: .reset) : mailFrom()
    }

    /// Says goodbye; only while the session waits for a mail.
    package mutating func quit() -> Action {
        precondition(state == .mail, "a goodbye in the middle")
        return command("QUIT", then: .goodbye)
    }

    /// Takes octets from the relay.
    package mutating func take(_ octets: [UInt8]) -> Action {
        reader.append(octets)
        do throws(SMTPReplyReader.Malformed) {
            reply = try reader.next()
        } catch {
            return lost("the relay sent what is no reply: \(error.description)")
        }
        guard let reply else { return .read }
        let action = answer(to: reply)
        if reader.isEmpty { return action }
        // In front of a handshake these octets may be a stranger's, who wants them read as said
        // under TLS (CVE-2011-0411); elsewhere they would pass for the reply to the next command.
        switch action {
        case .taken, .left, .over:
            // What the relay said of this mail came first, and stands.
            state = .closed
            return action
        case .read, .send, .confide, .secure, .ready:
            return lost("the relay spoke out of turn")
        }
    }

    /// Ends the session for a reason from outside: the connection, the time, the certificate.
    package mutating func lost(_ reason: String) -> Action {
        // Only a mail whose recipient the relay has heard can be what broke the session.
        let isParcel = [.recipient, .data, .text].contains(state)
        return end(isParcel ? .interrupted(reason) : .unavailable(reason))
    }

    private mutating func end(_ error: MailError) -> Action {
        (state, parcel) = (.closed, nil)
        return .over(error)
    }

    private mutating func command(_ line: String, then next: State) -> Action {
        state = next
        return .send(Array("\(line)\r\n".utf8))
    }
}

/// The opening: greeting, TLS, login.
extension SMTPConversation {
    private mutating func answer(to reply: SMTPReply) -> Action {
        switch state {
        case .greeting: reply.code == 220 ? hello() : unfit("greeting", reply)
        case .hello: reply.code == 250 ? heard(SMTPOffer(reply)) : unfit("EHLO", reply)
        case .startTLS: reply.code == 220 ? handshake() : unfit("STARTTLS", reply)
        case .plainLogin, .loginUser, .loginPassword, .credentials: logIn(reply)
        case .reset: reply.kind == .done ? mailFrom() : unfit("RSET", reply)
        // The sender is the same for every mail: none would go through.
        case .sender: reply.kind == .done ? recipientTo() : unfit("MAIL", reply)
        case .recipient: answerToRecipient(reply)
        case .data: answerToData(reply)
        case .text: verdict(reply)
        case .goodbye: end(.unavailable("the session is over"))
        case .handshake, .mail, .closed: lost("the relay spoke out of turn")
        }
    }

    /// Ends a session in which no mail can be sent.
    private mutating func unfit(_ command: String, _ reply: SMTPReply) -> Action {
        end(.unavailable("\(command) \(reply.summary)"))
    }

    private mutating func hello() -> Action { command("EHLO \(ownName)", then: .hello) }

    private mutating func handshake() -> Action {
        state = .handshake
        return .secure
    }

    private mutating func heard(_ offer: SMTPOffer) -> Action {
        guard isSecure else {
            // Whoever takes the offer out of the reply gets no mail in clear.
            guard offer.hasStartTLS else { return end(.unavailable("no STARTTLS is offered")) }
            return command("STARTTLS", then: .startTLS)
        }
        self.offer = offer
        guard login != nil else { return waitForMail() }
        // Without the initial response of RFC 4954, section 4: not every password would fit in it.
        switch offer.mechanism {
        case .plain: return command("AUTH PLAIN", then: .plainLogin)
        case .login: return command("AUTH LOGIN", then: .loginUser)
        case nil: return end(.unavailable("neither AUTH PLAIN nor AUTH LOGIN is offered"))
        }
    }

    private mutating func logIn(_ reply: SMTPReply) -> Action {
        precondition(isSecure, "a password in clear")
        guard let login else { preconditionFailure("a login without a name") }
        switch (state, reply.code) {
        case (.plainLogin, 334):
            state = .credentials
            // RFC 4616: no other identity, the user, the password, a NUL before each of the two.
            let user = Array(login.user.utf8)
            return confide(
                Secret(count: user.count + login.password.count + 2) { octets in
                    octets[1...].copyBytes(from: user)
                    login.password.withBytes { octets[(user.count + 2)...].copyBytes(from: $0) }
                }
            )
        case (.loginUser, 334):
            state = .loginPassword
            return confide(Secret(Array(login.user.utf8)))
        case (.loginPassword, 334):
            state = .credentials
            return confide(login.password)
        case (.credentials, 235): return waitForMail()
        case _: return unfit("AUTH", reply)
        }
    }

    private func confide(_ message: Secret) -> Action {
        let text = Base64.standard.encode(message)
        return .confide(
            Secret(count: text.count + 2) { line in
                text.withBytes { line.copyBytes(from: $0) }
                line[text.count] = UInt8(ascii: "\r")
                line[text.count + 1] = UInt8(ascii: "\n")
            }
        )
    }

    private mutating func waitForMail() -> Action {
        state = .mail
        return .ready
    }
}

/// A mail.
extension SMTPConversation {
    private mutating func mailFrom() -> Action {
        guard let parcel else { preconditionFailure("no mail is under way") }
        needsReset = true
        return command("MAIL FROM:<\(parcel.sender)>", then: .sender)
    }

    private mutating func recipientTo() -> Action {
        guard let parcel else { preconditionFailure("no mail is under way") }
        return command("RCPT TO:<\(parcel.recipient)>", then: .recipient)
    }

    private mutating func answerToRecipient(_ reply: SMTPReply) -> Action {
        switch reply.kind {
        case .done: command("DATA", then: .data)
        case .later where reply.code != 421: leave(.postponed("RCPT \(reply.summary)"))
        case .never where reply.code != 530: leave(.refused("RCPT \(reply.summary)"))
        // 421: the relay closes (RFC 5321, section 3.8); 530: it wants a login that we have not
        // (RFC 4954, section 6); 3yz: it has lost the thread.
        case .later, .never, .goOn: unfit("RCPT", reply)
        }
    }

    private mutating func answerToData(_ reply: SMTPReply) -> Action {
        guard reply.code == 354 else { return fail("DATA", reply) }
        guard let parcel else { preconditionFailure("no mail is under way") }
        state = .text
        return .send(parcel.text)
    }

    private mutating func verdict(_ reply: SMTPReply) -> Action {
        // The end of the text clears what the relay holds, whatever it thinks of it
        // (RFC 5321, section 4.1.1.4).
        needsReset = false
        guard reply.kind == .done else { return fail("text", reply) }
        (state, parcel) = (.mail, nil)
        return .taken
    }

    /// What a relay says after the recipient is of the mail or of its own state: one cannot tell.
    private mutating func fail(_ command: String, _ reply: SMTPReply) -> Action {
        let reason = "\(command) \(reply.summary)"
        switch reply.kind {
        case .never: return leave(.refused(reason))
        case .later where reply.code != 421: return leave(.interrupted(reason))
        case .later, .done, .goOn: return end(.interrupted(reason))
        }
    }

    private mutating func leave(_ error: MailError) -> Action {
        (state, parcel) = (.mail, nil)
        return .left(error)
    }
}
