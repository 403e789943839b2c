import Authentication
import AuditTrail
import Crypto
import Glibc
import PolicyEngine
import SQLite

/// Tells a database that lies where it was left from a copy that was put back.
///
/// Each run leaves a mark of its own in the database and as an empty file beside it. A copy that
/// was made in another run names another file; and where the file was put back with it, the file
/// has another time of change, which nobody can set (inode(7), `st_ctim`).
extension DataFolder {
    private static let markPrefix = "run-"

    /// Marks the database for this run; in a copy that was put back, ends first what it revives.
    ///
    /// Neither a consistent roll-back of the whole machine is told from what it was, nor is a
    /// folder that was only moved told from a copy: there people sign in again.
    func markRun(
        _ identity: IdentityStore,
        _ commitments: Commitments,
        _ policySet: String,
        now: Timestamp,
        on connection: Connection
    ) throws {
        let mark = DataFolder.markPrefix + Hex.encode(Random.bytes(16))
        let made = try makeMark(mark)
        try connection.savepoint {
            let left = try connection.first("SELECT name, changed_at FROM run_mark") { row in
                (name: row.text(0), changedAt: row.int(1))
            }
            // The folder of a school that has never been opened has no mark and nothing to revive.
            if let left, try changeTime(left.name) != left.changedAt {
                try identity.endWhatARestoreRevives(now: now, on: connection)
                try connection.run("DELETE FROM idempotency")
                var log = try AccessLog(loading: connection, commitments: commitments)
                try log.append(
                    .operating(
                        "endRestoredSessions",
                        on: School.entity.uid,
                        policySet: policySet,
                        uid: getuid(),
                        at: now
                    ),
                    on: connection
                )
            }
            try connection.run(
                """
                INSERT INTO run_mark (id, name, changed_at) VALUES (1, ?1, ?2)
                ON CONFLICT (id) DO UPDATE SET name = ?1, changed_at = ?2
                """,
                .text(mark),
                .int(made)
            )
        }
        try removeMarks(except: mark)
    }

    /// Makes the file of a mark, durable before the database names it; answers its time of change.
    private func makeMark(_ name: String) throws(ServiceError) -> Int64 {
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("make", name) }
        defer { Glibc.close(file) }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("open", "") }
        defer { Glibc.close(folder) }
        guard fsync(file) == 0, fsync(folder) == 0 else { throw failure("sync", name) }
        guard let changed = try changeTime(name) else { throw failure("find", name) }
        return changed
    }

    /// Nanoseconds since 1970 of a file's last change of any kind; `nil` where there is no file.
    private func changeTime(_ name: String) throws(ServiceError) -> Int64? {
        var status = stat()
        guard lstat("\(path)/\(name)", &status) == 0 else {
            if errno == ENOENT { return nil }
            throw failure("look at", name)
        }
        return Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    }

    private func removeMarks(except kept: String) throws(ServiceError) {
        guard let folder = opendir(path) else { throw failure("open", "") }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(DataFolder.markPrefix), name != kept else { continue }
            if unlink("\(path)/\(name)") != 0 { throw failure("remove", name) }
        }
    }

    private func failure(_ verb: String, _ name: String) -> ServiceError {
        .folder("cannot \(verb) `\(path)/\(name)`: \(String(cString: strerror(errno)))")
    }
}
