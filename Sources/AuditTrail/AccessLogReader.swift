public import PolicyEngine
public import SQLite

/// Reads the log for the people who audit it.
public enum AccessLogReader {
    /// What entries are asked for; what is `nil` matches every entry.
    public struct Filter: Hashable, Sendable {
        /// Who acted.
        public var actor: Entry.Actor?
        /// A pupil who was disclosed or acted on, as the entries' subjects and resources are written.
        public var pupil: String?
        /// An incident that was disclosed or acted on.
        public var incident: String?
        /// What was done.
        public var action: String?
        /// What the policy answered.
        public var decision: Entry.Decision?
        /// Not before this moment.
        public var from: Timestamp?
        /// Before this moment.
        public var to: Timestamp?

        /// A filter that matches every entry.
        public init() {}

        /// Whether anything but the time is asked for.
        var asksForContent: Bool {
            actor != nil || pupil != nil || incident != nil || action != nil || decision != nil
        }
    }

    /// One line of a page.
    public enum Line: Hashable, Sendable {
        /// An entry that the reader may see.
        case entry(StoredEntry)
        /// An entry about a thing that is hidden from the reader.
        case withheld(index: Int, at: Timestamp)
    }

    /// Some lines, newest first.
    public struct Page: Hashable, Sendable {
        /// What was found.
        public let lines: [Line]
        /// Where the search goes on (`before` of the next page); `nil` when nothing older is left.
        ///
        /// A page can be short or empty and yet have a next one: it looks at 100,000 rows at most.
        public let next: Int?
    }

    /// The newest entries before `index` that match.
    ///
    /// - Parameters:
    ///   - permit: for `readAccessLog`; traps for any other.
    ///   - filter: what is asked for.
    ///   - isHidden: whether an entry is about a thing that is hidden from the reader. It is
    ///     withheld then, and matches nothing but the time.
    ///   - index: where the page before this one ended, `nil` for the first page.
    ///   - limit: how many lines, 500 at the most.
    ///   - commitments: the school's, which the leaves are made with.
    ///   - connection: a reader in a transaction.
    /// - Returns: the lines and where the next page begins.
    /// - Throws: `AuditError.damaged`, also where an entry is not what its leaf says, or one is missing:
    ///   what was changed by hand is shown to nobody as the log. `SQLiteError`.
    public static func page(
        permit: borrowing Permit,
        filter: Filter,
        isHidden: (Entry) throws -> Bool = { _ in false },
        before index: Int? = nil,
        limit: Int,
        commitments: Commitments,
        on connection: Connection
    ) throws -> Page {
        check(permit)
        let limit = min(max(limit, 1), AuditLimits.page)
        let size = try StoredTree(on: connection).size
        let start = try firstTile(since: filter.from, on: connection)
        let end = try self.end(
            of: max(0, min(index ?? size, size)),
            before: filter.to,
            on: connection
        )
        guard start < end else { return Page(lines: [], next: nil) }
        let floor = max(start, end - AuditLimits.scan)
        var reached = floor
        var lines: [Line] = []
        // Without a filter the entries are all there, one after the other.
        var next = filter == Filter() ? end - 1 : nil
        try matching(filter, from: floor, before: end, on: connection) { entry in
            if let expected = next {
                try expect(expected, entry.index)
                next = expected - 1
            }
            let isWithheld = try isHidden(entry.entry)
            // It matches nothing: so it does not end a page either, and no cursor tells of it.
            if isWithheld, filter.asksForContent { return true }
            try verify(entry, commitments)
            lines.append(
                isWithheld ? .withheld(index: entry.index, at: entry.entry.at) : .entry(entry)
            )
            if lines.count == limit { reached = entry.index }
            return lines.count < limit
        }
        if let next, lines.count < limit { try expect(next, floor - 1) }
        return Page(lines: lines, next: reached > start ? reached : nil)
    }

    private static func expect(_ index: Int, _ found: Int) throws(AuditError) {
        guard index == found else { throw .damaged("entry \(index) is missing") }
    }

    /// The text of an entry's leaf, as it was hashed.
    @discardableResult
    private static func verify(_ entry: StoredEntry, _ commitments: Commitments) throws(AuditError)
        -> [UInt8]
    {
        let text = try entry.leafText(commitments)
        guard MerkleTree.leafHash(text) == entry.leaf else {
            throw .damaged("entry \(entry.index) is not what its leaf says")
        }
        return text
    }

    /// The leaves from `first` on, oldest first, each exactly as it was hashed: an export's lines.
    ///
    /// - Parameters:
    ///   - permit: for `readAccessLog`; traps for any other.
    ///   - first: the index of the first leaf.
    ///   - limit: how many, 500 at the most; the next call goes on where this one ended.
    ///   - commitments: the school's, which the leaves are made with.
    ///   - connection: a reader in a transaction.
    /// - Returns: canonical JSON texts, without newlines.
    /// - Throws: `AuditError.damaged` also when a row is not what its stored leaf says; an export
    ///   must not hand out what nobody can verify. `SQLiteError`.
    public static func leaves(
        permit: borrowing Permit,
        from first: Int,
        limit: Int,
        commitments: Commitments,
        on connection: Connection
    ) throws -> [[UInt8]] {
        check(permit)
        let size = try StoredTree(on: connection).size
        guard (0..<size).contains(first) else { return [] }
        let end = min(size, first + min(max(limit, 1), AuditLimits.page))
        return try entries(from: first, before: end, on: connection).map { entry in
            try verify(entry, commitments)
        }
    }

    /// The first index whose entry may be at `from` or later, at most 255 too low.
    ///
    /// - Returns: an index from which an export of that time begins.
    /// - Throws: `SQLiteError`.
    public static func firstIndex(
        permit: borrowing Permit,
        since from: Timestamp,
        on connection: Connection
    ) throws -> Int {
        check(permit)
        return try firstTile(since: from, on: connection)
    }

    private static func check(_ permit: borrowing Permit) {
        precondition(
            permit.action.id == "readAccessLog" && permit.resource?.type == "AccessLog",
            "a permit to read the access log"
        )
    }
}

extension Entry {
    /// Whether it is about one of these things: as its resource or among its subjects.
    public func isAbout(_ things: Set<String>) -> Bool {
        !things.isEmpty
            && (things.contains(resource) || subjects.contains { things.contains($0) })
    }
}

extension AccessLogReader {
    /// Entries in the order of the log, for the verifier and exports.
    static func entries(
        from first: Int,
        before end: Int,
        on connection: Connection
    ) throws -> [StoredEntry] {
        try connection.all(
            """
            SELECT idx, leaf, at, staff, other_actor, session, elevated, address, action, resource,
                subjects, decision, policies, hash, reason, request_id, commitment_key, count
            FROM access_log LEFT JOIN access_log_policy_set ON id = policy_set
            WHERE idx >= ?1 AND idx < ?2 ORDER BY idx
            """,
            .int(Int64(first)),
            .int(Int64(end)),
            read: { try StoredEntry($0) }
        )
    }

    /// Hands over what matches, newest first, until `body` answers false.
    private static func matching(
        _ filter: Filter,
        from floor: Int,
        before end: Int,
        on connection: Connection,
        _ body: (StoredEntry) throws -> Bool
    ) throws {
        let (staff, other): (SQLValue, SQLValue) =
            switch filter.actor {
            case .staff(let id): (.id(id), .null)
            case .some(let actor): (.null, .text(actor.description))
            case nil: (.null, .null)
            }
        try connection.each(
            """
            SELECT idx, leaf, at, staff, other_actor, session, elevated, address, action, resource,
                subjects, decision, policies, hash, reason, request_id, commitment_key, count
            FROM access_log LEFT JOIN access_log_policy_set ON id = policy_set
            WHERE idx >= ?1 AND idx < ?2
                AND (?3 IS NULL OR staff = ?3)
                AND (?4 IS NULL OR other_actor = ?4)
                AND (?5 IS NULL OR resource = ?5
                    OR instr(subjects, char(10) || ?5 || char(10)) > 0)
                AND (?6 IS NULL OR resource = ?6
                    OR instr(subjects, char(10) || ?6 || char(10)) > 0)
                AND (?7 IS NULL OR action = ?7)
                AND (?8 IS NULL OR decision = ?8)
                AND (?9 IS NULL OR at >= ?9)
                AND (?10 IS NULL OR at < ?10)
            ORDER BY idx DESC
            """,
            .int(Int64(floor)),
            .int(Int64(end)),
            staff,
            other,
            .text(filter.pupil),
            .text(filter.incident),
            .text(filter.action),
            .text(filter.decision?.rawValue),
            .time(filter.from),
            .time(filter.to),
            body: { try body(try StoredEntry($0)) }
        )
    }

    /// The start of the first stored subtree with an entry at `from` or later; without one, the
    /// start of what follows the stored subtrees.
    ///
    /// Sound even where a clock was set back, because each subtree knows its latest entry.
    private static func firstTile(since from: Timestamp?, on connection: Connection) throws -> Int {
        guard let from else { return 0 }
        let tile = try connection.first(
            "SELECT idx FROM access_log_tile WHERE level = 8 AND latest >= ?1 ORDER BY idx LIMIT 1",
            .time(from),
            read: { Int($0.int(0)) }
        )
        return try tile.map { $0 << StoredTree.tileHeight } ?? tailStart(on: connection)
    }

    /// Where the entries before `end` that are earlier than `to` end, or a little after.
    private static func end(
        of end: Int,
        before to: Timestamp?,
        on connection: Connection
    ) throws -> Int {
        guard let to else { return end }
        let tail = try tailStart(on: connection)
        if end > tail {
            let isInTail = try connection.first(
                "SELECT 1 FROM access_log WHERE idx >= ?1 AND idx < ?2 AND at < ?3 LIMIT 1",
                .int(Int64(tail)),
                .int(Int64(end)),
                .time(to),
                read: { _ in true }
            )
            if isInTail != nil { return end }
        }
        let tile = try connection.first(
            """
            SELECT idx FROM access_log_tile WHERE level = 8 AND idx < ?1 AND earliest < ?2
            ORDER BY idx DESC LIMIT 1
            """,
            .int(Int64((end + 255) >> StoredTree.tileHeight)),
            .time(to),
            read: { Int($0.int(0)) }
        )
        return min(end, tile.map { ($0 + 1) << StoredTree.tileHeight } ?? 0)
    }

    /// The first entry after the stored subtrees of 2^8.
    private static func tailStart(on connection: Connection) throws -> Int {
        try connection.first(
            "SELECT coalesce(max(idx) + 1, 0) FROM access_log_tile WHERE level = 8",
            read: { Int($0.int(0)) << StoredTree.tileHeight }
        ) ?? 0
    }
}
