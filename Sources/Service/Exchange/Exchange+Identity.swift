import AuditTrail
import Authentication
import Crypto
import Mail
import PolicyEngine
import SQLite

/// What the calls about sessions, passwords and codes have in common.
extension Exchange {
    /// Turns what `Authentication` refused into the answer.
    func identified<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as AuthenticationError {
            throw try Problem(answering: error)
        }
    }

    /// Work for the hash pool: evaluates the password, then `finish` goes on with the proof.
    ///
    /// `abandon` takes back what the attempt was counted as elsewhere, when the pool is full.
    func evaluate(
        _ password: Password,
        _ attempt: PasswordAttempt,
        abandon: @escaping @Sendable (Connection) throws -> Void = { _ in },
        _ finish: @escaping @Sendable (inout Exchange, PasswordProof) throws -> Reply
    ) -> HashWork {
        let (hasher, checks) = (school.identity.hasher, school.identity.checks)
        return HashWork(
            place: HashPool.Place(isKnown: attempt.isKnown, source: call.client.source),
            abandon: { connection in
                try checks.withdraw(attempt, on: connection)
                try abandon(connection)
            },
            run: {
                let proof = Result { try hasher.check(password, attempt) }
                return { exchange in try finish(&exchange, try proof.get()) }
            }
        )
    }

    /// Work for the hash pool: the caller proves once more who they are.
    mutating func evaluateAgain(
        _ text: String,
        for action: String,
        _ finish: @escaping @Sendable (inout Exchange, Session, PasswordProof) throws -> Reply
    ) throws -> HashWork {
        let account = try authenticate().account
        let password = try identified { try Password(text) }
        let challenge = try school.identity.checks.begin(account: account, at: occasion)
        guard case .attempt(let attempt) = challenge else {
            throw refuseThrottled(action, challenge)
        }
        return evaluate(password, attempt) { exchange, proof in
            // The session may have ended while the hash was computed.
            try finish(&exchange, try exchange.authenticate(), proof)
        }
    }

    /// Asks whether the caller may look after their own account; a refusal is on record as that of
    /// `action`.
    mutating func permitOwnAccount(_ action: String) throws {
        _ = try permit(
            "manageOwnAccount",
            on: School.entity,
            recordedAs: .refusalOf(action)
        )
    }

    /// Asks whether the caller may elevate; a refusal is on record as that of `elevateSession`.
    mutating func permitElevation() throws {
        _ = try permit(
            "elevateSession",
            on: School.entity,
            recordedAs: .refusalOf("elevateSession")
        )
    }

    /// A code that was not accepted; whose authenticator it has disabled is told.
    mutating func refusal(_ action: String, code refusal: CodeRefusal) throws -> Reply {
        if let session, refusal == .disabled {
            try notify(session.account, [.authenticatorDisabled])
        }
        return self.refusal(action, refusal.problem)
    }

    /// A refusal whose count has to be kept: returned, so that nothing is rolled back.
    mutating func refusal(_ action: String, _ problem: Problem) -> Reply {
        record(
            action,
            decision: .deny,
            reason: problem.name.rawValue
        )
        return problem.reply
    }

    /// 429 for an attempt that was not looked at.
    mutating func refuseThrottled(
        _ action: String,
        _ challenge: PasswordChallenge,
        actor: EntryDraft.Actor? = nil
    ) -> Problem {
        var wait = Duration.zero
        if case .throttled(let retryAfter) = challenge { wait = retryAfter }
        record(action, decision: .deny, reason: Problem.Name.throttled.rawValue, actor: actor)
        return .throttled(for: wait)
    }

    /// Whether the policy lets a person with these roles elevate.
    func isElevatable(roles: [String]) throws -> Bool {
        try allows(roles: roles, "elevateSession", on: School.entity, elevated: false)
    }

    /// Whether the policy would let an active person with these roles and no others do something.
    func allows(
        roles: [String],
        _ action: String,
        on resource: Entity,
        elevated: Bool
    ) throws -> Bool {
        try policy.allows(roles: roles, action, on: resource, elevated: elevated)
    }

    /// Reads a person anew into the directory.
    mutating func refreshName(of account: Identifier) throws {
        guard let member = try school.identity.accounts.find(account, on: db) else { return }
        rename(try names.with(member, on: db))
    }

    /// The session as the API shows it; a browser gets the token as a cookie alone.
    func sessionReply(
        _ status: Int,
        token: SessionToken?,
        headers: [(String, String)] = []
    ) throws -> Reply {
        guard let session else { throw Problem.notAuthenticated }
        let member = names.staff[session.account]
        let warnings = try warnings()
        // Put together once for the dozens of questions that the answer takes.
        let entities = try entities(with: School.entity)
        func isOffered(_ action: String) throws -> Bool {
            try self.may(action, on: School.entity, among: entities)
        }
        // A locked session can be unlocked and elevated at once.
        let mayElevate = try isElevatable(roles: session.roles)
        let may = try policy.schoolActions.filter(isOffered)
        let idle = rules.authentication.sessionIdle
        let left = max(Duration.zero, session.idleEnd - now)
        let cookies = token.map { [Cookies.set(session: $0.text)] } ?? []
        return Reply.json(status, headers: headers + cookies) { json in
            json.object { json in
                json.field(
                    "user",
                    object: { json in
                        json.field("id", session.account)
                        json.field("email", member?.email.text ?? "")
                        json.field("name", member?.name ?? "")
                        json.field(
                            "roles",
                            array: { json in for role in session.roles { json.string(role) } }
                        )
                    }
                )
                json.field("elevated", session.isElevated)
                json.field("elevatedUntil", session.elevatedUntil)
                json.field("locked", session.locked)
                json.field("idleTimeoutSeconds", Int(idle.components.seconds))
                json.field("idleSecondsLeft", Int(left.components.seconds))
                json.field("expiresAt", session.expiresAt)
                json.field("authenticator", session.authenticator.rawValue)
                json.field("mayElevate", mayElevate)
                json.field("may", array: { json in for action in may { json.string(action) } })
                json.field(
                    "warnings",
                    array: { json in for text in warnings { json.string(text) } }
                )
                if let token, !call.isFromBrowser { json.field("token", token.text) }
            }
        }
    }
}

extension Fields {
    /// A code, or `nil` where there is none: six digits or a recovery code, nothing else.
    mutating func code(_ name: String) -> OneTimeCode? {
        guard let text = optionalString(name, limit: 64) else { return nil }
        guard let code = OneTimeCode(text) else {
            wrong(name, "expected six digits, or a recovery code")
            return nil
        }
        return code
    }

    /// A code that must be there.
    mutating func requiredCode(_ name: String) -> OneTimeCode? {
        if !has(name) { wrong(name, "required") }
        return code(name)
    }
}

extension CodeRefusal {
    /// The answer to a code that was not accepted.
    var problem: Problem {
        switch self {
        case .wrong: Problem(.invalidCode)
        case .alreadyUsed:
            Problem(.invalidCode, "this code, or one after it, has been used: wait for the next")
        case .throttled(let wait): .throttled(for: wait)
        case .noAuthenticator: Problem(.noAuthenticator)
        case .disabled: Problem(.invalidCode, "too many wrong codes: the authenticator is disabled")
        }
    }
}

extension Problem {
    /// A new password that breaks rules, each named for the form.
    init(weak rules: [BrokenRule], field: String) {
        self.init(
            .weakPassword,
            errors: rules.map { Field(field: field, message: $0.message) }
        )
    }

    /// The answer to what `Authentication` refused; an error of our own is thrown on.
    init(answering error: AuthenticationError) throws {
        switch error {
        case .invalid(let faults):
            self.init(
                .validation,
                errors: faults.map { Problem.Field(field: $0.field, message: $0.message) }
            )
        case .weakPassword(let rules): self.init(weak: rules, field: "password")
        case .addressTaken: self = .field("email", "another account has this address")
        case .unknownAccount: self = .notFound
        case .lastHolder: self.init(.lastHolder)
        case .conflict: self.init(.conflict)
        case .noAuthenticator: self.init(.noAuthenticator)
        case .alreadyEnrolled: self.init(.alreadyEnrolled)
        case .sessionEnded: self = .sessionExpired
        case .resetExpired: self.init(.resetExpired)
        case .mailedEnough(let wait): self = .throttled(for: wait)
        case .notYours: self.init(.forbidden)
        case .corrupt: throw error
        }
    }
}
