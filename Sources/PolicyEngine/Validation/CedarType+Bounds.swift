// Subtypes and least upper bounds (Cedar's Lean specification, Validation/Subtyping; for the
// permissive mode, its documentation of validation modes).

extension CedarType {
    /// Whether every value of this type is one of the other.
    func isSubtype(of other: CedarType, _ mode: ValidationMode) -> Bool {
        switch (self, other) {
        case (.never, _): true
        case (.bool(let one), .bool(let two)): two == nil || one == two
        case (.entity(let one), .entity(let two)): one.isSubset(of: two)
        case (.entity, .anyEntity): true
        case (.set(let one), .set(let two)): one.isSubtype(of: two, mode)
        case (.record(let one, let isOpen), .record(let two, let isOtherOpen)):
            !(isOpen && !isOtherOpen)
                && (mode == .permissive && isOtherOpen || one.hasSameNames(as: two))
                && two.entries.allSatisfy { one[$0.name]?.isSubtype(of: $0, mode) ?? false }
        default: self == other
        }
    }

    /// The least type that has the values of both, if there is one.
    static func join(_ one: CedarType, _ two: CedarType, _ mode: ValidationMode) -> CedarType? {
        if one.isSubtype(of: two, mode) { return two }
        if two.isSubtype(of: one, mode) { return one }
        switch (one, two) {
        case (.bool, .bool): return .anyBool
        case (.set(let one), .set(let two)): return join(one, two, mode).map { .set($0) }
        case (.entity(let one), .entity(let two)) where mode == .permissive:
            return .entity(one.union(two))
        case (.entity, .anyEntity), (.anyEntity, .entity):
            return mode == .permissive ? .anyEntity : nil
        case (.record(let one, let isOpen), .record(let two, let isOtherOpen)):
            guard let joined = AttributeMap.join(one, two, mode) else { return nil }
            let hasAll = joined.hasSameNames(as: one) && joined.hasSameNames(as: two)
            return .record(joined, isOpen: isOpen || isOtherOpen || !hasAll)
        default: return nil
        }
    }

    static func join(_ types: [CedarType], _ mode: ValidationMode) -> CedarType? {
        var joined = CedarType.never
        for type in types {
            guard let next = join(joined, type, mode) else { return nil }
            joined = next
        }
        return joined
    }
}

extension AttributeMap {
    /// The common attributes; in strict mode there must be no others.
    static func join(
        _ one: AttributeMap,
        _ two: AttributeMap,
        _ mode: ValidationMode
    ) -> AttributeMap? {
        if mode == .strict, !one.hasSameNames(as: two) { return nil }
        var entries: [Entry] = []
        for entry in one.entries {
            if let other = two[entry.name],
                mode == .permissive || entry.isRequired == other.isRequired,
                let type = CedarType.join(entry.type, other.type, mode)
            {
                entries.append(
                    Entry(
                        name: entry.name,
                        type: type,
                        isRequired: entry.isRequired && other.isRequired
                    )
                )
            } else if mode == .strict {
                return nil
            }
        }
        return AttributeMap(entries)
    }
}

extension AttributeMap.Entry {
    func isSubtype(of other: AttributeMap.Entry, _ mode: ValidationMode) -> Bool {
        let presence =
            mode == .strict ? isRequired == other.isRequired : isRequired || !other.isRequired
        return presence && type.isSubtype(of: other.type, mode)
    }
}
