extension TypeChecker {
    mutating func comparison(
        _ sign: Comparison,
        _ left: Expression,
        _ right: Expression,
        _ place: Expression,
        _ known: Capabilities
    ) -> Result {
        let (one, two) = (type(of: left, known)?.type, type(of: right, known)?.type)
        guard let one, let two else { return nil }
        switch sign {
        case .equal: return equality(left, one, right, two, place)
        case .unequal:
            guard let result = equality(left, one, right, two, place) else { return nil }
            guard case .bool(let value?) = result.type else { return (.anyBool, []) }
            return (.bool(!value), [])
        case .less, .lessOrEqual, .greater, .greaterOrEqual: break
        }
        let ordered: [CedarType] = [.long, .extended(.datetime), .extended(.duration)]
        let isOrdered =
            switch (one, two) {
            case (.never, .never): false
            case (.never, let other), (let other, .never): ordered.contains(other)
            default: one == two && ordered.contains(one)
            }
        guard isOrdered else {
            return fail("`\(sign.rawValue)` does not apply to \(one) and \(two)", place)
        }
        return (.anyBool, [])
    }

    private mutating func equality(
        _ left: Expression,
        _ one: CedarType,
        _ right: Expression,
        _ two: CedarType,
        _ place: Expression
    ) -> Result {
        if case .entity(let one) = one, case .entity(let two) = two, one.isDisjoint(with: two) {
            return (.bool(false), [])
        }
        if let one = constant(left), let two = constant(right) { return (.bool(one == two), []) }
        guard mode == .permissive || CedarType.join(one, two, mode) != nil else {
            return fail("\(one) and \(two) are never equal", place)
        }
        return (.anyBool, [])
    }

    /// The value of a literal, or of `action`, which is known.
    private func constant(_ expression: Expression) -> Value? {
        switch expression.node {
        case .literal(let value): value
        case .variable(.action): .entity(action.uid)
        default: nil
        }
    }

    private func constantEntity(_ expression: Expression) -> EntityUID? {
        guard case .entity(let uid)? = constant(expression) else { return nil }
        return uid
    }

    mutating func isIn(
        _ left: Expression,
        _ right: Expression,
        _ known: Capabilities
    ) -> Result {
        let one = expect(.anyEntity, left, known)?.type
        let two = type(of: right, known)?.type
        guard let one, let two else { return nil }
        let target: CedarType
        switch two {
        case .entity, .anyEntity, .never: target = two
        case .set(let element) where element.isSubtype(of: .anyEntity, .permissive):
            target = element
        default: return fail("expected an entity or a set of entities, found \(two)", right)
        }
        if let uid = constantEntity(left), uid.isAction, let groups = constantEntities(right) {
            return isAction(uid, inAnyOf: groups)
        }
        guard case .entity(let lefts) = one, case .entity(let rights) = target else {
            return (.anyBool, [])
        }
        let isPossible = lefts.contains { left in
            rights.contains { schema.isDescendant(left, of: $0) }
        }
        return (isPossible ? .anyBool : .bool(false), [])
    }

    private func constantEntities(_ expression: Expression) -> [EntityUID]? {
        if let uid = constantEntity(expression) { return [uid] }
        guard case .set(let members) = expression.node else { return nil }
        let entities = members.compactMap(constantEntity)
        return entities.count == members.count ? entities : nil
    }

    /// The hierarchy of actions is in the schema, so that this is known for certain.
    private func isAction(_ uid: EntityUID, inAnyOf groups: [EntityUID]) -> Result {
        let ancestors = schema.actions[uid]?.ancestors ?? []
        let groups = groups.filter(\.isAction)
        // Unknown actions are reported by name.
        guard groups.allSatisfy({ schema.actions[$0] != nil }) else { return nil }
        return (.bool(groups.contains { $0 == uid || ancestors.contains($0) }), [])
    }

    mutating func isType(
        _ operand: Expression,
        _ wanted: String,
        _ known: Capabilities
    ) -> Result {
        guard let result = expect(.anyEntity, operand, known) else { return nil }
        guard case .entity(let names) = result.type else { return (.anyBool, []) }
        guard names.contains(wanted) else { return (.bool(false), []) }
        return (names.count == 1 ? .bool(true) : .anyBool, [])
    }

    // MARK: Attributes

    /// A path is what it stands for: `a has b && a.b has c`.
    mutating func has(
        _ path: ArraySlice<String>,
        _ object: Expression,
        _ place: Expression,
        _ known: Capabilities
    ) -> Result {
        guard let name = path.first, let first = has(name, object, place, known) else { return nil }
        guard path.count > 1, first.type != .bool(false) else { return first }
        let inner = Expression(.attribute(object, name), at: object.offset)
        let deeper = known.union(first.capabilities)
        guard let rest = has(path.dropFirst(), inner, place, deeper) else { return nil }
        if rest.type == .bool(false) { return rest }
        let isTrue = first.type == .bool(true) && rest.type == .bool(true)
        return (
            isTrue ? .bool(true) : .anyBool, first.capabilities.union(rest.capabilities)
        )
    }

    private mutating func has(
        _ name: String,
        _ object: Expression,
        _ place: Expression,
        _ known: Capabilities
    ) -> Result {
        guard let type = holder(object, known) else { return nil }
        let capability = Capability(attribute: name, of: object)
        guard let entry = lookUp(name, in: type) else {
            return (mayHave(name, type) ? .anyBool : .bool(false), [])
        }
        var isCertain = known.contains(capability)
        // An entity may be missing altogether, and then it has no attribute at all.
        if case .record = type, entry.isRequired { isCertain = true }
        return (isCertain ? .bool(true) : .anyBool, [capability])
    }

    mutating func attribute(
        _ name: String,
        of object: Expression,
        _ place: Expression,
        _ known: Capabilities
    ) -> Result {
        guard let type = holder(object, known) else { return nil }
        guard let entry = lookUp(name, in: type) else {
            return fail("\(type) has no attribute `\(name)`", place)
        }
        guard entry.isRequired || known.contains(Capability(attribute: name, of: object)) else {
            return fail(
                "the attribute `\(name)` of \(type) may be absent: ask `has` before it",
                place
            )
        }
        return (entry.type, [])
    }

    /// The type of what has attributes: an entity or a record.
    private mutating func holder(_ object: Expression, _ known: Capabilities) -> CedarType? {
        guard let result = type(of: object, known) else { return nil }
        switch result.type {
        case .entity, .anyEntity, .record, .never: return result.type
        default:
            return fail("expected an entity or a record, found \(result.type)", object)?.type
        }
    }

    private func lookUp(_ name: String, in type: CedarType) -> AttributeMap.Entry? {
        switch type {
        case .record(let attributes, _): return attributes[name]
        case .entity(let names):
            var joined: AttributeMap.Entry?
            for (number, type) in names.enumerated() {
                guard let entry = schema.entityTypes[type]?.attributes[name] else { return nil }
                guard number > 0, let earlier = joined else {
                    joined = entry
                    continue
                }
                guard let type = CedarType.join(earlier.type, entry.type, .permissive) else {
                    return nil
                }
                joined = AttributeMap.Entry(
                    name: name,
                    type: type,
                    isRequired: earlier.isRequired && entry.isRequired
                )
            }
            return joined
        default: return nil
        }
    }

    private func mayHave(_ name: String, _ type: CedarType) -> Bool {
        switch type {
        case .record(_, let isOpen): isOpen
        case .entity(let names):
            names.contains { schema.entityTypes[$0]?.attributes[name] != nil }
        default: true
        }
    }
}
