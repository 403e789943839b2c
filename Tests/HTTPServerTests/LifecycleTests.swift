import Glibc
import HTTPServer
import Testing

/// From binding to the last connection.
struct LifecycleTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private func server(_ listen: [String]) throws -> Server {
        try Server(
            configuration: ServerConfiguration(listen: listen),
            handler: TestHandler(handle: TestHandler.echo)
        )
    }

    @Test(arguments: [
        "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+1", "::1:80", "[127.0.0.1]:80", "[::1]", ":80", "",
    ])
    func `what is no numeric address with a port is refused`(_ text: String) {
        #expect(throws: HTTPServerError.address(text)) { try server([text]) }
    }

    @Test func `an address that is taken is refused`() throws {
        let first = try server(["127.0.0.1:0"])
        let address = "127.0.0.1:\(first.port)"
        let error = HTTPServerError.bind(address, EADDRINUSE)
        #expect(throws: error) { try server([address]) }
        #expect(error.description == "cannot listen on `\(address)`: address already in use")
    }

    @Test func `one server serves several addresses`() throws {
        let server = try server(["127.0.0.1:0", "[::1]:0"])
        #expect(server.addresses == ["127.0.0.1:\(server.ports[0])", "[::1]:\(server.ports[1])"])
        try server.start()
        defer { server.stop() }
        for address in server.addresses {
            let result = try Command.run("curl", "-sS", "http://\(address)/abc")
            #expect(result.output == "GET /abc 0")
        }
    }

    @Test func `a server starts once and not after its end`() throws {
        let server = try server(["127.0.0.1:0"])
        try server.start()
        #expect(throws: HTTPServerError.state) { try server.start() }
        server.stop()
        server.stop()
        #expect(throws: HTTPServerError.state) { try server.start() }
    }

    @Test func `a stopped server has left its port`() throws {
        // An address of its own, where no other test can take the port meanwhile.
        let first = try server(["127.0.0.77:0"])
        try first.start()
        first.stop()
        let second = try server(["127.0.0.77:\(first.port)"])
        #expect(second.port == first.port)
    }

    @Test(arguments: [1, 3])
    func `stopping answers what is in flight and closes what is idle`(_ loops: Int) throws {
        let kept = Guarded<[Responder]>([])
        let server = try TestServer(loops: loops) { request, responder in
            if request.path == "/kept" {
                kept.with { $0.append(responder) }
            } else {
                TestHandler.echo(request, responder)
            }
        }
        let idle = try (0..<3).map { _ in try server.client() }
        for client in idle {
            try client.send(get)
            #expect(try client.reply().status == 200)
        }
        let busy = try (0..<3).map { _ in try server.client() }
        for client in busy {
            try client.send("GET /kept HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        #expect(server.eventually { kept.with { $0.count } == 3 })
        let uploading = try server.client()
        try uploading.send(get + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
        #expect(try uploading.reply().status == 200)

        let ended = try Background { server.server.stop() }
        for client in idle {
            #expect(try client.isClosed())
        }
        // Refused, or answered by the server of another test that has been given the port since.
        _ = try? server.client()
        #expect(!ended.isDone)
        kept.with { $0.forEach { $0.send(HTTPResponse(status: 201)) } }
        for client in busy {
            let reply = try client.reply()
            #expect(reply.status == 201)
            #expect(reply.field("Connection") == "close")
            #expect(try client.isClosed())
        }
        try uploading.send("llo")
        #expect(try uploading.reply().field("Connection") == "close")
        ended.join()
        #expect(server.server.statistics.open == 0)
        #expect(server.server.statistics.accepted == 7)
    }

    @Test func `stopping cuts off what remains at the deadline`() throws {
        let asked = Guarded(false)
        let server = try TestServer { _, _ in asked.with { $0 = true } }
        let client = try server.client()
        try client.send(get)
        #expect(server.eventually { asked.with { $0 } })
        let idle = try server.client()
        let ended = try Background { server.server.stop(deadline: .seconds(20)) }
        // Closed by the loop, so the time has begun to run.
        #expect(try idle.isClosed())
        server.pass(19)
        #expect(!ended.isDone)
        #expect(
            server.eventually {
                server.pass(1)
                return ended.isDone
            }
        )
        ended.join()
        #expect(try client.isClosed())
    }

    @Test func `without descriptors clients are turned away and later ones served`() async {
        await #expect(processExitsWith: .success) {
            let server = try Server(
                configuration: ServerConfiguration(listen: ["127.0.0.1:0"]),
                handler: TestHandler(handle: TestHandler.echo)
            )
            try server.start()
            let waiting = try (0..<5).map { _ in try TestClient() }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 256
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var held: [Int32] = []
            for client in waiting {
                // Other threads of the process may have closed something in the meantime.
                while case let copy = dup(0), copy >= 0 { held.append(copy) }
                let before = server.statistics
                try client.connect(server.port)
                #expect(
                    TestServer.eventually {
                        let now = server.statistics
                        return now.refused > before.refused || now.accepted > before.accepted
                    }
                )
            }
            #expect(server.statistics.refused > 0)
            for copy in held { close(copy) }
            let client = try TestClient(server.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.reply().status == 200)
            server.stop()
        }
    }

    @Test func `connections go to the loop with the fewest`() throws {
        let threads = Guarded<Set<UInt>>([])
        let server = try TestServer(loops: 3) { request, responder in
            threads.with { _ = $0.insert(UInt(pthread_self())) }
            TestHandler.echo(request, responder)
        }
        let clients = try (0..<3).map { _ in try server.client() }
        for client in clients {
            try client.send(get)
            #expect(try client.reply().status == 200)
        }
        #expect(threads.with { $0.count } == 3)
    }
}
