import Foundation
import SQLite
import Testing

/// Roles that change among many writers: what was decided and the log are of one order.
@Suite(.enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct RightsRaceTests {
    private static let rounds = 12
    private static let writers = 40

    @Test func `whoever was a leader when an incident was recorded is alerted, and nobody else`()
        throws
    {
        let staffed = try StaffedSchool()
        let school = staffed.school
        let leader = try #require(staffed.ids["leader"])
        try staffed.incident().write(to: URL(fileURLWithPath: school.folder + "/incident.json"))
        for round in 0..<RightsRaceTests.rounds {
            let roles = round % 2 == 0 ? #"["staff"]"# : #"["staff","slt"]"#
            let statuses = try race(staffed, leader, #"{"roles":\#(roles)}"#)
            #expect(statuses.count { $0 == 201 } == RightsRaceTests.writers, "\(statuses)")
            #expect(statuses.count { $0 == 200 } == 1, "\(statuses)")
        }
        #expect(school.stop() == 0)

        let file = try Connection(path: school.database, access: .reading)
        let alerted = try file.all(
            """
            SELECT EXISTS (SELECT 1 FROM alert WHERE incident = i.id AND staff = ?1)
            FROM incident i ORDER BY i.id
            """,
            .id(try #require(Identifier(leader)))
        ) { $0.bool(0) }
        let acts = try file.all(
            """
            SELECT action FROM access_log
            WHERE action = 'logIncident' AND decision = 'allow'
                OR action = 'changeStaff' AND decision = 'allow'
            ORDER BY idx
            """
        ) { $0.text(0) }
        var (isLeader, expected) = (true, [Bool]())
        for act in acts {
            if act == "logIncident" { expected.append(isLeader) } else { isLeader.toggle() }
        }
        #expect(alerted.count == RightsRaceTests.rounds * RightsRaceTests.writers)
        #expect(alerted == expected)
        #expect(Set(alerted) == [true, false])
    }

    /// Changes an account among many who log incidents at the same time; the answer is the statuses.
    private func race(_ staffed: StaffedSchool, _ id: String, _ change: String) throws -> [Int] {
        let school = staffed.school
        func request(
            _ method: String,
            _ path: String,
            by person: Person,
            _ body: String
        ) -> [String] {
            [
                "-sS", "--cacert", school.certificate, "-o", "/dev/null", "-w", "%{http_code}\n",
                "-X", method, "-H", "Content-Type: application/json", "-H",
                "Authorization: Bearer \(person.token ?? "")", "--data-binary", body,
                school.address + path,
            ]
        }
        let logs = Array(
            repeating: request(
                "POST",
                "/v1/incidents",
                by: staffed.teacher,
                "@\(school.folder)/incident.json"
            ),
            count: RightsRaceTests.writers
        )
        let patch = request("PATCH", "/v1/staff/\(id)", by: staffed.administrator, change)
        let half = RightsRaceTests.writers / 2
        let requests = logs.prefix(half) + [patch] + logs.suffix(half)
        let output = try Tool.run(
            "curl",
            ["-Z", "--parallel-immediate", "--parallel-max", "\(requests.count)"]
                + Array(requests.joined(separator: ["--next"]))
        )
        let statuses = String(decoding: output, as: UTF8.self).split(separator: "\n")
        return statuses.compactMap { Int($0) }
    }
}
