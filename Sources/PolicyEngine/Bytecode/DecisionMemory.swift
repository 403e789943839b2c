import Synchronization

/// What was decided before, by the canonical forms of the entities and of the requests about them.
///
/// It belongs to entities that were prepared for one set of policies and ends with them, so that
/// nothing in it goes out of date. Nobody waits for it: whoever finds it in use decides anew.
final class DecisionMemory: Sendable {
    /// Words that are kept at the most, two megabytes.
    ///
    /// Then all is forgotten, and what is asked often is soon there again.
    private static let limit = 1 << 18
    /// What an entry takes beside its words.
    private static let overhead = 32

    private let forms = Unshared<[CanonicalForm: RememberedForm]>([:])
    private let size = Atomic(0)

    /// The form of these entities, if some of the same form were remembered.
    func recall(_ form: CanonicalForm) -> RememberedForm? { forms.ifFree { $0[form] } ?? nil }

    /// Remembers the form of entities that have been checked.
    func remember(_ form: CanonicalForm) -> RememberedForm? {
        makeRoom(for: form)
        return forms.ifFree { forms in
            let remembered = RememberedForm()
            forms[form] = remembered
            return remembered
        }
    }

    /// Remembers what was decided on a request about entities of a form.
    func remember(
        _ answer: RememberedForm.Answer,
        to request: RequestForm,
        _ form: RememberedForm
    ) {
        makeRoom(for: request.context)
        form.answers.ifFree { $0[request] = answer }
    }

    /// Remembers what was concluded from decisions about entities of a form.
    func remember(
        _ value: any Sendable,
        as conclusion: RememberedForm.Conclusion,
        _ form: RememberedForm
    ) {
        makeRoom(for: conclusion.request.context)
        form.conclusions.ifFree { $0[conclusion] = value }
    }

    /// Counts an entry, and forgets all before it where there is no room.
    private func makeRoom(for form: CanonicalForm) {
        let words = form.words.count + DecisionMemory.overhead
        guard size.add(words, ordering: .relaxed).newValue > DecisionMemory.limit else { return }
        forms.ifFree { $0 = [:] }
        size.store(words, ordering: .relaxed)
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

    fileprivate let answers = Unshared<[RequestForm: Answer]>([:])
    fileprivate let conclusions = Unshared<[Conclusion: any Sendable]>([:])

    func recall(_ request: RequestForm) -> Answer? { answers.ifFree { $0[request] } ?? nil }

    func recall(_ conclusion: Conclusion) -> (any Sendable)? {
        conclusions.ifFree { $0[conclusion] } ?? nil
    }
}

/// A value that one thread at a time may use and none waits for.
private final class Unshared<Value: Sendable>: Sendable {
    private let busy = Atomic(false)
    // Used by whoever set `busy`, so it needs no other guard.
    nonisolated(unsafe) private var value: Value

    init(_ value: Value) { self.value = value }

    /// Runs `body`, unless another thread is at it.
    @discardableResult
    func ifFree<R>(_ body: (inout Value) -> R) -> R? {
        let mine = busy.compareExchange(expected: false, desired: true, ordering: .acquiring)
        guard mine.exchanged else { return nil }
        defer { busy.store(false, ordering: .releasing) }
        return body(&value)
    }
}
