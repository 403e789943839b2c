import Foundation
import SQLite
import Testing

/// Moments and ids as text: what is printed is read again, and nothing else is read.
@Suite struct TimestampTests {
    /// RFC 3339, section 5.8, and edges of the calendar.
    @Test(
        arguments: [
            ("1985-04-12T23:20:50.52Z", 482_196_050_520),
            ("1996-12-19T16:39:57-08:00", 851_042_397_000),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130), ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.999Z", -1), ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("2026-11-23t14:05:09.1239999z", 1_795_442_709_123),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("0000-01-01T00:00:00-00:01", -62_167_219_140_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("9999-12-31T23:59:59+01:00", 253_402_297_199_000),
        ] as [(String, Int64)]
    )
    func `a moment is read`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23 14:05:09Z", "2026-11-23T14:05:09", "2026-11-23T14:05Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T23:60:00Z", "1990-12-31T23:59:60Z", "2026-11-23T14:05:09.Z",
        "2026-11-23T14:05:09.1234567890Z", "2026-11-23T14:05:09+24:00", "2026-11-23T14:05:09Z ",
        "+026-11-23T14:05:09Z", "2026-11-23T14:05:09\u{661}Z", "9999-12-31T23:59:59-01:00",
        "9999-12-31T23:59:00-00:01", "0000-01-01T00:00:59+00:01", "0000-01-01T00:00:00+23:59",
    ])
    func `what is no moment is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        arguments: [
            (.min, "0000-01-01T00:00:00.000Z"), (-62_167_219_200_001, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "9999-12-31T23:59:59.999Z"), (.max, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)]
    )
    func `what has no text is written as the nearest that has one`(
        milliseconds: Int64,
        text: String
    ) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    }

    // Foundation is no judge: before 1582 it counts by the Julian calendar, RFC 3339 does not.
    @Test func `a moment reads back, and SQLite's own calendar prints the same`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = Seeded(state: seed)
        let calendar = try Connection(path: ":memory:", access: .writing)
        // The years 1 to 9999.
        let years = Int64(-62_135_596_800)...253_402_300_799
        for _ in 0..<20_000 {
            let (second, rest) = (
                Int64.random(in: years, using: &random), Int64.random(in: 0...999, using: &random)
            )
            let moment = Timestamp(milliseconds: second * 1_000 + rest)
            #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
            let theirs = try calendar.first(
                "SELECT strftime('%Y-%m-%dT%H:%M:%S', ?1, 'unixepoch')",
                .int(second)
            ) { $0.text(0) }
            #expect(String(moment.rfc3339.prefix(19)) == theirs)
        }
    }

    @Test func `an id reads back, and only as it is printed`() {
        for id in (0..<1_000).map({ _ in Identifier.random() }) + [Identifier(rawValue: .max)] {
            #expect(Identifier(id.description) == id)
            let upper = id.description.uppercased()
            if upper != id.description { #expect(Identifier(upper) == nil) }
        }
        for text in [
            "", "000000000000", "00000000000001", "000000000000u", "8000000000000", "00000000000-1",
        ] {
            #expect(Identifier(text) == nil, "\(text)")
        }
    }
}

/// A generator whose numbers follow from the printed seed.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
