import Authentication
import Foundation
import SQLite
import Service

/// Elevations with fresh codes over many accounts, each durable before it is answered, and codes
/// that two sessions send at the same moment.
enum ElevationBenchmark {
    private static let connections = 32
    /// The present step of a code and the one ahead, which the skew lets in.
    private static let rounds: Int64 = 2

    /// Prints the rate beside bare commits of the same rows, and what came of two races for each of
    /// the leaders.
    static func run(leaders count: Int) throws {
        var leaders: [DemoLeaders.Leader] = []
        let school = try BenchmarkSchool { paths, settings in
            _ = try SchoolFounding.found(
                name: "Oakfield Primary School",
                administrator: "setup@whitetrees.example",
                paths: paths,
                settings: settings
            )
            leaders = try DemoLeaders.add(2 * count, sessions: 2, to: paths)
            return []
        }
        defer { school.remove() }
        let before = "\(school.folder)/before.sqlite"
        let after = "\(school.folder)/after.sqlite"
        try Peer.output(["sqlite3", school.database, "VACUUM INTO '\(before)'"])
        let worked = try Peer.cpuSeconds(school.process)
        let begin = ContinuousClock.now
        let waits = try elevate(Array(leaders.prefix(count)), at: school.address)
        let rate = Double(waits.count) / ((ContinuousClock.now - begin) / .seconds(1))
        let cost = try (Peer.cpuSeconds(school.process) - worked) / Double(waits.count)
        try Peer.output(["sqlite3", school.database, "VACUUM INTO '\(after)'"])
        let races = try race(Array(leaders.suffix(count)), at: school.address)
        school.stop()

        let bare = try BareCommits(before: before, after: after, pieces: waits.count)
            .piecesPerSecond(groupsOf: connections)
        let p99 = waits.sorted()[waits.count * 99 / 100]
        print("elevate: elevations / bare group commits of the same rows =", rounded(rate / bare))
        print("  \(rounded(rate)) a second (2000), p99 \(rounded(p99)) ms,")
        print("  \(rounded(cost * 1e6)) us of CPU each;")
        print("  of \(races.count) raced duplicates \(races.count { $0 > 1 }) accepted twice (0)")
        print("  and \(races.count { $0 == 0 }) not at all (0)")
    }

    /// Elevates each leader once a round; the answer is the milliseconds that each took.
    private static func elevate(
        _ leaders: [DemoLeaders.Leader],
        at address: String
    ) throws -> [Double] {
        try Crowd.run(connections) { number in
            let client = try PlainClient(address)
            let own = stride(from: number, to: leaders.count, by: connections).map { leaders[$0] }
            var tokens = own.map { $0.tokens[0] }
            var used = own.map { _ in Int64(0) }
            var waits: [Double] = []
            for _ in 0..<rounds {
                for (index, leader) in own.enumerated() {
                    used[index] = max(TOTP.step(at: .systemNow()), used[index] + 1)
                    let code = leader.totp.code(step: used[index])
                    let begin = ContinuousClock.now
                    guard let token = try client.elevate(tokens[index], code) else {
                        throw BenchmarkFailure(description: "a fresh code was refused")
                    }
                    waits.append((ContinuousClock.now - begin) / .milliseconds(1))
                    tokens[index] = token
                }
            }
            return waits
        }
        .flatMap { $0 }
    }

    /// Sends each code by two sessions at once; the answer is how often each was accepted.
    private static func race(
        _ leaders: [DemoLeaders.Leader],
        at address: String
    ) throws -> [Int] {
        let pairs = (0..<(connections / 2)).map { _ in Start() }
        let accepted = try Crowd.run(connections) { number -> [Bool] in
            let (pair, side) = (number / 2, number % 2)
            let client = try PlainClient(address)
            let own = stride(from: pair, to: leaders.count, by: pairs.count).map { leaders[$0] }
            var tokens = own.map { $0.tokens[side] }
            var accepted: [Bool] = []
            for round in 0..<rounds {
                for (index, leader) in own.enumerated() {
                    let step = pairs[pair].together(TOTP.step(at: .systemNow()) + round)
                    let code = leader.totp.code(step: step)
                    let token = try client.elevate(tokens[index], code)
                    accepted.append(token != nil)
                    if let token { tokens[index] = token }
                }
            }
            return accepted
        }
        return (0..<pairs.count).flatMap { pair -> [Int] in
            zip(accepted[2 * pair], accepted[2 * pair + 1]).map { first, second in
                [first, second].count { $0 }
            }
        }
    }

    private static func rounded(_ number: Double) -> Double { Figures.rounded(number) }
}

extension PlainClient {
    /// Elevates a session; the answer is its new token, or `nil` for a code that was refused.
    fileprivate func elevate(_ token: String, _ code: String) throws -> String? {
        let answer = try send(
            "POST",
            "/v1/session/elevation",
            body: #"{"code":"\#(code)"}"#,
            headers: ["Authorization: Bearer \(token)"]
        )
        switch answer.status {
        case 200: return try answer.text("token")
        case 401: return nil
        default: throw BenchmarkFailure(description: "\(answer)")
        }
    }
}

/// Lets two threads begin at the same moment, with the same time step.
private final class Start: @unchecked Sendable {
    // Sendable: the barrier is made for several threads, and the step is locked.
    private let barrier: UnsafeMutablePointer<pthread_barrier_t> = .allocate(capacity: 1)
    private let step = Locked<Int64>(0)

    init() { pthread_barrier_init(barrier, nil, 2) }

    deinit {
        pthread_barrier_destroy(barrier)
        barrier.deallocate()
    }

    /// Waits for the other; both get the later step of the two.
    func together(_ own: Int64) -> Int64 {
        step.withLock { $0 = max($0, own) }
        pthread_barrier_wait(barrier)
        let step = step.withLock { $0 }
        // Nobody writes the next one before both have read this.
        pthread_barrier_wait(barrier)
        return step
    }
}
