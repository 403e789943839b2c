import Foundation
import Mail
import SQLite
import Testing

@Suite struct CourierTests {
    /// An outbox reached as the service reaches it: readers and the one writer.
    final class Office: Sendable {
        let folder = FileManager.default.temporaryDirectory.path + "/post-\(UUID())"
        let outbox = Outbox(seal: { text, _, _ in text }, open: { text, _, _ in text })
        let writer: Writer<Int>
        let readers: ReaderPool
        let delivered = Locked<[Envelope]>([])
        let reports = Locked<[String]>([])
        let now = Locked(start)
        let rounds = Locked(0)

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

        func wait(_ duration: Duration) { now.withLock { $0 = $0 + duration } }

        var census: Outbox.Census {
            get throws {
                try readers.read(steps: 1_000_000) { try outbox.census(on: $0) }
            }
        }

        func courier(
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
                    reopen: { [writer, outbox] now in
                        try writer.perform { connection, _ in
                            try outbox.reopen(on: connection, now: now)
                        }
                    },
                    carrier: { [rounds] in
                        Carrier(deliver: deliver, finish: { rounds.withLock { $0 += 1 } })
                    },
                    report: { [reports] text in reports.withLock { $0.append(text) } }
                ),
                clock: WallClock { [now] in now.withLock { $0 } }
            )
        }
    }

    @Test func `a round sends what is due and then sleeps until it is woken`() throws {
        let office = try Office()
        try office.enqueue(40)
        let courier = office.courier { [delivered = office.delivered] envelope, _ in
            delivered.withLock { $0.append(envelope) }
        }
        #expect(courier.round() == .zero)
        #expect(courier.round() == .zero)
        #expect(courier.round() == nil)
        let recipients = office.delivered.withLock { Set($0.map(\.recipient.description)) }
        #expect(recipients.count == 40)
    }

    @Test func `where the way out is closed it is asked rarely, and nothing else changes`() throws {
        let office = try Office()
        try office.enqueue(5)
        let tried = Locked<[Identifier]>([])
        let isOpen = Locked(false)
        let courier = office.courier { _, id throws(MailError) in
            tried.withLock { $0.append(id) }
            if !isOpen.withLock({ $0 }) { throw .unavailable("connection refused") }
        }
        var pauses: [Duration?] = []
        for _ in 0..<8 {
            let pause = courier.round()
            // Woken early, for a new mail or by a clock that was set back, it goes on waiting.
            #expect(courier.round() == pause)
            pauses.append(pause)
            office.wait(pause ?? .zero)
        }
        #expect(pauses == [15, 30, 60, 120, 240, 300, 300, 300].map { Duration.seconds($0) })
        // Each time another mail is tried: one of them could be what closes the way.
        #expect(tried.withLock { Set($0.prefix(5)).count } == 5)
        #expect(office.reports.withLock { $0.count } == 8)
        #expect(office.reports.withLock { $0.allSatisfy { !$0.contains("@") } })

        isOpen.withLock { $0 = true }
        while let pause = courier.round() { #expect(pause == .zero) }
        #expect(try office.census.sent == 5)
    }

    @Test func `mails that fail on the way one after another close it, one alone does not`() throws
    {
        let office = try Office()
        try office.enqueue(5)
        let isBroken = Locked(true)
        let courier = office.courier { envelope, _ throws(MailError) in
            let isPoison = envelope.recipient.description.hasPrefix("teacher0")
            if isPoison || isBroken.withLock({ $0 }) { throw .interrupted("451") }
        }
        #expect(courier.round() == .seconds(15))
        #expect(office.reports.withLock { $0.count } == 3)
        isBroken.withLock { $0 = false }
        // Those that had failed are due as soon as one has gone through, whatever comes first.
        let end = start + .seconds(60)
        while let pause = courier.round(), office.now.withLock({ $0 }) + pause < end {
            office.wait(pause)
        }
        #expect(try office.census.sent == 4)
        #expect(try office.census.waiting == 1)
    }

    @Test func `a mail that was sent but not marked is sent again, the same to the octet`() throws {
        let office = try Office()
        try office.enqueue()
        let isFull = Locked(true)
        let courier = Courier(
            connections: Courier.Connections(
                agenda: { [outbox = office.outbox, readers = office.readers] now in
                    try readers.read(steps: 1_000_000) { try outbox.agenda(on: $0, now: now) }
                },
                mark: { [outbox = office.outbox, writer = office.writer] id, outcome, now in
                    if isFull.withLock({ $0 }) { throw MailError.unavailable("disk full") }
                    return try writer.perform { connection, _ in
                        try outbox.mark(id, outcome, on: connection, now: now)
                    }
                },
                reopen: { _ in },
                carrier: { [delivered = office.delivered] in
                    Carrier(
                        deliver: { envelope, _ in delivered.withLock { $0.append(envelope) } },
                        finish: {}
                    )
                },
                report: { _ in }
            ),
            clock: WallClock { start }
        )
        #expect(courier.round() == .seconds(60))
        isFull.withLock { $0 = false }
        #expect(courier.round() == .zero)
        #expect(courier.round() == nil)
        let delivered = office.delivered.withLock { $0 }
        #expect(delivered.count == 2 && delivered.first == delivered.last)
        #expect(String(decoding: delivered[0].content, as: UTF8.self).contains("Message-ID: <"))
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
        #expect(courier.round() == .zero)
        #expect(courier.round() == nil)
        #expect(office.delivered.withLock { $0.count } == 2)
        #expect(try office.census.dead == 1)
        #expect(
            office.reports.withLock { $0.last } == "mails given up: 1"
        )
    }

    @Test func `a mark that cannot be written stops the round`() throws {
        let office = try Office()
        try office.enqueue(3)
        office.writer.stop()
        let courier = office.courier { [delivered = office.delivered] envelope, _ in
            delivered.withLock { $0.append(envelope) }
        }
        #expect(courier.round() == .seconds(60))
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
        #expect(try office.census.waiting == 0)
    }

    @Test func `a folder takes a mail whole, once, for its owner alone`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/eml-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let message = try MessageTests.message()
        for _ in 0..<2 {
            try MailTransport.directory(folder).carrier().deliver(Envelope(message), message.id)
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
            try MailTransport.directory("/nowhere/at/all").carrier()
                .deliver(Envelope(message), message.id)
        } throws: { error in
            if case MailError.unavailable(let reason) = error {
                return reason.contains("No such file")
            }
            return false
        }
    }
}
