import Foundation
import PolicyEngine
import Testing

/// What is decided from memory, against the walk of the policies' trees, which has none.
@Suite struct DecisionMemoryTests {
    private static let strangers = (0..<5).flatMap { number in
        ["U", "N::G", "Unheard"].map { EntityUID(type: $0, id: "s\(number)") }
    }

    private static let read = EntityUID(type: "Action", id: "read")

    /// Policies each of which tells one thing of another.
    private static let looksEverywhere = [
        "principal.hasTag(\"1.5\")", "resource.hasTag(\"1.5\")", "principal in resource",
        "principal in resource.e", "resource in principal", "principal.e in principal",
        "resource.e == principal", "resource.e == principal.e", "context.e == principal",
        "context.e == resource.e", "action == resource.e", "resource.e is U", "context.e is N::G",
        "resource.l.contains(principal)", "resource.l.contains(principal.e)",
        "resource.l == principal.l", "resource.l.containsAny(context.l)",
        "resource.r.e == principal",
        "resource.s == principal.s", "resource.s like \"unheard of*\"", "resource.n == 1",
        "context.n == resource.n", "resource.b", "resource has d", "principal has t",
        "resource.i.isIpv4()", "resource.i == principal.i", "principal == U::\"u0\"",
    ]
    .enumerated()
    .map { "@id(\"q\($0)\") permit (principal, action, resource) when { \($1) };" }
    .joined(separator: "\n")

    private func authorizer(_ text: String) throws -> Authorizer {
        Authorizer(policies: try PolicySet(parsing: [(name: "test", text: text)]), identifier: "")
    }

    /// A few names, known ones among them.
    private func name(_ random: inout RandomWorld) -> EntityUID {
        random.chance(60) ? random.pick(Self.strangers) : random.anyUID()
    }

    private func record(_ random: inout RandomWorld) throws -> Record {
        var fields = [("e", Value.entity(name(&random)))]
        let members = (0..<random.number(below: 3)).map { _ in Value.entity(name(&random)) }
        if random.chance(40) { fields.append(("l", .set(ValueSet(members)))) }
        let texts = ["1.5", "caf\u{E9}", "cafe\u{301}", "unheard of", "unheard of, and long"]
        if random.chance(20) { fields.append(("s", .string(random.pick(texts)))) }
        if random.chance(20) { fields.append(("n", .long(random.pick([0, 1])))) }
        if random.chance(20) { fields.append(("b", .bool(random.chance(50)))) }
        if random.chance(6) { fields.append(("d", .decimal(tenThousandths: 15_000))) }
        if random.chance(6) { fields.append(("t", .datetime(milliseconds: 0))) }
        if random.chance(6) { fields.append(("p", .duration(milliseconds: 0))) }
        if random.chance(6) {
            let addresses = ["10.1.2.3", "10.0.0.0/8", "::1"].compactMap { IPAddress($0) }
            fields.append(("i", .ipaddr(random.pick(addresses))))
        }
        if random.chance(6) { fields.append(("r", .record(["e": .entity(name(&random))]))) }
        return try Record(fields)
    }

    /// A person and a thing, and what is asked about them; all that is drawn is drawn from a few.
    private func situation(_ random: inout RandomWorld, but given: Set<EntityUID>) throws -> (
        added: [Entity], requests: [Request]
    ) {
        var added: [Entity] = []
        for _ in 0..<2 {
            let uid = name(&random)
            if given.contains(uid) || added.contains(where: { $0.uid == uid }) { continue }
            // Not a known one, which might be in this one itself.
            let parent = random.pick(Self.strangers)
            added.append(
                Entity(
                    uid: uid,
                    parents: random.chance(50) && parent != uid && added.isEmpty ? [parent] : [],
                    attributes: try record(&random),
                    tags: random.chance(20) ? ["1.5": .string("x")] : [:]
                )
            )
        }
        let context = try record(&random)
        let requests = (0..<4).map { _ in
            Request(
                principal: random.chance(80) ? added.first?.uid ?? name(&random) : name(&random),
                action: random.chance(80) ? Self.read : name(&random),
                resource: random.chance(80) ? added.last?.uid ?? name(&random) : name(&random),
                context: context
            )
        }
        return (added, requests)
    }

    /// The same but for one thing.
    private func neighbour(_ entities: [Entity], _ random: inout RandomWorld) throws -> [Entity] {
        guard !entities.isEmpty else { return entities }
        let place = random.number(below: entities.count)
        let entity = entities[place]
        var (parents, tags) = (entity.parents, entity.tags)
        var fields = entity.attributes.fields.map { ($0.name, $0.value) }
        switch random.number(below: 4) {
        case 0: tags = tags.fields.isEmpty ? ["1.5": .string("x")] : [:]
        case 1: parents = parents.isEmpty && place == 0 ? [random.pick(Self.strangers)] : []
        case 2: fields.remove(at: random.number(below: fields.count))
        default:
            let drawn = try record(&random)
            let index = random.number(below: fields.count)
            if let value = drawn[fields[index].0] { fields[index].1 = value }
        }
        parents.removeAll { $0 == entity.uid }
        var changed = entities
        changed[place] = Entity(
            uid: entity.uid,
            parents: parents,
            attributes: try Record(fields),
            tags: tags
        )
        return changed
    }

    private func renamed(_ entities: [Entity], _ names: [EntityUID: EntityUID]) throws -> [Entity] {
        try entities.map { entity in
            Entity(
                uid: names[entity.uid] ?? entity.uid,
                parents: entity.parents.map { names[$0] ?? $0 },
                attributes: try renamed(entity.attributes, names),
                tags: try renamed(entity.tags, names)
            )
        }
    }

    private func renamed(_ record: Record, _ names: [EntityUID: EntityUID]) throws -> Record {
        try Record(record.fields.map { ($0.name, try renamed($0.value, names)) })
    }

    private func renamed(_ value: Value, _ names: [EntityUID: EntityUID]) throws -> Value {
        switch value {
        case .entity(let uid): .entity(names[uid] ?? uid)
        case .set(let set): .set(ValueSet(try set.elements.map { try renamed($0, names) }))
        case .record(let record): .record(try renamed(record, names))
        case .bool, .long, .string, .decimal, .ipaddr, .datetime, .duration: value
        }
    }

    @Test func `what is remembered is what the walk decides, with every reason and error`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = RandomWorld(seed: seed)
        let tests = BytecodeTests()
        var (recalled, again, allowed, erring) = (0, 0, 0, 0)
        for _ in 0..<20 {
            var text = random.policies(count: random.pick([1, 6, 20]))
            text += Self.looksEverywhere
            let authorizer = try authorizer(text)
            let all = random.entities()
            let given = Array(all.prefix(random.number(below: all.count)))
            let base = try Entities(given).prepared(for: authorizer, remembering: TestLock())
            let uids = Set(given.map(\.uid))
            for _ in 0..<40 {
                let (added, requests) = try situation(&random, but: uids)
                // Strangers change names, or one thing changes, and all is asked again.
                for turn in 0..<6 {
                    let shift = turn == 0 ? 0 : random.number(below: 5)
                    var names: [EntityUID: EntityUID] = [:]
                    for uid in Self.strangers {
                        guard let number = Int(uid.id.dropFirst()) else { continue }
                        names[uid] = EntityUID(type: uid.type, id: "s\((number + shift) % 5)")
                    }
                    let more = try renamed(turn < 3 ? added : neighbour(added, &random), names)
                    let entities = try base.adding(more)
                    let walked = try Entities(given + more)
                    recalled += entities.isKnownByForm ? 1 : 0
                    again += (1..<3).contains(turn) && entities.isKnownByForm ? 1 : 0
                    for request in requests {
                        let request = Request(
                            principal: names[request.principal] ?? request.principal,
                            action: names[request.action] ?? request.action,
                            resource: names[request.resource] ?? request.resource,
                            context: try renamed(request.context, names)
                        )
                        let expected = authorizer.isAuthorizedByWalk(request, walked)
                        let question = Question(request, entities)
                        let permits = authorizer.permits(question)
                        let response = authorizer.isAuthorized(question)
                        #expect(
                            tests.describe(response) == tests.describe(expected),
                            "\(request)\n\(more)\n\(given)\n\(text)"
                        )
                        #expect(
                            permits
                                == (expected.decision == .allow
                                    && !expected.errors.contains(where: \.isForbid))
                        )
                        allowed += expected.decision == .allow ? 1 : 0
                        erring += expected.errors.isEmpty ? 0 : 1
                    }
                }
            }
        }
        print("\(recalled) of 4800 recalled, \(again) under other names")
        #expect(again > 700 && recalled > again && allowed > 500 && erring > 500)
    }

    /// Whoever owns a thing may read it; a policy of its own tells the last of the names.
    private func owned() throws -> Authorizer {
        try authorizer(
            """
            permit (principal, action, resource) when { resource.owner == principal };
            @id("named") forbid (principal == U::"named", action, resource);
            """
        )
    }

    private func question(
        _ base: Entities,
        of principal: String,
        on owner: String,
        _ more: Record = [:]
    ) throws -> Question {
        let thing = EntityUID(type: "D", id: "a thing of \(owner)")
        let attributes = more.fields.map { ($0.name, $0.value) }
        let own = ("owner", Value.entity(EntityUID(type: "U", id: owner)))
        let entities = try base.adding([
            Entity(uid: thing, attributes: try Record(attributes + [own]))
        ])
        return Question(
            Request(
                principal: EntityUID(type: "U", id: principal),
                action: Self.read,
                resource: thing
            ),
            entities
        )
    }

    private func decision(
        _ authorizer: Authorizer,
        _ base: Entities,
        of principal: String,
        on owner: String,
        _ more: Record = [:]
    ) throws -> (isAllowed: Bool, isRecalled: Bool) {
        let question = try question(base, of: principal, on: owner, more)
        return (authorizer.permits(question), question.entities.isKnownByForm)
    }

    @Test func `a conclusion is drawn once for all that are alike`() throws {
        let authorizer = try owned()
        let base = Entities().prepared(for: authorizer, remembering: TestLock())
        var drawn = 0
        func conclusion(of principal: String, on owner: String, variant: Int = 0) throws -> Int? {
            let question = try question(base, of: principal, on: owner)
            return authorizer.conclusion("a number", variant: variant, about: question) {
                drawn += 1
                return authorizer.permits(question) ? variant : nil
            }
        }
        for turn in 0..<3 {
            for name in ["a", "b", "c"] {
                #expect(try conclusion(of: name, on: name) == 0)
                #expect(try conclusion(of: name, on: name, variant: 7) == 7)
                #expect(try conclusion(of: "z", on: name) == nil)
                #expect(try conclusion(of: "named", on: name) == nil)
            }
            #expect(drawn == 4, "turn \(turn)")
        }
        // A policy names this one.
        #expect(try conclusion(of: "named", on: "named") == nil)
        #expect(drawn == 5)
        // Without a memory each is drawn anew.
        let another = try owned()
        for _ in 0..<2 {
            let question = try question(base, of: "a", on: "a")
            #expect(another.conclusion("a number", about: question) { "text" } == "text")
        }
    }

    @Test func `whom a policy names is not taken for another, nor the owner for a stranger`() throws
    {
        let authorizer = try owned()
        let base = Entities().prepared(for: authorizer, remembering: TestLock())
        for (number, owner) in ["a", "b", "named", "c", "named"].enumerated() {
            for other in ["x", "y", "named"] where other != owner {
                #expect(try !decision(authorizer, base, of: other, on: owner).isAllowed)
            }
            let (isAllowed, isRecalled) = try decision(authorizer, base, of: owner, on: owner)
            #expect(isAllowed == (owner != "named"))
            #expect(isRecalled, "\(number): asked about by others just before")
        }
    }

    @Test func `what is too long to be remembered is decided all the same`() throws {
        let authorizer = try owned()
        let base = Entities().prepared(for: authorizer, remembering: TestLock())
        let many = (0..<100).map { Value.entity(EntityUID(type: "U", id: "friend \($0)")) }
        let much = String(repeating: "x", count: 10_000)
        for more: Record in [["friends": .set(ValueSet(many))], ["text": .string(much)]] {
            for _ in 0..<2 {
                let own = try decision(authorizer, base, of: "me", on: "me", more)
                let other = try decision(authorizer, base, of: "you", on: "me", more)
                #expect(own == (true, false) && other == (false, false))
            }
        }
    }

    @Test func `a memory that is full begins anew`() throws {
        let authorizer = try owned()
        let base = Entities().prepared(for: authorizer, remembering: TestLock())
        /// Whether the like was there before, and is there now.
        func ask(_ number: Int) throws -> (before: Bool, now: Bool) {
            let more: Record = ["number": .long(Int64(number))]
            let other = try decision(authorizer, base, of: "you", on: "me", more)
            let own = try decision(authorizer, base, of: "me", on: "me", more)
            #expect(own.isAllowed && !other.isAllowed)
            return (other.isRecalled, own.isRecalled)
        }
        #expect(try ask(0) == (false, true))
        var (kept, forgotten) = (0, 0)
        for number in 1...10_000 {
            let (before, now) = try ask(number)
            #expect(!before)
            kept += now ? 1 : 0
            forgotten += try ask(0).before ? 0 : 1
        }
        #expect(kept > 9_900 && (1..<50).contains(forgotten))
    }

    @Test func `threads that ask at once are all answered`() throws {
        let authorizer = try owned()
        let base = Entities().prepared(for: authorizer, remembering: TestLock())
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<2_000 {
                do {
                    let more: Record = ["number": .long(Int64(number % 50))]
                    let owner = "owner \(thread)"
                    let own = try decision(authorizer, base, of: owner, on: owner, more)
                    let other = try decision(authorizer, base, of: "you", on: owner, more)
                    #expect(own.isAllowed && !other.isAllowed)
                } catch {
                    Issue.record(error)
                }
            }
        }
    }
}

private struct TestLock: Exclusion {
    private let lock = NSLock()

    func alone(_ body: () -> Void) { lock.withLock(body) }
}
