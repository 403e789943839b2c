import Authentication
import PolicyEngine
import SQLite

/// Reading `rules.json`; the ranges stand beside the keys.
extension SchoolRules {
    /// Bytes of `rules.json`: some decades of terms.
    public static let largestFile = 64 << 10

    /// Reads the rules of a school.
    ///
    /// - Throws: `ConfigurationError` that names the key and what it may be.
    public init(parsing bytes: [UInt8]) throws(ConfigurationError) {
        guard bytes.count <= SchoolRules.largestFile else {
            throw ConfigurationError("rules.json: larger than \(SchoolRules.largestFile) bytes")
        }
        var reader = SettingsReader([try SettingsReader.layer("rules.json", parsing: bytes)])
        try readPasswords(&reader)
        try readSessions(&reader)
        try readThrottle(&reader)
        try reader.choice(&grantsApproval, "grants.approval")
        try reader.choice(&alerts.showPupil, "alerts.showPupil")
        try reader.seconds(&alerts.escalateAfter, "alerts.escalateAfterSeconds", in: 1...86_400)
        try reader.integer(&involvement.graceDays, "involvement.graceDays", in: 0...30)
        // Thirty days at the most, by the domain's definition of being involved.
        try reader.integer(&involvement.unreadDays, "involvement.unreadDays", in: 1...30)
        try reader.integer(
            &involvement.backdateSchoolDays,
            "involvement.backdateSchoolDays",
            in: 0...30
        )
        try readDeadline(&reader)
        try reader.optional(&head, "head", expected: "the id of a member of staff") {
            Identifier($0)
        }
        try reader.finish()
    }

    // No minimum may undercut the profile it belongs to: 8 is the school's policy, 12 the
    // product's for accounts that can be elevated, 15 NIST's (SP 800-63B-4, section 3.1.1.2).
    private mutating func readPasswords(_ reader: inout SettingsReader) throws(ConfigurationError) {
        var profile = Profile.school
        try reader.choice(&profile, "profile")
        let value: AuthenticationRules.Profile = profile == .nist ? .nist : .school
        authentication.profile = value
        authentication.password = AuthenticationRules.Password(profile: value)
        let least = authentication.password
        try reader.integer(
            &authentication.password.minLength,
            "password.minLength",
            in: least.minLength...64
        )
        authentication.password.elevatableMinLength = max(
            least.elevatableMinLength,
            authentication.password.minLength
        )
        try reader.integer(
            &authentication.password.elevatableMinLength,
            "password.elevatableMinLength",
            in: authentication.password.elevatableMinLength...64
        )
        try reader.integer(&authentication.password.history, "password.history", in: 0...24)
        try reader.path(&breachedList, "password.breachedList")
        var town: String?
        try reader.optional(&town, "password.town", expected: "the school's town") {
            (3...60).contains($0.utf8.count) ? $0 : nil
        }
        authentication.schoolTown = town ?? ""
    }

    private enum Profile: String, CaseIterable {
        case school
        case nist
    }

    private mutating func readSessions(_ reader: inout SettingsReader) throws(ConfigurationError) {
        try reader.seconds(&authentication.sessionIdle, "session.idleSeconds", in: 1...600)
        try reader.seconds(&authentication.sessionLongest, "session.maxSeconds", in: 1...43_200)
        try reader.seconds(
            &authentication.elevationLongest,
            "elevation.maxSeconds",
            in: 1...3_600
        )
        try reader.seconds(&authentication.resetLifetime, "reset.tokenSeconds", in: 1...86_400)
        try reader.seconds(
            &authentication.inviteLifetime,
            "reset.inviteSeconds",
            in: 1...(30 * 86_400)
        )
        try reader.integer(&authentication.resetMailsPerHour, "reset.mailsPerHour", in: 1...100)
        try reader.integer(&authentication.skewSteps, "totp.skewSteps", in: 0...1)
        try reader.integer(
            &authentication.disableAfterFailures,
            "totp.disableAfterFailures",
            in: 1...100
        )
    }

    private mutating func readThrottle(_ reader: inout SettingsReader) throws(ConfigurationError) {
        var throttle = authentication.throttle
        try reader.integer(&throttle.freeFailures, "throttle.freeFailures", in: 1...10)
        try reader.seconds(&throttle.firstWait, "throttle.firstWaitSeconds", in: 1...3_600)
        try reader.seconds(&throttle.longestWait, "throttle.longestWaitSeconds", in: 1...3_600)
        try reader.integer(
            &throttle.sourceFailuresPer10Minutes,
            "throttle.sourceFailuresPer10Minutes",
            in: 1...100_000
        )
        try reader.list(
            &throttle.schoolNetworks,
            "throttle.schoolNetworks",
            limit: 64,
            of: "address ranges"
        ) { NetworkRange($0) }
        guard throttle.firstWait <= throttle.longestWait else {
            throw ConfigurationError(
                "rules.json: `throttle.firstWaitSeconds` is more than `throttle.longestWaitSeconds`"
            )
        }
        authentication.throttle = throttle
    }

    private mutating func readDeadline(_ reader: inout SettingsReader) throws(ConfigurationError) {
        var time: TimeOfDay? = deadline.time
        try reader.optional(&time, "deadline.time", expected: "a time like `15:30`") {
            TimeOfDay($0)
        }
        deadline.time = time ?? deadline.time
        try reader.list(
            &deadline.remindAt,
            "deadline.remindAt",
            limit: 8,
            of: "times like `15:00`"
        ) { TimeOfDay($0) }
        var zone: String? = deadline.timeZone
        try reader.optional(&zone, "deadline.timeZone", expected: "a time zone's name") {
            LocalTime.isName($0) ? $0 : nil
        }
        deadline.timeZone = zone ?? deadline.timeZone
        try reader.read(
            &deadline.terms,
            "deadline.terms",
            expected: "a list of at most 60 terms like "
                + "`{\"from\": \"2026-09-01\", \"to\": \"2026-12-18\"}`, in order, apart",
            print: { "\($0.count)" },
            read: SchoolRules.terms
        )
    }

    private static func terms(_ content: SettingsReader.Content) -> [Term]? {
        guard case .json(.array(let items)) = content, items.count <= 60 else { return nil }
        let terms = items.compactMap { item -> Term? in
            guard case .object(let members) = item, members.count == 2,
                case .string(let from)? = item["from"], case .string(let to)? = item["to"],
                let first = day(from), let last = day(to), first <= last
            else { return nil }
            return Term(days: first...last)
        }
        // In order and apart, so that a day counts once.
        let areApart = zip(terms, terms.dropFirst()).allSatisfy {
            $0.days.upperBound < $1.days.lowerBound
        }
        return terms.count == items.count && areApart ? terms : nil
    }

    private static func day(_ text: String) -> Int? {
        guard text.utf8.count == 10, let midnight = Timestamp(rfc3339: text + "T00:00:00Z") else {
            return nil
        }
        return Int(midnight.milliseconds / 86_400_000)
    }
}
