public import PolicyEngine
public import SQLite

/// Facts as the entities of the policies: exactly the attributes of the schema.
extension IncidentFacts {
    /// The roles that somebody holds who is not kept out of the incident.
    ///
    /// - `holders`: the active staff of each role.
    public func presentRoles(holders: [String: [Identifier]]) -> ValueSet {
        ValueSet(
            holders.compactMap { role, staff in
                staff.contains { !excluded.contains($0) } ? .entity(.role(role)) : nil
            }
        )
    }

    /// The incident: `Incident in [Category, Pupil]`.
    public func entity(presentRoles: ValueSet) -> Entity {
        var parents = categories.map { EntityUID.category($0) }
        if let pupil { parents.append(.pupil(pupil)) }
        for pupil in linkedPupils { parents.append(.pupil(pupil)) }
        return Entity(
            uid: uid,
            parents: parents,
            attributes: [
                "author": .entity(.staff(author)),
                "excluded": .staffSet(excluded),
                "involved": .staffSet(involved),
                // None can be reported yet; the row mapping says the same.
                "mistakeReported": .bool(false),
                "named": .staffSet(named),
                "presentRoles": .set(presentRoles),
                "restricted": .bool(isRestricted),
            ]
        )
    }

    /// An action of it: `Note in [Incident]`; what is asked about it is asked among the incident too.
    public func noteEntity(_ action: ActionFacts) -> Entity {
        var addressed: [Identifier] = []
        for alert in alerts
        where alert.action == action.id && alert.via == .name && alert.withdrawnAt == nil {
            addressed.append(alert.staff)
        }
        if let assignee = action.assignee, !addressed.contains(assignee) {
            addressed.append(assignee)
        }
        return Entity(
            uid: .note(action.id),
            parents: [uid],
            attributes: [
                "addressed": .staffSet(addressed),
                "audience": .string(action.audience.rawValue),
                "author": .entity(.staff(action.author)),
                "incident": .entity(uid),
            ]
        )
    }
}

extension Value {
    fileprivate static func staffSet(_ staff: [Identifier]) -> Value {
        // The texts of identifiers are in the order of their numbers.
        var members: [Value] = []
        var last: Identifier?
        for person in staff.sorted(by: { $0.rawValue < $1.rawValue }) where person != last {
            members.append(.entity(.staff(person)))
            last = person
        }
        return .set(ValueSet(sorted: members))
    }
}
