import CLinux
import Glibc

/// From an answer to the socket.
extension EventLoop {
    func output(_ connection: Connection) -> ByteBuffer {
        if let output = connection.output { return output }
        let output = buffers.take()
        connection.output = output
        return output
    }

    /// Renders the answer to the request that the handler had.
    func answer(_ connection: Connection, _ response: HTTPResponse) {
        guard response.isWellFormed else {
            refuse(connection, .handlerFailed)
            return
        }
        connection.token = 0
        connection.phase = .idle
        connection.deadline = Int64.max
        answered += 1
        let isLast = connection.requests >= limits.requestsPerConnection
        if !connection.keepsAlive || isDraining || isLast {
            connection.isClosing = true
            // Whoever did not ask for the end may send more, which would cut the answer off; at the end
            // of all there is no time for what has not come by now.
            connection.lingers =
                connection.keepsAlive && !isDraining || connection.input?.isEmpty == false
        }
        write(connection, response)
    }

    /// Answers without the handler, and closes.
    func refuse(_ connection: Connection, _ refusal: Refusal) {
        connection.token = 0
        drop(connection.upload, of: connection)
        connection.phase = .idle
        connection.deadline = Int64.max
        connection.isClosing = true
        connection.lingers = true
        let response = shared.handler.malformed(status: refusal.rawValue)
        // A refusal that is itself malformed becomes a bare one.
        write(connection, response.isWellFormed ? response : HTTPResponse(status: refusal.rawValue))
    }

    private func write(_ connection: Connection, _ response: HTTPResponse) {
        if connection.unsent == 0 {
            (connection.writingSince, connection.taken) = (now, 0)
        }
        let persistence: ResponseWriter.Persistence =
            connection.isClosing ? .closes : connection.minorVersion == 0 ? .kept : .stays
        connection.tail = writer.write(
            response,
            into: output(connection),
            omitsBody: connection.omitsBody,
            isStrict: connection.tls?.isIssued ?? false,
            persistence: persistence
        )
        connection.tailSent = 0
    }

    /// Sends what the socket takes; false when the connection is closed now.
    func flush(_ connection: Connection) -> Bool {
        let isOpen = connection.tls.map { flush(connection, $0) } ?? flushPlain(connection)
        if !isOpen {
            close(connection)
            return false
        }
        if connection.unsent == 0 {
            connection.tail = []
            connection.tailSent = 0
            if let output = connection.output {
                buffers.give(output)
                connection.output = nil
            }
        }
        return true
    }

    /// Sends from the buffer, then from the large body; false when the socket has failed.
    private func flushPlain(_ connection: Connection) -> Bool {
        while connection.unsent > 0 {
            let more = connection.tail.isEmpty ? 0 : Int32(MSG_MORE)
            let sent = withUnsent(connection) { bytes, isTail in
                let flags = Int32(MSG_NOSIGNAL) | (isTail ? 0 : more)
                return SystemCall.retried {
                    send(connection.descriptor, bytes.baseAddress, bytes.count, flags)
                }
            }
            if sent < 0 { return hold(connection) }
            took(connection, sent)
            extend(connection, sent)
        }
        connection.writeDeadline = Int64.max
        return true
    }

    /// Encrypts and sends by turns, so that little waits encrypted; false on failure.
    private func flush(_ connection: Connection, _ tls: TLSSession) -> Bool {
        while true {
            if tls.pending > 0 {
                let sent = tls.withPending { bytes in
                    SystemCall.retried {
                        send(
                            connection.descriptor,
                            bytes.baseAddress,
                            bytes.count,
                            Int32(MSG_NOSIGNAL)
                        )
                    }
                }
                if sent < 0 { return hold(connection) }
                extend(connection, sent)
                continue
            }
            if connection.unsent == 0 { break }
            let taken = withUnsent(connection) { bytes, _ in
                tls.write(bytes) ?? -1
            }
            if taken < 0 { return false }
            took(connection, taken)
        }
        connection.writeDeadline = Int64.max
        return true
    }

    private func withUnsent(
        _ connection: Connection,
        _ body: (UnsafeRawBufferPointer, _ isTail: Bool) -> Int
    ) -> Int {
        if let output = connection.output, !output.isEmpty {
            return output.withBytes { body($0, false) }
        }
        return connection.tail.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[connection.tailSent...]), true)
        }
    }

    /// Gives time for what the peer has taken, less when all in all it takes too little.
    ///
    /// Else a peer that takes a few bytes now and then would hold an answer in memory for days.
    private func extend(_ connection: Connection, _ count: Int) {
        connection.taken += count
        let earned = Int64(connection.taken) * 1000 / Int64(limits.answerRate)
        connection.writeDeadline = min(
            now + times.write,
            connection.writingSince + times.write + earned
        )
    }

    private func took(_ connection: Connection, _ count: Int) {
        if let output = connection.output, !output.isEmpty {
            output.consume(count)
        } else {
            connection.tailSent += count
        }
    }

    /// Leaves the rest for when the socket can take more; false when it never will.
    private func hold(_ connection: Connection) -> Bool {
        guard errno == EAGAIN else { return false }
        if connection.writeDeadline == Int64.max { connection.writeDeadline = now + times.write }
        return true
    }

    /// Leaves a connection as it has to wait: buffers given back, the right events watched.
    func settle(_ connection: Connection) {
        let isSent = connection.unsent == 0 && connection.tls?.pending ?? 0 == 0
        if isSent && connection.isClosing {
            finish(connection)
            return
        }
        if let input = connection.input, input.isEmpty {
            buffers.give(input)
            connection.input = nil
        }
        if case .idle = connection.phase {
            if isDraining && isSent {
                connection.isClosing = true
                finish(connection)
                return
            }
            // A peer that takes a long answer is not idle; its progress has a deadline of its own.
            // Once set it stays: what comes in TLS without being a request does not count.
            if isSent && connection.deadline == Int64.max {
                connection.deadline = now + times.idle
            }
        }
        var events = isSent ? 0 : EPOLLOUT.rawValue
        if connection.isWaiting {
            events |= connection.armed & EPOLLIN.rawValue
        } else if !isHeldBack(connection) {
            events |= EPOLLIN.rawValue
        }
        arm(connection, events)
    }

    /// Says goodbye, and closes or lingers (RFC 9112, section 9.6).
    private func finish(_ connection: Connection) {
        if let tls = connection.tls, !connection.saidGoodbye {
            connection.saidGoodbye = true
            tls.shutdown()
            guard flush(connection) else { return }
            if tls.pending > 0 {
                arm(connection, EPOLLOUT.rawValue)
                return
            }
        }
        guard connection.lingers, !connection.inputEnded,
            shutdown(connection.descriptor, Int32(SHUT_WR)) == 0
        else {
            close(connection)
            return
        }
        connection.phase = .lingering
        connection.deadline = now + times.linger
        if let input = connection.input { buffers.give(input) }
        connection.input = nil
        arm(connection, EPOLLIN.rawValue)
    }
}
