import Foundation
import SQLite
import Testing

/// Pieces that share a transaction: each stands or falls by itself, and nobody hears too early.
@Suite struct WriterTests {
    private let folder =
        FileManager.default.temporaryDirectory.path + "/writer-\(UUID().uuidString)"
    private var path: String { folder + "/test.sqlite" }

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
    }

    private struct Refused: Error {}

    /// A writer whose state is the number of rows, as the file has it.
    private func writer(queueLimit: Int = 4_096, pages: Int? = nil) throws -> Writer<Int64> {
        let connection = try Connection(path: path, access: .writing)
        try connection.execute(
            script: "CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, text TEXT) STRICT;"
        )
        if let pages { try connection.execute(script: "PRAGMA max_page_count=\(pages)") }
        return try Writer(connection: connection, queueLimit: queueLimit) { connection in
            try connection.first("SELECT count(*) FROM thing") { $0.int(0) } ?? 0
        }
    }

    private func add(_ text: String, to connection: Connection, _ count: inout Int64) throws {
        try connection.run("INSERT INTO thing (text) VALUES (?1)", .text(text))
        count += 1
    }

    /// Keeps a writer at a piece of work until the answer is fulfilled.
    private func hold(_ writer: Writer<Int64>) -> Promise<Void> {
        let (gate, running) = (Promise<Void>(), Promise<Void>())
        writer.submit({ _, _ in
            running.fulfil(())
            gate.wait()
        }) { _ in }
        running.wait()
        return gate
    }

    private func stored() throws -> Int64 {
        let reader = try Connection(path: path, access: .reading)
        return try reader.first("SELECT count(*) FROM thing") { $0.int(0) } ?? -1
    }

    @Test func `a piece that throws takes nothing with it, and its state is put back`() throws {
        let writer = try writer()
        // Held up meanwhile, it takes the rest as one group.
        let gate = hold(writer)
        let outcomes = Locked<[Bool]>([])
        let done = Promise<Void>()
        for number in 0..<100 {
            writer.submit({ connection, count in
                try add("\(number)", to: connection, &count)
                if number.isMultiple(of: 3) { throw Refused() }
                return count
            }) { (result: Result<Int64, any Error>) in
                let isDone = outcomes.withLock { outcomes in
                    outcomes.append((try? result.get()) != nil)
                    return outcomes.count == 100
                }
                if isDone { done.fulfil(()) }
            }
        }
        gate.fulfil(())
        done.wait()
        #expect(outcomes.withLock { $0 } == (0..<100).map { !$0.isMultiple(of: 3) })
        #expect(try writer.perform { _, count in count } == 66)
        #expect(try stored() == 66)
        writer.stop()
    }

    @Test func `what only the commit can refuse takes nothing with it`() throws {
        let connection = try Connection(path: path, access: .writing)
        try connection.execute(
            script: """
                CREATE TABLE thing (
                    id INTEGER PRIMARY KEY,
                    whole INTEGER REFERENCES thing DEFERRABLE INITIALLY DEFERRED
                ) STRICT;
                """
        )
        let writer = try Writer(connection: connection) { connection in
            try connection.first("SELECT count(*) FROM thing") { $0.int(0) } ?? 0
        }
        let gate = hold(writer)
        let refused = Locked<[Int64: any Error]>([:])
        for number in Int64(1)...9 {
            writer.submit({ connection, count in
                // The fifth is a part of nothing.
                try connection.run(
                    "INSERT INTO thing (id, whole) VALUES (?1, ?2)",
                    .int(number),
                    .int(number == 5 ? 100 : 1)
                )
                count += 1
            }) { (result: Result<Void, any Error>) in
                guard case .failure(let error) = result else { return }
                refused.withLock { $0[number] = error }
            }
        }
        gate.fulfil(())
        #expect(try writer.perform { _, count in count } == 8)
        #expect(try stored() == 8)
        let errors = refused.withLock { $0 }
        #expect(errors.keys.sorted() == [5])
        #expect((errors[5] as? SQLiteError)?.isConstraint == true)
        writer.stop()
    }

    @Test func `what is heard of is in the file`() throws {
        let writer = try writer()
        for number in 1...20 {
            try writer.perform { connection, count in try add("x", to: connection, &count) }
            #expect(try stored() == Int64(number))
        }
        writer.stop()
    }

    @Test func `a full file refuses, loses nothing, and the state is what the file has`() throws {
        let writer = try writer(pages: 30)
        var kept: Int64 = 0
        var failure: (any Error)?
        while failure == nil, kept < 1_000 {
            do {
                try writer.perform { connection, count in
                    try add(String(repeating: "x", count: 3_000), to: connection, &count)
                }
                kept += 1
            } catch {
                failure = error
            }
        }
        #expect((failure as? SQLiteError)?.isStorage == true, "\(String(describing: failure))")
        #expect(kept > 0)
        #expect(try writer.perform { _, count in count } == kept)
        #expect(try stored() == kept)
        writer.stop()
    }

    @Test func `what the disk refuses to one is refused to its group, and not tried again`() throws
    {
        let writer = try writer()
        let gate = hold(writer)
        let begun = Locked(0)
        let failures = Locked<[any Error]>([])
        for number in 1...9 {
            writer.submit({ connection, count in
                begun.withLock { $0 += 1 }
                try add("x", to: connection, &count)
                let full: Int32 = 13
                guard number < 3 else {
                    throw SQLiteError(code: full, extendedCode: full, message: "full")
                }
            }) { (result: Result<Void, any Error>) in
                guard case .failure(let error) = result else { return }
                failures.withLock { $0.append(error) }
            }
        }
        gate.fulfil(())
        writer.stop()
        let errors = failures.withLock { $0 }
        #expect(errors.count == 9 && begun.withLock { $0 } == 3)
        #expect(errors.allSatisfy { ($0 as? SQLiteError)?.isStorage == true })
        #expect(try stored() == 0)
    }

    @Test func `a damaged page is the matter of whoever needs it`() throws {
        let writer = try writer()
        let gate = hold(writer)
        let failures = Locked<[Int: any Error]>([:])
        for number in 1...9 {
            writer.submit({ connection, count in
                try add("x", to: connection, &count)
                let corrupt: Int32 = 11
                guard number != 3 else {
                    throw SQLiteError(code: corrupt, extendedCode: corrupt, message: "malformed")
                }
            }) { (result: Result<Void, any Error>) in
                guard case .failure(let error) = result else { return }
                failures.withLock { $0[number] = error }
            }
        }
        gate.fulfil(())
        writer.stop()
        let errors = failures.withLock { $0 }
        #expect(errors.keys.sorted() == [3])
        #expect((errors[3] as? SQLiteError)?.isStorage == true, "answered as the disk's fault")
        #expect(try stored() == 8)
    }

    @Test func `everybody hears of the state that a commit leaves, before any piece is heard of`()
        throws
    {
        let heard = Locked<[String]>([])
        let connection = try Connection(path: path, access: .writing)
        try connection.execute(script: "CREATE TABLE thing (id INTEGER PRIMARY KEY, text TEXT)")
        let writer = try Writer(
            connection: connection,
            state: Int64(7),
            committed: { count in heard.withLock { $0.append("state \(count)") } },
            load: { _ in 0 }
        )
        let gate = hold(writer)
        for number in 1...3 {
            writer.submit({ _, count in
                guard number != 2 else { throw WriterError.stopped }
                count += 1
            }) { (result: Result<Void, any Error>) in
                if case .success = result { heard.withLock { $0.append("piece \(number)") } }
            }
        }
        gate.fulfil(())
        writer.stop()
        // The group of three is undone, and each of its pieces done alone.
        #expect(
            heard.withLock { $0 }.drop { $0 == "state 7" } == [
                "state 8", "piece 1", "state 9", "piece 3",
            ]
        )
    }

    @Test func `past the limit of its queue and after the end a piece is refused`() throws {
        let writer = try writer(queueLimit: 2)
        let gate = hold(writer)
        for _ in 0..<2 { writer.submit({ _, _ in }) { _ in } }
        #expect(throws: WriterError.self) { try writer.perform { _, _ in } }
        gate.fulfil(())
        writer.stop()
        #expect(throws: WriterError.self) { try writer.perform { _, _ in } }
    }

    @Test func `a statement past its budget is interrupted, and the reader is lent again`() throws {
        let writer = try writer()
        let readers = ReaderPool(path: path)
        let error = #expect(throws: SQLiteError.self) {
            try readers.read(steps: 10_000) { connection in
                try connection.first(
                    """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000000)
                    SELECT count(*) FROM n
                    """
                ) { $0.int(0) }
            }
        }
        #expect(error?.isInterrupted == true)
        #expect(try readers.read(steps: 10_000) { try $0.first("SELECT 1") { $0.int(0) } } == 1)
        writer.stop()
    }
}
