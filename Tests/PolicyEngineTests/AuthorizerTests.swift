import PolicyEngine
import Testing

@Suite struct AuthorizerTests {
    static let me = EntityUID(type: "Staff", id: "me")
    static let view = EntityUID(type: "Action", id: "view")
    static let it = EntityUID(type: "Incident", id: "1")
    static let leader = EntityUID(type: "Role", id: "leader")

    func authorizer(_ text: String) throws -> Authorizer {
        Authorizer(policies: try PolicySet(parsing: [(name: "test", text: text)]), identifier: "h")
    }

    func request(elevated: Bool = false) -> Request {
        Request(
            principal: Self.me,
            action: Self.view,
            resource: Self.it,
            context: ["elevated": .bool(elevated)]
        )
    }

    func entities() throws -> Entities {
        try Entities([Entity(uid: Self.leader)])
            .adding([Entity(uid: Self.me, parents: [Self.leader])])
    }

    /// The authorization in a word, with the policies behind it.
    func word(_ authorization: consuming Authorization) -> String {
        switch authorization {
        case .permit(let permit): "permit \(permit.policies) \(permit.policySet)"
        case .stepUp(let refusal): "step-up \(refusal.policies) \(refusal.reason ?? "-")"
        case .denial(let refusal): "denial \(refusal.policies) \(refusal.reason ?? "-")"
        }
    }

    @Test func `a permit that holds gives a permit`() throws {
        let authorizer = try authorizer("permit (principal in Role::\"leader\", action, resource);")
        let answer = authorizer.authorize(request(), try entities(), session: 7)
        #expect(word(answer) == "permit [\"policy0\"] h")
    }

    @Test func `what elevation would allow is a step-up`() throws {
        let authorizer = try authorizer(
            "permit (principal, action, resource) when { context.elevated };"
        )
        let elevated: Record = ["elevated": .bool(true)]
        let answer = authorizer.authorize(
            request(),
            try entities(),
            session: 7,
            contextIfElevated: elevated
        )
        #expect(word(answer) == "step-up [] -")
        #expect(
            authorizer.wouldElevationHelp(
                request(),
                try entities(),
                contextIfElevated: elevated
            )
        )
    }

    @Test func `a forbid denies with its reason`() throws {
        let authorizer = try authorizer(
            """
            permit (principal, action, resource);
            @id("guard") @reason("you are a subject of it") forbid (principal, action, resource);
            """
        )
        let answer = authorizer.authorize(request(), try entities(), session: 7)
        #expect(word(answer) == "denial [\"guard\"] you are a subject of it")
    }

    @Test func `an erring forbid denies, though Cedar would pass over it`() throws {
        let authorizer = try authorizer(
            """
            permit (principal, action, resource);
            forbid (principal, action, resource) when { resource.excluded };
            """
        )
        #expect(authorizer.isAuthorized(request(), try entities()).decision == .allow)
        let answer = authorizer.authorize(request(), try entities(), session: 7)
        #expect(word(answer) == "denial [] -")
    }

    @Test func `every candidate among many is evaluated, and no other`() throws {
        let text = (0..<200).map { number in
            "permit (principal, action == Action::\"\(number % 3 == 0 ? "view" : "edit")\", "
                + "resource is \(number % 2 == 0 ? "Incident" : "Pupil"));"
        }.joined(separator: "\n")
        let response = try authorizer(text).isAuthorized(request(), try entities())
        #expect(response.reasons == stride(from: 0, to: 200, by: 6).map { "policy\($0)" })
    }

    @Test func `a group added later counts for what was there before`() throws {
        let base = try Entities([Entity(uid: Self.me, parents: [Self.leader])])
        let top = EntityUID(type: "Role", id: "top")
        let all = try base.adding([Entity(uid: Self.leader, parents: [top])])
        let authorizer = try authorizer("permit (principal in Role::\"top\", action, resource);")
        #expect(authorizer.isAuthorized(request(), base).decision == .deny)
        #expect(authorizer.isAuthorized(request(), all).decision == .allow)
    }

    @Test func `a cycle and a repeated entity are refused`() throws {
        let (a, b) = (EntityUID(type: "T", id: "a"), EntityUID(type: "T", id: "b"))
        #expect(throws: PolicyError.self) {
            try Entities([Entity(uid: a, parents: [b]), Entity(uid: b, parents: [a])])
        }
        #expect(throws: PolicyError.self) { try Entities([Entity(uid: a, parents: [a])]) }
        #expect(throws: PolicyError.self) { try Entities([Entity(uid: a), Entity(uid: a)]) }
        #expect(throws: PolicyError.self) {
            try Entities([Entity(uid: a, parents: [b])]).adding([Entity(uid: b, parents: [a])])
        }
    }

    @Test func `ids that are only canonically equal are different entities`() throws {
        let one = EntityUID(type: "T", id: "\u{E9}")
        let two = EntityUID(type: "T", id: "e\u{301}")
        #expect(one != two)
        let entities = try Entities([Entity(uid: one), Entity(uid: two)])
        #expect(entities.all.count == 2)
    }

    @Test func `a denial names the nearest permit and the condition that failed`() throws {
        let authorizer = try authorizer(
            """
            @id("far") permit (principal, action, resource) when { false && context.elevated };
            @id("near") @reason("leaders review when elevated")
            permit (principal in Role::"leader", action, resource)
            when { action == Action::"view" && context.elevated };
            permit (principal, action == Action::"edit", resource);
            """
        )
        let explanation = authorizer.explain(request(), try entities())
        #expect(explanation.decision == .deny)
        #expect(explanation.nearest.map(\.policy) == ["near", "far"])
        let nearest = try #require(explanation.nearest.first)
        #expect(nearest.failed.map(\.text) == ["context.elevated"])
        #expect(nearest.failed.map(\.values) == [["context.elevated is false"]])
        #expect(nearest.parts == 3)
        #expect(nearest.reason == "leaders review when elevated")
    }

    @Test func `a role that is missing in the head of a permit is named as what failed`() throws {
        let authorizer = try authorizer(
            "permit (principal in Role::\"auditor\", action, resource is Incident);"
        )
        let explanation = authorizer.explain(request(), try entities())
        let failed = try #require(explanation.nearest.first?.failed.first)
        #expect(failed.text == #"principal in Role::"auditor""#)
        #expect(failed.values == [#"principal is Staff::"me" in [Role::"leader"]"#])
    }

    @Test func `what decides is told with the values that it rests on`() throws {
        let authorizer = try authorizer(
            """
            @id("leaders") @reason("leaders may") permit (principal, action, resource)
            when { principal in Role::"leader" };
            @id("plain") @reason("not without a code") forbid (principal, action, resource)
            unless { context.elevated || context has pass };
            """
        )
        let denial = authorizer.explain(request(), try entities())
        #expect(denial.decision == .deny)
        #expect(denial.forbids.map(\.reason) == ["not without a code"])
        #expect(
            denial.forbids.first?.conditions.map(\.description) == [
                "!(context.elevated): context.elevated is false", "!(context has pass)",
            ]
        )
        let allow = authorizer.explain(request(elevated: true), try entities())
        #expect(allow.decision == .allow && allow.permits.map(\.policy) == ["leaders"])
        #expect(
            allow.permits.first?.conditions.map(\.description) == [
                #"principal in Role::"leader": principal is Staff::"me" in [Role::"leader"]"#
            ]
        )
    }

    @Test func `a forbid that errs is told in the explanation`() throws {
        let authorizer = try authorizer(
            """
            permit (principal, action, resource);
            @id("broken") forbid (principal, action, resource) when { resource.colour == 1 };
            """
        )
        let explanation = authorizer.explain(request(), try entities())
        #expect(explanation.decision == .deny)
        #expect(explanation.errors.map(\.policy) == ["broken"])
    }
}
