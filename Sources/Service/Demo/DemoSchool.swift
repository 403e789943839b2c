import SQLite

/// A member of staff of the made-up school.
struct DemoStaff: Sendable {
    let key: Int
    let name: String
    let email: String
    let jobTitle: String
    let roles: [String]
}

/// A pupil of the made-up school.
struct DemoPupil: Sendable {
    let key: Int
    let name: String
    let dateOfBirth: String
    let yearGroup: String
    let form: String
}

/// A concern that somebody logged.
struct DemoIncident: Sendable {
    let pupil: Int
    let author: Int
    let linked: [Int]
    let categories: [String]
    let occurredAt: Timestamp
    let recordedAt: Timestamp
    let narrative: String
    let alerts: [Int]
    let agencies: [String]
    let actions: [DemoAction]
}

/// What happened next.
struct DemoAction: Sendable {
    let text: String
    let occurredAt: Timestamp
    let recordedAt: Timestamp
    let author: Int
    let leadership: Bool
}

/// A made-up school, the same for the same seed and day; nobody in it exists.
struct DemoSchool: Sendable {
    let staff: [DemoStaff]
    let pupils: [DemoPupil]
    let incidents: [DemoIncident]

    init(now: Timestamp, seed: UInt64, incidents count: Int) {
        var random = SplitMix64(state: seed)
        let staff = DemoSchool.staff
        let pupils = DemoSchool.pupils(now: now, &random)
        self.staff = staff
        self.pupils = pupils
        incidents = (0..<count).map { _ in
            DemoSchool.incident(staff: staff, pupils: pupils, now: now, &random)
        }
    }

    private static let staff: [DemoStaff] = {
        let posts: [(String, String, [String])] = [
            ("Helen Marsh", "Head Teacher", ["staff", "slt"]),
            ("Daniel Okoro", "Deputy Head", ["staff", "slt"]),
            ("Priya Raman", "Assistant Head", ["staff", "slt"]),
            ("Ruth Ellison", "Designated Safeguarding Lead", ["staff", "dsl"]),
            ("Tom Garvey", "Deputy Safeguarding Lead", ["staff", "dsl"]),
            ("Marcus Bell", "Behaviour Lead", ["staff", "behaviour_lead"]),
            ("Joan Whitlow", "Site Lead", ["staff", "site_lead"]),
            ("Sean Pickering", "IT Technician", ["staff", "administrator"]),
            ("Margaret Lowe", "Safeguarding Governor", ["governor"]),
        ]
        let teachers = [
            "Amy Fletcher", "Ben Carver", "Chloe Dunn", "David Amos", "Ella Stokes", "Farah Malik",
            "George Tanner", "Hannah Price", "Imran Sheikh", "Julia Novak", "Kevin Rowe",
            "Lucy Grant", "Megan Shaw", "Nathan Cole", "Olivia Frost", "Peter Nash", "Rachel Young",
            "Simon Hart", "Tara Flynn", "Usha Patel", "Victor Lane",
        ]
        let everyone =
            posts
            + teachers.enumerated().map { index, name in
                (name, index % 3 == 2 ? "Teaching Assistant" : "Class Teacher", ["staff"])
            }
        return everyone.enumerated().map { key, post in
            let parts = post.0.lowercased().split(separator: " ")
            return DemoStaff(
                key: key,
                name: post.0,
                email: "\(parts[0].prefix(1)).\(parts[1])@whitetrees.example",
                jobTitle: post.1,
                roles: post.2
            )
        }
    }()

    private static func pupils(now: Timestamp, _ random: inout SplitMix64) -> [DemoPupil] {
        let first = [
            "Amelia", "Noah", "Zofia", "Oliver", "Ava", "Jayden", "Isla", "Mohammed", "Grace",
            "Leo",
            "Poppy", "Theo", "Maya", "Harry", "Ruby",
        ]
        let last = [
            "Hartley", "Bennett", "Kowalska", "Ahmed", "Osei", "Turner", "Singh", "Doyle", "Mensah",
            "Walsh", "Begum", "Fisher",
        ]
        let years = ["R", "1", "2", "3", "4", "5", "6"]
        let today = Timestamp.date(ofDay: Int(now.milliseconds / 86_400_000))
        return (0..<60).map { key in
            let year = key % years.count
            let birthYear = today.year - 5 - year
            let month = Int.random(in: 1...12, using: &random)
            let day = Int.random(in: 1...28, using: &random)
            func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
            return DemoPupil(
                key: key,
                name: "\(first[key % first.count]) \(last[(key * 7 + key / 15) % last.count])",
                dateOfBirth: "\(birthYear)-\(two(month))-\(two(day))",
                yearGroup: years[year],
                form: years[year] + (key.isMultiple(of: 2) ? "A" : "B")
            )
        }
    }

    private static func incident(
        staff: [DemoStaff],
        pupils: [DemoPupil],
        now: Timestamp,
        _ random: inout SplitMix64
    ) -> DemoIncident {
        let authors = staff.filter { $0.roles == ["staff"] }
        let author = authors[Int.random(in: 0..<authors.count, using: &random)]
        let pupil = pupils[Int.random(in: 0..<pupils.count, using: &random)]
        let scene = DemoWording.scenes[Int.random(in: 0..<DemoWording.scenes.count, using: &random)]
        let occurredAt = moment(before: now, &random)
        let recordedAt = occurredAt + .seconds(Int.random(in: 600...7_200, using: &random))
        let colleague = authors[Int.random(in: 0..<authors.count, using: &random)]
        let other = pupils[Int.random(in: 0..<pupils.count, using: &random)]
        let isShared = scene.names == 2 && other.key != pupil.key
        return DemoIncident(
            pupil: pupil.key,
            author: author.key,
            linked: isShared ? [other.key] : [],
            categories: scene.categories,
            occurredAt: occurredAt,
            recordedAt: recordedAt,
            narrative: DemoWording.narrative(
                scene,
                pupil: pupil.name,
                other: isShared ? other.name : "another child",
                &random
            ),
            alerts: colleague.key != author.key && Bool.random(using: &random)
                ? [colleague.key] : [],
            agencies: scene.agencies,
            actions: actions(author, staff, after: recordedAt, now: now, &random)
        )
    }

    private static func actions(
        _ author: DemoStaff,
        _ staff: [DemoStaff],
        after recordedAt: Timestamp,
        now: Timestamp,
        _ random: inout SplitMix64
    ) -> [DemoAction] {
        var moment = recordedAt
        return (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in
            moment = moment + .seconds(Int.random(in: 3_600...86_400, using: &random))
            guard moment < now else { return nil }
            let isLeader = Bool.random(using: &random)
            let leader = staff[Int.random(in: 0...5, using: &random)]
            let texts = isLeader ? DemoWording.leaderActions : DemoWording.teacherActions
            return DemoAction(
                text: texts[Int.random(in: 0..<texts.count, using: &random)],
                occurredAt: moment - .seconds(900),
                recordedAt: moment,
                author: isLeader ? leader.key : author.key,
                leadership: isLeader && Bool.random(using: &random)
            )
        }
    }

    /// A moment of a school day in the two years before.
    private static func moment(before now: Timestamp, _ random: inout SplitMix64) -> Timestamp {
        let today = Int(now.milliseconds / 86_400_000)
        while true {
            let day = today - Int.random(in: 1...720, using: &random)
            // Day 0 was a Thursday.
            guard (0...4).contains((day + 3) % 7) else { continue }
            let minute = Int.random(in: 8 * 60 + 30...15 * 60 + 45, using: &random)
            return Timestamp(milliseconds: Int64(day) * 86_400_000 + Int64(minute) * 60_000)
        }
    }
}

/// A generator whose numbers are the same on every machine (Steele, Lea and Flood, 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
