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
///
/// A roll-back of the whole machine takes the marks with it. That one the checkpoint tells that is
/// kept among the keys, if these are kept apart: the log is then shorter than what was signed for.
extension DataFolder {
    private static let markPrefix = "run-"

    /// Holds the log of a database against the checkpoint that was kept of it.
    static func continuity(
        of deed: Deed,
        _ kept: KeptNote,
        _ keyRing: KeyRing,
        on connection: Connection
    ) throws -> LogContinuity {
        do {
            return try LogContinuity(
                note: try kept.read(),
                origin: deed.origin,
                keys: keyRing.logSigning,
                stored: try StoredTree(on: connection)
            )
        } catch let error as AuditError {
            throw ServiceError.folder(
                "`\(kept.path)` does not fit the access log of `\(deed.origin)`: \(error)"
            )
        }
    }

    /// Marks the database for this run; in a copy that was put back, ends first what it revives, and
    /// begins a new origin of the log if entries are lost that were signed for.
    ///
    /// A folder that was only moved is not told from a copy: there people sign in again.
    /// - Returns: the log's origin from now on.
    func markRun(
        _ identity: IdentityStore,
        _ commitments: Commitments,
        _ policySet: String,
        _ origin: LogOrigin,
        _ continuity: LogContinuity,
        now: Timestamp,
        on connection: Connection
    ) throws -> LogOrigin {
        let mark = DataFolder.markPrefix + Hex.encode(Random.bytes(16))
        let made = try makeMark(mark)
        let size = try StoredTree(on: connection).size
        let loss = DataFolder.loss(continuity, size: size)
        try connection.savepoint {
            let left = try connection.first("SELECT name, changed_at FROM run_mark") { row in
                (name: row.text(0), changedAt: row.int(1))
            }
            // The folder of a school that has never been opened has no mark and nothing to revive.
            if try loss != nil || left.map({ try changeTime($0.name) != $0.changedAt }) == true {
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
                if let loss {
                    try log.append(
                        .finding(
                            "logRolledBack",
                            on: School.accessLog.uid,
                            policySet: policySet,
                            reason: loss.reason,
                            at: now
                        ),
                        on: connection
                    )
                    let next = loss.next.description
                    try connection.run("UPDATE school SET origin = ?1", .text(next))
                }
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
        if let loss { RequestLog().failure("the access log was rolled back: \(loss.reason)") }
        try removeMarks(except: mark)
        return loss?.next ?? origin
    }

    /// What is missing from the log by the word of a checkpoint, and the origin that begins with it.
    private static func loss(
        _ continuity: LogContinuity,
        size: Int
    ) -> (reason: String, next: LogOrigin)? {
        guard case .broken(let checkpoint, let next) = continuity else { return nil }
        let found =
            size < checkpoint.size ? "\(size) entries are there" : "\(size) others are there"
        let root = Base64.standard.encode(checkpoint.root.bytes)
        return (
            "\(checkpoint.size) entries of \(checkpoint.origin) were signed for, with the root"
                + " \(root), and \(found): the log goes on as \(next)",
            next
        )
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
