import PolicyEngine
import SQLite

/// All staff as the policies see them, laid out once for the questions that are asked about
/// everybody: who is alerted of an incident, who could read it.
final class Population: Sendable {
    private struct Latest {
        let staffVersion: Int
        let entities: Entities
    }

    private let latest = Locked<Latest?>(nil)

    /// The staff of a directory and what is always there under a policy.
    func entities(_ names: Directory, under policy: PolicyInForce) throws -> Entities {
        if let latest = latest.withLock({ $0 }), latest.staffVersion == names.staffVersion,
            latest.entities.isPrepared(for: policy.authorizer)
        {
            return latest.entities
        }
        let staff = names.staff.values.map(\.entity)
        let entities = try Entities(policy.entities.all + staff).prepared(for: policy.authorizer)
        latest.withLock { $0 = Latest(staffVersion: names.staffVersion, entities: entities) }
        return entities
    }
}
