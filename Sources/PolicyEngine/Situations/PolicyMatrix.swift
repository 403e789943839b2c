/// What each role may do in which relation to a thing, with the step-up condition and without, as
/// the engine decides it.
///
/// A relation is told in the words of a `Situation`. It has a row where the rows of its parts do
/// not foretell it: where `restricted, author` decides otherwise than `restricted` or `author`.
public struct PolicyMatrix: Sendable {
    /// The roles, one column each, in the order of the schema.
    public let roles: [String]

    /// The rows in the order of the schema.
    public let rows: [Row]

    /// The conditions under which nothing at all is allowed; no row has them.
    public let nothingWhen: [String]

    /// An action in one relation to one type of thing.
    public struct Row: Sendable {
        /// The action's name.
        public let action: String
        /// The type of the thing.
        public let resourceType: String
        /// The relation; empty where nothing is the case.
        public let relation: String
        /// One for each role.
        public let cells: [Cell]
    }

    /// What one role may do.
    public struct Cell: Hashable, Sendable {
        /// As the session is.
        public let plain: Answer
        /// With the step-up condition.
        public let elevated: Answer
    }

    /// A decision and who took it.
    public struct Answer: Hashable, Sendable {
        /// The decision.
        public let decision: Decision
        /// The policies that decided.
        public let policies: [String]
    }

    /// How many conditions a relation is made of at the most.
    private static let relationSize = 3

    /// Asks the policies about every role, relation and action.
    ///
    /// - `stepUp`: the word for the step-up condition; actions that do not know it answer alike.
    ///
    /// Complexity: O(actions × roles × relations³) decisions, the relations being those conditions
    /// that the policies on an action mention.
    public init(
        of authorizer: Authorizer,
        in vocabulary: Vocabulary,
        stepUp: String,
        actions wanted: (String) -> Bool = { _ in true }
    ) throws(PolicyError) {
        var sections: [Section] = []
        for uid in vocabulary.schema.actionOrder where wanted(uid.id) {
            guard let action = vocabulary.schema.actions[uid] else { continue }
            for frame in vocabulary.frames(of: action) {
                sections.append(try Section(authorizer, vocabulary, frame, stepUp))
            }
        }
        roles = sections.first?.roles.map(\.id) ?? []
        // What silences every action is said once.
        let silencing = (sections.first?.silencing ?? []).filter { condition in
            sections.allSatisfy { $0.silencing.contains(condition) }
        }
        rows = sections.flatMap { $0.rows(without: silencing) }
        nothingWhen = silencing.map(\.description)
    }

    /// The part about one action and one type of thing.
    private struct Section {
        private let situation: Situation
        let roles: [EntityUID]
        /// The conditions under which nothing is allowed, whatever else is the case.
        let silencing: [Situation.Condition]
        private let relations: [Relation]

        /// Some conditions, and what each role may do then.
        private struct Relation {
            let conditions: [Situation.Condition]
            let cells: [Cell]

            /// Whether these conditions are among others, and fewer.
            func isWithin(_ other: Relation) -> Bool {
                conditions.count < other.conditions.count
                    && conditions.allSatisfy(other.conditions.contains)
            }
        }

        init(
            _ authorizer: Authorizer,
            _ vocabulary: Vocabulary,
            _ frame: Vocabulary.Frame,
            _ stepUp: String
        ) throws(PolicyError) {
            situation = Situation(vocabulary: vocabulary, frame: frame)
            roles = vocabulary.roles(of: frame.principal.name)
            let path = vocabulary.meaning(of: stepUp, frame)?.path
            let conditions = vocabulary.conditions(in: authorizer.policies.policies, frame)
                .filter { $0.path != path }
            var relations: [Relation] = []
            for size in 0...PolicyMatrix.relationSize {
                for numbers in PolicyMatrix.combinations(of: conditions.count, size) {
                    let chosen = numbers.map { conditions[$0] }
                    guard Set(chosen.map(\.path)).count == chosen.count else { continue }
                    var cells: [Cell] = []
                    for role in roles {
                        var situation = situation
                        situation.roles = [role]
                        situation.conditions = chosen
                        cells.append(try authorizer.cell(situation, stepUp: stepUp))
                    }
                    relations.append(Relation(conditions: chosen, cells: cells))
                }
            }
            self.relations = relations
            silencing = conditions.filter { condition in
                relations.allSatisfy { relation in
                    !relation.conditions.contains(condition)
                        || relation.cells.allSatisfy(\.isDenied)
                }
            }
        }

        /// The relations that the rows of their parts do not foretell.
        func rows(without left: [Situation.Condition]) -> [Row] {
            var shown: [Relation] = []
            for relation in relations where !relation.conditions.contains(where: left.contains) {
                // What silences is told by itself; with it, nothing more is worth telling.
                let isSilent = relation.conditions.contains(where: silencing.contains)
                if isSilent ? relation.conditions.count == 1 : !isForetold(relation, by: shown) {
                    shown.append(relation)
                }
            }
            return shown.map { relation in
                Row(
                    action: situation.action.id,
                    resourceType: situation.resourceType,
                    relation: relation.conditions.map(\.description).joined(separator: ", "),
                    cells: relation.cells
                )
            }
        }

        /// Whether each cell is what the nearest rows within the relation make of it: where they
        /// leave it as it is in none, that, and where those that change it agree, what they say.
        private func isForetold(_ relation: Relation, by shown: [Relation]) -> Bool {
            let within = shown.filter { $0.isWithin(relation) }
            guard let none = within.first else { return false }
            let nearest = within.filter { one in !within.contains { one.isWithin($0) } }
            return relation.cells.indices.allSatisfy { column in
                let changes = nearest.map { $0.cells[column].decisions }
                    .filter { $0 != none.cells[column].decisions }
                let foretold = Set(changes.isEmpty ? [none.cells[column].decisions] : changes)
                return foretold == [relation.cells[column].decisions]
            }
        }
    }

    /// All ways to choose some numbers of so many, each in order.
    private static func combinations(of count: Int, _ size: Int) -> [[Int]] {
        guard size > 0 else { return [[]] }
        guard size <= count else { return [] }
        return combinations(of: count - 1, size)
            + combinations(of: count - 1, size - 1).map { $0 + [count - 1] }
    }
}

extension PolicyMatrix.Cell {
    /// Whether nothing is allowed either way.
    fileprivate var isDenied: Bool { decisions == [.deny, .deny] }

    /// The decisions, by whichever policies.
    fileprivate var decisions: [Decision] { [plain.decision, elevated.decision] }
}

extension Authorizer {
    fileprivate func cell(
        _ situation: Situation,
        stepUp: String
    ) throws(PolicyError) -> PolicyMatrix.Cell {
        PolicyMatrix.Cell(
            plain: try answer(situation),
            elevated: try answer(situation.adding(stepUp) ?? situation)
        )
    }

    private func answer(_ situation: Situation) throws(PolicyError) -> PolicyMatrix.Answer {
        let (request, entities) = try situation.request()
        let response = isAuthorized(request, entities)
        // A forbid that errs denies, as in `authorize`.
        let failed = response.errors.filter(\.isForbid).map(\.policy)
        return PolicyMatrix.Answer(
            decision: failed.isEmpty ? response.decision : .deny,
            policies: failed.isEmpty ? response.reasons : failed
        )
    }
}

extension Vocabulary {
    /// The conditions that policies on an action mention, each as what is not the rule.
    fileprivate func conditions(in policies: [Policy], _ frame: Frame) -> [Situation.Condition] {
        let situation = Situation(vocabulary: self, frame: frame)
        var found: [Situation.Condition] = []
        func add(_ path: [String], _ setting: Situation.Setting) {
            let word = path.isEmpty ? "in" : word(for: path, frame)
            let condition = Situation.Condition(word: word, path: path, setting: setting)
            if !found.contains(condition) { found.append(condition) }
        }
        for policy in policies where situation.concerns(policy) {
            switch policy.resource {
            case .isIn(.entity(let group)), .isTypeIn(_, .entity(let group)): add([], .isIn(group))
            case .any, .equal, .isIn, .isType, .isTypeIn: break
            }
            for condition in policy.conditions {
                condition.body.visit { expression in
                    if let (path, setting) = mentioned(expression, frame) { add(path, setting) }
                }
            }
        }
        return found
    }

    /// The condition that an expression asks for by itself.
    private func mentioned(
        _ expression: Expression,
        _ frame: Frame
    ) -> (path: [String], setting: Situation.Setting)? {
        switch expression.node {
        case .attribute:
            guard let path = expression.path, let type = meaning(of: path, frame)?.type else {
                return nil
            }
            switch type {
            case .bool: return (path, .holds(!(path.last.map(normal.contains) ?? false)))
            case .entity([frame.principal.name]), .set(.entity([frame.principal.name])):
                return (path, .holds(true))
            default: return nil
            }
        case .comparison(.equal, let left, let right), .comparison(.unequal, let left, let right):
            guard let path = left.path, case .literal(.string(let text)) = right.node else {
                return nil
            }
            return (path, .text(text))
        case .call(.contains, let arguments):
            guard arguments.count == 2, let path = arguments[0].path,
                case .literal(.entity(let uid)) = arguments[1].node
            else { return nil }
            return (path, .without(uid))
        case .isIn(let left, let right):
            guard case .variable(.resource) = left.node,
                case .literal(.entity(let uid)) = right.node
            else { return nil }
            return ([], .isIn(uid))
        default: return nil
        }
    }

    private func meaning(of path: [String], _ frame: Frame) -> Meaning? {
        meaning(of: path.joined(separator: "."), frame)
    }
}

extension Expression {
    /// The names from `context`, `principal` or `resource` down to an attribute.
    fileprivate var path: [String]? {
        switch node {
        case .variable(.action): nil
        case .variable(let variable): [variable.rawValue]
        case .attribute(let object, let name): object.path.map { $0 + [name] }
        default: nil
        }
    }
}
