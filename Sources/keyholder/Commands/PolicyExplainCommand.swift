import PolicyEngine
import Service

/// Says why somebody may do something, or may not.
enum PolicyExplainCommand {
    static let command = Command(
        name: "policy explain",
        summary: """
            says why somebody may do something or may not, and which condition is missing

            For example: keyholder policy explain slt may viewIncident when restricted, named

            The words are roles joined by `and`, or `anybody`; `elevated`; `may`; an action; and
            after `when` what is the case: the name of an attribute, `not` and its name, or as in
            `audience involved`, `presentRoles without dsl` and `in Category ID`. What is not said
            is not the case. The cases in the folder's tests are written in the same words.
            """,
        usage: """
            policy explain ROLES [elevated] may ACTION [on TYPE] [when CONDITION, ...] \
            [--policies DIR]
            """,
        run: run
    )

    /// More words than any situation has.
    private static let words = 1...200

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow(["policies"], rest: words)
        let folder = try PolicyCommands.folder(arguments)
        let situation: Situation
        do {
            situation = try folder.vocabulary.situation(arguments.rest.joined(separator: " "))
        } catch {
            throw UsageError(message: error.excerpt)
        }
        let authorizer = folder.authorizer
        let (request, entities) = try situation.request()
        let explanation = authorizer.explain(request, entities)
        CommandLineProgram.print("\(situation): \(explanation.decision == .allow ? "yes" : "no")")
        show("forbidden by", explanation.forbids)
        show("permitted by", explanation.permits)
        show(explanation.nearest, of: explanation)
        for error in explanation.errors {
            CommandLineProgram.print("cannot be evaluated: \(error)")
        }
        if let elevated = try situation.adding("elevated")?.request().request.context,
            authorizer.wouldElevationHelp(request, entities, contextIfElevated: elevated)
        {
            CommandLineProgram.print("elevation would help")
        }
    }

    private static func show(_ title: String, _ reasons: [Explanation.Reason]) {
        for reason in reasons {
            CommandLineProgram.print("\(title) `\(reason.policy)`: \(reason.reason ?? "")")
            for condition in reason.conditions { CommandLineProgram.print("    \(condition)") }
        }
    }

    /// The permits that lack something, where that is what decides.
    private static func show(_ misses: [Explanation.Miss], of explanation: Explanation) {
        guard explanation.permits.isEmpty else { return }
        for miss in misses {
            let held = "\(miss.parts - miss.failed.count) of \(miss.parts) conditions hold"
            CommandLineProgram.print(
                "not permitted by `\(miss.policy)`: \(miss.reason ?? "") (\(held))"
            )
            for condition in miss.failed {
                CommandLineProgram.print("    failed: \(condition)")
            }
        }
        if misses.isEmpty && explanation.forbids.isEmpty {
            CommandLineProgram.print("no policy permits it to anybody")
        }
    }
}
