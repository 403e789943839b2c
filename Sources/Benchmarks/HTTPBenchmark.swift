import Foundation
import HTTPServer

/// CPU per request beside nginx: the same 200 bytes of JSON, 64 kept connections, plain and TLS.
///
/// Both run as one process with one worker, in turn and several times, and wrk asks them; the
/// middle of the ratios is printed.
enum HTTPBenchmark {
    static let body =
        #"{"id":"4829-1757","status":"open","category":"wellbeing","pupil":"P-000317","#
        + String(repeating: " ", count: 123) + "}"

    private struct Reply: RequestHandler {
        static let bytes = Array(body.utf8)
        static let block = HeaderBlock([("Content-Type", "application/json")])

        func handle(_ request: HTTPRequest, _ responder: Responder) {
            responder.send(HTTPResponse(status: 200, block: Self.block, body: Self.bytes))
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
        let server = try Server(
            configuration: ServerConfiguration(listen: ["127.0.0.1:0"], tls: tls),
            handler: Reply()
        )
        try server.start()
        let scheme = tls == nil ? "http" : "https"
        FileHandle.standardOutput.write(Data("\(scheme)://127.0.0.1:\(server.port)/\n".utf8))
        while readLine() != nil {}
        server.stop()
    }

    /// Prints the two ratios.
    static func run() throws {
        let folder = try TemporaryFolder.make("http")
        defer { TemporaryFolder.remove(folder) }
        let certificate = "\(folder)/cert.pem"
        let key = "\(folder)/key.pem"
        try Peer.output([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate,
        ])
        let nginx = try PeerNginx(folder: folder, certificate: certificate, key: key, body: body)
        defer { nginx.stop() }
        for isSecure in [false, true] {
            let ours = try Child(["http-server"] + (isSecure ? [certificate, key] : []))
            defer { ours.stop() }
            let ratios = try (0..<5).map { _ in
                let own = try cost(ours.process, ours.firstLine)
                return try own / cost(nginx.worker, nginx.address(isSecure: isSecure))
            }
            print(
                "http \(isSecure ? "TLS" : "plain"): CPU per request, ours / nginx =",
                Figures(ratios).text
            )
        }
    }

    /// Seconds of CPU that the process spends on one request.
    private static func cost(_ process: Int32, _ url: String) throws -> Double {
        let before = try Peer.cpuSeconds(process)
        let requests = try Wrk(url, seconds: 3).requests
        return try (Peer.cpuSeconds(process) - before) / requests
    }
}
