import Authentication
import Crypto
import Foundation
import SQLite
import Testing

/// What went wrong in well-known products, each by name.
@Suite struct LessonTests {
    @Test func `one code is accepted once when two requests race`() throws {
        let (school, session, totp) = try TestSchool.enrolled()
        let other = try school.signIn("ada@school.example").session
        let code = try school.code6(totp)
        let (store, rules, now) = (school.store, school.rules, school.now)
        let outcomes = try race(school, 2) { turn, connection in
            try store.authenticators.elevate(
                turn == 0 ? session : other,
                code: code,
                source: "192.0.2.7",
                at: Occasion(rules: rules, now: now, db: connection)
            )
        }
        #expect(outcomes.filter { $0.started != nil }.count == 1)
        #expect(outcomes.compactMap(\.refusal) == [.alreadyUsed])
    }

    @Test func `a used code is dead later, in another session and after a restart`() throws {
        let (school, session, totp) = try TestSchool.enrolled()
        let code = try school.code6(totp)
        #expect(try school.elevate(session, code).started != nil)
        let other = try school.signIn("ada@school.example")
        #expect(try school.elevate(other.session, code).refusal == .alreadyUsed)
        try school.restart()
        #expect(try school.elevate(school.live(other.token), code).refusal == .alreadyUsed)
        school.pass(.seconds(30))
        #expect(try school.elevate(school.live(other.token), code).refusal == .alreadyUsed)
    }

    @Test func `an older step than the used one is dead too`() throws {
        let (school, session, totp) = try TestSchool.enrolled()
        let ahead = try #require(
            try school.elevate(session, school.code6(totp, steps: 1)).started
        )
        #expect(
            try school.elevate(ahead.session, school.code6(totp)).refusal == .alreadyUsed
        )
    }

    @Test func `one's own used code is not counted as a failure`() throws {
        let (school, session, totp) = try TestSchool.enrolled()
        let code = try school.code6(totp)
        let started = try #require(try school.elevate(session, code).started)
        for _ in 0..<20 {
            #expect(try school.elevate(started.session, code).refusal == .alreadyUsed)
        }
        school.pass(.seconds(60))
        #expect(try school.elevate(started.session, school.code6(totp)).started != nil)
    }

    @Test func `parallel guesses do not pass the limit before it is written`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let (store, rules, now) = (school.store, school.rules, school.now)
        let client = school.client
        let challenges = try race(school, 500) { _, connection in
            try store.checks.begin(
                email: "ada@school.example",
                client: client,
                at: Occasion(rules: rules, now: now, db: connection)
            )
        }
        #expect(challenges.filter { if case .attempt = $0 { true } else { false } }.count == 5)
    }

    @Test func `parallel guesses of codes are five evaluated at the most`() throws {
        let (school, session, totp) = try TestSchool.enrolled()
        let wrong = try school.wrongCode(totp)
        let (store, rules, now) = (school.store, school.rules, school.now)
        let outcomes = try race(school, 500) { _, connection in
            try store.authenticators.elevate(
                session,
                code: wrong,
                source: "192.0.2.7",
                at: Occasion(rules: rules, now: now, db: connection)
            )
        }
        #expect(outcomes.filter { $0.refusal == .wrong }.count == 5)
    }

    @Test func `the failure count is not rolled back with what the attempt failed in`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        struct Failed: Error {}
        for _ in 0..<5 {
            let attempt = try school.attempt(at: "ada@school.example")
            let proof = try school.store.hasher.check(Password("no"), attempt)
            #expect(throws: Failed.self) {
                try school.connection.savepoint {
                    _ = try school.store.sessions.signIn(
                        proof,
                        client: school.client,
                        replacing: nil,
                        at: school.occasion
                    )
                    throw Failed()
                }
            }
        }
        #expect(try school.trySignIn("ada@school.example").wait == .seconds(30))
    }

    @Test func `accounts are not told apart by what an answer costs`() throws {
        let school = try TestSchool()
        // One whose hash is older and cheaper than those of today, and a suspended one.
        try school.person("old@school.example")
        let gone = try school.person("gone@school.example")
        school.store = try .init(keyRing: school.ring, sealing: school.sealing)
        try school.person("ada@school.example")
        _ = try school.store.accounts.change(
            gone.id,
            AccountChange(state: .suspended),
            keeping: [],
            now: school.now,
            on: school.connection
        )
        for email in ["ada", "nobody", "old", "gone"] {
            let attempt = try school.attempt(at: "\(email)@school.example")
            let proof = try school.store.hasher.check(Password("Wrong-Heron7-Lamp!"), attempt)
            // What is wanted of every hash, to a hundredth: N = 2^14, r = 8, p = 5.
            let ratio = Double(proof.work) / Double((1 << 14) * 8 * 5)
            #expect((0.99...1.01).contains(ratio), "\(email): \(ratio)")
        }
    }

    @Test(arguments: ["ln=20,r=8,p=5", "ln=14,r=8,p=500", "ln=9,r=8,p=1", "ln=014,r=8,p=5"])
    func `a cost that somebody wrote into the file is not obeyed`(cost: String) throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        try school.connection.run(
            "UPDATE account SET password = replace(password, 'ln=10,r=1,p=1', ?1)",
            .text(cost)
        )
        #expect(throws: AuthenticationError.corrupt("account.password")) {
            try school.trySignIn("ada@school.example")
        }
    }

    @Test func `the failure count survives a restart`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        for _ in 0..<5 { #expect(try school.trySignIn("ada@school.example", "no").isRefused) }
        try school.restart()
        #expect(try school.trySignIn("ada@school.example").wait == .seconds(30))
        school.pass(.seconds(30))
        #expect(try school.trySignIn("ada@school.example").signedIn != nil)
    }

    @Test(arguments: ["ada@school.example", "nobody@school.example", "no address"])
    func `waits grow to an hour, for known and unknown alike`(address: String) throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        for _ in 0..<4 { #expect(try school.trySignIn(address, "no").isRefused) }
        for wait in [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
            #expect(try school.trySignIn(address, "no").isRefused)
            #expect(try school.trySignIn(address, "no").wait == .seconds(wait))
            school.pass(.seconds(wait))
        }
    }

    @Test func `two spellings of one login have one counter`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        for spelling in ["ADA@school.example", "ada@SCHOOL.example", "Ada@School.Example"] {
            #expect(try school.trySignIn(spelling, "no").isRefused)
        }
        for _ in 0..<2 { #expect(try school.trySignIn("ada@school.example", "no").isRefused) }
        #expect(try school.trySignIn("aDa@school.example").wait == .seconds(30))
    }

    @Test func `a stranger's failures do not lock a person out of their own device`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let cookie = try school.signIn("ada@school.example").deviceCookie
        let stranger = Client(address: "203.0.113.9", userAgent: "x")
        for _ in 0..<10_000 {
            _ = try school.trySignIn("ada@school.example", "no", client: stranger)
        }
        let own = Client(address: "203.0.113.9", userAgent: "y", deviceCookie: cookie)
        #expect(try school.trySignIn("ada@school.example", client: own).signedIn != nil)
        let forged = Client(
            address: "203.0.113.9",
            userAgent: "y",
            deviceCookie: (cookie.hasPrefix("A") ? "B" : "A") + cookie.dropFirst()
        )
        #expect(try school.trySignIn("ada@school.example", client: forged).wait != nil)
    }

    @Test func `a lock-out of strangers stops no school that signs in from one address`() throws {
        let school = try TestSchool()
        let names = (0..<140).map { "person\($0)@school.example" }
        var cookies: [String] = []
        for name in names {
            try school.person(name)
            cookies.append(try school.signIn(name).deviceCookie)
        }
        for turn in 0..<1_000 {
            _ = try school.trySignIn("stranger\(turn)@school.example", "no")
        }
        #expect(try school.trySignIn("stranger@school.example", "no").wait != nil)
        for (name, cookie) in zip(names, cookies) {
            let own = Client(address: "192.0.2.7", userAgent: "x", deviceCookie: cookie)
            #expect(try school.trySignIn(name, client: own).signedIn != nil)
        }
    }

    @Test func `an attempt that found no room ends no row of failures`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        for _ in 0..<4 { #expect(try school.trySignIn("ada@school.example", "no").isRefused) }
        for _ in 0..<100 {
            let challenge = try school.store.checks.begin(
                email: "ada@school.example",
                client: school.client,
                at: school.occasion
            )
            guard case .attempt(let attempt) = challenge else { throw Refused.throttled }
            try school.store.checks.withdraw(attempt, on: school.connection)
        }
        #expect(try school.trySignIn("ada@school.example", "no").isRefused)
        #expect(try school.trySignIn("ada@school.example").wait == .seconds(30))
    }

    @Test(arguments: ["ada@school.example", "nobody@school.example"])
    func `no address is told from another by what the file grows by`(address: String) throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        let tables = ["throttle", "session", "known_device", "mailed_token", "account"]
        func rows() throws -> [Int64] {
            try tables.map { table in
                var rows: Int64 = 0
                try school.connection.each(composed: "SELECT count(*) FROM \(table)", []) { row in
                    rows = row.int(0)
                    return false
                }
                return rows
            }
        }
        let before = try rows()
        for _ in 0..<8 { _ = try school.trySignIn(address, "no") }
        let grown = zip(try rows(), before).map { $0 - $1 }
        // One count of the address and one of the source, whoever is meant.
        #expect(grown == [2, 0, 0, 0, 0])
    }

    @Test func `another person's recovery code is not accepted, one's own once`() throws {
        let school = try TestSchool()
        try school.person("ada@school.example")
        try school.person("eve@school.example")
        let ada = try school.signIn("ada@school.example").session
        let eve = try school.signIn("eve@school.example").session
        let code = try #require(OneTimeCode(try school.enrol(ada).recovery[0]))
        _ = try school.enrol(eve)
        #expect(try school.elevate(eve, code).refusal == .wrong)
        let started = try #require(try school.elevate(ada, code).started)
        #expect(try school.elevate(started.session, code).refusal == .wrong)
    }

    @Test func `a hundred wrong codes disable the authenticator and end elevation`() throws {
        let (school, session, totp) = try TestSchool.enrolled()
        school.rules.sessionIdle = .seconds(600_000)
        school.rules.sessionLongest = .seconds(600_000)
        let long = try school.signIn("ada@school.example").session
        let started = try #require(try school.elevate(session, school.code6(totp)).started)
        for turn in 1...100 {
            let refusal = try school.elevate(long, school.wrongCode(totp)).refusal
            #expect(refusal == (turn == 100 ? .disabled : .wrong))
            if turn < 100 { school.pass(.seconds(3_600)) }
        }
        #expect(try school.elevate(long, school.code6(totp)).refusal == .noAuthenticator)
        #expect(try school.resolve(started.token).session?.isElevated != true)
    }

    /// Hands `count` pieces to the one writer at once and waits for all.
    private func race<R: Sendable>(
        _ school: TestSchool,
        _ count: Int,
        _ body: @escaping @Sendable (Int, Connection) throws -> R
    ) throws -> [R] {
        let writer = try Writer(connection: Connection(path: school.path, access: .writing)) {
            _ in 0
        }
        let results = (0..<count).map { turn in
            let promise = Promise<Result<R, any Error>>()
            writer.submit({ connection, _ in try body(turn, connection) }) { promise.fulfil($0) }
            return promise
        }
        defer { writer.stop() }
        return try results.map { try $0.wait().get() }
    }
}
