import AuditTrail
import Authentication
import PolicyEngine
import Records
import SQLite

/// Who and what has a name: people, pupils and lists, held in memory and replaced after a commit.
struct Directory: Sendable {
    private(set) var staff: [Identifier: StaffMember] = [:]
    private(set) var staffNames: NameIndex<StaffMember>
    var pupils: PupilIndex
    private(set) var categories: [ListEntry]
    private(set) var agencies: [ListEntry]
    private var listNames: [Identifier: String] = [:]
    /// The active holders of each role.
    private(set) var holders: [String: [Identifier]] = [:]

    init(staff: [StaffMember], pupils: [Pupil], categories: [ListEntry], agencies: [ListEntry]) {
        staffNames = NameIndex(staff) { $0.name }
        self.pupils = PupilIndex(pupils)
        self.categories = categories
        self.agencies = agencies
        for entry in categories + agencies { listNames[entry.id] = entry.name }
        for member in staff { self.staff[member.id] = member }
        countHolders()
    }

    /// Takes in a person who is new or has changed.
    mutating func update(_ member: StaffMember) {
        staff[member.id] = member
        staffNames.update(member)
        countHolders()
    }

    /// What is known of somebody whom a record names.
    func standing(of id: Identifier) -> StaffStanding {
        guard let member = staff[id] else { return .unknown }
        return member.isReachable ? .active : .inactive
    }

    /// The name of a category or an agency.
    func listName(_ id: Identifier) -> String { listNames[id] ?? "" }

    private mutating func countHolders() {
        holders = [:]
        for member in staff.values where member.state == .active {
            for role in member.roles { holders[role, default: []].append(member.id) }
        }
    }
}

extension StaffMember: Identifiable {
    /// The person as the policies see them.
    var entity: Entity {
        Entity(
            uid: EntityUID(type: "Staff", id: id.description),
            parents: roles.map { EntityUID(type: "Role", id: $0) },
            attributes: ["active": .bool(state == .active), "chair": .bool(chair)]
        )
    }

    /// Whether the person can be alerted, assigned or named.
    var isReachable: Bool { state == .active || state == .invited }
}

extension JSONWriter {
    /// Writes a person as `{"id", "name"}`.
    mutating func person(_ id: Identifier, _ names: Directory) {
        reference(id, names.staff[id]?.name ?? "")
    }

    /// Writes a pupil as `{"id", "name"}`, or `null`.
    mutating func pupil(_ id: Identifier?, _ names: Directory) {
        if let id { reference(id, names.pupils[id]?.name ?? "") } else { null() }
    }

    /// Writes a thing with a name as `{"id", "name"}`.
    mutating func reference(_ id: Identifier, _ name: String) {
        object { json in
            json.field("id", id.description)
            json.field("name", name)
        }
    }

    /// Writes a member that is a moment, or `null`.
    mutating func field(_ name: StaticString, _ time: Timestamp?) {
        field(name, time?.rfc3339)
    }
}
