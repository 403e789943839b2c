import Crypto
import Foundation
import Testing

struct SigningKeyTests {
    // RFC 8032, section 7.1, tests 1 to 3.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ])
    func `signatures are those of rfc 8032`(
        seed: String,
        publicKey: String,
        message: String,
        signature: String
    ) throws {
        let key = try SigningKey(seed: Secret(Hex.decode(seed)))
        let message = try Hex.decode(message)
        #expect(Hex.encode(key.verifyingKey.bytes) == publicKey)
        #expect(Hex.encode(key.sign(message)) == signature)
        #expect(key.verifyingKey.isValid(try Hex.decode(signature), for: message))
    }

    @Test
    func `every altered bit of a signature or a message is noticed`() throws {
        let key = try SigningKey(seed: .random(count: 32))
        let message = Random.bytes(40)
        let signature = key.sign(message)
        for index in signature.indices {
            var altered = signature
            altered[index] ^= 1
            #expect(!key.verifyingKey.isValid(altered, for: message))
        }
        for index in message.indices {
            var altered = message
            altered[index] ^= 1
            #expect(!key.verifyingKey.isValid(signature, for: altered))
        }
        #expect(!key.verifyingKey.isValid([], for: message))
        #expect(!key.verifyingKey.isValid(signature + [0], for: message))
        let stranger = try SigningKey(seed: .random(count: 32)).verifyingKey
        #expect(!stranger.isValid(signature, for: message))
    }

    @Test
    func `a key is 32 bytes`() {
        #expect(throws: CryptoError.wrongKeyLength(expected: 32, found: 31)) {
            try SigningKey(seed: .random(count: 31))
        }
        #expect(throws: CryptoError.wrongKeyLength(expected: 32, found: 33)) {
            try VerifyingKey(Random.bytes(33))
        }
    }

    @Test
    func `the openssl program accepts our signature`() throws {
        let folder = try TemporaryFolder()
        let key = try SigningKey(seed: .random(count: 32))
        let message = Random.bytes(500)
        // RFC 8410, section 4: SubjectPublicKeyInfo of an Ed25519 key.
        let der = try Hex.decode("302a300506032b6570032100") + key.verifyingKey.bytes
        for (name, bytes) in [
            ("key.der", der), ("message", message), ("signature", key.sign(message)),
        ] {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
        }
        let printed = try OpenSSLCommand.run([
            "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER",
            "-inkey", "\(folder.path)/key.der", "-in", "\(folder.path)/message",
            "-sigfile", "\(folder.path)/signature",
        ])
        #expect(printed.contains("Signature Verified Successfully"))
    }
}
