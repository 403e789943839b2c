import Foundation
import HTTPServer
import Testing

/// TLS, with curl and openssl as the other side.
struct TLSTests {
    /// A folder with a fresh self-signed certificate, removed afterwards.
    final class Certificate: Sendable {
        let folder: String

        var files: TLSConfiguration {
            TLSConfiguration(certificate: folder + "/cert.pem", key: folder + "/key.pem")
        }

        init() throws {
            let name = "http-\(UInt64.random(in: 0...UInt64.max))"
            let url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            folder = url.path
            try renew("first")
        }

        deinit {
            do {
                try FileManager.default.removeItem(atPath: folder)
            } catch {
                Issue.record(error)
            }
        }

        /// Puts a certificate in its place that an authority has signed, and the authority's behind it.
        func renewFromAuthority() throws {
            let authority = try Certificate()
            let chain = try Command.run(
                "sh",
                "-c",
                """
                openssl req -x509 -CA '\(authority.files.certificate)' -CAkey '\(authority.files.key)' \
                -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=issued \
                -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE \
                -keyout '\(files.key)' -out '\(files.certificate)' && \
                cat '\(authority.files.certificate)' >> '\(files.certificate)'
                """
            )
            #expect(chain.status == 0, "\(chain.output)")
        }

        func renew(_ name: String) throws {
            let result = try Command.run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=\(name)",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                files.key,
                "-out",
                files.certificate
            )
            #expect(result.status == 0, "\(result.output)")
        }
    }

    private let certificate: Certificate
    private let server: TestServer
    private var address: String { "127.0.0.1:\(server.server.port)" }

    init() throws {
        certificate = try Certificate()
        server = try TestServer(tls: certificate.files) { request, responder in
            let text = "\(request.isSecure) \(request.path) \(request.body.count)"
            let body =
                request.path == "/big"
                ? [UInt8](repeating: 0x61, count: 5 << 20)
                : Array(text.utf8)
            responder.send(HTTPResponse(status: 200, body: body))
        }
        // curl and openssl live by the real clock; nothing here waits for a deadline.
    }

    private func curl(_ arguments: String...) throws -> Command.Result {
        let trust = ["-sS", "--cacert", certificate.files.certificate]
        return try Command.run("curl", trust + arguments)
    }

    @Test(arguments: [("1.2", "1.2"), ("1.3", "1.3")])
    func `a client speaks either version`(_ least: String, _ most: String) throws {
        let result = try curl(
            "--tlsv\(least)",
            "--tls-max",
            most,
            "https://\(address)/a",
            "https://\(address)/b"
        )
        #expect(result.status == 0)
        #expect(result.output == "true /a 0true /b 0")
    }

    @Test(arguments: ["-tls1", "-tls1_1"])
    func `an old version is refused`(_ version: String) throws {
        let result = try Command.run(
            "openssl",
            "s_client",
            "-connect",
            address,
            version,
            "-cipher",
            "ALL:@SECLEVEL=0"
        )
        #expect(result.output.contains("alert protocol version"))
    }

    @Test(arguments: ["AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-SHA384", "aNULL"])
    func `a cipher without forward secrecy or authenticated encryption is refused`(
        _ cipher: String
    ) throws {
        let result = try Command.run(
            "openssl",
            "s_client",
            "-connect",
            address,
            "-tls1_2",
            "-cipher",
            "\(cipher):@SECLEVEL=0"
        )
        #expect(result.output.contains("alert handshake failure"))
    }

    @Test func `the protocol is agreed on and another one refused`() throws {
        let agreed = try Command.run(
            "openssl",
            "s_client",
            "-connect",
            address,
            "-alpn",
            "h2,http/1.1"
        )
        #expect(agreed.output.contains("ALPN protocol: http/1.1"))
        let refused = try Command.run("openssl", "s_client", "-connect", address, "-alpn", "ftp")
        #expect(refused.output.contains("alert number 120"))
    }

    @Test func `a client cannot renegotiate`() throws {
        let said = certificate.folder + "/said"
        let result = try Command.run(
            "sh",
            "-c",
            "mkfifo \(said); (printf 'R\\n'; grep -m1 'no renegotiation' \(said) >&2)"
                + " | timeout 60 openssl s_client -connect \(address) -tls1_2 >\(said) 2>&1"
        )
        #expect(result.output.contains("no renegotiation"))
    }

    @Test func `bodies of any size go both ways`() throws {
        let upload = certificate.folder + "/upload"
        let size = 1 << 20
        try Data(repeating: 0x62, count: size).write(to: URL(fileURLWithPath: upload))
        let sent = try curl("--data-binary", "@\(upload)", "https://\(address)/up")
        #expect(sent.output == "true /up \(size)")
        let big = try curl("-o", upload, "-w", "%{size_download}", "https://\(address)/big")
        #expect(big.output == "\(5 << 20)")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: upload))
        #expect(bytes.allSatisfy { $0 == 0x61 })
    }

    @Test func `the session is ended properly`() throws {
        let result = try Command.run(
            "sh",
            "-c",
            "printf 'GET /x HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'"
                + " | timeout 60 openssl s_client -connect \(address) -quiet -ign_eof 2>&1"
        )
        #expect(result.status == 0)
        #expect(result.output.contains("true /x 0"))
        #expect(!result.output.contains("unexpected eof"))
    }

    @Test func `a session is resumed`() throws {
        let session = certificate.folder + "/session"
        let get = "printf 'GET /x HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'"
        let connect = "timeout 60 openssl s_client -connect \(address) -ign_eof"
        _ = try Command.run("sh", "-c", "\(get) | \(connect) -sess_out \(session)")
        let again = try Command.run("sh", "-c", "\(get) | \(connect) -sess_in \(session)")
        #expect(again.output.contains("Reused, TLSv1.3"))
    }

    @Test func `plain bytes on a secure port are no request`() throws {
        let client = try server.client()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try !client.rest().contains("HTTP"))
        #expect(server.eventually { server.server.statistics.open == 0 })
    }

    @Test func `a handshake has its time and not more`() throws {
        let client = try server.client()
        #expect(server.eventually { server.server.statistics.open == 1 })
        server.pass(11)
        #expect(try client.isClosed())
    }

    @Test func `a renewed certificate serves new connections`() throws {
        let before = try curl("-v", "https://\(address)/a")
        #expect(before.output.contains("CN=first"))
        try certificate.renew("second")
        try server.server.reloadCertificate()
        let after = try curl("-v", "https://\(address)/a")
        #expect(after.output.contains("CN=second"))
    }

    @Test
    func `only under a certificate that somebody else vouches for is TLS asked for ever after`()
        throws
    {
        let header = "strict-transport-security: max-age=31536000"
        #expect(try !curl("-i", "https://\(address)/a").output.lowercased().contains(header))
        try certificate.renewFromAuthority()
        try server.server.reloadCertificate()
        let issued = try curl("-i", "https://\(address)/a")
        #expect(issued.output.lowercased().contains(header))
        #expect(issued.output.hasSuffix("true /a 0"))
        let malformed = try curl(
            "-i",
            "-X",
            String(repeating: "A", count: 30),
            "https://\(address)/"
        )
        #expect(malformed.output.contains(" 501 "))
        #expect(malformed.output.lowercased().contains(header))
    }

    @Test func `files that are no certificate and key are refused and the old ones stay`() throws {
        try Data("x".utf8).write(to: URL(fileURLWithPath: certificate.files.key))
        #expect(throws: HTTPServerError.self) { try server.server.reloadCertificate() }
        #expect(try Command.run("curl", "-sSk", "https://\(address)/a").output == "true /a 0")
        let error = #expect(throws: HTTPServerError.self) {
            try TestServer(tls: TLSConfiguration(certificate: "/nowhere/c", key: "/nowhere/k"))
        }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("cannot use the certificate `/nowhere/c`: "))
    }

    @Test func `the key of another certificate is refused`() throws {
        let other = try Certificate()
        let mixed = TLSConfiguration(
            certificate: certificate.files.certificate,
            key: other.files.key
        )
        #expect(throws: HTTPServerError.self) { try TestServer(tls: mixed) }
    }
}
