import PolicyEngine

/// A made-up school for deciding: 25 policies, 691 entities and 2,000 requests, always the same.
struct PolicySample {
    /// A policy, in the words of Cedar and in those of casbin.
    struct Rule {
        let id: String
        let effect: String
        /// The role that the principal has to be in.
        let role: String?
        let actions: [String]
        let type: String
        /// What has to hold besides, in Cedar and in Python.
        let condition: (cedar: String, python: String)?

        var cedar: String {
            let principal = role.map { "principal in Role::\"\($0)\"" } ?? "principal"
            let list = actions.map { "Action::\"\($0)\"" }.joined(separator: ", ")
            let action = actions.isEmpty ? "action" : "action in [\(list)]"
            let resource = type.isEmpty ? "resource" : "resource is \(type)"
            let when = condition.map { " when { \($0.cedar) }" } ?? ""
            return "@id(\"\(id)\") \(effect) (\(principal), \(action), \(resource))\(when);\n"
        }
    }

    let entities: [Entity]
    let requests: [Request]

    static let roles = ["staff", "tutor", "leader", "safeguarding", "barred"]
    private static let onIncidents = [
        "view", "comment", "edit", "close", "reopen", "delete", "assign", "alert", "viewSealed",
        "editSealed",
    ]
    private static let onSchool = ["list", "create", "audit", "manage", "configure"]

    init() {
        var random = SampleSource(state: 7)
        let people = PolicySample.people
        var entities = PolicySample.roles.map { Entity(uid: EntityUID(type: "Role", id: $0)) }
        entities += people.map { person in
            Entity(
                uid: EntityUID(type: "User", id: person.id),
                parents: person.roles.map { EntityUID(type: "Role", id: $0) },
                attributes: ["department": .string("d")]
            )
        }
        for number in 0..<200 {
            entities.append(
                Entity(
                    uid: EntityUID(type: "Student", id: "s\(number)"),
                    attributes: ["year": .long(Int64(7 + random.number(below: 7)))]
                )
            )
        }
        for number in 0..<400 {
            let author = random.pick(people).id
            let alerted = (0..<random.number(below: 6)).map { _ in random.pick(people).id }
            entities.append(
                PolicySample.incident(
                    "i\(number)",
                    author: author,
                    alerted: alerted,
                    student: "s\(random.number(below: 200))",
                    isSealed: random.number(below: 5) == 0,
                    status: random.pick(["open", "closed"])
                )
            )
        }
        for number in 0..<10 {
            entities.append(
                Entity(
                    uid: EntityUID(type: "Report", id: "r\(number)"),
                    attributes: ["sealed": .bool(number % 4 == 0)]
                )
            )
        }
        entities.append(Entity(uid: EntityUID(type: "School", id: "this")))
        self.entities = entities
        var related: [String: [EntityUID]] = [:]
        for person in PolicySample.askers {
            let user = Value.entity(EntityUID(type: "User", id: person))
            related[person] = entities.filter { $0.concerns(user) }.map(\.uid)
        }
        requests = (0..<2_000).map { _ in PolicySample.request(&random, related) }
    }

    static func incident(
        _ id: String,
        author: String,
        alerted: [String],
        student: String,
        isSealed: Bool,
        status: String
    ) -> Entity {
        Entity(
            uid: EntityUID(type: "Incident", id: id),
            attributes: [
                "alerted": .set(
                    ValueSet(alerted.map { .entity(EntityUID(type: "User", id: $0)) })
                ),
                "author": .entity(EntityUID(type: "User", id: author)),
                "sealed": .bool(isSealed),
                "status": .string(status),
                "student": .entity(EntityUID(type: "Student", id: student)),
            ]
        )
    }

    private static let people: [(id: String, roles: [String])] =
        (0..<60).map { ("staff\($0)", ["staff"]) }
        + (0..<6).map { ("tutor\($0)", ["staff", "tutor"]) }
        + (0..<5).map { ("leader\($0)", ["staff", "leader"]) }
        + (0..<3).map { ("safe\($0)", ["staff", "safeguarding"]) }
        + [("barred0", ["staff", "barred"])]

    private static let askers = [
        "staff0", "staff7", "staff33", "tutor1", "tutor4", "leader0", "leader2", "safe0", "safe2",
        "barred0",
    ]

    private static func request(
        _ random: inout SampleSource,
        _ related: [String: [EntityUID]]
    ) -> Request {
        let person = random.pick(askers)
        let kind = random.number(below: 10)
        let action: String
        let resource: EntityUID
        switch kind {
        case 0..<7:
            action = random.pick(onIncidents)
            let own = related[person] ?? []
            // Many are asked about by those who have to do with them.
            resource =
                random.number(below: 10) < 3 && !own.isEmpty
                ? random.pick(own)
                : EntityUID(type: "Incident", id: "i\(random.number(below: 400))")
        case 7:
            action = random.pick(["viewStudent", "editStudent"])
            resource = EntityUID(type: "Student", id: "s\(random.number(below: 200))")
        case 8:
            action = random.pick(["viewReport", "exportReport"])
            resource = EntityUID(type: "Report", id: "r\(random.number(below: 10))")
        default:
            action = random.pick(onSchool)
            resource = EntityUID(type: "School", id: "this")
        }
        return Request(
            principal: EntityUID(type: "User", id: person),
            action: EntityUID(type: "Action", id: action),
            resource: resource,
            context: ["elevated": .bool(random.number(below: 2) == 0)]
        )
    }

    // MARK: Policies

    static let rules: [Rule] = {
        let elevated = ("context.elevated", "r.ctx.elevated")
        let isOpen = ("resource.status == \"open\"", "r.obj.status == 'open'")
        let isClosed = ("resource.status == \"closed\"", "r.obj.status == 'closed'")
        let isAuthor = ("resource.author == principal", "r.obj.author == r.sub.id")
        let isAlerted = ("principal in resource.alerted", "r.sub.id in r.obj.alerted")
        let isPlain = ("!resource.sealed", "not r.obj.sealed")
        let reads = ["view", "comment"]
        func both(_ one: (String, String), _ two: (String, String)) -> (String, String) {
            ("\(one.0) && \(two.0)", "\(one.1) and \(two.1)")
        }
        func permit(
            _ id: String,
            _ role: String,
            _ actions: [String],
            _ type: String,
            _ condition: (String, String)? = nil
        ) -> Rule {
            Rule(
                id: id,
                effect: "permit",
                role: role,
                actions: actions,
                type: type,
                condition: condition.map { (cedar: $0.0, python: $0.1) }
            )
        }
        func forbid(
            _ id: String,
            _ role: String?,
            _ actions: [String],
            _ type: String,
            _ condition: (String, String)? = nil
        ) -> Rule {
            Rule(
                id: id,
                effect: "forbid",
                role: role,
                actions: actions,
                type: type,
                condition: condition.map { (cedar: $0.0, python: $0.1) }
            )
        }
        return [
            permit("staff-lists", "staff", ["list"], "School"),
            permit("staff-creates", "staff", ["create"], "School"),
            permit("author-reads", "staff", reads, "Incident", isAuthor),
            permit("alerted-reads", "staff", reads, "Incident", isAlerted),
            permit("author-edits", "staff", ["edit"], "Incident", both(isAuthor, isOpen)),
            permit("staff-student", "staff", ["viewStudent"], "Student"),
            permit("staff-report", "staff", ["viewReport"], "Report", isPlain),
            permit("tutor-reads", "tutor", reads + ["edit"], "Incident", isPlain),
            permit("tutor-assigns", "tutor", ["assign", "alert"], "Incident", isPlain),
            permit("tutor-closes", "tutor", ["close"], "Incident", both(isOpen, isPlain)),
            permit("tutor-reopens", "tutor", ["reopen"], "Incident", both(isClosed, elevated)),
            permit("tutor-exports", "tutor", ["exportReport"], "Report", elevated),
            permit("leader-reads", "leader", reads, "Incident"),
            permit("leader-closes", "leader", ["close", "reopen"], "Incident"),
            permit("leader-report", "leader", ["viewReport", "exportReport"], "Report"),
            permit(
                "leader-student",
                "leader",
                ["editStudent"],
                "Student",
                (
                    "resource.year >= 7 && resource.year <= 13",
                    "r.obj.year >= 7 and r.obj.year <= 13"
                )
            ),
            permit("leader-audits", "leader", ["audit"], "School", elevated),
            permit("leader-deletes", "leader", ["delete"], "Incident", both(elevated, isClosed)),
            permit("leader-manages", "leader", ["manage", "configure"], "School", elevated),
            permit("safe-reads", "safeguarding", reads + ["viewSealed"], "Incident"),
            permit("safe-edits", "safeguarding", ["editSealed", "alert"], "Incident", elevated),
            permit("safe-audits", "safeguarding", ["audit"], "School", elevated),
            forbid(
                "sealed-needs-role",
                nil,
                ["viewSealed", "editSealed"],
                "Incident",
                (
                    "!(principal in Role::\"safeguarding\")",
                    "not ('safeguarding' in r.sub.roles)"
                )
            ),
            forbid(
                "sealed-needs-tie",
                nil,
                reads + ["edit", "close"],
                "Incident",
                (
                    "resource.sealed && !(principal in Role::\"safeguarding\" "
                        + "|| principal in resource.alerted)",
                    "r.obj.sealed and not ('safeguarding' in r.sub.roles "
                        + "or r.sub.id in r.obj.alerted)"
                )
            ),
            forbid("barred", "barred", [], ""),
        ]
    }()

    /// The 25 policies and as many more as asked for, none of which can match a request.
    static func policies(besides: Int = 0) -> String {
        let more = (0..<besides).map { number in
            Rule(
                id: "other-\(number)",
                effect: "permit",
                role: "staff",
                actions: ["other\(number)"],
                type: "Incident",
                condition: (cedar: "context.elevated", python: "")
            ).cedar
        }
        return (rules.map(\.cedar) + more).joined()
    }
}

extension Entity {
    /// Whether a person wrote it or was alerted of it.
    fileprivate func concerns(_ person: Value) -> Bool {
        if attributes["author"] == person { return true }
        guard case .set(let alerted)? = attributes["alerted"] else { return false }
        return alerted.contains(person)
    }
}

/// Picks from a sequence that is the same on every machine.
struct SampleSource {
    var state: UInt64

    mutating func number(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    mutating func pick<T>(_ items: [T]) -> T { items[number(below: items.count)] }
}
