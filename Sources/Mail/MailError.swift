/// Why a mail could not be made or handed over.
public enum MailError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A value that no mail may carry; says which and why.
    case invalid(String)
    /// The way out does not work at all at present (a folder, a relay): every mail waits.
    case unavailable(String)
    /// The way out failed while this mail was on it: the mail's fault or not, it waits.
    case interrupted(String)
    /// This mail was put off; another may go through.
    case postponed(String)
    /// This mail was refused for good.
    case refused(String)
    /// What is stored in the outbox is not what was put there.
    case corrupt

    /// The reason in one line, without addresses or text of the mail.
    public var description: String {
        switch self {
        case .invalid(let reason), .unavailable(let reason), .interrupted(let reason),
            .postponed(let reason), .refused(let reason):
            reason
        case .corrupt: "a stored mail cannot be read"
        }
    }
}

/// The limits of the module.
enum MailLimits {
    /// Octets of an address (RFC 5321, section 4.5.3.1.3: a path of 256 with its brackets).
    static let address = 254
    /// Octets of its part before the `@` (RFC 5321, section 4.5.3.1.1).
    static let localPart = 64
    /// Octets of a subject: two lines on a telephone.
    static let subject = 200
    /// Octets of a text: a day's checkpoint and a list of names fit many times.
    static let body = 64 << 10
    /// Octets of a line (RFC 5322, section 2.1.1), without its end.
    static let line = 998
    /// Octets that a line of a header should keep to (RFC 5322, section 2.1.1).
    static let headerLine = 78
    /// Mails taken from the outbox at a time, so that what is held open in memory is bounded.
    static let batch = 32
    /// How long a mail is tried (RFC 5321, section 4.5.4.1, asks for 4 to 5 days; a link to a
    /// first password lives for 7, and whoever waits for three should be told).
    static let lifetime: Duration = .seconds(3 * 86_400)
    /// The first wait of a mail after a failure; it doubles with each.
    static let firstWait: Duration = .seconds(60)
    /// The longest wait of a mail.
    static let longestWait: Duration = .seconds(3_600)
    /// The first wait after the way out was found closed; it doubles with each try.
    static let firstOutageWait: Duration = .seconds(15)
    /// The longest of these: one connection in five minutes troubles nobody, and an alert must not
    /// wait for longer once the relay is back.
    static let longestOutageWait: Duration = .seconds(300)
    /// Mails that fail on the way one after another before the way itself is taken for closed.
    static let interruptions = 3
    /// How long the row of a sent mail is kept, for who asks whether it left.
    static let sentKept: Duration = .seconds(7 * 86_400)
    /// How long the row of a mail that was given up is kept: past the longest holidays.
    static let deadKept: Duration = .seconds(90 * 86_400)

    /// Octets of a line of a relay's reply without its line feed; RFC 5321, section 4.5.3.1.5,
    /// allows 512 with it, and some relays take more.
    static let replyLine = 2_048
    /// Lines of a relay's reply: three times what the longest list of extensions has.
    static let replyLines = 100
    /// Octets of the password for a relay: RFC 4616 has no limit, tokens are the longest in use.
    static let password = 4_096
    /// Addresses of a relay's name that are tried.
    static let relayAddresses = 8
    /// How long a relay may take to say goodbye.
    static let farewell: Duration = .seconds(5)
}
