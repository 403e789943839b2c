import PolicyEngine
import Testing

@Suite struct FilterTests {
    static let mapping = RowMapping(
        encode: { .text($0.id) },
        id: "i.id",
        attributes: [
            "author": .entity(type: "Staff", column: "i.author", isOptional: false),
            "restricted": .bool("i.restricted"), "status": .string("i.status"),
            "involved": .entitySet(type: "Staff") {
                "i.id IN (SELECT incident FROM involved WHERE staff = \($0))"
            },
        ]
    )
    static let me = EntityUID(type: "Staff", id: "me")

    func filter(_ text: String, first: Int = 1) throws -> RowFilter {
        let policies = try PolicySet(parsing: [(name: "test", text: text)])
        let permit = try Authorizer(policies: policies, identifier: "").filter(
            RowQuestion(
                principal: Self.me,
                action: EntityUID(type: "Action", id: "view"),
                resourceType: "Incident",
                context: ["elevated": .bool(false)],
                entities: Entities(),
                mapping: Self.mapping,
                firstParameter: first
            ),
            session: 1
        )
        let filter = permit.filter
        return try #require(filter)
    }

    @Test func `permits become plain disjuncts that an index can serve`() throws {
        let filter = try filter(
            """
            permit (principal, action, resource is Incident) when { resource.author == principal };
            permit (principal, action, resource is Incident)
            when { resource.involved.contains(principal) };
            permit (principal, action, resource is Incident) when { context.elevated };
            """,
            first: 3
        )
        #expect(
            filter.sql
                == "(i.author = ?3 OR i.id IN (SELECT incident FROM involved WHERE staff = ?3))"
        )
        #expect(filter.parameters == [.text("me")])
        #expect(filter.policies == ["policy0", "policy1"])
    }

    @Test func `a forbid that would err lets no row through`() throws {
        let filter = try filter(
            """
            permit (principal, action, resource);
            forbid (principal, action, resource) when { resource.restricted };
            """
        )
        #expect(filter.sql == "i.restricted = 0")
    }

    @Test func `texts that are canonically equal are parameters of their own`() throws {
        let filter = try filter(
            """
            permit (principal, action, resource);
            forbid (principal, action, resource)
            when { resource.status == "\u{e9}" || resource.status == "e\u{301}" };
            """
        )
        #expect(filter.sql == "i.status <> ?1 AND i.status <> ?2")
        #expect(filter.parameters == [.text("\u{e9}"), .text("e\u{301}")])
    }

    @Test func `a policy that errs whatever the row is takes nothing from the others`() throws {
        let filter = try filter(
            """
            permit (principal, action, resource);
            permit (principal, action, resource) when {
                (if 9223372036854775807 + 1 > 0 then resource.author else principal) == principal
            };
            """
        )
        #expect(filter.sql == "1")
    }

    @Test func `a comparison of comparisons ends as an error when it is too long`() throws {
        let nested = (0..<60).reduce("resource.restricted") { text, _ in
            "(\(text) == resource.restricted)"
        }
        let error = #expect(throws: PolicyError.self) {
            try filter("permit (principal, action, resource) when { \(nested) };")
        }
        #expect(error?.message.contains("more than 800 parts") == true)
    }

    @Test func `what the mapping cannot say is an error that names its place`() throws {
        #expect(throws: PolicyError.self) {
            try filter("permit (principal, action, resource) when { resource.colour == 1 };")
        }
    }

    @Test(arguments: [
        ("context.elevated && resource.colour == 1", "no column is given for `colour`"),
        ("resource.author.active", "`active` is not an attribute of the resource itself"),
        ("context.elevated || \"a\" like \"b\" || resource.author in Group::\"g\"", "ancestors"),
        ("resource in Group::\"g\"", "nothing says which rows are in `Group::\"g\"`"),
        ("resource.involved.isEmpty()", "`isEmpty` is asked of the row"),
    ])
    func `what cannot be compiled is found when policies are loaded`(
        condition: String,
        message: String
    ) throws {
        let text = "permit (principal, action, resource)\nwhen { \(condition) };"
        let policies = try PolicySet(parsing: [(name: "test", text: text)])
        let error = #expect(throws: PolicyError.self) {
            try Authorizer(policies: policies, identifier: "").checkFilter(
                of: EntityUID(type: "Action", id: "view"),
                resourceType: "Incident",
                entities: Entities(),
                mapping: Self.mapping
            )
        }
        #expect(error?.message.contains(message) == true)
        #expect(error?.location?.line == 2)
    }

    @Test func `a list that nothing permits is empty`() throws {
        let filter = try filter("permit (principal == Staff::\"you\", action, resource);")
        #expect(filter.sql == "0")
        #expect(filter.policies.isEmpty)
    }
}
