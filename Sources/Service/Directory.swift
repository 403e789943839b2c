import AuditTrail
import Authentication
import PolicyEngine
import Records
import SQLite

/// Who and what has a name: people, pupils and lists, held in memory.
///
/// A class, and never changed: every call in flight holds the one it began with, at the cost of one
/// reference. The writer's follows its transaction, everybody else's the commit.
final class Directory: Sendable {
    let staff: [Identifier: StaffMember]
    /// The count of the database that these people belong to (`RightsEpoch.people`).
    let people: Int64
    /// The same for as long as `staff` is.
    let staffMark: StaffMark
    let staffNames: NameIndex<StaffMember>
    let pupils: PupilIndex
    let categories: [ListEntry]
    let agencies: [ListEntry]
    /// What people, pupils and list entries are called.
    private let names: [Identifier: String]
    /// The active holders of each role.
    let holders: [String: [Identifier]]
    /// The roles that have one.
    private let heldRoles: ValueSet

    convenience init(
        staff: [StaffMember],
        pupils: [Pupil],
        categories: [ListEntry],
        agencies: [ListEntry],
        people: Int64
    ) {
        var names: [Identifier: String] = [:]
        for entry in categories + agencies { names[entry.id] = entry.name }
        for pupil in pupils { names[pupil.id] = pupil.name }
        for member in staff { names[member.id] = member.name }
        self.init(
            staff: Dictionary(staff.map { ($0.id, $0) }) { $1 },
            people: people,
            staffMark: StaffMark(),
            staffNames: NameIndex(staff) { $0.name },
            pupils: PupilIndex(pupils),
            categories: categories,
            agencies: agencies,
            names: names
        )
    }

    private init(
        staff: [Identifier: StaffMember],
        people: Int64,
        staffMark: StaffMark,
        staffNames: NameIndex<StaffMember>,
        pupils: PupilIndex,
        categories: [ListEntry],
        agencies: [ListEntry],
        names: [Identifier: String]
    ) {
        self.staff = staff
        self.people = people
        self.staffMark = staffMark
        self.staffNames = staffNames
        self.pupils = pupils
        self.categories = categories
        self.agencies = agencies
        self.names = names
        holders = Directory.holders(among: staff.values)
        heldRoles = ValueSet(holders.keys.map { .entity(.role($0)) })
    }

    /// The same with a person who is new or has changed in the transaction that is open.
    func with(_ member: StaffMember, on connection: Connection) throws -> Directory {
        var (staff, staffNames, names) = (staff, staffNames, names)
        staff[member.id] = member
        staffNames.update(member)
        names[member.id] = member.name
        return Directory(
            staff: staff,
            people: try RightsEpoch.current(on: connection).people,
            staffMark: StaffMark(),
            staffNames: staffNames,
            pupils: pupils,
            categories: categories,
            agencies: agencies,
            names: names
        )
    }

    /// The same with a pupil who is new or has changed.
    func with(_ pupil: Pupil) -> Directory {
        var (pupils, names) = (pupils, names)
        pupils.update(pupil)
        names[pupil.id] = pupil.name
        return Directory(
            staff: staff,
            people: people,
            staffMark: staffMark,
            staffNames: staffNames,
            pupils: pupils,
            categories: categories,
            agencies: agencies,
            names: names
        )
    }

    /// What is known of somebody whom a record names.
    func standing(of id: Identifier) -> StaffStanding {
        guard let member = staff[id] else { return .unknown }
        return member.isReachable ? .active : .inactive
    }

    /// An incident as the policies see it.
    func entity(of facts: IncidentFacts) -> Entity {
        // Most incidents keep nobody out; then every role with a holder is present.
        facts.entity(
            presentRoles: facts.excluded.isEmpty
                ? heldRoles : facts.presentRoles(holders: holders)
        )
    }

    /// What a person, a pupil, a category or an agency is called.
    func name(of id: Identifier) -> String? { names[id] }

    /// The active ones by their roles.
    static func holders(among staff: some Sequence<StaffMember>) -> [String: [Identifier]] {
        var holders: [String: [Identifier]] = [:]
        for member in staff where member.state == .active {
            for role in member.roles { holders[role, default: []].append(member.id) }
        }
        return holders
    }
}

/// Tells the staff of one directory from that of another.
final class StaffMark: Sendable {}

extension StaffMember: Identifiable {
    /// The person as the policies name them.
    var uid: EntityUID { EntityUID(type: "Staff", id: id.description) }

    /// The person as the policies see them.
    var entity: Entity {
        Entity(
            uid: uid,
            parents: roles.map { EntityUID(type: "Role", id: $0) },
            attributes: ["active": .bool(state == .active), "chair": .bool(chair)]
        )
    }

    /// Whether the person can be alerted, assigned or named.
    var isReachable: Bool { state == .active || state == .invited }
}

extension JSONWriter {
    /// Writes a thing that has a name as `{"id", "name"}`, or `null`.
    mutating func reference(_ id: Identifier?, _ names: Directory) {
        guard let id else { return null() }
        object { json in
            json.field("id", id)
            json.field("name", names.name(of: id) ?? "")
        }
    }

    /// Writes a member that is an array of things that have names.
    mutating func references(_ name: StaticString, _ ids: [Identifier], _ names: Directory) {
        field(name, array: { json in for id in ids { json.reference(id, names) } })
    }

    /// Writes a member that is an id, or `null`.
    mutating func field(_ name: StaticString, _ id: Identifier?) {
        key(name)
        guard let id else { return null() }
        string(width: Identifier.width) { id.write(into: $0) }
    }

    /// Writes a member that is a moment, or `null`.
    mutating func field(_ name: StaticString, _ time: Timestamp?) {
        key(name)
        guard let time else { return null() }
        string(width: Timestamp.rfc3339Width) { time.writeRFC3339(into: $0) }
    }
}
