/* See tls_paper.h. */
#include "tls_paper.h"

#include "base/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

X509 *paper_certificate(EVP_PKEY *key, const char *name, X509 *signer, EVP_PKEY *signer_key)
{
    static long serial = 1;
    X509 *certificate = X509_new();
    CHECK(certificate != NULL && X509_set_version(certificate, X509_VERSION_3) == 1);
    CHECK(ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++) == 1);
    CHECK(X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != NULL);
    CHECK(X509_gmtime_adj(X509_getm_notAfter(certificate), 86400) != NULL);
    CHECK(X509_set_pubkey(certificate, key) == 1);
    X509_NAME *subject = X509_get_subject_name(certificate);
    CHECK(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
                                     -1, 0) == 1);
    CHECK(X509_set_issuer_name(certificate,
                               signer == NULL ? subject : X509_get_subject_name(signer)) == 1);
    CHECK(X509_sign(certificate, signer == NULL ? key : signer_key, EVP_sha256()) > 0);
    return certificate;
}

void paper_write(const struct paper *paper, const char *name, mode_t mode, const void *bytes,
                 size_t length, char path[static PAPER_PATH_BYTES])
{
    CHECK(snprintf(path, PAPER_PATH_BYTES, "%s/%s", paper->directory, name) < PAPER_PATH_BYTES);
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(descriptor >= 0 && fchmod(descriptor, mode) == 0);
    CHECK(write(descriptor, bytes, length) == (ssize_t)length);
    CHECK(close(descriptor) == 0);
}

static void write_memory(const struct paper *paper, const char *name, mode_t mode, BIO *memory,
                         char path[static PAPER_PATH_BYTES])
{
    char *bytes;
    const long length = BIO_get_mem_data(memory, &bytes);
    paper_write(paper, name, mode, bytes, (size_t)length, path);
    BIO_free(memory);
}

void paper_write_certificates(const struct paper *paper, const char *name,
                              X509 *const *certificates, size_t count,
                              char path[static PAPER_PATH_BYTES])
{
    BIO *memory = BIO_new(BIO_s_mem());
    for (size_t i = 0; i < count; i++)
        CHECK(PEM_write_bio_X509(memory, certificates[i]) == 1);
    write_memory(paper, name, 0644, memory, path);
}

void paper_write_key(const struct paper *paper, const char *name, mode_t mode, EVP_PKEY *key,
                     const char *passphrase, char path[static PAPER_PATH_BYTES])
{
    BIO *memory = BIO_new(BIO_s_mem());
    CHECK(PEM_write_bio_PKCS8PrivateKey(
              memory, key, passphrase == NULL ? NULL : EVP_aes_256_cbc(), passphrase,
              passphrase == NULL ? 0 : (int)strlen(passphrase), NULL, NULL) == 1);
    write_memory(paper, name, mode, memory, path);
}

void paper_init(struct paper *paper)
{
    *paper = (struct paper){.directory = "/tmp/usher-tls-XXXXXX"};
    CHECK(mkdtemp(paper->directory) != NULL);
    paper->signer_key = EVP_EC_gen("P-256");
    paper->signer = paper_certificate(paper->signer_key, "signer", NULL, NULL);
    paper->key = EVP_EC_gen("P-256");
    paper->certificate =
        paper_certificate(paper->key, "localhost", paper->signer, paper->signer_key);
    X509 *const chain[] = {paper->certificate, paper->signer};
    paper_write_certificates(paper, "chain.pem", chain, 2, paper->certificate_file);
    paper_write_key(paper, "key.pem", 0600, paper->key, NULL, paper->key_file);
}

void paper_release(struct paper *paper)
{
    X509_free(paper->certificate);
    X509_free(paper->signer);
    EVP_PKEY_free(paper->key);
    EVP_PKEY_free(paper->signer_key);
    DIR *directory = opendir(paper->directory);
    CHECK(directory != NULL);
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.')
            CHECK(unlinkat(dirfd(directory), entry->d_name, 0) == 0);
    CHECK(closedir(directory) == 0 && rmdir(paper->directory) == 0);
}
