#pragma once
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// OpenSSL's macros and variadic functions, which Swift cannot import.

static inline int shim_ctx_set_min_proto(SSL_CTX *c, int v) {
    return (int)SSL_CTX_set_min_proto_version(c, v);
}
static inline int shim_ctx_set_max_proto(SSL_CTX *c, int v) {
    return (int)SSL_CTX_set_max_proto_version(c, v);
}
static inline long shim_ctx_set_mode(SSL_CTX *c, long m) { return SSL_CTX_set_mode(c, m); }
static inline long shim_ctx_session_cache_mode(SSL_CTX *c, long m) {
    return SSL_CTX_set_session_cache_mode(c, m);
}
static inline int shim_ctx_set1_groups_list(SSL_CTX *c, const char *l) {
    return (int)SSL_CTX_set1_groups_list(c, l);
}
static inline int shim_set_tlsext_host_name(SSL *s, const char *n) {
    return (int)SSL_set_tlsext_host_name(s, n);
}
static inline long shim_bio_get_mem_data(BIO *b, char **p) { return BIO_get_mem_data(b, p); }
static inline int shim_bio_reset(BIO *b) { return (int)BIO_reset(b); }
static inline long shim_bio_set_mem_eof_return(BIO *b, int v) {
    return BIO_set_mem_eof_return(b, v);
}
static inline size_t shim_bio_pending(BIO *b) { return BIO_ctrl_pending(b); }
static inline void shim_free(void *p) { OPENSSL_free(p); }
static inline EVP_PKEY *shim_generate_ed25519(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}
static inline uint64_t shim_op_no_renegotiation(void) { return SSL_OP_NO_RENEGOTIATION; }
static inline uint64_t shim_op_no_compression(void) { return SSL_OP_NO_COMPRESSION; }
static inline uint64_t shim_op_cipher_server_preference(void) {
    return SSL_OP_CIPHER_SERVER_PREFERENCE;
}
