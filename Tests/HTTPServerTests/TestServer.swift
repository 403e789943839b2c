import Glibc
import HTTPServer

/// A server on a free port with a clock that only the test turns.
final class TestServer: Sendable {
    let server: Server
    let handler: TestHandler
    private let time: ManualTime

    init(
        limits: ServerLimits = ServerLimits(),
        tls: TLSConfiguration? = nil,
        loops: Int = 1,
        handle: @escaping @Sendable (HTTPRequest, Responder) -> Void = TestHandler.echo
    ) throws {
        let time = ManualTime()
        self.time = time
        handler = TestHandler(handle: handle)
        server = try Server(
            configuration: ServerConfiguration(
                listen: ["127.0.0.1:0"],
                tls: tls,
                limits: limits,
                loops: loops
            ),
            handler: handler,
            clock: ServerClock { time.now }
        )
        try server.start()
    }

    deinit {
        server.stop(deadline: .zero)
    }

    func client() throws -> TestClient {
        try TestClient(server.port)
    }

    /// Turns the clock and makes the loops look at it.
    func pass(_ seconds: Int64) {
        time.pass(seconds * 1000)
        server.wake()
    }

    func eventually(_ condition: () -> Bool) -> Bool {
        Self.eventually(condition)
    }

    /// Looks again and again until `condition` holds; false when it does not within a minute.
    static func eventually(_ condition: () -> Bool) -> Bool {
        var start = timespec()
        clock_gettime(CLOCK_MONOTONIC, &start)
        while !condition() {
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            if now.tv_sec - start.tv_sec > 60 { return false }
            sched_yield()
        }
        return true
    }
}

/// Milliseconds that stand still.
final class ManualTime: Sendable {
    private let milliseconds = Guarded<Int64>(1_000_000)

    var now: Int64 { milliseconds.with { $0 } }

    func pass(_ more: Int64) {
        milliseconds.with { $0 += more }
    }
}

/// Answers with what it was asked, or as the test says.
struct TestHandler: RequestHandler {
    let respond: @Sendable (HTTPRequest, Responder) -> Void

    init(handle: @escaping @Sendable (HTTPRequest, Responder) -> Void) {
        respond = handle
    }

    static let echo: @Sendable (HTTPRequest, Responder) -> Void = { request, responder in
        let text = "\(request.method.name) \(request.target) \(request.body.count)"
        responder.send(HTTPResponse(status: 200, body: Array(text.utf8)))
    }

    func handle(_ request: HTTPRequest, _ responder: Responder) {
        respond(request, responder)
    }

    func malformed(status: Int) -> HTTPResponse {
        HTTPResponse(status: status, body: Array("refused".utf8))
    }
}
