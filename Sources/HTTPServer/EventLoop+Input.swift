import CLinux
import Glibc

/// From the socket to the handler.
extension EventLoop {
    /// Why serving a connection stops.
    private enum Pause {
        case needsInput
        case waiting
        /// Enough is unsent.
        case full
        case closing
    }

    /// Reads what the socket has, unless the connection must not be read from now.
    func readable(_ connection: Connection, isBroken: Bool) {
        if case .lingering = connection.phase {
            discard(connection)
            return
        }
        if isHeldBack(connection) {
            // Reported although not asked for: the peer is gone and cannot be answered.
            if isBroken { close(connection) } else { silence(connection) }
            return
        }
        guard receive(connection) else {
            close(connection)
            return
        }
        pump(connection)
    }

    /// Whether nothing is read now: what is at hand comes first, and what is unsent is bounded.
    func isHeldBack(_ connection: Connection) -> Bool {
        connection.isWaiting || connection.isClosing || connection.inputEnded
            || connection.unsent >= limits.unsent || !connection.tail.isEmpty
    }

    /// Stops the reports of input: done only when some came, for a peer that waits its turn, as
    /// most do, then costs no system call.
    private func silence(_ connection: Connection) {
        arm(connection, connection.armed & ~EPOLLIN.rawValue)
    }

    /// Reads from the socket once; false when it has failed.
    private func receive(_ connection: Connection) -> Bool {
        let count: Int
        if let tls = connection.tls {
            count = recv(connection.descriptor, scratch.baseAddress, ByteBuffer.page, 0)
            if count > 0 {
                let bytes = UnsafeRawBufferPointer(rebasing: scratch[0..<count])
                return tls.feed(bytes)
            }
        } else {
            let input = input(connection)
            count = input.fill(minimum: 1) {
                recv(connection.descriptor, $0.baseAddress, $0.count, 0)
            }
        }
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        if count == 0 { connection.inputEnded = true }
        return true
    }

    private func input(_ connection: Connection) -> ByteBuffer {
        if let input = connection.input { return input }
        let input = buffers.take()
        connection.input = input
        return input
    }

    /// Does all that can be done for a connection without more bytes from the socket.
    func pump(_ connection: Connection) {
        if case .handshake = connection.phase, !shakeHands(connection) { return }
        while true {
            let pause = serve(connection)
            guard flush(connection) else { return }
            if case .full = pause, connection.unsent == 0 { continue }
            break
        }
        settle(connection)
    }

    /// Goes on with the handshake; false when it is not done.
    private func shakeHands(_ connection: Connection) -> Bool {
        guard let tls = connection.tls else { return true }
        let step = tls.handshake()
        if case .done = step {
            connection.phase = .idle
            connection.deadline = now + times.head
            return true
        }
        guard flush(connection) else { return false }
        if case .needsInput = step, !connection.inputEnded, !isDraining {
            arm(connection, EPOLLIN.rawValue | (tls.pending > 0 ? EPOLLOUT.rawValue : 0))
        } else {
            // What failed has been told to the peer by an alert.
            close(connection)
        }
        return false
    }

    private func serve(_ connection: Connection) -> Pause {
        while true {
            if connection.isClosing { return .closing }
            if connection.isWaiting { return .waiting }
            if connection.unsent >= limits.unsent || !connection.tail.isEmpty { return .full }
            if let input = connection.input, !input.isEmpty, advance(connection, input) { continue }
            if connection.isClosing || connection.isWaiting { continue }
            if decrypt(connection) { continue }
            if connection.inputEnded { connection.isClosing = true }
            return connection.isClosing ? .closing : .needsInput
        }
    }

    /// Moves plain text into the input; false when there is none to be had.
    private func decrypt(_ connection: Connection) -> Bool {
        guard let tls = connection.tls else { return false }
        switch tls.read(into: input(connection)) {
        case .done: return true
        case .needsInput: return false
        case .ended, .failed:
            connection.inputEnded = true
            return false
        }
    }

    /// Takes a head or a part of a body from the input; false when more of it is needed.
    private func advance(_ connection: Connection, _ input: ByteBuffer) -> Bool {
        if let upload = connection.upload { return advance(connection, upload, input) }
        guard hasNews(connection, input) else { return false }
        switch input.withSpan({ head.parse($0, limits: limits) }) {
        case .refused(let refusal):
            // What the request before was does not tell what this one wants.
            connection.omitsBody = false
            refuse(connection, refusal)
        case .incomplete:
            connection.examined = input.count
            if case .idle = connection.phase {
                connection.phase = .head
                if connection.requests > 0 { connection.deadline = now + times.head }
            }
            return false
        case .complete:
            connection.examined = 0
            begin(connection, input)
        }
        return true
    }

    /// Whether another look can come to something new: a head ends with a line.
    ///
    /// Without this a head that comes byte by byte would be parsed once for each.
    private func hasNews(_ connection: Connection, _ input: ByteBuffer) -> Bool {
        let examined = connection.examined
        if examined == 0 || input.count >= limits.head { return true }
        return input.withBytes { $0[examined...].contains(ByteClass.lf) }
    }

    /// Acts on a head that is whole.
    private func begin(_ connection: Connection, _ input: ByteBuffer) {
        let request = input.withSpan {
            HTTPRequest(
                head: head,
                bytes: $0,
                peer: connection.peer.host,
                localPort: connection.localPort,
                isSecure: connection.tls != nil
            )
        }
        input.consume(head.length)
        connection.omitsBody = request.method == .head
        connection.minorVersion = request.minorVersion
        let length = head.contentLength ?? 0
        if !head.isChunked && length == 0 {
            ask(connection, request)
            return
        }
        if length > limits.body {
            refuse(connection, .bodyTooLarge)
            return
        }
        // A client that has already begun to send does not wait for leave.
        if head.expectsContinue && input.isEmpty {
            output(connection).append("HTTP/1.1 100 Continue\r\n\r\n")
        }
        connection.phase = .body
        connection.deadline = now + times.bodyGrace
        connection.upload = Upload(
            request,
            framing: head.isChunked ? .chunked(ChunkDecoder(limit: limits.body)) : .length(length),
            started: now
        )
    }

    private func advance(
        _ connection: Connection,
        _ upload: Upload,
        _ input: ByteBuffer
    ) -> Bool {
        let held = upload.body.count
        let outcome = upload.take(input)
        arriving += upload.body.count - held
        switch outcome {
        case .incomplete where arriving > limits.bodies:
            refuse(connection, .unavailable)
        case .incomplete:
            let earned = Int64(upload.body.count) * 1000 / Int64(limits.bodyRate)
            connection.deadline = upload.started + times.bodyGrace + earned
            return false
        case .refused(let refusal):
            refuse(connection, refusal)
        case .complete:
            drop(upload, of: connection)
            var request = upload.request
            request.body = upload.body
            ask(connection, request)
        }
        return true
    }

    /// Ends the arrival of a body, whole or not.
    func drop(_ upload: Upload?, of connection: Connection) {
        arriving -= upload?.body.count ?? 0
        connection.upload = nil
    }

    /// Hands a request to the handler, and answers if it has answered at once.
    private func ask(_ connection: Connection, _ request: HTTPRequest) {
        connection.requests += 1
        connection.keepsAlive = request.keepsAlive
        connection.phase = .waiting
        connection.deadline = now + times.answer
        lastToken += 1
        connection.token = lastToken
        let responder = Responder(
            mailbox: mailbox,
            descriptor: connection.descriptor,
            token: lastToken
        )
        let response = mailbox.asking(lastToken) {
            shared.handler.handle(request, responder)
        }
        if let response { answer(connection, response) }
    }

    /// Throws away what a refused peer still sends, until it stops or has had its time.
    private func discard(_ connection: Connection) {
        let count = recv(connection.descriptor, scratch.baseAddress, scratch.count, 0)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        connection.discarded += max(count, 0)
        if count <= 0 || connection.discarded > limits.discarded { close(connection) }
    }
}
