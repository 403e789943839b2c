import PolicyEngine
import Testing

@Suite struct SituationTests {
    static let schema = """
        entity Role enum ["teacher", "leader"];
        entity Staff in [Role] { active: Bool };
        entity Group;
        entity Incident in [Group] {
            author: Staff, involved: Set<Staff>, restricted: Bool, state: String,
            present: Set<Role>, owner?: Staff,
        };
        entity Note { incident: Incident, author: Staff };
        type Session = { elevated: Bool };
        action view appliesTo {
            principal: Staff, resource: [Incident, Note], context: { session: Session }
        };
        action close appliesTo {
            principal: Staff, resource: Incident, context: { session: Session, late: Bool }
        };
        """

    static let policies = """
        @id("teachers") permit (principal in Role::"teacher", action, resource is Incident)
        when { resource.involved.contains(principal) };
        @id("leaders") permit (principal in Role::"leader", action, resource)
        when { context.session.elevated };
        @id("authors") permit (principal, action, resource is Note)
        when { resource.author == principal };
        @id("restricted") forbid (principal, action, resource is Incident)
        when { resource.restricted } unless { resource.author == principal };
        @id("active") forbid (principal, action, resource) unless { principal.active };
        """

    func vocabulary() throws -> Vocabulary {
        try Vocabulary(Schema(parsing: Self.schema, name: "schema"), normally: ["active"])
    }

    func authorizer() throws -> Authorizer {
        let policies = try PolicySet(parsing: [(name: "policies", text: Self.policies)])
        return Authorizer(policies: policies, identifier: "h")
    }

    @Test(arguments: [
        "teacher may view on Incident when involved",
        "teacher and leader elevated may close when not author, late, state closed",
        "anybody may view on Note when incident.restricted, incident.author",
        "leader may close when present without teacher, in Group \"a b\", owner, state \"a, b\"",
    ])
    func `a situation is told in the words that it was read from`(text: String) throws {
        let vocabulary = try vocabulary()
        let situation = try vocabulary.situation(text)
        let again = try vocabulary.situation(situation.description)
        #expect(again.description == situation.description)
        let (request, entities) = try situation.request()
        try vocabulary.check(request, entities)
        #expect(try again.request().entities.all.count == entities.all.count)
    }

    @Test func `what is not said is not the case, and the usual is`() throws {
        let (request, entities) = try vocabulary().situation("teacher may close").request()
        let incident = try #require(entities[request.resource])
        #expect(incident.attributes["restricted"] == .bool(false))
        #expect(incident.attributes["involved"] == .set([]))
        #expect(incident.attributes["owner"] == nil)
        #expect(entities[request.principal]?.attributes["active"] == .bool(true))
        #expect(request.context["late"] == .bool(false))
    }

    @Test(arguments: [
        ("teacher may fly", "1:13: there is no action `fly`"),
        ("teacher may view", "1:13: `view` needs `on` and one of Incident, Note"),
        ("teacher may view on Group", "1:21: `view` is done on Incident, Note"),
        ("pupil may close", "1:1: `pupil` is neither a role nor a condition"),
        ("teacher may close when lat", "1:24: there is no condition `lat`"),
        ("teacher may close when state", "1:29: expected a value, found the end of the line"),
        ("teacher may close when in Role x", "1:27: no `Incident` is in a `Role`"),
        ("teacher may close when present without x", "1:40: there is no Role `x`"),
        ("teacher may close when present", "1:24: `present` is a Set<Role>"),
        ("teacher may close when \"late\"", "1:24: expected a condition"),
        ("teacher may close late", "1:19: expected `when`, `:` or the end of the line"),
        ("teacher may close when state \"x", "1:30: expected `\"` before the end of the line"),
        ("teacher", "1:8: expected `may`"),
    ])
    func `what cannot be understood is shown with its place`(text: String, error: String) throws {
        let found = #expect(throws: PolicyError.self) {
            _ = try vocabulary().situation(text)
        }
        #expect(found?.description.contains(error) == true, "\(found?.description ?? "")")
    }

    @Test func `cases are run, and policies that none decides are named`() throws {
        let cases = try PolicyCases(
            parsing: [
                (
                    name: "cases",
                    bytes: Array(
                        """
                        # An incident.
                        teacher may close when involved: teachers
                        teacher may not close
                        teacher may not close when restricted,
                            involved: restricted
                        leader elevated may close: leaders
                        leader may close: leaders   # wrong
                        """.utf8
                    )
                )
            ],
            in: try vocabulary()
        )
        let report = try cases.report(on: try authorizer())
        #expect(
            report.failures.map(\.description) == [
                "cases:7:1: denied by no policy, expected allowed by `leaders`"
            ]
        )
        #expect(report.undecided == ["authors", "active"])
        #expect(report.undisputed == ["authors"])
    }

    @Test func `the matrix has a row for each relation that its parts do not foretell`() throws {
        let matrix = try PolicyMatrix(
            of: try authorizer(),
            in: try vocabulary(),
            stepUp: "elevated"
        )
        #expect(matrix.roles == ["teacher", "leader"])
        #expect(matrix.nothingWhen == ["not active"])
        let rows = matrix.rows.map { row in
            let cells = row.cells.map { cell in
                [cell.plain, cell.elevated].map { $0.decision == .allow ? "+" : "-" }.joined()
            }
            return "\(row.action) \(row.resourceType) [\(row.relation)] "
                + cells.joined(separator: " ")
        }
        #expect(
            rows.prefix(5) == [
                "view Incident [] -- -+", "view Incident [involved] ++ -+",
                "view Incident [restricted] -- --", "view Incident [involved, restricted] -- --",
                "view Incident [restricted, author] -- -+",
            ]
        )
    }

    @Test func `a condition that one action has never heard of silences no other`() throws {
        let policies = try PolicySet(
            parsing: [
                (
                    name: "policies",
                    text: """
                    permit (principal, action, resource is Incident);
                    @id("late") forbid (principal, action == Action::"close", resource)
                    when { context.late };
                    """
                )
            ]
        )
        let matrix = try PolicyMatrix(
            of: Authorizer(policies: policies, identifier: "h"),
            in: try vocabulary(),
            stepUp: "elevated"
        )
        #expect(matrix.nothingWhen == [])
        #expect(matrix.rows.filter { $0.action == "close" }.map(\.relation) == ["", "late"])
    }
}

extension Vocabulary {
    /// Checks that a request and its entities are what the schema says.
    fileprivate func check(_ request: Request, _ entities: Entities) throws {
        let schema = try Schema(parsing: SituationTests.schema, name: "schema")
        try schema.check(request)
        for entity in entities.all { try schema.check(entity) }
    }
}
