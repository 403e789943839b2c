public import SQLite

/// The school's days: which day a moment falls on, which days are school days, when the deadline is.
///
/// A day is its number (0 is 1970-01-01) in the school's time zone.
public struct SchoolCalendar: Sendable {
    private let localTime: LocalTime
    private let terms: [SchoolRules.Term]
    private let deadline: TimeOfDay
    private let backdateSchoolDays: Int

    /// The calendar of a school's rules.
    ///
    /// - Throws: where the time zone is unknown to the machine.
    public init(rules: SchoolRules) throws(ConfigurationError) {
        localTime = try LocalTime(zone: rules.deadline.timeZone)
        terms = rules.deadline.terms
        deadline = rules.deadline.time
        backdateSchoolDays = rules.involvement.backdateSchoolDays
    }

    /// The day on which a moment falls.
    public func day(of moment: Timestamp) -> Int {
        let second = moment.milliseconds.flooredSeconds
        let local = Int(second) + localTime.offset(at: second)
        return local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    }

    /// The moment at which the school's clock shows `time` on `day`.
    ///
    /// An hour that the clock skips in spring means the hour after; one that it shows twice in
    /// autumn means the first.
    public func moment(on day: Int, at time: TimeOfDay) -> Timestamp {
        let local = Int64(day) * 86_400 + Int64(time.minutes) * 60
        let before = Int64(localTime.offset(at: local - 86_400))
        let after = Int64(localTime.offset(at: local + 86_400))
        let isAfter =
            localTime.offset(at: local - before) != Int(before)
            && localTime.offset(at: local - after) == Int(after)
        return Timestamp(milliseconds: (local - (isAfter ? after : before)) * 1_000)
    }

    /// Whether a day is a weekday within the terms, or any weekday where no terms are set.
    public func isSchoolDay(_ day: Int) -> Bool { schoolDays(after: day - 1, through: day) == 1 }

    /// How many school days lie after one day up to and with another; O(terms).
    public func schoolDays(after first: Int, through last: Int) -> Int {
        guard first < last else { return 0 }
        if terms.isEmpty { return SchoolCalendar.weekdays(in: (first + 1)...last) }
        return terms.reduce(0) { count, term in
            let from = max(first + 1, term.days.lowerBound)
            let to = min(last, term.days.upperBound)
            return from <= to ? count + SchoolCalendar.weekdays(in: from...to) : count
        }
    }

    /// Whether something was written down so long after it happened that writing it is
    /// retrospective: more than 5 school days by default.
    public func isBackdated(occurredAt: Timestamp, recordedAt: Timestamp) -> Bool {
        schoolDays(after: day(of: occurredAt), through: day(of: recordedAt)) > backdateSchoolDays
    }

    /// The deadline of the day on which a moment falls, a school day or not.
    public func deadline(onDayOf moment: Timestamp) -> Timestamp {
        self.moment(on: day(of: moment), at: deadline)
    }

    private static func weekdays(in days: ClosedRange<Int>) -> Int {
        weekdays(through: days.upperBound) - weekdays(through: days.lowerBound - 1)
    }

    // Weekdays from a Monday long ago (day -3 is 1969-12-29, a Monday) through `day`.
    private static func weekdays(through day: Int) -> Int {
        let sinceMonday = day + 3 + 1
        let weeks = sinceMonday >= 0 ? sinceMonday / 7 : (sinceMonday - 6) / 7
        return weeks * 5 + min(sinceMonday - weeks * 7, 5)
    }
}

extension Int64 {
    fileprivate var flooredSeconds: Int64 { self >= 0 ? self / 1_000 : (self - 999) / 1_000 }
}
