import COpenSSL
import Glibc

/// The TLS settings and certificate that the connections of a server share.
///
/// Sendable because OpenSSL counts references to a context atomically, and nothing changes this
/// one after `init`.
final class TLSContext: @unchecked Sendable {
    private let context: OpaquePointer
    /// Whether somebody else vouches for the certificate: then clients may be told to insist on TLS.
    ///
    /// A self-signed one that is replaced would shut such clients out (RFC 6797, section 11.3).
    private(set) var isIssued = false

    /// Reads the certificate chain and the key, and checks that they belong together.
    init(_ files: TLSConfiguration) throws(HTTPServerError) {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw .tls(Self.failure("cannot make a TLS context"))
        }
        self.context = context
        // A thrown error from here on leaves the context to `deinit`: all properties are set.
        try configure()
        guard SSL_CTX_use_certificate_chain_file(context, files.certificate) == 1 else {
            throw .tls(Self.failure("cannot use the certificate `\(files.certificate)`"))
        }
        guard SSL_CTX_use_PrivateKey_file(context, files.key, SSL_FILETYPE_PEM) == 1 else {
            throw .tls(Self.failure("cannot use the key `\(files.key)`"))
        }
        guard SSL_CTX_check_private_key(context) == 1 else {
            throw .tls("the key `\(files.key)` does not belong to `\(files.certificate)`")
        }
        isIssued = X509_self_signed(SSL_CTX_get0_certificate(context), 1) == 0
        ERR_clear_error()
    }

    deinit {
        SSL_CTX_free(context)
    }

    func makeSession() -> TLSSession? {
        ERR_clear_error()
        guard let ssl = SSL_new(context) else { return nil }
        return TLSSession(ssl, isIssued: isIssued)
    }

    private func configure() throws(HTTPServerError) {
        // BSI TR-02102-2 and Mozilla's "intermediate": forward secrecy and AEAD only.
        let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"
        guard shim_ctx_set_min_proto(context, TLS1_2_VERSION) == 1,
            shim_ctx_set_max_proto(context, TLS1_3_VERSION) == 1,
            SSL_CTX_set_cipher_list(context, ciphers) == 1,
            shim_ctx_set1_groups_list(context, "X25519:P-256:P-384") == 1,
            SSL_CTX_set_num_tickets(context, 1) == 1
        else { throw .tls(Self.failure("cannot configure TLS")) }
        SSL_CTX_set_options(
            context,
            shim_op_no_renegotiation() | shim_op_no_compression()
                | shim_op_cipher_server_preference()
        )
        _ = shim_ctx_set_mode(
            context,
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE)
                | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
        )
        _ = shim_ctx_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
        SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
    }

    private static func failure(_ what: String) -> String {
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(ERR_get_error(), &text, text.count)
        ERR_clear_error()
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return "\(what): \(String(decoding: bytes, as: Unicode.UTF8.self))"
    }
}

/// Chooses `http/1.1`; a client that speaks something else alone is turned away, so that no bytes
/// of another protocol are taken for a request (RFC 7301, section 3.2).
private func selectProtocol(
    _ ssl: OpaquePointer?,
    _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenLength: UnsafeMutablePointer<UInt8>?,
    _ offered: UnsafePointer<UInt8>?,
    _ offeredLength: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    let offer = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
    var position = 0
    while position < offer.count {
        let length = Int(offer[position])
        let end = position + 1 + length
        guard end <= offer.count else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        if offer[(position + 1)..<end].elementsEqual("http/1.1".utf8) {
            chosen?.pointee = offered?.advanced(by: position + 1)
            chosenLength?.pointee = offer[position]
            return SSL_TLSEXT_ERR_OK
        }
        position = end
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
