import Crypto
import Testing

struct DigestTests {
    // FIPS 180-4 examples, csrc.nist.gov.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `sha-256 gives the published digests`(text: String, digest: String) {
        #expect(Hex.encode(SHA256.hash(Array(text.utf8))) == digest)
        var hasher = SHA256()
        hasher.update(text)
        #expect(Hex.encode(hasher.finish().bytes) == digest)
    }

    @Test
    func `parts, pieces and the whole have one digest, and finish starts anew`() {
        let bytes = Random.bytes(300)
        let whole = SHA256.hash(bytes)
        var hasher = SHA256()
        for cut in 0...bytes.count {
            let (left, right) = (Array(bytes[..<cut]), Array(bytes[cut...]))
            #expect(SHA256.hash(left, right) == whole)
            hasher.update(left)
            right.withUnsafeBytes { hasher.update($0) }
            #expect(hasher.finish().bytes == whole)
        }
        #expect(bytes.withUnsafeBytes { SHA256.hash($0) }.bytes == whole)
    }

    @Test
    func `a digest is 32 bytes and nothing else`() {
        let bytes = Random.bytes(32)
        #expect(Digest(bytes)?.bytes == bytes)
        #expect(Digest(Random.bytes(31)) == nil)
        #expect(Digest([]) == nil)
        #expect(Digest(bytes) == Digest(bytes))
        for index in 0..<32 {
            var other = bytes
            other[index] ^= 1
            #expect(Digest(other) != Digest(bytes))
        }
    }

    // RFC 4231, sections 4.2 to 4.8; 4.6 truncates and is left out.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            "This is a test using a larger than block-size key and a larger than block-size data. "
                + "The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func `hmac-sha-256 gives the codes of rfc 4231`(key: [UInt8], message: String, code: String) {
        let key = HMACKey(Secret(key))
        let bytes = Array(message.utf8)
        #expect(Hex.encode(key.authenticate(bytes)) == code)
        #expect(bytes.withUnsafeBytes { key.authenticate($0) }.bytes == key.authenticate(bytes))
        #expect(key.authenticate(Secret(bytes)).matches(key.authenticate(bytes)))
        #expect(key.authenticate(Array(bytes[..<5]), Array(bytes[5...])) == key.authenticate(bytes))
        #expect(key.isValid(key.authenticate(bytes), for: bytes))
        #expect(!key.isValid(key.authenticate(bytes + [0]), for: bytes))
    }

    // RFC 2202, section 3, cases 1, 2 and 6.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b617318655057264e28bc0b6fb378c8ef146be00"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        ),
        (
            [UInt8](repeating: 0xaa, count: 80),
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "aa4ae5e15272d00e95705637ce8a3b55ed402112"
        ),
    ])
    func `hmac-sha-1 gives the codes of rfc 2202`(key: [UInt8], message: String, code: String) {
        #expect(Hex.encode(HMAC.sha1(key: Secret(key), message: Array(message.utf8))) == code)
    }

    @Test(arguments: [0, 1, 31, 63, 64, 65, 200])
    func `hmac agrees with the openssl program at every key length`(length: Int) throws {
        let message = Random.bytes(length * 3)
        let key = Random.bytes(max(length, 1))
        for (digest, ours) in [
            ("sha256", HMACKey(Secret(key)).authenticate(message)),
            ("sha1", HMAC.sha1(key: Secret(key), message: message)),
        ] {
            let printed = try OpenSSLCommand.run(
                [
                    "dgst", "-\(digest)", "-r", "-mac", "HMAC", "-macopt",
                    "hexkey:\(Hex.encode(key))",
                ],
                input: message
            )
            #expect(printed.hasPrefix(Hex.encode(ours) + " "))
        }
    }

    // RFC 7914, section 12; the last vector takes 1 GiB, above our limit.
    @Test(arguments: [
        (
            "", "", 16, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 1024, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", 16384, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ])
    func `scrypt gives the keys of rfc 7914`(
        password: String,
        salt: String,
        n: Int,
        r: Int,
        p: Int,
        key: String
    ) throws {
        let derived = try Scrypt.derive(
            password: Secret(Array(password.utf8)),
            salt: Array(salt.utf8),
            n: n,
            r: r,
            p: p,
            length: 64
        )
        #expect(derived.matches(try Hex.decode(key)))
    }

    @Test(arguments: [
        (0, 8, 1), (1, 8, 1), (1000, 8, 1), (1 << 20, 8, 1), (1 << 62, 8, 1), (-16, 8, 1),
        (16, 0, 1), (16, -1, 1), (16, Int.max, 1), (16, 8, 0), (16, 8, Int.max), (1 << 14, 8, 1000),
    ])
    func `scrypt refuses a cost outside its limits`(n: Int, r: Int, p: Int) {
        #expect(throws: CryptoError.refusedCost(n: n, r: r, p: p)) {
            try Scrypt.derive(password: Secret([1]), salt: [2], n: n, r: r, p: p, length: 32)
        }
    }

    @Test
    func `the highest memory allowed is really usable`() throws {
        let derived = try Scrypt.derive(
            password: Secret([1]),
            salt: [2],
            n: 1 << 17,
            r: 8,
            p: 1,
            length: 32
        )
        #expect(derived.count == 32)
    }
}
