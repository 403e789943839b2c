import Authentication
import Crypto
import Foundation
import SQLite
import Testing

@Suite struct TOTPTests {
    /// RFC 4226, appendix D.
    @Test(arguments: [
        (0, "755224"), (1, "287082"), (2, "359152"), (3, "969429"), (4, "338314"), (5, "254676"),
        (6, "287922"), (7, "162583"), (8, "399871"), (9, "520489"),
    ])
    func `the codes of RFC 4226`(counter: Int64, code: String) {
        #expect(TOTP(seed: Secret(Array("12345678901234567890".utf8))).code(step: counter) == code)
    }

    /// RFC 6238, appendix B, the last six of the eight digits.
    @Test(arguments: [
        (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
        (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ])
    func `the codes of RFC 6238`(second: Int64, code: String) {
        let step = TOTP.step(at: Timestamp(milliseconds: second * 1_000))
        #expect(TOTP(seed: Secret(Array("12345678901234567890".utf8))).code(step: step) == code)
    }

    @Test func `oathtool makes the same codes`() throws {
        for second in stride(from: Int64(1_764_000_000), to: 1_764_003_000, by: 311) {
            let seed = Random.bytes(20)
            let made = try run(
                "/usr/bin/oathtool",
                "--totp",
                "-b",
                Base32.encode(seed),
                "--now",
                "@\(second)"
            )
            let step = TOTP.step(at: Timestamp(milliseconds: second * 1_000))
            #expect(TOTP(seed: Secret(seed)).code(step: step) == made)
        }
    }

    @Test(arguments: [
        "12345", "1234567", " 123456", "123456 ", "123456\n", "12345６", "１２３４５６", "12 3456",
        "+12345", "0x1234", "", "aaaa-aaaa-aaaa", "aaaa-aaaa-aaaa-aaa1", "aaaaaaaaaaaaaaaa",
        "aaaa-aaaa-aaaa-aaaa-", "aaaa aaaa aaaa aaaa",
    ])
    func `white space or another form does not slip past the used-code check`(text: String) {
        #expect(OneTimeCode(text) == nil)
    }

    @Test func `a code prints as a word`() throws {
        let code = try #require(OneTimeCode("123456"))
        #expect("\(code)" == "<code>")
        #expect(!String(reflecting: code).contains("49"))
    }
}

/// The trimmed output of a program that must succeed.
func run(_ program: String, _ arguments: String...) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
}
