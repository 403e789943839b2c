import Foundation
import PolicyEngine
import Testing

/// Random schemas, policy sets, entities and requests against the Rust engine, through `cedarpy`.
@Suite struct ReferenceTests {
    /// Requests asked of one policy set.
    static let perSet = 20

    /// How many requests in all; 100,000 by `KEYHOLDER_REFERENCE_REQUESTS=100000`.
    static var requests: Int {
        let variable = ProcessInfo.processInfo.environment["KEYHOLDER_REFERENCE_REQUESTS"]
        return variable.flatMap(Int.init) ?? 5_000
    }

    static let program = """
        import cedarpy, json, re, sys
        def ids(errors): return [re.search(r'policy `([^`]*)`', str(e)).group(1) for e in errors]
        for line in sys.stdin:
            t = json.loads(line)
            verdict = cedarpy.validate_policies(t['policies'], t['schema'])
            invalid = sorted({e.policy_id for e in verdict.errors})
            print('strict: ' + ','.join(invalid))
            if t['json']:
                p = cedarpy.PolicySet.from_json_str(t['json'])
            else:
                p = cedarpy.PolicySet.from_str(t['policies'])
                if t['links']: p = p.with_linked_batch(t['links'])
            schema = cedarpy.Schema.from_str(t['schema'])
            try:
                cedarpy.Entities.from_json_str(t['entities'], schema)
                print('entities: true')
            except ValueError:
                print('entities: false')
            actions = json.loads(t['actions'])
            e = cedarpy.Entities.from_json_str(json.dumps(json.loads(t['entities']) + actions))
            for z in cedarpy.is_authorized_batch(t['requests'], p, e):
                print('|'.join([z.decision.value.lower(), ','.join(sorted(z.diagnostics.reasons)),
                                ','.join(sorted(ids(z.diagnostics.errors)))]))
            for z in cedarpy.is_authorized_batch(t['requests'], p, [], schema):
                print('request: ' + str(z.decision.value != 'NoDecision').lower())
        """

    /// One policy set with everything about it, and what this engine says to it.
    struct Trial {
        let schemaText: String
        let policiesText: String
        let entitiesText: String
        var links: [String] = []
        /// The policies with their links in Cedar's JSON form, for every other set; else empty.
        var json = ""
        var requests: [String] = []
        var answers: [String] = []

        var line: String {
            func quoted(_ text: String) -> String {
                var writer = JSONWriter()
                writer.string(text)
                return String(decoding: writer.bytes, as: UTF8.self)
            }
            return "{\"schema\": \(quoted(schemaText)), \"policies\": \(quoted(policiesText)), "
                + "\"entities\": \(quoted(entitiesText)), \"actions\": \(quoted(Self.actions)), "
                + "\"json\": \(quoted(json)), \"links\": [\(links.joined(separator: ", "))], "
                + "\"requests\": [\(requests.joined(separator: ", "))]}\n"
        }

        /// The actions of every random schema as entities.
        static let actions: String = {
            let groups = [("read", "some"), ("write", "all"), ("share", "some"), ("some", "all")]
            let list = (groups + [("all", "")]).map { action, group in
                let parents = group.isEmpty ? "" : RandomSchema.uid("Action", group)
                return "{\"uid\": \(RandomSchema.uid("Action", action)), \"attrs\": {}, "
                    + "\"parents\": [\(parents)]}"
            }
            return "[\(list.joined(separator: ", "))]"
        }()
    }

    func trial(_ random: inout RandomSource) throws -> Trial {
        let randomSchema = RandomSchema(&random)
        var generator = RandomPolicies(schema: randomSchema)
        var trial = Trial(
            schemaText: randomSchema.text,
            policiesText: generator.text(&random),
            entitiesText: randomSchema.entities(&random)
        )
        let schema = try Schema(parsing: trial.schemaText, name: "schema")
        var policies = try PolicySet(parsing: [(name: "random", text: trial.policiesText)])
        let invalid = Set(Validator(schema).validate(policies).map(\.policy))
        trial.answers.append("strict: \(invalid.sorted().joined(separator: ","))")
        for template in policies.templates {
            let id = "\(random.number(below: 3))"
            policies = try policies.linking(
                template: template.id,
                as: "link-\(template.id)",
                principal: EntityUID(type: "User", id: id)
            )
            trial.links.append(
                "{\"template_id\": \"\(template.id)\", \"new_id\": \"link-\(template.id)\", "
                    + "\"values\": {\"?principal\": \(RandomSchema.uid("User", id))}}"
            )
        }
        if random.chance(1, in: 2) { trial.json = String(decoding: policies.json, as: UTF8.self) }
        let json = try JSON(parsing: Array(trial.entitiesText.utf8))
        let checked = try? Entities(json: json, schema: schema)
        trial.answers.append("entities: \(checked != nil)")
        let entities = try Entities(json: json).adding(schema.actionEntities)
        let authorizer = Authorizer(policies: policies, identifier: "")
        try ask(
            &trial,
            randomSchema,
            schema,
            authorizer,
            entities.prepared(for: authorizer),
            &random
        )
        return trial
    }

    private func ask(
        _ trial: inout Trial,
        _ randomSchema: RandomSchema,
        _ schema: Schema,
        _ authorizer: Authorizer,
        _ entities: Entities,
        _ random: inout RandomSource
    ) throws {
        var verdicts: [String] = []
        for _ in 0..<Self.perSet {
            let action = random.pick(RandomSchema.actions)
            let (principals, resources) = randomSchema.applies[action] ?? ([], [])
            let principal = EntityUID(
                type: random.chance(1, in: 20) ? "Doc" : random.pick(principals),
                id: "\(random.number(below: 4))"
            )
            let resource = EntityUID(
                type: random.pick(resources),
                id: "\(random.number(below: 4))"
            )
            let contextText = randomSchema.context(of: action, &random)
            trial.requests.append(
                "{\"principal\": \(RandomSchema.uid(principal.type, principal.id)), "
                    + "\"action\": \(RandomSchema.uid("Action", action)), "
                    + "\"resource\": \(RandomSchema.uid(resource.type, resource.id)), "
                    + "\"context\": \(contextText)}"
            )
            let uid = EntityUID(type: "Action", id: action)
            let request = Request(
                principal: principal,
                action: uid,
                resource: resource,
                context: try Record(
                    contextJSON: JSON(parsing: Array(contextText.utf8)),
                    action: uid
                )
            )
            let response = authorizer.isAuthorized(request, entities)
            let walked = authorizer.isAuthorizedByWalk(request, entities)
            #expect(walked.reasons == response.reasons && walked.errors == response.errors)
            trial.answers.append(
                [
                    response.decision.rawValue, response.reasons.sorted().joined(separator: ","),
                    response.errors.map(\.policy).sorted().joined(separator: ","),
                ].joined(separator: "|")
            )
            let isValid = (try? schema.check(request)) != nil
            verdicts.append("request: \(isValid)")
        }
        trial.answers += verdicts
    }

    @Test func `decisions, reasons, errors and verdicts are those of the reference`() throws {
        if Python.lacks("cedarpy") { return }
        let variable = ProcessInfo.processInfo.environment["KEYHOLDER_REFERENCE_SEED"]
        let seed = variable.flatMap(UInt64.init) ?? UInt64.random(in: .min ... .max)
        print("seed \(seed), \(Self.requests) requests")
        var random = RandomSource(seed: seed)
        var left = Self.requests
        var (asked, differences, allowed, erred, valid) = (0, 0, 0, 0, 0)
        while left > 0 {
            // In parts, so that neither side holds everything.
            var trials: [Trial] = []
            for _ in 0..<min(50, (left + Self.perSet - 1) / Self.perSet) {
                trials.append(try trial(&random))
            }
            left -= trials.count * Self.perSet
            let lines = try Python.run(Self.program, on: trials.map(\.line).joined())
            var reference = try #require(lines)[...]
            for trial in trials {
                let theirs = reference.prefix(trial.answers.count)
                reference = reference.dropFirst(trial.answers.count)
                asked += trial.requests.count
                allowed += trial.answers.count { $0.hasPrefix("allow") }
                erred += trial.answers.count { $0.contains("|") && !$0.hasSuffix("|") }
                valid += trial.answers[0] == "strict: " ? 1 : 0
                for (mine, their) in zip(trial.answers, theirs) where mine != their {
                    differences += 1
                    guard differences <= 3 else { continue }
                    Issue.record("\(mine), the reference says \(their):\n\(trial.line)")
                }
                #expect(theirs.count == trial.answers.count)
            }
        }
        print(
            "\(asked) requests, \(allowed) allowed, \(erred) with errors, \(valid) valid sets; "
                + "\(differences) differences"
        )
        #expect(differences == 0)
    }
}
