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
            seal: { text, _ in text.map { ~$0 } },
            open: { sealed, _ in sealed.map { ~$0 } }
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

        @discardableResult func enqueue() throws -> Message {
            let message = try Message(
                from: try MailAddress("keyholder@school.example"),
                to: try MailAddress("teacher@whitetrees.example"),
                subject: "Alert",
                body: "Secret words",
                date: start
            )
            try outbox.enqueue(message, on: connection, now: start)
            return message
        }
    }

    @Test func `a mail is due from the moment it is written, sealed`() throws {
        let store = try #require(store)
        let message = try store.enqueue()
        let agenda = try store.outbox.agenda(on: store.connection, now: start)
        #expect(try agenda.due.map { try $0.envelope.get() } == [Envelope(message)])
        #expect(agenda.next == start)
        let raw = try run("sqlite3", store.path, "SELECT quote(envelope) FROM mail_outbox")
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

    @Test func `what a sent or dead mail said is wiped`() throws {
        let store = try #require(store)
        let (sent, dead) = (try store.enqueue(), try store.enqueue())
        try store.outbox.mark(sent.id, .sent, on: store.connection, now: start)
        try store.outbox.mark(
            dead.id,
            .failed(.refused("RCPT 550")),
            on: store.connection,
            now: start
        )
        #expect(
            try run(
                "sqlite3",
                store.path,
                "SELECT state, envelope IS NULL FROM mail_outbox ORDER BY state"
            ) == "dead|1\nsent|1\n"
        )
        let census = try store.outbox.census(on: store.connection)
        #expect(census.waiting == 0 && census.dead == 1 && census.lastProblem == "RCPT 550")
    }

    @Test func `a mail that a relay puts off waits longer each time and is dead after three days`()
        throws
    {
        let store = try #require(store)
        let message = try store.enqueue()
        var (now, waits): (Timestamp, [Duration]) = (start, [])
        while let next = try store.outbox.agenda(on: store.connection, now: now).next {
            waits.append(next - now)
            now = next
            try store.outbox.mark(
                message.id,
                .failed(.postponed("451")),
                on: store.connection,
                now: now
            )
        }
        #expect(waits.prefix(4) == [.zero, .seconds(60), .seconds(120), .seconds(240)])
        #expect(waits.max() == .seconds(6 * 3_600))
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(now <= start + .seconds(3 * 86_400) && now > start + .seconds(2 * 86_400))
        #expect(try store.outbox.census(on: store.connection).dead == 1)
    }

    @Test func `a mark on a mail that no longer waits changes nothing`() throws {
        let store = try #require(store)
        let message = try store.enqueue()
        try store.outbox.mark(message.id, .sent, on: store.connection, now: start)
        for error in [MailError.postponed("451"), .refused("550"), .corrupt] {
            try store.outbox.mark(message.id, .failed(error), on: store.connection, now: start)
        }
        #expect(try store.outbox.census(on: store.connection) == Outbox.Census())
    }

    @Test func `a row that was tampered with is given up, not sent`() throws {
        let store = try #require(store)
        let message = try store.enqueue()
        _ = try run("sqlite3", store.path, "UPDATE mail_outbox SET envelope = x'00'")
        let due = try store.outbox.agenda(on: store.connection, now: start).due
        #expect(throws: MailError.self) { try due.first?.envelope.get() }
        try store.outbox.mark(message.id, .failed(.corrupt), on: store.connection, now: start)
        #expect(try store.outbox.census(on: store.connection).dead == 1)
    }
}

let start = Timestamp(milliseconds: 1_795_442_709_120)
