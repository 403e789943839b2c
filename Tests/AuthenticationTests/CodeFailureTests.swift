import Authentication
import SQLite
import Testing

/// Wrong codes: counted by themselves, for the person and for the source, and never forgotten.
@Suite struct CodeFailureTests {
    @Test func `the failure count of codes survives a restart`() throws {
        let (school, session, totp) = try TestSchool.enrolled()
        for _ in 0..<5 {
            #expect(try school.elevate(session, school.wrongCode(totp)).refusal == .wrong)
        }
        func wait(_ seconds: Int64) -> CodeRefusal { .throttled(retryAfter: .seconds(seconds)) }
        try school.restart()
        #expect(try school.elevate(session, school.code6(totp)).refusal == wait(30))
        school.pass(.seconds(30))
        // The row goes on where it was: the next wait is the second one.
        #expect(try school.elevate(session, school.wrongCode(totp)).refusal == .wrong)
        try school.restart()
        #expect(try school.elevate(session, school.code6(totp)).refusal == wait(60))
        school.pass(.seconds(60))
        #expect(try school.elevate(session, school.code6(totp)).started != nil)
    }

    @Test func `codes and passwords are counted apart`() throws {
        let (school, session, totp) = try TestSchool.enrolled()
        for _ in 0..<5 { #expect(try school.trySignIn("ada@school.example", "no").isRefused) }
        for _ in 0..<5 {
            #expect(throws: Never.self) { try school.proof(session.account, "no") }
        }
        #expect(try school.trySignIn("ada@school.example").wait == .seconds(30))
        #expect(throws: Refused.throttled) { try school.proof(session.account) }
        let started = try #require(try school.elevate(session, school.code6(totp)).started)
        // Nor does a right code end the waits of the passwords, or the other way round.
        #expect(try school.trySignIn("ada@school.example").wait == .seconds(30))
        for _ in 0..<5 {
            #expect(try school.elevate(started.session, school.wrongCode(totp)).refusal == .wrong)
        }
        school.pass(.seconds(30))
        #expect(try school.elevate(started.session, school.wrongCode(totp)).refusal == .wrong)
        #expect(try school.trySignIn("ada@school.example").signedIn != nil)
        let refusal = try school.elevate(started.session, school.code6(totp)).refusal
        #expect(refusal == .throttled(retryAfter: .seconds(60)))
    }

    @Test func `a source waits with its codes, whosever they are, and no other source does`() throws
    {
        let school = try TestSchool()
        school.rules.throttle.sourceFailuresPer10Minutes = 12
        var people: [(session: Session, totp: TOTP)] = []
        for name in ["ada", "eve", "joan", "ruth"] {
            try school.person("\(name)@school.example")
            let session = try school.signIn("\(name)@school.example").session
            people.append((session, try school.enrol(session).totp))
        }
        for person in people.prefix(3) {
            for _ in 0..<4 {
                let wrong = try school.wrongCode(person.totp)
                #expect(try school.elevate(person.session, wrong).refusal == .wrong)
            }
        }
        // Her own codes have never been wrong.
        let (session, totp) = people[3]
        let refusal = try school.elevate(session, school.code6(totp)).refusal
        #expect(refusal == .throttled(retryAfter: .seconds(600)))
        // Passwords from there are counted by themselves, and codes from elsewhere.
        #expect(try school.trySignIn("ruth@school.example").signedIn != nil)
        let elsewhere = try school.store.authenticators.elevate(
            session,
            code: school.code6(totp),
            source: "192.0.2.8",
            at: school.occasion
        )
        #expect(elsewhere.started != nil)
    }
}
