import Authentication
import Mail
import SQLite

extension School {
    /// Puts a mail into the outbox, in the transaction of the act that causes it.
    func enqueue(
        subject: String,
        body: String,
        to email: EmailAddress,
        at now: Timestamp,
        on connection: Connection
    ) throws {
        let message = try Message(
            from: settings.mailFrom,
            to: try MailAddress(email.text),
            subject: subject,
            body: body,
            date: now
        )
        try outbox.enqueue(message, on: connection, now: now)
    }
}
