import Crypto
import PolicyEngine
import Records
import SQLite
import Testing

/// The list and the single look are two ways of one decision.
@Suite struct RowFilterTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `a list shows exactly what a single look shows`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let town = try RandomSchool(&random)
        let school = town.school
        var shown = 0
        for staff in town.staff {
            for elevated in [false, true] {
                let listed = try school.store.incidents(
                    permit: try school.listPermit(staff, elevated: elevated),
                    filter: IncidentFilter(),
                    limit: 200,
                    on: school.connection
                )
                let single = try town.incidents.filter { number in
                    let facts = try school.facts(number)
                    do {
                        _ = try school.permit(staff, "viewIncident", on: facts, elevated: elevated)
                        return true
                    } catch is TestSchool.Refused {
                        return false
                    }
                }
                shown += single.count
                #expect(
                    Set(listed.map(\.number)) == Set(single),
                    "seed \(seed), roles \(school.roles[staff] ?? []), elevated \(elevated)"
                )
                #expect(listed.map(\.sequence) == listed.map(\.sequence).sorted(by: >))
            }
        }
        print("row filter: seed \(seed), \(shown) incidents shown")
        #expect(shown > 0)
    }

    @Test func `a list of one's own starts from the few rows of the person`() throws {
        let school = try TestSchool()
        let teacher = try school.addStaff("staff")
        let permit = try school.listPermit(teacher, elevated: false)
        // A permit cannot be copied, which `#require` of its property would do.
        let filter = permit.filter
        let rows = try #require(filter)
        var plan: [String] = []
        let sql = "EXPLAIN QUERY PLAN " + RecordStore.incidentList(rows, IncidentFilter())
        let own: [SQLValue] = [.null, .null, .null, .null, .null, .int(.max), .int(50)]
        let bound = rows.parameters.map { parameter -> SQLValue in
            switch parameter {
            case .int(let value): .int(value)
            case .text(let value): .text(value)
            }
        }
        try school.connection.each(composed: sql, own + bound) { row in
            plan.append(row.text(3))
            return true
        }
        #expect(!plan.contains("SCAN i"), "\(plan)")
        #expect(plan.contains { $0.contains("incident_by_author") }, "\(plan)")
    }

    @Test func `the reader's own filters narrow the list`() throws {
        let school = try TestSchool()
        let teacher = try school.addStaff("staff")
        let (noel, ann) = (try school.addPupil("Noel Baker"), try school.addPupil("Ann Baker"))
        var draft = try school.draft(about: noel)
        draft.linkedPupils = [ann.id.description]
        let first = try school.log(draft, by: teacher)
        school.now = school.now + .seconds(60)
        let second = try school.log(try school.draft(about: ann), by: teacher)
        func listed(_ change: (inout IncidentFilter) -> Void) throws -> [IncidentNumber] {
            var filter = IncidentFilter()
            change(&filter)
            return try school.store.incidents(
                permit: try school.listPermit(teacher, elevated: false),
                filter: filter,
                limit: 10,
                on: school.connection
            ).map(\.number)
        }
        #expect(try listed { _ in } == [second, first])
        #expect(try listed { $0.pupil = noel.id } == [first])
        #expect(try listed { $0.pupil = ann.id } == [second, first])
        #expect(try listed { $0.from = school.now } == [second])
        #expect(try listed { $0.to = school.now } == [first])
        #expect(try listed { $0.author = noel.id } == [])
        #expect(try listed { $0.category = noel.id } == [])
    }
}

/// Staff of every role, families, incidents with alerts and follow-ups in every state.
private struct RandomSchool {
    let school: TestSchool
    let staff: [Identifier]
    private(set) var incidents: [IncidentNumber] = []

    init(_ random: inout SeededGenerator) throws {
        let school = try TestSchool()
        self.school = school
        let roles = [
            ["staff"], ["staff"], ["staff"], ["staff", "slt"], ["staff", "dsl"],
            ["staff", "behaviour_lead"], ["administrator"], ["governor"],
        ]
        staff = try roles.map { try school.addStaff(holding: $0) }
        let pupils = try (0..<4).map { try school.addPupil("Pupil \($0)") }
        for _ in 0..<3 {
            let person = staff[Int.random(in: 0..<staff.count, using: &random)]
            let pupil = pupils[Int.random(in: 0..<pupils.count, using: &random)]
            try school.connection.run(
                "INSERT OR IGNORE INTO staff_relation (staff, pupil) VALUES (?1, ?2)",
                .id(person),
                .id(pupil.id)
            )
        }
        for _ in 0..<40 {
            try logOne(&random, pupils)
            school.now = school.now + .seconds(86_400 * Int64.random(in: 0...2, using: &random))
        }
    }

    private mutating func logOne(_ random: inout SeededGenerator, _ pupils: [Pupil]) throws {
        let writers = Array(staff.prefix(6))
        let author = writers[Int.random(in: 0..<writers.count, using: &random)]
        var draft = try school.draft(about: pupils.randomElement(using: &random))
        if Int.random(in: 0..<4, using: &random) == 0 {
            draft.subjectStaff = [staff[Int.random(in: 0..<5, using: &random)].description]
        }
        draft.restricted = Int.random(in: 0..<4, using: &random) == 0
        let isRestricted = draft.restricted || !draft.subjectStaff.isEmpty
        let people = staff.shuffled(using: &random).filter { $0 != author }.prefix(2)
        if isRestricted { draft.named = people.map(\.description) }
        draft.alert = people.map(\.description)
        let number: IncidentNumber
        do {
            let excluded = try school.check(draft, by: author).excluded
            let leaders = staff[3...4].filter { !excluded.contains($0) }
            number = try school.log(draft, by: author, group: leaders)
        } catch RecordsError.invalid {
            // Somebody drawn is kept out of it.
            return
        }
        incidents.append(number)
        for person in people { try touch(number, by: person, &random) }
    }

    /// One of those alerted reads it, marks it as read, or gets a step to do and does it.
    private func touch(
        _ number: IncidentNumber,
        by person: Identifier,
        _ random: inout SeededGenerator
    ) throws {
        let deed = Int.random(in: 0..<4, using: &random)
        let row = try school.facts(number).sequence
        if deed >= 1 {
            try school.connection.run(
                "UPDATE alert SET opened_at = ?3 WHERE incident = ?1 AND staff = ?2",
                .int(row),
                .id(person),
                .time(school.now)
            )
        }
        if deed >= 2 {
            try school.connection.run(
                "UPDATE alert SET acknowledged_at = ?3 WHERE incident = ?1 AND staff = ?2",
                .int(row),
                .id(person),
                .time(school.now)
            )
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            try school.connection.run(
                "UPDATE alert SET withdrawn_at = ?3 WHERE incident = ?1 AND staff = ?2",
                .int(row),
                .id(person),
                .time(school.now)
            )
        }
        guard Bool.random(using: &random) else { return }
        var asking = school.action()
        asking.assignee = person.description
        let author = try school.facts(number).author
        do {
            let asked = try school.act(asking, on: number, by: author)
            guard Bool.random(using: &random) else { return }
            var done = school.action("Done.")
            done.completes = asked.id.description
            try school.act(done, on: number, by: person)
        } catch is TestSchool.Refused {
            // An excluded author adds nothing, nor does a governor.
            return
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
