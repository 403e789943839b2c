import Authentication
import Crypto
import SQLite
import Testing

/// The list of one's own sessions, what keeps them alive, and what is left of those that ended.
@Suite struct OwnSessionTests {
    @Test func `the list has the sessions that live, newest first, and no token`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let first = try school.signIn("ada@school.example")
        school.pass(.seconds(60))
        let second = try school.signIn("ada@school.example")
        school.pass(.seconds(60))
        let third = try school.signIn("ada@school.example")
        try school.end(second.session.id, of: member.id)
        #expect(try school.list(member.id).map(\.id) == [third.session.id, first.session.id])
        let shown = try #require(try school.list(member.id).last)
        #expect(shown.address == "192.0.2.7" && shown.userAgent == "curl/8")
        #expect(!shown.isElevated)
        school.pass(.seconds(480))
        // The first has been idle for ten minutes.
        #expect(try school.list(member.id).map(\.id) == [third.session.id])
    }

    @Test func `nobody ends the session of somebody else`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let eve = try school.person("eve@school.example")
        let ada = try school.signIn("ada@school.example")
        #expect(try !school.end(ada.session.id, of: eve.id))
        #expect(try school.resolve(ada.token).session != nil)
    }

    @Test func `ending the others leaves the one that asks`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let others = try (0..<3).map { _ in try school.signIn("ada@school.example") }
        let own = try school.signIn("ada@school.example")
        try school.store.sessions.endAll(
            of: member.id,
            except: own.session.id,
            now: school.now,
            on: school.connection
        )
        #expect(try others.allSatisfy { try school.resolve($0.token).isExpired })
        #expect(try school.resolve(own.token).session != nil)
    }

    @Test func `an ended token is expired for a day, then unknown, and its row goes`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let ended = try school.signIn("ada@school.example")
        school.pass(.seconds(599))
        _ = school.store.sessions.touch(try school.live(ended.token), now: school.now)
        try school.end(ended.session.id, of: member.id)
        school.pass(.seconds(86_400) - .milliseconds(1))
        _ = try school.signIn("ada@school.example")
        #expect(try school.resolve(ended.token).isExpired)
        school.pass(.milliseconds(1))
        #expect(try school.resolve(ended.token).isUnknown)
        school.pass(.seconds(1_300))
        _ = try school.signIn("ada@school.example")
        let rows = try school.connection.first("SELECT count(*) FROM session") { $0.int(0) }
        #expect(rows == 2)
        #expect(try school.resolve(ended.token).isUnknown)
    }

    @Test func `a replaced token is expired for a day, then unknown, and its row goes`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let signedIn = try school.signIn("ada@school.example")
        let totp = try school.enrol(signedIn.session).totp
        _ = try school.elevate(signedIn.session, school.code6(totp))
        school.pass(.seconds(86_400) - .milliseconds(1))
        #expect(try school.resolve(signedIn.token).isExpired)
        school.pass(.seconds(600))
        #expect(try school.resolve(signedIn.token).isUnknown)
        _ = try school.signIn("ada@school.example")
        let rows = try school.connection.first("SELECT count(*) FROM replaced_token") { $0.int(0) }
        #expect(rows == 0)
    }

    @Test func `being there keeps a session alive, once a minute at the most`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let token = try school.signIn("ada@school.example").token
        let end = try school.live(token).idleEnd
        school.pass(.seconds(60) - .milliseconds(1))
        #expect(try !school.notePresence(token))
        #expect(try school.live(token).idleEnd == end)
        school.pass(.milliseconds(1))
        #expect(try school.notePresence(token))
        #expect(try school.live(token).idleEnd == school.now + .seconds(600))
    }

    @Test func `where sessions idle for a short time, being there is noted more often`() throws {
        let school = try TestSchool()
        school.rules.sessionIdle = .seconds(10)
        try school.person("ada@school.example")
        let token = try school.signIn("ada@school.example").token
        for _ in 0..<20 {
            school.pass(.seconds(1))
            _ = try school.notePresence(token)
        }
        #expect(try school.live(token).idleEnd == school.now + .seconds(10))
    }

    @Test func `a restored backup revives no session, no link and no used code`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let signedIn = try school.signIn("ada@school.example")
        let totp = try school.enrol(signedIn.session).totp
        let link = try #require(
            try school.store.tokens.issue(for: member.id, kind: .reset, at: school.occasion)
        )
        // The copy was made here; a code was used after it.
        try school.restart()
        try school.store.endWhatARestoreRevives(now: school.now, on: school.connection)
        #expect(try school.resolve(signedIn.token).isExpired)
        #expect(throws: AuthenticationError.resetExpired) {
            try school.redeem(link.text, "Other-Walrus9-Tent!")
        }
        let again = try school.signIn("ada@school.example").session
        for steps: Int64 in -1...1 {
            let code = try school.code6(totp, steps: steps)
            #expect(try school.elevate(again, code).refusal == .alreadyUsed)
        }
        school.pass(.seconds(60))
        #expect(try school.elevate(again, school.code6(totp)).started != nil)
    }
}

extension TestSchool {
    fileprivate func list(_ account: Identifier) throws -> [SessionSummary] {
        try store.sessions.list(of: account, at: occasion)
    }

    @discardableResult
    fileprivate func end(_ session: Identifier, of account: Identifier) throws -> Bool {
        try store.sessions.end(session, of: account, now: now, on: connection)
    }

    fileprivate func notePresence(_ token: SessionToken) throws -> Bool {
        store.sessions.notePresence(try live(token), rules: rules, now: now)
    }
}
