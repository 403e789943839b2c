import Crypto
import Glibc
import HTTPServer
import SQLite

/// Sends the answer to one request and writes its line of the operator's log.
struct Release: Sendable {
    private let method: HTTPMethod
    let id: String
    private let responder: Responder
    private let log: RequestLog
    /// What was asked, once there is a route for it; kept until it is answered, so that the event loop
    /// and not the writer takes it apart.
    var call: Call?
    private let start = ContinuousClock.now

    init(method: HTTPMethod, id: String, responder: Responder, log: RequestLog) {
        self.method = method
        self.id = id
        self.responder = responder
        self.log = log
    }

    /// Sends the answer, from any thread.
    func send(_ reply: Reply) { send { reply } }

    /// Sends the answer, from any thread; what there is to do for it the event loop does.
    func send(_ make: @escaping @Sendable () -> Reply) {
        responder.resume {
            let reply = make()
            responder.send(reply.response(requestID: id))
            log.line(
                method: method,
                // The path of the route: what was typed may be a name, or a link's token whose number sign
                // was escaped on the way.
                path: call?.route.path ?? "-",
                id: id,
                status: reply.status,
                took: ContinuousClock.now - start
            )
        }
    }
}

/// One line a request on standard error: no names, no texts, no tokens, no query.
struct RequestLog: Sendable {
    /// Whether requests are written; failures always are.
    var isEnabled = true

    func line(method: HTTPMethod, path: String, id: String, status: Int, took: Duration) {
        guard isEnabled else { return }
        let microseconds =
            took.components.seconds * 1_000_000
            + took.components.attoseconds / 1_000_000_000_000
        write(
            ("at", Timestamp.systemNow().rfc3339),
            ("id", id),
            ("method", method.name),
            ("path", path),
            ("status", String(status)),
            ("us", String(microseconds))
        )
    }

    /// A failure of our own or of the machine's.
    func failure(_ message: String) {
        write(("at", Timestamp.systemNow().rfc3339), ("failure", message))
    }

    private func write(_ fields: (name: StaticString, value: String)...) {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        for field in fields {
            if !line.isEmpty { line.append(UInt8(ascii: " ")) }
            field.name.withUTF8Buffer { line.append(contentsOf: $0) }
            line.append(UInt8(ascii: "="))
            RequestLog.append(field.value, to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        RequestLog.write(line)
    }

    /// How many lines found no room; held while one is written, so that the room is still there.
    private static let lost = Locked(0)

    /// Writes a line where there is room for it.
    ///
    /// A log that nobody takes must not stop the service; the access log is another thing.
    private static func write(_ line: [UInt8]) {
        lost.withLock { lost in
            // pipe(7): where a pipe can be written to, it takes a line of ours without waiting.
            var standardError = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
            guard poll(&standardError, 1, 0) == 1, standardError.revents & Int16(POLLOUT) != 0
            else {
                lost += 1
                return
            }
            let text = lost == 0 ? line : Array("lost=\(lost)\n".utf8) + line
            lost = 0
            _ = text.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
    }

    /// Appends a value, percent-escaped where it could end itself or the line.
    private static func append(_ value: String, to line: inout [UInt8]) {
        for byte in value.utf8.prefix(512) {
            if byte > 0x20, byte < 0x7f, byte != UInt8(ascii: "\"") {
                line.append(byte)
            } else {
                line.append(UInt8(ascii: "%"))
                line.append(contentsOf: Hex.encode([byte]).utf8)
            }
        }
    }
}
