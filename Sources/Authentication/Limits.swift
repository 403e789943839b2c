import SQLite

/// The limits of this module's inputs, and why each is where it is.
enum Limits {
    /// RFC 5321, section 4.5.3.1: a path is 256 octets with its brackets.
    static let addressBytes = 254
    /// RFC 5321, section 4.5.3.1.1.
    static let localPartBytes = 64
    /// RFC 1035, section 2.3.4.
    static let labelBytes = 63
    /// A full name with titles; it has to fit a line of a list.
    static let nameCharacters = 120
    /// As a name.
    static let jobTitleCharacters = 120
    /// The school has seven roles and may add some of its own.
    static let roles = 16
    /// A role is an identifier of the policy language.
    static let roleBytes = 40
    /// Bytes of a password, refused above before anything is computed of it; 128 code points of
    /// any script fit (four bytes each).
    static let passwordBytes = 1_024
    /// What is kept of a client's description of itself.
    static let userAgentBytes = 256
    /// A reason that one person gives another; it is shown in a list.
    static let reasonCharacters = 1_000
    /// The text of a code or token before it is looked at; the longest is a mailed token.
    static let codeBytes = 64

    /// An enrolment code waits this long for the person to come by.
    static let enrolmentLifetime = Duration.seconds(7 * 86_400)
    /// A decision by a second person waits this long.
    static let approvalLifetime = Duration.seconds(72 * 3_600)
    /// Requests about one account that wait at once: nobody's list is filled by one person.
    static let openApprovals = 10
    /// A recovery that is ready waits this long for somebody to finish it.
    static let recoveryLifetime = Duration.seconds(7 * 86_400)
    /// For so long an ended session's token is told from one that never was.
    static let endedSessionMemory = Duration.seconds(86_400)
    /// An activity that is lost with the process is this old at the most.
    static let activityFlush = Duration.seconds(30)
    /// Wrong passwords that end a locked session: whoever sits there has the token already.
    static let unlockFailures = 5
    /// Failures in a row before a success that the person is told of: as many as there are free.
    static let failuresWorthANotice = 5
    /// How often what ended long ago is looked for; the search reads the whole table.
    static let purgeInterval = Duration.seconds(600)
    /// Somebody who types is noted this often at the most.
    static let presenceInterval = Duration.seconds(60)
    /// Sessions a person has at once; the oldest gives way, so that the table stays bounded.
    static let sessionsPerAccount = 50
    /// Devices remembered for a person; the one unused longest gives way.
    static let devicesPerAccount = 50
}
