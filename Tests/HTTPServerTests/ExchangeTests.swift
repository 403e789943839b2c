import Glibc
import HTTPServer
import Testing

/// Requests and answers over a socket.
struct ExchangeTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `an answer has a date and a length and nothing that was not asked for`() throws {
        let server = try TestServer { _, responder in
            responder.send(HTTPResponse(status: 200, headers: [("X", "y")], body: [0x61]))
        }
        let client = try server.client()
        try client.send(get)
        let reply = try client.reply()
        #expect(reply.status == 200)
        #expect(reply.fields.map(\.name) == ["Date", "X", "Content-Length"])
        #expect(reply.field("Date")?.wholeMatch(of: /\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/) != nil)
        #expect(reply.body == "a")
    }

    @Test func `the date is the one that the date command prints`() throws {
        let server = try TestServer()
        let client = try server.client()
        // The second may turn between the two.
        let agrees = server.eventually {
            guard (try? client.send(get)) != nil, let reply = try? client.reply() else {
                return false
            }
            let printed = try? Command.run("date", "-u", "+%a, %d %b %Y %H:%M:%S GMT").output
            return printed == (reply.field("Date") ?? "") + "\n"
        }
        #expect(agrees)
    }

    @Test func `a connection is kept and its requests are answered in turn`() throws {
        let server = try TestServer()
        let client = try server.client()
        for number in 0..<5 {
            try client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.reply().body == "GET /\(number) 0")
        }
        #expect(server.server.statistics.accepted == 1)
    }

    @Test func `requests sent at once are answered in their order`() throws {
        let server = try TestServer()
        let client = try server.client()
        var text = ""
        for number in 0..<200 {
            text += "POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
            text += "\r\nPOST /\(number)c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            text += "2\r\nab\r\n0\r\n\r\n"
        }
        try client.send(text)
        for number in 0..<200 {
            #expect(try client.reply().body == "POST /\(number) 3")
            #expect(try client.reply().body == "POST /\(number)c 2")
        }
    }

    @Test(arguments: [
        "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3;x=\"y\"\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nhello",
    ])
    func `a request comes to the same answer cut at any byte`(_ text: String) throws {
        let server = try TestServer()
        let bytes = Array(text.utf8)
        let whole = try server.client()
        try whole.send(bytes)
        let expected = try whole.rest().split(separator: "\r\n\r\n")
        for cut in 1..<bytes.count {
            let client = try server.client()
            try client.send(Array(bytes[..<cut]))
            // The rest may come after a refusal, to a socket that is closed already.
            _ = try? client.send(Array(bytes[cut...]))
            let answer = try client.rest().split(separator: "\r\n\r\n")
            #expect(answer.last == expected.last, "cut at \(cut)")
            #expect(answer.count == expected.count, "cut at \(cut)")
        }
    }

    @Test func `HEAD has the length of the body and not the body`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n" + get)
        let reply = try client.reply(omitsBody: true)
        #expect(reply.field("Content-Length") == "11")
        #expect(try client.reply().body == "GET / 0")
    }

    @Test func `after a HEAD what is no request is told so in full`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\n\r\n")
        #expect(try client.reply(omitsBody: true).status == 200)
        #expect(try client.reply().body == "refused")
    }

    @Test(arguments: [204, 304])
    func `an answer that has no body has no length either`(_ status: Int) throws {
        let server = try TestServer { _, responder in
            responder.send(HTTPResponse(status: status, body: [0x61]))
        }
        let client = try server.client()
        try client.send(get + get)
        #expect(try client.reply().fields.map(\.name) == ["Date"])
        #expect(try client.reply().status == status)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"),
        ("GET / HTTP/1.0\r\n\r\n", "close"),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive"),
    ])
    func `the connection field of the answer follows the request's`(
        _ text: String,
        _ option: String
    ) throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send(text)
        #expect(try client.reply().field("Connection") == option)
        if option == "close" { #expect(try client.isClosed()) }
    }

    @Test func `what follows a request that ends the connection is not answered`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get)
        #expect(try client.reply().body == "GET /1 0")
        #expect(try client.isClosed())
    }

    @Test func `a client that has finished sending still gets its answers`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send(get + get)
        client.endOutput()
        #expect(try client.reply().status == 200)
        #expect(try client.reply().status == 200)
        #expect(try client.isClosed())
    }

    @Test func `leave to send a body is given when the body is wanted`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        )
        #expect(try client.reply().status == 100)
        try client.send("hello")
        #expect(try client.reply().body == "POST / 5")
    }

    @Test(arguments: [
        ("Content-Length: 1048577\r\nExpect: 100-continue", 413),
        ("Content-Length: 5\r\nExpect: more", 417),
        ("Content-Length: 0\r\nExpect: 100-continue", 200),
    ])
    func `no leave to send is given for a body that will not be read`(
        _ fields: String,
        _ status: Int
    ) throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n")
        #expect(try client.reply().status == status)
    }

    @Test func `a client that does not wait for leave is not given it`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello"
        )
        #expect(try client.reply().body == "POST / 5")
    }

    @Test func `a body of the limit is taken`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n")
        try client.send([UInt8](repeating: 0x61, count: 1 << 20))
        #expect(try client.reply().body == "POST / 1048576")
    }

    @Test(arguments: [
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2DC6C0\r\n",
    ])
    func `a client that goes on sending too large a body can read why it is refused`(
        _ head: String
    ) throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send(head)
        try client.send([UInt8](repeating: 0x61, count: 3_000_000))
        let reply = try client.reply()
        #expect(reply.status == 413)
        #expect(reply.body == "refused")
        #expect(reply.field("Connection") == "close")
    }

    @Test func `a refusal closes the connection and drops what follows`() throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send(get + "GET / HTTP/1.1\r\n\r\n" + get)
        #expect(try client.reply().status == 200)
        #expect(try client.reply().status == 400)
        client.endOutput()
        #expect(try client.isClosed())
    }

    @Test func `a large answer goes out whole to a slow reader`() throws {
        let server = try TestServer { request, responder in
            let body = [UInt8](repeating: 0x62, count: 8 << 20)
            responder.send(HTTPResponse(status: 200, body: request.path == "/big" ? body : [0x63]))
        }
        let client = try TestClient(server.server.port, receiveBuffer: 4096)
        try client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n" + get)
        let reply = try client.reply()
        #expect(reply.body.utf8.count == 8 << 20)
        #expect(reply.body.utf8.allSatisfy { $0 == 0x62 })
        #expect(try client.reply().body == "c")
    }

    @Test func `a client that never reads is not read from without end`() throws {
        let asked = Guarded(0)
        var limits = ServerLimits()
        limits.requestsPerConnection = 1_000_000
        let server = try TestServer(limits: limits) { _, responder in
            asked.with { $0 += 1 }
            responder.send(HTTPResponse(status: 200, body: [UInt8](repeating: 0x61, count: 8000)))
        }
        let client = try TestClient(server.server.port, receiveBuffer: 4096)
        let requests = String(repeating: get, count: 1000)
        var sent = 0
        while sent < 1000, client.sendNow(requests) { sent += 1 }
        // A million answers would be 8 GB; the sockets' own buffers are some megabytes.
        #expect(sent < 1000)
        #expect(asked.with { $0 } < 4000)
    }
}
