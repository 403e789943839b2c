/// What a policy does to a request it applies to.
public enum Effect: String, Hashable, Sendable {
    /// The request may be allowed.
    case permit
    /// The request is denied.
    case forbid
}

/// One policy, or a template that becomes one when its slots are filled.
public struct Policy: Sendable {
    /// A note on a policy: `@name("value")`.
    public struct Annotation: Hashable, Sendable {
        /// The name after `@`.
        public let name: String
        /// The text in parentheses; empty when there is none.
        public let value: String
    }

    /// The id: the `@id`, or `policy` and the policy's number in the set, from 0.
    public let id: String

    /// Whether it permits or forbids.
    public let effect: Effect

    /// The annotations in the order of the text.
    public let annotations: [Annotation]

    /// The id of the template it was linked from, if it was.
    public let template: String?

    let principal: Scope
    let action: ActionScope
    let resource: Scope
    let conditions: [Condition]
    let source: SourceText
    let offset: Int

    /// The `@reason`, in words for the person who asked.
    public var reason: String? {
        annotation("reason")
    }

    /// Where the policy begins.
    public var location: SourceLocation {
        source.location(at: offset)
    }

    /// The value of the annotation of this name, if there is one.
    public func annotation(_ name: String) -> String? {
        annotations.first { $0.name == name }?.value
    }

    /// Whether it has slots, and so decides nothing until it is linked.
    public var isTemplate: Bool {
        principal.hasSlot || resource.hasSlot
    }

    /// `when { … }` or `unless { … }`.
    struct Condition: Sendable {
        let isWhen: Bool
        let body: Expression
    }

    /// What the head of a policy says of the principal or the resource.
    enum Scope: Hashable, Sendable {
        case any
        case equal(Reference)
        case isIn(Reference)
        case isType(String)
        case isTypeIn(String, Reference)

        var hasSlot: Bool {
            switch self {
            case .any, .isType: false
            case .equal(let reference), .isIn(let reference), .isTypeIn(_, let reference):
                reference == .slot
            }
        }

        /// The scope with its slot, if any, filled.
        func filled(with entity: EntityUID?) -> Scope {
            guard hasSlot, let entity else { return self }
            switch self {
            case .any, .isType: return self
            case .equal: return .equal(.entity(entity))
            case .isIn: return .isIn(.entity(entity))
            case .isTypeIn(let type, _): return .isTypeIn(type, .entity(entity))
            }
        }
    }

    /// An entity of the head, or the slot that a link fills.
    enum Reference: Hashable, Sendable {
        case entity(EntityUID)
        case slot
    }

    /// What the head of a policy says of the action.
    enum ActionScope: Hashable, Sendable {
        case any
        case equal(EntityUID)
        case isIn(EntityUID)
        case isInAny([EntityUID])
    }

    /// The policy made from a template by filling exactly the slots it has.
    func link(
        as newID: String,
        principal: EntityUID?,
        resource: EntityUID?
    ) throws(PolicyError) -> Policy {
        let pairs = [
            ("?principal", self.principal.hasSlot, principal != nil),
            ("?resource", self.resource.hasSlot, resource != nil),
        ]
        for (slot, wanted, given) in pairs where wanted != given {
            throw PolicyError(
                "the template `\(id)` \(wanted ? "needs a value for" : "does not have") `\(slot)`"
            )
        }
        return Policy(
            id: newID,
            effect: effect,
            annotations: annotations,
            template: id,
            principal: self.principal.filled(with: principal),
            action: action,
            resource: self.resource.filled(with: resource),
            conditions: conditions,
            source: source,
            offset: offset
        )
    }

    /// The same policy under another id.
    func renamed(_ id: String) -> Policy {
        Policy(
            id: id,
            effect: effect,
            annotations: annotations,
            template: template,
            principal: principal,
            action: action,
            resource: resource,
            conditions: conditions,
            source: source,
            offset: offset
        )
    }
}
