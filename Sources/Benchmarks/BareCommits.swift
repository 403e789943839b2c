import Foundation
import SQLite

/// The yardstick of writing: a bare loop of group commits of the rows that the service wrote.
///
/// The rows that `after` has and `before` lacks go into a copy of `before`, in the order they were
/// made, in as many transactions as the waiting clients make.
struct BareCommits {
    private let before: String
    private let after: String
    /// What a client waits for; each made some of the rows.
    private let pieces: Int

    init(before: String, after: String, pieces: Int) {
        self.before = before
        self.after = after
        self.pieces = pieces
    }

    /// For the incidents that were logged in between.
    init(incidentsBetween before: String, and after: String) throws {
        let pieces = try BareCommits.count(after) - BareCommits.count(before)
        self.init(before: before, after: after, pieces: pieces)
    }

    private static func count(_ database: String) throws -> Int {
        let connection = try Connection(path: database, access: .writing)
        return try connection.first("SELECT count(*) FROM incident") { Int($0.int(0)) } ?? 0
    }

    /// Writes all rows anew and says how fast.
    func piecesPerSecond(groupsOf clients: Int) throws -> Double {
        let copy = before + "-copy"
        defer { TemporaryFolder.remove(copy) }
        try FileManager.default.copyItem(atPath: before, toPath: copy)
        let connection = try Connection(path: copy, access: .writing)
        try connection.execute(
            script: "PRAGMA foreign_keys = OFF; ATTACH '\(after)' AS after;"
        )
        let tables = try newRows(connection)
        let groups = max(1, pieces / clients)
        let begin = ContinuousClock.now
        for group in 0..<groups {
            try connection.execute(script: "BEGIN IMMEDIATE")
            for (name, rows) in tables {
                try connection.execute(
                    script: """
                        INSERT OR REPLACE INTO main.\(name) SELECT * FROM temp.\(name)
                        WHERE rowid > \(rows * group / groups)
                        AND rowid <= \(rows * (group + 1) / groups)
                        """
                )
            }
            try connection.execute(script: "COMMIT")
        }
        return Double(pieces) / ((ContinuousClock.now - begin) / .seconds(1))
    }

    /// The tables that have new rows, and how many; the rows stand in temporary tables of that name.
    private func newRows(_ connection: Connection) throws -> [(name: String, rows: Int)] {
        let names = try connection.all(
            "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ) { $0.text(0) }
        return try names.compactMap { name in
            try connection.execute(
                script: """
                    CREATE TEMP TABLE \(name) AS
                    SELECT * FROM after.\(name) EXCEPT SELECT * FROM main.\(name)
                    """
            )
            var rows = 0
            try connection.each(composed: "SELECT count(*) FROM temp.\(name)", []) { row in
                rows = Int(row.int(0))
                return false
            }
            return rows == 0 ? nil : (name, rows)
        }
    }
}
