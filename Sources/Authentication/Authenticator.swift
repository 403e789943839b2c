public import SQLite

/// What an authenticator is good for.
public enum AuthenticatorState: String, Sendable, Hashable {
    /// There is none.
    case none
    /// Handed out, not confirmed by a code yet.
    case pending
    /// Can elevate.
    case active
    /// Can do nothing until two people reset it.
    case disabled

    init(stored: String?) throws {
        guard let state = AuthenticatorState(rawValue: stored ?? "none") else {
            throw AuthenticationError.corrupt("authenticator.state")
        }
        self = state
    }
}

/// An authenticator as its owner sees it.
public struct AuthenticatorStatus: Sendable, Hashable {
    /// What it is good for.
    public let state: AuthenticatorState
    /// When it was confirmed.
    public let enrolledAt: Timestamp?
    /// When it was last used.
    public let lastUsedAt: Timestamp?
    /// Recovery codes that are not used yet.
    public let recoveryCodesLeft: Int
}

/// A seed that waits for its confirmation; shown once.
public struct PendingAuthenticator: Sendable {
    /// The seed in base 32, for those who type it.
    public let secret: String
    /// The address that an authenticator app reads.
    public let uri: String
}

/// Why a code was not accepted.
public enum CodeRefusal: Sendable, Hashable {
    /// Wrong, and counted.
    case wrong
    /// One's own code, used before: not counted.
    case alreadyUsed
    /// Not looked at: too many wrong ones in a row.
    case throttled(retryAfter: Duration)
    /// There is no active authenticator.
    case noAuthenticator
    /// This was one wrong code too many: the authenticator is disabled from now on.
    case disabled
}

/// What came of a code.
public enum CodeOutcome: Sendable, Hashable {
    /// Accepted, and dead from now on; the notices are mailed to the person.
    case accepted([Notice])
    /// Not accepted.
    case refused(CodeRefusal)
}

/// What came of an attempt to elevate a session.
public enum ElevationOutcome: Sendable {
    /// Elevated, under a new token.
    case elevated(StartedSession, [Notice])
    /// Not elevated.
    case refused(CodeRefusal)
}

/// What came of asking for a first authenticator.
public enum EnrolmentOutcome: Sendable {
    /// Pending until it is confirmed.
    case pending(PendingAuthenticator)
    /// The password is wrong, or the account not active any more.
    case wrongPassword
    /// The enrolment code is wrong, used or expired.
    case wrongEnrolmentCode
    /// Not looked at: too many wrong codes in a row.
    case throttled(retryAfter: Duration)
    /// The password is too short for an account that can be elevated.
    case weakPassword([BrokenRule])
}

/// What came of asking for another authenticator while one works.
public enum ReplacementOutcome: Sendable {
    /// Pending until it is confirmed; the old one works until then.
    case pending(PendingAuthenticator, [Notice])
    /// The password is wrong.
    case wrongPassword
    /// The password is too short for an account that elevates.
    case weakPassword([BrokenRule])
    /// The code was not accepted.
    case codeRefused(CodeRefusal)
}

/// What came of a code that gives recovery codes.
public enum RecoveryCodesOutcome: Sendable {
    /// Ten new ones, shown once; the old ones are dead.
    case codes([String], [Notice])
    /// The code was not accepted.
    case refused(CodeRefusal)
}
