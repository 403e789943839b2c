import Foundation
import Mail
import SQLite
import Testing

@Suite struct OutboxTests {
    let store = try? Store()

    /// An outbox in a file of its own, sealed by turning every bit over.
    final class Store {
        let folder = FileManager.default.temporaryDirectory.path + "/mail-\(UUID())"
        let connection: Connection
        let outbox = Outbox(
            seal: { text, _, _ in text.map { ~$0 } },
            open: { sealed, _, _ in sealed.map { ~$0 } }
        )
        var path: String { folder + "/test.db" }

        init() throws {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            connection = try Connection(path: folder + "/test.db", access: .writing)
            try Migrations.apply([Outbox.migrations], to: connection, now: start)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        @discardableResult func enqueue(at now: Timestamp = start) throws -> Message {
            let message = try Message(
                from: try MailAddress("keyholder@school.example"),
                to: try MailAddress("teacher@whitetrees.example"),
                subject: "Alert",
                body: "Secret words",
                date: now
            )
            try outbox.enqueue(message, on: connection, now: now)
            return message
        }

        /// What an attempt came to; how many mails were given up by that.
        @discardableResult func mark(
            _ message: Message,
            _ outcome: Outbox.Outcome,
            at now: Timestamp = start
        ) throws -> Int {
            try outbox.mark(message.id, outcome, on: connection, now: now)
        }

        func next(at now: Timestamp = start) throws -> Timestamp? {
            try outbox.agenda(on: connection, now: now).next
        }

        var census: Outbox.Census { get throws { try outbox.census(on: connection) } }

        func sqlite(_ sql: String) throws -> String { try run("sqlite3", path, sql) }
    }

    @Test func `a mail is due from the moment it is written, sealed`() throws {
        let store = try #require(store)
        let message = try store.enqueue()
        let agenda = try store.outbox.agenda(on: store.connection, now: start)
        #expect(try agenda.due.map { try $0.envelope.get() } == [Envelope(message)])
        #expect(agenda.next == start)
        let raw = try store.sqlite("SELECT quote(envelope), quote(recipient) FROM mail_outbox")
        let plain = Data("teacher".utf8).map { String(format: "%02X", $0) }.joined()
        #expect(!raw.contains(plain))
    }

    @Test func `an act that fails takes its mail with it`() throws {
        let store = try #require(store)
        struct Refusal: Error {}
        #expect(throws: Refusal.self) {
            try store.connection.savepoint {
                try store.enqueue()
                throw Refusal()
            }
        }
        #expect(try store.outbox.agenda(on: store.connection, now: start).next == nil)
    }

    @Test func `what a sent or dead mail said is wiped, but not whom a dead one was for`() throws {
        let store = try #require(store)
        let (sent, dead) = (try store.enqueue(), try store.enqueue())
        try store.mark(sent, .sent)
        #expect(try store.mark(dead, .failed(.refused("RCPT 550"))) == 1)
        #expect(
            try store.sqlite(
                "SELECT state, envelope IS NULL, recipient IS NULL FROM mail_outbox ORDER BY state"
            ) == "dead|1|0\nsent|1|1\n"
        )
        var census = Outbox.Census()
        (census.sent, census.dead) = (1, 1)
        #expect(try store.census == census)
        let unsent = try store.outbox.unsent(on: store.connection)
        #expect(unsent.map(\.id) == [dead.id])
        #expect(unsent.first?.recipient == dead.to)
        #expect(unsent.first?.problem == "RCPT 550")
        #expect(unsent.first?.givenUpAt == start)
        #expect(try store.outbox.lastGivenUp(on: store.connection) == start)
    }

    @Test(arguments: [MailError.postponed("451"), .interrupted("451")])
    func `a mail that fails waits longer each time and is dead after three days`(
        error: MailError
    ) throws {
        let store = try #require(store)
        let message = try store.enqueue()
        var (now, waits): (Timestamp, [Duration]) = (start, [])
        while let next = try store.next(at: now) {
            waits.append(next - now)
            now = next
            try store.mark(message, .failed(error), at: now)
        }
        #expect(waits.prefix(4) == [.zero, .seconds(60), .seconds(120), .seconds(240)])
        #expect(waits.max() == .seconds(3_600))
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(now <= start + .seconds(3 * 86_400) && now > start + .seconds(2 * 86_400))
        #expect(try store.census.dead == 1)
    }

    @Test func `a relay that is down makes no mail wait for long, and kills what is too old`()
        throws
    {
        let store = try #require(store)
        let (tried, other) = (try store.enqueue(), try store.enqueue())
        let late = try store.enqueue(at: start + .seconds(86_400))
        var now = start
        for _ in 0..<20 {
            #expect(try store.mark(tried, .failed(.unavailable("refused")), at: now) == 0)
            let row = try store.sqlite(
                "SELECT next_attempt_at FROM mail_outbox WHERE id = \(tried.id.rawValue)"
            )
            let next = Timestamp(milliseconds: Int64(row.dropLast()) ?? 0)
            #expect(next > now && next <= now + .seconds(300))
            now = next
        }
        // The other has not been tried, and is not made to wait.
        #expect(try store.next(at: start) == start)
        #expect(
            try store.mark(
                tried,
                .failed(.unavailable("refused")),
                at: start + .seconds(3 * 86_400)
            ) == 2
        )
        let unsent = try store.outbox.unsent(on: store.connection)
        #expect(unsent.map(\.givenUpAt).count { $0 != nil } == 2)
        #expect(unsent.first { $0.givenUpAt == nil }?.id == late.id)
        #expect(unsent.first { $0.id == other.id }?.problem == "refused")
    }

    @Test func `when the way is open again nothing that waits goes on waiting`() throws {
        let store = try #require(store)
        let message = try store.enqueue()
        for _ in 0..<8 { try store.mark(message, .failed(.interrupted("451"))) }
        #expect(try store.next() == start + .seconds(3_600))
        try store.outbox.reopen(on: store.connection, now: start + .seconds(1))
        #expect(try store.next() == start + .seconds(1))
    }

    @Test func `rows of sent mails go after a week, those of dead ones after 90 days`() throws {
        let store = try #require(store)
        let (sent, dead) = (try store.enqueue(), try store.enqueue())
        try store.mark(sent, .sent)
        #expect(try store.outbox.lastGivenUp(on: store.connection) == nil)
        try store.mark(dead, .failed(.refused("550")))
        func left(after days: Int64) throws -> [Int] {
            try store.mark(sent, .sent, at: start + .seconds(days * 86_400))
            let census = try store.census
            return [census.sent, census.dead]
        }
        #expect(try left(after: 6) == [1, 1])
        #expect(try left(after: 7) == [0, 1])
        #expect(try left(after: 89) == [0, 1])
        #expect(try left(after: 90) == [0, 0])
    }

    @Test func `a mail that an older program wrote is there for this one`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/mail-\(UUID()).db"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let outbox = try #require(store).outbox
        let connection = try Connection(path: path, access: .writing)
        let first = Migrations(module: "mail", steps: [Outbox.migrations.steps[0]])
        try Migrations.apply([first], to: connection, now: start)
        try connection.run(
            """
            INSERT INTO mail_outbox (id, envelope, state, created_at, next_attempt_at)
            VALUES (1, x'9DB5', 'waiting', 0, 0)
            """
        )
        try Migrations.apply([Outbox.migrations], to: connection, now: start)
        #expect(try outbox.agenda(on: connection, now: start).due.map(\.id.rawValue) == [1])
        try outbox.mark(
            Identifier(rawValue: 1),
            .failed(.corrupt),
            on: connection,
            now: start
        )
        let unsent = try outbox.unsent(on: connection)
        #expect(unsent.count == 1 && unsent.first?.recipient == nil)
    }

    @Test func `a mark on a mail that no longer waits changes nothing`() throws {
        let store = try #require(store)
        let message = try store.enqueue()
        try store.mark(message, .sent)
        for error in [
            MailError.postponed("451"), .interrupted("421"), .unavailable("down"), .refused("550"),
            .corrupt,
        ] {
            #expect(try store.mark(message, .failed(error)) == 0)
        }
        var census = Outbox.Census()
        census.sent = 1
        #expect(try store.census == census)
    }

    @Test func `a row that was tampered with is given up, not sent`() throws {
        let store = try #require(store)
        let message = try store.enqueue()
        _ = try store.sqlite("UPDATE mail_outbox SET envelope = x'00'")
        let due = try store.outbox.agenda(on: store.connection, now: start).due
        #expect(throws: MailError.self) { try due.first?.envelope.get() }
        try store.mark(message, .failed(.corrupt))
        #expect(try store.census.dead == 1)
    }
}

let start = Timestamp(milliseconds: 1_795_442_709_120)
