import Authentication
import SQLite
import Testing

@Suite struct SessionTests {
    @Test func `what was read of a session is believed in one epoch of rights alone`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let token = try school.signIn("ada@school.example").token
        func session(_ epoch: Int64) throws -> Session? {
            try school.store.sessions.resolve(token, at: school.occasion, epoch: epoch).session
        }
        let first = try #require(try session(5))
        #expect(!first.locked)
        try school.store.sessions.lock(first, on: school.connection)
        // A snapshot of before still has it as it was; one of after has not, nor the writer.
        #expect(try session(5)?.locked == false)
        #expect(try session(6)?.locked == true)
        #expect(try school.live(token).locked)
        // A reader that is late takes nothing away and leaves nothing behind.
        #expect(try session(5)?.locked == true)
        #expect(try session(6)?.locked == true)
        try school.store.sessions.end(
            first.id,
            of: first.account,
            now: school.now,
            on: school.connection
        )
        #expect(try session(7) == nil)
        // It ends by the clock, remembered or not.
        let other = try school.signIn("ada@school.example").token
        func isLive(_ epoch: Int64) throws -> Bool {
            try school.store.sessions.resolve(
                other,
                at: school.occasion,
                epoch: epoch
            ).session != nil
        }
        #expect(try isLive(8))
        school.pass(.seconds(600))
        #expect(try !isLive(8))
    }

    @Test func `a session ends after ten idle minutes, exact to the millisecond`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let token = try school.signIn("ada@school.example").token
        school.pass(.milliseconds(599_999))
        let session = try school.live(token)
        #expect(school.store.sessions.touch(session, now: school.now))
        school.pass(.milliseconds(599_999))
        #expect(try school.resolve(token).session != nil)
        school.pass(.milliseconds(1))
        #expect(try school.resolve(token).isExpired)
        school.pass(.seconds(86_400))
        #expect(try school.resolve(token).isUnknown)
    }

    @Test func `a session ends after twelve hours whatever happens`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let token = try school.signIn("ada@school.example").token
        for _ in 0..<72 {
            _ = school.store.sessions.touch(try school.live(token), now: school.now)
            school.pass(.seconds(600) - .milliseconds(1))
        }
        _ = school.store.sessions.touch(try school.live(token), now: school.now)
        school.pass(.milliseconds(72))
        #expect(try school.resolve(token).isExpired)
    }

    @Test func `a session and its lock survive a restart, elevation does not`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let signedIn = try school.signIn("ada@school.example")
        let totp = try school.enrol(signedIn.session).totp
        let started = try #require(
            try school.elevate(signedIn.session, school.code6(totp)).started
        )
        #expect(try school.resolve(signedIn.token).isExpired)
        #expect(try school.live(started.token).isElevated)
        try school.restart()
        #expect(try !school.live(started.token).isElevated)
        try school.store.sessions.lock(school.live(started.token), on: school.connection)
        try school.restart()
        #expect(try school.live(started.token).locked)
    }

    @Test func `elevation ends after an hour, and dropping it gives another token`() throws {
        let school = try TestSchool()
        school.rules.sessionIdle = .seconds(36_000)
        try school.person("ada@school.example")
        let signedIn = try school.signIn("ada@school.example")
        let totp = try school.enrol(signedIn.session).totp
        let started = try #require(
            try school.elevate(signedIn.session, school.code6(totp)).started
        )
        let dropped = try school.store.sessions.drop(started.session, at: school.occasion)
        #expect(try school.resolve(started.token).isExpired)
        #expect(!dropped.session.isElevated)
        school.pass(.seconds(30))
        let again = try #require(
            try school.elevate(dropped.session, school.code6(totp)).started
        )
        school.pass(.seconds(3_600) - .milliseconds(1))
        #expect(try school.live(again.token).isElevated)
        school.pass(.milliseconds(1))
        #expect(try !school.live(again.token).isElevated)
    }

    @Test func `five wrong passwords end a locked session`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let token = try school.signIn("ada@school.example").token
        try school.store.sessions.lock(school.live(token), on: school.connection)
        for turn in 1...5 {
            guard case .refused(let hasEnded) = try school.unlock(token, "no") else {
                Issue.record("unlocked")
                return
            }
            #expect(hasEnded == (turn == 5))
        }
        #expect(try school.resolve(token).isExpired)
    }

    @Test func `the right password unlocks under the same token`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let token = try school.signIn("ada@school.example").token
        try school.store.sessions.lock(school.live(token), on: school.connection)
        #expect(try school.live(token).locked)
        guard case .unlocked = try school.unlock(token) else {
            Issue.record("refused")
            return
        }
        #expect(try !school.live(token).locked)
    }

    @Test func `suspension and loss of a role hold at the very next request`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example", roles: ["slt", "staff"])
        let signedIn = try school.signIn("ada@school.example")
        let totp = try school.enrol(signedIn.session).totp
        let started = try #require(
            try school.elevate(signedIn.session, school.code6(totp)).started
        )
        try school.change(member.id, AccountChange(roles: ["staff"]))
        let session = try school.live(started.token)
        #expect(session.roles == ["staff"] && !session.isElevated)
        try school.change(member.id, AccountChange(state: .suspended))
        #expect(try school.resolve(started.token).isExpired)
    }

    @Test func `the last holder of a role cannot be suspended, lose it or leave`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example", roles: ["dsl", "staff"])
        _ = try school.enrol(try school.signIn("ada@school.example").session)
        let losses = [
            try AccountChange(roles: ["staff"]), try AccountChange(state: .suspended),
            try AccountChange(state: .left),
        ]
        for loss in losses {
            #expect(throws: AuthenticationError.lastHolder) {
                try school.connection.savepoint { try school.change(member.id, loss) }
            }
        }
        #expect(try school.store.accounts.find(member.id, on: school.connection) != nil)
    }

    @Test func `one who left is not revived, and the address goes to a new account`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        try school.change(member.id, AccountChange(state: .left))
        #expect(throws: AuthenticationError.conflict) {
            try school.change(member.id, AccountChange(state: .active))
        }
        #expect(try school.invite("ADA@school.example").id != member.id)
    }

    @Test func `a token or an address is not in the file in clear`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example", name: "Wilhelmina Quux")
        let token = try school.signIn("ada@school.example").token.text
        let dump = try run("/usr/bin/sqlite3", school.path, ".dump")
        for secret in [token, "ada@school", "Wilhelmina", TestSchool.password, "192.0.2.7"] {
            #expect(!dump.contains(secret))
        }
        #expect(dump.contains("INSERT INTO session"))
    }
}
