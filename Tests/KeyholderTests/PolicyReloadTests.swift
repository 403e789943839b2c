import Foundation
import SQLite
import Testing

/// SIGHUP: a good folder comes into force at once, one that does not do leaves the old in force.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct PolicyReloadTests {
    /// A school's own policy that takes the search away from everybody.
    private static let own = """
        @id("own-no-search")
        @reason("the search is closed over the holidays")
        forbid (principal, action == Action::"searchPupils", resource is School);
        """

    @Test func `policies are swapped whole, and a set that does not do leaves the old one`() throws
    {
        let staffed = try StaffedSchool()
        let (school, teacher) = (staffed.school, staffed.teacher)
        let policies = school.folder + "/policies"
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(policies)/\(name)"))
        }
        func search() throws -> Answer {
            try teacher.post("/v1/pupils/search", #"{"query":"luc"}"#)
        }
        #expect(try search().status == 200)

        try write("own.cedar", Self.own)
        #expect(try school.reload().contains("policies read anew"))
        let refused = try search()
        #expect(refused.problem == "forbidden")
        #expect(refused["reason"] as? String == "the search is closed over the holidays")

        // Each of these is refused for its own reason, and the search stays closed.
        try write("own.cedar", "permit (principal, action, resource")
        #expect(try school.reload().contains("own.cedar:1:36: expected"))
        #expect(try search().problem == "forbidden")
        try write(
            "own.cedar",
            #"@id("own") @reason("x") permit (principal, action, resource is Car);"#
        )
        #expect(try school.reload().contains("own.cedar:1:1: policy `own`: unknown entity type"))
        #expect(try search().problem == "forbidden")
        try write("own.cedar", "")
        try write("rules.json", #"{"session":{"idleSeconds":7000}}"#)
        #expect(try school.reload().contains("idleSeconds"))
        #expect(try search().problem == "forbidden")
        try write("rules.json", "{}")
        try FileManager.default.removeItem(atPath: policies + "/guards.cedar")
        let unguarded = try school.reload()
        #expect(unguarded.contains("the old policies stay: invariant `never-inactive`"))
        #expect(try search().problem == "forbidden")

        try FileManager.default.copyItem(
            atPath: "policies/guards.cedar",
            toPath: policies + "/guards.cedar"
        )
        #expect(try school.reload().contains("policies read anew"))
        #expect(try search().status == 200)

        // A forbid that errs denies: it passes validation, and no decision rests on half a policy.
        let erring = Self.own.replacing(";", with: " when { 9223372036854775807 + 1 == 0 };")
        try write("own.cedar", erring)
        #expect(try school.reload().contains("policies read anew"))
        #expect(try search().problem == "forbidden")

        // Every entry names the set that decided: one for each time in force, and no other.
        try staffed.safeguarding.elevate()
        let changes = try staffed.safeguarding.get("/v1/access-log?action=changePolicies").items
        #expect(changes.count == 3)
        let operators = changes.map { ($0["actor"] as? [String: Any])?["id"] as? String }
        #expect(operators.allSatisfy { $0 == "operator:\(getuid())" }, "\(operators)")
        let log = try staffed.safeguarding.get("/v1/access-log?action=searchPupils")
        let sets = log.items.reversed().map { "\($0["decision"] ?? "") \($0["policySet"] ?? "")" }
        #expect(sets.count == 8)
        #expect(Set(sets.map { $0.suffix(64) }).count == 4, "\(sets)")
        #expect(
            sets.allSatisfy { $0.wholeMatch(of: /(allow|deny) [0-9a-f]{64}/) != nil },
            "\(sets)"
        )
        #expect(Set(sets[1...5]).count == 1, "\(sets)")
    }

    @Test func `policies that cannot be put on record do not come into force`() throws {
        let staffed = try StaffedSchool()
        let school = staffed.school
        func search() throws -> Answer {
            try staffed.teacher.post("/v1/pupils/search", #"{"query":"luc"}"#)
        }
        try Data(Self.own.utf8).write(
            to: URL(fileURLWithPath: school.folder + "/policies/own.cedar")
        )
        // Another program holds the file for longer than the service waits for it.
        let file = try Connection(path: school.database, access: .writing)
        try file.execute(script: "BEGIN IMMEDIATE")
        #expect(try school.reload().contains("the old policies stay: sqlite 5"))
        try file.execute(script: "ROLLBACK")
        #expect(try search().status == 200)
        #expect(try school.reload().contains("policies read anew"))
        #expect(try search().problem == "forbidden")
    }

    @Test func `no request is decided by half of one set and half of another`() throws {
        let staffed = try StaffedSchool()
        let (school, teacher) = (staffed.school, staffed.teacher)
        func reload(_ name: String) throws {
            let text = PolicyReloadTests.own.replacing("own-no-search", with: name)
            try Data(text.utf8).write(
                to: URL(fileURLWithPath: school.folder + "/policies/own.cedar")
            )
            #expect(try school.reload().contains("policies read anew"))
        }
        try reload("own-one")
        let searches = Process()
        searches.executableURL = URL(fileURLWithPath: try #require(Tool.path("curl")))
        // What follows the # is not sent: the same request so many times.
        searches.arguments = [
            "-sS", "--cacert", school.certificate, "--parallel", "--parallel-max", "8", "-o",
            "/dev/null", "-H", "Content-Type: application/json", "-H",
            "Authorization: Bearer \(teacher.token ?? "")", "--data-binary", #"{"query":"luc"}"#,
            school.address + "/v1/pupils/search#[1-2000]",
        ]
        try searches.run()
        var reloads = 0
        while searches.isRunning {
            try reload(reloads.isMultiple(of: 2) ? "own-two" : "own-one")
            reloads += 1
        }
        searches.waitUntilExit()
        #expect(reloads > 1)
        try staffed.safeguarding.elevate()
        var pairs: [String: Int] = [:]
        var cursor = ""
        repeat {
            let path = "/v1/access-log?action=searchPupils&decision=deny&limit=200" + cursor
            let page = try staffed.safeguarding.get(path)
            for entry in page.items {
                let policies = entry["policies"] as? [String] ?? []
                let set = entry["policySet"] as? String ?? ""
                pairs["\(policies.joined()) \(set)", default: 0] += 1
            }
            cursor = (page["next"] as? String).map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        print("\(reloads) reloads among \(pairs.values.reduce(0, +)) requests")
        #expect(pairs.values.reduce(0, +) == 2_000)
        // One policy and one hash for each of the two sets, and never the one with the other's.
        #expect(pairs.count == 2, "\(pairs)")
        #expect(pairs.keys.contains { $0.hasPrefix("own-one ") }, "\(pairs)")
        #expect(pairs.keys.contains { $0.hasPrefix("own-two ") }, "\(pairs)")
    }

    @Test func `a folder without its guards is not even started with`() throws {
        let school = try RunningSchool()
        try FileManager.default.removeItem(atPath: school.folder + "/policies/guards.cedar")
        let failure = #expect(throws: Tool.Failed.self) { _ = try school.found() }
        #expect(failure?.description.contains("invariant `never-inactive`") == true)
    }
}
