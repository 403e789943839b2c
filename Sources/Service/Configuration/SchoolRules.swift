public import Authentication
public import SQLite

/// What the school decides in numbers: `rules.json` of its policies folder.
///
/// A key that is missing has its default; an unknown key or a value out of range is an error.
public struct SchoolRules: Sendable {
    /// Passwords, sessions, elevation, resets, authenticators, throttles.
    public var authentication = AuthenticationRules()
    /// A file of SHA-1 hashes of passwords known to be breached, sorted; `nil` for none.
    ///
    /// A relative path begins at the policies folder.
    public var breachedList: String?
    /// When a grant of an elevating role needs a second person.
    public var grantsApproval = GrantsApproval.always
    /// What an alert shows and when it is repeated.
    public var alerts = Alerts()
    /// How long an alert lets its reader see an incident, and what counts as late.
    public var involvement = Involvement()
    /// The daily deadline.
    public var deadline = Deadline()
    /// The staff id of the head.
    public var head: Identifier?

    /// The rules as shipped.
    public init() {}

    /// When a second person must approve a grant.
    public enum GrantsApproval: String, Sendable, CaseIterable {
        /// Always.
        case always
        /// Only for a change of one's own account.
        case own
    }

    /// Rules for alerts.
    public struct Alerts: Sendable {
        /// What the list of alerts shows of a pupil.
        public enum PupilShown: String, Sendable, CaseIterable {
            /// Nothing.
            case none
            /// The initials.
            case initials
            /// The name.
            case name
        }

        /// What the list of alerts shows of a pupil.
        public var showPupil = PupilShown.initials
        /// How long an urgent alert may stay unopened before every key holder is mailed.
        public var escalateAfter = Duration.seconds(300)
    }

    /// Rules for being involved in an incident.
    public struct Involvement: Sendable {
        /// Days for which someone alerted by name still sees it after marking it as read.
        public var graceDays = 7
        /// Days for which an unread alert by name lets its reader see the incident.
        public var unreadDays = 30
        /// School days after which adding an action is retrospective.
        public var backdateSchoolDays = 5
    }

    /// The daily deadline, by the school's clock.
    public struct Deadline: Sendable {
        /// By when everything must be completed: 3:30 pm in the policy.
        public var time = TimeOfDay(hour: 15, minute: 30)
        /// When those who are not clear are reminded.
        public var remindAt = [TimeOfDay(hour: 15, minute: 0)]
        /// The name of the school's time zone (IANA).
        public var timeZone = "Europe/London"
        /// The terms, in order; none means that every weekday is a school day.
        public var terms: [Term] = []
    }

    /// A term: its first and last day, as day numbers (0 is 1970-01-01).
    public struct Term: Sendable, Hashable {
        /// From the first day to the last.
        public let days: ClosedRange<Int>
    }
}

/// A time by the clock on the wall.
public struct TimeOfDay: Sendable, Hashable, CustomStringConvertible {
    /// Minutes since midnight, 0 to 1439.
    public let minutes: Int

    init(hour: Int, minute: Int) { minutes = hour * 60 + minute }

    /// Reads `15:30`; `nil` for anything else.
    public init?(_ text: String) {
        let digits = text.utf8.map { Int($0) - 0x30 }
        guard digits.count == 5, digits[2] == 10,
            [0, 1, 3, 4].allSatisfy({ (0...9).contains(digits[$0]) })
        else { return nil }
        let (hour, minute) = (digits[0] * 10 + digits[1], digits[3] * 10 + digits[4])
        guard hour < 24, minute < 60 else { return nil }
        self.init(hour: hour, minute: minute)
    }

    /// The time as `15:30`.
    public var description: String {
        [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
