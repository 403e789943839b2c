/// Runs conformance tests: one test a line, in the form of Cedar's corpus as this product repacks it.
public struct Conformance: Sendable {
    /// A kind of check, counted by itself.
    public enum Check: String, Hashable, Sendable, CaseIterable {
        /// Decision, determining policies and erring policies of a request.
        case decisions
        /// Whether the whole of policies passes strict validation.
        case shouldValidate
        /// Whether a request fits the schema.
        case requestValidation
        /// The strict verdict on each policy.
        case strictPolicies
        /// The permissive verdict on each policy.
        case permissivePolicies
        /// Whether an entity fits the schema.
        case entityValidation
        /// Whether entities can be read by the schema.
        case entityParsing
    }

    /// The checks of one line.
    public struct Outcome: Sendable {
        /// The id of the test.
        public fileprivate(set) var id: String
        /// How many checks passed.
        public fileprivate(set) var passed: [Check: Int] = [:]
        /// What failed: the kind of check and what was expected.
        public fileprivate(set) var failures: [(check: Check, message: String)] = []

        fileprivate mutating func record(
            _ check: Check,
            _ isGood: Bool,
            _ message: @autoclosure () -> String
        ) {
            if isGood {
                passed[check, default: 0] += 1
            } else {
                failures.append((check, message()))
            }
        }
    }

    private let line: JSON
    private var outcome: Outcome

    /// Runs the test of one line; throws when the line is not a test or its policies and schema
    /// cannot be read.
    public static func run(_ bytes: [UInt8]) throws(PolicyError) -> Outcome {
        let line: JSON
        do throws(JSONError) {
            line = try JSON(parsing: bytes, limits: JSON.Limits(depth: 200))
        } catch {
            throw PolicyError(error.description)
        }
        guard case .string(let id)? = line["id"] else { throw PolicyError("expected an `id`") }
        var conformance = Conformance(line: line, outcome: Outcome(id: id))
        if line["entitiesText"] == nil {
            try conformance.runPolicies()
        } else {
            try conformance.runParsing()
        }
        return conformance.outcome
    }

    private func text(_ key: String) throws(PolicyError) -> String {
        guard case .string(let text)? = line[key] else { throw PolicyError("expected `\(key)`") }
        return text
    }

    private func list(_ json: JSON?) -> [JSON] {
        guard case .array(let items)? = json else { return [] }
        return items
    }

    private func strings(_ json: JSON?) -> Set<String> {
        Set(list(json).compactMap { if case .string(let text) = $0 { text } else { nil } })
    }

    // MARK: Policies

    private mutating func runPolicies() throws(PolicyError) {
        let id = outcome.id
        let policies = try PolicySet(parsing: [(name: id, text: try text("policy"))])
        let schema = try Schema(parsing: try text("schema"), name: id)
        let validator = Validator(schema)
        if let expected = line["shouldValidate"], line["validation"]?["policyValidation"] == nil {
            let isValid = validator.validate(policies).isEmpty
            outcome.record(.shouldValidate, .bool(isValid) == expected, "is \(isValid)")
        }
        let requests = list(line["requests"])
        if decides {
            let authorizer = Authorizer(policies: policies, identifier: "")
            let entities = try entities(schema).prepared(for: authorizer)
            for (number, request) in requests.enumerated() {
                try decide(request, number, schema, authorizer, entities)
            }
        }
        guard let validation = line["validation"], validation != .null else { return }
        validatePolicies(validation["policyValidation"], validator, policies)
        validateEntities(validation["entityValidation"]?["perEntity"], schema)
        for (number, expected) in list(validation["requestValidation"]).enumerated()
        where number < requests.count {
            let isValid = isValid(requests[number], schema)
            outcome.record(
                .requestValidation,
                .bool(isValid) == expected["strict"] ?? .null,
                "request \(number) is \(isValid)"
            )
        }
    }

    /// The tests of one group are about verdicts: their decisions are placeholders, such as an `allow`
    /// without a reason, and were never computed.
    private var decides: Bool {
        !list(line["requests"]).isEmpty && !outcome.id.hasPrefix("validate/")
    }

    /// Entities that do not fit the schema still decide, as they do in the reference's tests.
    private func entities(_ schema: Schema) throws(PolicyError) -> Entities {
        let given = try EntityReader(schema: schema).entities(line["entities"] ?? .array([]))
        let names = Set(given.map(\.uid))
        return try Entities(given + schema.actionEntities.filter { !names.contains($0.uid) })
    }

    /// The questions of one line, with who decides them: for measuring how long that takes.
    package static func questions(
        _ bytes: [UInt8]
    ) throws -> [(authorizer: Authorizer, question: Question)] {
        let line = try JSON(parsing: bytes, limits: JSON.Limits(depth: 200))
        guard case .string(let id)? = line["id"] else { throw PolicyError("expected an `id`") }
        let test = Conformance(line: line, outcome: Outcome(id: id))
        guard test.decides else { return [] }
        let policies = try PolicySet(parsing: [(name: id, text: try test.text("policy"))])
        let schema = try Schema(parsing: try test.text("schema"), name: id)
        let authorizer = Authorizer(policies: policies, identifier: "")
        let entities = try test.entities(schema).prepared(for: authorizer)
        return try test.list(line["requests"]).map { request in
            (authorizer, Question(try test.request(request, schema), entities))
        }
    }

    private func request(_ json: JSON, _ schema: Schema) throws(PolicyError) -> Request {
        let reader = EntityReader(schema: nil)
        func uid(_ key: String) throws(PolicyError) -> EntityUID {
            let wrapped = JSON.object([.init(key: "__entity", value: json[key] ?? .null)])
            guard case .entity(let uid) = try reader.value(wrapped, as: nil, key) else {
                throw PolicyError("expected an entity `\(key)`")
            }
            return uid
        }
        let action = try uid("action")
        return Request(
            principal: try uid("principal"),
            action: action,
            resource: try uid("resource"),
            context: try Record(
                contextJSON: json["context"] ?? .object([]),
                action: action,
                schema: schema
            )
        )
    }

    private mutating func decide(
        _ json: JSON,
        _ number: Int,
        _ schema: Schema,
        _ authorizer: Authorizer,
        _ entities: Entities
    ) throws(PolicyError) {
        guard case .string(let decision)? = json["decision"] else { return }
        let request = try request(json, schema)
        let response = authorizer.isAuthorized(request, entities)
        let walked = authorizer.isAuthorizedByWalk(request, entities)
        // Both evaluators have to say the same, messages included.
        let isSame =
            response.decision.rawValue == decision
            && Set(response.reasons) == strings(json["reason"])
            && Set(response.errors.map(\.policy)) == strings(json["errors"])
            && walked.decision == response.decision && walked.reasons == response.reasons
            && walked.errors == response.errors
        outcome.record(
            .decisions,
            isSame,
            "request \(number): \(response.decision.rawValue) by \(response.reasons), errors "
                + "\(response.errors); the walk: \(walked)"
        )
    }

    private func isValid(_ json: JSON, _ schema: Schema) -> Bool {
        do throws(PolicyError) {
            try schema.check(try request(json, schema))
            return true
        } catch {
            return false
        }
    }

    // MARK: Validation

    private mutating func validatePolicies(
        _ expected: JSON?,
        _ validator: Validator,
        _ policies: PolicySet
    ) {
        let all = policies.policies + policies.templates
        var isStrict = true
        for policy in all {
            let verdicts = expected?["perPolicy"]?[policy.id]
            let modes: [(Check, ValidationMode)] = [
                (.strictPolicies, .strict), (.permissivePolicies, .permissive),
            ]
            for (check, mode) in modes {
                let findings = validator.validate(policy, mode: mode)
                if mode == .strict { isStrict = isStrict && findings.isEmpty }
                guard let verdict = verdicts?[mode.rawValue] else { continue }
                outcome.record(
                    check,
                    .bool(findings.isEmpty) == verdict,
                    "\(policy.id): \(findings)"
                )
            }
        }
        if let verdict = expected?["strict"] {
            outcome.record(.shouldValidate, .bool(isStrict) == verdict, "is \(isStrict)")
        }
    }

    private mutating func validateEntities(_ expected: JSON?, _ schema: Schema) {
        guard case .object(let members)? = expected else { return }
        let given = Dictionary(
            list(line["entities"]).map { (Conformance.key($0), $0) }
        ) { first, _ in first }
        for member in members {
            guard let entity = given[member.key] else { continue }
            let message = Conformance.refusal(of: .array([entity]), schema)
            outcome.record(
                .entityValidation,
                (message == nil) == (member.value["errors"] == nil),
                "\(member.key): \(message ?? "is valid")"
            )
        }
    }

    // MARK: Parsing

    private mutating func runParsing() throws(PolicyError) {
        let schema = try Schema(parsing: try text("schema"), name: outcome.id)
        let bytes = Array(try text("entitiesText").utf8)
        let parsed: JSON?
        do throws(JSONError) {
            parsed = try JSON(parsing: bytes)
        } catch {
            parsed = nil
        }
        let whole = parsed.map { Conformance.refusal(of: $0, schema) } ?? "not JSON"
        let verdict = line["parsing"]?["allEntities"]?["success"] ?? .null
        outcome.record(.entityParsing, .bool(whole == nil) == verdict, whole ?? "is valid")
        for entity in list(parsed) {
            let key = Conformance.key(entity)
            guard let verdict = line["parsing"]?["perEntity"]?[key]?["success"] else { continue }
            let message = Conformance.refusal(of: .array([entity]), schema)
            outcome.record(
                .entityParsing,
                .bool(message == nil) == verdict,
                "\(key): \(message ?? "is valid")"
            )
        }
    }

    /// Why entities are refused; nil when they are not.
    private static func refusal(of entities: JSON, _ schema: Schema) -> String? {
        do throws(PolicyError) {
            _ = try Entities(json: entities, schema: schema)
            return nil
        } catch {
            return error.description
        }
    }

    /// The name by which a test speaks of an entity: `Type::id`, unquoted.
    private static func key(_ entity: JSON) -> String {
        let uid = entity["uid"]?["__entity"] ?? entity["uid"]
        guard case .string(let type)? = uid?["type"], case .string(let id)? = uid?["id"] else {
            return ""
        }
        return "\(type)::\(id)"
    }
}
