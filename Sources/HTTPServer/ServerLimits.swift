/// Every limit of the server, in one place, with its reason.
public struct ServerLimits: Sendable {
    /// Bytes of a request head: a session cookie, a bearer token and a long query fit many times.
    public var head = 8 << 10
    /// Fields in a head: a browser sends about twenty.
    public var fields = 64
    /// Bytes of a request target: filters and cursors are short.
    public var target = 2 << 10
    /// Bytes of a body: the longest narrative is a tenth of it.
    public var body = 1 << 20
    /// Bytes of all bodies that are arriving at one loop: many slow ones shall not fill the memory.
    public var bodies = 128 << 20

    /// Time for the TLS handshake: three round trips on the worst line.
    public var handshakeTime = Duration.seconds(10)
    /// Time for a head from its first byte (of a connection's first head, from the handshake).
    public var headTime = Duration.seconds(10)
    /// Time that a body has in addition to what its size allows at `bodyRate`.
    public var bodyGrace = Duration.seconds(10)
    /// Bytes a second that a body must arrive at on average: a bad mobile line does more.
    public var bodyRate = 4 << 10
    /// Time without a request after which a kept connection is closed.
    public var idleTime = Duration.seconds(30)
    /// Time in which the peer must take at least some of the unsent bytes.
    public var writeTime = Duration.seconds(30)
    /// Bytes a second that the peer must take an answer at on average, after `writeTime`.
    public var answerRate = 4 << 10
    /// Time that the handler has for an answer before the peer is told 503.
    public var answerTime = Duration.seconds(120)
    /// Time for which input is thrown away after a refusal, so that the peer can read the reason.
    public var lingerTime = Duration.seconds(5)

    /// Bytes thrown away after a refusal: a body that was refused while it came may be long.
    public var discarded = 8 << 20
    /// Requests answered on one connection: evens out the load among loops.
    public var requestsPerConnection = 1000
    /// Open connections in all: at this many the listeners wait (25 kB each when idle).
    ///
    /// There are fewer where the process may not hold so many descriptors.
    public var connections = 4096
    /// Open connections of one IPv4 address or IPv6 /64: a school is often one address.
    ///
    /// There are fewer where the process may not hold so many descriptors.
    public var connectionsPerAddress = 1024
    /// Unsent bytes at which a connection is no longer read from.
    public var unsent = 256 << 10

    /// The limits as shipped.
    public init() {}

    /// Field positions are kept in 16 bits, and a limit of nothing would serve nobody.
    var isUsable: Bool {
        let sizes = [fields, target, bodyRate, answerRate, requestsPerConnection, connections]
        let more = [connectionsPerAddress, unsent, discarded, bodies]
        let times = [
            handshakeTime, headTime, bodyGrace, idleTime, writeTime, answerTime, lingerTime,
        ]
        return (64...65_535).contains(head) && (0...(1 << 30)).contains(body)
            && (sizes + more).allSatisfy { $0 > 0 } && times.allSatisfy { $0 >= .zero }
    }
}

extension ServerLimits {
    /// Descriptors that no connection takes: ten or so for the listeners, the streams and the
    /// writer, three for each of some thirty readers, the rest for mail, the kept checkpoint, the
    /// breached list, the operator and what the libraries open for a moment.
    private static let reserve = 128
    /// And for each loop: its epoll, its mailbox, and the two files of a reader that serves it.
    private static let reservePerLoop = 4

    /// The same, with no more connections than so many descriptors allow.
    ///
    /// Past that a connection would take the descriptor of a file, and the service would fail for
    /// everybody. One address gets half at the most, for the others must not wait for a stranger.
    package func held(to descriptors: Int, loops: Int) -> ServerLimits {
        let left = descriptors - ServerLimits.reserve - loops * ServerLimits.reservePerLoop
        // With hardly any there are no good numbers, and a server that serves nobody is not one.
        let allowed = max(left, descriptors / 4, 1)
        var held = self
        held.connections = min(connections, allowed)
        held.connectionsPerAddress = min(connectionsPerAddress, max(allowed / 2, 1))
        return held
    }
}

extension Duration {
    /// Whole milliseconds, rounded down: the unit of the loops' deadlines.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
