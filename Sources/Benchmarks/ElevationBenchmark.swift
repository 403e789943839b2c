import Authentication
import Foundation
import Glibc
import SQLite
import Service

/// Elevations with fresh codes over many accounts, each durable before it is answered, and codes
/// that two sessions send at the same moment.
enum ElevationBenchmark {
    private static let connections = 32
    private static let rateLeaders = 8_000
    private static let raceLeaders = 5_000
    /// The present step of a code and the one ahead, which the skew lets in.
    private static let rounds: Int64 = 2

    /// Prints the rate beside bare commits of the same rows, and what came of the races.
    static func run() throws {
        let folder = try TemporaryFolder.make("elevate")
        defer { TemporaryFolder.remove(folder) }
        let (paths, settings) = (BenchmarkSchool.paths(folder), try BenchmarkSchool.settings())
        try FileManager.default.copyItem(atPath: "policies", toPath: paths.policies)
        _ = try SchoolFounding.found(
            name: "Oakfield Primary School",
            administrator: "setup@whitetrees.example",
            paths: paths,
            settings: settings
        )
        let leaders = try DemoLeaders.add(rateLeaders + raceLeaders, sessions: 2, to: paths)
        let before = "\(folder)/before.sqlite"
        let database = "\(paths.data)/keyholder.sqlite"
        try Peer.output(["sqlite3", database, "VACUUM INTO '\(before)'"])
        let server = try Child(["school-server", folder])
        let port = try port(of: server.firstLine)
        let worked = try Peer.cpuSeconds(server.process)
        let begin = ContinuousClock.now
        let waits = try elevate(Array(leaders.prefix(rateLeaders)), port: port)
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        let cost = try (Peer.cpuSeconds(server.process) - worked) / Double(waits.count) * 1e6
        let after = "\(folder)/after.sqlite"
        try Peer.output(["sqlite3", database, "VACUUM INTO '\(after)'"])
        let races = try race(Array(leaders.suffix(raceLeaders)), port: port)
        server.stop()

        let rate = Double(waits.count) / seconds
        let bare = try BareCommits(before: before, after: after, pieces: waits.count)
            .piecesPerSecond(groupsOf: connections)
        let p99 = waits.sorted()[waits.count * 99 / 100]
        print("elevate: elevations / bare group commits of the same rows =", rounded(rate / bare))
        print("  \(rounded(rate)) a second (2000), p99 \(rounded(p99)) ms,")
        print("  \(rounded(cost)) us of CPU each")
        print("  \(races.count) raced duplicates: \(races.count { $0 > 1 }) accepted twice (0),")
        print("  \(races.count { $0 == 0 }) not at all (0)")
    }

    // MARK: - One after the other

    /// Elevates each leader once a round; the answer is the milliseconds that each took.
    private static func elevate(_ leaders: [DemoLeaders.Leader], port: UInt16) throws -> [Double] {
        try inParallel { number in
            let connection = try KeptConnection(port: port)
            let own = stride(from: number, to: leaders.count, by: connections).map { leaders[$0] }
            var tokens = own.map { $0.tokens[0] }
            var used = own.map { _ in Int64(0) }
            var waits: [Double] = []
            for _ in 0..<rounds {
                for (index, leader) in own.enumerated() {
                    used[index] = max(TOTP.step(at: .systemNow()), used[index] + 1)
                    let begin = ContinuousClock.now
                    let answer = try connection.elevate(
                        tokens[index],
                        leader.totp.code(step: used[index])
                    )
                    waits.append((ContinuousClock.now - begin) / .milliseconds(1))
                    guard let token = answer else {
                        throw BenchmarkFailure(description: "a fresh code was refused")
                    }
                    tokens[index] = token
                }
            }
            return waits
        }
        .flatMap { $0 }
    }

    // MARK: - At the same moment

    /// Sends each code by two sessions at once; the answer is how often each was accepted.
    private static func race(_ leaders: [DemoLeaders.Leader], port: UInt16) throws -> [Int] {
        let pairs = (0..<(connections / 2)).map { _ in Barrier(2) }
        let accepted = try inParallel { number -> [Bool] in
            let (pair, side) = (number / 2, number % 2)
            let connection = try KeptConnection(port: port)
            let own = stride(from: pair, to: leaders.count, by: pairs.count).map { leaders[$0] }
            var tokens = own.map { $0.tokens[side] }
            var accepted: [Bool] = []
            var used: Int64 = 0
            for round in 0..<rounds {
                for (index, leader) in own.enumerated() {
                    // Both sides take the step of the one who leads.
                    if side == 0 { pairs[pair].step = TOTP.step(at: .systemNow()) + round }
                    pairs[pair].wait()
                    used = pairs[pair].step
                    pairs[pair].wait()
                    let token = try connection.elevate(
                        tokens[index],
                        leader.totp.code(step: used)
                    )
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

    // MARK: - The machine

    /// Runs something on as many threads as there are connections and waits for all.
    private static func inParallel<R: Sendable>(
        _ body: @escaping @Sendable (Int) throws -> R
    ) throws -> [R] {
        let promises = (0..<connections).map { number in
            let promise = Promise<Result<R, any Error>>()
            startThread { promise.fulfil(Result { try body(number) }) }
            return promise
        }
        return try promises.map { try $0.wait().get() }
    }

    private static func port(of address: String) throws -> UInt16 {
        guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw BenchmarkFailure(description: "no port in `\(address)`")
        }
        return port
    }

    private static func rounded(_ number: Double) -> Double { Figures.rounded(number) }
}

extension KeptConnection {
    /// Elevates a session; the answer is its new token, or `nil` for a code that was refused.
    fileprivate func elevate(_ token: String, _ code: String) throws -> String? {
        let answer = try post("/v1/session/elevation", #"{"code":"\#(code)"}"#, token: token)
        if answer.status == 401 { return nil }
        guard answer.status == 200,
            let token = answer.text.firstMatch(of: /"token":"([^"]+)"/)
        else { throw BenchmarkFailure(description: "\(answer)") }
        return String(token.1)
    }
}

/// Where threads wait for each other.
private final class Barrier: @unchecked Sendable {
    // Sendable: `step` is written by one thread before a wait and read by others after it.
    private let barrier: UnsafeMutablePointer<pthread_barrier_t> = .allocate(capacity: 1)
    var step: Int64 = 0

    init(_ count: UInt32) { pthread_barrier_init(barrier, nil, count) }

    deinit {
        pthread_barrier_destroy(barrier)
        barrier.deallocate()
    }

    func wait() { pthread_barrier_wait(barrier) }
}
