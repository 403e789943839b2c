import Crypto
public import SQLite

/// How a session begins, and how it passes from one state to another.
extension Sessions {
    /// Finishes an attempt to sign in: a session of its own for the device, with a new token.
    ///
    /// - Parameters:
    ///   - proof: the evaluated attempt.
    ///   - client: where it came from.
    ///   - replaced: the session that the request was sent with; it ends.
    ///   - occasion: the present, on the writing connection.
    /// - Returns: the session with its token, or one refusal for every reason.
    /// - Throws: `AuthenticationError.corrupt`; `SQLiteError`.
    public func signIn(
        _ proof: PasswordProof,
        client: Client,
        replacing replaced: Session?,
        at occasion: Occasion
    ) throws -> SignInOutcome {
        guard let account = try checks.settle(proof, on: occasion.db) else {
            return .refused(account: proof.attempt.account)
        }
        if activity.isPurgeDue(occasion.now) { try purge(at: occasion) }
        if let replaced {
            try end(replaced.id, of: replaced.account, now: occasion.now, on: occasion.db)
        }
        let device = try devices.remember(client, for: account, now: occasion.now, on: occasion.db)
        let started = try start(account, client: client, at: occasion)
        var notices: [Notice] = []
        if device.isNew { notices.append(.newDevice) }
        if proof.attempt.failuresBefore >= Limits.failuresWorthANotice {
            notices.append(.signInAfterFailures(proof.attempt.failuresBefore))
        }
        return .signedIn(
            SignedIn(
                session: started.session,
                token: started.token,
                deviceCookie: device.cookie,
                notices: notices
            )
        )
    }

    /// Blanks the screen: nothing is readable until the password is given; elevation is gone.
    ///
    /// - Throws: `AuthenticationError.sessionEnded`.
    public func lock(_ session: Session, on connection: Connection) throws {
        let changed = try connection.run(
            """
            UPDATE session SET locked = 1, elevated_at = NULL, boot = NULL
            WHERE id = ?1 AND token = ?2 AND ended_at IS NULL
            """,
            .id(session.id),
            .blob(session.token)
        )
        guard changed == 1 else { throw AuthenticationError.sessionEnded }
    }

    /// Counts an attempt to unlock; five in a row are evaluated, then the session ends.
    ///
    /// - Throws: `AuthenticationError.sessionEnded`, `.conflict` when the session is not locked.
    public func beginUnlock(_ session: Session, at occasion: Occasion) throws -> PasswordChallenge {
        guard session.locked else { throw AuthenticationError.conflict }
        let counted = try occasion.db.run(
            """
            UPDATE session SET unlock_failures = unlock_failures + 1
            WHERE id = ?1 AND token = ?2 AND ended_at IS NULL AND locked = 1
                AND unlock_failures < ?3
            """,
            .id(session.id),
            .blob(session.token),
            .int(Int64(Limits.unlockFailures))
        )
        guard counted == 1 else { throw AuthenticationError.sessionEnded }
        return try checks.attempt(session.account, [], at: occasion)
    }

    /// Finishes an attempt to unlock a session without a code; its token stays.
    ///
    /// - Throws: `AuthenticationError.sessionEnded` when it ended in the meantime.
    public func unlock(
        _ proof: PasswordProof,
        _ session: Session,
        at occasion: Occasion
    ) throws -> UnlockOutcome {
        guard try checks.settle(proof, on: occasion.db) == session.account else {
            return try refuseUnlock(session, at: occasion)
        }
        try markUnlocked(session, on: occasion.db)
        return .unlocked(try current(session, at: occasion))
    }

    /// Drops the elevation of a session, under a new token.
    ///
    /// - Throws: `AuthenticationError.sessionEnded`.
    public func drop(_ session: Session, at occasion: Occasion) throws -> StartedSession {
        try replaceToken(session, elevated: false, at: occasion)
    }

    /// Gives a session another token, elevated or not; the old one is dead at once.
    func replaceToken(
        _ session: Session,
        elevated: Bool,
        at occasion: Occasion
    ) throws -> StartedSession {
        let token = SessionToken.random()
        let changed = try occasion.db.run(
            """
            UPDATE session SET token = ?3, elevated_at = ?4, boot = ?5
            WHERE id = ?1 AND token = ?2 AND ended_at IS NULL AND locked = 0
            """,
            .id(session.id),
            .blob(session.token),
            .blob(token.hash),
            elevated ? .time(occasion.now) : .null,
            elevated ? .int(boot) : .null
        )
        guard changed == 1 else { throw AuthenticationError.sessionEnded }
        try occasion.db.run(
            "INSERT INTO replaced_token (token, replaced_at) VALUES (?1, ?2)",
            .blob(session.token),
            .time(occasion.now)
        )
        return StartedSession(
            session: try found(token.hash, at: occasion),
            token: token
        )
    }

    /// A locked session is locked no more.
    func markUnlocked(_ session: Session, on connection: Connection) throws {
        let changed = try connection.run(
            """
            UPDATE session SET locked = 0, unlock_failures = 0
            WHERE id = ?1 AND token = ?2 AND ended_at IS NULL AND locked = 1
            """,
            .id(session.id),
            .blob(session.token)
        )
        guard changed == 1 else { throw AuthenticationError.sessionEnded }
    }

    /// Takes back an attempt to unlock that was counted and did not fail for its password.
    public func withdrawUnlock(_ session: Session, on connection: Connection) throws {
        try connection.run(
            """
            UPDATE session SET unlock_failures = max(unlock_failures - 1, 0)
            WHERE id = ?1 AND ended_at IS NULL
            """,
            .id(session.id)
        )
    }

    /// Ends a session whose last attempt has failed.
    func refuseUnlock(_ session: Session, at occasion: Occasion) throws -> UnlockOutcome {
        let ended = try occasion.db.run(
            """
            UPDATE session SET ended_at = ?2
            WHERE id = ?1 AND ended_at IS NULL AND unlock_failures >= ?3
            """,
            .id(session.id),
            .time(occasion.now),
            .int(Int64(Limits.unlockFailures))
        )
        return .refused(hasEnded: ended == 1)
    }

    /// The session as it is now.
    func current(_ session: Session, at occasion: Occasion) throws -> Session {
        try found(session.token, at: occasion)
    }

    private func start(
        _ account: Identifier,
        client: Client,
        at occasion: Occasion
    ) throws -> StartedSession {
        let id = Identifier.random()
        let token = SessionToken.random()
        try occasion.db.run(
            """
            INSERT INTO session (id, token, account, created_at, expires_at, last_active_at,
                address, user_agent)
            VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?6, ?7)
            """,
            .id(id),
            .blob(token.hash),
            .id(account),
            .time(occasion.now),
            .time(occasion.now + occasion.rules.sessionLongest),
            .blob(keys.session.seal(client.address, column: "address", row: id.rawValue)),
            .blob(keys.session.seal(client.userAgent, column: "user_agent", row: id.rawValue))
        )
        try occasion.db.run(
            """
            UPDATE session SET ended_at = ?2, elevated_at = NULL, boot = NULL
            WHERE account = ?1 AND ended_at IS NULL AND id IN
                (SELECT id FROM session WHERE account = ?1 AND ended_at IS NULL
                ORDER BY last_active_at DESC LIMIT -1 OFFSET ?3)
            """,
            .id(account),
            .time(occasion.now),
            .int(Int64(Limits.sessionsPerAccount))
        )
        return StartedSession(
            session: try found(token.hash, at: occasion),
            token: token
        )
    }

    private func found(_ token: [UInt8], at occasion: Occasion) throws -> Session {
        guard case .live(let session) = try resolve(hash: token, at: occasion) else {
            throw AuthenticationError.sessionEnded
        }
        return session
    }
}

/// What came of an attempt to sign in.
public enum SignInOutcome: Sendable {
    /// The password was right and the account is active.
    case signedIn(SignedIn)
    /// One answer for every reason; the account is for the log alone.
    case refused(account: Identifier?)
}

/// A session that has just begun.
public struct SignedIn: Sendable {
    /// The session.
    public let session: Session
    /// Its token.
    public let token: SessionToken
    /// The value of the device cookie to set; the same as it came if it was one of ours.
    public let deviceCookie: String
    /// What the person is to be mailed.
    public let notices: [Notice]
}

/// What came of an attempt to unlock.
public enum UnlockOutcome: Sendable {
    /// Not locked any more; elevation did not come back.
    case unlocked(Session)
    /// Not locked any more and elevated, under a new token.
    case elevated(StartedSession, [Notice])
    /// A wrong password, or an account that is not active any more.
    case refused(hasEnded: Bool)
    /// The password was right and the code not: still locked.
    case codeRefused(CodeRefusal)
}

/// Something that a person is told by mail.
public enum Notice: Sendable, Hashable {
    /// Signed in on a device that has not signed in before.
    case newDevice
    /// Signed in after so many failures in a row.
    case signInAfterFailures(Int)
    /// A code was accepted after so many wrong ones in a row.
    case codeAfterFailures(Int)
    /// The password was changed or set by a link.
    case passwordChanged
    /// An authenticator is active.
    case authenticatorEnrolled
    /// A recovery code was used; so many are left.
    case recoveryCodeUsed(left: Int)
    /// There are ten new recovery codes, and the old ones are dead.
    case recoveryCodesReplaced
    /// The authenticator was disabled: by the person, or by too many wrong codes.
    case authenticatorDisabled
    /// The authenticator was reset by two people.
    case authenticatorReset
}
