import Foundation
import PolicyEngine
import Testing

/// Random policy sets of several policies against the Rust engine, through Python's `cedarpy`.
@Suite struct ReferenceTests {
    static let people = (0..<4).map { "User::\"u\($0)\"" }
    static let sets = 5_000
    static let requests = 20

    /// Picks from a seeded sequence.
    struct Source {
        var state: UInt64
        mutating func number(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }
        mutating func pick<T>(_ items: [T]) -> T { items[number(below: items.count)] }
    }

    func atom(_ random: inout Source) -> String {
        let person = random.pick(Self.people)
        return random.pick([
            "principal == \(person)", "principal in Group::\"g1\"", "resource.owner == principal",
            "principal in resource.readers", "resource.name == \"caf\u{E9}\"",
            "resource.name != \"cafe\u{301}\"", "resource.name like \"caf?*\"",
            "resource.name like \"*\u{301}\"", "resource.level + 9223372036854775807 > 5",
            "resource.level < 3", "context.ip.isInRange(ip(\"10.0.0.0/8\"))",
            "context.ip.isLoopback()", "context.at < datetime(\"2024-06-01\")",
            "context.at.toTime() >= duration(\"12h\")", "context has deep.x.y",
            "context.deep.x.y == 1", "context.missing", "resource has owner",
            "resource has \"caf\u{E9}\"", "principal.hasTag(\"t\")", "principal.getTag(\"t\") == 2",
            "[1, 2, resource.level].contains(2)", "resource.readers.containsAny([\(person)])",
            "resource.readers.isEmpty()", "decimal(\"1.10\").lessThan(context.price)",
            "action in Action::\"all\"", "action == Action::\"read\"", "resource is Doc",
            "resource is Doc in Folder::\"f1\"", "{\"a\": 1, b: 2} == {b: 2, a: resource.level}",
            "if context.flag then resource.secret else true", "-resource.level * 2 <= -4",
            "true", "false", "1", "resource.readers.containsAll([\(person), principal])",
        ])
    }

    func condition(_ depth: Int, _ random: inout Source) -> String {
        guard depth > 0 else { return atom(&random) }
        let one = condition(depth - 1, &random)
        let two = condition(depth - 1, &random)
        return random.pick([
            "(\(one)) && (\(two))", "(\(one)) || (\(two))", "!(\(one))",
            "if \(one) then \(two) else \(atom(&random))", "(\(one)) == (\(two))",
        ])
    }

    func policies(_ random: inout Source) -> String {
        (0...random.number(below: 12)).map { _ in
            let effect = random.pick(["permit", "permit", "forbid"])
            let principal = random.pick([
                "principal", "principal is User", "principal in Group::\"g0\"",
                "principal == User::\"u1\"", "principal is User in Group::\"g2\"",
            ])
            let action = random.pick([
                "action", "action == Action::\"read\"", "action in Action::\"all\"",
                "action in [Action::\"write\", Action::\"read\"]", "action in []",
            ])
            let resource = random.pick([
                "resource", "resource is Doc", "resource in Folder::\"f0\"",
                "resource == Doc::\"d1\"", "resource is Folder",
            ])
            let conditions = (0..<random.number(below: 3)).map { _ in
                "\(random.pick(["when", "unless"])) { "
                    + "\(condition(random.number(below: 3), &random)) }"
            }
            return "\(effect) (\(principal), \(action), \(resource)) "
                + conditions.joined(separator: " ") + ";"
        }.joined(separator: "\n")
    }

    func entities(_ random: inout Source) -> String {
        func uid(_ type: String, _ id: String) -> String {
            "{\"type\": \"\(type)\", \"id\": \"\(id)\"}"
        }
        func entity(
            _ type: String,
            _ id: String,
            _ parents: [String],
            _ attributes: String = "",
            _ tags: String = ""
        ) -> String {
            "{\"uid\": \(uid(type, id)), \"parents\": [\(parents.joined(separator: ", "))], "
                + "\"attrs\": {\(attributes)}, \"tags\": {\(tags)}}"
        }
        var list = [
            entity("Action", "read", [uid("Action", "some")]),
            entity("Action", "some", [uid("Action", "all")]), entity("Action", "write", []),
        ]
        for number in 0..<6 {
            list.append(
                entity("Group", "g\(number)", number < 5 ? [uid("Group", "g\(number + 1)")] : [])
            )
        }
        for number in 0..<3 {
            let parents = (0..<random.number(below: 3)).map { _ in
                uid("Group", "g\(random.number(below: 6))")
            }
            list.append(
                entity("User", "u\(number)", parents, "", random.pick(["", "\"t\": 2"]))
            )
        }
        list.append(entity("Folder", "f0", [uid("Folder", "f1")]))
        for number in 0..<3 {
            let name = random.pick(["caf\u{E9}", "cafe\u{301}", "x"])
            let readers = (0..<random.number(below: 3)).map { _ in
                "{\"__entity\": \(uid("User", "u\(random.number(below: 4))"))}"
            }
            var fields = [
                "\"name\": \"\(name)\"", "\"level\": \(random.number(below: 4))",
                "\"readers\": [\(readers.joined(separator: ", "))]",
                "\"owner\": {\"__entity\": \(uid("User", "u\(random.number(below: 4))"))}",
            ]
            if number == 2 { fields.removeLast() }
            list.append(
                entity(
                    "Doc",
                    "d\(number)",
                    [uid("Folder", "f\(random.number(below: 2))")],
                    fields.joined(separator: ", ")
                )
            )
        }
        return "[\(list.joined(separator: ", "))]"
    }

    func context(_ random: inout Source) -> String {
        let address = random.pick(["10.1.2.3", "127.0.0.1", "::1"])
        let instant = random.pick(["2024-05-01T13:00:00Z", "2025-01-01"])
        return "{\"ip\": {\"__extn\": {\"fn\": \"ip\", \"arg\": \"\(address)\"}}, "
            + "\"at\": {\"__extn\": {\"fn\": \"datetime\", \"arg\": \"\(instant)\"}}, "
            + "\"price\": {\"__extn\": {\"fn\": \"decimal\", \"arg\": \"1.2\"}}, "
            + "\"flag\": \(random.pick(["true", "false"])), \"deep\": {\"x\": {\"y\": 1}}}"
    }

    /// What the reference answers: a line for each request, `decision|reasons|errors`.
    func ask(_ script: String) throws -> [String]? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import cedarpy, json, re, sys
            for line in sys.stdin:
                t = json.loads(line)
                p = cedarpy.PolicySet.from_str(t['policies'])
                e = cedarpy.Entities.from_json_str(json.dumps(t['entities']))
                for z in cedarpy.is_authorized_batch(t['requests'], p, e):
                    errors = [re.search(r'policy\\d+', str(m)).group() for m in z.diagnostics.errors]
                    print('|'.join([z.decision.value.lower(), ','.join(sorted(z.diagnostics.reasons)),
                                    ','.join(sorted(errors))]))
            """,
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let file = input.fileHandleForWriting
        Thread.detachNewThread {
            try? file.write(contentsOf: Data(script.utf8))
            try? file.close()
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    static var hasReference: Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import cedarpy"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test func `decisions, reasons and errors are those of the reference`() throws {
        guard Self.hasReference else {
            print("SKIPPED: python3 has no cedarpy")
            return
        }
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = Source(state: seed)
        var script = ""
        var mine: [(answer: String, text: String)] = []
        for _ in 0..<Self.sets {
            let text = policies(&random)
            let entitiesText = entities(&random)
            let set = try PolicySet(parsing: [(name: "random", text: text)])
            let authorizer = Authorizer(policies: set, identifier: "")
            let known = try Entities(json: JSON(parsing: Array(entitiesText.utf8)))
            var asked: [String] = []
            for _ in 0..<Self.requests {
                let person = "u\(random.number(below: 4))"
                let action = random.pick(["read", "write", "none"])
                let (type, id) = random.pick([
                    ("Doc", "d0"), ("Doc", "d1"), ("Doc", "d2"), ("Doc", "d9"), ("Folder", "f0"),
                ])
                let contextText = context(&random)
                asked.append(
                    "{\"principal\": {\"type\": \"User\", \"id\": \"\(person)\"}, "
                        + "\"action\": {\"type\": \"Action\", \"id\": \"\(action)\"}, "
                        + "\"resource\": {\"type\": \"\(type)\", \"id\": \"\(id)\"}, "
                        + "\"context\": \(contextText)}"
                )
                let uid = EntityUID(type: "Action", id: action)
                let response = authorizer.isAuthorized(
                    Request(
                        principal: EntityUID(type: "User", id: person),
                        action: uid,
                        resource: EntityUID(type: type, id: id),
                        context: try Record(
                            contextJSON: JSON(parsing: Array(contextText.utf8)),
                            action: uid
                        )
                    ),
                    known
                )
                let answer = [
                    response.decision.rawValue, response.reasons.sorted().joined(separator: ","),
                    response.errors.map(\.policy).sorted().joined(separator: ","),
                ]
                mine.append((answer.joined(separator: "|"), "\(text)\n\(asked.last ?? "")"))
            }
            var writer = JSONWriter()
            writer.string(text)
            script +=
                "{\"policies\": \(String(decoding: writer.bytes, as: UTF8.self)), "
                + "\"entities\": \(entitiesText), \"requests\": [\(asked.joined(separator: ", "))]}\n"
        }
        let reference = try #require(try ask(script))
        #expect(reference.count == mine.count)
        let differences = zip(mine, reference).filter { $0.0.answer != $0.1 }
        print("\(mine.count) requests, \(differences.count) differences")
        for (mine, reference) in differences.prefix(3) {
            Issue.record("\(mine.text)\nis \(mine.answer), the reference says \(reference)")
        }
    }
}
