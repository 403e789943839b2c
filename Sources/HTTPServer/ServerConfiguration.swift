/// What a server listens on and how.
public struct ServerConfiguration: Sendable {
    /// Numeric addresses with ports, such as `127.0.0.1:8080` or `[::1]:8443`.
    ///
    /// Port 0 picks a free one.
    public var listen: [String]
    /// The certificate for every listener, or nil for plain HTTP.
    public var tls: TLSConfiguration?
    /// The limits.
    public var limits: ServerLimits
    /// Event loops, 1 to 64; one serves tens of thousands of requests a second.
    public var loops: Int

    /// A configuration of these parts.
    public init(
        listen: [String],
        tls: TLSConfiguration? = nil,
        limits: ServerLimits = ServerLimits(),
        loops: Int = 1
    ) {
        self.listen = listen
        self.tls = tls
        self.limits = limits
        self.loops = loops
    }
}

/// The files of a TLS listener.
public struct TLSConfiguration: Sendable {
    /// Path of the certificate chain in PEM, the server's own first.
    public var certificate: String
    /// Path of its private key in PEM, without a passphrase.
    public var key: String

    /// A configuration of these files.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}
