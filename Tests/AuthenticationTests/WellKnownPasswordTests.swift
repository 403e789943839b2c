import Authentication
import Crypto
import Foundation
import Testing

/// The list of well-known passwords bites, and bites nothing else.
@Suite struct WellKnownPasswordTests {
    @Test(arguments: [
        "P@ssw0rd2024", "Welcome123!", "Summer-2026", "Qwerty123!@#", "1qaz@WSX3edc", "Liverpool1!",
        "Aa1!Aa1!Aa1!", "Letmein2025!", "!Passw0rd!", "Abcd1234!", "Pàsswörd1!", "Drowssap123!",
        "ILoveYou2!", "MyPassword1!", "Arsenal-FC-1886", "Password123abc!", "Robert-12/05/1987!",
        "W3lc0m3!!", "$ummer2025", "B1rmingham!", "Manchester_United99", "Pass123word!",
        "Christmas25/12!", "2024-Teacher!", "(hocolate1!", "Zxcvbnm,./1A",
    ])
    func `what people choose under a rule of four classes is refused`(password: String) {
        #expect(WellKnownPasswords.isVariation(password))
    }

    @Test func `there are more than 10,000 base words, and each bites in eight decorations`() {
        let words = WellKnownWords.all
        #expect(WellKnownWords.count >= 10_000)
        #expect(WellKnownWords.count == words.count, "a word stands there twice")
        var refused = 0
        var passed: [String] = []
        for word in words {
            let capital = word.prefix(1).uppercased() + word.dropFirst()
            for variant in [
                "\(capital)1!", "\(capital)123!", "\(capital)2024", "\(capital)-2026",
                "!\(leet(capital))99", "\(leet(word))#1", "\(word.uppercased())_01",
                "01\(capital)??",
            ] {
                // Without a letter it breaks the rule of four classes by itself.
                guard variant.contains(where: \.isLetter) else { continue }
                if WellKnownPasswords.isVariation(variant) {
                    refused += 1
                } else {
                    passed.append(variant)
                }
            }
        }
        print("\(WellKnownWords.count) base words, \(refused) variants refused")
        #expect(refused >= 100_000)
        #expect(passed.isEmpty, "\(passed.prefix(20))")
    }

    @Test func `random passwords are not refused`() {
        var generator = Seeded(state: 7)
        let printable = (0x21...0x7e).map { Character(Unicode.Scalar(UInt8($0))) }
        var refused: [String] = []
        for length in 8...16 {
            for _ in 0..<500 {
                let password = String((0..<length).map { _ in printable[generator.next(94)] })
                if WellKnownPasswords.isVariation(password) { refused.append(password) }
            }
        }
        // Of 4,500; one in a thousand hides a short word by chance.
        #expect(refused.count <= 5, "\(refused)")
    }

    @Test func `passphrases of three words are not refused, although each word is known`() {
        var generator = Seeded(state: 11)
        let words = WellKnownWords.all.filter { (4...8).contains($0.utf8.count) }
        var refused: [String] = []
        for separator in ["-", " ", "4", "."] {
            for _ in 0..<250 {
                let phrase = (0..<3).map { _ in words[generator.next(words.count)] }
                    .joined(separator: separator)
                if WellKnownPasswords.isVariation(phrase) { refused.append(phrase) }
            }
        }
        #expect(refused.count <= 2, "\(refused)")
    }

    @Test(arguments: [
        "we drove 3 goats to Hull", "Пирог-с-Луком-72!", "今日は雨が降る7A!", "tR8-gh-2mmK",
        "Purple7 Kettle? Never!", "gX4kTz9v", "mango chutney & 12 rabbits",
    ])
    func `sentences, other scripts and machine-made passwords are not refused`(password: String) {
        #expect(!WellKnownPasswords.isVariation(password))
    }

    private func leet(_ word: String) -> String {
        String(word.map { ["a": "@", "e": "3", "i": "1", "o": "0", "s": "$"][$0] ?? $0 })
    }

    /// The same numbers in every run (SplitMix64).
    private struct Seeded {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
        }
    }
}

/// A list in the format of Pwned Passwords is searched on disk.
@Suite struct BreachedListTests {
    /// SHA-1 of `password`, as published wherever SHA-1 is explained.
    private static let password = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"

    @Test func `a password in the list is refused, one that is not passes`() throws {
        let list = try file(lines(around: [BreachedListTests.password]))
        let school = try TestSchool()
        school.rules.password.breached = try BreachedList(path: list)
        #expect(try school.broken("password")?.contains(.breached) == true)
        #expect(try school.broken("Quartz-Heron7-Lamp!") == nil)
        try FileManager.default.removeItem(atPath: list)
        // What cannot be looked up is not taken for safe.
        #expect(throws: CryptoError.self) { try school.broken("Quartz-Heron7-Lamp!") }
    }

    @Test(arguments: ["\n", "\r\n"], [1, 2, 3, 1_000])
    func `every line is found, whatever the number of lines and their ends`(
        end: String,
        count: Int
    ) throws {
        let words = (0..<count).map { "word\($0)" }
        let hashes = try words.map { try sha1($0) }.sorted()
        let list = try file(hashes.map { "\($0):\($0.utf8.count)" }, end: end)
        defer { try? FileManager.default.removeItem(atPath: list) }
        let breached = try BreachedList(path: list)
        for word in words.prefix(50) + words.suffix(2) {
            #expect(try breached.contains(Secret(Array(word.utf8))), "\(word)")
        }
        for word in ["a", "b", "c"] {
            #expect(try !breached.contains(Secret(Array(word.utf8))))
        }
    }

    @Test func `a missing, empty, malformed or unsorted file is a clear error`() throws {
        func reason(_ path: String) -> String {
            do {
                _ = try BreachedList(path: path)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(reason("/nowhere/list.txt").hasSuffix("`/nowhere/list.txt` does not exist"))
        let sorted = lines(around: [])
        for (lines, complaint) in [
            ([], "has no line"), (["hello:1"], "has no line"), (Array(sorted.reversed()), "sorted"),
            (sorted.map { String($0.prefix(40)) }, "has no line"),
        ] {
            let path = try file(lines)
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect(reason(path).contains(complaint), "\(reason(path))")
        }
    }

    private func lines(around hashes: [String]) -> [String] {
        let others = (0..<200).map { number in
            let head = String(number * 0x0147_ae14 & 0xffff_ffff, radix: 16, uppercase: true)
            return String(repeating: "0", count: 8 - head.utf8.count) + head
                + String(repeating: "7", count: 32)
        }
        return (others + hashes).sorted().map { "\($0):12" }
    }

    private func file(_ lines: [String], end: String = "\r\n") throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/list-\(UUID().uuidString)"
        try Data(lines.map { $0 + end }.joined().utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func sha1(_ word: String) throws -> String {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sha1sum"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(word.utf8))
        try input.fileHandleForWriting.close()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        return text.prefix(40).uppercased()
    }
}
