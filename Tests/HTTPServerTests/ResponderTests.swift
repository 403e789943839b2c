import Glibc
import HTTPServer
import Testing

/// Answers that come later, twice, from elsewhere, or wrong.
struct ResponderTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Runs `body` on a thread of its own and does not wait for it.
    private static func elsewhere(_ body: @escaping @Sendable () -> Void) {
        do {
            try Background(body).detach()
        } catch {
            Issue.record(error)
        }
    }

    @Test(arguments: [1, 3])
    func `answers from another thread reach their requests`(_ loops: Int) throws {
        let server = try TestServer(loops: loops) { request, responder in
            Self.elsewhere { TestHandler.echo(request, responder) }
        }
        let clients = try (0..<6).map { _ in try server.client() }
        for round in 0..<20 {
            for (number, client) in clients.enumerated() {
                try client.send("GET /\(number)/\(round) HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            for (number, client) in clients.enumerated() {
                #expect(try client.reply().body == "GET /\(number)/\(round) 0")
            }
        }
    }

    @Test(arguments: [1, 3])
    func `a request that another thread resumes goes on where it began`(_ loops: Int) throws {
        let server = try TestServer(loops: loops) { request, responder in
            let loop = pthread_self()
            Self.elsewhere {
                responder.resume {
                    let isBack = pthread_self() == loop
                    responder.send(HTTPResponse(status: isBack ? 200 : 500))
                }
            }
        }
        let clients = try (0..<6).map { _ in try server.client() }
        for _ in 0..<20 {
            for client in clients { try client.send(get) }
            for client in clients { #expect(try client.reply().status == 200) }
        }
    }

    @Test func `what resumes a request runs at once in its own loop, and for a peer that has gone`()
        throws
    {
        let kept = Guarded<Responder?>(nil)
        let order = Guarded<[String]>([])
        let server = try TestServer { request, responder in
            if request.path == "/kept" { return kept.with { $0 = responder } }
            responder.resume {
                order.with { $0.append("resumed") }
                TestHandler.echo(request, responder)
            }
            order.with { $0.append("handled") }
        }
        let client = try server.client()
        try client.send(get)
        #expect(try client.reply().status == 200)
        #expect(order.with { $0 } == ["resumed", "handled"])
        var gone: TestClient? = try server.client()
        try gone?.send("GET /kept HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
        #expect(server.eventually { kept.with { $0 != nil } })
        gone?.reset()
        gone = nil
        #expect(server.eventually { server.server.statistics.open == 1 })
        let late = try #require(kept.with { $0 })
        late.resume {
            order.with { $0.append("late") }
            late.send(HTTPResponse(status: 500))
        }
        #expect(server.eventually { order.with { $0.last == "late" } })
        // Nobody else gets that answer.
        try client.send(get)
        #expect(try client.reply().status == 200)
    }

    @Test func `pipelined requests wait for the answer before theirs`() throws {
        let waiting = Guarded<[(HTTPRequest, Responder)]>([])
        let server = try TestServer { request, responder in
            waiting.with { $0.append((request, responder)) }
        }
        let client = try server.client()
        try client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        for number in 1...2 {
            #expect(server.eventually { waiting.with { $0.count == number } })
            waiting.with { waiting in
                let (request, responder) = waiting[number - 1]
                TestHandler.echo(request, responder)
            }
            #expect(try client.reply().body == "GET /\(number) 0")
        }
    }

    @Test func `only the first answer to a request counts`() throws {
        let server = try TestServer { request, responder in
            TestHandler.echo(request, responder)
            responder.send(HTTPResponse(status: 500))
            Self.elsewhere { responder.send(HTTPResponse(status: 500)) }
        }
        let client = try server.client()
        for _ in 0..<50 {
            try client.send(get)
            #expect(try client.reply().status == 200)
        }
    }

    @Test func `an answer to a peer that has gone is dropped`() throws {
        let kept = Guarded<Responder?>(nil)
        let server = try TestServer { request, responder in
            if request.path == "/kept" {
                kept.with { $0 = responder }
            } else {
                TestHandler.echo(request, responder)
            }
        }
        var gone: TestClient? = try server.client()
        try gone?.send("GET /kept HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
        #expect(server.eventually { kept.with { $0 != nil } })
        gone?.reset()
        gone = nil
        #expect(server.eventually { server.server.statistics.open == 0 })
        // The next connection has the descriptor of the one that has gone.
        let client = try server.client()
        try client.send(get)
        #expect(try client.reply().status == 200)
        kept.with { $0?.send(HTTPResponse(status: 500)) }
        try client.send(get)
        #expect(try client.reply().status == 200)
    }

    @Test func `one handler may answer another's request`() throws {
        let kept = Guarded<Responder?>(nil)
        let server = try TestServer { request, responder in
            if request.path == "/kept" {
                kept.with { $0 = responder }
            } else {
                kept.with { $0?.send(HTTPResponse(status: 201)) }
                TestHandler.echo(request, responder)
            }
        }
        let first = try server.client()
        try first.send("GET /kept HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(server.eventually { kept.with { $0 != nil } })
        let second = try server.client()
        try second.send(get)
        #expect(try second.reply().status == 200)
        #expect(try first.reply().status == 201)
    }

    @Test(arguments: [
        ("A", "b\r\nSet-Cookie: c"), ("A", "b\n"), ("A", "b\0"), ("A b", "c"), ("", "c"),
        ("A:", "b"), ("Content-Length", "1"), ("transfer-encoding", "chunked"),
        ("Connection", "close"), ("DATE", "now"),
    ])
    func `an answer with a field that could end its line or the framing is not sent`(
        _ name: String,
        _ value: String
    ) throws {
        let server = try TestServer { _, responder in
            responder.send(HTTPResponse(status: 200, headers: [(name, value)]))
        }
        let client = try server.client()
        try client.send(get)
        let reply = try client.reply()
        #expect(reply.status == 500)
        #expect(reply.body == "refused")
        #expect(reply.fields.map(\.name) == ["Date", "Connection", "Content-Length"])
    }

    @Test(arguments: [100, 199, 600, -1])
    func `an answer with a status that is none is not sent`(_ status: Int) throws {
        let server = try TestServer { _, responder in
            responder.send(HTTPResponse(status: status))
        }
        let client = try server.client()
        try client.send(get)
        #expect(try client.reply().status == 500)
    }

    @Test func `a block of constant fields stands before the others`() throws {
        let block = HeaderBlock([("B", "1"), ("C", "2")])
        let server = try TestServer { _, responder in
            responder.send(HTTPResponse(status: 200, headers: [("D", "3")], block: block))
        }
        let client = try server.client()
        try client.send(get)
        #expect(
            try client.reply().fields.dropFirst().map(\.name) == ["B", "C", "D", "Content-Length"]
        )
    }

    @Test func `a malformed block of constant fields traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = HeaderBlock([("A", "b\r\n")])
        }
    }
}
