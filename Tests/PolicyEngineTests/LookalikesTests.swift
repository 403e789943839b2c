import PolicyEngine
import Testing

/// Asking one of a group in place of all of it, against asking each by the walk of the policies' trees.
@Suite struct LookalikesTests {
    private static let people = (0..<12).map { EntityUID(type: "U", id: "v\($0)") }

    /// People of a few kinds, of whom some others name some.
    private func people(_ random: inout RandomWorld) -> [Entity] {
        let kinds = (0..<3).map { _ in (random.uid(4), random.record(1)) }
        return Self.people.map { uid in
            let (group, attributes) = random.pick(kinds)
            let names: Record =
                random.chance(15) ? ["e": .entity(random.pick(Self.people))] : attributes
            return Entity(
                uid: uid,
                parents: random.chance(30) ? [] : [group],
                attributes: names,
                tags: random.chance(20) ? ["1.5": .string("x")] : [:]
            )
        }
    }

    /// A thing whose attributes name some of the people.
    private func thing(_ random: inout RandomWorld) throws -> Entity {
        var fields = random.record(2).fields.map { ($0.name, $0.value) }
        let named = Self.people.filter { _ in random.chance(10) }.map { Value.entity($0) }
        fields.removeAll { ["e", "l"].contains($0.0) }
        fields.append(("l", .set(ValueSet(named))))
        fields.append(("e", .entity(random.chance(50) ? random.pick(Self.people) : random.uid(0))))
        return Entity(
            uid: EntityUID(type: "D", id: "thing"),
            parents: random.chance(10) ? [random.pick(Self.people)] : [],
            attributes: try Record(fields)
        )
    }

    @Test func `the policies tell nobody of a group from the first`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = RandomWorld(seed: seed)
        var (shared, split, allowed) = (0, 0, 0)
        for _ in 0..<300 {
            var text = random.policies(count: random.pick([6, 20]))
            // Of the people, the policies name one.
            text += "@id(\"own\") permit (principal, action, resource)"
            text += " when { resource.e == principal };"
            text += "@id(\"one\") permit (principal == U::\"v3\", action, resource);"
            let set = try PolicySet(parsing: [(name: "random", text: text)])
            let authorizer = Authorizer(policies: set, identifier: "")
            let everybody = try Entities(random.entities() + people(&random))
            let lookalikes = Lookalikes(
                Self.people,
                among: everybody.prepared(for: authorizer),
                for: authorizer
            )
            let thing = try thing(&random)
            let groups = lookalikes.groups(about: thing).map(\.members)
            #expect(
                groups.joined().map(\.id).sorted() == Self.people.map(\.id).sorted(),
                "each is in one group"
            )
            #expect(
                lookalikes.groups(about: thing).map { Optional($0.first) }
                    == groups.map(\.first)
            )
            shared += groups.filter { $0.count > 1 }.count
            split += groups.count
            let among = try everybody.adding([thing])
            let context = random.record(1)
            for action in ["read", "write"] {
                for group in groups {
                    let answers = Set(
                        group.map { person in
                            authorizer.isAuthorizedByWalk(
                                Request(
                                    principal: person,
                                    action: EntityUID(type: "Action", id: action),
                                    resource: thing.uid,
                                    context: context
                                ),
                                among
                            )
                            .decision
                        }
                    )
                    #expect(answers.count == 1, "\(group) about \(thing)\n\(text)")
                    if answers == [.allow] { allowed += 1 }
                }
            }
        }
        #expect(shared > 300 && split > shared && allowed > 300)
    }

    @Test func `whom a policy, another or the thing names stands alone`() throws {
        let text = "permit (principal == U::\"v3\", action, resource);"
        let authorizer = Authorizer(
            policies: try PolicySet(parsing: [(name: "one", text: text)]),
            identifier: ""
        )
        let uids = Self.people + [EntityUID(type: "G", id: "of another type")]
        let people = uids.map { uid in
            Entity(uid: uid, attributes: uid.id == "v0" ? ["chief": .entity(Self.people[4])] : [:])
        }
        let lookalikes = Lookalikes(
            uids,
            among: try Entities(people),
            for: authorizer
        )
        let thing = Entity(
            uid: Self.people[7],
            parents: [Self.people[5]],
            attributes: ["deep": .record(["set": .set([.entity(Self.people[6])])])],
            tags: ["tag": .entity(Self.people[8])]
        )
        let groups = Set(lookalikes.groups(about: thing).map { $0.members.map(\.id) })
        #expect(
            groups == [
                ["v0"], ["v3"], ["v4"], ["v5"], ["v6"], ["v7"], ["v8"],
                ["v1", "v2", "v9", "v10", "v11"], ["of another type"],
            ]
        )
    }
}
