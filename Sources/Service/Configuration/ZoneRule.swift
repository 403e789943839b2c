import SQLite

/// A yearly rule for summer time, as a zone file ends with: `GMT0BST,M3.5.0/1,M10.5.0`.
///
/// POSIX.1-2017, section 8.3 (TZ), with the hours past a day of RFC 9636, section 3.3.1.
struct ZoneRule: Sendable {
    private let standard: Int
    private let summer: (offset: Int, start: Change, end: Change)?
    /// A zone file may end without a rule: then its last offset holds for ever.
    private let isEmpty: Bool

    private struct Change {
        enum Day {
            /// Week 1 to 5 (5 is the last) of a month, and the weekday (0 is Sunday).
            case weekday(month: Int, week: Int, weekday: Int)
            /// 1 to 365; 29 February is never counted.
            case julian(Int)
            /// 0 to 365.
            case ordinal(Int)
        }

        let day: Day
        /// Seconds after midnight by the clock before the change.
        let time: Int
    }

    init?(_ text: String) {
        var input = RuleText(text.utf8[...])
        isEmpty = text.isEmpty
        if isEmpty {
            (standard, summer) = (0, nil)
            return
        }
        guard input.name(), let west = input.time() else { return nil }
        standard = -west
        if input.isAtEnd {
            summer = nil
            return
        }
        guard input.name() else { return nil }
        var offset = standard + 3_600
        if input.peek != UInt8(ascii: ",") {
            guard let west = input.time() else { return nil }
            offset = -west
        }
        guard let start = ZoneRule.change(&input), let end = ZoneRule.change(&input), input.isAtEnd
        else { return nil }
        summer = (offset, start, end)
    }

    /// Seconds east of UTC at `second` since 1970; `nil` where there is no rule.
    func offset(at second: Int64) -> Int? {
        if isEmpty { return nil }
        guard let summer else { return standard }
        let local = Int(second) + standard
        let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let year = Timestamp.date(ofDay: day).year
        let start = moment(of: summer.start, in: year, offset: standard)
        let end = moment(of: summer.end, in: year, offset: summer.offset)
        // South of the equator summer holds over the turn of the year.
        let isSummer =
            start < end
            ? (start..<end).contains(Int(second)) : !(end..<start).contains(Int(second))
        return isSummer ? summer.offset : standard
    }

    private func moment(of change: Change, in year: Int, offset: Int) -> Int {
        let day: Int
        switch change.day {
        case .julian(let number):
            let isLeap = Timestamp.days(in: 2, of: year) == 29
            day = firstDay(year) + number - 1 + (isLeap && number >= 60 ? 1 : 0)
        case .ordinal(let number): day = firstDay(year) + number
        case .weekday(let month, let week, let weekday):
            let first = Timestamp.days(fromYear: year, month: month, day: 1)
            // 1970-01-01 was a Thursday, day 4 of the week.
            let firstWeekday = ((first + 4) % 7 + 7) % 7
            var date = 1 + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
            if date > Timestamp.days(in: month, of: year) { date -= 7 }
            day = first + date - 1
        }
        return day * 86_400 + change.time - offset
    }

    private func firstDay(_ year: Int) -> Int {
        Timestamp.days(fromYear: year, month: 1, day: 1)
    }

    private static func change(_ input: inout RuleText) -> Change? {
        guard input.skip(UInt8(ascii: ",")) else { return nil }
        let day: Change.Day
        if input.skip(UInt8(ascii: "M")) {
            guard let month = input.number(1...12), input.skip(UInt8(ascii: ".")),
                let week = input.number(1...5), input.skip(UInt8(ascii: ".")),
                let weekday = input.number(0...6)
            else { return nil }
            day = .weekday(month: month, week: week, weekday: weekday)
        } else if input.skip(UInt8(ascii: "J")) {
            guard let number = input.number(1...365) else { return nil }
            day = .julian(number)
        } else {
            guard let number = input.number(0...365) else { return nil }
            day = .ordinal(number)
        }
        guard input.skip(UInt8(ascii: "/")) else { return Change(day: day, time: 2 * 3_600) }
        return input.time().map { Change(day: day, time: $0) }
    }
}

/// The text of a rule, read from the front.
private struct RuleText {
    private var rest: Substring.UTF8View

    init(_ text: Substring.UTF8View) { rest = text }

    var isAtEnd: Bool { rest.isEmpty }
    var peek: UInt8? { rest.first }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    /// `BST`, or `<+0330>`.
    mutating func name() -> Bool {
        if skip(UInt8(ascii: "<")) {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let letters = rest.prefix { (0x41...0x5a).contains($0 & 0xdf) }
        rest = rest.dropFirst(letters.count)
        return letters.count >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time() -> Int? {
        let sign = skip(UInt8(ascii: "-")) ? -1 : 1
        if sign == 1 { _ = skip(UInt8(ascii: "+")) }
        guard let hours = number(0...167) else { return nil }
        var seconds = hours * 3_600
        for unit in [60, 1] where skip(UInt8(ascii: ":")) {
            guard let part = number(0...59) else { return nil }
            seconds += part * unit
        }
        return sign * seconds
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(digits.count)
        return Int(String(Substring(digits))).flatMap { range.contains($0) ? $0 : nil }
    }
}
