import PolicyEngine

/// The ways in which a decision is asked for, each on the requests of the sample in turn.
struct PolicyDecisions {
    /// How much is there before a decision.
    enum Way: String, CaseIterable {
        /// Everything is looked up.
        case resolved
        /// The entities; the request and its context are built from strings.
        case strings
        /// The roles; the person and the thing are built as well and added, as a service does.
        case added
        /// The same, and five questions about them.
        case questions
    }

    let sample: PolicySample
    let authorizer: Authorizer
    let prepared: Entities
    let questions: [Question]
    private let roles: Entities
    private let things: [Thing]

    /// An entity in the parts a service has of it.
    fileprivate struct Thing {
        let person: String
        let roles: [String]
        let action: String
        let type: String
        let id: String
        let isElevated: Bool
        var author = ""
        var alerted: [String] = []
        var student = ""
        var isSealed = false
        var status = ""
        var year: Int64 = 0
    }

    init() throws {
        let sample = PolicySample()
        authorizer = try PolicyBenchmark.authorizer(PolicySample.policies())
        let entities = try Entities(sample.entities)
        let prepared = entities.prepared(for: authorizer)
        questions = sample.requests.map { Question($0, prepared) }
        roles = try Entities(
            PolicySample.roles.map { Entity(uid: EntityUID(type: "Role", id: $0)) }
        ).prepared(for: authorizer)
        things = sample.requests.map { Thing($0, among: entities) }
        self.sample = sample
        self.prepared = prepared
    }

    /// Decides the request at a place: 1 when it is allowed, all reasons read.
    @inline(never)
    func decide(_ place: Int, _ way: Way) throws -> Int {
        switch way {
        case .resolved: return PolicyBenchmark.allowed(authorizer.isAuthorized(questions[place]))
        case .strings:
            let request = things[place].request
            return PolicyBenchmark.allowed(authorizer.isAuthorized(request, prepared))
        case .added, .questions:
            let (thing, request) = (things[place], things[place].request)
            let entities = try roles.adding([thing.principal, thing.resource])
            var count = 0
            for _ in 0..<(way == .added ? 1 : 5) {
                count = PolicyBenchmark.allowed(authorizer.isAuthorized(request, entities))
            }
            return count
        }
    }
}

extension PolicyDecisions.Thing {
    fileprivate init(_ request: Request, among entities: Entities) {
        person = request.principal.id
        roles = entities[request.principal]?.parents.map(\.id) ?? []
        action = request.action.id
        type = request.resource.type
        id = request.resource.id
        isElevated = request.context["elevated"] == .bool(true)
        for field in entities[request.resource]?.attributes.fields ?? [] {
            switch field.value {
            case .bool(let value): isSealed = value
            case .long(let value): year = value
            case .string(let value): status = value
            case .entity(let uid):
                if uid.type == "User" { author = uid.id } else { student = uid.id }
            case .set(let set):
                for case .entity(let uid) in set.elements { alerted.append(uid.id) }
            case .record, .decimal, .ipaddr, .datetime, .duration: break
            }
        }
    }

    fileprivate var request: Request {
        Request(
            principal: EntityUID(type: "User", id: person),
            action: EntityUID(type: "Action", id: action),
            resource: EntityUID(type: type, id: id),
            context: ["elevated": .bool(isElevated)]
        )
    }

    fileprivate var principal: Entity {
        Entity(
            uid: EntityUID(type: "User", id: person),
            parents: roles.map { EntityUID(type: "Role", id: $0) },
            attributes: ["department": .string("d")]
        )
    }

    fileprivate var resource: Entity {
        let uid = EntityUID(type: type, id: id)
        return switch type {
        case "Incident":
            PolicySample.incident(
                id,
                author: author,
                alerted: alerted,
                student: student,
                isSealed: isSealed,
                status: status
            )
        case "Student": Entity(uid: uid, attributes: ["year": .long(year)])
        case "Report": Entity(uid: uid, attributes: ["sealed": .bool(isSealed)])
        default: Entity(uid: uid)
        }
    }
}
