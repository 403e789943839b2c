public import Crypto
import SQLite

/// An entry as it stands in the log.
public struct StoredEntry: Hashable, Sendable {
    /// Its place, from 0.
    public let index: Int
    /// What it says.
    public let entry: Entry
    /// The hash of its leaf, as stored.
    public let leaf: Digest
    /// The version of the key its values are committed with.
    public let commitmentVersion: Int

    /// Reads a row of idx, leaf, at, staff, other_actor, session, elevated, address, action,
    /// resource, subjects, decision, policies, hash, reason, request_id, commitment_key, count.
    ///
    /// Every column is read in its one right form, so that none can be changed and mean the same.
    init(_ row: Row) throws {
        index = Int(row.int(0))
        guard let leaf = row.withBytes(1, { Digest($0) }) else { throw row.damaged("leaf") }
        self.leaf = leaf
        guard let elevated = [0: false, 1: true][row.int(6)] else { throw row.damaged("elevated") }
        guard let decision = Entry.Decision(rawValue: row.text(11)) else {
            throw row.damaged("decision")
        }
        guard let policySet = row.optionalText(13) else { throw row.damaged("policy_set") }
        commitmentVersion = Int(row.int(16))
        entry = try Entry(
            at: row.time(2),
            actor: try StoredEntry.actor(row),
            session: row.optionalID(5),
            elevated: elevated,
            address: row.text(7),
            action: row.text(8),
            resource: row.text(9),
            subjects: try StoredEntry.list(row, 10, "subjects"),
            decision: decision,
            policies: try StoredEntry.list(row, 12, "policies"),
            policySet: policySet,
            reason: row.optionalText(14),
            requestID: row.text(15),
            count: row.optionalInt(17).map(Int.init)
        )
    }

    /// The canonical JSON of the entry's leaf.
    /// - Throws: `AuditError.unknownCommitmentKey`.
    public func leafText(_ commitments: Commitments) throws(AuditError) -> [UInt8] {
        let key = try commitments.entryKey(index: index, version: commitmentVersion)
        return Leaf.text(of: entry, at: index, key: key)
    }

    private static func actor(_ row: Row) throws(AuditError) -> Entry.Actor {
        switch (row.optionalID(3), row.optionalText(4)) {
        case (let id?, nil): return .staff(id)
        case (nil, let text?):
            if let actor = Entry.Actor(text) { return actor }
            fallthrough
        default: throw row.damaged("staff` or `other_actor")
        }
    }

    private static func list(
        _ row: Row,
        _ column: Int32,
        _ name: String
    ) throws(AuditError) -> [String] {
        let text = row.text(column)
        let values = text.split(separator: "\n").map(String.init)
        guard AccessLog.list(values) == text else { throw row.damaged(name) }
        return values
    }
}

extension Row {
    fileprivate func damaged(_ column: String) -> AuditError {
        .damaged("entry \(int(0)): `\(column)` cannot be read")
    }
}
