import Crypto
import Mail
public import SQLite

/// Mail as those who run the service see it.
public enum MailDesk {
    /// Sends a mail that says nothing, past the outbox, to see whether mails arrive.
    ///
    /// `trace` hears the dialogue with the relay, without the password.
    ///
    /// - Throws: `MailError` with what went wrong; `ServiceError.setting` without a way out.
    public static func sendTest(
        to address: String,
        settings: MachineSettings,
        clock: WallClock = .system,
        trace: @escaping (String) -> Void
    ) throws {
        guard let transport = settings.mail else {
            throw ServiceError.setting("neither `mail.directory` nor `mail.smtp` is set")
        }
        let message = try Message(
            from: settings.mailFrom,
            to: try MailAddress(address),
            subject: "A test of Keyholder's mail",
            body: """
                Keyholder at \(settings.publicURL) can send mails to you.

                Somebody who runs it has tried that out; there is nothing to do.

                """,
            date: clock.now()
        )
        let carrier = transport.carrier(trace: trace)
        defer { carrier.finish() }
        try carrier.deliver(Envelope(message), message.id)
    }

    /// What waits and what was given up, a line each under a line of counts.
    ///
    /// Reads a snapshot beside a running service; the recipients are opened with the keys.
    public static func status(paths: SchoolPaths) throws -> [String] {
        let keyRing = try KeyRing(folder: paths.keys)
        let connection = try Connection(
            path: DataFolder.database(in: paths.data),
            access: .reading
        )
        return try connection.snapshot {
            let deed = try DataFolder.deed(on: connection)
            let sealing = try SealingKeys(unwrapping: deed.keys, keyRing: keyRing)
            let outbox = try DataFolder.outbox(sealing)
            let census = try outbox.census(on: connection)
            let since = census.waitingSince.map { " since \($0.rfc3339)" } ?? ""
            return [
                "\(census.waiting) waiting\(since), \(census.dead) given up in 90 days, "
                    + "\(census.sent) sent in 7 days"
            ] + (try outbox.unsent(on: connection)).map(line)
        }
    }

    private static func line(_ mail: Outbox.Unsent) -> String {
        let state = mail.givenUpAt.map { "given up \($0.rfc3339)" } ?? "waiting"
        let recipient = mail.recipient.map { "\($0)" } ?? "(unknown)"
        return "\(mail.id) to \(recipient), written \(mail.createdAt.rfc3339), \(state), "
            + "attempts \(mail.attempts)" + (mail.problem.map { ": \($0)" } ?? "")
    }
}

extension School {
    /// Tells the operator's log of mails that were given up, or that have no way out.
    func reportUnsentMails() throws {
        let census = try readers.read(steps: 1_000_000) { try outbox.census(on: $0) }
        let log = RequestLog()
        if census.dead > 0 {
            log.failure("mails given up: \(census.dead); keyholder mail status names them")
        }
        if census.waiting > 0, settings.mail == nil {
            log.failure("mails waiting: \(census.waiting); no way out is set")
        }
    }
}
