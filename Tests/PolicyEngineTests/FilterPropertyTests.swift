import Foundation
import PolicyEngine
import Testing

/// Random policies, entities and rows: the compiled filter and the single decision must say the
/// same of every row, in a real SQLite database.
@Suite struct FilterPropertyTests {
    struct Row {
        let id: String
        let author: String?
        let status: String?
        let flag: Bool?
        let level: Int64?
        let involved: [String]
        let category: String
    }

    static let staff = ["a", "b", "c", "d"]
    static let mapping = RowMapping(
        encode: { .text("\($0.type)/\($0.id)") },
        id: "i.id",
        attributes: [
            "author": .entity(type: "Staff", column: "i.author"),
            "status": .string("i.status"),
            "flag": .bool("i.flag"),
            "level": .long("i.level"),
            "involved": .entitySet(type: "Staff") {
                "i.id IN (SELECT incident FROM involved WHERE staff = \($0))"
            },
        ],
        ancestors: ["Category": { "i.category = \($0)" }]
    )

    struct Source: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
        mutating func pick<T>(_ items: [T]) -> T { items[Int(next() % UInt64(items.count))] }
    }

    func atom(_ random: inout Source) -> String {
        let person = "Staff::\"\(random.pick(Self.staff))\""
        return random.pick([
            "resource.author == principal", "resource.author != \(person)", "resource.flag",
            "resource.status == \"open\"", "resource.status != \"cafe\u{301}\"",
            "resource.level < 3", "2 <= resource.level", "resource.level == 1",
            "resource has author", "resource has status", "resource.involved.contains(principal)",
            "resource.involved.containsAny([\(person), principal])",
            "resource.involved.containsAll([\(person), principal])",
            "principal in resource.involved", "principal in resource.author",
            "resource in Category::\"x\"", "resource == Incident::\"3\"", "context.elevated",
            "context.missing", "principal.active", "principal in Role::\"lead\"",
            "resource.author is Staff", "[\"open\", \"closed\"].contains(resource.status)",
            "principal.friends.contains(resource.author)", "resource.flag == true",
            "resource.flag == resource.involved.contains(\(person))", "resource.level == \"1\"",
            "resource.status < 3", "true", "false",
        ])
    }

    func condition(_ depth: Int, _ random: inout Source) -> String {
        guard depth > 0 else { return atom(&random) }
        let one = condition(depth - 1, &random)
        let two = condition(depth - 1, &random)
        switch random.next() % 6 {
        case 0: return "(\(one)) && (\(two))"
        case 1: return "(\(one)) || (\(two))"
        case 2: return "!(\(one))"
        case 3: return "if (\(one)) then (\(two)) else (\(atom(&random)))"
        case 4: return "(\(one)) == (\(two))"
        default: return atom(&random)
        }
    }

    func policies(_ random: inout Source) -> String {
        (0..<(1 + random.next() % 6)).map { _ in
            let effect = random.pick(["permit", "permit", "permit", "forbid"])
            let principal = random.pick(["principal", "principal in Role::\"lead\""])
            let resource = random.pick([
                "resource", "resource is Incident", "resource in Category::\"y\"",
            ])
            let kind = random.pick(["when", "unless"])
            return "\(effect) (\(principal), action, \(resource)) "
                + "\(kind) { \(condition(Int(random.next() % 4), &random)) };"
        }.joined(separator: "\n")
    }

    func rows(_ random: inout Source) -> [Row] {
        (0..<300).map { number in
            Row(
                id: "Incident/\(number)",
                author: random.pick(Self.staff + [nil]),
                status: random.pick(["open", "closed", "caf\u{E9}", "cafe\u{301}", nil]),
                flag: random.pick([true, false, nil]),
                level: random.pick([0, 1, 2, 3, nil]),
                involved: Self.staff.filter { _ in random.next() % 3 == 0 },
                category: random.pick(["x", "y"])
            )
        }
    }

    func entity(_ row: Row) throws -> Entity {
        let staff = { (id: String) in Value.entity(EntityUID(type: "Staff", id: id)) }
        var fields = [("involved", Value.set(ValueSet(row.involved.map(staff))))]
        if let author = row.author { fields.append(("author", staff(author))) }
        if let status = row.status { fields.append(("status", .string(status))) }
        if let flag = row.flag { fields.append(("flag", .bool(flag))) }
        if let level = row.level { fields.append(("level", .long(level))) }
        return Entity(
            uid: EntityUID(type: "Incident", id: String(row.id.dropFirst(9))),
            parents: [EntityUID(type: "Category", id: row.category)],
            attributes: try Record(fields)
        )
    }

    func literal(_ parameter: SQLParameter) -> String {
        switch parameter {
        case .int(let value): "\(value)"
        case .text(let text): "'\(text.replacing("'", with: "''"))'"
        }
    }

    /// The ids each filter selects, from one run of Python's sqlite3.
    func select(_ script: String) throws -> [String]? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys, json
            db = sqlite3.connect(':memory:')
            for line in sys.stdin:
                task = json.loads(line)
                if 'run' in task: db.executescript(task['run'])
                else: print(','.join(r[0] for r in db.execute(task['sql'], task['args'])))
            """,
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        do { try process.run() } catch { return nil }
        let file = input.fileHandleForWriting
        Thread.detachNewThread {
            file.write(Data(script.utf8))
            try? file.close()
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        ).dropLast().map(String.init)
    }

    func task(_ filter: RowFilter) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("sql")
            writer.string("SELECT id FROM incident i WHERE \(filter.sql) ORDER BY rowid")
            writer.key("args")
            writer.array { writer in
                for parameter in filter.parameters {
                    switch parameter {
                    case .int(let value): writer.int(value)
                    case .text(let text): writer.string(text)
                    }
                }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    func setUp(_ rows: [Row]) -> String {
        var sql = """
            CREATE TABLE incident (id TEXT PRIMARY KEY, author TEXT, status TEXT, flag INTEGER, \
            level INTEGER, category TEXT) STRICT; \
            CREATE TABLE involved (incident TEXT, staff TEXT) STRICT;
            """
        for row in rows {
            let values = [
                literal(.text(row.id)), row.author.map { literal(.text("Staff/\($0)")) },
                row.status.map { literal(.text($0)) }, row.flag.map { $0 ? "1" : "0" },
                row.level.map { "\($0)" }, literal(.text("Category/\(row.category)")),
            ].map { $0 ?? "NULL" }
            sql += "INSERT INTO incident VALUES (\(values.joined(separator: ",")));"
            for staff in row.involved {
                sql += "INSERT INTO involved VALUES ('\(row.id)', 'Staff/\(staff)');"
            }
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("run")
            writer.string(sql)
        }
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    @Test func `filter and single decision agree on every row`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = Source(state: seed)
        let rows = rows(&random)
        let role = EntityUID(type: "Role", id: "lead")
        let known = Self.staff.enumerated().map { number, id in
            Entity(
                uid: EntityUID(type: "Staff", id: id),
                parents: number % 2 == 0 ? [role] : [],
                attributes: [
                    "active": .bool(number != 1),
                    "friends": .set([.entity(EntityUID(type: "Staff", id: "c"))]),
                ]
            )
        }
        let base = try Entities(known + rows.map(entity))
        var script = setUp(rows)
        var expected: [(text: String, ids: String, sql: String)] = []
        var refused = 0
        while expected.count < 1_000 {
            let text = policies(&random)
            let set = try PolicySet(parsing: [(name: "random", text: text)])
            let authorizer = Authorizer(policies: set, identifier: "")
            let principal = EntityUID(type: "Staff", id: random.pick(Self.staff))
            let action = EntityUID(type: "Action", id: "view")
            let context: Record = ["elevated": .bool(random.next() % 2 == 0)]
            let filter: RowFilter?
            do {
                let permit = try authorizer.filter(
                    principal: principal,
                    action: action,
                    resourceType: "Incident",
                    context: context,
                    entities: base,
                    session: 1,
                    mapping: Self.mapping
                )
                filter = permit.filter
            } catch {
                refused += 1
                continue
            }
            guard let filter else { continue }
            var ids: [String] = []
            for row in rows {
                let request = Request(
                    principal: principal,
                    action: action,
                    resource: EntityUID(type: "Incident", id: String(row.id.dropFirst(9))),
                    context: context
                )
                switch authorizer.authorize(request, base, session: 1) {
                case .permit: ids.append(row.id)
                case .stepUp: break
                case .denial: break
                }
            }
            expected.append((text, ids.joined(separator: ","), filter.sql))
            script += task(filter)
        }
        #expect(refused == 0)
        guard let found = try select(script) else {
            print("SKIPPED: python3 with sqlite3 is not there")
            return
        }
        #expect(found.count == expected.count)
        for (expected, found) in zip(expected, found) where expected.ids != found {
            Issue.record("\(expected.text)\n\(expected.sql)\n\(expected.ids)\n\(found)")
            break
        }
    }
}
