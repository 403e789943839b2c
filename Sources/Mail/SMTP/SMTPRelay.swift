import COpenSSL
import Crypto

/// A relay that takes mails by SMTP, and what it must prove and be told.
public struct SMTPRelay: Sendable, Equatable {
    /// When the connection becomes TLS; there is no way without.
    public enum Security: String, Sendable, CaseIterable {
        /// After STARTTLS (RFC 3207); a relay that does not offer it gets no mail.
        case startTLS = "starttls"
        /// From the first octet (RFC 8314, section 3.3).
        case tls

        /// The port that RFC 6409 and RFC 8314 give to it.
        public var usualPort: Int { self == .tls ? 465 : 587 }
    }

    /// Octets that the name of a user may have: an address.
    public static let longestUser = 254

    /// Who we are to the relay.
    public struct Credentials: Sendable, Equatable {
        /// The user name.
        public let user: String
        /// The file of the password; read for each session, so that a new one counts at once.
        public let passwordFile: String

        /// A user and where the password lies.
        public init(user: String, passwordFile: String) {
            self.user = user
            self.passwordFile = passwordFile
        }

        func password() throws(MailError) -> Secret {
            do throws(CryptoError) {
                return try Secret.read(file: passwordFile, limit: MailLimits.password)
            } catch {
                throw .unavailable("the password of the relay: \(error)")
            }
        }
    }

    /// How long a relay may take.
    ///
    /// RFC 5321, section 4.5.3.2, gives 5 to 10 minutes to relays with long queues. Here an urgent
    /// alert may wait behind a dead connection; a mail that comes twice is the lesser evil.
    package struct Patience: Sendable, Equatable {
        /// For a connection to each address.
        package var connect: Duration = .seconds(10)
        /// For a TLS handshake, and for a whole reply.
        package var reply: Duration = .seconds(30)
        /// For the reply to a whole mail, which may be scanned first.
        package var text: Duration = .seconds(120)
        /// For a mail in all, the opening of its session included.
        package var whole: Duration = .seconds(180)

        package init() {}
    }

    /// A host name, or an address without brackets; the certificate must be for it.
    public let host: String
    /// The port.
    public let port: Int
    /// When TLS begins.
    public let security: Security
    /// Who we are, or `nil` for a relay that goes by the sender's address.
    public let credentials: Credentials?
    /// A file of the certificates that are trusted, instead of the system's.
    public let authorities: String?
    /// What we call ourselves: a host name or an address literal (RFC 5321, section 4.1.1.1).
    public let ownName: String
    /// How long we wait.
    package var patience = Patience()

    /// A relay.
    public init(
        host: String,
        port: Int,
        security: Security,
        credentials: Credentials? = nil,
        authorities: String? = nil,
        ownName: String
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
        self.authorities = authorities
        self.ownName = ownName
    }

    /// Reads the files that a session needs, so that a mistake shows at the start.
    ///
    /// - Throws: `MailError.unavailable`, which names the file.
    public func check() throws(MailError) {
        _ = try credentials?.password()
        _ = try TLSClient(relay: self)
    }
}
