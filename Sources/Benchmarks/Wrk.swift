import Foundation

/// One run of wrk: 64 kept connections on one thread.
struct Wrk {
    let requestsPerSecond: Double
    let requests: Double
    /// Seconds below which 99 of 100 answers came.
    let p99: Double

    /// Asks the address for some seconds, by a Lua script where the requests differ.
    init(_ url: String, seconds: Int, script: String? = nil) throws {
        let report = try Peer.output(
            ["wrk", "-t", "1", "-c", "64", "-d", "\(seconds)", "--latency"]
                + (script.map { ["-s", $0] } ?? []) + [url]
        )
        let lines = report.split(separator: "\n").map { $0.split(separator: " ") }
        func number(_ name: Substring) -> Substring? { lines.first { $0.first == name }?.last }
        let count = lines.first { $0.count > 2 && $0[1] == "requests" && $0[2] == "in" }
        guard let rate = number("Requests/sec:").flatMap({ Double($0) }),
            let requests = count.flatMap({ Double($0[0]) }), requests > 0,
            let p99 = number("99%").flatMap(Wrk.seconds),
            !report.contains("Non-2xx"), !report.contains("Socket errors")
        else { throw BenchmarkFailure(description: "wrk: \(report)") }
        requestsPerSecond = rate
        self.requests = requests
        self.p99 = p99
    }

    /// `4.21ms` as seconds.
    private static func seconds(_ text: Substring) -> Double? {
        for (unit, scale) in [("us", 1e-6), ("ms", 1e-3), ("s", 1.0)] where text.hasSuffix(unit) {
            return Double(text.dropLast(unit.count)).map { $0 * scale }
        }
        return nil
    }
}

/// The middle of some figures, and how far they lie apart.
struct Figures {
    let sorted: [Double]

    init(_ figures: [Double]) { sorted = figures.sorted() }

    var median: Double { sorted[sorted.count / 2] }

    /// `0.19 (0.17 to 0.21)`.
    var text: String {
        "\(Figures.rounded(median)) (\(Figures.rounded(sorted[0])) to"
            + " \(Figures.rounded(sorted[sorted.count - 1])))"
    }

    static func rounded(_ number: Double) -> Double {
        number < 100 ? (number * 100).rounded() / 100 : number.rounded()
    }
}
