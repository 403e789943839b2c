import COpenSSL
import Glibc

/// What a thread keeps for itself, so that a digest or a nonce costs no allocation and no lock.
///
/// It belongs to one thread from its making until the thread's end and is never handed out of a
/// function of this module.
final class ThreadContext {
    /// A digest context, initialised anew for each digest.
    let digest: OpaquePointer
    /// Random bytes for nonces, drawn 1,200 at a time.
    ///
    /// A single RAND_bytes costs 1 µs, more than sealing a kilobyte. Nonces are public, so keeping unused ones in memory tells nothing.
    private var nonces: UnsafeMutableRawBufferPointer
    private var used: Int

    private init() {
        guard let context = EVP_MD_CTX_new() else { fatalError("out of memory for a digest") }
        digest = context
        nonces = .allocate(byteCount: 100 * AESGCM.nonceLength, alignment: 8)
        used = nonces.count
    }

    deinit {
        EVP_MD_CTX_free(digest)
        nonces.deallocate()
    }

    /// Writes a random nonce that was never handed out before into `target`.
    func drawNonce(into target: UnsafeMutableRawBufferPointer) {
        if used == nonces.count {
            Random.fill(nonces)
            used = 0
        }
        target.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: nonces[used..<used + AESGCM.nonceLength])
        )
        used += AESGCM.nonceLength
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let made = pthread_key_create(&key) { context in
            if let context { Unmanaged<ThreadContext>.fromOpaque(context).release() }
        }
        guard made == 0 else { fatalError("no thread key left: error \(made)") }
        return key
    }()

    /// The calling thread's own.
    static var current: ThreadContext {
        if let known = pthread_getspecific(key) {
            return Unmanaged<ThreadContext>.fromOpaque(known).takeUnretainedValue()
        }
        let context = ThreadContext()
        let set = pthread_setspecific(key, Unmanaged.passRetained(context).toOpaque())
        guard set == 0 else { fatalError("no memory for a thread's context: error \(set)") }
        return context
    }
}
