import Crypto
import Foundation
import PolicyEngine
import Records
import SQLite

/// A school in a temporary folder, under the policies that ship, with a clock of its own.
final class TestSchool {
    /// What the policies did not allow.
    struct Refused: Error {}

    let folder: URL
    let connection: Connection
    let store: RecordStore
    let authorizer: Authorizer
    let rules = InvolvementRules()
    /// 2026-11-23, 14:00 UTC.
    var now = Timestamp(milliseconds: 1_795_442_400_000)
    private(set) var roles: [Identifier: [String]] = [:]

    var path: String { folder.appending(path: "school.db").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "records-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        connection = try Connection(
            path: folder.appending(path: "school.db").path,
            access: .writing
        )
        // In the product the module of accounts makes this as a view.
        try connection.execute(
            script: "CREATE TABLE active_role_holder (staff INTEGER, role TEXT) STRICT;"
        )
        try Migrations.apply([RecordStore.migrations], to: connection, now: now)
        store = RecordStore(
            pupils: try Sealer(table: "pupil", keys: [1: .random(count: 32)], current: 1),
            incidentKeys: try Sealer(
                table: "incident_key",
                keys: [1: .random(count: 32)],
                current: 1
            ),
            numbers: NumberPermutation(key: .random(count: 32))
        )
        try store.seedLists(on: connection)
        let policies = URL(filePath: #filePath).appending(path: "../../../policies").standardized
        let names = try FileManager.default.contentsOfDirectory(atPath: policies.path)
            .filter { $0.hasSuffix(".cedar") }.sorted()
        authorizer = Authorizer(
            policies: try PolicySet(
                parsing: names.map {
                    (
                        name: $0,
                        text: try String(contentsOf: policies.appending(path: $0), encoding: .utf8)
                    )
                }
            ),
            identifier: "test"
        )
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("left \(folder.path) behind: \(error)")
        }
    }

    // MARK: People

    func addStaff(_ roles: String...) throws -> Identifier {
        try addStaff(holding: roles)
    }

    func addStaff(holding roles: [String]) throws -> Identifier {
        let id = Identifier.random()
        self.roles[id] = roles
        for role in roles {
            try connection.run(
                "INSERT INTO active_role_holder (staff, role) VALUES (?1, ?2)",
                .id(id),
                .text(role)
            )
        }
        return id
    }

    func standing(_ staff: Identifier) -> StaffStanding {
        roles[staff] == nil ? .unknown : .active
    }

    func addPupil(_ name: String, siblings: [Identifier] = []) throws -> Pupil {
        let administrator = try addStaff("administrator")
        let new = try NewPupil(
            name: name,
            dateOfBirth: "2016-05-03",
            yearGroup: "5",
            form: "5B",
            siblings: siblings.map(\.description),
            now: now
        )
        return try store.createPupil(
            new,
            permit: try permit(administrator, "createPupil", on: nil, elevated: true),
            on: connection,
            now: now
        )
    }

    func relate(_ staff: Identifier, to pupil: Identifier) throws {
        try connection.run(
            "INSERT INTO staff_relation (staff, pupil) VALUES (?1, ?2)",
            .id(staff),
            .id(pupil)
        )
    }

    // MARK: Decisions

    /// The permit of a decision about an incident, or about the school where there is none.
    func permit(
        _ staff: Identifier,
        _ action: String,
        on facts: IncidentFacts?,
        elevated: Bool = false
    ) throws -> Permit {
        let resource = facts?.uid ?? EntityUID(type: "School", id: "school")
        return try permit(
            staff,
            action,
            resource,
            facts.map { [entity($0)] } ?? [],
            elevated: elevated
        )
    }

    func permit(
        _ staff: Identifier,
        _ action: String,
        _ resource: EntityUID,
        _ entities: [Entity],
        elevated: Bool
    ) throws -> Permit {
        let request = Request(
            principal: .staff(staff),
            action: EntityUID(type: "Action", id: action),
            resource: resource,
            context: context(elevated: elevated)
        )
        let known = try Entities([person(staff)] + entities)
        switch authorizer.authorize(request, known, session: 1) {
        case .permit(let permit): return permit
        case .stepUp: throw Refused()
        case .denial: throw Refused()
        }
    }

    func listPermit(_ staff: Identifier, elevated: Bool) throws -> Permit {
        let rows = try incidentRows(staff, elevated, RecordStore.firstFilterParameter)
        return try authorizer.filter(rows, session: 1)
    }

    /// The incidents that may be mentioned to somebody who could elevate, or could not.
    func mentionable(_ staff: Identifier, elevated: Bool) throws -> MentionableIncidents {
        let rows = try incidentRows(staff, elevated, MentionableIncidents.firstParameter)
        return MentionableIncidents(filter: try authorizer.rows(rows), areFew: !elevated)
    }

    private func incidentRows(
        _ staff: Identifier,
        _ elevated: Bool,
        _ firstParameter: Int
    ) throws -> RowQuestion {
        RowQuestion(
            principal: .staff(staff),
            action: EntityUID(type: "Action", id: "viewIncident"),
            resourceType: "Incident",
            context: context(elevated: elevated),
            entities: try Entities([person(staff)]),
            mapping: store.rowMapping(now: now, rules: rules),
            firstParameter: firstParameter
        )
    }

    /// The actions that this person may read.
    func visible(_ facts: IncidentFacts, to staff: Identifier, elevated: Bool) -> Set<Identifier> {
        let readable = facts.actions.filter { action in
            do {
                let note = facts.noteEntity(action)
                _ = try permit(
                    staff,
                    "viewAction",
                    note.uid,
                    [entity(facts), note],
                    elevated: elevated
                )
                return true
            } catch {
                return false
            }
        }
        return Set(readable.map(\.id))
    }

    private func entity(_ facts: IncidentFacts) -> Entity {
        var holders: [String: [Identifier]] = [:]
        for (staff, roles) in roles { for role in roles { holders[role, default: []] += [staff] } }
        return facts.entity(presentRoles: facts.presentRoles(holders: holders))
    }

    private func person(_ staff: Identifier) -> Entity {
        Entity(
            uid: .staff(staff),
            parents: (roles[staff] ?? []).map { .role($0) },
            attributes: ["active": .bool(true), "chair": .bool(false)]
        )
    }

    private func context(elevated: Bool) -> Record {
        [
            "session": .record(["elevated": .bool(elevated), "locked": .bool(false)]),
            "retrospective": .bool(false), "completesOwn": .bool(false),
        ]
    }

    // MARK: Incidents

    func draft(about pupil: Pupil?, narrative: String = "He was crying.") throws -> IncidentDraft {
        var draft = IncidentDraft()
        draft.pupil = pupil?.id.description
        draft.occurredAt = now
        draft.narrative = narrative
        draft.categories = [try store.categories(on: connection)[0].id.description]
        return draft
    }

    func check(_ draft: IncidentDraft, by author: Identifier) throws -> NewIncident {
        try store.check(draft, author: author, standing: standing, on: connection, now: now)
    }

    @discardableResult
    func log(
        _ draft: IncidentDraft,
        by author: Identifier,
        group: [Identifier] = []
    ) throws -> IncidentNumber {
        let prepared = try store.prepare(
            try check(draft, by: author),
            author: author,
            groupAlerts: group,
            permit: try permit(author, "logIncident", on: nil),
            now: now
        )
        return try store.log(prepared, on: connection)
    }

    func facts(_ number: IncidentNumber) throws -> IncidentFacts {
        guard let facts = try store.facts(number, on: connection, now: now, rules: rules) else {
            throw Refused()
        }
        return facts
    }

    @discardableResult
    func act(
        _ draft: ActionDraft,
        on number: IncidentNumber,
        by author: Identifier,
        audience: Audience = .involved,
        elevated: Bool = false
    ) throws -> ActionFacts {
        let facts = try facts(number)
        return try store.addAction(
            try store.check(draft, to: facts, author: author, standing: standing, now: now),
            to: facts,
            author: author,
            audience: audience,
            isRetrospective: false,
            groupAlerts: [],
            permit: try permit(author, "addAction", on: facts, elevated: elevated),
            on: connection,
            now: now
        )
    }

    func action(_ text: String = "Rang home.") -> ActionDraft {
        var draft = ActionDraft()
        draft.text = text
        draft.occurredAt = now
        return draft
    }

    func read(
        _ number: IncidentNumber,
        by staff: Identifier,
        elevated: Bool = false
    ) throws -> Incident {
        let facts = try facts(number)
        let permit = try permit(staff, "viewIncident", on: facts, elevated: elevated)
        let visible = visible(facts, to: staff, elevated: elevated)
        let incident = try store.incident(
            facts,
            permit: permit,
            visible: visible,
            on: connection
        )
        try store.markOpened(
            facts,
            by: staff,
            showing: ShownParts(actions: visible),
            permit: permit,
            on: connection,
            now: now
        )
        return incident
    }
}
