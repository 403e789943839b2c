public import SQLite

/// Makes a made-up school with two years of history, for looking around.
public enum DemoFounding {
    /// Who can sign in, and with what.
    public struct SignIn: Sendable {
        /// The full name.
        public let name: String
        /// The user name.
        public let email: String
        /// Made for this run alone.
        public let password: String
        /// What they do.
        public let jobTitle: String
        /// The authenticator's secret in base 32; `nil` for those who have none.
        public let secret: String?
    }

    /// How much history the school has.
    public struct Size: Sendable {
        /// How many incidents have been logged.
        public var incidents: Int
        /// How often each of them has been looked at: entries of the access log.
        public var looks: Int

        /// Enough to look around in, by default.
        public init(incidents: Int = 400, looks: Int = 0) {
            self.incidents = incidents
            self.looks = looks
        }
    }

    /// Incidents in one transaction.
    private static let batch = 2_000

    /// Fills new folders with a school.
    ///
    /// - Throws: what `SchoolFounding.found` throws.
    public static func found(
        paths: SchoolPaths,
        settings: MachineSettings,
        size: Size = Size(),
        now: Timestamp = .systemNow()
    ) throws -> [SignIn] {
        let start = now - .seconds(2 * 366 * 86_400)
        _ = try SchoolFounding.found(
            name: "Oakfield Primary School",
            administrator: "setup@whitetrees.example",
            paths: paths,
            settings: settings,
            clock: WallClock { start }
        )
        let school = try School(
            folder: try DataFolder(path: paths.data),
            paths: paths,
            settings: settings
        )
        defer { school.close() }
        let content = DemoSchool(now: now, seed: 20_261_123, incidents: size.incidents)
        let people = content.staff.map(DemoPerson.init)
        let (signIns, members) = try fill(school, DemoMembers()) { filling in
            let signIns = try filling.add(people, at: start)
            try filling.add(content.pupils, at: start)
            return signIns
        }
        let incidents = content.incidents.sorted { $0.recordedAt < $1.recordedAt }
        for first in stride(from: 0, to: incidents.count, by: batch) {
            let some = incidents[first..<min(first + batch, incidents.count)]
            _ = try fill(school, members) { filling in
                try filling.add(some, looks: size.looks)
            }
        }
        return signIns
    }

    /// Fills in one transaction.
    private static func fill<R: Sendable>(
        _ school: School,
        _ members: DemoMembers,
        _ body: @escaping @Sendable (inout DemoFilling) throws -> R
    ) throws -> (R, DemoMembers) {
        try school.ledger.perform { connection, state in
            var filling = DemoFilling(
                school: school,
                members: members,
                connection: connection,
                log: state.log
            )
            let result = try body(&filling)
            state.log = filling.log
            return (result, filling.members)
        }
    }
}

/// A person of the made-up school before there is an account.
struct DemoPerson: Sendable {
    let staff: DemoStaff
    let password: String

    init(_ staff: DemoStaff) {
        self.staff = staff
        // Two words, a number and a mark: long enough for a leader, easy enough to type. The words
        // are nobody's name, which would be refused.
        let words = [
            "Lantern", "Gravel", "Copper", "Kettle", "Harbour", "Saffron", "Thistle", "Ladder",
        ]
        let chosen = words.shuffled().prefix(2).joined(separator: "-")
        password = "\(chosen)-\(Int.random(in: 100...999))!"
    }
}
