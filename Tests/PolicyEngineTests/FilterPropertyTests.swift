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
        ancestors: [
            "Category": { "i.category = \($0)" },
            "Area": { "EXISTS (SELECT 1 FROM area WHERE category = i.category AND area = \($0))" },
        ]
    )

    func atom(_ random: inout RandomSource) -> String {
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
            "resource.status < 3", "true", "false", "resource in Area::\"n\"",
            "resource in [Category::\"y\", Area::\"s\"]", "resource has flag && resource.flag",
            "context has deep.flag && context.deep.flag == resource.flag",
            "resource has level && resource.level < context.deep.level",
            "(if context.elevated then principal else resource.author) == principal",
            "(if context.elevated then 1 else resource.level) <= 1",
            "(if context.elevated then principal else resource.author) is Staff",
            "principal in (if context.elevated then principal else resource.author)",
            "(if context.elevated then [principal] else resource.involved).contains(principal)",
        ])
    }

    /// What has no form in SQL: a row may satisfy it, fail it or make it err.
    func uncompiled(_ random: inout RandomSource) -> String {
        random.pick([
            "resource.status like \"*pe*\"", "resource.level + 1 < 3", "-resource.level > -2",
            "resource.involved.isEmpty()", "resource.author.active", "resource has author.active",
            "[resource.author, principal].contains(Staff::\"a\")",
            "resource.involved == [principal]",
            "{a: resource.flag} == {a: true}", "resource.author in Role::\"lead\"",
            "resource in principal.home", "resource.colour == 1", "resource.hasTag(\"t\")",
            "(if resource.flag then 1 else 2) == 1",
            "resource.involved.containsAll(resource.involved)",
        ])
    }

    func condition(
        _ depth: Int,
        _ random: inout RandomSource,
        compiles: Bool
    ) -> String {
        guard depth > 0 else {
            return compiles || random.chance(3, in: 4) ? atom(&random) : uncompiled(&random)
        }
        let one = condition(depth - 1, &random, compiles: compiles)
        let two = condition(depth - 1, &random, compiles: compiles)
        switch random.number(below: 6) {
        case 0: return "(\(one)) && (\(two))"
        case 1: return "(\(one)) || (\(two))"
        case 2: return "!(\(one))"
        case 3: return "if (\(one)) then (\(two)) else (\(atom(&random)))"
        case 4: return "(\(one)) == (\(two))"
        default: return atom(&random)
        }
    }

    func policies(_ random: inout RandomSource, compiles: Bool = true) -> String {
        (0..<(1 + random.number(below: 6))).map { _ in
            let effect = random.pick(["permit", "permit", "permit", "forbid"])
            let principal = random.pick(["principal", "principal in Role::\"lead\""])
            let resource = random.pick([
                "resource", "resource is Incident", "resource in Category::\"y\"",
                "resource is Incident in Area::\"n\"",
            ])
            let kind = random.pick(["when", "unless"])
            let body = condition(random.number(below: 4), &random, compiles: compiles)
            return "\(effect) (\(principal), action, \(resource)) "
                + "\(kind) { \(body) };"
        }.joined(separator: "\n")
    }

    func rows(_ random: inout RandomSource) -> [Row] {
        (0..<300).map { number in
            Row(
                id: "Incident/\(number)",
                author: random.pick(Self.staff + [nil]),
                status: random.pick(["open", "closed", "caf\u{E9}", "cafe\u{301}", nil]),
                flag: random.pick([true, false, nil]),
                level: random.pick([0, 1, 2, 3, nil]),
                involved: Self.staff.filter { _ in random.number(below: 3) == 0 },
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

    /// Runs each filter in a real SQLite database; prints the ids that it selects.
    static let program = """
        import sqlite3, sys, json
        db = sqlite3.connect(':memory:')
        for line in sys.stdin:
            task = json.loads(line)
            if 'run' in task: db.executescript(task['run'])
            else: print(','.join(r[0] for r in db.execute(task['sql'], task['args'])))
        """

    func task(_ sql: String, _ parameters: [SQLParameter]) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("sql")
            writer.string("SELECT id FROM incident i WHERE \(sql) ORDER BY rowid")
            writer.key("args")
            writer.array { writer in
                for parameter in parameters {
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
            CREATE TABLE involved (incident TEXT, staff TEXT) STRICT; \
            CREATE TABLE area (category TEXT, area TEXT) STRICT; \
            INSERT INTO area VALUES ('Category/x', 'Area/n'), ('Category/x', 'Area/s'), \
            ('Category/y', 'Area/s');
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

    // MARK: Tests

    static let action = EntityUID(type: "Action", id: "view")

    func entities(_ rows: [Row]) throws -> Entities {
        let role = EntityUID(type: "Role", id: "lead")
        let known = Self.staff.enumerated().map { number, id in
            Entity(
                uid: EntityUID(type: "Staff", id: id),
                parents: number % 2 == 0 ? [role] : [],
                attributes: [
                    "active": .bool(number != 1),
                    "friends": .set([.entity(EntityUID(type: "Staff", id: "c"))]),
                    "home": .entity(EntityUID(type: "Category", id: "y")),
                ]
            )
        }
        let areas = ["n", "s"].map { EntityUID(type: "Area", id: $0) }
        let categories = [("x", areas), ("y", [areas[1]])].map { id, areas in
            Entity(uid: EntityUID(type: "Category", id: id), parents: areas)
        }
        return try Entities(known + categories + rows.map(entity))
    }

    func context(_ random: inout RandomSource) -> Record {
        let elevated = ("elevated", Value.bool(random.chance(1, in: 2)))
        let deep: Record = ["flag": .bool(random.chance(1, in: 2)), "level": .long(2)]
        guard random.chance(2, in: 3),
            let context = try? Record([elevated, ("deep", .record(deep))])
        else { return ["elevated": elevated.1] }
        return context
    }

    /// The ids of the rows that single decisions permit.
    func permitted(
        _ rows: [Row],
        _ authorizer: Authorizer,
        _ principal: EntityUID,
        _ context: Record,
        _ entities: Entities
    ) -> String {
        var ids: [String] = []
        for row in rows {
            let request = Request(
                principal: principal,
                action: Self.action,
                resource: EntityUID(type: "Incident", id: String(row.id.dropFirst(9))),
                context: context
            )
            if case .permit = authorizer.authorize(request, entities, session: 1) {
                ids.append(row.id)
            }
        }
        return ids.joined(separator: ",")
    }

    private func question(
        _ principal: EntityUID,
        _ context: Record,
        _ entities: Entities
    ) -> RowQuestion {
        RowQuestion(
            principal: principal,
            action: Self.action,
            resourceType: "Incident",
            context: context,
            entities: entities,
            mapping: Self.mapping
        )
    }

    @Test func `filter and single decision agree on every row`() throws {
        if Python.lacks("sqlite3") { return }
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = RandomSource(seed: seed)
        let rows = rows(&random)
        let base = try entities(rows)
        var script = setUp(rows)
        var expected: [(text: String, ids: String, sql: String)] = []
        for _ in 0..<1_000 {
            let text = policies(&random)
            let set = try PolicySet(parsing: [(name: "random", text: text)])
            let authorizer = Authorizer(policies: set, identifier: "")
            let principal = EntityUID(type: "Staff", id: random.pick(Self.staff))
            let context = context(&random)
            let question = question(principal, context, base)
            let permit = try authorizer.filter(question, session: 1)
            let filter = permit.filter
            let sql = try #require(filter)
            expected.append((text, permitted(rows, authorizer, principal, context, base), sql.sql))
            script += task(sql.sql, sql.parameters)
        }
        let found = try #require(try Python.run(Self.program, on: script))
        #expect(found.count == expected.count)
        for (expected, found) in zip(expected, found) where expected.ids != found {
            Issue.record("\(expected.text)\n\(expected.sql)\n\(expected.ids)\n\(found)")
            break
        }
    }

    @Test func `a bound selects every row that is permitted, and what is checked compiles`() throws
    {
        if Python.lacks("sqlite3") { return }
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = RandomSource(seed: seed)
        let rows = rows(&random)
        let base = try entities(rows)
        var script = setUp(rows)
        var expected: [(text: String, ids: String, bound: RowBound)] = []
        var (checked, compiled) = (0, 0)
        for _ in 0..<1_000 {
            let text = policies(&random, compiles: false)
            let set = try PolicySet(parsing: [(name: "random", text: text)])
            let authorizer = Authorizer(policies: set, identifier: "")
            let principal = EntityUID(type: "Staff", id: random.pick(Self.staff))
            let context = context(&random)
            let question = question(principal, context, base)
            let bound = authorizer.bound(question)
            let isChecked =
                (try? authorizer.checkFilter(
                    of: Self.action,
                    resourceType: "Incident",
                    entities: base,
                    mapping: Self.mapping
                )) != nil
            var sql: String?
            do {
                let permit = try authorizer.filter(question, session: 1)
                sql = permit.filter?.sql
            } catch {
                #expect(!isChecked, "\(text)\n\(error)")
            }
            // What compiles is its own bound.
            #expect(sql == nil || bound.isExact && bound.sql == sql, "\(text)")
            checked += isChecked ? 1 : 0
            compiled += sql == nil ? 0 : 1
            expected.append((text, permitted(rows, authorizer, principal, context, base), bound))
            script += task(bound.sql, bound.parameters)
        }
        let found = try #require(try Python.run(Self.program, on: script))
        #expect(found.count == expected.count)
        var (selected, permitted) = (0, 0)
        for (expected, found) in zip(expected, found) {
            let (ids, rows) = (expected.ids.split(separator: ","), found.split(separator: ","))
            selected += rows.count
            permitted += ids.count
            if !Set(ids).isSubset(of: rows) || expected.bound.isExact && ids != rows {
                Issue.record("\(expected.text)\n\(expected.bound.sql)\n\(ids)\n\(rows)")
                break
            }
        }
        print(
            "\(checked) sets checked, \(compiled) compiled; \(selected) rows selected, of which "
                + "\(permitted) permitted"
        )
        #expect(checked > 0 && checked < compiled && compiled < 1_000)
    }
}
