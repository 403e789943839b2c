import COpenSSL
import Glibc

/// One TLS connection between two memory buffers; it never touches the socket.
///
/// The queue of errors is cleared before each call: what another connection of the thread left
/// there would be taken for this one's failure (SSL_get_error(3)).
final class TLSSession {
    enum Step {
        case done
        case needsInput
        /// The peer has ended the session properly.
        case ended
        case failed
    }

    /// A TLS record carries at most this much.
    static let record = 16 << 10

    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    /// Whether the certificate that it was begun with is not self-signed.
    let isIssued: Bool
    private(set) var isEstablished = false
    private var hasFailed = false

    /// Takes over `ssl`.
    init?(_ ssl: OpaquePointer, isIssued: Bool) {
        guard let incoming = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            return nil
        }
        guard let outgoing = BIO_new(BIO_s_mem()) else {
            BIO_free(incoming)
            SSL_free(ssl)
            return nil
        }
        // An empty buffer means "later", not the end of the stream.
        _ = shim_bio_set_mem_eof_return(incoming, -1)
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_accept_state(ssl)
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        self.isIssued = isIssued
    }

    deinit {
        SSL_free(ssl)
    }

    /// Takes bytes that came from the socket.
    func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        ERR_clear_error()
        return BIO_write(incoming, bytes.baseAddress, Int32(bytes.count)) == Int32(bytes.count)
    }

    func handshake() -> Step {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            isEstablished = true
            return .done
        }
        return step(result)
    }

    /// Decrypts into `buffer`, at most one record.
    func read(into buffer: ByteBuffer) -> Step {
        // Most requests are one record: asking for another would cost as much as a decryption.
        if shim_bio_pending(incoming) == 0 && SSL_has_pending(ssl) == 0 { return .needsInput }
        ERR_clear_error()
        let count = buffer.fill(minimum: Self.record) { free in
            Int(SSL_read(ssl, free.baseAddress, Int32(free.count)))
        }
        return count > 0 ? .done : step(Int32(count))
    }

    /// Encrypts `bytes`, all of them or as many as one record holds; nil when that fails.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int? {
        ERR_clear_error()
        let count = SSL_write(ssl, bytes.baseAddress, Int32(bytes.count))
        if count > 0 { return Int(count) }
        hasFailed = true
        return nil
    }

    /// Says goodbye (close_notify), so that the peer can tell the end from a cut.
    func shutdown() {
        // After a fatal error OpenSSL forbids the call (SSL_shutdown(3)).
        if hasFailed || !isEstablished { return }
        ERR_clear_error()
        if SSL_shutdown(ssl) < 0 { hasFailed = true }
    }

    /// Encrypted bytes that wait for the socket.
    var pending: Int { Int(shim_bio_pending(outgoing)) }

    /// Lets `send` take encrypted bytes; it returns how many it took, or a number below one,
    /// which is handed on.
    func withPending(_ send: (UnsafeRawBufferPointer) -> Int) -> Int {
        var start: UnsafeMutablePointer<CChar>?
        let count = Int(shim_bio_get_mem_data(outgoing, &start))
        let sent = send(UnsafeRawBufferPointer(start: start, count: count))
        if sent == count {
            let result = shim_bio_reset(outgoing)
            precondition(result == 1, "BIO_reset of a memory buffer")
        } else if sent > 0 {
            withUnsafeTemporaryAllocation(byteCount: sent, alignment: 1) { taken in
                let result = BIO_read(outgoing, taken.baseAddress, Int32(sent))
                precondition(result == Int32(sent), "BIO_read of a memory buffer")
            }
        }
        return sent
    }

    private func step(_ result: Int32) -> Step {
        switch SSL_get_error(ssl, result) {
        // A memory buffer never refuses output, so this can only be input.
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            hasFailed = true
            return .failed
        }
    }
}
