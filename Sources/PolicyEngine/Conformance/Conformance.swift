/// Runs conformance tests: one test a line, in the form of Cedar's corpus as this product repacks it.
public struct Conformance: Sendable {
    /// What the tests gave so far.
    public private(set) var report = ConformanceReport()

    /// Nothing is tested yet.
    public init() {}

    /// Runs every test of a file; a line that is no test is a failure of its own.
    public mutating func run(file: [UInt8], name: String) {
        for (number, line) in file.split(separator: 0x0A).enumerated() {
            run(Array(line), name: "\(name), test \(number + 1)")
        }
    }

    /// Runs the test of one line, which is called by its `id`, or by the name when it has none.
    public mutating func run(_ bytes: [UInt8], name: String) {
        var test = ConformanceTest(id: name, report: report)
        do throws(PolicyError) {
            try test.run(bytes)
            test.record(.reading, true, "")
        } catch {
            test.record(.reading, false, error.description)
        }
        report = test.report
    }

    /// The questions of one line, with who decides them: for measuring how long that takes.
    package static func questions(
        _ bytes: [UInt8]
    ) throws(PolicyError) -> [(authorizer: Authorizer, question: Question)] {
        var test = ConformanceTest(id: "a test", report: ConformanceReport())
        return try test.questions(bytes)
    }
}

/// One test.
struct ConformanceTest {
    private(set) var id: String
    private(set) var report: ConformanceReport
    private var line = JSON.null

    init(id: String, report: ConformanceReport) {
        self.id = id
        self.report = report
    }

    mutating func run(_ bytes: [UInt8]) throws(PolicyError) {
        let schema = try read(bytes)
        if line["entitiesText"] != nil { return try runParsing(schema) }
        let policies = try PolicySet(parsing: [(name: id, text: try text("policy"))])
        validate(policies, schema)
        validateEntities(schema)
        try validateRequests(schema)
        try decide(policies, schema)
    }

    mutating func questions(
        _ bytes: [UInt8]
    ) throws(PolicyError) -> [(authorizer: Authorizer, question: Question)] {
        let schema = try read(bytes)
        guard line["entitiesText"] == nil, decides else { return [] }
        let policies = try PolicySet(parsing: [(name: id, text: try text("policy"))])
        let authorizer = Authorizer(policies: policies, identifier: "")
        let entities = try entities(schema).prepared(for: authorizer)
        var questions: [(authorizer: Authorizer, question: Question)] = []
        for json in list(line["requests"]) {
            questions.append((authorizer, Question(try request(json, schema), entities)))
        }
        return questions
    }

    /// Reads the line, and the schema that everything in it goes by.
    private mutating func read(_ bytes: [UInt8]) throws(PolicyError) -> Schema {
        (line, _) = try JSON.document(
            bytes,
            name: id,
            limit: Limits.dataBytes,
            depth: Limits.jsonDepth
        )
        id = try text("id")
        return try Schema(parsing: try text("schema"), name: "\(id), schema")
    }

    mutating func record(
        _ check: ConformanceReport.Check,
        _ isGood: Bool,
        _ message: @autoclosure () -> String
    ) {
        report.record(check, isGood, of: id, message())
    }

    private func text(_ key: String) throws(PolicyError) -> String {
        try line.member(key, at: place).string(at: place[key])
    }

    private var place: JSONPlace { .document(name: id, nil) }

    private func list(_ json: JSON?) -> [JSON] {
        guard case .array(let items)? = json else { return [] }
        return items
    }

    private func members(_ json: JSON?) -> [JSON.Member] {
        guard case .object(let members)? = json else { return [] }
        return members
    }

    // MARK: Policies

    private mutating func validate(_ policies: PolicySet, _ schema: Schema) {
        let validator = Validator(schema)
        let expected = line["validation"]?["policyValidation"]
        var findings: [ValidationMode: [Finding]] = [:]
        for mode in ValidationMode.allCases {
            findings[mode] = validator.validate(policies, mode: mode)
        }
        let isValid = findings[.strict]?.isEmpty == true
        let label = line["shouldValidate"]
        // The reference's verdict on the whole counts before the label, which a person wrote.
        if let verdict = expected?["strict"] ?? label {
            record(.shouldValidate, .bool(isValid) == verdict, "is \(isValid)")
        }
        if let verdict = expected?["strict"], let label, verdict != label {
            report.leaveOut(
                .shouldValidate,
                of: id,
                because: "the label is not the verdict that the reference gave in the same test"
            )
        }
        let all = (policies.policies + policies.templates).sorted { $0.offset < $1.offset }
        for member in members(expected?["perPolicy"]) {
            // The verdicts are by number even where a policy has an `@id`.
            let policy =
                all.first { $0.id.isIdentical(to: member.key) }
                ?? all.enumerated().first { member.key.isIdentical(to: "policy\($0.offset)") }?
                .element
            for mode in ValidationMode.allCases {
                guard let verdict = member.value[mode.rawValue] else { continue }
                let found = findings[mode]?.filter { $0.policy == policy?.id } ?? []
                record(
                    mode == .strict ? .strictPolicies : .permissivePolicies,
                    policy != nil && .bool(found.isEmpty) == verdict,
                    "\(member.key): \(policy == nil ? "there is no such policy" : "\(found)")"
                )
            }
        }
    }

    // MARK: Requests

    private mutating func validateRequests(_ schema: Schema) throws(PolicyError) {
        let requests = list(line["requests"])
        let verdicts = list(line["validation"]?["requestValidation"])
        guard verdicts.count <= requests.count else {
            throw place.error("more verdicts on requests than requests")
        }
        for (number, (json, verdict)) in zip(requests, verdicts).enumerated() {
            let message = refusal { () throws(PolicyError) in
                try schema.check(try request(json, schema))
            }
            record(
                .requestValidation,
                .bool(message == nil) == verdict["strict"] ?? .null,
                "request \(number): \(message ?? "is valid")"
            )
        }
    }

    private func request(_ json: JSON, _ schema: Schema) throws(PolicyError) -> Request {
        func uid(_ key: String) throws(PolicyError) -> EntityUID {
            try EntityReader(schema: nil).uid(try json.member(key, at: place), at: place[key])
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

    /// Whether the decisions are those of an engine.
    ///
    /// Cedar's own runner of one group reads nothing but verdicts. The decisions in it are written by
    /// hand: an `allow` without a reason, an error where the reference allows, a decision on a request
    /// that the reference refuses.
    private var decides: Bool { !id.hasPrefix("validate/") }

    /// Entities that do not fit the schema still decide, as they do in the reference's tests.
    private func entities(_ schema: Schema) throws(PolicyError) -> Entities {
        let given = try EntityReader(schema: schema).entities(
            line["entities"] ?? .array([]),
            at: place["entities"]
        )
        let names = Set(given.map(\.uid))
        return try Entities(given + schema.actionEntities.filter { !names.contains($0.uid) })
    }

    private mutating func decide(_ policies: PolicySet, _ schema: Schema) throws(PolicyError) {
        let requests = list(line["requests"])
        guard decides else {
            for request in requests where request["decision"] != nil {
                let reason = "the decisions of this group are not those of any engine"
                report.leaveOut(.decisions, of: id, because: reason)
            }
            return
        }
        let authorizer = Authorizer(policies: policies, identifier: "")
        let entities = try entities(schema).prepared(for: authorizer)
        for (number, json) in requests.enumerated() {
            guard let decision = json["decision"] else { continue }
            let request = try request(json, schema)
            let response = authorizer.isAuthorized(request, entities)
            let walked = authorizer.isAuthorizedByWalk(request, entities)
            // Both evaluators have to say the same, messages included.
            record(
                .decisions,
                .string(response.decision.rawValue) == decision
                    && areIdentical(response.reasons, json["reason"])
                    && areIdentical(response.errors.map(\.policy), json["errors"])
                    && walked.decision == response.decision && walked.reasons == response.reasons
                    && walked.errors == response.errors,
                "request \(number): \(response.decision.rawValue) by \(response.reasons), errors "
                    + "\(response.errors); the walk says \(walked.decision.rawValue) by "
                    + "\(walked.reasons), errors \(walked.errors)"
            )
        }
    }

    /// Whether both are the same ids, as sets.
    private func areIdentical(_ ids: [String], _ expected: JSON?) -> Bool {
        let wanted = list(expected).map { (item) -> [UInt8]? in
            guard case .string(let id) = item else { return nil }
            return Array(id.utf8)
        }
        return Set(ids.map { Array($0.utf8) }) == Set(wanted)
    }

    // MARK: Entities

    private mutating func validateEntities(_ schema: Schema) {
        let expected = members(line["validation"]?["entityValidation"]?["perEntity"])
        check(.entityValidation, list(line["entities"]), expected, schema) { $0["errors"] == nil }
    }

    private mutating func runParsing(_ schema: Schema) throws(PolicyError) {
        let bytes = Array(try text("entitiesText").utf8)
        let whole = refusal { () throws(PolicyError) in
            _ = try Entities(parsing: bytes, name: "entities", schema: schema)
        }
        let verdict = line["parsing"]?["allEntities"]?["success"] ?? .null
        record(.entityParsing, .bool(whole == nil) == verdict, whole ?? "is valid")
        var entities: [JSON] = []
        // A text that is no JSON has no entities to look at one by one.
        if let json = try? JSON(parsing: bytes) { entities = list(json) }
        let expected = members(line["parsing"]?["perEntity"])
        check(.entityParsing, entities, expected, schema) { $0["success"] == .bool(true) }
    }

    /// Reads each entity by itself and compares with what is expected of it.
    private mutating func check(
        _ check: ConformanceReport.Check,
        _ entities: [JSON],
        _ expected: [JSON.Member],
        _ schema: Schema,
        isGood: (JSON) -> Bool
    ) {
        for member in expected {
            let entity = entities.first { ConformanceTest.name(of: $0).isIdentical(to: member.key) }
            let message =
                entity.map { entity in
                    refusal { () throws(PolicyError) in
                        _ = try Entities(json: .array([entity]), schema: schema)
                    }
                } ?? "there is no such entity"
            record(
                check,
                (message == nil) == isGood(member.value),
                "\(member.key): \(message ?? "is valid")"
            )
        }
    }

    /// Why something is refused; nil when it is not.
    private func refusal(_ body: () throws(PolicyError) -> Void) -> String? {
        do throws(PolicyError) {
            try body()
            return nil
        } catch {
            return error.description
        }
    }

    /// The name by which a test speaks of an entity: `Type::id`, unquoted.
    private static func name(of entity: JSON) -> String {
        let uid = entity["uid"]?["__entity"] ?? entity["uid"]
        guard case .string(let type)? = uid?["type"], case .string(let id)? = uid?["id"] else {
            return ""
        }
        return "\(type)::\(id)"
    }
}
