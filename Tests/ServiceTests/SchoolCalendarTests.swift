import Foundation
import SQLite
import Service
import Testing

@Suite struct SchoolCalendarTests {
    static func calendar(zone: String = "Europe/London", terms: String = "[]") throws
        -> SchoolCalendar
    {
        let text = #"{"deadline": {"timeZone": "\#(zone)", "terms": \#(terms)}}"#
        return try SchoolCalendar(rules: try SchoolRules(parsing: Array(text.utf8)))
    }

    static func at(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    @Test(arguments: [
        // Half an hour before and after midnight in the summer of London, an hour ahead of UTC.
        ("2026-07-01T22:30:00Z", "2026-07-01"), ("2026-07-01T23:30:00Z", "2026-07-02"),
        ("2026-01-01T23:30:00Z", "2026-01-01"), ("2026-01-02T00:00:00Z", "2026-01-02"),
        ("1969-12-31T23:30:00+01:00", "1969-12-31"),
    ])
    func `a day is one of the school's time zone`(moment: String, date: String) throws {
        let day = try Self.calendar().day(of: Self.at(moment))
        let midnight = try Self.at(date + "T00:00:00Z")
        #expect(day == Int(midnight.milliseconds / 86_400_000))
    }

    @Test(arguments: [
        ("2026-11-23", true), ("2026-11-21", false), ("2026-11-22", false), ("2026-11-20", true),
        ("1969-12-29", true), ("1969-12-28", false),
    ])
    func `a school day is a weekday`(date: String, isSchoolDay: Bool) throws {
        let calendar = try Self.calendar()
        let noon = try Self.at(date + "T12:00:00Z")
        #expect(calendar.isSchoolDay(calendar.day(of: noon)) == isSchoolDay)
    }

    @Test(arguments: [
        ("2026-10-22T09:00:00Z", true), ("2026-10-26T09:00:00Z", false),
        ("2026-11-02T09:00:00Z", true), ("2026-11-01T09:00:00Z", false),
        ("2027-05-05T09:00:00Z", false),
    ])
    func `where terms are set no day outside them is a school day`(moment: String, isOne: Bool)
        throws
    {
        let calendar = try Self.calendar(
            terms: """
                [{"from": "2026-09-01", "to": "2026-10-23"}, {"from": "2026-11-01",
                  "to": "2026-12-18"}]
                """
        )
        #expect(try calendar.isSchoolDay(calendar.day(of: Self.at(moment))) == isOne)
    }

    @Test(arguments: [
        // A Monday to the Monday after is five school days, to the Tuesday six.
        ("2026-11-16T18:30:00Z", "2026-11-23T08:00:00Z", false),
        ("2026-11-16T18:30:00Z", "2026-11-24T08:00:00Z", true),
        ("2026-11-23T19:00:00Z", "2026-11-24T08:15:00Z", false),
        ("2026-11-14T12:00:00Z", "2026-11-20T12:00:00Z", false),
        ("2026-11-24T08:00:00Z", "2026-11-16T08:00:00Z", false),
        ("0001-01-01T00:00:00Z", "2026-11-24T08:00:00Z", true),
    ])
    func `more than five school days later is backdated`(
        occurred: String,
        recorded: String,
        isBackdated: Bool
    ) throws {
        let calendar = try Self.calendar()
        #expect(
            try calendar.isBackdated(
                occurredAt: Self.at(occurred),
                recordedAt: Self.at(recorded)
            ) == isBackdated
        )
    }

    @Test func `a holiday does not make an action backdated`() throws {
        let terms =
            #"[{"from": "2026-09-01", "to": "2026-10-23"}, "#
            + #"{"from": "2026-11-02", "to": "2026-12-18"}]"#
        let (friday, tuesday) = ("2026-10-23T15:00:00Z", "2026-11-03T09:00:00Z")
        for (calendar, isBackdated) in [
            (try Self.calendar(terms: terms), false), (try Self.calendar(), true),
        ] {
            #expect(
                try calendar.isBackdated(
                    occurredAt: Self.at(friday),
                    recordedAt: Self.at(tuesday)
                ) == isBackdated
            )
        }
    }

    @Test(arguments: [
        ("2026-07-01T08:00:00Z", "2026-07-01T14:30:00Z"),
        ("2026-11-23T08:00:00Z", "2026-11-23T15:30:00Z"),
    ])
    func `half past three is half past three in summer too`(moment: String, deadline: String)
        throws
    {
        #expect(try Self.calendar().deadline(onDayOf: Self.at(moment)) == Self.at(deadline))
    }

    @Test func `a clock time in the hour that spring skips is the hour after`() throws {
        let calendar = try Self.calendar()
        let day = try calendar.day(of: Self.at("2027-03-28T12:00:00Z"))
        let time = try #require(TimeOfDay("01:30"))
        #expect(try calendar.moment(on: day, at: time) == Self.at("2027-03-28T01:30:00Z"))
    }

    @Test func `a clock time that autumn shows twice is the first`() throws {
        let calendar = try Self.calendar()
        let day = try calendar.day(of: Self.at("2026-10-25T12:00:00Z"))
        let time = try #require(TimeOfDay("01:30"))
        #expect(try calendar.moment(on: day, at: time) == Self.at("2026-10-25T00:30:00Z"))
    }

    /// The outside truth is Python's `zoneinfo`, over 400 moments from 1900 to 2150 in each zone.
    @Test(arguments: [
        "Europe/London", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe",
        "Pacific/Auckland", "Asia/Kathmandu", "Asia/Tehran", "Africa/Casablanca", "America/Nuuk",
        "Etc/UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5",
    ])
    func `every day agrees with another reader of the zone files`(zone: String) throws {
        let calendar = try Self.calendar(zone: zone)
        var generator = SystemRandomNumberGenerator()
        let seconds = (0..<400).map { _ in
            Int64.random(in: -2_208_988_800...5_680_281_600, using: &generator)
        }
        let program = """
            import sys, zoneinfo, datetime as d
            zone, start = zoneinfo.ZoneInfo(sys.argv[1]), d.datetime(1970, 1, 1)
            for s in sys.argv[2].split(","):
                t = (start + d.timedelta(seconds=int(s))).replace(tzinfo=d.timezone.utc)
                local = t.astimezone(zone)
                print((local.date() - start.date()).days)
            """
        let texts = seconds.map { String($0) }.joined(separator: ",")
        let days = try printed("python3", "-c", program, zone, texts).split(separator: "\n")
        try #require(days.count == seconds.count)
        for (second, day) in zip(seconds, days) {
            #expect(calendar.day(of: Timestamp(milliseconds: second * 1_000)) == Int(day))
        }
    }

    @Test(arguments: ["Europe/Nowhere", "Europe"])
    func `an unknown time zone is an error that names it`(zone: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Self.calendar(zone: zone)
        }
        #expect(error.description.contains("`\(zone)`"))
    }
}

/// What a program prints.
private func printed(_ program: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "`\(program)` failed")
    return String(decoding: data, as: UTF8.self)
}
