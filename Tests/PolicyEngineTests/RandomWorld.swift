import PolicyEngine

/// Random policies over the whole language, entities and requests, from a seed.
///
/// Most expressions are of the type their place asks for; some are not, so that every error is met.
struct RandomWorld {
    enum Kind: CaseIterable {
        case bool, long, string, entity, set, record, decimal, ipaddr, datetime, duration
    }

    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func number(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    mutating func pick<T>(_ items: [T]) -> T { items[number(below: items.count)] }

    mutating func chance(_ percent: Int) -> Bool { number(below: 100) < percent }

    // MARK: Policies

    static let uids: [(type: String, id: String)] = [
        ("U", "u0"), ("U", "u1"), ("U", "caf\u{E9}"), ("U", "cafe\u{301}"), ("N::G", "g0"),
        ("N::G", "g1"), ("N::G", "g2"), ("D", "d0"), ("D", "d1"), ("D", "absent"),
        ("Action", "read"), ("Action", "write"), ("Action", "some"), ("Action", "all"),
    ]
    private static let attributes = [
        "b", "n", "s", "e", "l", "r", "d", "i", "t", "p", "none", "a b",
    ]

    private mutating func uid() -> String {
        let (type, id) = pick(Self.uids)
        return "\(type)::\"\(id)\""
    }

    mutating func policies(count: Int) -> String {
        var text = ""
        for number in 0..<count {
            let effect = pick(["permit", "permit", "forbid"])
            text += "@id(\"p\(number)\")\n\(effect) (\(scope("principal")), "
            let actions = Self.uids.filter { $0.type == "Action" }.map { "Action::\"\($0.id)\"" }
            let (one, two) = (pick(actions), pick(actions))
            text += pick([
                "action", "action", "action == \(one)", "action in \(one)",
                "action in [\(one), \(two)]", "action in Action::\"all\"", "action in []",
            ])
            text += ", \(scope("resource")))"
            for _ in 0..<self.number(below: 3) {
                text +=
                    "\n\(pick(["when", "unless"])) { \(expression(.bool, self.number(below: 5))) }"
            }
            text += ";\n"
        }
        return text
    }

    private mutating func scope(_ name: String) -> String {
        let type = pick(["U", "D", "N::G"])
        let uid = uid()
        return pick([
            name, name, name, "\(name) is \(type)", "\(name) == \(uid)", "\(name) in \(uid)",
            "\(name) is \(type) in \(uid)",
        ])
    }

    private mutating func name() -> String {
        let name = pick(Self.attributes)
        return name == "a b" ? "[\"a b\"]" : ".\(name)"
    }

    /// The attribute of each type, on anything that may have it.
    private mutating func attribute(_ name: String, _ depth: Int) -> String {
        let object = pick([
            "principal", "resource", "context", "context.r", "principal.e", "resource.r",
            "resource.e.e",
        ])
        return "\(chance(10) && depth > 0 ? "(\(expression(.record, depth - 1)))" : object).\(name)"
    }

    mutating func expression(_ wanted: Kind, _ depth: Int) -> String {
        let kind = chance(6) ? pick(Kind.allCases) : wanted
        guard depth > 0 else { return leaf(kind) }
        if chance(8) {
            let condition = expression(.bool, depth - 1)
            let positive = expression(kind, depth - 1)
            return "(if \(condition) then \(positive) else \(expression(kind, depth - 1)))"
        }
        let below = depth - 1
        switch kind {
        case .bool: return boolean(below)
        case .long:
            return chance(70)
                ? "(\(expression(.long, below)) \(pick(["+", "-", "*"])) \(expression(.long, below)))"
                : pick([
                    "(-(\(leaf(.long))))",
                    "\(expression(.duration, below)).\(pick(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"]))()",
                ])
        case .string:
            return chance(30)
                ? "\(expression(.entity, below)).getTag(\(leaf(.string)))" : leaf(.string)
        case .entity: return chance(30) ? "(\(expression(.record, below))).e" : leaf(.entity)
        case .set:
            return
                "[\((0..<number(below: 4)).map { _ in expression(pick([.long, .entity, .entity, .string, .set]), below) }.joined(separator: ", "))]"
        case .record:
            return
                "{\(["n", "e", "a b"].map { "\"\($0)\": \(expression($0 == "n" ? .long : .entity, below))" }.joined(separator: ", "))}"
        case .decimal: return "decimal(\(expression(.string, below)))"
        case .ipaddr: return "ip(\(expression(.string, below)))"
        case .datetime:
            return chance(50)
                ? "\(expression(.datetime, below)).offset(\(expression(.duration, below)))"
                : "\(expression(.datetime, below)).toDate()"
        case .duration:
            return chance(50)
                ? "\(expression(.datetime, below)).durationSince(\(expression(.datetime, below)))"
                : "\(expression(.datetime, below)).toTime()"
        }
    }

    private mutating func boolean(_ depth: Int) -> String {
        func two(_ kind: Kind) -> (String, String) {
            (expression(kind, depth), expression(kind, depth))
        }
        switch number(below: 22) {
        case 0, 1:
            let sign = pick([" && ", " || "])
            let parts = (0..<(2 + number(below: 2))).map { _ in "(\(expression(.bool, depth)))" }
            return "(\(parts.joined(separator: sign)))"
        case 2: return "(!\(expression(.bool, depth)))"
        case 3, 4:
            let kind = pick(Kind.allCases)
            let (left, right) = two(kind)
            return "(\(left) \(pick(["==", "!="])) \(right))"
        case 5:
            let (left, right) = two(pick([.long, .datetime, .duration]))
            return "(\(left) \(pick(["<", "<=", ">", ">="])) \(right))"
        case 6, 7, 8:
            let right = pick([
                uid(), expression(.entity, depth), expression(.set, depth),
                "[\(leaf(.entity)), \(leaf(.entity))]", attribute("l", depth),
            ])
            return "(\(expression(.entity, depth)) in \(right))"
        case 9: return "(\(expression(.entity, depth)) is \(pick(["U", "N::G", "D"])))"
        case 10: return "(\(expression(.entity, depth)) is U in \(expression(.entity, depth)))"
        case 11:
            let path = pick(["n", "e.n", "r.r.n", "e.e.s", "none.n", "\"a b\""])
            return "(\(expression(pick([.entity, .record]), depth)) has \(path))"
        case 12:
            let pattern = pick(["*", "caf*", "*\u{301}", "c\\*f*", "caf\u{E9}", "*a*b*", ""])
            return "(\(expression(.string, depth)) like \"\(pattern)\")"
        case 13, 14:
            let member = expression(pick([.entity, .long, .string, .set]), depth)
            return "\(expression(.set, depth)).contains(\(member))"
        case 15:
            let (left, right) = two(.set)
            return "\(left).\(pick(["containsAll", "containsAny"]))(\(right))"
        case 16: return "\(expression(.set, depth)).isEmpty()"
        case 17: return "\(expression(.entity, depth)).hasTag(\(expression(.string, depth)))"
        case 18:
            let (left, right) = two(.decimal)
            let method = pick(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"])
            return "\(left).\(method)(\(right))"
        case 19:
            let method = pick(["isIpv4", "isIpv6", "isLoopback", "isMulticast"])
            return "\(expression(.ipaddr, depth)).\(method)()"
        case 20:
            let (left, right) = two(.ipaddr)
            return "\(left).isInRange(\(right))"
        default:
            return pick([
                "ip(\"::1\", \"x\").isIpv4()", "decimal().lessThan(decimal(\"1.0\"))", leaf(.bool),
            ])
        }
    }

    private mutating func leaf(_ kind: Kind) -> String {
        switch kind {
        case .bool: pick(["true", "false", attribute("b", 0), attribute("b", 0)])
        case .long:
            pick([
                "0", "1", "2", "(-1)", "9223372036854775807", "(-9223372036854775808)",
                attribute("n", 0),
            ])
        case .string:
            pick([
                "\"\"", "\"caf\u{E9}\"", "\"cafe\u{301}\"", "\"1.5\"", "\"10.0.0.0/8\"",
                "\"2024-01-01\"",
                "\"1d\"", attribute("s", 0), "context\(name())",
            ])
        case .entity: pick(["principal", "resource", "action", uid(), attribute("e", 0)])
        case .set:
            pick(["[]", "[1, 2, 2]", "[[1], []]", attribute("l", 0), "[principal, \(uid())]"])
        case .record:
            pick(["context", "{}", "{e: U::\"u0\", n: 1, \"a b\": 2}", attribute("r", 0)])
        case .decimal: pick(["decimal(\"1.5\")", "decimal(\"x\")", attribute("d", 0)])
        case .ipaddr:
            pick(["ip(\"10.1.2.3\")", "ip(\"::1\")", "ip(\"10.0.0.0/8\")", attribute("i", 0)])
        case .datetime:
            pick([
                "datetime(\"2024-01-01\")", "datetime(\"1969-12-31T23:00:00Z\")", attribute("t", 0),
            ])
        case .duration: pick(["duration(\"1d2h\")", "duration(\"-1ms\")", attribute("p", 0)])
        }
    }

    // MARK: Entities and requests

    func uid(_ place: Int) -> EntityUID {
        EntityUID(type: Self.uids[place].type, id: Self.uids[place].id)
    }

    mutating func anyUID() -> EntityUID { uid(number(below: Self.uids.count)) }

    private mutating func value(_ kind: Kind, _ depth: Int) -> Value {
        switch kind {
        case .bool: .bool(chance(50))
        case .long: .long(pick([0, 1, 2, .max, .min]))
        case .string:
            .string(pick(["", "caf\u{E9}", "cafe\u{301}", "1.5", "10.0.0.1", "x*y", "2024-01-01"]))
        case .entity: .entity(anyUID())
        case .set:
            .set(
                ValueSet(
                    (0..<pick([0, 1, 3, 3, 30])).map { _ in
                        value(depth > 0 ? pick(Kind.allCases) : pick([.entity, .long]), depth - 1)
                    }
                )
            )
        case .record: .record(record(depth))
        case .decimal: .decimal(tenThousandths: pick([0, 15_000, .min]))
        case .ipaddr:
            pick(
                ["10.1.2.3", "10.0.0.0/8", "::1", "ff00::/8"].compactMap(IPAddress.init).map {
                    .ipaddr($0)
                }
            )
        case .datetime: .datetime(milliseconds: pick([0, -1, .max, .min, 1_704_067_200_000]))
        case .duration: .duration(milliseconds: pick([0, -1, .max, .min, 86_400_000]))
        }
    }

    mutating func record(_ depth: Int) -> Record {
        let kinds = Kind.allCases
        var fields: [(String, Value)] = []
        for (name, kind) in zip(Self.attributes, kinds) where chance(85) {
            if depth <= 0, kind == .record || kind == .set { continue }
            let kind = chance(4) ? .long : kind
            fields.append((name, value(kind, depth - 1)))
        }
        if chance(20) { fields.append(("a b", .long(1))) }
        do {
            return try Record(fields)
        } catch {
            preconditionFailure("the names differ: \(error)")
        }
    }

    /// Every entity but one; a child comes after its parents in the list of names, so none is its own
    /// ancestor.
    mutating func entities() -> [Entity] {
        var list: [Entity] = []
        for place in Self.uids.indices where Self.uids[place].id != "absent" {
            var parents: [EntityUID] = []
            for _ in 0..<number(below: 3) where place + 1 < Self.uids.count {
                parents.append(uid(place + 1 + number(below: Self.uids.count - place - 1)))
            }
            let tags: Record = chance(50) ? ["1.5": .string("x"), "": .long(1)] : [:]
            list.append(
                Entity(uid: uid(place), parents: parents, attributes: record(2), tags: tags)
            )
        }
        return list
    }
}
