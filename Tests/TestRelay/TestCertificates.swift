import Foundation

/// An authority of our own and what it signs, made by `openssl` in a temporary folder.
package final class TestCertificates: Sendable {
    private let folder = FileManager.default.temporaryDirectory.path + "/ca-\(UUID().uuidString)"

    static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Makes the authority.
    package init() throws {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        try run(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Test authority"] + newKey("ca")
                + ["-out", authority]
        )
    }

    deinit {
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The file of the authority's certificate.
    package var authority: String { folder + "/ca.pem" }

    /// Makes a certificate for names such as `DNS:localhost,IP:127.0.0.1`, as settings
    /// name its files.
    package func issue(_ names: String, isSelfSigned: Bool = false) throws -> [String: Any] {
        let name = UUID().uuidString
        let path = "\(folder)/\(name)"
        let request = ["-subj", "/CN=localhost", "-addext", "subjectAltName=\(names)"]
        if isSelfSigned {
            try run(
                ["req", "-x509", "-days", "2"] + request + newKey(name) + ["-out", "\(path).pem"]
            )
        } else {
            try run(["req", "-new"] + request + newKey(name) + ["-out", "\(path).csr"])
            try run([
                "x509", "-req", "-in", "\(path).csr", "-CA", authority, "-CAkey",
                "\(folder)/ca.key", "-CAcreateserial", "-days", "2", "-copy_extensions", "copy",
                "-out", "\(path).pem",
            ])
        }
        return ["certificate": "\(path).pem", "key": "\(path).key"]
    }

    private func newKey(_ name: String) -> [String] {
        [
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "\(folder)/\(name).key",
        ]
    }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: TestCertificates.openssl ?? "")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TestRelay.Failure(description: "openssl \(arguments[0]) failed")
        }
    }
}
