/* Keys and certificates for the tests of TLS, made afresh in a directory that goes with them. */
#ifndef USHER_TEST_TLS_PAPER_H
#define USHER_TEST_TLS_PAPER_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stddef.h>
#include <sys/types.h>

#define PAPER_PATH_BYTES 128

struct paper {
    char directory[PAPER_PATH_BYTES];
    /* A chain of two: the certificate and the one that signed it. */
    char certificate_file[PAPER_PATH_BYTES], key_file[PAPER_PATH_BYTES];
    EVP_PKEY *key, *signer_key;
    X509 *certificate, *signer;
};

void paper_init(struct paper *paper);
void paper_release(struct paper *paper);

/* A certificate of `key`, by `signer` or, when that is NULL, by itself. */
X509 *paper_certificate(EVP_PKEY *key, const char *name, X509 *signer, EVP_PKEY *signer_key);

/* Files in the directory; `path` receives where. `passphrase` may be NULL. */
void paper_write(const struct paper *paper, const char *name, mode_t mode, const void *bytes,
                 size_t length, char path[static PAPER_PATH_BYTES]);
void paper_write_certificates(const struct paper *paper, const char *name,
                              X509 *const *certificates, size_t count,
                              char path[static PAPER_PATH_BYTES]);
void paper_write_key(const struct paper *paper, const char *name, mode_t mode, EVP_PKEY *key,
                     const char *passphrase, char path[static PAPER_PATH_BYTES]);

#endif
