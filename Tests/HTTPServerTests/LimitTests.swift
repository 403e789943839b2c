import Glibc
import HTTPServer
import Testing

/// Times and numbers that a peer may not exceed; the clock is the test's.
struct LimitTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `a connection that says nothing is closed after the time for a head`() throws {
        let server = try TestServer()
        let client = try server.client()
        #expect(server.eventually { server.server.statistics.open == 1 })
        server.pass(9)
        // After two round trips of another the loop has looked at the clock.
        let other = try server.client()
        for _ in 0..<2 {
            try other.send(get)
            #expect(try other.reply().status == 200)
        }
        #expect(!client.hasInput)
        server.pass(2)
        #expect(try client.isClosed())
    }

    @Test func `a kept connection has its idle time and not more`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send(get)
        #expect(try client.reply().status == 200)
        server.pass(29)
        try client.send(get)
        #expect(try client.reply().status == 200)
        server.pass(31)
        #expect(try client.isClosed())
    }

    @Test func `a head that comes too slowly is refused`() throws {
        let server = try TestServer()
        let client = try server.client()
        // With the answer to the first request the beginning of the second has been read.
        try client.send(get + "GET / HT")
        #expect(try client.reply().status == 200)
        server.pass(9)
        try client.send("TP/1.1\r\nHost: a\r\nA: ")
        server.pass(2)
        let reply = try client.reply()
        #expect(reply.status == 408)
        #expect(reply.field("Connection") == "close")
    }

    @Test func `a head that comes too slowly after a HEAD is refused with words`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nG")
        #expect(try client.reply(omitsBody: true).status == 200)
        server.pass(11)
        let reply = try client.reply()
        #expect(reply.status == 408 && reply.body == "refused")
    }

    @Test func `a body that comes too slowly is refused`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send(get + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        #expect(try client.reply().status == 200)
        server.pass(11)
        #expect(try client.reply().status == 408)
    }

    @Test func `a body that keeps up its rate has more time`() throws {
        let server = try TestServer()
        let client = try server.client()
        let half = String(repeating: "a", count: 8192)
        try client.send(get + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16385\r\n\r\n" + half)
        #expect(try client.reply().status == 200)
        // 8 KiB earn two seconds in addition to the ten.
        server.pass(9)
        try client.send(half)
        server.pass(2)
        try client.send("a")
        #expect(try client.reply().body == "POST / 16385")
    }

    @Test func `bodies that together would fill the memory are refused and leave no trace`() throws
    {
        var limits = ServerLimits()
        limits.bodies = 10_000
        let server = try TestServer(limits: limits)
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8001\r\n\r\n"
        let most = String(repeating: "a", count: 8000)
        for _ in 0..<3 {
            let first = try server.client()
            try first.send(get + head + most)
            #expect(try first.reply().status == 200)
            let second = try server.client()
            try second.send(get + head + most)
            #expect(try second.reply().status == 200)
            #expect(try second.reply().status == 503)
            try first.send("a")
            #expect(try first.reply().body == "POST / 8001")
        }
    }

    @Test func `an answer that nobody takes is given up`() throws {
        let server = try TestServer { _, responder in
            let body = [UInt8](repeating: 0x61, count: 32 << 20)
            responder.send(HTTPResponse(status: 200, body: body))
        }
        let client = try TestClient(server.server.port, receiveBuffer: 4096)
        try client.send(get)
        #expect(server.eventually { client.hasInput })
        #expect(
            server.eventually {
                server.pass(31)
                return server.server.statistics.open == 0
            }
        )
        #expect(throws: (any Error).self) {
            let length = try client.reply().body.utf8.count
            Issue.record("all \(length) bytes came")
        }
    }

    @Test func `an answer that is taken in sips is given up`() throws {
        var limits = ServerLimits()
        limits.answerRate = 1 << 28
        let server = try TestServer(limits: limits) { request, responder in
            let count = request.path == "/long" ? 32 << 20 : 1
            let body = [UInt8](repeating: 0x61, count: count)
            responder.send(HTTPResponse(status: 200, body: body))
        }
        let client = try TestClient(server.server.port, receiveBuffer: 64 << 10)
        try client.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
        let other = try server.client()
        try other.send(get)
        #expect(try other.reply().status == 200)
        // Within the time that any progress is given, again and again, and each time enough for the
        // server's socket to take more.
        var sips = 0
        repeat {
            var taken = 0
            while taken < 3 << 20 { taken += try client.sip(64 << 10) }
            server.pass(20)
            sips += 1
            // After two round trips of another the loop has looked at the clock.
            for _ in 0..<2 {
                try other.send(get)
                #expect(try other.reply().status == 200)
            }
        } while server.server.statistics.open == 2 && sips < 8
        #expect(sips < 8)
    }

    @Test func `a handler that does not answer is answered for and its answer dropped`() throws {
        let kept = Guarded<Responder?>(nil)
        let server = try TestServer { _, responder in
            kept.with { $0 = responder }
        }
        let client = try server.client()
        try client.send(get)
        #expect(server.eventually { kept.with { $0 != nil } })
        server.pass(121)
        #expect(try client.reply().status == 503)
        kept.with { $0?.send(HTTPResponse(status: 200)) }
        client.endOutput()
        #expect(try client.isClosed())
    }

    @Test func `a refused peer that neither reads nor leaves is left`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send("X\r\n")
        #expect(try client.reply().status == 400)
        #expect(server.server.statistics.open == 1)
        server.pass(6)
        #expect(server.eventually { server.server.statistics.open == 0 })
        #expect(try client.isClosed())
    }

    @Test func `the last request that a connection may make closes it`() throws {
        var limits = ServerLimits()
        limits.requestsPerConnection = 3
        let server = try TestServer(limits: limits)
        let client = try server.client()
        try client.send(get + get + get + get)
        #expect(try client.reply().field("Connection") == nil)
        #expect(try client.reply().field("Connection") == nil)
        #expect(try client.reply().field("Connection") == "close")
        client.endOutput()
        #expect(try client.isClosed())
    }

    @Test func `the last answer of a connection arrives, whatever is sent meanwhile`() throws {
        var limits = ServerLimits()
        limits.requestsPerConnection = 1
        let long = 4 << 20
        let server = try TestServer(limits: limits) { _, responder in
            responder.send(
                HTTPResponse(status: 200, body: Array(repeating: UInt8(ascii: "a"), count: long))
            )
        }
        let client = try TestClient(server.server.port, receiveBuffer: 4_096)
        try client.send(get)
        #expect(try client.sip(1) == 1)
        // The answer is on its way: what comes now is read by nobody.
        try client.send(get)
        #expect(try client.rest().utf8.count > long)
    }

    @Test func `at the cap a connection waits until another is closed`() throws {
        var limits = ServerLimits()
        limits.connections = 2
        let server = try TestServer(limits: limits)
        var first: TestClient? = try server.client()
        let second = try server.client()
        try first?.send(get)
        try second.send(get)
        #expect(try first?.reply().status == 200)
        #expect(try second.reply().status == 200)
        let third = try server.client()
        try third.send(get)
        // A round trip of the second gives the loop the time to do wrong.
        try second.send(get)
        #expect(try second.reply().status == 200)
        #expect(server.server.statistics.accepted == 2)
        #expect(!third.hasInput)
        first = nil
        #expect(try third.reply().status == 200)
    }

    @Test func `an address with too many connections is turned away and others are not`() throws {
        var limits = ServerLimits()
        limits.connectionsPerAddress = 2
        let server = try TestServer(limits: limits, loops: 2)
        let clients = [try server.client(), try server.client()]
        for client in clients {
            try client.send(get)
            #expect(try client.reply().status == 200)
        }
        let third = try server.client()
        #expect(server.eventually { server.server.statistics.refused == 1 })
        #expect(throws: (any Error).self) {
            try third.send(get)
            _ = try third.reply()
        }
        let other = try TestClient(server.server.port, from: "127.0.0.2")
        try other.send(get)
        #expect(try other.reply().status == 200)
    }

    /// What is allowed, the descriptors, the loops, and what comes of it: in all, and for an address.
    @Test(
        arguments: [
            // The limits as shipped, and more than enough.
            ((4_096, 1_024), 524_288, 4, (4_096, 1_024)),
            ((4_096, 1_024), 4_240, 4, (4_096, 1_024)),
            ((4_096, 1_024), 4_239, 4, (4_095, 1_024)),
            // The usual limit, for one loop and for the most.
            ((4_096, 1_024), 1_024, 1, (892, 446)),
            ((4_096, 1_024), 1_024, 64, (640, 320)),
            ((100_000, 100_000), 1_024, 1, (892, 446)),
            // Settings that are lower hold.
            ((50, 20), 1_024, 1, (50, 20)),
            ((50, 100_000), 1_024, 1, (50, 446)),
            // There is no room for any.
            ((4_096, 1_024), 128, 1, (32, 16)),
            ((4_096, 1_024), 1, 1, (1, 1)),
            ((4_096, 1_024), .max, 1, (4_096, 1_024)),
        ] as [((Int, Int), Int, Int, (Int, Int))]
    )
    func `there are no more connections than the descriptors allow beside files`(
        _ allowed: (Int, Int),
        _ descriptors: Int,
        _ loops: Int,
        _ expected: (Int, Int)
    ) {
        var limits = ServerLimits()
        (limits.connections, limits.connectionsPerAddress) = allowed
        let held = limits.held(to: descriptors, loops: loops)
        #expect((held.connections, held.connectionsPerAddress) == expected)
    }

    @Test func `a stranger who takes every connection leaves descriptors for others`() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            // Of 256 one address gets (256 - 132) / 2; the clients need their ends too.
            limit.rlim_cur = 256
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let server = try TestServer()
            let strangers = try (0..<70).map { _ in try server.client() }
            #expect(
                server.eventually {
                    let now = server.server.statistics
                    return now.accepted + now.refused == strangers.count
                }
            )
            #expect(server.server.statistics.open == 62)
            let other = try TestClient(server.server.port, from: "127.0.0.2")
            try other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try other.reply().status == 200)
            withExtendedLifetime(strangers) {}
        }
    }

    @Test func `limits that would serve nobody are refused`() throws {
        var limits = ServerLimits()
        limits.connections = 0
        #expect(throws: HTTPServerError.limits) { try TestServer(limits: limits) }
        limits = ServerLimits()
        limits.head = 1 << 20
        #expect(throws: HTTPServerError.limits) { try TestServer(limits: limits) }
        #expect(throws: HTTPServerError.limits) { try TestServer(loops: 0) }
    }
}
