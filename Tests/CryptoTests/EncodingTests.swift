import Crypto
import Foundation
import Testing

struct EncodingTests {
    // RFC 4648, section 10.
    @Test(arguments: [
        ("", "", "", ""),
        ("f", "Zg==", "MY======", "66"),
        ("fo", "Zm8=", "MZXQ====", "666f"),
        ("foo", "Zm9v", "MZXW6===", "666f6f"),
        ("foob", "Zm9vYg==", "MZXW6YQ=", "666f6f62"),
        ("fooba", "Zm9vYmE=", "MZXW6YTB", "666f6f6261"),
        ("foobar", "Zm9vYmFy", "MZXW6YTBOI======", "666f6f626172"),
    ])
    func `the encodings of rfc 4648`(
        text: String,
        base64: String,
        base32: String,
        hex: String
    ) throws {
        let bytes = Array(text.utf8)
        #expect(Base64.standard.encode(bytes) == base64)
        #expect(try Base64.standard.decode(base64) == bytes)
        let bare = String(base64.prefix { $0 != "=" })
        #expect(Base64.url.encode(bytes) == bare)
        #expect(try Base64.url.decode(bare) == bytes)
        #expect(Base32.encode(bytes, padded: true) == base32)
        #expect(try Base32.decode(base32, padded: true) == bytes)
        #expect(Base32.encode(bytes) == String(base32.prefix { $0 != "=" }))
        #expect(try Base32.decode(Base32.encode(bytes)) == bytes)
        #expect(Hex.encode(bytes) == hex)
        #expect(try Hex.decode(hex) == bytes)
    }

    @Test(arguments: 0..<100)
    func `random bytes survive, and foundation agrees`(length: Int) throws {
        let bytes = Random.bytes(length)
        #expect(Base64.standard.encode(bytes) == Data(bytes).base64EncodedString())
        #expect(try Base64.standard.decode(Base64.standard.encode(bytes)) == bytes)
        #expect(try Base64.url.decode(Base64.url.encode(bytes)) == bytes)
        #expect(try Base32.decode(Base32.encode(bytes)) == bytes)
        #expect(try Hex.decode(Hex.encode(bytes)) == bytes)
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "====", "Z===", "Zg==Zg==", "Zm9v\n", " Zm9",
        "Zm-_", "Zm9é", "A", "AAAAA",
    ])
    func `base 64 has one spelling`(text: String) {
        #expect(throws: CryptoError.self) { try Base64.standard.decode(text) }
    }

    @Test(arguments: ["Zg==", "Zh", "Z", "Zm9", "+/", "a b", "AAAAA"])
    func `url-safe base 64 has one spelling`(text: String) {
        #expect(throws: CryptoError.self) { try Base64.url.decode(text) }
    }

    @Test(arguments: ["my", "MY======", "M", "MZ", "MZX", "M1", "MY ", "MZXW6YT", "MZXW6Y"])
    func `base 32 has one spelling`(text: String) {
        #expect(throws: CryptoError.self) { try Base32.decode(text) }
    }

    @Test(arguments: ["MY", "MY=====", "MY=======", "========", "MZXW6Y==", "MY======MY======"])
    func `padded base 32 has one spelling`(text: String) {
        #expect(throws: CryptoError.self) { try Base32.decode(text, padded: true) }
    }

    @Test
    func `hex is lower case and even, and the error tells where it is wrong`() {
        #expect(throws: CryptoError.malformed(encoding: "hex", offset: 1)) { try Hex.decode("aA") }
        #expect(throws: CryptoError.malformed(encoding: "hex", offset: 3)) { try Hex.decode("aab") }
        #expect(throws: CryptoError.malformed(encoding: "hex", offset: 0)) { try Hex.decode("g0") }
    }
}
