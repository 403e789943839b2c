import Foundation
import Testing

/// Over which transport the service insists on TLS for the time to come (RFC 6797).
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct TransportTests {
    /// Answers of every kind, by the arguments that make `curl` ask for them, and their status.
    private static let questions: [(arguments: [String], path: String, status: String)] = [
        ([], "/healthz", "200"),
        (["--head"], "/readyz", "200"),
        ([], "/v1/session", "401"),
        (["-d", "{}"], "/healthz", "405"),
        ([], "/nothing", "404"),
        (["-d", "{"], "/v1/session", "403"),
        (["-H", "Host: elsewhere.example"], "/healthz", "421"),
        // The server's own refusals, which no route has seen.
        (["-X", String(repeating: "A", count: 30)], "/healthz", "501"),
        ([], "/" + String(repeating: "a", count: 3_000), "414"),
    ]

    @Test func `a certificate that an authority has signed makes every answer insist on TLS`()
        throws
    {
        try expect("strict-transport-security: max-age=31536000", over: .issued)
    }

    @Test func `a self-signed one, which is replaced one day, makes none insist`() throws {
        try expect(nil, over: .selfSigned)
    }

    @Test func `in plain text nothing is said of TLS`() throws { try expect(nil, over: .plain) }

    private func expect(_ line: String?, over transport: RunningSchool.Transport) throws {
        let school = try RunningSchool(transport: transport)
        _ = try school.found()
        try school.start()
        #expect(school.address.hasPrefix(transport == .plain ? "http:" : "https:"))
        for (arguments, path, status) in TransportTests.questions {
            let printed = try Tool.run(
                "curl",
                ["-sS", "-i", "--cacert", school.certificate, school.address + path] + arguments
            )
            let head = String(decoding: printed, as: UTF8.self).lowercased()
                .split(separator: "\r\n")
            #expect(head.first?.hasPrefix("http/1.1 \(status)") == true, "\(path): \(head)")
            let said = head.filter { $0.hasPrefix("strict-transport-security") }
            #expect(said.map(String.init) == (line.map { [$0] } ?? []), "\(path)")
        }
        #expect(school.stop() == 0)
    }
}
