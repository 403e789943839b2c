import Authentication
import Crypto
import SQLite
import Testing

/// An elevation belongs to one session, and what ends it has ended it at the next request.
@Suite struct ElevationTests {
    @Test func `elevation is one session's: another of the same person has none`() throws {
        let (school, started, _) = try elevated()
        let other = try school.signIn("ada@school.example")
        #expect(try school.live(started.token).isElevated)
        #expect(try !school.live(other.token).isElevated)
    }

    @Test func `what was begun with an enrolment code ends with it`() throws {
        let school = try TestSchool()
        let member = try school.person("ada@school.example")
        let session = try school.signIn("ada@school.example").session
        func begin(with code: String) throws -> TOTP {
            let outcome = try school.store.authenticators.enrol(
                school.proof(session.account),
                session,
                enrolmentCode: code,
                member: member,
                source: "192.0.2.7",
                at: school.occasion
            )
            guard case .pending(let pending) = outcome else { throw Refused.enrolment }
            return TOTP(seed: Secret(try Base32.decode(pending.secret)))
        }
        func issue() throws -> String {
            try school.store.authenticators.issueEnrolmentCode(
                for: member.id,
                now: school.now,
                on: school.connection
            )
        }
        // A newer code is for another phone.
        let leaked = try begin(with: issue())
        let code = try issue()
        #expect(throws: AuthenticationError.noAuthenticator) {
            try school.confirm(session, leaked)
        }
        // One that is too old began nothing that can still be finished.
        let late = try begin(with: code)
        school.pass(.seconds(7 * 86_400))
        #expect(throws: AuthenticationError.noAuthenticator) { try school.confirm(session, late) }
        let another = try begin(with: issue())
        try school.confirm(session, another)
        // Nor does anything stay of what a person began before they were suspended.
        let other = try school.person("bob@school.example")
        let theirs = try school.signIn("bob@school.example").session
        let handed = try school.store.authenticators.issueEnrolmentCode(
            for: other.id,
            now: school.now,
            on: school.connection
        )
        _ = try school.store.authenticators.enrol(
            school.proof(other.id),
            theirs,
            enrolmentCode: handed,
            member: other,
            source: "192.0.2.7",
            at: school.occasion
        )
        try school.change(other.id, AccountChange(state: .suspended))
        let status = try school.store.authenticators.status(of: other.id, on: school.connection)
        #expect(status.state == .none)
    }

    @Test func `elevation ends with idling, to the millisecond`() throws {
        let (school, started, _) = try elevated()
        _ = school.store.sessions.touch(started.session, now: school.now)
        school.pass(.seconds(600) - .milliseconds(1))
        #expect(try school.live(started.token).isElevated)
        school.pass(.milliseconds(1))
        #expect(try school.resolve(started.token).isExpired)
    }

    @Test func `elevation ends after an hour of work, to the millisecond`() throws {
        let (school, started, _) = try elevated()
        for _ in 0..<8 {
            school.pass(.seconds(420))
            _ = school.store.sessions.touch(try school.live(started.token), now: school.now)
        }
        school.pass(.seconds(240) - .milliseconds(1))
        #expect(try school.live(started.token).isElevated)
        school.pass(.milliseconds(1))
        #expect(try !school.live(started.token).isElevated)
    }

    @Test func `elevation ends with a lock, and does not come back with the password`() throws {
        let (school, started, _) = try elevated()
        try school.store.sessions.lock(school.live(started.token), on: school.connection)
        #expect(try !school.live(started.token).isElevated)
        guard case .unlocked = try school.unlock(started.token) else {
            Issue.record("refused")
            return
        }
        #expect(try !school.live(started.token).isElevated)
    }

    @Test func `elevation ends when it is dropped, under another token`() throws {
        let (school, started, _) = try elevated()
        let dropped = try school.store.sessions.drop(started.session, at: school.occasion)
        #expect(try school.resolve(started.token).isExpired)
        #expect(try !school.live(dropped.token).isElevated)
    }

    @Test func `elevation ends when a new password is set by a link`() throws {
        let (school, started, _) = try elevated()
        let token = try #require(
            try school.store.tokens.issue(
                for: started.session.account,
                kind: .reset,
                at: school.occasion
            )
        )
        try school.redeem(token.text, "Other-Walrus9-Tent!")
        #expect(try school.resolve(started.token).isExpired)
        // The authenticator is untouched: a mail alone takes nobody's second factor away.
        let account = started.session.account
        let status = try school.store.authenticators.status(of: account, on: school.connection)
        #expect(status.state == .active)
    }

    @Test(arguments: [["staff"], ["dsl", "staff"]])
    func `elevation ends with any change of roles`(roles: [String]) throws {
        let (school, started, _) = try elevated()
        try school.change(started.session.account, AccountChange(roles: roles))
        let session = try school.live(started.token)
        #expect(session.roles == roles && !session.isElevated)
    }

    @Test func `elevation and the session end when the account is suspended`() throws {
        let (school, started, _) = try elevated()
        try school.change(started.session.account, AccountChange(state: .suspended))
        #expect(try school.resolve(started.token).isExpired)
    }

    @Test func `a suspended authenticator elevates nobody any more, in any session`() throws {
        let (school, started, totp) = try elevated()
        let other = try school.signIn("ada@school.example")
        let account = started.session.account
        #expect(
            try school.store.authenticators.suspend(
                school.proof(account),
                other.session,
                on: school.connection
            )
        )
        #expect(try !school.live(started.token).isElevated)
        school.pass(.seconds(30))
        let refusal = try school.elevate(school.live(other.token), school.code6(totp)).refusal
        #expect(refusal == .noAuthenticator)
        #expect(throws: AuthenticationError.conflict) {
            try school.store.authenticators.throwIfEnrolled(account, on: school.connection)
        }
    }

    @Test func `a wrong password suspends nothing`() throws {
        let (school, started, _) = try elevated()
        #expect(
            try !school.store.authenticators.suspend(
                school.proof(started.session.account, "no"),
                started.session,
                on: school.connection
            )
        )
        #expect(try school.live(started.token).isElevated)
    }

    @Test func `a reset authenticator ends every session and all its codes`() throws {
        let (school, started, totp) = try elevated()
        let account = started.session.account
        let code = try school.store.authenticators.reset(
            account,
            now: school.now,
            on: school.connection
        )
        #expect(try school.resolve(started.token).isExpired)
        school.pass(.seconds(30))
        let again = try school.signIn("ada@school.example").session
        #expect(try school.elevate(again, school.code6(totp)).refusal == .noAuthenticator)
        let status = try school.store.authenticators.status(of: account, on: school.connection)
        #expect(status.state == .none && status.recoveryCodesLeft == 0)
        #expect(code.wholeMatch(of: /([a-z2-7]{4}-){3}[a-z2-7]{4}/) != nil)
    }

    @Test func `a replaced authenticator has to be shown by whoever was elevated`() throws {
        let (school, started, totp) = try elevated()
        let account = started.session.account
        school.pass(.seconds(30))
        let pending = try school.replace(started.session, school.code6(totp))
        // The old one works until the new one is confirmed.
        school.pass(.seconds(30))
        let again = try #require(
            try school.elevate(school.live(started.token), school.code6(totp)).started
        )
        school.pass(.seconds(30))
        try school.confirm(again.session, pending)
        #expect(try !school.live(again.token).isElevated)
        school.pass(.seconds(30))
        let old = try school.elevate(school.live(again.token), school.code6(totp))
        #expect(old.refusal == .wrong)
        let new = try school.elevate(school.live(again.token), school.code6(pending))
        #expect(new.started != nil)
        let status = try school.store.authenticators.status(of: account, on: school.connection)
        #expect(status.recoveryCodesLeft == 10)
    }

    @Test func `a code that comes to an ended session is not used up`() throws {
        let (school, started, totp) = try elevated()
        school.pass(.seconds(30))
        let code = try school.code6(totp)
        #expect(throws: AuthenticationError.sessionEnded) {
            let dropped = try school.store.sessions.drop(started.session, at: school.occasion)
            #expect(!dropped.session.isElevated)
            _ = try school.elevate(started.session, code)
        }
        let other = try school.signIn("ada@school.example").session
        #expect(try school.elevate(other, code).started != nil)
    }

    private func elevated() throws -> (TestSchool, StartedSession, TOTP) {
        let school = try TestSchool()
        try school.person("ada@school.example", roles: ["slt", "staff"])
        let session = try school.signIn("ada@school.example").session
        let totp = try school.enrol(session).totp
        let started = try #require(try school.elevate(session, school.code6(totp)).started)
        return (school, started, totp)
    }
}
