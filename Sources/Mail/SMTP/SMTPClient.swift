import Crypto

/// Carries mails to a relay, several in one session; confined to one thread.
final class SMTPClient {
    private let relay: SMTPRelay
    private let trace: ((String) -> Void)?
    private var session: Session?

    /// A session that stands.
    private struct Session {
        let connection: RelayConnection
        var conversation: SMTPConversation
    }

    /// A client that connects with the first mail.
    ///
    /// `trace` hears each line of the dialogue, without passwords and texts.
    init(_ relay: SMTPRelay, trace: ((String) -> Void)? = nil) {
        self.relay = relay
        self.trace = trace
    }

    /// Hands a mail over; when this returns, it is the relay's.
    func deliver(_ envelope: Envelope) throws(MailError) {
        if let session = session.take() {
            do throws(MailError) {
                return try handOver(envelope, in: session, until: .now + relay.patience.whole)
            } catch .unavailable(let reason) {
                // Relays end sessions that have had enough mails; this mail had not begun.
                trace?("* \(reason); once more in a new session")
            }
        }
        let deadline = ContinuousClock.now + relay.patience.whole
        try handOver(envelope, in: try open(until: deadline), until: deadline)
    }

    /// Ends the session, if one stands.
    func finish() {
        guard var session = session.take() else { return }
        let deadline = ContinuousClock.now + min(relay.patience.reply, MailLimits.farewell)
        let goodbye = session.conversation.quit()
        // The answer is a farewell or a failure, and nothing hangs on either.
        _ = run(goodbye, in: &session, until: deadline)
        do throws(MailError) {
            try session.connection.finish(until: deadline)
        } catch {
            trace?("* \(error)")
        }
    }

    private func open(until deadline: ContinuousClock.Instant) throws(MailError) -> Session {
        let login = try relay.credentials.map { (credentials) throws(MailError) in
            SMTPConversation.Login(user: credentials.user, password: try credentials.password())
        }
        var session = Session(
            connection: try RelayConnection(to: relay, until: deadline),
            conversation: SMTPConversation(
                ownName: relay.ownName,
                security: relay.security,
                login: login
            )
        )
        let beginning = session.conversation.begin()
        switch run(beginning, in: &session, until: deadline) {
        case .ready: return session
        case .left(let error), .over(let error): throw error
        case .read, .send, .confide, .secure, .taken: preconditionFailure("a mail before its time")
        }
    }

    /// Hands a mail over in a session, which is kept if it can take another.
    private func handOver(
        _ envelope: Envelope,
        in session: Session,
        until deadline: ContinuousClock.Instant
    ) throws(MailError) {
        var session = session
        defer { if session.conversation.state == .mail { self.session = session } }
        let beginning = try session.conversation.send(envelope)
        switch run(beginning, in: &session, until: deadline) {
        case .taken: return
        case .left(let error), .over(let error): throw error
        case .read, .send, .confide, .secure, .ready: preconditionFailure("a mail without an end")
        }
    }

    /// Does what the conversation wants until it has come to something.
    private func run(
        _ first: SMTPConversation.Action,
        in session: inout Session,
        until deadline: ContinuousClock.Instant
    ) -> SMTPConversation.Action {
        var action = first
        var replyBy = min(deadline, .now + relay.patience.reply)
        while true {
            do throws(MailError) {
                switch action {
                case .read:
                    let octets = try session.connection.receive(until: replyBy)
                    action = session.conversation.take(octets)
                    session.conversation.reply?.lines.forEach {
                        trace?("< \(session.conversation.reply?.code ?? 0) \($0)")
                    }
                case .send(let octets):
                    let isText = session.conversation.state == .text
                    let patience = isText ? relay.patience.text : relay.patience.reply
                    replyBy = min(deadline, .now + patience)
                    note(octets, isText: isText)
                    try session.connection.send(octets, until: replyBy)
                    action = .read
                case .confide(let secret):
                    replyBy = min(deadline, .now + relay.patience.reply)
                    trace?("> \(secret)")
                    try session.connection.send(secret, until: replyBy)
                    action = .read
                case .secure:
                    replyBy = min(deadline, .now + relay.patience.reply)
                    try session.connection.secure(as: relay, until: replyBy)
                    trace?("* \(session.connection.protection ?? "")")
                    action = session.conversation.secured()
                case .ready, .taken, .left, .over: return action
                }
            } catch {
                action = session.conversation.lost(error.description)
            }
        }
    }

    private func note(_ octets: [UInt8], isText: Bool) {
        guard let trace else { return }
        if isText { return trace("> (a mail of \(octets.count) octets)") }
        trace("> \(String(decoding: octets.dropLast(2), as: UTF8.self))")
    }
}
