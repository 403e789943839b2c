import Authentication
import Foundation
import SQLite
import Service
import Testing

@Suite struct SchoolRulesTests {
    static func rules(_ text: String) throws -> SchoolRules {
        try SchoolRules(parsing: Array(text.utf8))
    }

    @Test func `the file that ships has the defaults, and takes the other profile as it is`() throws
    {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = try Data(contentsOf: root.appendingPathComponent("policies/rules.json"))
        let shipped = try SchoolRules(parsing: Array(file))
        let empty = try Self.rules("{}")
        #expect("\(shipped)" == "\(empty)")
        #expect("\(empty)" == "\(SchoolRules())")
        let text = String(decoding: file, as: UTF8.self)
            .replacingOccurrences(of: #""profile": "school""#, with: #""profile": "nist""#)
        #expect(try Self.rules(text).authentication.password.minLength == 15)
    }

    @Test func `the defaults are those of the school's policy`() throws {
        let rules = try Self.rules("{}")
        #expect(rules.authentication.password.minLength == 8)
        #expect(rules.authentication.password.elevatableMinLength == 12)
        #expect(rules.authentication.sessionIdle == .seconds(600))
        #expect(rules.authentication.elevationLongest == .seconds(3_600))
        #expect(rules.deadline.time.description == "15:30")
        #expect(rules.deadline.remindAt.map(\.description) == ["15:00"])
        #expect(rules.involvement.backdateSchoolDays == 5)
        #expect(rules.grantsApproval == .always && rules.alerts.showPupil == .initials)
        #expect(rules.head == nil && rules.breachedList == nil)
    }

    @Test func `the profile of NIST asks for fifteen characters`() throws {
        let rules = try Self.rules(#"{"profile": "nist"}"#)
        #expect(rules.authentication.profile == .nist)
        #expect(rules.authentication.password.minLength == 15)
        #expect(rules.authentication.password.elevatableMinLength == 15)
    }

    @Test func `a longer minimum raises that of accounts that can be elevated`() throws {
        let rules = try Self.rules(#"{"password": {"minLength": 14}}"#)
        #expect(rules.authentication.password.elevatableMinLength == 14)
    }

    @Test func `the town that no password may contain and the list of leaked ones are read`() throws
    {
        let rules = try Self.rules(
            #"{"password": {"town": "Market Arbor", "breachedList": "leaked.txt"}}"#
        )
        #expect(rules.authentication.schoolTown == "Market Arbor")
        #expect(rules.breachedList == "leaked.txt")
        #expect(throws: ConfigurationError.self) {
            try Self.rules(#"{"password": {"town": "X"}}"#)
        }
    }

    @Test func `every value arrives where it belongs`() throws {
        let rules = try Self.rules(
            """
            {"session": {"idleSeconds": 60}, "throttle": {"schoolNetworks": ["127.0.0.0/8"]},
             "grants": {"approval": "own"}, "alerts": {"showPupil": "name"},
             "deadline": {"time": "16:05", "remindAt": ["15:00", "15:45"],
                          "timeZone": "Pacific/Auckland",
                          "terms": [{"from": "2026-09-01", "to": "2026-10-23"}]},
             "head": "0000000000001"}
            """
        )
        #expect(rules.authentication.sessionIdle == .seconds(60))
        #expect(rules.authentication.throttle.schoolNetworks.first?.contains("127.3.2.1") == true)
        #expect(rules.grantsApproval == .own && rules.alerts.showPupil == .name)
        #expect(rules.deadline.time.minutes == 965)
        #expect(rules.deadline.remindAt.map(\.minutes) == [900, 945])
        #expect(rules.deadline.terms.map(\.days.count) == [53])
        #expect(rules.head?.rawValue == 1)
    }

    static let mistakes: [(file: String, message: String)] = [
        (#"{"sessions": {}}"#, "unknown key `sessions`"),
        (#"{"session": {"idle": 5}}"#, "rules.json: unknown key `session.idle`"),
        (#"{"session": 600}"#, "unknown key `session`"),
        (
            #"{"session": {"idleSeconds": 601}}"#,
            "rules.json: `session.idleSeconds` must be an integer from 1 to 600"
        ),
        (#"{"session": {"idleSeconds": 0}}"#, "from 1 to 600"),
        (#"{"session": {"idleSeconds": "600"}}"#, "from 1 to 600"),
        (#"{"session": {"idleSeconds": 600.5}}"#, "from 1 to 600"),
        (#"{"session": {"idleSeconds": null}}"#, "from 1 to 600"),
        (#"{"session": {"maxSeconds": 43201}}"#, "from 1 to 43200"),
        (#"{"elevation": {"maxSeconds": 3601}}"#, "from 1 to 3600"),
        (#"{"totp": {"skewSteps": 2}}"#, "`totp.skewSteps` must be an integer from 0 to 1"),
        (#"{"totp": {"disableAfterFailures": 101}}"#, "from 1 to 100"),
        (#"{"throttle": {"freeFailures": 11}}"#, "from 1 to 10"),
        (#"{"throttle": {"firstWaitSeconds": 60, "longestWaitSeconds": 30}}"#, "is more than"),
        (#"{"throttle": {"schoolNetworks": ["10.0.0.0/33"]}}"#, "address ranges"),
        (#"{"throttle": {"schoolNetworks": [1]}}"#, "address ranges"),
        (#"{"profile": "none"}"#, "`profile` must be `school` or `nist`"),
        (#"{"password": {"minLength": 7}}"#, "from 8 to 64"),
        (#"{"profile": "nist", "password": {"minLength": 14}}"#, "from 15 to 64"),
        (#"{"password": {"elevatableMinLength": 11}}"#, "from 12 to 64"),
        (#"{"grants": {"approval": "never"}}"#, "`always` or `own`"),
        (#"{"alerts": {"showPupil": "all"}}"#, "`none` or `initials` or `name`"),
        (#"{"involvement": {"unreadDays": 31}}"#, "from 1 to 30"),
        (#"{"deadline": {"time": "25:00"}}"#, "a time like `15:30`"),
        (#"{"deadline": {"time": "3:30"}}"#, "a time like `15:30`"),
        (#"{"deadline": {"time": "15.30"}}"#, "a time like `15:30`"),
        (#"{"deadline": {"remindAt": ["15:60"]}}"#, "times like `15:00`"),
        (#"{"deadline": {"timeZone": "../../etc/passwd"}}"#, "a time zone's name"),
        (#"{"deadline": {"terms": [{"from": "2026-09-01"}]}}"#, "terms like"),
        (#"{"deadline": {"terms": [{"from": "2026-09-02", "to": "2026-09-01"}]}}"#, "terms like"),
        (#"{"deadline": {"terms": [{"from": "2026-02-30", "to": "2026-03-01"}]}}"#, "terms like"),
        (
            #"{"deadline": {"terms": [{"from": "2026-09-01", "to": "2026-09-09"}, "#
                + #"{"from": "2026-09-09", "to": "2026-09-10"}]}}"#, "in order, apart"
        ),
        (#"{"head": "somebody"}"#, "the id of a member of staff"),
        (#"{"profile": "school", "profile": "nist"}"#, "duplicate key"),
        ("[]", "expected an object"),
    ]

    @Test(arguments: mistakes) func `a mistake is an error that names the key and the range`(
        file: String,
        message: String
    ) throws {
        let error = try #require(throws: ConfigurationError.self) { try Self.rules(file) }
        #expect(error.description.contains(message), "\(error)")
    }
}
