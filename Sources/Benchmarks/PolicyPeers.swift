import Foundation
import PolicyEngine

/// Other engines on the same policies, entities and requests, where Python has them.
enum PolicyPeers {
    /// Asks them the requests; `allowed` says for each whether we allow it, which they have to as well.
    static func run(_ sample: PolicySample, ours: Figures, allowed: [Int]) throws {
        let folder = try TemporaryFolder.make("policy")
        defer { TemporaryFolder.remove(folder) }
        let file = "\(folder)/sample.json"
        try json(sample).write(to: URL(fileURLWithPath: file))
        for (name, script) in [("cedarpy", cedar), ("casbin", casbin)] {
            guard has("python3", "-c", "import \(name)") else {
                print("  SKIPPED: python3 has no \(name)")
                continue
            }
            let answer = try Peer.output(["python3", "-c", script, file])
            let words = answer.split(whereSeparator: \.isWhitespace)
            guard words.count == 4, let time = Double(words[0]), let asked = Int(words[1]),
                Int(words[2]) == allowed.prefix(asked).reduce(0, +)
            else { throw BenchmarkFailure(description: "\(name) decides otherwise: \(answer)") }
            let ratio = Figures.rounded(time / ours.median)
            print(
                "  \(name) \(words[3]): \(Figures.rounded(time)) = \(ratio) times ours,",
                terminator: " "
            )
            print("the same \(words[2]) of \(asked) allowed")
        }
    }

    /// Whether a program runs.
    static func has(_ command: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    // MARK: - What they are told

    private static func json(_ sample: PolicySample) throws -> Data {
        let entities = sample.entities.map { entity in
            [
                "uid": name(entity.uid), "parents": entity.parents.map(name),
                "attrs": Dictionary(
                    uniqueKeysWithValues: entity.attributes.fields.map {
                        ($0.name, plain($0.value))
                    }
                ),
            ] as [String: Any]
        }
        let requests = sample.requests.map { request in
            [
                "principal": name(request.principal), "action": name(request.action),
                "resource": name(request.resource),
                "context": ["elevated": request.context["elevated"] == .bool(true)],
            ] as [String: Any]
        }
        let rules = PolicySample.rules.map { rule in
            [
                "effect": rule.effect == "permit" ? "allow" : "deny", "role": rule.role ?? "*",
                "actions": rule.actions, "type": rule.type,
                "rule": rule.condition?.python ?? "True",
            ] as [String: Any]
        }
        let all: [String: Any] = [
            "policies": PolicySample.policies(), "entities": entities, "requests": requests,
            "rules": rules,
        ]
        return try JSONSerialization.data(withJSONObject: all)
    }

    private static func name(_ uid: EntityUID) -> [String: String] {
        ["type": uid.type, "id": uid.id]
    }

    private static func plain(_ value: Value) -> Any {
        switch value {
        case .bool(let value): value
        case .long(let value): value
        case .string(let text): text
        case .entity(let uid): ["__entity": name(uid)]
        case .set(let set): set.elements.map(plain)
        case .record, .decimal, .ipaddr, .datetime, .duration:
            preconditionFailure("the sample has no such attribute")
        }
    }

    /// Prints nanoseconds a decision, as the engine itself reports them (by the clock, so that a busy
    /// machine makes them longer), how many it was asked and allowed, and the version.
    private static let cedar = """
        import json, statistics, sys, importlib.metadata, cedarpy
        t = json.load(open(sys.argv[1]))
        p = cedarpy.PolicySet.from_str(t['policies'])
        e = cedarpy.Entities.from_json_str(json.dumps(t['entities']))
        rounds = []
        for _ in range(5):
            answers = cedarpy.is_authorized_batch(t['requests'], p, e)
            rounds.append(sum(a.metrics['authz_duration_micros'] for a in answers))
        allowed = sum(a.allowed for a in answers)
        print(statistics.median(rounds) * 1000 / len(answers), len(answers), allowed,
              importlib.metadata.version('cedarpy'))
        """

    private static let casbin = """
        import json, sys, time, importlib.metadata, casbin, casbin.model
        t = json.load(open(sys.argv[1]))
        class Thing:
            pass
        def plain(v):
            if isinstance(v, list): return [plain(x) for x in v]
            return v['__entity']['id'] if isinstance(v, dict) else v
        things = {}
        for e in t['entities']:
            thing = Thing()
            thing.id, thing.type = e['uid']['id'], e['uid']['type']
            thing.roles = [p['id'] for p in e['parents']] + ['*']
            for k, v in e['attrs'].items(): setattr(thing, k, plain(v))
            things[thing.type, thing.id] = thing
        model = casbin.model.Model()
        model.load_model_from_text('''
        [request_definition]
        r = sub, obj, act, ctx
        [policy_definition]
        p = role, type, act, rule, eft
        [policy_effect]
        e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
        [matchers]
        m = p.role in r.sub.roles and p.type in ('', r.obj.type) and p.act in ('', r.act) and eval(p.rule)
        ''')
        enforcer = casbin.Enforcer(model)
        for rule in t['rules']:
            for action in rule['actions'] or ['']:
                enforcer.add_policy(rule['role'], rule['type'], action, rule['rule'], rule['effect'])
        asked = []
        for r in t['requests'][:300]:
            context = Thing()
            context.elevated = r['context']['elevated']
            asked.append((things['User', r['principal']['id']],
                          things[r['resource']['type'], r['resource']['id']],
                          r['action']['id'], context))
        start = time.process_time()
        allowed = sum(enforcer.enforce(*a) for a in asked)
        print((time.process_time() - start) * 1e9 / len(asked), len(asked), allowed,
              importlib.metadata.version('casbin'))
        """
}
