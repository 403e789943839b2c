import Authentication
import PolicyEngine
import SQLite

/// All staff as the policies see them, laid out once for the questions that are asked about
/// everybody: who is alerted of an incident, who could read it.
final class Population: Sendable {
    private struct Latest {
        let staff: StaffMark
        let everybody: Everybody
    }

    private let latest = Locked<Latest?>(nil)

    /// The staff of a directory under a policy.
    func everybody(_ names: Directory, under policy: PolicyInForce) throws -> Everybody {
        if let latest = latest.withLock({ $0 }), latest.staff === names.staffMark,
            latest.everybody.entities.isPrepared(for: policy.authorizer)
        {
            return latest.everybody
        }
        let everybody = try Everybody(names, under: policy)
        latest.withLock { $0 = Latest(staff: names.staffMark, everybody: everybody) }
        return everybody
    }
}

/// The staff of one directory under one policy.
struct Everybody: Sendable {
    /// All staff and what is always there.
    let entities: Entities
    /// Those who are active.
    let active: Lookalikes

    fileprivate init(_ names: Directory, under policy: PolicyInForce) throws {
        let staff = names.staff.values.sorted { $0.id.rawValue < $1.id.rawValue }
        entities = try Entities(policy.entities.all + staff.map(\.entity))
            .prepared(for: policy.authorizer, remembering: MemoryLock())
        active = Lookalikes(
            staff.filter { $0.state == .active }.map(\.uid),
            among: entities,
            for: policy.authorizer
        )
    }
}
