import Authentication
import Foundation
import SQLite
import Testing

@Suite struct ApprovalTests {
    @Test func `a request is decided once, by a second person, before 72 hours are over`() throws {
        let people = try People()
        let (school, approvals) = (people.school, people.school.store.approvals)
        let asked = try people.ask(.roleGrant(["dsl", "slt"]))
        for person in [people.requester, people.concerned] {
            #expect(throws: AuthenticationError.notYours) {
                try people.decide(asked, .approve, by: person)
            }
        }
        school.pass(.seconds(72 * 3_600) - .milliseconds(1))
        #expect(asked.standing(at: school.now) == .open)
        let decided = try people.decide(asked, .approve, by: people.second, reason: "met her")
        #expect(decided.standing(at: school.now) == .approved)
        #expect(decided.decision?.decider == people.second && decided.decision?.reason == "met her")
        #expect(throws: AuthenticationError.conflict) {
            try people.decide(asked, .reject, by: people.third)
        }
        let late = try people.ask(.authenticatorReset)
        school.pass(.seconds(72 * 3_600))
        #expect(late.standing(at: school.now) == .expired)
        #expect(throws: AuthenticationError.conflict) {
            try people.decide(late, .approve, by: people.second)
        }
        #expect(try approvals.find(late.id, on: school.connection)?.decision == nil)
    }

    @Test func `what was asked for is read back exactly, after a restart too`() throws {
        let people = try People()
        let address = try #require(EmailAddress("new@school.example"))
        let matters: [Approval.Matter] = [
            .roleGrant(["slt"]), .addressChange(address),
            .relationRemoval([.random(), .random()]), .authenticatorReset,
        ]
        let asked = try matters.map { try people.ask($0, reason: "as agreed on Monday") }
        try people.school.restart()
        for (approval, matter) in zip(asked, matters) {
            let found = try people.school.store.approvals.find(
                approval.id,
                on: people.school.connection
            )
            #expect(found == approval && found?.matter == matter)
            #expect(found?.reason == "as agreed on Monday")
        }
    }

    @Test func `the same request while it is open is one request, and a list has an end`() throws {
        let people = try People()
        let first = try people.ask(.roleGrant(["slt"]))
        #expect(try people.ask(.roleGrant(["slt"])) == first)
        for number in 1..<10 {
            let address = try #require(EmailAddress("a\(number)@school.example"))
            _ = try people.ask(.addressChange(address))
        }
        #expect(throws: AuthenticationError.conflict) { try people.ask(.authenticatorReset) }
        _ = try people.decide(first, .reject, by: people.second)
        #expect(try people.ask(.roleGrant(["slt"])) != first)
    }

    @Test func `neither a request nor its decision is ever changed`() throws {
        let people = try People()
        let asked = try people.ask(.authenticatorReset)
        _ = try people.decide(asked, .reject, by: people.second)
        let open = try people.ask(.roleGrant(["slt"]))
        let connection = people.school.connection
        for statement in [
            "UPDATE approval SET expires_at = expires_at + 1", "DELETE FROM approval",
            "UPDATE approval_decision SET verdict = 'approve'", "DELETE FROM approval_decision",
            """
            INSERT INTO approval_decision (approval, verdict, decider, reason, decided_at)
            VALUES (\(open.id.rawValue), 'approve', \(people.requester.rawValue), x'00', 1)
            """,
            """
            INSERT INTO approval_decision (approval, verdict, decider, reason, decided_at)
            VALUES (\(open.id.rawValue), 'approve', \(people.second.rawValue), x'00',
                \(open.expiresAt.milliseconds))
            """,
        ] {
            #expect(throws: (any Error).self, "\(statement)") {
                try connection.execute(script: statement)
            }
        }
        #expect(
            try people.school.store.approvals.find(open.id, on: connection)?.decision == nil
        )
    }

    @Test func `the file tells neither a reason nor an address`() throws {
        let people = try People()
        let address = try #require(EmailAddress("hidden-address@school.example"))
        let asked = try people.ask(.addressChange(address), reason: "her mother died in spring")
        _ = try people.decide(asked, .reject, by: people.second, reason: "ring her beforehand")
        try people.school.restart()
        let file = try Data(contentsOf: URL(fileURLWithPath: people.school.path))
        for text in ["hidden-address", "her mother died", "ring her beforehand"] {
            #expect(file.range(of: Data(text.utf8)) == nil, "\(text)")
        }
    }

    @Test func `the list shows what waits and one's own, newest first, page by page`() throws {
        let people = try People()
        let school = people.school
        let mine = try (1...3).map { number in
            school.pass(.seconds(1))
            let address = try #require(EmailAddress("a\(number)@school.example"))
            return try people.ask(.addressChange(address))
        }
        _ = try people.decide(mine[0], .reject, by: people.second)
        func page(_ person: Identifier, _ position: Approval?, limit: Int) throws -> [Identifier] {
            try school.store.approvals.page(
                ownOf: person,
                before: position.map { ($0.requestedAt, $0.id) },
                limit: limit,
                now: school.now,
                on: school.connection
            ).map(\.id)
        }
        #expect(try page(people.requester, nil, limit: 2) == [mine[2].id, mine[1].id])
        #expect(try page(people.requester, mine[1], limit: 2) == [mine[0].id])
        #expect(try page(people.second, nil, limit: 9) == [mine[2].id, mine[1].id])
        school.pass(.seconds(72 * 3_600))
        #expect(try page(people.second, nil, limit: 9).isEmpty)
        #expect(try page(people.requester, nil, limit: 9).count == 3)
    }

    @Test func `an approved reset ends every session and leaves no code that opens anything`()
        throws
    {
        let people = try People()
        let school = people.school
        let (first, other) = (
            try school.signIn("concerned@school.example"),
            try school.signIn("concerned@school.example")
        )
        let (totp, recovery) = try school.enrol(first.session)
        let code = try school.store.authenticators.reset(
            people.concerned,
            now: school.now,
            on: school.connection
        )
        #expect(code.count == 19)
        #expect(try school.resolve(first.token).isExpired)
        #expect(try school.resolve(other.token).isExpired)
        let again = try school.signIn("concerned@school.example")
        for code in [try school.code6(totp), try #require(OneTimeCode(recovery[0]))] {
            #expect(try school.elevate(again.session, code).refusal == .noAuthenticator)
        }
    }

    @Test func `a file that was put back revives no recovery`() throws {
        let people = try People()
        let (school, recoveries) = (people.school, people.school.store.recoveries)
        let code = try recoveries.begin(
            for: people.concerned,
            operatorUID: 0,
            wait: .seconds(60),
            chairMayShorten: true,
            now: school.now,
            on: school.connection
        )
        let open = try #require(try recoveries.open(now: school.now, on: school.connection))
        #expect(try recoveries.isChairCode(code, of: open, on: school.connection))
        try school.store.endWhatARestoreRevives(now: school.now, on: school.connection)
        #expect(try recoveries.open(now: school.now, on: school.connection) == nil)
        #expect(throws: AuthenticationError.conflict) {
            try recoveries.finish(open, byChair: true, now: school.now, on: school.connection)
        }
    }

    @Test func `the time of one person ends once and for ever`() throws {
        let people = try People()
        let (school, grants) = (people.school, people.school.store.loneGrants)
        try grants.add(
            ["slt", "dsl"],
            to: people.concerned,
            by: people.requester,
            now: school.now,
            on: school.connection
        )
        #expect(try !grants.haveEnded(on: school.connection))
        #expect(try grants.end(by: people.second, now: school.now, on: school.connection))
        #expect(try !grants.end(by: people.third, now: school.now, on: school.connection))
        try school.restart()
        #expect(try grants.haveEnded(on: school.connection))
        let listed = try grants.all(on: school.connection)
        #expect(listed.map(\.roles) == [["dsl", "slt"]])
        #expect(listed.map(\.granter) == [people.requester])
        for statement in ["DELETE FROM lone_grant", "DELETE FROM second_person"] {
            #expect(throws: (any Error).self) {
                try school.connection.execute(script: statement)
            }
        }
    }
}

/// A school with somebody who asks, somebody it is about, and two who could decide.
private struct People {
    let school: TestSchool
    let requester, concerned, second, third: Identifier

    init() throws {
        let school = try TestSchool()
        self.school = school
        let ids = try ["requester", "concerned", "second", "third"].map { name in
            try school.person("\(name)@school.example").id
        }
        (requester, concerned, second, third) = (ids[0], ids[1], ids[2], ids[3])
    }

    func ask(_ matter: Approval.Matter, reason: String = "") throws -> Approval {
        try school.store.approvals.request(
            matter,
            about: concerned,
            by: requester,
            reason: reason,
            now: school.now,
            on: school.connection
        ).approval
    }

    @discardableResult
    func decide(
        _ approval: Approval,
        _ verdict: Approval.Verdict,
        by person: Identifier,
        reason: String = ""
    ) throws -> Approval {
        try school.store.approvals.decide(
            approval.id,
            verdict,
            by: person,
            reason: reason,
            now: school.now,
            on: school.connection
        )
    }
}
