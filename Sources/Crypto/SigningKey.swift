import COpenSSL

/// An Ed25519 private key (RFC 8032).
public final class SigningKey: Sendable {
    /// The length of a seed and of a public key in bytes.
    public static let length = 32
    /// The length of a signature in bytes.
    public static let signatureLength = 64

    // An EVP_PKEY is reference counted and, once made, only read; OpenSSL shares it between threads.
    nonisolated(unsafe) private let key: OpaquePointer

    /// The key that others verify with.
    public let verifyingKey: VerifyingKey

    /// The key of a 32-byte seed.
    /// - Throws: `CryptoError.wrongKeyLength`.
    public init(seed: Secret) throws(CryptoError) {
        let made = seed.withBytes { bytes in
            EVP_PKEY_new_raw_private_key(
                EVP_PKEY_ED25519,
                nil,
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
                bytes.count
            )
        }
        guard let made else {
            ERR_clear_error()
            throw .wrongKeyLength(expected: SigningKey.length, found: seed.count)
        }
        var raw = [UInt8](repeating: 0, count: SigningKey.length)
        var length = raw.count
        guard EVP_PKEY_get_raw_public_key(made, &raw, &length) == 1 else {
            fatalError("an ed25519 key without a public half")
        }
        key = made
        verifyingKey = VerifyingKey(trusted: raw)
    }

    deinit { EVP_PKEY_free(key) }

    /// The signature of `message`, 64 bytes; the same message has the same signature.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: SigningKey.signatureLength)
        var length = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &length, message, message.count) == 1
        else { fatalError("ed25519 did not sign") }
        return signature
    }
}

/// An Ed25519 public key (RFC 8032).
public struct VerifyingKey: Hashable, Sendable {
    /// The 32 bytes of RFC 8032, section 5.1.5.
    public let bytes: [UInt8]

    /// The key of these 32 bytes.
    /// - Throws: `CryptoError.wrongKeyLength`.
    public init(_ bytes: [UInt8]) throws(CryptoError) {
        guard bytes.count == SigningKey.length else {
            throw .wrongKeyLength(expected: SigningKey.length, found: bytes.count)
        }
        self.bytes = bytes
    }

    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether `signature` is this key's over `message`.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == SigningKey.signatureLength,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
        else { return false }
        defer { EVP_PKEY_free(key) }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        let valid =
            EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        if !valid { ERR_clear_error() }
        return valid
    }
}
