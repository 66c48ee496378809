/* See tls.h, "Configuration", and tls_config.h. */
#include "http/tls_config.h"

#include "base/check.h"
#include "http/tls_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A certificate or key takes a few kilobytes as PEM; a chain stays far below this. */
#define PEM_BYTES_MAX (256 * 1024)

/* Certificates in the first file. Clients give up on longer chains than about ten. */
#define CERTIFICATES_MAX 16

/* For TLS 1.2 and 1.3: authenticated encryption, with keys that no later theft of the certificate's
 * key gives away. The first that both sides know is taken. */
#define CIPHERS_1_2                                                                                \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                                   \
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"                                   \
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define CIPHERS_1_3 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define GROUPS "X25519:P-256:P-384"

/* 112 bits at least: RSA from 2,048, no SHA-1. */
#define SECURITY_LEVEL 2

/* ---- Files ---- */

/* A file that is read whole. */
struct pem {
    const char *path;
    char *bytes;
    size_t length;
    mode_t mode;
};

static void pem_release(struct pem *pem)
{
    if (pem->bytes != NULL)
        sodium_memzero(pem->bytes, pem->length);
    free(pem->bytes);
}

static enum result pem_fill(struct pem *pem, int descriptor, size_t length,
                            struct explanation *explanation)
{
    pem->bytes = malloc(length);
    if (pem->bytes == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory to read %s", pem->path);
    while (pem->length < length) {
        const ssize_t got = read(descriptor, pem->bytes + pem->length, length - pem->length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return explain(explanation, RESULT_IO, "cannot read %s: %s", pem->path,
                           strerror(errno));
        if (got == 0)
            return explain(explanation, RESULT_IO, "%s became shorter while it was read",
                           pem->path);
        pem->length += (size_t)got;
    }
    return RESULT_OK;
}

static enum result pem_judge(struct pem *pem, int descriptor, struct explanation *explanation)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return explain(explanation, RESULT_IO, "cannot read %s: %s", pem->path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return explain(explanation, RESULT_MALFORMED, "%s is not a file", pem->path);
    if (status.st_size == 0)
        return explain(explanation, RESULT_MALFORMED, "%s is empty", pem->path);
    if (status.st_size >= PEM_BYTES_MAX)
        return explain(explanation, RESULT_MALFORMED, "%s is too large: %lld bytes of %d",
                       pem->path, (long long)status.st_size, PEM_BYTES_MAX - 1);
    pem->mode = status.st_mode;
    return pem_fill(pem, descriptor, (size_t)status.st_size, explanation);
}

/* Rights and bytes are those of one and the same file, also when it is replaced meanwhile. To be
 * released also after a failure. */
static enum result pem_read(struct pem *pem, const char *path, struct explanation *explanation)
{
    *pem = (struct pem){.path = path};
    /* Without O_NONBLOCK a pipe without a writer would be waited for. */
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return explain(explanation, RESULT_IO, "cannot read %s: %s", path, strerror(errno));
    const enum result result = pem_judge(pem, descriptor, explanation);
    (void)close(descriptor); /* nothing was written to it */
    return result;
}

/* OpenSSL's last message, for people. */
static const char *reason(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    return text == NULL ? "OpenSSL does not say why" : text;
}

/* ---- Certificate and key ---- */

/* The next certificate of the file, or NULL. */
static X509 *certificate_next(BIO *source)
{
    ERR_clear_error();
    return PEM_read_bio_X509(source, NULL, NULL, NULL);
}

static bool is_at_end(void)
{
    const unsigned long error = ERR_peek_last_error();
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static enum result certificate_take(SSL_CTX *context, X509 *certificate, unsigned number,
                                    const char *path, struct explanation *explanation)
{
    if (number > CERTIFICATES_MAX)
        return explain(explanation, RESULT_MALFORMED, "%s holds more than %d certificates", path,
                       CERTIFICATES_MAX);
    const bool good = number == 1 ? SSL_CTX_use_certificate(context, certificate) == 1
                                  : SSL_CTX_add1_chain_cert(context, certificate) == 1;
    if (good)
        return RESULT_OK;
    return explain(explanation, RESULT_MALFORMED, "%s: certificate %u is refused: %s", path, number,
                   reason());
}

static enum result chain_take(SSL_CTX *context, const struct pem *pem,
                              struct explanation *explanation)
{
    BIO *source = BIO_new_mem_buf(pem->bytes, (int)pem->length);
    if (source == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory to read %s", pem->path);
    enum result result = RESULT_OK;
    unsigned number = 0;
    X509 *certificate;
    while (result == RESULT_OK && (certificate = certificate_next(source)) != NULL) {
        result = certificate_take(context, certificate, ++number, pem->path, explanation);
        X509_free(certificate);
    }
    if (result == RESULT_OK && !is_at_end())
        result = explain(explanation, RESULT_MALFORMED, "%s: certificate %u is broken: %s",
                         pem->path, number + 1, reason());
    else if (result == RESULT_OK && number == 0)
        result = explain(explanation, RESULT_MALFORMED, "%s holds no certificate (PEM)", pem->path);
    BIO_free(source);
    return result;
}

/* Asked for a passphrase. Nobody is there to type it; OpenSSL's own would ask the terminal. */
static int on_passphrase(char *passphrase, int size, int writing, void *asked)
{
    if (size > 0)
        passphrase[0] = '\0';
    (void)writing;
    *(bool *)asked = true;
    return -1;
}

static enum result key_parse(EVP_PKEY **key, const struct pem *pem, struct explanation *explanation)
{
    static const char mark[] = "PRIVATE KEY-----";
    CHECK(pem->bytes != NULL);
    if ((pem->mode & S_IRWXO) != 0)
        return explain(explanation, RESULT_MALFORMED,
                       "%s: others than its owner and group have rights to this private key (mode "
                       "%04o); chmod o= takes them away",
                       pem->path, (unsigned)pem->mode & 07777);
    BIO *source = BIO_new_mem_buf(pem->bytes, (int)pem->length);
    if (source == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory to read %s", pem->path);
    bool asked = false;
    *key = PEM_read_bio_PrivateKey(source, NULL, on_passphrase, &asked);
    BIO_free(source);
    if (*key != NULL)
        return RESULT_OK;
    if (asked)
        return explain(explanation, RESULT_MALFORMED,
                       "%s: the private key is locked with a passphrase", pem->path);
    /* OpenSSL's decoders say the same of a key that is not there and of one that they do not know.
     */
    if (memmem(pem->bytes, pem->length, mark, sizeof mark - 1) == NULL)
        return explain(explanation, RESULT_MALFORMED, "%s holds no private key (PEM)", pem->path);
    return explain(explanation, RESULT_MALFORMED, "%s: the private key is broken: %s", pem->path,
                   reason());
}

static enum result key_take(SSL_CTX *context, const struct pem *pem, const char *certificate_file,
                            struct explanation *explanation)
{
    EVP_PKEY *key = NULL;
    enum result result = key_parse(&key, pem, explanation);
    if (result != RESULT_OK)
        return result;
    if (X509_check_private_key(SSL_CTX_get0_certificate(context), key) != 1)
        result = explain(explanation, RESULT_MALFORMED,
                         "%s is not the private key of the certificate in %s", pem->path,
                         certificate_file);
    else if (SSL_CTX_use_PrivateKey(context, key) != 1)
        result = explain(explanation, RESULT_MALFORMED, "%s: the private key is refused: %s",
                         pem->path, reason());
    EVP_PKEY_free(key);
    return result;
}

static enum result files_take(SSL_CTX *context, const char *certificate_file, const char *key_file,
                              struct explanation *explanation)
{
    struct pem certificate, key = {0};
    enum result result = pem_read(&certificate, certificate_file, explanation);
    if (result == RESULT_OK)
        result = chain_take(context, &certificate, explanation);
    if (result == RESULT_OK)
        result = pem_read(&key, key_file, explanation);
    if (result == RESULT_OK)
        result = key_take(context, &key, certificate_file, explanation);
    pem_release(&certificate);
    pem_release(&key);
    return result;
}

/* ---- Policy ---- */

/* A client that offers protocols and no HTTP/1.1 would not understand the answer. */
static int on_protocols(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_length,
                        const unsigned char *offered, unsigned int offered_length, void *owner)
{
    (void)ssl;
    (void)owner;
    static const unsigned char protocol[] = "http/1.1";
    const unsigned char length = sizeof protocol - 1;
    /* A list of names, each behind its length in a byte; OpenSSL has judged its form. */
    for (unsigned int at = 0; at < offered_length; at += offered[at] + 1u)
        if (offered[at] == length && offered_length - at > length &&
            memcmp(offered + at + 1, protocol, length) == 0) {
            *chosen = offered + at + 1;
            *chosen_length = length;
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Every value is set, also where it is OpenSSL's own, since the system's openssl.cnf changes those.
 */
static bool policy_take(SSL_CTX *context)
{
    static const unsigned char application[] = "usher";
    SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    (void)SSL_CTX_clear_options(context, SSL_CTX_get_options(context));
    /* Middleboxes let TLS 1.3 pass where it looks like 1.2 (RFC 8446, appendix D.4). An end without
     * close_notify is an end: HTTP tells by itself what is complete. */
    (void)SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE |
                                           SSL_OP_ENABLE_MIDDLEBOX_COMPAT | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    (void)SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY |
                                        SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1); /* a record's head and body in one system call */
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    /* The client keeps its session, in a ticket; a cache here would be memory that clients fill. */
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_timeout(context, TICKET_SECONDS);
    SSL_CTX_set_alpn_select_cb(context, on_protocols, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, CIPHERS_1_2) == 1 &&
           SSL_CTX_set_ciphersuites(context, CIPHERS_1_3) == 1 &&
           SSL_CTX_set1_groups_list(context, GROUPS) == 1 &&
           SSL_CTX_set_max_early_data(context, 0) == 1 &&
           SSL_CTX_set_session_id_context(context, application, sizeof application - 1) == 1;
}

/* A certificate was read, so its end is a time; the last one before the year 10000 (RFC 5280,
 * 4.1.2.5) stands for "none". */
static int64_t certificate_end(const X509 *certificate)
{
    struct tm end;
    CHECK(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1);
    return (int64_t)timegm(&end) * 1000;
}

/* ---- Life ---- */

static enum result config_fill(struct tls_config *config, const struct tls_config *previous,
                               const char *certificate_file, const char *key_file,
                               struct explanation *explanation)
{
    config->tickets = previous == NULL ? tls_tickets_new() : tls_tickets_hold(previous->tickets);
    config->context = SSL_CTX_new(TLS_server_method());
    config->socket_method = tls_socket_method_new();
    if (config->tickets == NULL || config->context == NULL || config->socket_method == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for TLS: %s", reason());
    if (!policy_take(config->context) || !tls_tickets_use(config->tickets, config->context))
        return explain(explanation, RESULT_IO, "OpenSSL cannot do what TLS here needs: %s",
                       reason());
    const enum result result = files_take(config->context, certificate_file, key_file, explanation);
    if (result == RESULT_OK)
        config->ends_ms = certificate_end(SSL_CTX_get0_certificate(config->context));
    return result;
}

enum result tls_config_reload(struct tls_config **config, const struct tls_config *previous,
                              const char *certificate_file, const char *key_file,
                              struct explanation *explanation)
{
    struct tls_config *made = calloc(1, sizeof *made);
    if (made == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for TLS");
    atomic_init(&made->holders, 1);
    const enum result result = config_fill(made, previous, certificate_file, key_file, explanation);
    if (result == RESULT_OK)
        *config = made;
    else
        tls_config_drop(made);
    ERR_clear_error();
    return result;
}

enum result tls_config_load(struct tls_config **config, const char *certificate_file,
                            const char *key_file, struct explanation *explanation)
{
    return tls_config_reload(config, NULL, certificate_file, key_file, explanation);
}

void tls_config_hold(struct tls_config *config)
{
    atomic_fetch_add(&config->holders, 1);
}

void tls_config_drop(struct tls_config *config)
{
    if (config == NULL || atomic_fetch_sub(&config->holders, 1) > 1)
        return;
    SSL_CTX_free(config->context);
    BIO_meth_free(config->socket_method);
    tls_tickets_drop(config->tickets);
    free(config);
}

int64_t tls_config_end(const struct tls_config *config)
{
    return config->ends_ms;
}
