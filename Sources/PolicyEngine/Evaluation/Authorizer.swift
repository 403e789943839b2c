/// Decides requests by a set of policies.
public struct Authorizer: Sendable {
    /// The policies.
    public let policies: PolicySet

    /// Names the set in permits and logs, as a rule by its SHA-256 in hexadecimal.
    public let identifier: String

    let index: PolicyIndex

    /// Prepares a set of policies for deciding.
    public init(policies: PolicySet, identifier: String) {
        self.policies = policies
        self.identifier = identifier
        index = PolicyIndex(policies.policies)
    }

    /// The decision by the rules of Cedar: any forbid that holds denies, else any permit allows, and
    /// a policy that errs is passed over and reported.
    public func isAuthorized(_ request: Request, _ entities: Entities) -> Response {
        outcome(request, entities).response(of: policies.policies)
    }

    /// The decision as the service means it: a forbid that errs denies, and what is denied is asked
    /// again in the elevated context, if there is one.
    public func authorize(
        _ request: Request,
        _ entities: Entities,
        session: Int64,
        contextIfElevated: Record? = nil
    ) -> Authorization {
        let outcome = outcome(request, entities)
        if outcome.allowsStrictly {
            return .permit(
                Permit(
                    principal: request.principal,
                    action: request.action,
                    resource: request.resource,
                    session: session,
                    policies: outcome.permits.map { policies.policies[$0].id },
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
        return self.outcome(elevated, entities).allowsStrictly
            ? .stepUp(refusal) : .denial(refusal)
    }

    /// Runs every policy that can apply; none is left out after the first forbid, so that reasons
    /// and errors are complete.
    func outcome(_ request: Request, _ entities: Entities) -> Outcome {
        let evaluator = Evaluator(request, entities)
        var outcome = Outcome()
        index.forEachCandidate(
            principal: request.principal.type,
            action: request.action,
            ancestors: entities.node(of: request.action)?.ancestors ?? [],
            resource: request.resource.type
        ) { number in
            let policy = policies.policies[number]
            do throws(EvaluationFailure) {
                guard try evaluator.applies(policy) else { return }
                if policy.effect == .forbid {
                    outcome.forbids.append(number)
                } else {
                    outcome.permits.append(number)
                }
            } catch {
                outcome.errors.append(
                    EvaluationError(
                        policy: policy.id,
                        isForbid: policy.effect == .forbid,
                        message: error.message
                    )
                )
            }
        }
        return outcome
    }

    /// The policies that hold, by their numbers in the set, and those that err.
    struct Outcome {
        var permits: [Int] = []
        var forbids: [Int] = []
        var errors: [EvaluationError] = []

        var allowsStrictly: Bool {
            !permits.isEmpty && forbids.isEmpty && !errors.contains(where: \.isForbid)
        }

        func response(of policies: [Policy]) -> Response {
            let allows = !permits.isEmpty && forbids.isEmpty
            return Response(
                decision: allows ? .allow : .deny,
                reasons: (allows ? permits : forbids).map { policies[$0].id },
                errors: errors
            )
        }
    }
}
