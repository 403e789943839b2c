import Foundation
import PolicyEngine
import Testing

/// The bytecode against the walk of the policies' trees, which is its reference.
@Suite struct BytecodeTests {
    func describe(_ response: Response) -> String {
        "\(response.decision) \(response.reasons) \(response.errors)"
    }

    @Test func `random policies are decided as the walk decides them, with every reason and error`()
        throws
    {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = RandomWorld(seed: seed)
        var counts = (all: 0, allowed: 0, erring: 0)
        for _ in 0..<800 {
            let text = random.policies(count: random.pick([1, 6, 12, 80]))
            let set = try PolicySet(parsing: [(name: "random", text: text)])
            let authorizer = Authorizer(policies: set, identifier: "")
            let list = random.entities()
            let walked = try Entities(list)
            let prepared = walked.prepared(for: authorizer)
            for _ in 0..<8 {
                let request = Request(
                    principal: random.anyUID(),
                    action: random.anyUID(),
                    resource: random.anyUID(),
                    context: random.record(2)
                )
                // The request's own entities are added to the others, as a service does.
                let own = [request.principal, request.resource]
                let rest = list.filter { !own.contains($0.uid) }
                let added = try Entities(rest).prepared(for: authorizer)
                    .adding(list.filter { own.contains($0.uid) })
                let expected = authorizer.isAuthorizedByWalk(request, walked)
                for entities in [prepared, added] {
                    let response = authorizer.isAuthorized(request, entities)
                    if describe(response) != describe(expected) {
                        Issue.record(
                            """
                            \(text)
                            \(request)
                            is \(describe(response))
                            the walk says \(describe(expected))
                            """
                        )
                        return
                    }
                }
                counts.all += 1
                counts.allowed += expected.decision == .allow ? 1 : 0
                counts.erring += expected.errors.isEmpty ? 0 : 1
            }
        }
        print(
            "\(counts.all) requests, \(counts.allowed) allowed, \(counts.erring) with errors, "
                + "0 differences"
        )
        #expect(counts.allowed > 0 && counts.erring > 0)
    }

    @Test func `a question asked by others, otherwise and of others is decided as one asked anew`()
        throws
    {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = RandomWorld(seed: seed)
        var allowed = 0
        for _ in 0..<200 {
            let text = random.policies(count: random.pick([1, 6, 12, 80]))
            let set = try PolicySet(parsing: [(name: "random", text: text)])
            let authorizer = Authorizer(policies: set, identifier: "")
            let list = random.entities()
            let split = random.number(below: list.count + 1)
            let walked = try Entities(list)
            let laidOut = try Entities(Array(list[split...])).prepared(for: authorizer)
                .adding(Array(list[..<split]))
            let context = random.record(2)
            for entities in [walked, laidOut] {
                func uid() -> EntityUID {
                    // Now and then one that nothing else names.
                    random.chance(10) ? EntityUID(type: "New", id: "n") : random.anyUID()
                }
                var request = Request(
                    principal: uid(),
                    action: uid(),
                    resource: uid(),
                    context: context
                )
                var question = Question(request, entities)
                for _ in 0..<12 {
                    let (person, act, thing) = (
                        random.chance(50) ? uid() : nil, random.chance(50) ? uid() : nil,
                        random.chance(50) ? uid() : nil
                    )
                    question = question.asked(by: person, act, on: thing)
                    request = Request(
                        principal: person ?? request.principal,
                        action: act ?? request.action,
                        resource: thing ?? request.resource,
                        context: context
                    )
                    let expected = authorizer.isAuthorizedByWalk(request, walked)
                    let response = authorizer.isAuthorized(question)
                    #expect(describe(response) == describe(expected), "\(request)\n\(text)")
                    #expect(
                        authorizer.permits(question) == authorizer.permits(request, entities)
                    )
                    let other = uid()
                    #expect(
                        authorizer.permits(question, by: other)
                            == authorizer.permits(question.asked(by: other))
                    )
                    if response.decision == .allow { allowed += 1 }
                }
            }
        }
        #expect(allowed > 100)
    }

    @Test func `what one request brings along is found by name and forgotten with it`() throws {
        let text = "permit (principal, action, resource) when { resource.owner == principal };"
        let set = try PolicySet(parsing: [(name: "test", text: text)])
        let authorizer = Authorizer(policies: set, identifier: "")
        let base = try Entities([]).prepared(for: authorizer)
        for number in 0..<100 {
            let me = EntityUID(type: "U", id: "a person of this request only, \(number)")
            let thing = EntityUID(type: "D", id: "d")
            let entities = try base.adding([
                Entity(uid: thing, attributes: ["owner": .entity(me)])
            ])
            func decision(_ principal: EntityUID) -> Decision {
                let action = EntityUID(type: "Action", id: "read")
                let request = Request(principal: principal, action: action, resource: thing)
                return authorizer.isAuthorized(request, entities).decision
            }
            #expect(decision(me) == .allow)
            #expect(decision(EntityUID(type: "U", id: me.id + "!")) == .deny)
            #expect(decision(EntityUID(type: "D", id: me.id)) == .deny)
        }
    }

    @Test func `entities that were prepared for other policies are decided on all the same`() throws
    {
        func authorizer(_ text: String) throws -> Authorizer {
            Authorizer(
                policies: try PolicySet(parsing: [(name: "test", text: text)]),
                identifier: ""
            )
        }
        let one = try authorizer("permit (principal in G::\"g\", action, resource);")
        let two = try authorizer("@id(\"b\") forbid (principal in G::\"g\", action, resource);")
        let me = EntityUID(type: "U", id: "me")
        let entities = try Entities([]).prepared(for: one)
            .adding([Entity(uid: me, parents: [EntityUID(type: "G", id: "g")])])
        let request = Request(principal: me, action: me, resource: me)
        #expect(one.isAuthorized(request, entities).decision == .allow)
        #expect(two.isAuthorized(request, entities).reasons == ["b"])
    }
}
