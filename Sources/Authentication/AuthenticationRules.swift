public import Crypto

/// The school's rules for signing in, as `rules.json` gives them; `init()` has the defaults.
///
/// Whoever reads the file checks the ranges; the values here are taken as they are.
public struct AuthenticationRules: Sendable, Hashable {
    /// What the composition of a password follows.
    public enum Profile: String, Sendable, Hashable {
        /// The school's policy: 8 characters of four classes.
        case school
        /// NIST SP 800-63B-4, section 3.1.1: 15 characters, no composition.
        case nist
    }

    /// Rules for passwords.
    public struct Password: Sendable, Hashable {
        /// The fewest code points.
        public var minLength: Int
        /// The fewest code points where the account may be elevated.
        public var elevatableMinLength: Int
        /// How many of a person's last passwords are refused, the present one among them.
        public var history: Int
        /// Passwords that leaked elsewhere; `nil` where the school keeps no such list.
        public var breached: BreachedList?

        /// The rules of a profile.
        public init(profile: Profile) {
            minLength = profile == .school ? 8 : 15
            elevatableMinLength = profile == .school ? 12 : 15
            history = 5
        }
    }

    /// Rules for throttling guesses.
    public struct Throttling: Sendable, Hashable {
        /// Wrong ones in a row that are evaluated without a wait.
        public var freeFailures = 5
        /// The wait after the last free failure; each later one is twice as long.
        public var firstWait = Duration.seconds(30)
        /// The longest wait.
        public var longestWait = Duration.seconds(3_600)
        /// Failures of one source in ten minutes, after which it waits for the ten minutes to end.
        public var sourceFailuresPer10Minutes = 100
        /// Sources that never wait as such: the school's own addresses.
        public var schoolNetworks: [NetworkRange] = []

        /// The defaults.
        public init() {}
    }

    /// The school's name, which no password may contain.
    public var schoolName = ""
    /// The school's town, which no password may contain; empty where it is not told.
    public var schoolTown = ""
    /// What passwords follow.
    public var profile = Profile.school
    /// Rules for passwords.
    public var password = Password(profile: .school)
    /// How long a session lives without activity.
    public var sessionIdle = Duration.seconds(600)
    /// How long a session lives at the most.
    public var sessionLongest = Duration.seconds(43_200)
    /// How long an elevation lives at the most.
    public var elevationLongest = Duration.seconds(3_600)
    /// How long a link to reset a password lives.
    public var resetLifetime = Duration.seconds(1_800)
    /// How long a link to set the first password lives.
    public var inviteLifetime = Duration.seconds(604_800)
    /// How many links an account is mailed in an hour.
    public var resetMailsPerHour = 3
    /// Time steps that a code may lie beside the present one, each way (RFC 6238, section 5.2).
    public var skewSteps = 1
    /// Wrong codes in a row that disable an authenticator.
    public var disableAfterFailures = 100
    /// How guesses are slowed down.
    public var throttle = Throttling()

    /// The defaults of the profile `school`.
    public init() {}
}
