/// Why an act of this module did not happen; what was written of it is rolled back.
///
/// A refusal that has to be counted is never thrown but returned, so that its count is kept.
public enum AuthenticationError: Error, Sendable, Hashable {
    /// Values that break a rule, each by its field.
    case invalid([FieldFault])
    /// The address belongs to another account that is not `left`.
    case addressTaken
    /// No account has this id.
    case unknownAccount
    /// The change would leave nobody with an active authenticator for a role that needs one.
    case lastHolder
    /// The thing is not in the state that the act needs, or somebody was faster.
    case conflict
    /// There is no authenticator in a state that can do this.
    case noAuthenticator
    /// There is an active authenticator already.
    case alreadyEnrolled
    /// The session ended, was locked or got another token in the meantime.
    case sessionEnded
    /// A mailed token that is unknown, used, replaced or too old.
    case resetExpired
    /// The account was mailed as many links as it may be within an hour.
    case mailedEnough(retryAfter: Duration)
    /// The password breaks rules; each is named.
    case weakPassword([BrokenRule])
    /// The person may not decide this: the requester, the person concerned.
    case notYours
    /// A stored value does not read as what this module writes; it names the place, not the value.
    case corrupt(String)
}

/// A value that was refused, by the name of its field in the API.
public struct FieldFault: Sendable, Hashable {
    /// The field as the client wrote it (`email`).
    public let field: String
    /// What is wrong with it, for the person who filled in the form.
    public let message: String

    /// A fault of one field.
    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}
