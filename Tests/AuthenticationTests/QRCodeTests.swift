import Authentication
import Foundation
import Testing

/// Our drawing read by somebody else's reader.
@Suite struct QRCodeTests {
    static let texts = [
        "A", "HELLO WORLD", "Zofia Nowak, 5B: \u{e9}\u{142}\u{1f600}",
        "otpauth://totp/Oakfield%20Primary%20School:r.ellison@whitetrees.example"
            + "?secret=XT6F35CXNC4WFU3FTO4R6PJWWJ3YQKSD&issuer=Oakfield%20Primary%20School",
        String(repeating: "abcdefghij", count: 12), String(repeating: "0123456789", count: 30),
        String(repeating: "x", count: 666),
    ]

    @Test(arguments: texts)
    func `zbarimg reads what was written`(_ text: String) throws {
        guard let zbarimg = Program.find("zbarimg"), let convert = Program.find("rsvg-convert")
        else {
            print("skipped: zbarimg or rsvg-convert is not installed")
            return
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("qr-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (svg, png) = (folder.path + "/code.svg", folder.path + "/code.png")
        let code = try #require(QRCode(encoding: text))
        try code.svg.write(toFile: svg, atomically: true, encoding: .utf8)
        _ = try Program.run(convert, ["--zoom", "6", "-o", png, svg])
        let read = try Program.run(
            zbarimg,
            ["--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", png]
        )
        #expect(read == text + "\n")
    }

    @Test func `a text past the largest version is refused`() {
        #expect(QRCode(encoding: String(repeating: "x", count: 667)) == nil)
    }
}

/// A program of the machine.
enum Program {
    static func find(_ name: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func run(_ path: String, _ arguments: [String]) throws -> String {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
