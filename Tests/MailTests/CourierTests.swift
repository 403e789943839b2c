import Foundation
import Mail
import SQLite
import Testing

@Suite struct CourierTests {
    /// An outbox reached as the service reaches it: readers and the one writer.
    final class Office: Sendable {
        let folder = FileManager.default.temporaryDirectory.path + "/post-\(UUID())"
        let outbox = Outbox(seal: { text, _ in text }, open: { text, _ in text })
        let writer: Writer<Int>
        let readers: ReaderPool
        let delivered = Locked<[Envelope]>([])
        let reports = Locked<[String]>([])

        init() throws {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            let connection = try Connection(path: folder + "/test.db", access: .writing)
            try Migrations.apply([Outbox.migrations], to: connection, now: start)
            writer = try Writer(connection: connection) { _ in 0 }
            readers = ReaderPool(path: folder + "/test.db")
        }

        deinit {
            writer.stop()
            try? FileManager.default.removeItem(atPath: folder)
        }

        func enqueue(_ count: Int = 1) throws {
            try writer.perform { [outbox] connection, _ in
                for number in 0..<count {
                    let message = try Message(
                        from: try MailAddress("keyholder@school.example"),
                        to: try MailAddress("teacher\(number)@whitetrees.example"),
                        subject: "Alert",
                        body: "You have an alert.\n",
                        date: start
                    )
                    try outbox.enqueue(message, on: connection, now: start)
                }
            }
        }

        func courier(
            clock: WallClock = WallClock { start },
            deliver: @escaping @Sendable (Envelope, Identifier) throws(MailError) -> Void
        ) -> Courier {
            Courier(
                connections: Courier.Connections(
                    agenda: { [readers, outbox] now in
                        try readers.read(steps: 1_000_000) {
                            try outbox.agenda(on: $0, now: now)
                        }
                    },
                    mark: { [writer, outbox] id, outcome, now in
                        try writer.perform { connection, _ in
                            try outbox.mark(id, outcome, on: connection, now: now)
                        }
                    },
                    deliver: deliver,
                    report: { [reports] text in reports.withLock { $0.append(text) } }
                ),
                clock: clock
            )
        }
    }

    @Test func `a round sends what is due and then sleeps until it is woken`() throws {
        let office = try Office()
        try office.enqueue(40)
        let courier = office.courier { [delivered = office.delivered] envelope, _ in
            delivered.withLock { $0.append(envelope) }
        }
        #expect(courier.round(now: start) == .zero)
        #expect(courier.round(now: start) == .zero)
        #expect(courier.round(now: start) == nil)
        let recipients = office.delivered.withLock { Set($0.map(\.recipient.description)) }
        #expect(recipients.count == 40)
    }

    @Test func `where the way out is closed the round asks once, and all wait`() throws {
        let office = try Office()
        try office.enqueue(5)
        let attempts = Locked(0)
        let courier = office.courier { _, _ throws(MailError) in
            attempts.withLock { $0 += 1 }
            throw .unavailable("connection refused")
        }
        #expect(courier.round(now: start) == .zero)
        #expect(courier.round(now: start) == .seconds(60))
        #expect(attempts.withLock { $0 } == 1)
        #expect(office.reports.withLock { $0.count } == 5)
        #expect(office.reports.withLock { $0.allSatisfy { !$0.contains("@") } })
    }

    @Test func `one refused recipient does not keep the others waiting`() throws {
        let office = try Office()
        try office.enqueue(3)
        let courier = office.courier {
            [delivered = office.delivered] envelope, _ throws(MailError) in
            if envelope.recipient.description.hasPrefix("teacher0") {
                throw .refused("RCPT 550")
            }
            delivered.withLock { $0.append(envelope) }
        }
        #expect(courier.round(now: start) == .zero)
        #expect(courier.round(now: start) == nil)
        #expect(office.delivered.withLock { $0.count } == 2)
        var census = Outbox.Census()
        (census.dead, census.lastProblem) = (1, "RCPT 550")
        let counted = try office.readers.read(steps: 1_000_000) {
            try office.outbox.census(on: $0)
        }
        #expect(counted == census)
    }

    @Test func `a mark that cannot be written stops the round`() throws {
        let office = try Office()
        try office.enqueue(3)
        office.writer.stop()
        let courier = office.courier { [delivered = office.delivered] envelope, _ in
            delivered.withLock { $0.append(envelope) }
        }
        #expect(courier.round(now: start) == .seconds(60))
        #expect(office.delivered.withLock { $0.count } == 1)
    }

    @Test func `a started courier carries what it is woken for and stops when told`() throws {
        let office = try Office()
        let arrived = Promise<Envelope>()
        let courier = office.courier { envelope, _ in arrived.fulfil(envelope) }
        courier.start()
        try office.enqueue()
        courier.wake()
        #expect(arrived.wait().recipient.description == "teacher0@whitetrees.example")
        courier.stop(patience: .seconds(30))
        let waiting = try office.readers.read(steps: 1_000_000) {
            try office.outbox.census(on: $0).waiting
        }
        #expect(waiting == 0)
    }

    @Test func `a folder takes a mail whole, once, for its owner alone`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/eml-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let message = try MessageTests.message()
        for _ in 0..<2 {
            try MailTransport.directory(folder).deliver(Envelope(message), id: message.id)
        }
        let path = folder + "/\(message.id).eml"
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder) == ["\(message.id).eml"]
        )
        #expect(FileManager.default.contents(atPath: path).map { Array($0) } == message.rendered)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func `a folder that is not there closes the way out`() throws {
        let message = try MessageTests.message()
        #expect {
            try MailTransport.directory("/nowhere/at/all")
                .deliver(Envelope(message), id: message.id)
        } throws: { error in
            if case MailError.unavailable(let reason) = error {
                return reason.contains("No such file")
            }
            return false
        }
    }
}
