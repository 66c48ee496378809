/* See tls_client.h. */
#include "tls_client.h"

#include "base/check.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/stat.h>

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "wx");
    CHECK(file != NULL && fchmod(fileno(file), S_IRUSR | S_IWUSR) == 0); /* a key is its owner's */
    return file;
}

void tls_client_write_certificate(const char *certificate_file, const char *key_file)
{
    const long valid_seconds = 86400;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    FILE *file = create(key_file);
    CHECK(key != NULL && certificate != NULL);
    CHECK(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 && fclose(file) == 0);

    X509_NAME *name = X509_get_subject_name(certificate);
    CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1,
                                     -1, 0) == 1);
    CHECK(X509_set_version(certificate, X509_VERSION_3) == 1);
    CHECK(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1);
    CHECK(X509_gmtime_adj(X509_getm_notBefore(certificate), -valid_seconds) != NULL);
    CHECK(X509_gmtime_adj(X509_getm_notAfter(certificate), valid_seconds) != NULL);
    CHECK(X509_set_issuer_name(certificate, name) == 1);
    CHECK(X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0);
    file = create(certificate_file);
    CHECK(PEM_write_X509(file, certificate) == 1 && fclose(file) == 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

SSL *tls_client_connect(int socket)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    CHECK(context != NULL);
    SSL *session = SSL_new(context);
    SSL_CTX_free(context); /* the session has a reference */
    CHECK(session != NULL && SSL_set_fd(session, socket) == 1 && SSL_connect(session) == 1);
    return session;
}
