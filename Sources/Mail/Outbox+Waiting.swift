public import SQLite

extension Outbox {
    /// How many of the mails that were written at a moment still wait to be handed over.
    public func waiting(writtenAt moment: Timestamp, on connection: Connection) throws -> Int {
        try connection.first(
            "SELECT count(*) FROM mail_outbox WHERE state = 'waiting' AND created_at = ?1",
            .time(moment),
            read: { Int($0.int(0)) }
        ) ?? 0
    }
}
