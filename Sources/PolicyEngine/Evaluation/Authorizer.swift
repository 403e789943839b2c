/// Decides requests by a set of policies.
///
/// Entities that were prepared for it are decided on by bytecode, others by walking the policies'
/// trees: the answers are the same.
public struct Authorizer: Sendable {
    /// The policies.
    public let policies: PolicySet

    /// Names the set in permits and logs, as a rule by its SHA-256 in hexadecimal.
    public let identifier: String

    let program: Program

    /// Prepares a set of policies for deciding.
    public init(policies: PolicySet, identifier: String) {
        self.policies = policies
        self.identifier = identifier
        program = Program(policies.policies)
    }

    /// Whether a policy of the set names this entity.
    public func names(_ uid: EntityUID) -> Bool { program.names.number(of: uid) != nil }

    /// The decision by the rules of Cedar: any forbid that holds denies, else any permit allows, and
    /// a policy that errs is passed over and reported.
    public func isAuthorized(_ request: Request, _ entities: Entities) -> Response {
        outcome(request, entities).response(policies)
    }

    /// The decision on a question whose names are looked up already.
    ///
    /// Allocates nothing when it allows, unless a policy errs, more than eight hold, one puts a set or a
    /// record together, or the answer is one to remember.
    public func isAuthorized(_ question: borrowing Question) -> Response {
        outcome(question).response(policies)
    }

    /// The decision of the reference evaluator, which walks the tree of every policy of the set.
    public func isAuthorizedByWalk(_ request: Request, _ entities: Entities) -> Response {
        walk(request, entities).response(policies)
    }

    /// Whether `authorize` would give a permit: one policy permits, none forbids, and no forbid errs.
    public func permits(_ request: Request, _ entities: Entities) -> Bool {
        permits(Question(request, entities))
    }

    /// Whether `authorize` would give a permit to a question whose names are looked up already.
    public func permits(_ question: borrowing Question) -> Bool {
        permits(question, by: question.request.principal)
    }

    /// Whether it would if somebody else asked: for asking about many people, which allocates little
    /// for those whose names are known.
    public func permits(_ question: borrowing Question, by principal: EntityUID) -> Bool {
        guard question.entities.isPrepared(for: self) else {
            let asked = question.asked(by: principal)
            return walk(asked.request, asked.entities).allowsStrictly
        }
        let recollection = question.recollection(by: principal)
        if let answer = recollection?.answer { return answer.isPermitted }
        let isPermitted = permits(question.resolved(by: principal))
        recollection?.remember(.init(isPermitted: isPermitted, outcome: nil))
        return isPermitted
    }

    /// What follows from these policies' decisions about the entities of a question, whoever asks for
    /// whatever: concluded once for all questions that no policy can tell apart.
    ///
    /// - Parameters:
    ///   - name: says what is concluded; no other conclusion has the same.
    ///   - variant: tells apart what differs in anything but the question.
    ///   - question: names all that is asked about.
    ///   - conclude: answers with nothing that it names, unless the policies or the entities that were
    ///     prepared mention that.
    /// - Returns: what `conclude` answered to this question or to one like it.
    public func conclusion<T: Sendable>(
        _ name: StaticString,
        variant: Int = 0,
        about question: borrowing Question,
        _ conclude: () throws -> T
    ) rethrows -> T {
        guard question.entities.isPrepared(for: self),
            let recollection = question.recollection(by: question.request.principal)
        else { return try conclude() }
        return try recollection.conclusion(name, variant, conclude)
    }

    /// `authorize` of a question that is asked once.
    public func authorize(
        _ request: Request,
        _ entities: Entities,
        session: Int64,
        contextIfElevated: Record? = nil
    ) -> Authorization {
        authorize(
            Question(request, entities),
            session: session,
            contextIfElevated: contextIfElevated
        )
    }

    /// The decision as the service means it: a forbid that errs denies, and what is denied is asked
    /// again in the elevated context, if there is one.
    public func authorize(
        _ question: borrowing Question,
        session: Int64,
        contextIfElevated: Record? = nil
    ) -> Authorization {
        let request = question.request
        let outcome = outcome(question)
        if outcome.allowsStrictly {
            return .permit(
                Permit(
                    principal: request.principal,
                    action: request.action,
                    resource: request.resource,
                    session: session,
                    determining: PolicyIDs(policies.policies, outcome.permits),
                    policySet: identifier,
                    filter: nil
                )
            )
        }
        let refusal = Refusal(
            policies: outcome.forbids.map { policies.policies[$0].id },
            reason: outcome.forbids.first.flatMap { policies.policies[$0].reason },
            errors: outcome.errors
        )
        guard let contextIfElevated else { return .denial(refusal) }
        let elevated = Request(
            principal: request.principal,
            action: request.action,
            resource: request.resource,
            context: contextIfElevated
        )
        return self.outcome(elevated, question.entities).allowsStrictly
            ? .stepUp(refusal) : .denial(refusal)
    }

    func outcome(_ request: Request, _ entities: Entities) -> Outcome {
        outcome(Question(request, entities))
    }

    private func outcome(_ question: borrowing Question) -> Outcome {
        let principal = question.request.principal
        guard question.entities.isPrepared(for: self) else {
            return walk(question.request, question.entities)
        }
        let recollection = question.recollection(by: principal)
        if let outcome = recollection?.answer?.outcome { return outcome }
        let outcome = outcome(question.resolved(by: principal))
        // An error may say the name of what has only the same form.
        if outcome.errors.isEmpty {
            recollection?.remember(.init(isPermitted: outcome.allowsStrictly, outcome: outcome))
        }
        return outcome
    }

    /// Runs every policy that can apply; none is left out after the first forbid, so that reasons
    /// and errors are complete.
    private func outcome(_ resolved: ResolvedRequest) -> Outcome {
        var outcome = Outcome()
        run(resolved) { number, failure in
            if let failure {
                outcome.errors.append(EvaluationError(policies.policies[number], failure))
            } else {
                outcome.add(number, program.isForbid(number))
            }
            return true
        }
        return outcome
    }

    /// The decision without its reasons: where no policy permits, none that forbids is run.
    private func permits(_ resolved: ResolvedRequest) -> Bool {
        var (isPermitted, isForbidden) = (false, false)
        run(resolved, .permit) { _, failure in
            isPermitted = failure == nil
            return !isPermitted
        }
        guard isPermitted else { return false }
        // A forbid that errs denies.
        run(resolved, .forbid) { _, _ in
            isForbidden = true
            return false
        }
        return !isForbidden
    }

    /// Runs the policies that can apply, or those of one effect, and tells of those that hold or fail,
    /// for as long as `goesOn` says so.
    @inline(__always)
    private func run(
        _ resolved: ResolvedRequest,
        _ effect: Effect? = nil,
        _ goesOn: (_ number: Int, _ failure: EvaluationFailure?) -> Bool
    ) {
        let machine = Machine(resolved)
        var memory = resolved.circumstances.memory
        withUnsafeTemporaryAllocation(of: PlainValue.self, capacity: program.stackDepth) { stack in
            for word in 0..<program.slices.words {
                var bits = program.slices.candidates(resolved.slice, word: word)
                if let effect { bits &= program.policies(of: effect, word: word) }
                while bits != 0 {
                    let number = word * 64 + bits.trailingZeroBitCount
                    bits &= bits - 1
                    var failed: EvaluationFailure?
                    do throws(EvaluationFailure) {
                        guard try machine.applies(number, stack, &memory) else { continue }
                    } catch {
                        failed = error
                    }
                    if !goesOn(number, failed) { return }
                }
            }
        }
    }

    private func walk(_ request: Request, _ entities: Entities) -> Outcome {
        let evaluator = Evaluator(request, entities)
        var outcome = Outcome()
        for (number, policy) in policies.policies.enumerated() {
            do throws(EvaluationFailure) {
                guard try evaluator.applies(policy) else { continue }
                outcome.add(number, policy.effect == .forbid)
            } catch {
                outcome.errors.append(EvaluationError(policy, error))
            }
        }
        return outcome
    }

    /// The policies that hold, by their numbers in the set, and those that err.
    struct Outcome {
        private(set) var permits = PolicyNumbers()
        private(set) var forbids = PolicyNumbers()
        var errors: [EvaluationError] = []

        var allowsStrictly: Bool {
            !permits.isEmpty && forbids.isEmpty && !errors.contains(where: \.isForbid)
        }

        consuming func response(_ set: PolicySet) -> Response {
            let allows = !permits.isEmpty && forbids.isEmpty
            return Response(
                decision: allows ? .allow : .deny,
                determining: PolicyIDs(set.policies, allows ? permits : forbids),
                errors: errors
            )
        }

        mutating func add(_ number: Int, _ isForbid: Bool) {
            if isForbid { forbids.append(number) } else { permits.append(number) }
        }
    }
}

extension EvaluationError {
    init(_ policy: Policy, _ failure: EvaluationFailure) {
        self.init(
            policy: policy.id,
            isForbid: policy.effect == .forbid,
            message: failure.message
        )
    }
}
