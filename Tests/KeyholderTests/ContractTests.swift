import Foundation
import Testing

/// The API's own page, sentence by sentence, from outside.
///
/// One school serves all of it, since founding one takes longer than most of the tests: each leaves
/// the people's sessions as it found them, and makes the incidents that it speaks of.
@Suite(
    .serialized,
    .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"),
    OneSchool()
)
struct ContractTests {
    @TaskLocal fileprivate static var current: ContractSchool?

    /// The school of all these tests.
    static var school: ContractSchool {
        get throws {
            let school = try #require(current)
            try school.wake()
            return school
        }
    }
}

/// Founds the school before the first test and closes it after the last.
private struct OneSchool: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing body: @Sendable () async throws -> Void
    ) async throws {
        let school = try ContractSchool()
        try await ContractTests.$current.withValue(school, operation: body)
    }
}

/// A staffed school with a deputy, and leaders whose sessions are elevated.
final class ContractSchool: @unchecked Sendable {
    // Sendable: the suite is serialized, so that one test at a time drives it.
    let staffed: StaffedSchool
    /// A second safeguarding lead.
    let deputy: Person
    /// The senior leader on another device, elevated; `staffed.leader` is not.
    let reviewer: Person
    let ids: [String: String]
    private var wokenAt = ContinuousClock.now
    private var returns = 0

    var running: RunningSchool { staffed.school }

    init() throws {
        staffed = try StaffedSchool()
        let address = "deputy@whitetrees.example"
        let answer = try staffed.administrator.post(
            "/v1/staff",
            #"{"email":"\#(address)","name":"Deputy Person","roles":["staff","dsl"]}"#
        )
        deputy = Person(staffed.school)
        try deputy.redeem(try staffed.school.link(to: address))
        try deputy.signIn(address)
        try deputy.enrol(try #require(answer["enrolmentCode"] as? String))
        try deputy.elevate()
        try staffed.safeguarding.elevate()
        reviewer = try staffed.leader.another("leader@whitetrees.example")
        try reviewer.elevate(with: try staffed.leader.code())
        ids = staffed.ids.merging(["deputy": try #require(answer["id"] as? String)]) { $1 }
    }

    /// Keeps the sessions of all alive, and signs in again whoever was idle too long: on a slow
    /// machine the tests of other suites come between.
    fileprivate func wake() throws {
        guard ContinuousClock.now - wokenAt > .seconds(60) else { return }
        wokenAt = .now
        var hasReturned = false
        let leader = staffed.leader
        for (person, name, elevatedBy) in [
            (staffed.administrator, "office", staffed.administrator),
            (staffed.teacher, "teacher", nil), (staffed.colleague, "colleague", nil),
            (staffed.bystander, "bystander", nil), (leader, "leader", nil),
            (reviewer, "leader", leader), (deputy, "deputy", deputy),
            (staffed.safeguarding, "safeguarding", staffed.safeguarding),
        ] as [(Person, String, Person?)]
        where try person.post("/v1/session/activity").status == 401 {
            hasReturned = true
            try person.signIn("\(name)@whitetrees.example")
            try elevatedBy.map { try person.elevate(with: $0.recoveryCodes[9 - returns]) }
        }
        if hasReturned { returns += 1 }
    }

    /// Sends a request with no header field but these; `HEAD` is asked for as such.
    func send(
        _ method: String,
        _ path: String,
        _ headers: [String] = [],
        body: String? = nil
    ) throws -> Answer {
        var arguments = ["-sS", "-i", "--cacert", running.certificate, running.address + path]
        arguments += method == "HEAD" ? ["--head"] : ["-X", method]
        // An empty field keeps curl from naming a type of its own.
        for header in ["Expect:"] + headers { arguments += ["-H", header] }
        if !headers.contains(where: { $0.hasPrefix("Content-Type") }) {
            arguments += ["-H", "Content-Type:"]
        }
        if body != nil { arguments += ["--data-binary", "@-"] }
        let output = try Tool.run("curl", arguments, input: body.map { Data($0.utf8) })
        let answer = try #require(Answer(printed: output))
        #expect(answer.brokenGroundRules.isEmpty, "\(method) \(path): \(answer.brokenGroundRules)")
        return answer
    }

    /// Logs an incident and gives its number.
    func log(_ changes: [String: Any] = [:], by author: Person? = nil) throws -> String {
        let body = try staffed.incident(changes)
        let answer = try (author ?? staffed.teacher).call("POST", "/v1/incidents", body)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer["id"] as? String)
    }

    /// Adds an action that happened now, or `days` from now.
    func act(
        _ person: Person,
        on incident: String,
        _ changes: [String: Any] = [:],
        daysFromNow days: Double = 0,
        headers: [String] = []
    ) throws -> Answer {
        var fields: [String: Any] = [
            "text": "Rang home.", "occurredAt": StaffedSchool.time(daysFromNow: days),
        ]
        fields.merge(changes) { $1 }
        let body = try JSONSerialization.data(withJSONObject: fields)
        return try person.call(
            "POST",
            "/v1/incidents/\(incident)/actions",
            body,
            headers: headers
        )
    }

    /// The newest entries of the access log that the deputy is shown, but those that stand for the
    /// strangers of a minute: they come when the minute is over, whatever a test is doing then.
    func entries(_ query: String = "", limit: Int = 20) throws -> [[String: Any]] {
        let answer = try deputy.get("/v1/access-log?limit=\(limit + 10)\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        let counted = [
            "throttled", "reset-expired", "not-authenticated", "session-expired", "cross-site",
            "misdirected",
        ]
        let single = answer.items.filter { !counted.contains($0["reason"] as? String ?? "") }
        return Array(single.prefix(limit))
    }

    /// The newest entry of one action by one person.
    func newest(_ action: String, by person: String) throws -> [String: Any] {
        let actor = try #require(ids[person])
        return try #require(try entries("&action=\(action)&actor=\(actor)", limit: 1).first)
    }
}
