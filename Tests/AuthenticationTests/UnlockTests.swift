import Authentication
import SQLite
import Testing

/// The blank screen: how it is left, and what ends the session instead.
@Suite struct UnlockTests {
    @Test func `fixation: a code at the unlock elevates under another token`() throws {
        let (school, token, totp) = try locked()
        guard
            case .elevated(let started, let notices) = try school.unlock(
                token,
                code: school.code6(totp)
            )
        else {
            Issue.record("refused")
            return
        }
        #expect(notices.isEmpty)
        #expect(try school.resolve(token).isExpired)
        let session = try school.live(started.token)
        #expect(session.isElevated && !session.locked)
    }

    @Test func `a wrong code at the unlock leaves it locked, and counts with the codes`() throws {
        let (school, token, totp) = try locked()
        for _ in 0..<5 {
            let outcome = try school.unlock(token, code: school.wrongCode(totp))
            #expect(outcome.codeRefusal == .wrong)
        }
        #expect(try school.live(token).locked)
        let refused = try school.unlock(token, code: school.code6(totp)).codeRefusal
        #expect(refused == .throttled(retryAfter: .seconds(30)))
        // Whoever knows the password is let in all the same: codes are counted apart.
        guard case .unlocked = try school.unlock(token) else {
            Issue.record("refused")
            return
        }
    }

    @Test func `a wrong password spends no code`() throws {
        let (school, token, totp) = try locked()
        let code = try school.code6(totp)
        guard case .refused(hasEnded: false) = try school.unlock(token, "no", code: code) else {
            Issue.record("not refused")
            return
        }
        guard case .elevated = try school.unlock(token, code: code) else {
            Issue.record("refused")
            return
        }
    }

    @Test func `what the full pool could not take is no attempt to unlock`() throws {
        let (school, token, _) = try locked()
        let session = try school.live(token)
        for _ in 0..<20 {
            let challenge = try school.store.sessions.beginUnlock(session, at: school.occasion)
            guard case .attempt(let attempt) = challenge else { throw Refused.throttled }
            try school.store.checks.withdraw(attempt, on: school.connection)
            try school.store.sessions.withdrawUnlock(session, on: school.connection)
        }
        for turn in 1...5 {
            guard case .refused(let hasEnded) = try school.unlock(token, "no") else {
                Issue.record("not refused")
                return
            }
            #expect(hasEnded == (turn == 5))
        }
        #expect(try school.resolve(token).isExpired)
    }

    @Test func `a session that is not locked cannot be unlocked`() throws {
        let (school, token, _) = try locked()
        guard case .unlocked = try school.unlock(token) else {
            Issue.record("refused")
            return
        }
        #expect(throws: AuthenticationError.conflict) { try school.unlock(token) }
    }

    private func locked() throws -> (TestSchool, SessionToken, TOTP) {
        let school = try TestSchool()
        try school.person("ada@school.example", roles: ["slt", "staff"])
        let signedIn = try school.signIn("ada@school.example")
        let totp = try school.enrol(signedIn.session).totp
        try school.store.sessions.lock(school.live(signedIn.token), on: school.connection)
        return (school, signedIn.token, totp)
    }
}

extension UnlockOutcome {
    fileprivate var codeRefusal: CodeRefusal? {
        if case .codeRefused(let it) = self { it } else { nil }
    }
}
