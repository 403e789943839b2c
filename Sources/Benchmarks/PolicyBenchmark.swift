import Foundation
import Glibc
import PolicyEngine

/// How long a decision takes, beside the walk of the policies' trees and other engines.
enum PolicyBenchmark {
    private static let rounds = 15

    static func run() throws {
        let decisions = try PolicyDecisions()
        let (sample, few) = (decisions.sample, decisions.authorizer)
        let walked = try Entities(sample.entities)
        try compare(few, sample.requests, walked, decisions.prepared)
        print("policy: \(PolicySample.rules.count) policies, \(sample.entities.count) entities,")
        print("  \(sample.requests.count) requests; nanoseconds a decision, median of \(rounds)")
        let fast = try nanoseconds(decisions, .resolved)
        let walk = nanoseconds(sample.requests) { allowed(few.isAuthorizedByWalk($0, walked)) }
        print("  ids resolved, with reasons", fast.text, "(300)")
        print("  the walk of the trees", walk.text, "= \(ratio(walk, fast)) times that")
        let texts = try nanoseconds(decisions, .strings)
        print("  from strings, a context built each time", texts.text, "(1000)")
        let added = try nanoseconds(decisions, .added)
        print("  the person and the thing built and added as well", added.text)
        let questions = try nanoseconds(decisions, .questions)
        print("  and five questions about them", questions.text)
        try many(sample, walked, fast)
        try corpus()
        try load()
        try allocations()
        let answers = try decisions.questions.indices.map { try decisions.decide($0, .resolved) }
        try PolicyPeers.run(sample, ours: fast, allowed: answers)
    }

    /// The child: so many decisions that allow, for counting what each allocates.
    static func decide(_ arguments: [String]) throws {
        let decisions = try PolicyDecisions()
        let places = try decisions.questions.indices.filter { place in
            try decisions.decide(place, .resolved) == 1
        }
        let way = arguments.dropFirst().first.flatMap { PolicyDecisions.Way(rawValue: $0) }
        var count = 0
        for number in 0..<(arguments.first.flatMap { Int($0) } ?? 0) {
            count += try decisions.decide(places[number % places.count], way ?? .resolved)
        }
        print(count)
    }

    // MARK: - Figures

    private static func many(
        _ sample: PolicySample,
        _ entities: Entities,
        _ few: Figures
    ) throws {
        let count = 1_000 - PolicySample.rules.count
        let many = try authorizer(PolicySample.policies(besides: count))
        let prepared = entities.prepared(for: many)
        try compare(many, Array(sample.requests.prefix(100)), entities, prepared)
        let questions = sample.requests.map { Question($0, prepared) }
        let figures = nanoseconds(questions) { allowed(many.isAuthorized($0)) }
        print("  1000 policies of which 25 can match", figures.text, terminator: " ")
        print("= \(ratio(figures, few)) times the time of 25 (2)")
    }

    private static func corpus() throws {
        let path = "../shared/cedar/corpus.ndjson"
        guard let data = FileManager.default.contents(atPath: path) else {
            print("  SKIPPED: \(path) is not there")
            return
        }
        var fast: [Double] = []
        var walk: [Double] = []
        for line in data.split(separator: 0x0A) {
            for (authorizer, question) in try Conformance.questions(Array(line)) {
                fast.append(nanosecondsOfOne { allowed(authorizer.isAuthorized(question)) })
                walk.append(
                    nanosecondsOfOne {
                        allowed(
                            authorizer.isAuthorizedByWalk(question.request, question.entities)
                        )
                    }
                )
            }
        }
        let (mine, reference) = (Figures(fast), Figures(walk))
        print("  \(fast.count) decisions of Cedar's corpus: median", terminator: " ")
        print("\(Figures.rounded(mine.median)) (500),", terminator: " ")
        print(
            "99 of 100 below \(Figures.rounded(mine.sorted[fast.count * 99 / 100])),",
            terminator: " "
        )
        print("the walk \(Figures.rounded(reference.median))")
    }

    /// Reading, checking and compiling the policies of the working folder.
    private static func load() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: "policies").sorted()
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: "policies/\(name)", encoding: .utf8)
        }
        let sources = try names.filter { $0.hasSuffix(".cedar") }.map { name in
            (name: name, text: try text(name))
        }
        let schemaText = try text("school.cedarschema")
        var figures: [Double] = []
        var count = 0
        for _ in 0..<rounds {
            let begin = cpuTime()
            let schema = try Schema(parsing: schemaText, name: "school.cedarschema")
            let policies = try PolicySet(parsing: sources)
            guard Validator(schema).validate(policies, mode: .strict).isEmpty else {
                throw BenchmarkFailure(description: "the school's policies do not pass")
            }
            let authorizer = Authorizer(policies: policies, identifier: "")
            _ = try Entities(schema.actionEntities).prepared(for: authorizer)
            figures.append((cpuTime() - begin) / 1e6)
            count = policies.policies.count
        }
        print(
            "  loading the school's \(count) policies and schema",
            Figures(figures).text,
            "ms (5)"
        )
    }

    /// Counts allocations by valgrind, once without decisions and once with many.
    private static func allocations() throws {
        guard PolicyPeers.has("valgrind", "--version") else {
            print("  SKIPPED: valgrind is not installed, allocations are not counted")
            return
        }
        let count = 2_000
        let folder = try TemporaryFolder.make("allocations")
        defer { TemporaryFolder.remove(folder) }
        // Valgrind gives up at the debug information of this toolchain.
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        try Peer.output(["strip", "-o", "\(folder)/stripped", program])
        func total(_ decisions: Int, _ way: PolicyDecisions.Way) throws -> Int {
            let report = try Peer.output([
                "sh", "-c", "valgrind \"$0\" policy-decisions \(decisions) \(way) 2>&1",
                "\(folder)/stripped",
            ])
            // ==1== total heap usage: 61,022 allocs, 60,011 frees, 9,210,111 bytes allocated
            let line = report.split(separator: "\n").first { $0.contains("total heap usage") }
            let words = line?.split(separator: " ") ?? []
            let number = words.firstIndex(of: "allocs,").map { words[$0 - 1] }
            guard let number, let total = Int(number.filter { $0 != "," }) else {
                throw BenchmarkFailure(description: "valgrind: \(report)")
            }
            return total
        }
        for way in PolicyDecisions.Way.allCases {
            let more = Double(try total(count, way) - total(0, way)) / Double(count)
            let limit = way == .resolved ? "(0)" : ""
            print("  allocations in a decision that allows, \(way):", Figures.rounded(more), limit)
        }
    }

    // MARK: - Measuring

    static func authorizer(_ text: String) throws -> Authorizer {
        Authorizer(
            policies: try PolicySet(parsing: [(name: "sample", text: text)]),
            identifier: ""
        )
    }

    /// Reads the decision and every reason.
    @inline(never)
    static func allowed(_ response: Response) -> Int {
        var bytes = 0
        for id in response.determining { bytes += id.utf8.count }
        return response.decision == .allow && bytes > 0 ? 1 : 0
    }

    private static func nanoseconds(
        _ decisions: PolicyDecisions,
        _ way: PolicyDecisions.Way
    ) throws -> Figures {
        try nanoseconds(Array(decisions.questions.indices)) { try decisions.decide($0, way) }
    }

    private static func nanoseconds<T>(
        _ items: [T],
        _ decide: (T) throws -> Int
    ) rethrows -> Figures {
        var figures: [Double] = []
        var counts: Set<Int> = []
        for _ in 0..<rounds {
            let begin = cpuTime()
            var count = 0
            for item in items { count += try decide(item) }
            figures.append((cpuTime() - begin) / Double(items.count))
            counts.insert(count)
        }
        precondition(counts.count == 1, "every round decides the same")
        return Figures(figures)
    }

    /// Nanoseconds that this thread has computed: what else the machine does counts for nothing.
    private static func cpuTime() -> Double {
        var time = timespec()
        precondition(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0, "Linux has this clock")
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    private static func nanosecondsOfOne(_ decide: () -> Int) -> Double {
        let turns = 50
        _ = decide()
        let begin = cpuTime()
        for _ in 0..<turns { _ = decide() }
        return (cpuTime() - begin) / Double(turns)
    }

    private static func ratio(_ one: Figures, _ other: Figures) -> Double {
        Figures.rounded(one.median / other.median)
    }

    private static func compare(
        _ authorizer: Authorizer,
        _ requests: [Request],
        _ walked: Entities,
        _ prepared: Entities
    ) throws {
        for request in requests {
            let expected = authorizer.isAuthorizedByWalk(request, walked)
            let response = authorizer.isAuthorized(request, prepared)
            guard response.decision == expected.decision, response.reasons == expected.reasons,
                response.errors == expected.errors
            else { throw BenchmarkFailure(description: "\(request) is decided otherwise") }
        }
    }
}
