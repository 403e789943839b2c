/// What a school expects of its policies, one sentence a case:
/// `staff may viewIncident when involved: staff-involved`,
/// `dsl elevated may not viewIncident when excluded: guard-excluded`.
///
/// After the colon stand exactly the policies that decide; with `may not` and none of them, nothing
/// permits it. `SituationReader` has the words.
public struct PolicyCases: Sendable {
    /// One expectation.
    public struct Case: Sendable {
        /// Who wants to do what to what.
        public let situation: Situation
        /// Whether it should be allowed.
        public let decision: Decision
        /// The policies that should decide.
        public let policies: [String]
        /// Where it is written.
        public let location: SourceLocation
    }

    /// The cases in the order of the texts.
    public let cases: [Case]

    /// Reads cases from files.
    public init(
        parsing files: [(name: String, bytes: [UInt8])],
        in vocabulary: Vocabulary
    ) throws(PolicyError) {
        var cases: [Case] = []
        for file in files {
            let text = try SourceText(name: file.name, bytes: file.bytes)
            var reader = try SituationReader(text, vocabulary)
            for sentence in try reader.sentences() {
                cases.append(
                    Case(
                        situation: sentence.situation,
                        decision: sentence.decision,
                        policies: sentence.policies,
                        location: text.location(at: sentence.offset)
                    )
                )
            }
        }
        self.cases = cases
    }

    /// A case that is decided otherwise than expected.
    public struct Failure: Sendable, CustomStringConvertible {
        /// The case.
        public let expectation: Case
        /// How it is decided.
        public let decision: Decision
        /// The policies that decide it, and those that could not be evaluated.
        public let policies: [String]

        /// The place, what was found and what was expected, in one line.
        public var description: String {
            func text(_ decision: Decision, _ policies: [String]) -> String {
                let word = decision == .allow ? "allowed" : "denied"
                if policies.isEmpty { return "\(word) by no policy" }
                return "\(word) by \(policies.map { "`\($0)`" }.joined(separator: ", "))"
            }
            let expected = text(expectation.decision, expectation.policies)
            return "\(expectation.location): \(text(decision, policies)), expected \(expected)"
        }
    }

    /// What running the cases showed.
    public struct Report: Sendable {
        /// The wrong cases.
        public internal(set) var failures: [Failure] = []
        /// The policies that decide no case, in the order of the set.
        public internal(set) var undecided: [String] = []
        /// The policies that hold in every case that they could speak to, in the order of the set.
        public internal(set) var undisputed: [String] = []
    }

    /// Asks the policies about every case.
    ///
    /// An error is that of a situation that cannot be made up.
    public func report(on authorizer: Authorizer) throws(PolicyError) -> Report {
        var report = Report()
        var deciding: Set<String> = []
        var silent: Set<String> = []
        let policies = authorizer.policies.policies
        for expectation in cases {
            let situation = expectation.situation
            let (request, entities) = try situation.request()
            let explanation = authorizer.explain(request, entities)
            let isAllowed = explanation.decision == .allow
            let reasons = (isAllowed ? explanation.permits : explanation.forbids).map(\.policy)
            let found = reasons + explanation.errors.map { "\($0.policy) (\($0.message))" }
            if explanation.decision != expectation.decision
                || Set(found) != Set(expectation.policies)
            {
                report.failures.append(
                    Failure(
                        expectation: expectation,
                        decision: explanation.decision,
                        policies: found
                    )
                )
            }
            deciding.formUnion(reasons)
            let holding = (explanation.permits + explanation.forbids).map(\.policy)
            for policy in policies where situation.concerns(policy) {
                // One without conditions holds wherever it can, and can only be overruled.
                let told = policy.conditions.isEmpty ? reasons : holding
                if !told.contains(policy.id) { silent.insert(policy.id) }
            }
        }
        report.undecided = policies.map(\.id).filter { !deciding.contains($0) }
        report.undisputed = policies.map(\.id).filter { !silent.contains($0) }
        return report
    }
}

extension Situation {
    /// Whether a policy can speak to the action and the types.
    func concerns(_ policy: Policy) -> Bool {
        let schema = vocabulary.schema
        return schema.allows(policy.action, frame.action)
            && schema.allows(policy.principal, frame.principal.name)
            && schema.allows(policy.resource, frame.resource.name)
    }
}
