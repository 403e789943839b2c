import HTTPServer
import Testing

/// What a handler sees of a request.
struct HTTPRequestTests {
    private func request(
        _ target: String,
        _ headers: [(String, String)] = [],
        method: HTTPMethod = .get
    ) throws -> HTTPRequest {
        try #require(
            HTTPRequest(method: method, target: target, headers: [("Host", "a")] + headers)
        )
    }

    @Test(
        arguments: [
            ("/", "/", nil), ("/a/b%2Fc", "/a/b%2Fc", nil), ("/a?", "/a", ""),
            ("/a?b=c?d", "/a", "b=c?d"), ("http://a/b?c", "/b", "c"),
        ] as [(String, String, String?)]
    )
    func `a target falls into path and query`(_ target: String, _ path: String, _ query: String?)
        throws
    {
        let request = try request(target)
        #expect(request.target == target)
        #expect(request.path == path)
        #expect(request.query == query)
    }

    @Test func `fields are found in any case and the first counts`() throws {
        let request = try request("/", [("X-One", "1"), ("x-ONE", "2"), ("X_One", "3")])
        #expect(request.header("x-one") == "1")
        #expect(request.headerCount("x-one") == 2)
        #expect(request.header("x-two") == nil)
        #expect(request.headerCount("x-two") == 0)
        #expect(request.headers.map(\.name) == ["Host", "X-One", "x-ONE", "X_One"])
        #expect(request.headers.map(\.value) == ["a", "1", "2", "3"])
    }

    @Test func `a value outside ASCII is read byte by byte and none is lost`() throws {
        let request = try request("/", [("A", "\u{e9}"), ("B", " \t b \t ")])
        #expect(request.header("a") == "\u{c3}\u{a9}")
        #expect(request.header("b") == "b")
    }

    @Test(arguments: [
        HTTPMethod.get, .head, .post, .put, .patch, .delete, .options, .other("BREW"),
        .other("get"),
    ])
    func `a method prints as it was read`(_ method: HTTPMethod) throws {
        #expect(try request("/", method: method).method == method)
        #expect(HTTPMethod(method.name) == method)
    }

    @Test func `what the parser refuses is no request`() {
        #expect(HTTPRequest(method: .get, target: "/") == nil)
        #expect(HTTPRequest(method: .get, target: "/ ", headers: [("Host", "a")]) == nil)
        let smuggled = [("Host", "a"), ("A", "b\r\n\r\nGET / HTTP/1.1")]
        #expect(HTTPRequest(method: .get, target: "/", headers: smuggled) == nil)
    }
}
