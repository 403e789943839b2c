import PolicyEngine
import Testing

/// Policies to and from Cedar's JSON form.
@Suite struct PolicyJSONTests {
    static let texts = [
        "@id(\"a\") @note permit (principal == ?principal, action in [], resource in ?resource);",
        "forbid (principal is A in ?principal, action in Action::\"x\", resource is N::B);",
        "permit (principal is A in A::\"x\", action in [Action::\"a\", Action::\"b\"], resource);",
        "permit (principal in A::\"\\0\\\\\", action == N::Action::\"é\", resource) unless { false };",
    ]

    static let conditions = [
        "-(-1)", "-(1)", "--context.n", "!!true", "(-1).toDays()", "1 - (2 - 3) * 4 + -1",
        "true && (false && true) || false", "if true then 1 else 2", "principal has a.b.c",
        "[1].contains(2) has a.b", "principal has \"a b\"", "principal[\"a b\"].c < 1 + 1",
        "{\"if\": 1, b: [1, {}]} == {}", "\"\\u{301}\\n\\\"\" like \"*\\*\\u{301}\"",
        "principal is A::B in A::B::\"x\"", "(principal is A in A::\"x\") && true",
        "true && principal is A in [A::\"x\"]", "principal is A && principal in A::\"x\"",
        "ip(\"::1\").isInRange(ip(\"::/0\"))", "ip().isIpv4(1, 2)", "[].isEmpty()",
        "principal.getTag(\"a\") && principal.hasTag(\"b\")", "1 in [1]", "1 != 2",
    ]

    static var policies: [String] {
        texts + conditions.map { "permit (principal, action, resource) when { \($0) };" }
    }

    func json(_ set: PolicySet) -> String { String(decoding: set.json, as: UTF8.self) }

    @Test(arguments: policies)
    func `a policy comes back from its JSON form`(text: String) throws {
        let set = try PolicySet(parsing: [(name: "test", text: text)])
        let again = try PolicySet(parsingJSON: set.json, name: "test.json")
        #expect(json(again) == json(set))
        let printed = try PolicySet(parsing: [(name: "printed", text: again.description)])
        #expect(json(printed) == json(set))
        #expect(printed.policies.map(\.id) == set.policies.map(\.id))
    }

    @Test func `a policy is called as its key says, whatever its annotation`() throws {
        let policy =
            #"{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"#
            + #""resource":{"op":"All"},"conditions":[],"annotations":{"id":"foo"}}"#
        let text = #"{"staticPolicies":{"bar":\#(policy)},"templates":{},"templateLinks":[]}"#
        let set = try PolicySet(parsingJSON: Array(text.utf8), name: "test.json")
        #expect(set.policies.map(\.id) == ["bar"])
    }

    @Test func `links come back with their template`() throws {
        let text = Self.texts[0] + "permit (principal, action, resource);"
        let set = try PolicySet(parsing: [(name: "test", text: text)]).linking(
            template: "a",
            as: "link",
            principal: EntityUID(type: "U", id: "1"),
            resource: EntityUID(type: "R", id: "2")
        )
        let again = try PolicySet(parsingJSON: set.json, name: "test.json")
        #expect(json(again) == json(set))
        #expect(again.policies.map(\.id) == ["policy1", "link"])
        #expect(again.policies.map(\.template) == [nil, "a"])
        let printed = try PolicySet(parsing: [(name: "printed", text: again.description)])
        #expect(printed.policies.map(\.id) == ["policy1", "link"])
    }

    @Test func `a long chain is written so that it can be read`() throws {
        let chain = Array(repeating: "context.n == 4", count: 5_000).joined(separator: " || ")
        let text = "permit (principal, action, resource) when { \(chain) };"
        let set = try PolicySet(parsing: [(name: "test", text: text)])
        let again = try PolicySet(parsingJSON: set.json, name: "test.json")
        #expect(again.policies.count == 1)
    }

    @Test func `random policies come back`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = RandomSource(seed: seed)
        for _ in 0..<300 {
            var generator = RandomPolicies(schema: RandomSchema(&random))
            let set = try PolicySet(parsing: [(name: "random", text: generator.text(&random))])
            let again = try PolicySet(parsingJSON: set.json, name: "random.json")
            #expect(json(again) == json(set), "\(set)")
            let printed = try PolicySet(parsing: [(name: "printed", text: set.description)])
            #expect(printed.policies.map(\.id) == set.policies.map(\.id), "\(set)")
            let twice = try PolicySet(parsing: [(name: "printed", text: printed.description)])
            #expect(json(twice) == json(printed), "\(set)")
        }
    }

    static let program = """
        import cedarpy, json, sys
        def differ(a, b, path):
            if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
                return next(filter(None, (differ(a[k], b[k], path + [k]) for k in a)), '')
            if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
                return next(filter(None, map(differ, a, b, [path] * len(a))), '')
            return '' if a == b else f'{path}: {a} is {b}'
        for line in sys.stdin:
            task = json.loads(line)
            theirs = cedarpy.policies_to_json_str(task['text'])
            ours = json.loads(task['json'])
            cedarpy.PolicySet.from_json_str(task['json'])
            print(json.dumps([differ(ours, json.loads(theirs), []), theirs]))
        """

    @Test func `the reference writes the same, and what it writes is read`() throws {
        if Python.lacks("cedarpy") { return }
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = RandomSource(seed: seed)
        var sets: [PolicySet] = []
        var script = ""
        let conditions = Self.conditions.filter { !$0.contains("has a.b") && !$0.contains("@") }
        var texts = conditions.map { "permit (principal, action, resource) when { \($0) };" }
        for _ in 0..<200 {
            var generator = RandomPolicies(schema: RandomSchema(&random))
            texts.append(generator.text(&random))
        }
        for text in texts {
            sets.append(try PolicySet(parsing: [(name: "random", text: text)]))
            var writer = JSONWriter()
            writer.object { writer in
                writer.field("text", text)
                writer.field("json", String(decoding: sets[sets.count - 1].json, as: UTF8.self))
            }
            script += String(decoding: writer.bytes, as: UTF8.self) + "\n"
        }
        let answers = try #require(try Python.run(Self.program, on: script))
        #expect(answers.count == sets.count)
        for (set, answer) in zip(sets, answers) {
            guard case .array(let pair) = try JSON(parsing: Array(answer.utf8)),
                case .string(let theirs) = pair[1]
            else {
                Issue.record("no answer: \(answer)")
                continue
            }
            #expect(pair[0] == .string(""))
            let again = try PolicySet(parsingJSON: Array(theirs.utf8), name: "theirs.json")
            #expect(json(again) == json(set), "\(theirs)")
        }
    }

    static let head = "\"principal\": {\"op\": \"All\"}, \"resource\": {\"op\": \"All\"}, "

    @Test(arguments: [
        ("{\"staticPolicies\": {}, \"templates\": {}}", "1:1: expected a member `templateLinks`"),
        ("{\"staticPolicies\": {}, \"staticPolicies\": {}}", "1:24: duplicate key"),
        (
            "{\"staticPolicies\": {\"p\": {\n\"effect\": \"allow\"}},\n\"templates\": {}, "
                + "\"templateLinks\": []}",
            "2:11: expected `permit` or `forbid`, found `allow`"
        ),
        (
            "{\"staticPolicies\": {\"p\": {\"effect\": \"permit\", \(head)\n\"action\": {\"op\": \"is\"}, "
                + "\"conditions\": []}}, \"templates\": {}, \"templateLinks\": []}",
            "2:18: expected `All`, `==` or `in`, found `is`"
        ),
        (
            "{\"staticPolicies\": {\"p\": {\"effect\": \"permit\", \(head)\"action\": {\"op\": \"All\"}, "
                + "\"conditions\": [{\"kind\": \"when\", \"body\":\n {\"==\": {\"left\": {\"Value\": 1}, "
                + "\"right\": {\"Var\": \"me\"}}}}]}}, \"templates\": {}, \"templateLinks\": []}",
            "2:49: expected a variable, found `me`"
        ),
        (
            "{\"staticPolicies\": {}, \"templates\": {}, \"templateLinks\": [{\"templateId\": \"t\", "
                + "\"newId\": \"l\", \"values\": {}}]}",
            "1:74: there is no template `t`"
        ),
        ("[]", "1:1: expected an object, found an array"),
    ])
    func `an error has its line and column`(text: String, message: String) throws {
        let error = #expect(throws: PolicyError.self) {
            try PolicySet(parsingJSON: Array(text.utf8), name: "test.json")
        }
        #expect(error?.description == "test.json:\(message)")
    }
}
