/// Proves that a policy set never allows what an invariant forbids.
///
/// An invariant is a `forbid` policy: whatever it holds of, the set must deny. Every condition is
/// taken apart into atoms that are true or false independently of each other, so that a proof holds
/// for all entities and contexts, while a counterexample may rest on a combination that cannot
/// occur. A policy that errs needs no regard: it never allows.
public struct Prover: Sendable {
    private let schema: Schema

    /// Takes the schema, which says what actions and types there are.
    public init(_ schema: Schema) {
        self.schema = schema
    }

    /// A combination under which an invariant is broken.
    public struct Counterexample: Hashable, Sendable, CustomStringConvertible {
        /// The invariant's id.
        public let invariant: String
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
            return "invariant `\(invariant)`: \(permits.map { "`\($0)`" }.joined(separator: ", ")) "
                + "allows \(action) of \(principalType) on \(resourceType) when "
                + (parts.isEmpty ? "true" : parts.joined(separator: " && "))
        }
    }

    /// The counterexamples, one at the most for each invariant, action and pair of types; none is a
    /// proof.
    ///
    /// Throws when an invariant is no `forbid`, or when a combination of action and types knows more
    /// than 20 atoms. Complexity: exponential in the atoms at the worst.
    public func counterexamples(
        to invariants: PolicySet,
        in policies: PolicySet
    ) throws(PolicyError) -> [Counterexample] {
        var found: [Counterexample] = []
        for invariant in invariants.policies {
            guard invariant.effect == .forbid else {
                throw PolicyError("an invariant is written as a `forbid`", at: invariant.location)
            }
            for action in schema.actionOrder.compactMap({ schema.actions[$0] })
            where schema.allows(invariant.action, action) {
                for principal in action.principals {
                    for resource in action.resources {
                        let search = Search(
                            schema: schema,
                            action: action,
                            principal: principal,
                            resource: resource
                        )
                        if let example = try search.run(invariant, policies) {
                            found.append(example)
                        }
                    }
                }
            }
        }
        return found
    }

    /// The search for one action and one pair of types.
    private struct Search {
        let schema: Schema
        let action: Schema.Action
        let principal: String
        let resource: String

        func run(
            _ invariant: Policy,
            _ policies: PolicySet
        ) throws(PolicyError) -> Counterexample? {
            var atoms = Atoms()
            let broken = formula(of: invariant, &atoms)
            var permits: [(id: String, formula: Formula)] = []
            var parts = [broken]
            for policy in policies.policies {
                let formula = formula(of: policy, &atoms)
                if case .constant(false) = formula { continue }
                if policy.effect == .permit {
                    permits.append((policy.id, formula))
                } else {
                    parts.append(.not(formula))
                }
            }
            parts.append(.any(permits.map(\.formula)))
            guard atoms.texts.count <= Limits.atoms else {
                throw PolicyError(
                    "more than \(Limits.atoms) conditions decide on `\(action.uid)`: invariant "
                        + "`\(invariant.id)` cannot be proved",
                    at: invariant.location
                )
            }
            var values = [Bool?](repeating: nil, count: atoms.texts.count)
            guard Search.satisfy(.all(parts), &values) else { return nil }
            func texts(_ wanted: Bool) -> [String] {
                values.indices.filter { values[$0] == wanted }.map { atoms.texts[$0] }
            }
            return Counterexample(
                invariant: invariant.id,
                action: action.uid,
                principalType: principal,
                resourceType: resource,
                permits: permits.filter { $0.formula.value(values) == true }.map(\.id),
                isTrue: texts(true),
                isFalse: texts(false)
            )
        }

        /// Gives atoms values, one after the other, until the formula is true; false when none do.
        private static func satisfy(_ formula: Formula, _ values: inout [Bool?]) -> Bool {
            if let known = formula.value(values) { return known }
            guard let next = values.firstIndex(of: nil) else { return false }
            for value in [true, false] {
                values[next] = value
                if satisfy(formula, &values) { return true }
            }
            values[next] = nil
            return false
        }

        // MARK: Formulas

        private func formula(of policy: Policy, _ atoms: inout Atoms) -> Formula {
            guard schema.allows(policy.action, action),
                schema.allows(policy.principal, principal),
                schema.allows(policy.resource, resource)
            else { return .constant(false) }
            var parts = [
                scope(policy.principal, .principal, &atoms),
                scope(policy.resource, .resource, &atoms),
            ]
            for condition in policy.conditions {
                let body = formula(of: condition.body, &atoms)
                parts.append(condition.isWhen ? body : .not(body))
            }
            return .all(parts)
        }

        private func scope(
            _ scope: Policy.Scope,
            _ variable: Variable,
            _ atoms: inout Atoms
        ) -> Formula {
            let name = Expression(.variable(variable), at: 0)
            func literal(_ uid: EntityUID) -> Expression {
                Expression(.literal(.entity(uid)), at: 0)
            }
            switch scope {
            case .any, .isType: return .constant(true)
            case .equal(.entity(let uid)):
                return formula(
                    of: Expression(.comparison(.equal, name, literal(uid)), at: 0),
                    &atoms
                )
            case .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)):
                return formula(of: Expression(.isIn(name, literal(uid)), at: 0), &atoms)
            // Only templates have slots, and they decide nothing.
            case .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): return .constant(false)
            }
        }

        private func formula(of expression: Expression, _ atoms: inout Atoms) -> Formula {
            switch expression.node {
            case .literal(.bool(let value)): return .constant(value)
            case .and(let operands): return .all(operands.map { formula(of: $0, &atoms) })
            case .or(let operands): return .any(operands.map { formula(of: $0, &atoms) })
            case .not(let operand): return .not(formula(of: operand, &atoms))
            case .conditional(let condition, let positive, let negative):
                let test = formula(of: condition, &atoms)
                return .any([
                    .all([test, formula(of: positive, &atoms)]),
                    .all([.not(test), formula(of: negative, &atoms)]),
                ])
            case .comparison(.unequal, let left, let right):
                let equal = Expression(.comparison(.equal, left, right), at: expression.offset)
                return .not(formula(of: equal, &atoms))
            case .comparison(.equal, let operand, let literal):
                if case .literal(.bool(let value)) = literal.node {
                    let formula = formula(of: operand, &atoms)
                    return value ? formula : .not(formula)
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

    private indirect enum Formula {
        case constant(Bool)
        case atom(Int)
        case not(Formula)
        case all([Formula])
        case any([Formula])

        /// The value under some atoms' values; nil while it depends on the others.
        func value(_ values: [Bool?]) -> Bool? {
            switch self {
            case .constant(let value): return value
            case .atom(let number): return values[number]
            case .not(let formula): return formula.value(values).map { !$0 }
            case .all(let formulas): return Formula.fold(formulas, values, stop: false)
            case .any(let formulas): return Formula.fold(formulas, values, stop: true)
            }
        }

        private static func fold(_ formulas: [Formula], _ values: [Bool?], stop: Bool) -> Bool? {
            var isKnown = true
            for formula in formulas {
                let value = formula.value(values)
                if value == stop { return stop }
                isKnown = isKnown && value != nil
            }
            return isKnown ? !stop : nil
        }
    }
}
