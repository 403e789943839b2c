/// Lets one thread in at a time.
///
/// The engine imports nothing: whoever has it remember decisions for several threads brings the lock.
public protocol Exclusion: Sendable {
    /// Runs `body`, which is short, while no other thread runs one.
    func alone(_ body: () -> Void)
}

/// What was decided before, by the canonical forms of the entities and of the requests about them.
///
/// It belongs to entities that were prepared for one set of policies and ends with them, so that
/// nothing in it goes out of date.
final class DecisionMemory: Sendable {
    /// Words that are kept at the most, two megabytes.
    ///
    /// Then all is forgotten, and what is asked often is soon there again.
    private static let limit = 1 << 18
    /// What an entry takes beside its words.
    private static let overhead = 32

    private let exclusion: any Exclusion
    // Used in `exclusion` alone, so they need no other guard; the contents of the forms as well.
    nonisolated(unsafe) private var forms: [CanonicalForm: RememberedForm] = [:]
    nonisolated(unsafe) private var size = 0

    init(_ exclusion: any Exclusion) { self.exclusion = exclusion }

    /// The form of these entities, if some of the same form were remembered.
    func recall(_ form: CanonicalForm) -> RememberedForm? {
        var found: RememberedForm?
        exclusion.alone { found = forms[form] }
        return found
    }

    /// Remembers the form of entities that have been checked.
    func remember(_ form: CanonicalForm) -> RememberedForm {
        let remembered = RememberedForm()
        exclusion.alone {
            makeRoom(for: form)
            forms[form] = remembered
        }
        return remembered
    }

    /// What was decided on a request about entities of a form.
    func recall(_ request: RequestForm, _ form: RememberedForm) -> RememberedForm.Answer? {
        var found: RememberedForm.Answer?
        exclusion.alone { found = form.answers[request] }
        return found
    }

    /// Remembers what was decided on a request about entities of a form.
    func remember(
        _ answer: RememberedForm.Answer,
        to request: RequestForm,
        _ form: RememberedForm
    ) {
        exclusion.alone {
            makeRoom(for: request.context)
            form.answers[request] = answer
        }
    }

    /// What was concluded from decisions about entities of a form.
    func recall(_ key: RememberedForm.Conclusion, _ form: RememberedForm) -> (any Sendable)? {
        var found: (any Sendable)?
        exclusion.alone { found = form.conclusions[key] }
        return found
    }

    /// Remembers what was concluded from decisions about entities of a form.
    func remember(
        _ value: any Sendable,
        as key: RememberedForm.Conclusion,
        _ form: RememberedForm
    ) {
        exclusion.alone {
            makeRoom(for: key.request.context)
            form.conclusions[key] = value
        }
    }

    /// Counts an entry, and forgets all before it where there is no room.
    private func makeRoom(for form: CanonicalForm) {
        let words = form.words.count + DecisionMemory.overhead
        size += words
        guard size > DecisionMemory.limit else { return }
        forms = [:]
        size = words
    }
}

/// The requests about entities of one form, with what was decided.
final class RememberedForm: Sendable {
    /// What is known of the answer to a request.
    struct Answer {
        let isPermitted: Bool
        /// `nil` where only that was asked.
        let outcome: Authorizer.Outcome?
    }

    /// What is concluded about the parts of a request.
    struct Conclusion: Hashable {
        let request: RequestForm
        /// Where the literal lies.
        let name: UInt
        let variant: Int
    }

    // Used by the memory alone, in its exclusion.
    nonisolated(unsafe) fileprivate var answers: [RequestForm: Answer] = [:]
    nonisolated(unsafe) fileprivate var conclusions: [Conclusion: any Sendable] = [:]
}
