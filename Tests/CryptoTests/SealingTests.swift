import Crypto
import Foundation
import Synchronization
import Testing

struct SealingTests {
    static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    static let text =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
    static let ciphertext =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"

    // McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 to 16.
    @Test(arguments: [
        (
            String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "", "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "0", count: 64), String(repeating: "0", count: 24), "",
            String(repeating: "0", count: 32), "cea7403d4d606b6e074ec5d3baf39d18",
            "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (key, "cafebabefacedbaddecaf888", "", text, ciphertext, "b094dac5d93471bdec1a502270e3cc6c"),
        (
            key, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            String(text.dropLast(8)), String(ciphertext.dropLast(8)),
            "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ])
    func `aes-256-gcm gives the published ciphertexts`(
        key: String,
        nonce: String,
        aad: String,
        content: String,
        ciphertext: String,
        tag: String
    ) throws {
        let cipher = try AESGCM(key: Secret(Hex.decode(key)))
        let (aad, content) = (try Hex.decode(aad), try Hex.decode(content))
        let sealed = cipher.seal(content, aad: aad, nonce: try Hex.decode(nonce))
        #expect(Hex.encode(sealed) == nonce + ciphertext + tag)
        #expect(try cipher.open(sealed, aad: aad) == content)
        // The context that has just decrypted must encrypt again.
        #expect(cipher.seal(content, aad: aad, nonce: try Hex.decode(nonce)) == sealed)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1000, 70_000])
    func `what is sealed opens again at any length`(length: Int) throws {
        let cipher = try AESGCM(key: .random(count: 32))
        let content = Random.bytes(length)
        let sealed = cipher.seal(content, aad: [7])
        #expect(sealed.count == length + AESGCM.overhead)
        #expect(try cipher.open(sealed, aad: [7]) == content)
        #expect(
            try cipher.openSecret(cipher.seal(Secret(content), aad: []), aad: []).matches(content)
        )
        #expect(throws: CryptoError.notAuthentic) { try cipher.open(sealed, aad: [8]) }
        #expect(throws: CryptoError.notAuthentic) { try cipher.open(sealed, aad: []) }
        #expect(throws: CryptoError.notAuthentic) { try cipher.openSecret(sealed, aad: []) }
        let stranger = try AESGCM(key: .random(count: 32))
        #expect(throws: CryptoError.notAuthentic) { try stranger.open(sealed, aad: [7]) }
        #expect(throws: CryptoError.wrongKeyLength(expected: 32, found: 16)) {
            try AESGCM(key: .random(count: 16))
        }
    }

    @Test
    func `each altered bit and each missing byte of a sealed value is noticed`() throws {
        let sealer = try Sealer(table: "incident", keys: [1: .random(count: 32)], current: 1)
        let sealed = sealer.seal("the child said", column: "narrative", row: 7)
        #expect(sealed.count == 14 + Sealer.overhead)
        for index in sealed.indices {
            for bit in 0..<8 {
                var altered = sealed
                altered[index] ^= 1 << UInt8(bit)
                #expect(throws: CryptoError.self) {
                    try sealer.open(altered, column: "narrative", row: 7)
                }
            }
            #expect(throws: CryptoError.self) {
                try sealer.open(Array(sealed[..<index]), column: "narrative", row: 7)
            }
        }
        #expect(throws: CryptoError.notAuthentic) {
            try sealer.open(sealed + [0], column: "narrative", row: 7)
        }
    }

    @Test
    func `a value opens in its own place only`() throws {
        let key = Secret.random(count: 32)
        let sealer = try Sealer(table: "incident", keys: [1: key], current: 1)
        let sealed = sealer.seal("text", column: "narrative", row: 7)
        #expect(try sealer.openText(sealed, column: "narrative", row: 7) == "text")
        #expect(throws: CryptoError.notAuthentic) {
            try sealer.open(sealed, column: "narrative", row: 8)
        }
        #expect(throws: CryptoError.notAuthentic) {
            try sealer.open(sealed, column: "note", row: 7)
        }
        let other = try Sealer(table: "incident_action", keys: [1: key], current: 1)
        #expect(throws: CryptoError.notAuthentic) {
            try other.open(sealed, column: "narrative", row: 7)
        }
        #expect(throws: CryptoError.malformed(encoding: "utf-8", offset: 0)) {
            try sealer.openText(
                sealer.seal([0xff], column: "note", row: -1),
                column: "note",
                row: -1
            )
        }
    }

    @Test
    func `old versions open, the current one seals`() throws {
        let (first, second) = (Secret.random(count: 32), Secret.random(count: 32))
        let before = try Sealer(table: "t", keys: [1: first], current: 1)
        let after = try Sealer(table: "t", keys: [1: first, 2: second], current: 2)
        let old = before.seal([1, 2], column: "c", row: 1)
        let new = after.seal([1, 2], column: "c", row: 1)
        #expect(try after.open(old, column: "c", row: 1) == [1, 2])
        #expect(Sealer.keyVersion(of: old) == 1)
        #expect(Sealer.keyVersion(of: new) == 2)
        #expect(Sealer.keyVersion(of: [1, 2]) == nil)
        #expect(throws: CryptoError.unknownKeyVersion(2)) {
            try before.open(new, column: "c", row: 1)
        }
        #expect(throws: CryptoError.unknownKeyVersion(3)) {
            try Sealer(table: "t", keys: [1: first], current: 3)
        }
        #expect(throws: CryptoError.unknownKeyVersion(65_536)) {
            try Sealer(table: "t", keys: [65_536: first], current: 65_536)
        }
    }

    @Test
    func `threads share a cipher, and no nonce is used twice`() throws {
        let cipher = try AESGCM(key: .random(count: 32))
        let nonces = Mutex(Set<[UInt8]>())
        let failures = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            var own: [[UInt8]] = []
            for round in 0..<2_000 {
                let content = [UInt8](repeating: UInt8(thread), count: round % 100)
                let sealed = cipher.seal(content, aad: [UInt8(thread)])
                own.append(Array(sealed[..<12]))
                if (try? cipher.open(sealed, aad: [UInt8(thread)])) != content {
                    failures.add(1, ordering: .relaxed)
                }
            }
            nonces.withLock { $0.formUnion(own) }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(nonces.withLock { $0.count } == 16_000)
    }
}
