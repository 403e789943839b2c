/// The state of one connection, owned by its loop.
final class Connection {
    enum Phase {
        case handshake
        /// Between requests.
        case idle
        /// A part of a head has arrived.
        case head
        case body
        /// The handler has the request.
        case waiting
        /// Refused and told so; what still arrives is thrown away.
        case lingering
        case closed
    }

    let descriptor: Int32
    /// Tells this connection's events from those of an earlier one on the same descriptor.
    let generation: UInt32
    let peer: SocketAddress
    let localPort: UInt16
    let tls: TLSSession?

    var phase: Phase
    /// When the phase has lasted too long, in the loop's milliseconds.
    var deadline = Int64.max
    /// When the peer has taken nothing for too long.
    var writeDeadline = Int64.max
    /// When the oldest of the unsent bytes was rendered, and the bytes taken since.
    var writingSince: Int64 = 0
    var taken = 0
    /// The events that epoll reports.
    var armed: UInt32 = 0

    var input: ByteBuffer?
    /// Bytes at the front of `input` known to hold no whole head.
    var examined = 0
    var inputEnded = false
    var upload: Upload?

    var output: ByteBuffer?
    /// A large body that follows `output`, and how much of it has gone.
    var tail: [UInt8] = []
    var tailSent = 0

    /// The request that the handler has; zero when it has none.
    var token: UInt64 = 0
    var requests = 0
    /// The request was a HEAD.
    var omitsBody = false
    var keepsAlive = true
    var minorVersion = 1
    /// Nothing more is read, and the connection closes once all is sent.
    var isClosing = false
    /// The peer may still be sending: closing at once would make its system drop our answer.
    var lingers = false
    var saidGoodbye = false
    var discarded = 0

    init(_ socket: AcceptedSocket, generation: UInt32, tls: TLSSession?) {
        descriptor = socket.descriptor
        peer = socket.peer
        localPort = socket.localPort
        self.generation = generation
        self.tls = tls
        phase = tls == nil ? .idle : .handshake
    }

    /// Bytes that the peer has not been sent, those in encryption apart.
    var unsent: Int {
        (output?.count ?? 0) + tail.count - tailSent
    }

    var isWaiting: Bool {
        if case .waiting = phase { true } else { false }
    }

    var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }
}

/// A request whose body is arriving.
final class Upload {
    enum Framing {
        case length(Int)
        case chunked(ChunkDecoder)
    }

    /// The request without its body.
    let request: HTTPRequest
    let started: Int64
    var framing: Framing
    var body: [UInt8] = []

    init(_ request: HTTPRequest, framing: Framing, started: Int64) {
        self.request = request
        self.framing = framing
        self.started = started
    }

    /// Takes what belongs to the body from `input`: nil when more is needed.
    func take(_ input: ByteBuffer) -> ChunkDecoder.Outcome {
        switch framing {
        case .length(let length):
            let count = min(length - body.count, input.count)
            input.withBytes { body.append(contentsOf: $0.prefix(count)) }
            input.consume(count)
            return body.count == length ? .complete(consumed: count) : .incomplete
        case .chunked(var decoder):
            let outcome = input.withSpan { decoder.decode($0, into: &body) }
            framing = .chunked(decoder)
            if case .complete(let consumed) = outcome {
                input.consume(consumed)
            } else {
                input.removeAll()
            }
            return outcome
        }
    }
}
