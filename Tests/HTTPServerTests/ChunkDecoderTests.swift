import HTTPServer
import Testing

/// The chunked coding (RFC 9112, section 7.1).
struct ChunkDecoderTests {
    private func decode(_ text: String, limit: Int = 100) -> (ChunkDecoder.Outcome, String) {
        var body: [UInt8] = []
        var decoder = ChunkDecoder(limit: limit)
        let outcome = decoder.decode(Array(text.utf8).span, into: &body)
        return (outcome, String(decoding: body, as: UTF8.self))
    }

    @Test(arguments: [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
        ("0000000A\r\n0123456789\r\n0000\r\n\r\n", "0123456789"),
        ("a;x\r\n0123456789\r\n0;y=z\r\n\r\n", "0123456789"),
        ("1;a=\"b;\\\"c\";d=e\r\nx\r\n0\r\n\r\n", "x"),
    ])
    func `a body is put together from its chunks`(_ text: String, _ body: String) {
        let result = decode(text + "GET")
        #expect(result.0 == .complete(consumed: text.utf8.count))
        #expect(result.1 == body)
    }

    @Test(arguments: [
        "\r\n", "g\r\n", "-1\r\n", "0x5\r\n", " 5\r\nhello", "5 \r\nhello", "5\nhello\r\n",
        "5\r\rhello", "5\r\nhello!\r\n", "5\r\nhelloX\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r0\r\n\r\n", "123456789\r\n", "000000000\r\n",
        "1;\r\nx", "1;;a\r\nx", "1;=a\r\nx", "1;a=\r\nx", "1;a=b=c\r\nx", "1;a b\r\nx",
        "1;a=\"b\"c\r\nx", "1;a=\"b\n\"\r\nx", "1;a=\"\u{7f}\"\r\nx", "1;a\nx",
        "0\r\nTrailer: x\r\n\r\n", "0\r\n\n", "0\r\n\rx",
        "1;" + String(repeating: "a", count: 300) + "\r\nx",
    ])
    func `a malformed chunk is refused`(_ text: String) {
        #expect(decode(text).0 == .refused(.badRequest))
    }

    @Test func `the limit holds for the sum of the chunks before any of them is kept`() {
        #expect(decode("5\r\nhello\r\n0\r\n\r\n", limit: 5).0 == .complete(consumed: 15))
        #expect(decode("5\r\nhello\r\n1\r\nx\r\n0\r\n\r\n", limit: 5).0 == .refused(.bodyTooLarge))
        #expect(decode("FFFFFFFF\r\n", limit: 5) == (.refused(.bodyTooLarge), ""))
    }
}
