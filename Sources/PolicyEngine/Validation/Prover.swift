/// Proves that a policy set never allows what an invariant forbids.
///
/// An invariant is a `forbid` policy: whatever it holds of, the set must deny. Every condition is
/// taken apart into atoms that are true or false independently of each other, so that a proof holds
/// for all entities and contexts, while a counterexample may rest on a combination that cannot
/// occur. A policy that errs needs no regard: a permit then allows nothing, and a forbid denies.
public struct Prover: Sendable {
    private let schema: Schema

    /// Takes the schema, which says what actions and types there are.
    public init(_ schema: Schema) {
        self.schema = schema
    }

    /// What was found about one invariant.
    public struct Verdict: Sendable {
        /// The invariant's id.
        public let invariant: String
        /// For how many actions and pairs of types it was looked into.
        public internal(set) var slices = 0
        /// How many combinations of atoms there are in them together.
        public internal(set) var combinations = 0
        /// One for each slice at the most; none is a proof.
        public internal(set) var counterexamples: [Counterexample] = []
    }

    /// A combination under which an invariant is broken.
    public struct Counterexample: Hashable, Sendable, CustomStringConvertible {
        /// The invariant's id.
        public let invariant: String
        /// The invariant's `@reason`, if it has one.
        public let reason: String?
        /// What is done.
        public let action: EntityUID
        /// The type of who does it.
        public let principalType: String
        /// The type of what it is done to.
        public let resourceType: String
        /// The permits that allow it.
        public let permits: [String]
        /// The conditions that are true, as Cedar text; those not named may be either.
        public let isTrue: [String]
        /// The conditions that are false.
        public let isFalse: [String]

        /// All of it in one line.
        public var description: String {
            let parts = isTrue + isFalse.map { "!(\($0))" }
            let name = "invariant `\(invariant)`" + (reason.map { " (\($0))" } ?? "")
            return "\(name): \(permits.map { "`\($0)`" }.joined(separator: ", ")) allows "
                + "\(action) of \(principalType) on \(resourceType) when "
                + (parts.isEmpty ? "true" : parts.joined(separator: " && "))
        }
    }

    /// Looks into every combination of the atoms that the policies and the invariants mention.
    ///
    /// Throws when an invariant is no `forbid`, or when an action and a pair of types know more than
    /// 20 atoms. Complexity: exponential in the atoms at the worst.
    public func verdicts(
        on invariants: PolicySet,
        in policies: PolicySet
    ) throws(PolicyError) -> [Verdict] {
        for invariant in invariants.policies where invariant.effect != .forbid {
            throw PolicyError("an invariant is written as a `forbid`", at: invariant.location)
        }
        if let template = (invariants.templates).first {
            throw PolicyError("an invariant has no slots", at: template.location)
        }
        var verdicts = invariants.policies.map { Verdict(invariant: $0.id) }
        for action in schema.actionOrder.compactMap({ schema.actions[$0] }) {
            for principal in action.principals {
                for resource in action.resources {
                    var slice = Slice(
                        schema: schema,
                        action: action,
                        principal: principal,
                        resource: resource
                    )
                    try slice.prove(invariants.policies, in: policies.policies, &verdicts)
                }
            }
        }
        return verdicts
    }
}

/// What decides on one action and one pair of types.
private struct Slice {
    let schema: Schema
    let action: Schema.Action
    let principal: String
    let resource: String
    private var atoms = Atoms()

    init(schema: Schema, action: Schema.Action, principal: String, resource: String) {
        self.schema = schema
        self.action = action
        self.principal = principal
        self.resource = resource
    }

    mutating func prove(
        _ invariants: [Policy],
        in policies: [Policy],
        _ verdicts: inout [Prover.Verdict]
    ) throws(PolicyError) {
        // The order of the atoms is that of the search: first what settles most.
        let broken = parts(invariants, .forbid)
        guard !broken.isEmpty else { return }
        let forbids = parts(policies, .forbid)
        let permits = parts(policies, .permit)
        try checkAtoms(of: broken + forbids + permits)
        let allowed: [Formula] =
            forbids.map { .not($0.formula) } + [.any(permits.map(\.formula))]
        for part in broken {
            let number = part.number
            verdicts[number].slices += 1
            verdicts[number].combinations += 1 << atoms.texts.count
            var values = [Bool?](repeating: nil, count: atoms.texts.count)
            let formula = Formula.all([part.formula] + allowed)
            guard formula.isSatisfied(&values) else { continue }
            formula.forgetNeedless(&values)
            func texts(_ wanted: Bool) -> [String] {
                values.indices.filter { values[$0] == wanted }.map { atoms.texts[$0] }
            }
            verdicts[number].counterexamples.append(
                Prover.Counterexample(
                    invariant: part.policy.id,
                    reason: part.policy.reason,
                    action: action.uid,
                    principalType: principal,
                    resourceType: resource,
                    permits: permits.filter { $0.formula.value(values) == true }.map(\.policy.id),
                    isTrue: texts(true),
                    isFalse: texts(false)
                )
            )
        }
    }

    /// A policy that can apply, and when it does.
    private struct Part {
        /// The policy's place in its set.
        let number: Int
        let policy: Policy
        let formula: Formula
    }

    private mutating func parts(_ policies: [Policy], _ effect: Effect) -> [Part] {
        var parts: [Part] = []
        for (number, policy) in policies.enumerated()
        where policy.effect == effect && applies(policy) {
            parts.append(Part(number: number, policy: policy, formula: formula(of: policy)))
        }
        return parts
    }

    /// Refuses too many atoms, and names the policy that brings in most of its own.
    private func checkAtoms(of parts: [Part]) throws(PolicyError) {
        guard atoms.texts.count > Limits.atoms else { return }
        let used = parts.map(\.formula.atoms)
        func own(_ number: Int) -> Int {
            used[number].count { atom in used.count { $0.contains(atom) } == 1 }
        }
        guard let most = parts.indices.max(by: { own($0) < own($1) }) else { return }
        throw PolicyError(
            "`\(action.uid)` depends on \(atoms.texts.count) conditions, more than the "
                + "\(Limits.atoms) of which every combination is tried; \(own(most)) of them are "
                + "of `\(parts[most].policy.id)` alone",
            at: parts[most].policy.location
        )
    }

    private func applies(_ policy: Policy) -> Bool {
        schema.allows(policy.action, action)
            && schema.allows(policy.principal, principal)
            && schema.allows(policy.resource, resource)
    }

    // MARK: Formulas

    private mutating func formula(of policy: Policy) -> Formula {
        var parts = [
            scope(policy.principal, .principal), scope(policy.resource, .resource),
        ]
        for condition in policy.conditions {
            let body = formula(of: condition.body)
            parts.append(condition.isWhen ? body : .not(body))
        }
        return .all(parts)
    }

    private mutating func scope(_ scope: Policy.Scope, _ variable: Variable) -> Formula {
        let name = Expression(.variable(variable), at: 0)
        func literal(_ uid: EntityUID) -> Expression {
            Expression(.literal(.entity(uid)), at: 0)
        }
        switch scope {
        case .any, .isType: return .constant(true)
        case .equal(.entity(let uid)):
            return formula(of: Expression(.comparison(.equal, name, literal(uid)), at: 0))
        case .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)):
            return formula(of: Expression(.isIn(name, literal(uid)), at: 0))
        // Only templates have slots, and they decide nothing.
        case .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): return .constant(false)
        }
    }

    private mutating func formula(of expression: Expression) -> Formula {
        switch expression.node {
        case .literal(.bool(let value)): return .constant(value)
        case .and(let operands): return .all(operands.map { formula(of: $0) })
        case .or(let operands): return .any(operands.map { formula(of: $0) })
        case .not(let operand): return .not(formula(of: operand))
        case .conditional(let condition, let positive, let negative):
            return .choice(
                formula(of: condition),
                formula(of: positive),
                formula(of: negative)
            )
        case .comparison(.unequal, let left, let right):
            let equal = Expression(.comparison(.equal, left, right), at: expression.offset)
            return .not(formula(of: equal))
        case .comparison(.equal, let operand, let literal):
            if case .literal(.bool(let value)) = literal.node {
                let formula = formula(of: operand)
                return value ? formula : .not(formula)
            }
        case .isIn(let operand, let group):
            // One atom a group: `in [a, b]` and `in a` are not independent.
            if case .set(let members) = group.node {
                return .any(
                    members.map { member in
                        formula(of: Expression(.isIn(operand, member), at: expression.offset))
                    }
                )
            }
        default: break
        }
        if let known = known(expression) { return .constant(known) }
        return .atom(atoms.number(of: expression.description))
    }

    /// What the action and the types settle by themselves.
    private func known(_ expression: Expression) -> Bool? {
        switch expression.node {
        case .isType(let operand, let type):
            switch operand.node {
            case .variable(.principal): return type.isIdentical(to: principal)
            case .variable(.resource): return type.isIdentical(to: resource)
            default: return nil
            }
        case .comparison(.equal, let left, let right):
            guard case .variable(.action) = left.node,
                case .literal(.entity(let uid)) = right.node
            else { return nil }
            return uid == action.uid
        case .isIn(let left, let right):
            guard case .variable(.action) = left.node,
                case .literal(.entity(let uid)) = right.node
            else { return nil }
            return uid == action.uid || action.ancestors.contains(uid)
        default: return nil
        }
    }
}

/// The atoms by their text: the same text has the same value wherever it stands.
private struct Atoms {
    private(set) var texts: [String] = []

    mutating func number(of text: String) -> Int {
        if let number = texts.firstIndex(where: { $0.isIdentical(to: text) }) { return number }
        texts.append(text)
        return texts.count - 1
    }
}
