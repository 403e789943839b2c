import Authentication
import Foundation
import Testing

/// Our drawing read by somebody else's reader.
@Suite struct QRCodeTests {
    static let texts = [
        "A", "HELLO WORLD", "Zofia Nowak, 5B: \u{e9}\u{142}\u{1f600}",
        "otpauth://totp/Oakfield%20Primary%20School:r.ellison@whitetrees.example"
            + "?secret=XT6F35CXNC4WFU3FTO4R6PJWWJ3YQKSD&issuer=Oakfield%20Primary%20School",
    ]

    /// Bytes that a version holds at level M, from version 1 (ISO/IEC 18004, table 7).
    static let capacities = [
        14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624,
        666,
    ]

    @Test(
        .enabled(if: Reader.isInstalled, "zbarimg or rsvg-convert is not installed"),
        arguments: texts
    )
    func `zbarimg reads the drawing`(_ text: String) throws {
        let code = try #require(QRCode(encoding: text))
        #expect(try Reader.read(svg: code.svg) == text + "\n")
    }

    @Test(
        .enabled(if: Reader.isInstalled, "zbarimg or rsvg-convert is not installed"),
        arguments: capacities
    )
    func `zbarimg reads each version when it is full`(capacity: Int) throws {
        let text = Self.filler(capacity)
        let code = try #require(QRCode(encoding: text))
        #expect(try Reader.read(svg: code.svg) == text + "\n")
    }

    @Test(
        .enabled(if: Reader.zbarimg != nil, "zbarimg is not installed"),
        arguments: texts
    )
    func `zbarimg reads the blocks of a terminal`(_ text: String) throws {
        let code = try #require(QRCode(encoding: text))
        #expect(try Reader.read(blocks: code.blocks) == text + "\n")
    }

    @Test(arguments: zip(1...20, capacities))
    func `a version is taken up to its last byte`(version: Int, capacity: Int) throws {
        let full = try #require(QRCode(encoding: Self.filler(capacity)))
        #expect(full.size == 17 + 4 * version)
        let next = QRCode(encoding: Self.filler(capacity + 1))
        #expect(next?.size == (version < 20 ? 21 + 4 * version : nil))
    }

    @Test func `bytes count, not characters`() throws {
        #expect(try #require(QRCode(encoding: String(repeating: "\u{e9}", count: 7))).size == 21)
        #expect(try #require(QRCode(encoding: String(repeating: "\u{e9}", count: 8))).size == 25)
    }

    @Test func `outside the code everything is light`() throws {
        let code = try #require(QRCode(encoding: "A"))
        #expect(code[0, 0] && code[20, 0] && code[0, 20])
        for (x, y) in [(-1, 0), (0, -1), (21, 0), (0, 21), (Int.min, Int.max)] {
            #expect(!code[x, y])
        }
    }

    @Test func `the drawing has nothing that a strict content policy blocks`() throws {
        let svg = try #require(QRCode(encoding: Self.texts[3])).svg
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "))
        for word in ["<style", "style=", "<script", "href", " on"] { #expect(!svg.contains(word)) }
    }

    /// Letters without a period (Knuth's MMIX generator), so that a block in a wrong place shows.
    static func filler(_ count: Int) -> String {
        var state: UInt64 = 1
        let bytes = (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(ascii: "a") + UInt8((state >> 33) % 26)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The programs `rsvg-convert` and `zbarimg`, as judges from outside.
private enum Reader {
    static let zbarimg = Program.find("zbarimg")
    static let convert = Program.find("rsvg-convert")
    static var isInstalled: Bool { zbarimg != nil && convert != nil }

    static func read(svg: String) throws -> String {
        try inFolder { folder in
            let (drawing, image) = (folder + "/code.svg", folder + "/code.png")
            try svg.write(toFile: drawing, atomically: true, encoding: .utf8)
            _ = try Program.run(#require(convert), ["--zoom", "6", "-o", image, drawing])
            return try scan(image)
        }
    }

    /// Draws what a terminal shows, light on dark, as a bitmap (netpbm.sourceforge.net/doc/pgm.html).
    static func read(blocks: [String]) throws -> String {
        let rows = blocks.flatMap { line in
            [["\u{2588}", "\u{2580}"], ["\u{2588}", "\u{2584}"]].map { light in
                line.flatMap { Array(repeating: light.contains($0) ? "255" : "0", count: 6) }
            }
        }
        let lines = rows.flatMap { Array(repeating: $0.joined(separator: " "), count: 6) }
        let head = "P2\n\(rows[0].count) \(lines.count)\n255\n"
        return try inFolder { folder in
            let image = folder + "/code.pgm"
            try (head + lines.joined(separator: "\n") + "\n").write(
                toFile: image,
                atomically: true,
                encoding: .utf8
            )
            return try scan(image)
        }
    }

    private static func scan(_ image: String) throws -> String {
        try Program.run(
            #require(zbarimg),
            ["--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", image]
        )
    }

    private static func inFolder(_ body: (String) throws -> String) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("qr-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
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
