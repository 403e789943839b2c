import Foundation
import Service

/// Whether the time of an answer tells an account from none: Welch's t over interleaved pairs.
struct TimingBenchmark {
    /// |t| from which a difference counts as found (a usual bound for leakage tests).
    private static let bound = 4.5
    /// Accounts asked in turn, so that none has to wait.
    private static let accounts = 6

    private let school: BenchmarkSchool
    private let pairs: Int

    /// Prints t for two pairs of answers that must not differ.
    static func run(pairs: Int) throws {
        // Ten failures are free and then a second is: each address is asked again after two.
        let school = try BenchmarkSchool(
            size: DemoFounding.Size(incidents: 100),
            rules: """
                {"throttle": {"schoolNetworks": ["127.0.0.0/8"], "freeFailures": 10,
                              "firstWaitSeconds": 1, "longestWaitSeconds": 1}}
                """
        )
        defer { school.remove() }
        defer { school.stop() }
        let teachers = try teachers(of: school)
        let active = Array(teachers.prefix(accounts))
        let suspended = Array(teachers.dropFirst(accounts))
        let benchmark = TimingBenchmark(school: school, pairs: pairs)
        try benchmark.compare(
            "a wrong password, an unknown address",
            { (active[$0], "Wrong-Heron7-Lamp!") },
            { ("nobody\($0)@whitetrees.example", "Wrong-Heron7-Lamp!") }
        )
        try benchmark.compare(
            "a wrong password, a suspended account",
            { (active[$0], "Wrong-Heron7-Lamp!") },
            { (suspended[$0], "Wrong-Heron7-Lamp!") }
        )
        try benchmark.compareLinks(active)
    }

    /// The addresses of teachers, the second half of them suspended.
    private static func teachers(of school: BenchmarkSchool) throws -> [String] {
        let administrator = try school.token(of: "IT Technician")
        let list = try school.ask("/v1/staff?limit=200", token: administrator)
        let teachers = (list["items"] as? [[String: Any]] ?? [])
            .filter { $0["jobTitle"] as? String == "Class Teacher" }
            .prefix(2 * accounts)
        guard teachers.count == 2 * accounts else {
            throw BenchmarkFailure(description: "too few teachers: \(teachers.count)")
        }
        for teacher in teachers.dropFirst(accounts) {
            let answer = try PlainClient(school.address).send(
                "PATCH",
                "/v1/staff/\(try school.text("id", of: teacher))",
                body: #"{"state":"suspended"}"#,
                headers: ["Authorization: Bearer \(administrator)"]
            )
            guard answer.status == 200 else {
                throw BenchmarkFailure(description: "not suspended: \(answer)")
            }
        }
        return try teachers.map { try school.text("email", of: $0) }
    }

    /// Signs in as one and as the other in turn, each of them first every other time.
    private func compare(
        _ what: String,
        _ left: (Int) -> (email: String, password: String),
        _ right: (Int) -> (email: String, password: String)
    ) throws {
        try measure(what) { client, isLeft, number in
            let number = number % TimingBenchmark.accounts
            let (email, password) = isLeft ? left(number) : right(number)
            let answer = try client.signIn(email, password)
            guard answer.status == 401 else {
                throw BenchmarkFailure(description: "expected 401: \(answer)")
            }
        }
    }

    /// Asks for links to a new password.
    private func compareLinks(_ known: [String]) throws {
        try measure("a link for a known and for an unknown address") { client, isLeft, number in
            let number = number % TimingBenchmark.accounts
            let email = isLeft ? known[number] : "nobody\(number)@whitetrees.example"
            let answer = try client.send(
                "POST",
                "/v1/password-resets",
                body: #"{"email":"\#(email)"}"#
            )
            guard answer.status == 202 else {
                throw BenchmarkFailure(description: "expected 202: \(answer)")
            }
        }
    }

    private func measure(
        _ what: String,
        _ ask: (PlainClient, Bool, Int) throws -> Void
    ) throws {
        var seconds: (left: [Double], right: [Double]) = ([], [])
        var client = try PlainClient(school.address)
        for number in 0..<pairs {
            if number % 400 == 0 { client = try PlainClient(school.address) }
            for isLeft in number % 2 == 0 ? [true, false] : [false, true] {
                let begin = ContinuousClock.now
                try ask(client, isLeft, number)
                let took = (ContinuousClock.now - begin) / .seconds(1)
                if isLeft { seconds.left.append(took) } else { seconds.right.append(took) }
            }
        }
        let t = TimingBenchmark.welch(seconds.left, seconds.right)
        print(
            "timing: \(what): \(pairs) pairs, |t| = \(Figures.rounded(abs(t)))"
                + " (under \(TimingBenchmark.bound))"
        )
    }

    /// Welch's t: the difference of two means in units of its standard error.
    private static func welch(_ left: [Double], _ right: [Double]) -> Double {
        func moments(_ values: [Double]) -> (mean: Double, error: Double) {
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (mean, squares / Double(values.count - 1) / Double(values.count))
        }
        let (a, b) = (moments(left), moments(right))
        return (a.mean - b.mean) / (a.error + b.error).squareRoot()
    }
}
