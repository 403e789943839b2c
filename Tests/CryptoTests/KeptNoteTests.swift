import Crypto
import Foundation
import Glibc
import Testing

/// A text that is kept among the keys.
struct KeptNoteTests {
    private let parent: TemporaryFolder
    private let folder: String
    private let note: KeptNote

    init() throws {
        parent = try TemporaryFolder()
        folder = parent.path + "/keys"
        try KeyRing.create(in: folder)
        note = KeptNote("checkpoint", in: folder, limit: 100)
    }

    private func names() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder))
            .subtracting(KeyRingTests.names)
    }

    private func expectRefusal(because reason: String) {
        let error = #expect(throws: CryptoError.self) { try note.read() }
        #expect(error?.description == "key folder: `\(note.path)` \(reason)")
    }

    @Test func `what was written last is read, from a file of one's own`() throws {
        #expect(try note.read() == nil)
        // One that a crash has left behind is in nobody's way.
        try Data("half".utf8).write(to: URL(fileURLWithPath: note.path + ".new"))
        for text in ["first\n", "second, with a \u{2014}\n", ""] {
            try note.write(text)
            #expect(try note.read() == text)
            var info = stat()
            #expect(stat(note.path, &info) == 0 && info.st_mode & 0o7777 == 0o400)
            #expect(try names() == ["checkpoint"])
        }
        #expect(throws: Never.self) { try KeyRing(folder: folder) }
    }

    @Test func `a file that others could have written is not believed`() throws {
        try note.write("text")
        #expect(chmod(note.path, 0o444) == 0)
        expectRefusal(because: "has mode 0444 instead of 0400")
        #expect(unlink(note.path) == 0)
        #expect(symlink("numbers", note.path) == 0)
        expectRefusal(because: "is a symbolic link")
    }

    @Test func `a file that is too long or no text is refused`() throws {
        let refusal = "is not a text of 100 bytes at the most"
        try note.write(String(repeating: "a", count: 101))
        expectRefusal(because: refusal)
        try note.write(String(repeating: "a", count: 100))
        #expect(try note.read()?.count == 100)
        #expect(unlink(note.path) == 0)
        try Data([0x61, 0xff]).write(to: URL(fileURLWithPath: note.path))
        #expect(chmod(note.path, 0o400) == 0)
        expectRefusal(because: refusal)
    }

    @Test func `what is put aside stays when another takes its place`() throws {
        for text in ["one", "two", "three"] {
            try note.write(text)
            try note.setAside(as: "checkpoint-7")
        }
        try note.write("four")
        let kept = try ["checkpoint-7", "checkpoint-7-2", "checkpoint-7-3", "checkpoint"].map {
            try KeptNote($0, in: folder, limit: 100).read()
        }
        #expect(kept == ["one", "two", "three", "four"])
    }

    @Test func `what cannot be written leaves the old one`() throws {
        try note.write("old")
        let way = note.path + ".new"
        try FileManager.default.createDirectory(atPath: way, withIntermediateDirectories: false)
        let error = #expect(throws: CryptoError.self) { try note.write("new") }
        #expect(error?.description.contains("`\(way)`") == true)
        #expect(try note.read() == "old")
    }
}
