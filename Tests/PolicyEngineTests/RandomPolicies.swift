/// Random policies over a random schema: most of them well typed, some of them not.
struct RandomPolicies {
    static let strings = ["caf\u{E9}", "cafe\u{301}", "x", "", "a*b", "on"]
    static let decimals = ["1.0", "-0.5", "1.23", "922337203685477.5807"]
    static let addresses = ["10.1.2.3", "127.0.0.1", "::1", "10.0.0.0/8", "ff02::1"]
    static let instants = ["2024-05-01", "2024-05-01T13:00:00Z", "1969-12-31T23:59:59.999Z"]
    static let spans = ["1h", "-1d2h", "0ms", "1m30s"]

    let schema: RandomSchema
    private var principal = "User"
    private var action = "read"
    private var resource = "Doc"

    init(schema: RandomSchema) {
        self.schema = schema
    }

    /// Some policies, templates among them when they are wanted.
    mutating func text(_ random: inout RandomSource, templates: Bool = true) -> String {
        (0...random.number(below: 8)).map { _ in
            policy(&random, isTemplate: templates && random.chance(1, in: 5))
        }.joined(separator: "\n")
    }

    private mutating func policy(_ random: inout RandomSource, isTemplate: Bool) -> String {
        action = random.pick(RandomSchema.actions)
        let (principals, resources) = schema.applies[action] ?? ([], [])
        principal = random.pick(principals)
        resource = random.pick(resources)
        let group = "Group::\"\(random.number(below: 24))\""
        let heads = [
            "principal is \(principal)", "principal == \(principal)::\"1\"",
            "principal is \(principal) in \(group)",
            random.pick(["principal", "principal in \(group)", "principal is Doc"]),
        ]
        let filled = [
            "principal == ?principal", "principal in ?principal",
            "principal is \(principal) in ?principal",
        ]
        let actions = [
            "action == Action::\"\(action)\"", "action == Action::\"\(action)\"",
            random.pick([
                "action", "action in Action::\"all\"", "action in [Action::\"some\"]",
                "action in [Action::\"write\", Action::\"read\"]", "action in []",
            ]),
        ]
        let targets = [
            "resource is \(resource)", "resource is \(resource)", "resource == \(resource)::\"0\"",
            random.pick([
                "resource", "resource in N::Folder::\"5\"", "resource is N::Folder in Group::\"1\"",
            ]),
        ]
        let conditions = (0..<random.number(below: 3)).map { _ in
            "\(random.pick(["when", "when", "unless"])) { "
                + "\(expression(.bool, 1 + random.number(below: 3), &random)) }"
        }
        return "\(random.pick(["permit", "permit", "forbid"])) ("
            + "\(random.pick(isTemplate ? filled : heads)), \(random.pick(actions)), "
            + "\(random.pick(targets))) \(conditions.joined(separator: " "));"
    }

    // MARK: Expressions

    /// An expression that has, most of the time, the type.
    func expression(_ wanted: RandomType, _ depth: Int, _ random: inout RandomSource) -> String {
        let type = random.chance(1, in: 40) ? RandomSchema.type(&random, depth: 1) : wanted
        if depth == 0 || random.chance(1, in: 4) {
            let paths = paths(of: type, &random)
            if !paths.isEmpty, random.chance(3, in: 4) { return random.pick(paths) }
            return literal(type, &random)
        }
        func next(_ type: RandomType) -> String { expression(type, depth - 1, &random) }
        if random.chance(1, in: 8) {
            return "(if \(next(.bool)) then \(next(type)) else \(next(type)))"
        }
        switch type {
        case .bool: return condition(depth - 1, &random)
        case .long:
            return random.pick([
                "(\(next(.long)) + \(next(.long)))", "(\(next(.long)) * \(next(.long)))",
                "-(\(next(.long)))", "(\(next(.duration))).toMinutes()",
            ])
        case .datetime:
            return random.pick([
                "(\(next(.datetime))).offset(\(next(.duration)))", "(\(next(.datetime))).toDate()",
            ])
        case .duration:
            return random.pick([
                "(\(next(.datetime))).durationSince(\(next(.datetime)))",
                "(\(next(.datetime))).toTime()",
            ])
        case .set(let element): return "[\(next(element)), \(next(element))]"
        case .string, .decimal, .ipaddr, .entity, .record: return literal(type, &random)
        }
    }

    private func condition(_ depth: Int, _ random: inout RandomSource) -> String {
        func next(_ type: RandomType) -> String { expression(type, depth, &random) }
        let type = RandomSchema.type(&random, depth: 1)
        let entity = RandomType.entity(random.pick(RandomSchema.entityTypes))
        let ordered = random.pick([RandomType.long, .long, .datetime, .duration])
        let name = random.pick(RandomSchema.names)
        let variable = random.pick(["principal", "resource", "context"])
        let holder = random.pick(["principal", "resource"])
        switch random.number(below: 17) {
        case 0, 1: return "(\(next(.bool)) && \(next(.bool)))"
        case 2: return "(\(next(.bool)) || \(next(.bool)))"
        case 3: return "!(\(next(.bool)))"
        case 4, 5: return "(\(next(type)) \(random.pick(["==", "!="])) \(next(type)))"
        case 6: return "(\(next(ordered)) \(random.pick(["<", "<=", ">", ">="])) \(next(ordered)))"
        case 7:
            return "(\(next(.string)) like \"\(random.pick(["*", "caf*", "*\u{301}", "a\\*b"]))\")"
        case 8:
            return "(\(next(entity)) in \(next(random.chance(1, in: 2) ? entity : .set(entity))))"
        case 9:
            let group = random.pick(["", " in \(next(entity))"])
            return "(\(next(entity)) is \(random.pick(RandomSchema.entityTypes))\(group))"
        case 10: return "(\(variable) has \"\(name)\")"
        case 11:
            return "(\(holder).hasTag(\"t\") && \(holder).getTag(\"t\") == \(next(type)))"
        case 12: return "(\(next(.set(type)))).contains(\(next(type)))"
        case 13:
            let method = random.pick(["containsAll", "containsAny"])
            return "(\(next(.set(type)))).\(method)(\(next(.set(type))))"
        case 14: return "(\(next(.set(type)))).isEmpty()"
        case 15: return "(\(next(.decimal))).lessThanOrEqual(\(next(.decimal)))"
        default:
            return random.pick([
                "(\(next(.ipaddr))).isInRange(\(next(.ipaddr)))", "(\(next(.ipaddr))).isLoopback()",
                "(\(next(.ipaddr))).isMulticast()", "(action in Action::\"some\")",
                "(action == Action::\"\(action)\")", "(principal has a.b)",
            ])
        }
    }

    /// What has the type among principal, resource, context and their attributes; an attribute that
    /// may be absent is asked for first, most of the time, where that can be written.
    private func paths(of type: RandomType, _ random: inout RandomSource) -> [String] {
        var paths: [String] = []
        if type == .entity(principal) { paths.append("principal") }
        if type == .entity(resource) { paths.append("resource") }
        if type == .entity("Action") { paths.append("action") }
        func add(_ holder: String, _ fields: [RandomField], _ depth: Int) {
            for field in fields {
                let path = "\(holder)[\"\(field.name)\"]"
                if field.type == type {
                    let guarded =
                        type == .bool
                        ? "(\(holder) has \"\(field.name)\" && \(path))"
                        : "(if \(holder) has \"\(field.name)\" then \(path) else "
                            + "\(literal(type, &random)))"
                    let isBare = !field.isOptional || random.chance(1, in: 10)
                    paths.append(isBare ? path : guarded)
                }
                guard depth > 0, !field.isOptional else { continue }
                switch field.type {
                case .record(let fields): add(path, fields, depth - 1)
                case .entity(let name): add(path, schema.attributes[name] ?? [], depth - 1)
                default: break
                }
            }
        }
        add("principal", schema.attributes[principal] ?? [], 1)
        add("resource", schema.attributes[resource] ?? [], 1)
        add("context", schema.contexts[action] ?? [], 1)
        return paths
    }

    private func literal(_ type: RandomType, _ random: inout RandomSource) -> String {
        switch type {
        case .bool: return random.pick(["true", "false"])
        case .long: return random.pick(["0", "1", "-1", "9223372036854775807"])
        case .string: return "\"\(random.pick(Self.strings).replacing("*", with: "\\u{2a}"))\""
        case .decimal: return "decimal(\"\(random.pick(Self.decimals))\")"
        case .ipaddr: return "ip(\"\(random.pick(Self.addresses))\")"
        case .datetime: return "datetime(\"\(random.pick(Self.instants))\")"
        case .duration: return "duration(\"\(random.pick(Self.spans))\")"
        case .entity(let name):
            let id =
                name == "Status" ? random.pick(["on", "on", "dim"]) : "\(random.number(below: 4))"
            return "\(name)::\"\(id)\""
        case .set(let element):
            let members = (0..<random.number(below: 4)).map { _ in literal(element, &random) }
            return "[\(members.joined(separator: ", "))]"
        case .record(let fields):
            let members = fields.filter { !$0.isOptional || random.chance(1, in: 2) }.map {
                "\"\($0.name)\": \(literal($0.type, &random))"
            }
            return "{\(members.joined(separator: ", "))}"
        }
    }
}
