import Authentication
import Foundation
import SQLite
import Testing

/// Addresses that somebody makes up by the million to fill the memory, or to tell which exist.
///
/// `KEYHOLDER_MADE_UP_ADDRESSES` says how many; past some 200,000 the buckets are as good as full,
/// and nothing new can happen.
@Suite struct MadeUpAddressTests {
    @Test func `made-up addresses take the room of a fixed number of counts`() async {
        // In a process of its own, whose memory nothing else fills.
        await #expect(processExitsWith: .success) {
            let asked = ProcessInfo.processInfo.environment["KEYHOLDER_MADE_UP_ADDRESSES"]
            let count = asked.flatMap { Int($0) } ?? 200_000
            let school = try TestSchool()
            // A source would have to wait long before.
            school.rules.throttle.schoolNetworks = [try #require(NetworkRange("192.0.2.0/24"))]
            try school.makeUp(0..<count / 10)
            let memory = try residentBytes()
            try school.makeUp(count / 10..<count)
            let grown = try residentBytes() - memory
            let counts = try #require(
                try school.connection.first("SELECT count(*), max(slot) FROM throttle") { row in
                    (rows: row.int(0), highest: row.int(1))
                }
            )
            let pages = try school.connection.first("PRAGMA page_count") { $0.int(0) } ?? 0
            // Of 65,536 counts these addresses meet in so many, some 50 more or less.
            let expected = 65_536 * (1 - exp(-Double(count) / 65_536))
            try #require(abs(Double(counts.rows) - expected) < 500)
            try #require(counts.rows <= 65_536 && counts.highest < 65_536)
            // 4 MiB for all tables, of which memory holds as much as it keeps of any file.
            try #require(pages * 4_096 <= 4 << 20)
            try #require(grown <= 8 << 20)
        }
    }

    /// The same keys, the same guesses, the same moments: in one school the person is there.
    @Test(arguments: [AccountState.active, .suspended, .invited])
    func `no address is told from another before, while or after made-up ones come`(
        state: AccountState
    ) throws {
        let school = try TestSchool()
        let address = "ada@school.example"
        school.rules.throttle.schoolNetworks = [try #require(NetworkRange("192.0.2.0/24"))]
        let unknown = try school.answers(about: address)
        try school.moveToAnotherFile()
        if state == .invited { try school.invite(address) } else { try school.person(address) }
        if state == .suspended {
            let id = try #require(try school.store.accounts.all(on: school.connection).first?.id)
            try school.change(id, AccountChange(state: .suspended))
        }
        let known = try school.answers(about: address)
        #expect(known.told == unknown.told)
        #expect(known.counts == unknown.counts)
        // Both are refused at first, and both have to wait in the end.
        #expect(known.told.first == "refused" && known.told.last?.hasPrefix("wait") == true)
    }
}

extension TestSchool {
    /// Somebody tries a password for each of so many addresses.
    func makeUp(_ numbers: Range<Int>) throws {
        try connection.savepoint {
            for number in numbers {
                _ = try store.checks.begin(
                    email: "made-up\(number)@school.example",
                    client: client,
                    at: occasion
                )
            }
        }
    }

    /// What a stranger is told of an address before, while and after others are made up, and after a
    /// restart; and what is counted at the end.
    fileprivate func answers(about address: String) throws -> (told: [String], counts: [[Int64]]) {
        var told: [String] = []
        func guess(_ times: Int) throws {
            for _ in 0..<times {
                switch try trySignIn(address, "no") {
                case .signedIn: told.append("signed in")
                case .refused: told.append("refused")
                case .throttled(let wait): told.append("wait \(wait)")
                }
            }
        }
        let start = now
        try guess(2)
        for round in 0..<10 {
            try makeUp(round * 1_000..<(round + 1) * 1_000)
            try guess(1)
            pass(.seconds(20))
        }
        try guess(3)
        try restart()
        try guess(3)
        pass(.seconds(3_600))
        try guess(1)
        try guess(1)
        now = start
        return (
            told,
            try connection.all("SELECT kind, slot, failures, since, next_at FROM throttle") { row in
                (0..<5).map { row.int($0) }
            }
        )
    }
}

/// Memory of this process that is there and not only set aside.
private func residentBytes() throws -> Int {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        .split(separator: " ").compactMap { Int($0) }
    return try #require(pages.dropFirst().first) * sysconf(Int32(_SC_PAGESIZE))
}
