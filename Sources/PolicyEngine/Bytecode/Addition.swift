/// Entities that were added to others: in plain values, or known by their form alone.
final class Addition: Sendable {
    /// `nil` where entities of the same form were laid out before: then what is asked about them has
    /// probably been decided.
    let laidOut: AddedEntities?
    /// Where decisions about them are remembered.
    private let remembered: Remembered?

    private struct Remembered {
        let memory: DecisionMemory
        let form: RememberedForm
        let writer: FormWriter
    }

    /// Entities of a form that is known are not laid out, nor checked again: what was wrong with one
    /// would be wrong with all.
    init(
        _ entities: [Entity],
        over base: PreparedEntities,
        layOut: () throws(PolicyError) -> AddedEntities
    ) throws(PolicyError) {
        guard let memory = base.memory else {
            laidOut = try layOut()
            remembered = nil
            return
        }
        var writer = FormWriter(over: base)
        for index in entities.indices where writer.isWhole { writer.write(entities[index]) }
        let form = writer.finish()
        let known = form.flatMap { memory.recall($0) }
        laidOut = known == nil ? try layOut() : nil
        remembered = (known ?? form.map { memory.remember($0) })
            .map { Remembered(memory: memory, form: $0, writer: writer) }
    }

    /// Where the answers to requests in a context are remembered; `nil` past a limit.
    func recollections(in context: Record) -> Recollections? {
        guard let remembered else { return nil }
        var writer = remembered.writer
        writer.write(context)
        return writer.finish().map { context in
            Recollections(remembered.memory, remembered.form, context: context, after: writer)
        }
    }
}

/// The places of answers about some entities in one context, in the memory of decisions.
final class Recollections: Sendable {
    fileprivate let memory: DecisionMemory
    fileprivate let form: RememberedForm
    fileprivate let context: CanonicalForm
    fileprivate let writer: FormWriter

    fileprivate init(
        _ memory: DecisionMemory,
        _ form: RememberedForm,
        context: CanonicalForm,
        after writer: FormWriter
    ) {
        self.memory = memory
        self.form = form
        self.context = context
        self.writer = writer
    }

    /// Those of one act and thing; `nil` past a limit.
    func about(_ action: EntityUID, on resource: EntityUID) -> AnybodysRecollection? {
        if let act = writer.wordIfKnown(for: action),
            let thing = writer.wordIfKnown(for: resource)
        {
            return AnybodysRecollection(all: self, action: act, resource: thing)
        }
        var writer = writer
        let (act, thing) = (writer.word(for: action), writer.word(for: resource))
        guard writer.isWhole else { return nil }
        return AnybodysRecollection(
            all: Recollections(memory, form, context: context, after: writer),
            action: act,
            resource: thing
        )
    }
}

/// The places of answers that differ in who asks.
struct AnybodysRecollection: Sendable {
    fileprivate let all: Recollections
    fileprivate let action: UInt64
    fileprivate let resource: UInt64

    /// The place of the answer to somebody; `nil` past a limit.
    func by(_ principal: EntityUID) -> Recollection? {
        if let person = all.writer.wordIfKnown(for: principal) { return by(person) }
        var writer = all.writer
        let person = writer.word(for: principal)
        return writer.isWhole ? by(person) : nil
    }

    private func by(_ principal: UInt64) -> Recollection {
        Recollection(
            all: all,
            request: RequestForm(
                context: all.context,
                action: action,
                resource: resource,
                principal: principal
            )
        )
    }
}

/// The place of an answer in the memory of decisions.
struct Recollection {
    fileprivate let all: Recollections
    fileprivate let request: RequestForm

    /// What was decided on a request of the same form, if one was.
    var answer: RememberedForm.Answer? { all.memory.recall(request, all.form) }

    /// Keeps what was decided.
    func remember(_ answer: RememberedForm.Answer) {
        all.memory.remember(answer, to: request, all.form)
    }

    /// What was concluded about the parts of a request of the same form, or else what is now.
    func conclusion<T: Sendable>(
        _ name: StaticString,
        _ variant: Int,
        _ conclude: () throws -> T
    ) rethrows -> T {
        let conclusion = RememberedForm.Conclusion(
            request: request,
            name: UInt(bitPattern: name.utf8Start),
            variant: variant
        )
        // In two steps: no value at all could pass for a `T` that may be `nil`.
        if let known = all.memory.recall(conclusion, all.form), let known = known as? T {
            return known
        }
        let value = try conclude()
        all.memory.remember(value, as: conclusion, all.form)
        return value
    }
}
