import Crypto
import Glibc

/// A connection to a relay, in clear and then in TLS, on which every wait has an end.
///
/// What goes wrong is `MailError.unavailable`; whether a mail was under way the caller knows.
final class RelayConnection {
    private let socket: Int32
    private var tls: TLSClient?

    /// The most octets taken at a time.
    private static let chunk = 16 << 10

    /// Connects to the first address of the relay's name that answers.
    ///
    /// The look-up itself is bounded by the resolver's own settings (resolv.conf(5)).
    init(to relay: SMTPRelay, until deadline: ContinuousClock.Instant) throws(MailError) {
        var last = MailError.unavailable("the relay's name has no address")
        for address in try RelayConnection.addresses(of: relay) {
            let end = min(deadline, .now + relay.patience.connect)
            do throws(MailError) {
                socket = try RelayConnection.connect(to: address, until: end)
                return
            } catch {
                last = error
            }
        }
        throw last
    }

    deinit { close(socket) }

    /// Sends all of `octets`.
    func send(
        _ octets: [UInt8],
        until deadline: ContinuousClock.Instant
    ) throws(MailError) {
        guard let tls else { return try sendRaw(octets, until: deadline) }
        try send(octets.withUnsafeBytes { tls.write($0) }, of: tls, until: deadline)
    }

    /// Sends a secret; only in TLS.
    func send(_ secret: Secret, until deadline: ContinuousClock.Instant) throws(MailError) {
        guard let tls else { preconditionFailure("a secret in clear") }
        try send(secret.withBytes { tls.write($0) }, of: tls, until: deadline)
    }

    private func send(
        _ step: TLSClient.Step,
        of tls: TLSClient,
        until deadline: ContinuousClock.Instant
    ) throws(MailError) {
        guard case .done = step else { throw .unavailable(tls.problem) }
        try sendRaw(tls.drain(), until: deadline)
    }

    /// Waits for octets.
    func receive(until deadline: ContinuousClock.Instant) throws(MailError) -> [UInt8] {
        guard let tls else { return try receiveRaw(until: deadline) }
        var octets = [UInt8](repeating: 0, count: RelayConnection.chunk)
        while true {
            switch octets.withUnsafeMutableBytes({ tls.read(into: $0) }) {
            case .done(let count): return Array(octets[..<count])
            case .needsInput: try feed(tls, until: deadline)
            case .ended: throw RelayConnection.closed
            case .failed: throw .unavailable(tls.problem)
            }
        }
    }

    /// Does the TLS handshake; from here on everything is encrypted.
    func secure(
        as relay: SMTPRelay,
        until deadline: ContinuousClock.Instant
    ) throws(MailError) {
        let tls = try TLSClient(relay: relay)
        while true {
            switch tls.handshake() {
            case .done:
                try sendRaw(tls.drain(), until: deadline)
                self.tls = tls
                return
            case .needsInput:
                try sendRaw(tls.drain(), until: deadline)
                try feed(tls, until: deadline)
            case .ended: throw RelayConnection.closed
            case .failed:
                let problem = tls.problem
                // The relay is told why; one that is gone already changes nothing about it.
                try? sendRaw(tls.drain(), until: deadline)
                throw .unavailable(problem)
            }
        }
    }

    /// The version and cipher in use; `nil` in clear.
    var protection: String? { tls?.summary }

    /// Says goodbye in TLS, as the last thing.
    func finish(until deadline: ContinuousClock.Instant) throws(MailError) {
        guard let tls else { return }
        tls.shutdown()
        try sendRaw(tls.drain(), until: deadline)
    }

    private func feed(
        _ tls: TLSClient,
        until deadline: ContinuousClock.Instant
    ) throws(MailError) {
        try receiveRaw(until: deadline).withUnsafeBytes { tls.feed($0) }
    }

    private static let closed = MailError.unavailable("the relay closed the connection")
}

/// The system's calls.
extension RelayConnection {
    private func sendRaw(
        _ octets: [UInt8],
        until deadline: ContinuousClock.Instant
    ) throws(MailError) {
        var done = 0
        while done < octets.count {
            try RelayConnection.check(deadline)
            // MSG_NOSIGNAL: a relay that is gone must not end the process.
            let count = octets[done...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                done += count
            } else if errno == EAGAIN {
                try RelayConnection.wait(for: socket, POLLOUT, until: deadline)
            } else if errno != EINTR {
                throw RelayConnection.failure("send", errno)
            }
        }
    }

    private func receiveRaw(
        until deadline: ContinuousClock.Instant
    ) throws(MailError) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: RelayConnection.chunk)
        while true {
            // Here too, or a relay that never stops talking would be listened to for ever.
            try RelayConnection.check(deadline)
            let count = octets.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
            if count > 0 { return Array(octets[..<count]) }
            if count == 0 { throw RelayConnection.closed }
            if errno == EAGAIN {
                try RelayConnection.wait(for: socket, POLLIN, until: deadline)
            } else if errno != EINTR {
                throw RelayConnection.failure("receive", errno)
            }
        }
    }

    /// A resolved address, copied out of the resolver's memory.
    private struct Address {
        let family: Int32
        let octets: [UInt8]
    }

    private static func addresses(of relay: SMTPRelay) throws(MailError) -> [Address] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(relay.host, String(relay.port), &hints, &list)
        guard code == 0 else {
            throw .unavailable("the relay's name: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        return sequence(first: list) { $0?.pointee.ai_next }
            .prefix(MailLimits.relayAddresses)
            .compactMap { $0?.pointee }
            .map { entry in
                Address(
                    family: entry.ai_family,
                    octets: Array(
                        UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
                    )
                )
            }
    }

    private static func connect(
        to address: Address,
        until deadline: ContinuousClock.Instant
    ) throws(MailError) -> Int32 {
        let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let socket = Glibc.socket(address.family, Int32(kind), 0)
        guard socket >= 0 else { throw failure("open a socket", errno) }
        do throws(MailError) {
            let code = address.octets.withUnsafeBytes { bytes in
                bytes.withMemoryRebound(to: sockaddr.self) {
                    Glibc.connect(socket, $0.baseAddress, socklen_t(bytes.count))
                }
            }
            // An interrupted connect goes on by itself (connect(2)).
            if code != 0, errno != EINPROGRESS, errno != EINTR { throw failure("connect", errno) }
            if code != 0 { try wait(for: socket, POLLOUT, until: deadline) }
            var (error, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
            guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) == 0 else {
                throw failure("connect", errno)
            }
            guard error == 0 else { throw failure("connect", error) }
            return socket
        } catch {
            close(socket)
            throw error
        }
    }

    private static func wait(
        for socket: Int32,
        _ event: Int32,
        until deadline: ContinuousClock.Instant
    ) throws(MailError) {
        var watched = pollfd(fd: socket, events: Int16(event), revents: 0)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw late }
            let (seconds, attoseconds) = left.components
            // Rounded up, or the last millisecond would be spent asking.
            let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1
            let count = poll(&watched, 1, Int32(clamping: milliseconds))
            if count > 0 { return }
            if count < 0, errno != EINTR { throw failure("wait", errno) }
        }
    }

    private static func check(_ deadline: ContinuousClock.Instant) throws(MailError) {
        guard ContinuousClock.now < deadline else { throw late }
    }

    private static let late = MailError.unavailable("the relay did not answer in time")

    private static func failure(_ call: String, _ code: Int32) -> MailError {
        .unavailable("cannot \(call): \(String(cString: strerror(code)))")
    }
}
