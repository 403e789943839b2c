import HTTPServer
import PolicyEngine

/// An answer before it is released.
struct Reply: Sendable {
    var status: Int
    var headers: [(String, String)] = []
    var body: [UInt8] = []

    /// An answer with a JSON body.
    static func json(
        _ status: Int = 200,
        headers: [(String, String)] = [],
        capacity: Int = 512,
        _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Reply {
        var writer = JSONWriter(capacity: capacity)
        try write(&writer)
        return Reply(
            status: status,
            headers: [("Content-Type", "application/json; charset=utf-8")] + headers,
            body: writer.bytes
        )
    }

    /// 204.
    static let noContent = Reply(status: 204)

    /// The header lines that every answer carries, rendered once.
    static let everyAnswer = HeaderBlock([
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ])

    /// The answer as the server sends it.
    func response(requestID: String) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: headers + [("X-Request-Id", requestID)],
            block: Reply.everyAnswer,
            body: body
        )
    }
}
