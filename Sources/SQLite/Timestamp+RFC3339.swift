/// RFC 3339 text of a moment: read with any offset, written in UTC with milliseconds.
extension Timestamp {
    /// The first millisecond of the year 0 and the last one of 9999: the text has four digits for it.
    private static let firstWritten: Int64 = -62_167_219_200_000
    private static let lastWritten: Int64 = 253_402_300_799_999

    /// Reads `2026-11-23T14:05:09.120Z`, with any offset and any number of decimals up to nine.
    ///
    /// Digits past the millisecond are dropped. `nil` when the text is anything else (RFC 3339,
    /// section 5.6); a leap second is refused, because the count of milliseconds has no place for it,
    /// and so is what the offset takes out of the years 0 to 9999, for it could not be written.
    public init?(rfc3339 text: String) {
        var digits = Digits(text.utf8)
        guard let year = digits.number(4), digits.skip(UInt8(ascii: "-")),
            let month = digits.number(2), (1...12).contains(month), digits.skip(UInt8(ascii: "-")),
            let day = digits.number(2), day >= 1, day <= Timestamp.days(in: month, of: year),
            digits.skip(UInt8(ascii: "T")) || digits.skip(UInt8(ascii: "t")),
            let hour = digits.number(2), hour < 24, digits.skip(UInt8(ascii: ":")),
            let minute = digits.number(2), minute < 60, digits.skip(UInt8(ascii: ":")),
            let second = digits.number(2), second < 60,
            let fraction = digits.fraction(), let offset = digits.offset(), digits.isAtEnd
        else { return nil }
        let days = Timestamp.days(fromYear: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
        let milliseconds = Int64(seconds * 1_000 + fraction)
        guard (Timestamp.firstWritten...Timestamp.lastWritten).contains(milliseconds) else {
            return nil
        }
        self.init(milliseconds: milliseconds)
    }

    /// The moment as `2026-11-23T14:05:09.120Z`; outside the years 0 to 9999, as `writeRFC3339` says.
    public var rfc3339: String {
        String(unsafeUninitializedCapacity: Timestamp.rfc3339Width) { buffer in
            writeRFC3339(into: buffer)
            return Timestamp.rfc3339Width
        }
    }

    /// How many bytes the text of every moment has.
    public static var rfc3339Width: Int { 24 }

    /// Writes the bytes of the text into `buffer`, which holds `rfc3339Width` at the least.
    ///
    /// A moment before the year 0 is written as the first one of it, and one after 9999 as the last
    /// one of that. Only a damaged row has such a number, and it must not end the process.
    public func writeRFC3339(into buffer: UnsafeMutableBufferPointer<UInt8>) {
        let (days, rest) = min(max(milliseconds, Timestamp.firstWritten), Timestamp.lastWritten)
            .flooredDivision(by: 86_400_000)
        let (year, month, day) = Timestamp.date(ofDay: Int(days))
        let seconds = Int(rest / 1_000)
        func put(_ value: Int, width: Int, at start: Int, before separator: UInt8) {
            var left = value
            for place in stride(from: start + width - 1, through: start, by: -1) {
                buffer[place] = UInt8(ascii: "0") + UInt8(left % 10)
                left /= 10
            }
            buffer[start + width] = separator
        }
        put(year, width: 4, at: 0, before: UInt8(ascii: "-"))
        put(month, width: 2, at: 5, before: UInt8(ascii: "-"))
        put(day, width: 2, at: 8, before: UInt8(ascii: "T"))
        put(seconds / 3_600, width: 2, at: 11, before: UInt8(ascii: ":"))
        put(seconds / 60 % 60, width: 2, at: 14, before: UInt8(ascii: ":"))
        put(seconds % 60, width: 2, at: 17, before: UInt8(ascii: "."))
        put(Int(rest % 1_000), width: 3, at: 20, before: UInt8(ascii: "Z"))
    }

    /// The day number (0 is 1970-01-01) of a date of the proleptic Gregorian calendar.
    ///
    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    public static func days(fromYear year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The date of a day number (0 is 1970-01-01).
    public static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The number of days of a month (1 to 12).
    public static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Reads fixed-width numbers off the front of a text.
private struct Digits {
    private var rest: Substring.UTF8View

    init(_ text: String.UTF8View) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Milliseconds of an optional fraction; `nil` when there is a point without one to nine digits.
    mutating func fraction() -> Int? {
        guard skip(UInt8(ascii: ".")) else { return 0 }
        var (value, count) = (0, 0)
        while let digit = digit() {
            count += 1
            if count <= 3 { value = value * 10 + digit }
        }
        guard (1...9).contains(count) else { return nil }
        while count < 3 {
            value *= 10
            count += 1
        }
        return value
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
        let sign = skip(UInt8(ascii: "+")) ? 1 : skip(UInt8(ascii: "-")) ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24, skip(UInt8(ascii: ":")),
            let minutes = number(2), minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
            return nil
        }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
