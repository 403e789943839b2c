import HTTPServer
import Testing

/// The parser on its own: what it takes, what it refuses, and that cutting changes neither.
struct RequestHeadTests {
    private static let host = "Host: school.example\r\n"

    static let accepted = [
        "GET / HTTP/1.1\r\n\(host)\r\n",
        "\r\nGET / HTTP/1.1\r\n\(host)\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\n\(host)\r\n",
        "GET /a?b=\\^`{|}[]' HTTP/1.1\r\n\(host)\r\n",
        "GET http://school.example/a?b HTTP/1.1\r\n\(host)\r\n",
        "GET HTTPS://School.Example/a HTTP/1.1\r\n\(host)\r\n",
        "DELETE /a HTTP/1.1\r\nhOsT:\t[2001:db8::1]:8443 \t\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\nX: \u{e9}\t b\r\nY:\r\n\r\n",
        "BREW /pot HTTP/1.1\r\n\(host)\r\n",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Content-Length: 00012\r\nExpect: 100-Continue\r\n\r\n",
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: Chunked\r\n\r\n",
        "GET / HTTP/1.1\r\n\(host)Connection: upgrade, close\r\nUpgrade: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\n\(host)" + String(repeating: "A: b\r\n", count: 63) + "\r\n",
    ]

    static let refused: [(String, Refusal)] = [
        // The request line (RFC 9112, section 3).
        ("\r\n\r\nGET / HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("\nGET / HTTP/1.1\r\n\(host)\r\n", .badRequest),
        (" GET / HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET  / HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET\t/ HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("G@T / HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET / HTTP/1.1 \r\n\(host)\r\n", .badRequest),
        ("GET / HTTP/1.1\n\(host)\r\n", .badRequest),
        ("GET / HTTP/1.1\r\(host)\r\n", .badRequest),
        ("GET /\r\n\(host)\r\n", .badRequest),
        ("GET / http/1.1\r\n\(host)\r\n", .badRequest),
        ("GET / HTTP/1.x\r\n\(host)\r\n", .badRequest),
        ("GET / HTTP/11\r\n\(host)\r\n", .badRequest),
        ("GET / HTTP/1.2\r\n\(host)\r\n", .versionNotSupported),
        ("GET / HTTP/2.0\r\n\(host)\r\n", .versionNotSupported),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .versionNotSupported),
        ("VERYVERYLONGMETHOD / HTTP/1.1\r\n\(host)\r\n", .notImplemented),
        ("CONNECT school.example:443 HTTP/1.1\r\n\(host)\r\n", .notImplemented),
        // The target (section 3.2).
        ("GET * HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("OPTIONS ** HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET a HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET ?a HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET /a#b HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET /a\\b HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET /\u{7f} HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET /\u{e9} HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET /\0 HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET ftp://school.example/ HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET http://other.example/ HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET http://school.example HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET http:///a HTTP/1.1\r\n\(host)\r\n", .badRequest),
        ("GET http://school.example/ HTTP/1.0\r\n\r\n", .badRequest),
        ("GET /" + String(repeating: "a", count: 2048) + " HTTP/1.1\r\n\r\n", .targetTooLong),
        ("GET /" + String(repeating: "a", count: 9000), .targetTooLong),
        // Field lines (section 5).
        ("GET / HTTP/1.1\r\n\(host)A : b\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host): b\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)A\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n A: b\r\n\(host)\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)A: b\r\n c\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)A: b\r\n\tc\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)A: b\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)A: b\rc\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)A: b\0c\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)A: \u{7f}\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)A: b\r\n\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)A(b: c\r\n\r\n", .badRequest),
        (
            "GET / HTTP/1.1\r\n\(host)" + String(repeating: "A: b\r\n", count: 64) + "\r\n",
            .headTooLarge
        ),
        (
            "GET / HTTP/1.1\r\n\(host)A: " + String(repeating: "b", count: 8200) + "\r\n\r\n",
            .headTooLarge
        ),
        // Host (section 3.2 and RFC 9110, section 7.2).
        ("GET / HTTP/1.1\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\n\(host)\(host)\r\n", .badRequest),
        ("GET / HTTP/1.0\r\n\(host)\(host)\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: me@a\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: a:1x\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: :80\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: []\r\n\r\n", .badRequest),
        // Framing (section 6).
        ("POST / HTTP/1.1\r\n\(host)Content-Length: 1\r\nContent-Length: 1\r\n\r\n", .badRequest),
        ("POST / HTTP/1.1\r\n\(host)Content-Length: 1, 1\r\n\r\n", .badRequest),
        ("POST / HTTP/1.1\r\n\(host)Content-Length: +1\r\n\r\n", .badRequest),
        ("POST / HTTP/1.1\r\n\(host)Content-Length: -1\r\n\r\n", .badRequest),
        ("POST / HTTP/1.1\r\n\(host)Content-Length: 0x1\r\n\r\n", .badRequest),
        ("POST / HTTP/1.1\r\n\(host)Content-Length:\r\n\r\n", .badRequest),
        ("POST / HTTP/1.1\r\n\(host)Content-Length: 9999999999999999999\r\n\r\n", .badRequest),
        (
            "POST / HTTP/1.1\r\n\(host)Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            .badRequest
        ),
        (
            "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            .badRequest
        ),
        (
            "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n",
            .badRequest
        ),
        ("POST / HTTP/1.0\r\n\(host)Transfer-Encoding: chunked\r\n\r\n", .badRequest),
        ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n", .notImplemented),
        ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: identity\r\n\r\n", .notImplemented),
        ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: \u{b}chunked\r\n\r\n", .badRequest),
        ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: xchunked\r\n\r\n", .notImplemented),
        ("POST / HTTP/1.1\r\n\(host)Expect: 200-ok\r\n\r\n", .expectationFailed),
    ]

    /// Latin-1, so that a scalar below 256 is one byte.
    private static func bytes(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private static func parse(_ bytes: [UInt8]) -> RequestHead.Outcome {
        var head = RequestHead()
        return head.parse(bytes.span, limits: ServerLimits())
    }

    @Test(arguments: accepted)
    func `a well-formed head is taken whole and no further`(_ text: String) {
        let bytes = Self.bytes(text)
        var head = RequestHead()
        let outcome = head.parse((bytes + Array("GET".utf8)).span, limits: ServerLimits())
        #expect(outcome == .complete)
        #expect(head.length == bytes.count)
    }

    @Test(arguments: refused)
    func `a malformed head is refused with its status`(_ text: String, _ refusal: Refusal) {
        #expect(Self.parse(Self.bytes(text)) == .refused(refusal))
    }

    @Test(arguments: accepted)
    func `every beginning of a well-formed head is incomplete`(_ text: String) {
        let bytes = Self.bytes(text)
        for count in 0..<bytes.count {
            #expect(Self.parse(Array(bytes[..<count])) == .incomplete, "\(count) bytes")
        }
    }

    @Test(arguments: refused)
    func `a malformed head is never complete and refused for one reason however it is cut`(
        _ text: String,
        _ refusal: Refusal
    ) {
        let bytes = Self.bytes(text)
        var first: RequestHead.Outcome?
        for count in 0...bytes.count {
            let outcome = Self.parse(Array(bytes[..<count]))
            #expect(outcome != .complete, "\(count) bytes")
            if outcome != .incomplete && first == nil { first = outcome }
        }
        #expect(first == .refused(refusal))
    }

    @Test func `a head of exactly the limit is taken and one byte more is not`() {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nA: "
        let fill = 8192 - start.utf8.count - 4
        let fits = start + String(repeating: "b", count: fill) + "\r\n\r\n"
        let exceeds = start + String(repeating: "b", count: fill + 1) + "\r\n\r\n"
        #expect(Self.parse(Self.bytes(fits)) == .complete)
        #expect(Self.parse(Self.bytes(exceeds)) == .refused(.headTooLarge))
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "close", false), ("HTTP/1.1", "x, CLOSE", false),
        ("HTTP/1.1", "closed", true), ("HTTP/1.0", "", false), ("HTTP/1.0", "Keep-Alive", true),
        ("HTTP/1.0", "keep-alive, close", false), ("HTTP/1.1", " , ,close , ", false),
    ])
    func `the connection stays as version and options say`(
        _ version: String,
        _ options: String,
        _ stays: Bool
    ) {
        var head = RequestHead()
        let text = "GET / \(version)\r\nHost: a\r\nConnection: \(options)\r\n\r\n"
        #expect(head.parse(Array(text.utf8).span, limits: ServerLimits()) == .complete)
        #expect(head.keepsAlive == stays)
    }

    @Test func `a parser that is used again remembers nothing`() {
        var head = RequestHead()
        let first =
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
            + "Connection: close\r\nExpect: 100-continue\r\n\r\n"
        #expect(head.parse(Array(first.utf8).span, limits: ServerLimits()) == .complete)
        #expect(head.isChunked && !head.keepsAlive && head.expectsContinue)
        let second = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
        #expect(head.parse(Array(second.utf8).span, limits: ServerLimits()) == .complete)
        #expect(!head.isChunked && head.keepsAlive && !head.expectsContinue)
        #expect(head.contentLength == 3)
    }
}
