import Foundation
import HTTPServer

/// CPU per request beside nginx: the same 200 bytes of JSON, 64 kept connections, plain and TLS.
enum HTTPBenchmark {
    private struct Reply: RequestHandler {
        static let body =
            Array(
                #"{"id":"4829-1757","status":"open","category":"wellbeing","pupil":"P-000317","#
                    .utf8
            ) + Array(repeating: 0x20, count: 122) + Array("}".utf8)
        static let block = HeaderBlock([
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
        ])

        func handle(_ request: HTTPRequest, _ responder: Responder) {
            responder.send(HTTPResponse(status: 200, block: Self.block, body: Self.body))
        }

        func malformed(status: Int) -> HTTPResponse {
            HTTPResponse(status: status)
        }
    }

    /// The child: serves until its standard input ends.
    static func serve(_ arguments: [String]) throws {
        let tls =
            arguments.count == 2
            ? TLSConfiguration(certificate: arguments[0], key: arguments[1]) : nil
        var limits = ServerLimits()
        limits.requestsPerConnection = 1_000_000
        let server = try Server(
            configuration: ServerConfiguration(listen: ["127.0.0.1:0"], tls: tls, limits: limits),
            handler: Reply()
        )
        try server.start()
        FileHandle.standardOutput.write(Data("\(server.port)\n".utf8))
        while readLine() != nil {}
        server.stop()
    }

    static func run() throws {
    }
}
