import Foundation
import Service
import SQLite

/// The two calls a school lives by, on a school with a long history.
///
/// A read is beside the plain answer of the same server, a write beside a bare loop that commits the
/// same rows; each three times.
enum StoreBenchmark {
    private static let runs = 3

    /// `GET /v1/incidents/{id}` of an elevated session, any incident, each look on record.
    static func read(_ size: DemoFounding.Size) throws {
        let school = try BenchmarkSchool(size: size)
        defer { school.remove() }
        defer { school.stop() }
        let token = try school.token(of: "Designated Safeguarding Lead")
        let script = "\(school.folder)/read.lua"
        try readScript(school, token: token).write(
            toFile: script,
            atomically: true,
            encoding: .utf8
        )
        var ratios: [Double] = []
        var rates: [Double] = []
        var slowest: [Double] = []
        for _ in 0..<runs {
            let plain = try Wrk(school.address + "/healthz", seconds: 3)
            let looks = try Wrk(school.address + "/", seconds: 5, script: script)
            ratios.append(looks.requestsPerSecond / plain.requestsPerSecond)
            rates.append(looks.requestsPerSecond)
            slowest.append(looks.p99 * 1_000)
        }
        print("read: looks / plain answers = \(Figures(ratios).text), at least 0.15;")
        print("  \(Figures(rates).text) a second (15000), p99 \(Figures(slowest).text) ms (15)")
    }

    /// `POST /v1/incidents`, durable.
    static func write(_ size: DemoFounding.Size) throws {
        let school = try BenchmarkSchool(size: size)
        defer { school.remove() }
        let token = try school.token(of: "Class Teacher")
        let script = "\(school.folder)/write.lua"
        try writeScript(school, token: token).write(
            toFile: script,
            atomically: true,
            encoding: .utf8
        )
        let before = "\(school.folder)/before.sqlite"
        try Peer.output(["sqlite3", school.database, "VACUUM INTO '\(before)'"])
        let rates = try (0..<runs).map { _ in
            try Wrk(school.address + "/", seconds: 4, script: script).requestsPerSecond
        }
        school.stop()
        let bare = try BareCommits(incidentsBetween: before, and: school.database)
        let ratios = try rates.map { $0 / (try bare.piecesPerSecond(groupsOf: 64)) }
        print("write: incidents / bare group commits of the same rows =", Figures(ratios).text)
        print("  \(Figures(rates).text) a second")
    }

    /// From the start of the process to its first answer, and what it keeps in memory then.
    static func start(_ size: DemoFounding.Size) throws {
        let school = try BenchmarkSchool(size: size)
        defer { school.remove() }
        school.stop()
        var own: [Double] = []
        var resident: [Double] = []
        var ratios: [Double] = []
        for _ in 0..<runs {
            let begin = ContinuousClock.now
            let child = try Child(["school-server", school.folder])
            try Peer.output(["curl", "-sS", "-f", "-o", "/dev/null", child.firstLine + "/readyz"])
            own.append((ContinuousClock.now - begin) / .milliseconds(1))
            resident.append(try Peer.residentMegabytes(child.process))
            child.stop()
            let peer = ContinuousClock.now
            try Peer.output(["openssl", "s_client", "-help"])
            try Peer.output(["curl", "-sS", "--version"])
            ratios.append(own[own.count - 1] / ((ContinuousClock.now - peer) / .milliseconds(1)))
        }
        print("start: to the first answer / starting openssl and curl = \(Figures(ratios).text);")
        print("  \(Figures(own).text) ms (100), resident \(Figures(resident).text) MB (40)")
    }

    // MARK: - What wrk asks

    /// Looks at 2,000 incidents in turn, spread over the whole history.
    private static func readScript(_ school: BenchmarkSchool, token: String) throws -> String {
        let numbers = try numbers(of: school, token: token, count: 2_000)
        return """
            local ids = {\(numbers.map { "\"\($0)\"" }.joined(separator: ","))}
            local headers = {["Authorization"] = "Bearer \(token)"}
            local at = 0
            request = function()
                at = at % #ids + 1
                return wrk.format("GET", "/v1/incidents/" .. ids[at], headers)
            end
            """
    }

    private static func numbers(
        of school: BenchmarkSchool,
        token: String,
        count: Int
    ) throws -> [String] {
        var numbers: [String] = []
        var path = "/v1/incidents?limit=200"
        while numbers.count < count {
            let page = try school.ask(path, token: token)
            let items = page["items"] as? [[String: Any]] ?? []
            numbers += try items.map { try school.text("id", of: $0) }
            guard let next = page["next"] as? String else { break }
            path = "/v1/incidents?limit=200&cursor=\(next)"
        }
        return numbers
    }

    private static func writeScript(_ school: BenchmarkSchool, token: String) throws -> String {
        let pupils = try school.ask("/v1/pupils/search", body: #"{"query":"ha"}"#, token: token)
        let categories = try school.ask("/v1/categories", token: token)
        func first(_ answer: [String: Any]) throws -> String {
            guard let item = (answer["items"] as? [[String: Any]])?.first else {
                throw BenchmarkFailure(description: "an empty list")
            }
            return try school.text("id", of: item)
        }
        let narrative = String(repeating: "What was seen and heard, in plain words. ", count: 12)
        let moment = Date(timeIntervalSinceNow: -3_600).formatted(.iso8601)
        return """
            wrk.method = "POST"
            wrk.path = "/v1/incidents"
            wrk.headers["Authorization"] = "Bearer \(token)"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = [[{"pupil": "\(try first(pupils))", "occurredAt": "\(moment)",
                "narrative": "\(narrative)", "categories": ["\(try first(categories))"]}]]
            """
    }
}
