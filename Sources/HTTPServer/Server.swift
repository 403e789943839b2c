/// An HTTP/1.1 server (RFC 9112), plain or over TLS.
///
/// Its first event loop takes the connections and hands each to the loop with the fewest.
public final class Server: Sendable {
    /// The addresses in the order of the configuration, with the ports that were bound.
    public let addresses: [String]
    /// Their ports.
    public let ports: [UInt16]

    private let shared: EventLoop.Shared
    private let lifecycle: Lifecycle

    /// Binds and listens; clients queue until `start`.
    ///
    /// Of the connections that the configuration allows there are no more than the process's limit
    /// of descriptors, as it is now, leaves beside its files.
    public convenience init(
        configuration: ServerConfiguration,
        handler: any RequestHandler
    ) throws(HTTPServerError) {
        try self.init(configuration: configuration, handler: handler, clock: .system)
    }

    /// The same with another clock.
    package init(
        configuration: ServerConfiguration,
        handler: any RequestHandler,
        clock: ServerClock
    ) throws(HTTPServerError) {
        guard configuration.limits.isUsable, (1...64).contains(configuration.loops),
            !configuration.listen.isEmpty
        else { throw .limits }
        let certificate = try configuration.tls.map { files throws(HTTPServerError) in
            try TLSCertificate(files)
        }
        var listeners: [Listener] = []
        for text in configuration.listen {
            guard let address = SocketAddress(text) else { throw .address(text) }
            listeners.append(try Listener(address))
        }
        var mailboxes: [Mailbox] = []
        for _ in 0..<configuration.loops {
            mailboxes.append(try Mailbox())
        }
        let limits = configuration.limits.held(
            to: DescriptorLimit.current,
            loops: configuration.loops
        )
        addresses = listeners.map(\.address.description)
        ports = listeners.map(\.address.port)
        shared = EventLoop.Shared(
            handler: handler,
            limits: limits,
            census: Census(limits: limits, loops: configuration.loops),
            certificate: certificate,
            clock: clock,
            mailboxes: mailboxes
        )
        lifecycle = Lifecycle(listeners)
    }

    /// The port of the first address.
    public var port: UInt16 { ports[0] }

    /// What the server has done so far.
    public var statistics: ServerStatistics { shared.census.statistics }

    /// Starts the loops, each on a thread of its own; once.
    public func start() throws(HTTPServerError) {
        try lifecycle.start(shared)
    }

    /// Stops accepting, answers what is in flight with `Connection: close`, and returns when all
    /// connections are closed: after `deadline` at the latest, which cuts off those that remain.
    ///
    /// For any thread but a loop's. A second call waits for the first.
    public func stop(deadline: Duration = .seconds(20)) {
        lifecycle.stop(shared, within: deadline)
    }

    /// Reads the certificate and key files anew, for connections to come.
    ///
    /// Throws when they cannot be used; then the old ones stay.
    public func reloadCertificate() throws(HTTPServerError) {
        try shared.certificate?.reload()
    }

    /// Makes every loop look at the clock.
    package func wake() {
        for mailbox in shared.mailboxes {
            mailbox.post(.wake)
        }
    }
}
