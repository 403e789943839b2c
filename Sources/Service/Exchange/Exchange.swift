import AuditTrail
import Authentication
import Crypto
import PolicyEngine
import Records
import SQLite

/// One request being answered on one connection: who asks, what was decided, what goes on record.
///
/// The same code answers on a reader's snapshot and on the writing connection.
struct Exchange {
    let call: Call
    let school: School
    let policy: PolicyInForce
    /// Who and what has a name: on the writing connection as the transaction has it.
    private(set) var names: Directory
    let db: Connection
    /// Whether `db` shows what is committed and nothing else.
    let isSnapshot: Bool
    let now: Timestamp
    /// What everything found out and decided here rests on.
    let rights: RightsEpoch
    /// Set by `authenticate()` and by what begins or renews a session.
    var session: Session?
    /// What the policies permitted last: where it is refused after that, for how things stand, that
    /// is on record as the refusal of it.
    var permitted: Permitted?
    /// What the access log will say.
    var entries: [EntryDraft] = []
    /// Whether `names` was changed here.
    private(set) var hasRenamed = false
    /// Writes of a reading call, done in the transaction of its log entries.
    var duringCommit: [@Sendable (Connection) throws -> Void] = []
    /// What is held in memory follows only what has been committed.
    var afterCommit: [@Sendable () -> Void] = []

    /// What was permitted, under the name that it has on record, and by which policies.
    struct Permitted: Sendable {
        let action: String
        /// The name that the policies know it by.
        let asked: String
        let resource: EntityUID
        let policies: [String]
    }

    var rules: SchoolRules { policy.rules }
    /// What identity is asked at.
    var occasion: Occasion { Occasion(rules: rules.authentication, now: now, db: db) }

    /// The live session of the caller.
    ///
    /// - Throws: 401 without one, 423 when it is locked and the route does not answer locked ones.
    @discardableResult
    mutating func authenticate() throws -> Session {
        if let session { return session }
        let session = try requireSession()
        self.session = session
        if session.locked && !call.route.whileLocked {
            let problem = Problem(.sessionLocked)
            record("useSession", decision: .deny, reason: problem.name.rawValue)
            throw problem
        }
        let sessions = school.identity.sessions
        if call.isActivity && sessions.touch(session, now: now) {
            duringCommit.append { try sessions.flush(session.id, on: $0) }
        }
        return session
    }

    /// The session that the request was sent with, locked or not; nobody is there for it.
    ///
    /// - Throws: 401 without one.
    func requireSession() throws -> Session {
        switch try sessionState() {
        case .unknown: throw Problem.notAuthenticated
        case .expired: throw Problem.sessionExpired
        case .live(let session): return session
        }
    }

    /// The session that the request was sent with, locked or not, if it lives.
    func liveSession() throws -> Session? {
        guard case .live(let session) = try sessionState() else { return nil }
        return session
    }

    private func sessionState() throws -> SessionState {
        guard let token = call.credential?.token else { return .unknown }
        return try school.identity.sessions.resolve(
            token,
            at: occasion,
            epoch: isSnapshot ? rights.number : nil
        )
    }

    /// The caller as the policies see them: what the directory knows and the session's own roles.
    func principal() throws -> Entity {
        guard let session else { throw Problem.notAuthenticated }
        return Entity(
            uid: session.uid,
            parents: session.roles.map { EntityUID(type: "Role", id: $0) },
            attributes: [
                "active": .bool(true), "chair": .bool(names.staff[session.account]?.chair ?? false),
            ]
        )
    }

    /// Whether the directory is that of the transaction it began in.
    var isUpToDate: Bool { names.people == rights.people }

    /// Takes in a change of who or what has a name; in the writer's transaction alone.
    mutating func rename(_ changed: Directory) {
        precondition(!isSnapshot, "a reader changes nothing")
        names = changed
        hasRenamed = true
    }

    /// Adds what was disclosed or made to the entry that was put on record last.
    mutating func disclose(_ subjects: [String]) {
        precondition(!entries.isEmpty, "what is disclosed is on record")
        entries[entries.count - 1].subjects += subjects
    }

    /// Says in the entry that was put on record last what was done; nothing where nothing was.
    mutating func explain(_ changes: [String]) {
        precondition(!entries.isEmpty, "what is explained is on record")
        entries[entries.count - 1].reason = changes.isEmpty ? nil : changes.joined(separator: " ")
    }

    private func permittingPolicies(of action: String) -> [String] {
        guard let permitted, permitted.action == action else { return [] }
        return permitted.policies
    }

    /// Puts an entry on record.
    ///
    /// What is allowed under the name that was permitted last was decided by the same policies.
    mutating func record(
        _ action: String,
        on resource: String = School.entity.uid.description,
        subjects: [String] = [],
        decision: Entry.Decision,
        policies: [String]? = nil,
        reason: String? = nil,
        actor: EntryDraft.Actor? = nil
    ) {
        entries.append(
            EntryDraft(
                at: now,
                actor: actor ?? session.map { .staff($0.account) } ?? .nobody,
                session: session?.id,
                elevated: session?.isElevated ?? false,
                client: call.client,
                action: action,
                resource: resource,
                subjects: subjects,
                decision: decision,
                policies: policies ?? (decision == .allow ? permittingPolicies(of: action) : []),
                policySet: policy.identifier,
                reason: reason,
                requestID: call.id
            )
        )
    }
}

extension Session {
    /// The caller as the policies name them.
    var uid: EntityUID { EntityUID(type: "Staff", id: account.description) }
}
