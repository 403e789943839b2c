import COpenSSL

/// SHA-256 (FIPS 180-4), at once with `hash` or piece by piece.
///
/// A value belongs to one thread. `finish` starts it anew, so one can serve for ever:
/// that and the algorithm fetched once make a small digest cost 0.15 µs.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// An empty digest.
    public init() {
        guard let made = EVP_MD_CTX_new() else { fatalError("out of memory for a digest") }
        context = made
        Algorithms.start(context, Algorithms.sha256)
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds `bytes` to what is digested.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        Algorithms.update(context, bytes)
    }

    /// Adds `bytes` to what is digested.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { Algorithms.update(context, $0) }
    }

    /// Adds the UTF-8 of `text` to what is digested.
    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { Algorithms.update(context, UnsafeRawBufferPointer($0)) }
    }

    /// The digest of all that was added since the start or the last `finish`.
    public mutating func finish() -> Digest {
        let digest = Digest { Algorithms.finish(context, into: $0) }
        Algorithms.start(context, Algorithms.sha256)
        return digest
    }

    /// The digest of `bytes`, 32 bytes.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
        let context = ThreadContext.current.digest
        Algorithms.start(context, Algorithms.sha256)
        Algorithms.update(context, bytes)
        return Digest { Algorithms.finish(context, into: $0) }
    }

    /// The digest of the parts one after the other, 32 bytes.
    public static func hash(_ parts: [UInt8]...) -> [UInt8] {
        let context = ThreadContext.current.digest
        Algorithms.start(context, Algorithms.sha256)
        for part in parts { part.withUnsafeBytes { Algorithms.update(context, $0) } }
        return Digest { Algorithms.finish(context, into: $0) }.bytes
    }
}

/// OpenSSL's algorithms, fetched once: 3.0 looks an implicit one up by name at every use.
///
/// Each function traps when OpenSSL fails, which it does for want of memory only.
enum Algorithms {
    // Fetched objects are reference counted and immutable; OpenSSL shares them between threads.
    nonisolated(unsafe) static let sha256 = digest("SHA256")
    nonisolated(unsafe) static let sha1 = digest("SHA1")
    nonisolated(unsafe) static let aes256GCM: OpaquePointer = {
        guard let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
            fatalError("openssl has no aes-256-gcm")
        }
        return cipher
    }()

    /// SHA-1 (FIPS 180-4), 20 bytes: only to look a password up in a list that others made with it.
    static func sha1Digest(of secret: Secret) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 20) { buffer, initialized in
            let context = ThreadContext.current.digest
            start(context, sha1)
            secret.withBytes { update(context, $0) }
            finish(context, into: UnsafeMutableRawBufferPointer(buffer))
            initialized = 20
        }
    }

    private static func digest(_ name: String) -> OpaquePointer {
        guard let digest = EVP_MD_fetch(nil, name, nil) else {
            fatalError("openssl has no \(name)")
        }
        return digest
    }

    static func start(_ context: OpaquePointer, _ algorithm: OpaquePointer) {
        guard EVP_DigestInit_ex2(context, algorithm, nil) == 1 else {
            fatalError("digest did not start")
        }
    }

    static func update(_ context: OpaquePointer, _ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            fatalError("digest refused its input")
        }
    }

    static func finish(_ context: OpaquePointer, into target: UnsafeMutableRawBufferPointer) {
        var length = UInt32(0)
        let bytes = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard EVP_DigestFinal_ex(context, bytes, &length) == 1, length == target.count else {
            fatalError("digest did not finish")
        }
    }
}
