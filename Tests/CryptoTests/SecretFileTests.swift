import Crypto
import Foundation
import Testing

/// Secrets that somebody keeps in files.
@Suite struct SecretFileTests {
    private let path = FileManager.default.temporaryDirectory.path + "/secret-\(UUID().uuidString)"

    private func read(_ content: String, mode: Int = 0o600) throws -> [UInt8] {
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return try Secret.read(file: path, limit: 16).withBytes { Array($0) }
    }

    @Test(arguments: [
        ("pass", "pass"), ("pass\n", "pass"), ("pass\r\n", "pass"), ("pass\n\n", "pass\n"),
        (" p ß\n", " p ß"), ("0123456789abcdef\r\n", "0123456789abcdef"),
    ])
    func `one line end belongs to the file`(content: String, secret: String) throws {
        #expect(try read(content) == Array(secret.utf8))
        #expect(try read(content, mode: 0o400) == Array(secret.utf8))
    }

    @Test(arguments: [
        "", "\n", "\r\n", "0123456789abcdefg", "0123456789abcdefg\r\n", "0123456789abcdef\n\n\n",
    ])
    func `what is empty or too long is refused`(content: String) {
        #expect(throws: CryptoError.self) { try read(content) }
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o700, 0o4600]) func `a mode for others is refused`(
        mode: Int
    ) {
        let error = #expect(throws: CryptoError.self) { try read("pass", mode: mode) }
        #expect(error?.description.hasPrefix("`\(path)` has mode 0") == true)
    }

    @Test(arguments: ["/nowhere/at/all", "/", "/dev/null"]) func `only a file is read`(
        path: String
    ) {
        #expect(throws: CryptoError.self) { try Secret.read(file: path, limit: 16) }
    }

    @Test func `a pipe does not keep the reader waiting`() {
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        #expect(throws: CryptoError.secretFile(path: path, reason: "is not a file")) {
            try Secret.read(file: path, limit: 16)
        }
    }

    @Test func `the base 64 of a secret is that of its bytes`() {
        for count in 0...7 {
            let bytes = [UInt8](0xf9...0xff).prefix(count)
            for alphabet in [Base64.standard, .url] {
                let text = alphabet.encode(Secret(Array(bytes)))
                #expect(text.matches(Array(alphabet.encode(Array(bytes)).utf8)))
            }
        }
    }
}
