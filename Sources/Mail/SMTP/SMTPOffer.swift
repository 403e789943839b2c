/// What a relay says it can do (RFC 5321, section 4.1.1.1).
struct SMTPOffer: Equatable {
    /// The ways to log in that we know, the better first.
    enum Mechanism: Equatable {
        /// RFC 4616.
        case plain
        /// draft-murchison-sasl-login: all that some large providers have.
        case login
    }

    /// RFC 3207.
    var hasStartTLS = false
    /// RFC 4954.
    var mechanism: Mechanism?
    /// The octets that a mail may have (RFC 1870), where the relay sets a limit.
    var size: Int?

    /// The offer of a relay that has said nothing.
    init() {}

    /// Reads the reply to EHLO, whose first line is a greeting.
    init(_ reply: SMTPReply) {
        for line in reply.lines.dropFirst() {
            // Keywords and mechanisms are the same in either case (section 2.4).
            let words = line.uppercased().split(separator: " ")
            switch words.first {
            case "STARTTLS": hasStartTLS = true
            case "AUTH":
                if words.contains("PLAIN") {
                    mechanism = .plain
                } else if words.contains("LOGIN") {
                    mechanism = .login
                }
            case "SIZE":
                // Zero is no limit (RFC 1870, section 3).
                if words.count == 2, let limit = Int(words[1]), limit > 0 { size = limit }
            case _: break
            }
        }
    }
}
