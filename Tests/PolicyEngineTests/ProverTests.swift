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
        try Prover(Schema(parsing: Self.schema, name: "schema")).counterexamples(
            to: PolicySet(parsing: [(name: "invariant", text: invariant)]),
            in: PolicySet(parsing: [(name: "policies", text: policies)])
        )
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
