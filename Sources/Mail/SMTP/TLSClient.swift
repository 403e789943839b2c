import COpenSSL
import Crypto
import Glibc

/// The client's side of one TLS connection, between two memory buffers.
///
/// It never touches the socket, so that every wait is the caller's to bound.
final class TLSClient {
    /// What a step came to.
    enum Step {
        case done(Int)
        case needsInput
        /// The relay has ended the connection properly.
        case ended
        case failed
    }

    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    /// Prepares a connection whose other side must prove to be the relay.
    ///
    /// - Throws: `MailError.unavailable` where the file of trusted certificates cannot be used.
    init(relay: SMTPRelay) throws(MailError) {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw Self.failure("TLS") }
        // The connection holds a reference of its own.
        defer { SSL_CTX_free(context) }
        try Self.configure(context, relay)
        guard let ssl = SSL_new(context) else { throw Self.failure("TLS") }
        guard let incoming = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            throw Self.failure("TLS")
        }
        guard let outgoing = BIO_new(BIO_s_mem()) else {
            BIO_free(incoming)
            SSL_free(ssl)
            throw Self.failure("TLS")
        }
        // An empty buffer means "later", not the end of the stream.
        _ = shim_bio_set_mem_eof_return(incoming, -1)
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_connect_state(ssl)
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        try expect(relay.host)
    }

    deinit { SSL_free(ssl) }

    private static func configure(
        _ context: OpaquePointer,
        _ relay: SMTPRelay
    ) throws(MailError) {
        // Signatures and keys of 112 bits at the least, for the relay's chain too.
        SSL_CTX_set_security_level(context, 2)
        guard shim_ctx_set_min_proto(context, TLS1_2_VERSION) == 1 else { throw failure("TLS") }
        SSL_CTX_set_options(context, shim_op_no_renegotiation() | shim_op_no_compression())
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        if let authorities = relay.authorities {
            guard SSL_CTX_load_verify_file(context, authorities) == 1 else {
                throw failure("the certificates in `\(authorities)`")
            }
        } else if SSL_CTX_set_default_verify_paths(context) != 1 {
            throw failure("the system's certificates")
        }
    }

    /// The name or address that the relay's certificate must be for.
    private func expect(_ host: String) throws(MailError) {
        let parameters = SSL_get0_param(ssl)
        var address = in6_addr()
        let isAddress =
            inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
        if isAddress {
            guard X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 else {
                throw Self.failure("the relay's address")
            }
            return
        }
        // RFC 9525, sections 6.3 and 2: a wildcard is a whole label, and the subject is no name.
        X509_VERIFY_PARAM_set_hostflags(
            parameters,
            UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
        )
        guard X509_VERIFY_PARAM_set1_host(parameters, host, host.utf8.count) == 1,
            shim_set_tlsext_host_name(ssl, host) == 1
        else { throw Self.failure("the relay's name") }
    }

    private static func failure(_ what: String) -> MailError {
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(ERR_get_error(), &text, text.count)
        ERR_clear_error()
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return .unavailable("cannot use \(what): \(String(decoding: bytes, as: UTF8.self))")
    }
}

extension TLSClient {
    func handshake() -> Step { step { SSL_do_handshake($0) } }

    /// Encrypts all of `bytes`.
    func write(_ bytes: UnsafeRawBufferPointer) -> Step {
        step { SSL_write($0, bytes.baseAddress, Int32(bytes.count)) }
    }

    /// Decrypts what there is, as much as fits.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Step {
        step { SSL_read($0, buffer.baseAddress, Int32(buffer.count)) }
    }

    /// Says goodbye (close_notify); only after a handshake.
    func shutdown() {
        ERR_clear_error()
        // The answer would tell whether the relay has said goodbye as well, which nobody waits for.
        _ = SSL_shutdown(ssl)
    }

    /// Takes bytes that came from the socket.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        let count = BIO_write(incoming, bytes.baseAddress, Int32(bytes.count))
        precondition(count == Int32(bytes.count), "a memory buffer takes what it is given")
    }

    /// Takes the bytes for the socket out.
    func drain() -> [UInt8] {
        let count = Int(shim_bio_pending(outgoing))
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            filled = Int(BIO_read(outgoing, bytes.baseAddress, Int32(count)))
            precondition(filled == count, "a memory buffer gives what it holds")
        }
    }

    /// Why the handshake failed: what is wrong with the certificate, if that was it.
    var problem: String {
        let verdict = SSL_get_verify_result(ssl)
        if verdict != Int(X509_V_OK), let text = X509_verify_cert_error_string(verdict) {
            return "the relay's certificate is refused: \(String(cString: text))"
        }
        let code = ERR_get_error()
        ERR_clear_error()
        guard let text = ERR_reason_error_string(code) else { return "TLS failed" }
        return "TLS failed: \(String(cString: text))"
    }

    /// The version and cipher in use, for a person who tries things out.
    var summary: String {
        let version = String(cString: SSL_get_version(ssl))
        let cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))
        return cipher.map { "\(version), \(String(cString: $0))" } ?? version
    }

    // What another connection of the thread left in the queue of errors would be taken for this
    // one's failure (SSL_get_error(3)).
    private func step(_ call: (OpaquePointer) -> Int32) -> Step {
        ERR_clear_error()
        let result = call(ssl)
        if result > 0 { return .done(Int(result)) }
        switch SSL_get_error(ssl, result) {
        // A memory buffer never refuses output, so this can only be input.
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .ended
        case _: return .failed
        }
    }
}
