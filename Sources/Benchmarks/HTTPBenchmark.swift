import Foundation
import HTTPServer

/// CPU per request beside nginx: the same 200 bytes of JSON, 64 kept connections, plain and TLS.
///
/// Both run as one process with one worker, in turn and several times, and wrk asks them; the
/// middle of the ratios is printed.
enum HTTPBenchmark {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

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
        FileHandle.standardOutput.write(Data("\(server.port)\n".utf8))
        while readLine() != nil {}
        server.stop()
    }

    /// Prints the two ratios.
    static func run() throws {
        let folder = try temporaryFolder()
        defer { remove(folder) }
        let certificate = "\(folder)/cert.pem"
        let key = "\(folder)/key.pem"
        try Peer.output([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate,
        ])
        let nginx = try PeerNginx(folder: folder, certificate: certificate, key: key, body: body)
        defer { nginx.stop() }
        for isSecure in [false, true] {
            let ours = try Child(isSecure ? [certificate, key] : [])
            defer { ours.stop() }
            let pairs = try (0..<5).map { _ in
                let own = try cost(
                    ours.process,
                    "\(isSecure ? "https" : "http")://\(ours.address)/"
                )
                return try own / cost(nginx.worker, nginx.address(isSecure: isSecure))
            }
            let ratio = pairs.sorted()[pairs.count / 2]
            let range = "\(rounded(pairs.min() ?? 0)) to \(rounded(pairs.max() ?? 0))"
            print(
                "http \(isSecure ? "TLS" : "plain"): CPU per request, ours / nginx =",
                "\(rounded(ratio)) (\(range))"
            )
        }
    }

    /// Seconds of CPU that the process spends on one request.
    private static func cost(_ process: Int32, _ url: String) throws -> Double {
        let before = try Peer.cpuSeconds(process)
        let report = try Peer.output(["wrk", "-t", "1", "-c", "64", "-d", "3", url])
        let after = try Peer.cpuSeconds(process)
        let line = report.split(separator: "\n").first { $0.contains(" requests in ") }
        guard let count = line?.split(separator: " ").first.flatMap({ Double($0) }), count > 0,
            !report.contains("Non-2xx")
        else { throw Failure(description: "wrk: \(report)") }
        return (after - before) / count
    }

    private static func rounded(_ number: Double) -> Double {
        (number * 100).rounded() / 100
    }

    private static func temporaryFolder() throws -> String {
        let name = "http-benchmark-\(UInt64.random(in: 0...UInt64.max))"
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    private static func remove(_ folder: String) {
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            print("`\(folder)` is left behind: \(error)")
        }
    }

    /// Our server in a process of its own, so that its CPU is counted alone.
    private final class Child {
        private let child = Process()
        private let input = Pipe()
        let address: String

        var process: Int32 { child.processIdentifier }

        init(_ arguments: [String]) throws {
            let output = Pipe()
            child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            child.arguments = ["http-server"] + arguments
            child.standardInput = input
            child.standardOutput = output
            try child.run()
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            guard let port = UInt16(line.dropLast()) else {
                throw Failure(description: "the server did not start: \(line)")
            }
            address = "127.0.0.1:\(port)"
        }

        func stop() {
            input.fileHandleForWriting.closeFile()
            child.waitUntilExit()
        }
    }
}
