import Crypto
import Foundation
import SQLite
import Service

/// Signing in beside bare scrypt, and what it does to everybody else.
struct SignInBenchmark {
    private static let runs = 3
    private static let hashes = 40
    private static let crowd = 200

    private let school: BenchmarkSchool

    /// Prints how fast people sign in, what 200 at once do to memory and to session checks, and
    /// whether 140 within a minute all get in.
    static func run() throws {
        let school = try BenchmarkSchool(
            size: DemoFounding.Size(incidents: 100),
            rules: #"{"throttle": {"schoolNetworks": ["127.0.0.0/8"]}}"#
        )
        defer { school.remove() }
        defer { school.stop() }
        let benchmark = SignInBenchmark(school: school)
        try benchmark.rate()
        try benchmark.oneMinute()
        try benchmark.atOnce()
    }

    // MARK: - Rate

    private func rate() throws {
        var ratios: [Double] = []
        for _ in 0..<SignInBenchmark.runs {
            let bare = try SignInBenchmark.bareSeconds()
            ratios.append(bare / (try signInSeconds()))
        }
        print("sign-in: sign-ins / bare scrypt calls = \(Figures(ratios).text), at least 0.9")
    }

    /// The same hashes on a thread of the pool's priority, and nothing else.
    private static func bareSeconds() throws -> Double {
        let done = Promise<Result<Double, any Error>>()
        startThread(niceness: 10) {
            done.fulfil(
                Result {
                    let password = Secret(Array("Quartz-Heron7-Lamp!".utf8))
                    let begin = ContinuousClock.now
                    for _ in 0..<hashes {
                        _ = try Scrypt.derive(
                            password: password,
                            salt: Array("sixteen bytes ok".utf8),
                            n: 1 << 14,
                            r: 8,
                            p: 5,
                            length: 32
                        )
                    }
                    return (ContinuousClock.now - begin) / .seconds(1)
                }
            )
        }
        return try done.wait().get()
    }

    /// As many people, eight at a time.
    private func signInSeconds() throws -> Double {
        let (address, people) = (school.address, school.people)
        let begin = ContinuousClock.now
        let all = try Crowd.run(8) { line in
            let client = try PlainClient(address)
            return try (0..<(SignInBenchmark.hashes / 8)).map { turn in
                let person = people[(line * 5 + turn) % people.count]
                return try client.signIn(person.email, person.password).status
            }
        }
        guard all.joined().allSatisfy({ $0 == 201 }) else {
            throw BenchmarkFailure(description: "not all were let in: \(all)")
        }
        return (ContinuousClock.now - begin) / .seconds(1)
    }

    // MARK: - A school in the morning

    /// A person at one of their devices.
    private struct Seat: Sendable {
        let email, password, cookie: String
    }

    /// Some devices, each of which somebody has signed in on; nobody has more than the five attempts
    /// that are free.
    private func seats(_ devices: Int) throws -> [Seat] {
        let (address, people) = (school.address, school.people)
        return try (0..<devices).map { number in
            let person = people[number % people.count]
            let answer = try PlainClient(address).signIn(person.email, person.password)
            guard let cookie = answer.deviceCookie else {
                throw BenchmarkFailure(description: "no device cookie: \(answer)")
            }
            return Seat(email: person.email, password: person.password, cookie: cookie)
        }
    }

    private func oneMinute() throws {
        let address = school.address
        let seats = try seats(28)
        let start = ContinuousClock.now
        let answers = try Crowd.run(140) { number in
            Thread.sleep(until: Date(timeIntervalSinceNow: Double(number) * 60 / 140))
            let seat = seats[number % seats.count]
            let client = try PlainClient(address)
            return try client.signIn(seat.email, seat.password, cookie: seat.cookie).status
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(
            "  140 within a minute: \(answers.count { $0 == 201 }) let in,"
                + " the last after \(Figures.rounded(seconds)) s"
        )
    }

    // MARK: - Two hundred at once

    private func atOnce() throws {
        let (address, people, process) = (school.address, school.people, school.process)
        let seats = try seats(SignInBenchmark.crowd / 4)
        let clients = try (0..<SignInBenchmark.crowd).map { _ in
            let client = try PlainClient(address)
            guard try client.send("GET", "/healthz").status == 200 else {
                throw BenchmarkFailure(description: "not healthy")
            }
            return SendableClient(client)
        }
        let token = try PlainClient(address).signIn(people[0].email, people[0].password)
            .text("token")
        let checks = SessionChecks(address, token: token)
        var answers: [PlainClient.Answer] = []
        let grown = try SignInBenchmark.growth(of: process) {
            checks.start()
            answers = try Crowd.run(SignInBenchmark.crowd) { number in
                let seat = seats[number % seats.count]
                return try clients[number].client.signIn(
                    seat.email,
                    seat.password,
                    cookie: seat.cookie
                )
            }
        }
        let latencies = try checks.stop()
        let turnedAway = answers.filter { $0.status == 503 }
        let told = turnedAway.allSatisfy { ($0.header("retry-after").flatMap { Int($0) } ?? 0) > 0 }
        print("  \(SignInBenchmark.crowd) at once: \(answers.count { $0.status == 201 }) let in,")
        print("  \(turnedAway.count) told 503, each with Retry-After: \(told);")
        print("  memory grows by \(Figures.rounded(grown)) MB, the pool's own is 16;")
        print(
            "  \(latencies.count) session checks meanwhile, p95"
                + " \(Figures.rounded(latencies[latencies.count * 95 / 100])) ms (50)"
        )
    }

    /// By how many megabytes the most that a process held exceeds what it held before.
    private static func growth(of process: Int32, _ body: () throws -> Void) throws -> Double {
        // proc(5), clear_refs: 5 sets the peak to the present.
        try "5".write(toFile: "/proc/\(process)/clear_refs", atomically: false, encoding: .utf8)
        let before = try Peer.residentMegabytes(process)
        try body()
        return try Peer.residentMegabytes(process, "VmHWM:") - before
    }

    /// Used by one thread at a time.
    private struct SendableClient: @unchecked Sendable {
        let client: PlainClient
        init(_ client: PlainClient) { self.client = client }
    }
}

/// Asks for the session again and again, on a thread of its own.
private final class SessionChecks: Sendable {
    private let address: String
    private let token: String
    private let isStopped = Locked(false)
    private let result = Promise<Result<[Double], any Error>>()

    init(_ address: String, token: String) {
        self.address = address
        self.token = token
    }

    func start() {
        startThread { self.result.fulfil(Result { try self.ask() }) }
    }

    /// The milliseconds of each, in order of size.
    func stop() throws -> [Double] {
        isStopped.withLock { $0 = true }
        return try result.wait().get().sorted()
    }

    private func ask() throws -> [Double] {
        var client = try PlainClient(address)
        var latencies: [Double] = []
        while !isStopped.withLock({ $0 }) {
            // A connection answers 1,000 requests.
            if latencies.count % 900 == 899 { client = try PlainClient(address) }
            let begin = ContinuousClock.now
            let answer = try client.send(
                "GET",
                "/v1/session",
                headers: ["Authorization: Bearer \(token)"]
            )
            latencies.append((ContinuousClock.now - begin) / .milliseconds(1))
            guard answer.status == 200 else {
                throw BenchmarkFailure(description: "the session is gone: \(answer)")
            }
            Thread.sleep(forTimeInterval: 0.005)
        }
        return latencies
    }
}
