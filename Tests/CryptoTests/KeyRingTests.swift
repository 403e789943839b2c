import Crypto
import Foundation
import Glibc
import Testing

struct KeyRingTests {
    static let names = [
        "kek-1", "pepper-1", "index-1", "commit-1", "device-1", "cursor-1", "log-ed25519-1",
        "numbers",
    ]

    let parent: TemporaryFolder
    let folder: String

    init() throws {
        parent = try TemporaryFolder()
        folder = parent.path + "/keys"
        try KeyRing.create(in: folder)
    }

    private func expectRefusal(of name: String, because reason: String) {
        let error = #expect(throws: CryptoError.self) { try KeyRing(folder: folder) }
        let path = name.isEmpty ? folder : "\(folder)/\(name)"
        #expect(error?.description.contains("`\(path)`") == true, "\(String(describing: error))")
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test
    func `a new folder holds one key of each kind, for its owner alone`() throws {
        let ring = try KeyRing(folder: folder)
        let found = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(found.sorted() == Self.names.sorted())
        var texts: Set<String> = []
        for name in found {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            #expect(text.count == 65)
            texts.insert(text)
            var info = stat()
            #expect(stat("\(folder)/\(name)", &info) == 0)
            #expect(info.st_mode & 0o7777 == 0o400)
        }
        #expect(texts.count == found.count)
        var info = stat()
        #expect(stat(folder, &info) == 0)
        #expect(info.st_mode & 0o7777 == 0o700)
        let numbers = try String(contentsOfFile: "\(folder)/numbers", encoding: .utf8)
        #expect(ring.numbers.matches(try Hex.decode(String(numbers.dropLast()))))
        #expect(ring.keyEncryption.currentVersion == 1)
        let key = try ring.currentLogSigningKey()
        #expect(key.verifyingKey.isValid(key.sign([1]), for: [1]))
        #expect(try KeyRing(folder: folder + "/").numbers == ring.numbers)
    }

    @Test
    func `nothing is made beside something`() throws {
        let before = try KeyRing(folder: folder).numbers
        let error = #expect(throws: CryptoError.self) { try KeyRing.create(in: folder) }
        #expect(error?.description.contains("exists already") == true)
        #expect(try KeyRing(folder: folder).numbers == before)
    }

    @Test(arguments: [0o700, 0o755, 0o775, 0o777] as [mode_t])
    func `the folder of the repository is closed to others and filled`(mode: mode_t) throws {
        let other = parent.path + "/other"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
        for name in ["README.md", ".gitignore"] {
            try "x".write(toFile: "\(other)/\(name)", atomically: false, encoding: .utf8)
        }
        chmod(other, mode)
        try KeyRing.create(in: other)
        #expect(try Self.mode(of: other) == 0o700)
        _ = try KeyRing(folder: other)
    }

    @Test
    func `keys that nothing came of are removed, and what was there before is not`() throws {
        let (new, old) = (parent.path + "/new", parent.path + "/old")
        #expect(try KeyRing.create(in: new).remove())
        #expect(!FileManager.default.fileExists(atPath: new))
        try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: false)
        try "x".write(toFile: "\(old)/README.md", atomically: false, encoding: .utf8)
        #expect(try KeyRing.create(in: old).remove())
        #expect(try FileManager.default.contentsOfDirectory(atPath: old) == ["README.md"])
        // And where a key was removed already, the rest goes all the same.
        let keys = try KeyRing.create(in: old)
        unlink("\(old)/pepper-1")
        let isGone = keys.remove()
        #expect(!isGone)
        #expect(try FileManager.default.contentsOfDirectory(atPath: old) == ["README.md"])
    }

    @Test
    func `a folder that holds something else is refused as it is`() throws {
        let other = parent.path + "/other"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
        try "x".write(toFile: "\(other)/letter.txt", atomically: false, encoding: .utf8)
        chmod(other, 0o755)
        let error = #expect(throws: CryptoError.self) { try KeyRing.create(in: other) }
        #expect(error?.description.contains("exists already") == true)
        #expect(try Self.mode(of: other) == 0o755)
        #expect(try FileManager.default.contentsOfDirectory(atPath: other) == ["letter.txt"])
    }

    private static func mode(of path: String) throws -> mode_t {
        var info = stat()
        try #require(stat(path, &info) == 0)
        return info.st_mode & 0o7777
    }

    @Test(arguments: names)
    func `a missing key is named`(name: String) {
        unlink("\(folder)/\(name)")
        expectRefusal(of: name, because: "is missing")
    }

    @Test(arguments: [0o600, 0o440, 0o404, 0o644, 0o4400, 0o500, 0o000] as [mode_t])
    func `a key with other rights than 0400 is refused`(mode: mode_t) {
        chmod("\(folder)/pepper-1", mode)
        // Without any right only root gets as far as to see the mode.
        expectRefusal(of: "pepper-1", because: mode == 0 && geteuid() != 0 ? "cannot" : "has mode")
    }

    @Test(arguments: [0o755, 0o750, 0o701, 0o777, 0o1700] as [mode_t])
    func `a folder others may enter is refused`(mode: mode_t) {
        chmod(folder, mode)
        expectRefusal(of: "", because: "has mode")
    }

    @Test
    func `a folder may be read-only for its owner`() throws {
        chmod(folder, 0o500)
        defer { chmod(folder, 0o700) }
        _ = try KeyRing(folder: folder)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `a key or a folder of somebody else is refused`() {
        chown("\(folder)/kek-1", 12_345, 0)
        expectRefusal(of: "kek-1", because: "belongs to user 12345")
        chown("\(folder)/kek-1", 0, 0)
        chown(folder, 12_345, 0)
        expectRefusal(of: "", because: "belongs to user 12345")
        chown(folder, 0, 0)
    }

    @Test
    func `a symbolic link is refused, as a key and as the folder`() throws {
        rename("\(folder)/index-1", parent.path + "/index-1")
        symlink(parent.path + "/index-1", "\(folder)/index-1")
        expectRefusal(of: "index-1", because: "is a symbolic link")
        let link = parent.path + "/link"
        symlink(folder, link)
        for path in [link, link + "/"] {
            let error = #expect(throws: CryptoError.self) { try KeyRing(folder: path) }
            #expect(error?.description.contains("is not a folder") == true)
        }
    }

    @Test
    func `a pipe in a key's place does not make it wait`() {
        unlink("\(folder)/cursor-1")
        mkfifo("\(folder)/cursor-1", 0o400)
        expectRefusal(of: "cursor-1", because: "is not a file")
    }

    @Test
    func `a folder in a key's place is refused`() {
        unlink("\(folder)/cursor-1")
        mkdir("\(folder)/cursor-1", 0o400)
        expectRefusal(of: "cursor-1", because: "is not a file")
        rmdir("\(folder)/cursor-1")
    }

    @Test(arguments: [
        "", "\n", String(repeating: "a", count: 64), String(repeating: "a", count: 63) + "\n",
        String(repeating: "a", count: 65) + "\n", String(repeating: "A", count: 64) + "\n",
        String(repeating: "a", count: 64) + "\n\n", String(repeating: "g", count: 64) + "\n",
        String(repeating: "a", count: 5000),
    ])
    func `a key that is no key is refused`(text: String) throws {
        unlink("\(folder)/device-1")
        try text.write(toFile: "\(folder)/device-1", atomically: false, encoding: .utf8)
        chmod("\(folder)/device-1", 0o400)
        expectRefusal(of: "device-1", because: "does not hold 64 lower-case hex digits")
    }

    @Test(arguments: ["kek-", "kek-02", "kek-0", "kek--1", "kek-two", "kek-65536", "pepper-1~"])
    func `a name that only looks like a key's is refused`(name: String) throws {
        try "x".write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        expectRefusal(of: name, because: "is not named by kind and version")
    }

    @Test
    func `other files are let alone`() throws {
        for name in ["tls.pem", "checkpoint", "README.md", "kek"] {
            try "x".write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        }
        _ = try KeyRing(folder: folder)
    }

    @Test
    func `a folder that is not there is named`() {
        let error = #expect(throws: CryptoError.self) {
            try KeyRing(folder: parent.path + "/nowhere")
        }
        #expect(error?.description.contains("nowhere` cannot be opened") == true)
    }

    @Test
    func `a key is added, becomes current, and the old one retires`() throws {
        let old = try KeyRing(folder: folder)
        #expect(try KeyRing.addKey(.keyEncryption, in: folder) == 2)
        let ring = try KeyRing(folder: folder)
        #expect(ring.keyEncryption.versions == [1, 2])
        #expect(ring.keyEncryption.currentVersion == 2)
        #expect(try ring.keyEncryption.key(1) == old.keyEncryption.current)
        #expect(throws: CryptoError.unknownKeyVersion(3)) { try ring.keyEncryption.key(3) }
        #expect(throws: CryptoError.self) {
            try KeyRing.retireKey(.keyEncryption, version: 2, in: folder)
        }
        try KeyRing.retireKey(.keyEncryption, version: 1, in: folder)
        #expect(try KeyRing(folder: folder).keyEncryption.versions == [2])
        #expect(try KeyRing.addKey(.keyEncryption, in: folder) == 3)
        #expect(throws: CryptoError.self) {
            try KeyRing.retireKey(.keyEncryption, version: 1, in: folder)
        }
    }

    @Test
    func `data keys open with the ring that wrapped them`() throws {
        let ring = try KeyRing(folder: folder)
        let stored = try SealingKeys.generate(tables: ["pupil", "incident"], keyRing: ring)
        let sealer = try SealingKeys(unwrapping: stored, keyRing: ring).sealer(for: "pupil")
        let sealed = sealer.seal("Ann", column: "name", row: 1)
        let again = try SealingKeys(unwrapping: stored, keyRing: ring)
        #expect(try again.sealer(for: "pupil").openText(sealed, column: "name", row: 1) == "Ann")
        #expect(throws: CryptoError.unknownTable("staff")) { try again.sealer(for: "staff") }
        #expect(throws: CryptoError.self) {
            try again.sealer(for: "incident").open(sealed, column: "name", row: 1)
        }
    }

    @Test
    func `data keys move to a new key-encryption key`() throws {
        let old = try KeyRing(folder: folder)
        let stored = try SealingKeys.generate(tables: ["pupil"], keyRing: old)
        let keys = try SealingKeys(unwrapping: stored, keyRing: old)
        let sealed = try keys.sealer(for: "pupil").seal("Ann", column: "name", row: 1)
        _ = try KeyRing.addKey(.keyEncryption, in: folder)
        let wrapped = try keys.wrapped(by: KeyRing(folder: folder))
        #expect(stored.map(\.keyEncryptionVersion) == [1])
        #expect(wrapped.map(\.keyEncryptionVersion) == [2])
        try KeyRing.retireKey(.keyEncryption, version: 1, in: folder)
        let ring = try KeyRing(folder: folder)
        let moved = try SealingKeys(unwrapping: wrapped, keyRing: ring)
        #expect(try moved.sealer(for: "pupil").openText(sealed, column: "name", row: 1) == "Ann")
        #expect(throws: CryptoError.unknownKeyVersion(1)) {
            try SealingKeys(unwrapping: stored, keyRing: ring)
        }
    }

    @Test
    func `a table's data key rotates`() throws {
        let ring = try KeyRing(folder: folder)
        var stored = try SealingKeys.generate(tables: ["pupil"], keyRing: ring)
        let before = try SealingKeys(unwrapping: stored, keyRing: ring).sealer(for: "pupil")
        stored += try SealingKeys.generate(tables: ["pupil"], version: 2, keyRing: ring)
        let after = try SealingKeys(unwrapping: stored, keyRing: ring).sealer(for: "pupil")
        #expect(after.currentVersion == 2)
        let sealed = before.seal("Ann", column: "name", row: 1)
        #expect(try after.openText(sealed, column: "name", row: 1) == "Ann")
    }

    @Test
    func `a wrapped key is bound to its table and version`() throws {
        let ring = try KeyRing(folder: folder)
        let key = try #require(try SealingKeys.generate(tables: ["pupil"], keyRing: ring).first)
        var altered = key.wrapped
        altered[20] ^= 1
        for wrong in [
            WrappedKey(table: "staff", version: 1, wrapped: key.wrapped),
            WrappedKey(table: "pupil", version: 2, wrapped: key.wrapped),
            WrappedKey(table: "pupil", version: 1, wrapped: altered),
            WrappedKey(table: "pupil", version: 1, wrapped: []),
        ] {
            #expect(throws: CryptoError.notAuthentic) {
                try SealingKeys(unwrapping: [wrong], keyRing: ring)
            }
        }
    }
}
