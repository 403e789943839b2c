public import Authentication
import Glibc
public import HTTPServer
public import Mail

/// What the machine decides: where to listen, under which name, how mail leaves.
///
/// Each setting comes from a flag, else the environment, else the file, else its default.
public struct MachineSettings: Sendable {
    /// Where to listen; `127.0.0.1:8080` by default.
    public var listen: [ListenAddress] = []
    /// Where browsers find the school.
    public var publicURL: PublicURL
    /// The certificate and key, or `nil` for plain HTTP.
    public var tls: TLSConfiguration?
    /// Whose `X-Forwarded-For` counts; nobody's by default.
    public var trustedProxies: [NetworkRange] = []
    /// How mail leaves; `nil` while nobody has said, and then it waits.
    public var mail: MailTransport?
    /// The sender of every mail.
    public var mailFrom: MailAddress
    /// Where the figures are served; loopback alone; `nil` serves none.
    public var metricsListen: ListenAddress?
    /// The limits of the server.
    public var limits = ServerLimits()
    /// Event loops of the server: one for each processor by default, up to four.
    public var loops = MachineSettings.processors
    /// Every setting, its value and where it came from, for `--print-config`.
    public var rows: [Row] = []

    /// One setting in force.
    public struct Row: Sendable, Hashable {
        /// Its name, as in the file.
        public let key: String
        /// Its value; empty when unset.
        public let value: String
        /// `default`, or the flag, variable or file that gave it.
        public let source: String
    }

    /// The settings file: its name for messages, and its bytes, comments allowed.
    public struct File: Sendable {
        /// The name.
        public let name: String
        /// The content.
        public let bytes: [UInt8]

        /// A file that was read.
        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// Bytes of a settings file: a hundred settings with long comments.
    public static let largestFile = 256 << 10

    private static let processors = min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), 4)

    /// Puts the settings together.
    ///
    /// `flags` maps the names in `MachineSettings.flags` (`mail-directory`) to what was typed;
    /// `environment` is the process's own, in which a strange name is nobody's business here.
    ///
    /// - Throws: `ConfigurationError` that names the key, for an unknown one in the file and for a
    ///   value that cannot be used.
    public init(
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        file: File? = nil
    ) throws(ConfigurationError) {
        var reader = SettingsReader(
            try MachineSettings.layers(flags: flags, environment: environment, file: file)
        )

        listen = [MachineSettings.defaultListen]
        try reader.list(&listen, "listen", limit: 8, of: "numeric addresses with ports") {
            ListenAddress($0)
        }
        tls = try MachineSettings.tls(&reader)
        publicURL = try MachineSettings.publicURL(&reader, listen: listen, isSecure: tls != nil)
        trustedProxies = try MachineSettings.trustedProxies(&reader)
        (mail, mailFrom) = try MachineSettings.mail(&reader, host: publicURL.host)
        try reader.optional(
            &metricsListen,
            "metrics.listen",
            expected: "a loopback address with a port"
        ) { text in
            ListenAddress(text).flatMap { $0.isLoopback ? $0 : nil }
        }
        try MachineSettings.limits(&limits, loops: &loops, &reader)
        try reader.finish()
        guard !listen.isEmpty else { throw ConfigurationError("`listen` must name an address") }
        rows = reader.found.map { Row(key: $0.key, value: $0.value, source: $0.source) }
    }
}
