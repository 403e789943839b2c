import Crypto
public import SQLite

/// What takes two people: requests, and the one decision of each.
///
/// Neither is ever changed. Who may decide is the policies' to say; that it is neither the one who
/// asked nor the one concerned, once and in time, is in the statements too.
public struct Approvals: Sendable {
    let keys: IdentityKeys

    /// Asks for a second person; the same request that is open already is answered as it is.
    ///
    /// - Parameters:
    ///   - matter: what is asked for.
    ///   - concerned: whose account it is about.
    ///   - requester: who asks.
    ///   - reason: why; may be empty.
    ///   - now: the present.
    ///   - connection: the writing connection.
    /// - Returns: the request, and whether it is new.
    /// - Throws: `AuthenticationError.invalid` for the reason, `.conflict` when too many requests
    ///   about the account are open.
    public func request(
        _ matter: Approval.Matter,
        about concerned: Identifier,
        by requester: Identifier,
        reason: String,
        now: Timestamp,
        on connection: Connection
    ) throws -> (approval: Approval, isNew: Bool) {
        try Approvals.check(reason: reason)
        let open = try open(about: concerned, now: now, on: connection)
        if let same = open.first(where: { $0.matter == matter && $0.requester == requester }) {
            return (same, false)
        }
        guard open.count < Limits.openApprovals else { throw AuthenticationError.conflict }
        let id = Identifier.random()
        try connection.run(
            """
            INSERT INTO approval (id, kind, about, requester, reason, detail, requested_at, expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """,
            .id(id),
            .text(matter.kind),
            .id(concerned),
            .id(requester),
            .blob(keys.approval.seal(reason, column: "reason", row: id.rawValue)),
            .blob(keys.approval.seal(matter.detail, column: "detail", row: id.rawValue)),
            .time(now),
            .time(now + Limits.approvalLifetime)
        )
        return (try found(id, on: connection), true)
    }

    /// The request with an id, decided or not; `nil` when there is none.
    public func find(_ id: Identifier, on connection: Connection) throws -> Approval? {
        try connection.first(
            """
            SELECT a.id, a.kind, a.about, a.requester, a.reason, a.detail, a.requested_at,
                a.expires_at, d.verdict, d.decider, d.reason, d.decided_at
            FROM approval a LEFT JOIN approval_decision d ON d.approval = a.id WHERE a.id = ?1
            """,
            .id(id),
            read: read
        )
    }

    /// The requests about an account that wait, newest first.
    public func open(
        about concerned: Identifier,
        now: Timestamp,
        on connection: Connection
    ) throws -> [Approval] {
        try connection.all(
            """
            SELECT a.id, a.kind, a.about, a.requester, a.reason, a.detail, a.requested_at,
                a.expires_at, NULL, NULL, NULL, NULL
            FROM approval a WHERE a.about = ?1 AND a.expires_at > ?2 AND a.kind != 'disposal'
                AND NOT EXISTS (SELECT 1 FROM approval_decision WHERE approval = a.id)
            ORDER BY a.requested_at DESC, a.kind DESC, a.id
            """,
            .id(concerned),
            .time(now),
            read: read
        )
    }

    /// What somebody has asked for, and whatever waits, newest first.
    ///
    /// - Parameters:
    ///   - requester: whose own requests are among them, decided and expired ones too.
    ///   - position: when the last one of the page before was asked for, and its id.
    ///   - limit: how many.
    ///   - now: the present.
    ///   - connection: a reader's connection.
    /// - Returns: the requests.
    /// - Throws: `AuthenticationError.corrupt`; `SQLiteError`.
    public func page(
        ownOf requester: Identifier,
        before position: (at: Timestamp, id: Identifier)?,
        limit: Int,
        now: Timestamp,
        on connection: Connection
    ) throws -> [Approval] {
        try connection.all(
            """
            SELECT a.id, a.kind, a.about, a.requester, a.reason, a.detail, a.requested_at,
                a.expires_at, d.verdict, d.decider, d.reason, d.decided_at
            FROM approval a LEFT JOIN approval_decision d ON d.approval = a.id
            WHERE a.kind != 'disposal'
                AND (a.requester = ?1 OR (a.expires_at > ?2 AND d.approval IS NULL))
                AND (?3 IS NULL OR (a.requested_at, a.id) < (?3, ?4))
            ORDER BY a.requested_at DESC, a.id DESC LIMIT ?5
            """,
            .id(requester),
            .time(now),
            .time(position?.at),
            .id(position?.id),
            .int(Int64(limit)),
            read: read
        )
    }

    /// Decides a request, once.
    ///
    /// - Throws: `AuthenticationError.notYours` for the one who asked and the one concerned,
    ///   `.conflict` for a request that is decided or expired, `.invalid` for the reason.
    public func decide(
        _ id: Identifier,
        _ verdict: Approval.Verdict,
        by decider: Identifier,
        reason: String,
        now: Timestamp,
        on connection: Connection
    ) throws -> Approval {
        try Approvals.check(reason: reason)
        let approval = try found(id, on: connection)
        guard decider != approval.requester, decider != approval.concerned else {
            throw AuthenticationError.notYours
        }
        let decided = try connection.run(
            """
            INSERT INTO approval_decision (approval, verdict, decider, reason, decided_at)
            SELECT id, ?2, ?3, ?4, ?5 FROM approval
            WHERE id = ?1 AND expires_at > ?5 AND requester != ?3 AND about != ?3
                AND NOT EXISTS (SELECT 1 FROM approval_decision WHERE approval = ?1)
            """,
            .id(id),
            .text(verdict.rawValue),
            .id(decider),
            .blob(keys.approval.seal(reason, column: "decision reason", row: id.rawValue)),
            .time(now)
        )
        guard decided == 1 else { throw AuthenticationError.conflict }
        return try found(id, on: connection)
    }

    private func found(_ id: Identifier, on connection: Connection) throws -> Approval {
        guard let approval = try find(id, on: connection) else {
            throw AuthenticationError.conflict
        }
        return approval
    }

    private static func check(reason: String) throws(AuthenticationError) {
        guard reason.unicodeScalars.count <= Limits.reasonCharacters else {
            let message = "must have \(Limits.reasonCharacters) characters at the most"
            throw .invalid([FieldFault(field: "reason", message: message)])
        }
    }

    private func read(_ row: Row) throws -> Approval {
        let id = row.id(0)
        func text(_ column: Int32, _ name: StaticString) throws -> String {
            try keys.approval.openText(row.blob(column), column: name, row: id.rawValue)
        }
        let decision = try row.optionalText(8).map { verdict in
            guard let verdict = Approval.Verdict(rawValue: verdict) else {
                throw AuthenticationError.corrupt("approval_decision.verdict")
            }
            return Approval.Decision(
                verdict: verdict,
                decider: row.id(9),
                reason: try text(10, "decision reason"),
                at: row.time(11)
            )
        }
        return Approval(
            id: id,
            matter: try Approval.Matter(kind: row.text(1), detail: try text(5, "detail")),
            concerned: row.id(2),
            requester: row.id(3),
            reason: try text(4, "reason"),
            requestedAt: row.time(6),
            expiresAt: row.time(7),
            decision: decision
        )
    }
}
