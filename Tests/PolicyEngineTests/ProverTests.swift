import PolicyEngine
import Testing

@Suite struct ProverTests {
    static let schema = """
        entity Role;
        entity Staff in [Role] { active: Bool };
        entity Incident { involved: Set<Staff>, excluded: Set<Staff> };
        action view, review appliesTo {
            principal: Staff, resource: Incident, context: { elevated: Bool }
        };
        """
    static let invariant = """
        @id("review-needs-elevation")
        forbid (principal, action == Action::"review", resource) unless { context.elevated };
        """

    func prove(_ policies: String, _ invariant: String) throws -> [Prover.Counterexample] {
        try Prover(Schema(parsing: Self.schema, name: "schema")).verdicts(
            on: PolicySet(parsing: [(name: "invariant", text: invariant)]),
            in: PolicySet(parsing: [(name: "policies", text: policies)])
        ).flatMap(\.counterexamples)
    }

    @Test(arguments: [
        "permit (principal, action, resource) when { context.elevated };",
        "permit (principal, action == Action::\"view\", resource);",
        "permit (principal, action, resource); "
            + "forbid (principal, action, resource) when { !context.elevated };",
        "permit (principal, action, resource) when { principal.active }; "
            + "forbid (principal, action, resource) when { context.elevated == false };",
        "permit (principal, action, resource) "
            + "when { if action == Action::\"review\" then context.elevated else true };",
    ])
    func `a set that keeps the invariant is proved`(policies: String) throws {
        #expect(try prove(policies, Self.invariant).isEmpty)
    }

    @Test func `a set that breaks it is shown with the combination`() throws {
        let found = try prove(
            """
            @id("leaders") permit (principal in Role::"slt", action, resource);
            forbid (principal, action, resource) when { resource.excluded.contains(principal) };
            """,
            Self.invariant
        )
        #expect(found.map(\.permits) == [["leaders"]])
        #expect(found.first?.isTrue == ["principal in Role::\"slt\""])
        #expect(
            found.first?.isFalse == ["context.elevated", "resource.excluded.contains(principal)"]
        )
    }

    @Test func `an exclusion is proved for every action`() throws {
        let guardText =
            "forbid (principal, action, resource) when { resource.excluded.contains(principal) };"
        let permit = "permit (principal, action, resource);\n"
        #expect(try prove(permit + guardText, guardText).isEmpty)
        #expect(try prove(permit, guardText).count == 2)
    }

    @Test func `a group in a list is the same condition as that group alone`() throws {
        let invariant = """
            forbid (principal, action, resource) unless { principal in Role::"a" };
            """
        let lists = """
            permit (principal in Role::"a", action, resource);
            permit (principal, action, resource) when { principal in [Role::"a", Role::"b"] };
            """
        let found = try prove(lists, invariant)
        #expect(found.map(\.isTrue) == Array(repeating: [#"principal in Role::"b""#], count: 2))
        let guarded = lists + #"forbid (principal in Role::"b", action, resource);"#
        #expect(try prove(guarded, invariant).isEmpty)
    }

    /// For random conditions over ten atoms.
    @Test(arguments: 1...40)
    func `a proof is what trying every combination shows`(seed: Int) throws {
        let atoms =
            ["context.elevated", "principal.active"]
            + (1...8).map { "principal in Role::\"\($0)\"" }
        var state = UInt64(seed)
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        typealias Test = ([Bool]) -> Bool
        func condition(_ depth: Int) -> (text: String, test: Test) {
            if depth == 0 || random(3) == 0 {
                let number = random(atoms.count)
                return (atoms[number], { $0[number] })
            }
            let (left, right) = (condition(depth - 1), condition(depth - 1))
            switch random(4) {
            case 0: return ("(\(left.text) && \(right.text))", { left.test($0) && right.test($0) })
            case 1: return ("(\(left.text) || \(right.text))", { left.test($0) || right.test($0) })
            case 2: return ("!(\(left.text))", { !left.test($0) })
            default:
                let test = condition(depth - 1)
                return (
                    "(if \(test.text) then \(left.text) else \(right.text))",
                    { test.test($0) ? left.test($0) : right.test($0) }
                )
            }
        }
        let permits = (0..<3).map { _ in condition(4) }
        let (guarded, invariant) = (condition(4), condition(4))
        let policies =
            permits.map { "permit (principal, action, resource) when { \($0.text) };" }.joined()
            + "forbid (principal, action, resource) when { \(guarded.text) };"
        let isBroken = (0..<1 << atoms.count).contains { bits in
            let values = atoms.indices.map { bits >> $0 & 1 == 1 }
            return invariant.test(values) && !guarded.test(values)
                && permits.contains { $0.test(values) }
        }
        let text = "forbid (principal, action, resource) when { \(invariant.text) };"
        #expect(try prove(policies, text).isEmpty != isBroken, "seed \(seed): \(policies)\(text)")
    }

    @Test func `conditions within conditions are as long as they are written`() throws {
        let nested = (0..<60).reduce("principal.active") { text, _ in
            "(if \(text) then true else false)"
        }
        let text = "permit (principal, action, resource) when { context.elevated && \(nested) };"
        #expect(try prove(text, Self.invariant).isEmpty)
    }

    @Test func `an invariant that permits is refused`() throws {
        #expect(throws: PolicyError.self) {
            try prove("", "permit (principal, action, resource);")
        }
    }

    @Test func `too many atoms are an error, not a guess`() throws {
        let condition = (0..<25).map { "context.elevated == (1 < \($0))" }
            .joined(separator: " || ")
        #expect(throws: PolicyError.self) {
            try prove("permit (principal, action, resource) when { \(condition) };", Self.invariant)
        }
    }
}
