public import SQLite

/// A day of the calendar without a time: a date of birth.
public struct CivilDate: Hashable, Comparable, Sendable {
    /// The year of the Gregorian calendar, 1 to 9999.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int

    /// A date; `nil` when the calendar does not have it.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month), day >= 1,
            day <= Timestamp.days(in: month, of: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `2014-05-06` (RFC 3339, `full-date`); `nil` for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = CivilDate.number(bytes[0..<4]), let month = CivilDate.number(bytes[5..<7]),
            let day = CivilDate.number(bytes[8...])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day on which a moment falls in UTC.
    public init?(utcDayOf moment: Timestamp) {
        let dayLength: Int64 = 86_400_000
        let rest = moment.milliseconds % dayLength
        let days = moment.milliseconds / dayLength - (rest < 0 ? 1 : 0)
        let (year, month, day) = Timestamp.date(ofDay: Int(days))
        self.init(year: year, month: month, day: day)
    }

    /// The earlier date comes first.
    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// The day and the month as a person says them: "3 May".
    var dayAndMonth: String { "\(day) \(CivilDate.months[month - 1])" }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}

extension CivilDate: CustomStringConvertible {
    /// The date as `2014-05-06`.
    public var description: String {
        "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }

    private func padded(_ value: Int, to width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}
