import Crypto
import PolicyEngine
import Records
import SQLite
import Testing

/// Logging, reading, acting: by whom, and for how long.
@Suite struct IncidentTests {
    @Test func `a permit for another action, person or incident opens nothing`() throws {
        let school = try TestSchool()
        let (one, two) = (try school.addStaff("staff"), try school.addStaff("staff"))
        let pupil = try school.addPupil("Noel Baker")
        let number = try school.log(try school.draft(about: pupil), by: one)
        let other = try school.log(try school.draft(about: pupil), by: one)
        let facts = try school.facts(number)
        #expect(throws: RecordsError.wrongPermit(action: "viewIncident")) {
            try school.store.incident(
                facts,
                permit: try school.permit(one, "viewIncident", on: try school.facts(other)),
                visible: [],
                on: school.connection
            )
        }
        #expect(throws: RecordsError.wrongPermit(action: "viewIncident")) {
            try school.store.incident(
                facts,
                permit: try school.permit(one, "acknowledgeAlert", on: facts),
                visible: [],
                on: school.connection
            )
        }
        #expect(throws: RecordsError.wrongPermit(action: "logIncident")) {
            try school.store.prepare(
                try school.check(try school.draft(about: pupil), by: one),
                author: one,
                groupAlerts: [],
                permit: try school.permit(two, "logIncident", on: nil),
                now: school.now
            )
        }
        let prepared = try school.store.prepare(
            try school.check(try school.draft(about: pupil), by: one),
            author: one,
            groupAlerts: [],
            permit: try school.permit(one, "logIncident", on: nil),
            now: school.now
        )
        #expect(throws: RecordsError.wrongPermit(action: "viewIncident")) {
            try school.store.view(
                of: prepared,
                permit: try school.permit(one, "viewIncident", on: facts)
            )
        }
        #expect(throws: RecordsError.wrongPermit(action: "listAlerts")) {
            try school.store.alerts(
                of: one,
                unreadOnly: true,
                permit: try school.permit(two, "listAlerts", on: nil),
                incidents: try school.mentionable(one, elevated: false),
                limit: 10,
                on: school.connection
            )
        }
        #expect(throws: RecordsError.wrongPermit(action: "viewIncident")) {
            try school.store.incidents(
                permit: try school.permit(one, "viewIncident", on: facts),
                filter: IncidentFilter(),
                limit: 10,
                on: school.connection
            )
        }
    }

    @Test func `an alert by name involves until it is old or long read`() throws {
        let school = try TestSchool()
        let (author, unread) = (try school.addStaff("staff"), try school.addStaff("staff"))
        let (reader, leader) = (try school.addStaff("staff"), try school.addStaff("slt"))
        var draft = try school.draft(about: try school.addPupil("Noel Baker"))
        draft.alert = [unread.description, reader.description]
        let number = try school.log(draft, by: author, group: [leader, unread])
        #expect(Set(try school.facts(number).involved) == [author, unread, reader])
        _ = try school.read(number, by: reader)
        try school.store.acknowledge(
            try school.facts(number),
            by: reader,
            through: nil,
            visible: [],
            permit: try school.permit(reader, "acknowledgeAlert", on: try school.facts(number)),
            on: school.connection,
            now: school.now
        )
        let day = Duration.seconds(86_400)
        let start = school.now
        func isInvolved(_ staff: Identifier, after days: Int) throws -> Bool {
            school.now = start + day * days - .milliseconds(1)
            let before = try school.facts(number).isInvolved(staff)
            school.now = start + day * days
            #expect(try school.facts(number).isInvolved(staff) == false)
            return before
        }
        #expect(try isInvolved(reader, after: 7))
        #expect(try isInvolved(unread, after: 30))
        #expect(try school.facts(number).isInvolved(author))
        #expect(try school.facts(number).isInvolved(leader) == false)
    }

    @Test func `a follow-up involves until its own assignee completes it`() throws {
        let school = try TestSchool()
        let (author, helper) = (try school.addStaff("staff"), try school.addStaff("staff"))
        let number = try school.log(
            try school.draft(about: try school.addPupil("Noel Baker")),
            by: author
        )
        var asking = school.action()
        asking.assignee = helper.description
        asking.dueAt = school.now + .seconds(3_600)
        let asked = try school.act(asking, on: number, by: author)
        #expect(try school.facts(number).isInvolved(helper))
        var done = school.action("Did it.")
        done.completes = asked.id.description
        #expect { try school.act(done, on: number, by: author) } throws: {
            isInvalid("completes", $0)
        }
        try school.act(done, on: number, by: helper)
        #expect(try school.facts(number).openFollowUps.isEmpty)
        #expect(try school.facts(number).isInvolved(helper) == false)
        let stale = try school.store.check(
            school.action(),
            to: try school.facts(number),
            author: helper,
            standing: school.standing,
            now: school.now
        )
        #expect(stale.completes == nil)
    }

    @Test func `a follow-up is due in the future, and within ten years`() throws {
        let school = try TestSchool()
        let (author, helper) = (try school.addStaff("staff"), try school.addStaff("staff"))
        let number = try school.log(
            try school.draft(about: try school.addPupil("Noel Baker")),
            by: author
        )
        let tenYears = Duration.seconds(3_653 * 86_400)
        var asking = school.action()
        asking.assignee = helper.description
        let last = Timestamp(rfc3339: "9999-12-31T23:59:59Z")
        for dueAt in [school.now, school.now + tenYears + .milliseconds(1), last] {
            asking.dueAt = dueAt
            #expect { try school.act(asking, on: number, by: author) } throws: {
                isInvalid("dueAt", $0)
            }
        }
        for dueAt in [school.now + .milliseconds(1), school.now + tenYears] {
            asking.dueAt = dueAt
            #expect(try school.act(asking, on: number, by: author).dueAt == dueAt)
        }
    }

    @Test func `opening and marking as read happen once`() throws {
        let school = try TestSchool()
        let (author, reader) = (try school.addStaff("staff"), try school.addStaff("staff"))
        var draft = try school.draft(about: try school.addPupil("Noel Baker"))
        draft.alert = [reader.description]
        let number = try school.log(draft, by: author)
        func acknowledge() throws -> Int {
            let facts = try school.facts(number)
            return try school.store.acknowledge(
                facts,
                by: reader,
                through: nil,
                visible: [],
                permit: try school.permit(reader, "acknowledgeAlert", on: facts),
                on: school.connection,
                now: school.now
            )
        }
        #expect(try acknowledge() == 0, "what was never seen is not marked as read")
        let seen = school.now
        _ = try school.read(number, by: reader)
        school.now = school.now + .seconds(60)
        _ = try school.read(number, by: reader)
        #expect(try school.facts(number).alerts.map(\.openedAt) == [seen])
        #expect(try acknowledge() == 1)
        school.now = school.now + .seconds(60)
        #expect(try acknowledge() == 0)
        #expect(
            try school.facts(number).alerts.map(\.acknowledgedAt) == [seen + .seconds(60)]
        )
    }

    @Test func `a leadership action is not shown to the teacher who wrote the incident`() throws {
        let school = try TestSchool()
        let (author, lead) = (try school.addStaff("staff"), try school.addStaff("staff", "dsl"))
        let number = try school.log(
            try school.draft(about: try school.addPupil("Noel Baker")),
            by: author
        )
        let strategy = school.action("Strategy meeting held.")
        try school.act(strategy, on: number, by: lead, audience: .leadership, elevated: true)
        #expect(try school.read(number, by: author).actions.isEmpty)
        #expect(try school.read(number, by: lead, elevated: true).actions.count == 1)
    }

    @Test func `someone who is kept out is neither alerted nor shown an alert`() throws {
        let school = try TestSchool()
        let (author, father) = (try school.addStaff("staff"), try school.addStaff("staff", "dsl"))
        let pupil = try school.addPupil("Noel Baker")
        var draft = try school.draft(about: pupil)
        draft.alert = [father.description]
        let number = try school.log(draft, by: author)
        func listed() throws -> [IncidentNumber] {
            try school.store.alerts(
                of: father,
                unreadOnly: true,
                permit: try school.permit(father, "listAlerts", on: nil),
                incidents: try school.mentionable(father, elevated: true),
                limit: 10,
                on: school.connection
            ).map(\.incident)
        }
        #expect(try listed() == [number])
        try school.relate(father, to: pupil.id)
        #expect(try listed() == [])
        #expect(try school.store.exclusions(of: father, on: school.connection) == [number])
        #expect { try school.log(draft, by: author) } throws: { isInvalid("alert[0]", $0) }
        draft.alert = []
        #expect(throws: RecordsError.excludedRecipient) {
            try school.log(draft, by: author, group: [father])
        }
        #expect(throws: TestSchool.Refused.self) {
            try school.read(number, by: father, elevated: true)
        }
    }

    @Test func `thousands of alerts of what is hidden now are not looked through`() throws {
        let school = try TestSchool()
        let (author, former) = (try school.addStaff("staff"), try school.addStaff("staff"))
        let draft = try school.draft(about: try school.addPupil("Noel Baker"))
        try school.log(draft, by: author, group: [former])
        var named = draft
        named.alert = [former.description]
        let number = try school.log(named, by: author)
        try school.connection.execute(
            script: """
                WITH RECURSIVE n (x) AS (SELECT 3 UNION ALL SELECT x + 1 FROM n WHERE x < 6000)
                INSERT INTO incident
                SELECT x, author, pupil, occurred_at, recorded_at, restricted, urgent, content
                FROM n, incident WHERE id = 1;
                INSERT INTO alert (incident, staff, action, via, raised_by, raised_at)
                SELECT i.id, staff, action, via, raised_by, raised_at
                FROM incident i, alert WHERE incident = 1 AND i.id > 2;
                """
        )
        for unreadOnly in [true, false] {
            let listed = try school.connection.bounded(steps: 20_000) {
                try school.store.alerts(
                    of: former,
                    unreadOnly: unreadOnly,
                    permit: try school.permit(former, "listAlerts", on: nil),
                    incidents: try school.mentionable(former, elevated: false),
                    limit: 10,
                    on: school.connection
                )
            }
            #expect(listed.map(\.incident) == [number])
        }
    }

    @Test func `a chronology is in order of what happened, not of what was typed`() throws {
        let school = try TestSchool()
        let lead = try school.addStaff("staff", "dsl")
        let pupil = try school.addPupil("Noel Baker")
        let first = try school.log(try school.draft(about: pupil, narrative: "second"), by: lead)
        var early = school.action("first")
        early.occurredAt = school.now - .seconds(86_400)
        try school.act(early, on: first, by: lead)
        school.now = school.now + .seconds(60)
        try school.log(try school.draft(about: pupil, narrative: "third"), by: lead)
        let facts = try school.store.chronology(
            of: pupil.id,
            permit: try school.permit(
                lead,
                "reviewPupil",
                .pupil(pupil.id),
                [pupil.entity],
                elevated: true
            ),
            on: school.connection,
            now: school.now,
            rules: school.rules
        )
        let incidents = try facts.map { try school.read($0.number, by: lead, elevated: true) }
        let items = ChronologyItem.items(of: incidents)
        #expect(items.map(\.text) == ["first", "second", "third"])
        #expect(items.map(\.kind) == [.action, .incident, .incident])
        #expect(ChronologyItem.items(of: incidents, from: school.now).map(\.text) == ["third"])
    }

    private func isInvalid(_ field: String, _ error: any Error) -> Bool {
        guard case RecordsError.invalid(let errors) = error else { return false }
        return errors.map(\.field) == [field]
    }
}
