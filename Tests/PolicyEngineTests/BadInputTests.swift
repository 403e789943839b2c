import PolicyEngine
import Testing

private func long(_ part: String, _ count: Int) -> String {
    String(repeating: part, count: count)
}

/// Whatever a file holds: an error with its place, in a bounded time.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BadInputTests {
    enum Form: CaseIterable {
        case policies, schema, schemaJSON, entities, policyJSON
    }

    static let schema = """
        entity Group in [Group]; entity User in [Group] { name?: String, group?: Group };
        entity Kind enum ["x"]; action view appliesTo { principal: User, resource: User };
        """

    func error(of form: Form, _ bytes: [UInt8]) -> PolicyError? {
        do throws(PolicyError) {
            switch form {
            case .policies: _ = try PolicySet(parsing: [(name: "bad", bytes: bytes)])
            case .schema: _ = try Schema(parsing: bytes, name: "bad")
            case .schemaJSON: _ = try Schema(parsingJSON: bytes, name: "bad")
            case .entities:
                let schema = try Schema(parsing: Self.schema, name: "schema")
                _ = try Entities(parsing: bytes, name: "bad", schema: schema)
            case .policyJSON: _ = try PolicySet(parsingJSON: bytes, name: "bad")
            }
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: Form.allCases,
        [
            Array("// café\n".utf8) + [0xFF],
            Array("  // caf\u{E9}\n\"\u{E9}".utf8) + [0xC3, 0x28],
        ]
    )
    func `bytes that are not UTF-8 are refused where they stand`(form: Form, bytes: [UInt8]) {
        let error = error(of: form, bytes)
        #expect(error?.location?.line == 2)
        #expect(error?.location?.column == (bytes.last == 0xFF ? 1 : 3))
        #expect(error?.message.hasPrefix("expected UTF-8, found the byte 0x") == true)
    }

    @Test(arguments: [
        "namespace N {} namespace N {}", "entity U in [U,];", "entity U { a: Boolean };",
    ])
    func `a schema that the language does not have is refused`(schema: String) {
        #expect(error(of: .schema, Array(schema.utf8)) != nil)
    }

    @Test func `an entity says once what it is`() {
        let nested = #"[{"uid":{"__entity":{"__entity":{"type":"User","id":"a"}}},"#
        let plain = #"[{"uid":{"__entity":{"type":"User","id":"a"}},"#
        let rest = #""attrs":{},"parents":[]}]"#
        #expect(error(of: .entities, Array((plain + rest).utf8)) == nil)
        #expect(error(of: .entities, Array((nested + rest).utf8)) != nil)
    }

    @Test(arguments: [
        #"principal.hasTag("\u{e9}") && principal.getTag("e\u{301}") == 1"#,
        #"User::"\u{e9}" has name && User::"e\u{301}".name == """#,
    ])
    func `a test of another name, canonically equal, makes nothing safe`(condition: String) throws {
        let schema = try Schema(
            parsing: """
                entity User { name?: String } tags Long;
                action view appliesTo { principal: User, resource: User };
                """,
            name: "schema"
        )
        func isValid(_ condition: String) throws -> Bool {
            let text = "permit (principal, action, resource) when { \(condition) };"
            let set = try PolicySet(parsing: [(name: "test", text: text)])
            return Validator(schema).validate(set, mode: .strict).isEmpty
        }
        #expect(try !isValid(condition))
        #expect(try isValid(condition.replacing(#"e\u{301}"#, with: #"\u{e9}"#)))
    }

    @Test(arguments: Form.allCases)
    func `a long run of one sign is refused with a place`(form: Form) {
        let parts = [
            "[", "{", "{\"a\":", "!", "if ", "\"", "permit", "a::", "@", "[[[{\"uid\":",
            "permit (principal, action, resource) when { (", "entity A { a: {", "namespace N {",
            "entity A { a: Set<", "permit (principal, action, resource) when { !(",
        ]
        for (part, size) in [("(", 10 << 20)] + parts.map({ ($0, 1 << 18) }) {
            let error = error(of: form, Array(long(part, size / part.utf8.count).utf8))
            #expect(error?.location != nil, "\(part): \(String(describing: error))")
            #expect((error?.excerpt.utf8.count ?? 0) < 2_000)
        }
    }

    @Test(arguments: [
        (Form.policies, "permit (principal, action, resource) when { \"", "\" == \"\" };"),
        (.policies, "@a(\"", "\") permit (principal, action, resource);"),
        (.policies, "permit (principal, action, resource) when { principal.", " };"),
        (.schema, "entity U enum [\"", "\"];"),
        (.schemaJSON, "{\"\": {\"entityTypes\": {\"", " b\": {}}, \"actions\": {}}}"),
        (.entities, "[{\"uid\": {\"type\": \"User\", \"id\": \"", "\"}, \"attrs\": {\"b\": 1}}]"),
        (
            .policyJSON,
            "{\"staticPolicies\": {\"p\": {\"effect\": \"",
            "\"}}, \"templates\": {}, "
                + "\"templateLinks\": []}"
        ),
    ])
    func `a string of a megabyte is refused, and an error stays short`(
        form: Form,
        before: String,
        after: String
    ) {
        let error = error(of: form, Array((before + long("a", 1 << 20) + after).utf8))
        #expect(error?.location != nil || form == .policies && before.hasSuffix("."))
        #expect((error?.excerpt.utf8.count ?? 0) < 4_000_000)
    }

    @Test(arguments: [
        (
            Form.policies,
            "@id(\"a\") permit (principal, action, resource);\n @id(\"a\") forbid "
                + "(principal, action, resource);", "2:2: the policy id `a` is given twice"
        ),
        (
            .policies, "@a @b @a permit (principal, action, resource);",
            "1:7: the annotation `@a` is given twice"
        ),
        (.schema, "entity A;\nentity A;", "2:8: the entity type `A` is declared twice"),
        (.schema, "action a;\naction a;", "2:8: the action `Action::\"a\"` is declared twice"),
        (.schema, "entity A { a: Long,\n\"a\": Long };", "2:1: the attribute `a` is given twice"),
        (.schema, "entity A in [B];", "1:14: unknown entity type `B`"),
        (.schema, "entity A { a: Set<B> };", "1:19: unknown type `B`"),
        (.schema, "action a in [b];", "1:14: unknown action `Action::\"b\"`"),
        (
            .schema, "action a in [b];\naction b in [a];",
            "1:8: the action `Action::\"a\"` is in itself"
        ),
        (.schema, "type T = Set<U>;\ntype U = { t: T };", "2:15: the type `T` contains itself"),
        (.schemaJSON, "{\"\": {\"entityTypes\": {\"A\": {},\n\"A\": {}}}}", "2:1: duplicate key"),
        (
            .schemaJSON,
            "{\"\": {\"entityTypes\": {\"A\":\n {\"memberOfTypes\": [\"B\"]}},"
                + " \"actions\": {}}}", "2:21: unknown entity type `B`"
        ),
        (
            .schemaJSON,
            "{\"\": {\"entityTypes\": {},\n\"actions\": {\"a\": {\"memberOf\": "
                + "[{\"id\": \"a\"}]}}}}", "2:18: the action `Action::\"a\"` is in itself"
        ),
        (
            .schemaJSON,
            "{\"\": {\"entityTypes\": {\"A\": {\"shape\": {\"type\": \"Record\","
                + "\n\"attributes\": {\"a\": {\"type\": 1}}}}}}}",
            "2:30: expected a string, found an integer"
        ),
        (
            .entities,
            "[\n{\"uid\": {\"type\": \"Nobody\", \"id\": \"a\"}, \"attrs\": {}, "
                + "\"parents\": []}]", "2:9: `Nobody::\"a\"` is not of a type of the schema"
        ),
        (
            .entities,
            "[{\"uid\": {\"type\": \"Group\", \"id\": \"a\"}, \"attrs\": {}, "
                + "\"parents\": []},\n{\"uid\": {\"type\": \"Group\", \"id\": \"a\"}, \"attrs\": {}, "
                + "\"parents\": []}]", "2:1: the entity `Group::\"a\"` is given twice"
        ),
        (
            .entities,
            "[{\"uid\": {\"type\": \"Group\", \"id\": \"a\"}, \"attrs\": {}, "
                + "\"parents\": [{\"type\": \"Group\", \"id\": \"b\"}]},\n{\"uid\": {\"type\": \"Group\","
                + " \"id\": \"b\"}, \"attrs\": {}, \"parents\": [{\"type\": \"Group\", \"id\": \"b\"}]}]",
            "2:1: the entity `Group::\"b\"` is its own ancestor"
        ),
        (
            .entities,
            "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"attrs\":\n{\"name\": \"a\","
                + " \"name\": \"b\"}, \"parents\": []}]", "2:15: duplicate key"
        ),
        (
            .entities,
            "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"attrs\":\n{\"name\": 1},"
                + " \"parents\": []}]", "1:2: `User::\"a\"`, `name`: expected String, found long"
        ),
        (
            .entities,
            "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"attrs\":\n{\"name\": null},"
                + " \"parents\": []}]", "2:10: expected a value of Cedar, found null"
        ),
        (
            .entities,
            "[{\"uid\": {\"type\": \"Kind\", \"id\": \"y\"}, \"attrs\": {}, "
                + "\"parents\": []}]", "1:2: `Kind::\"y\"` is not one of its type's entities"
        ),
    ])
    func `what contradicts itself is refused where it does`(
        form: Form,
        text: String,
        message: String
    ) {
        #expect(error(of: form, Array(text.utf8))?.description == "bad:\(message)")
    }

    @Test func `a policy that names an unknown type has a finding with its place`() throws {
        let text = "permit (principal, action, resource)\nwhen { principal in Stranger::\"a\" };"
        let policies = try PolicySet(parsing: [(name: "bad", text: text)])
        let findings = Validator(try Schema(parsing: Self.schema, name: "schema")).validate(
            policies
        )
        #expect(
            findings.map(\.description) == [
                "bad:2:21: policy `policy0`: unknown entity type `Stranger`"
            ]
        )
    }

    @Test func `a long chain of ancestors is read, and one past the limit refused`() throws {
        func chain(_ count: Int) -> [UInt8] {
            let items = (0..<count).map { number in
                "{\"uid\": {\"type\": \"Group\", \"id\": \"\(number)\"}, \"attrs\": {}, "
                    + "\"parents\": [{\"type\": \"Group\", \"id\": \"\(number + 1)\"}]}"
            }
            return Array("[\(items.joined(separator: ",\n"))]".utf8)
        }
        #expect(error(of: .entities, chain(1_000)) == nil)
        #expect(error(of: .entities, chain(1_002))?.location != nil)
    }
}
