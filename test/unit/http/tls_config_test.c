/* What certificates and keys the server takes, and what it says of those that it does not. */
#include "http/tls.h"

#include "tls_paper.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static int paper_open(void **state)
{
    struct paper *paper = malloc(sizeof *paper);
    assert_non_null(paper);
    paper_init(paper);
    *state = paper;
    return 0;
}

static int paper_close(void **state)
{
    paper_release(*state);
    free(*state);
    return 0;
}

/* Not taken, with this result and these words; the words name the file. */
static void refused(const char *certificate_file, const char *key_file, enum result result,
                    const char *file, const char *words)
{
    struct tls_config *config = NULL;
    struct explanation explanation = {0};
    assert_int_equal(tls_config_load(&config, certificate_file, key_file, &explanation), result);
    assert_null(config);
    assert_int_equal(ERR_peek_error(), 0);
    if (strstr(explanation.text, words) == NULL || strstr(explanation.text, file) == NULL)
        fail_msg("'%s' and '%s' are not in: %s", file, words, explanation.text);
}

static void taken(const char *certificate_file, const char *key_file)
{
    struct tls_config *config = NULL;
    struct explanation explanation = {0};
    if (tls_config_load(&config, certificate_file, key_file, &explanation) != RESULT_OK)
        fail_msg("%s", explanation.text);
    assert_int_equal(ERR_peek_error(), 0);
    tls_config_hold(config);
    tls_config_drop(config);
    tls_config_drop(config);
}

static void test_files(void **state)
{
    const struct paper *paper = *state;
    char empty[PAPER_PATH_BYTES], large[PAPER_PATH_BYTES], last[PAPER_PATH_BYTES];
    char *bytes = malloc(256 * 1024);
    assert_non_null(bytes);
    memset(bytes, '\n', 256 * 1024);
    paper_write(paper, "empty", 0600, "", 0, empty);
    paper_write(paper, "large", 0600, bytes, 256 * 1024, large);
    paper_write(paper, "last", 0600, bytes, 256 * 1024 - 1, last);
    free(bytes);
    const char *const key = paper->key_file, *const certificate = paper->certificate_file;
    const char *const directory = paper->directory;
    refused("/nowhere.pem", key, RESULT_IO, "/nowhere.pem", "No such file");
    refused(certificate, "/nowhere.pem", RESULT_IO, "/nowhere.pem", "No such file");
    refused(directory, key, RESULT_MALFORMED, directory, "is not a file");
    refused(certificate, "/dev/null", RESULT_MALFORMED, "/dev/null", "is not a file");
    refused(empty, key, RESULT_MALFORMED, empty, "is empty");
    refused(certificate, empty, RESULT_MALFORMED, empty, "is empty");
    refused(large, key, RESULT_MALFORMED, large, "too large");
    refused(certificate, large, RESULT_MALFORMED, large, "too large");
    refused(last, key, RESULT_MALFORMED, last, "no certificate");
    refused(certificate, last, RESULT_MALFORMED, last, "no private key");
}

static void test_a_pipe_is_not_waited_for(void **state)
{
    const struct paper *paper = *state;
    char pipe[PAPER_PATH_BYTES];
    assert_in_range(snprintf(pipe, sizeof pipe, "%s/pipe", paper->directory), 1, sizeof pipe - 1);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    refused(paper->certificate_file, pipe, RESULT_MALFORMED, pipe, "is not a file");
}

static void test_certificates(void **state)
{
    const struct paper *paper = *state;
    static const char broken[] = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    static const char cut[] = "-----BEGIN CERTIFICATE-----\nMIIB";
    char path[PAPER_PATH_BYTES];
    paper_write(paper, "broken", 0644, broken, sizeof broken - 1, path);
    refused(path, paper->key_file, RESULT_MALFORMED, path, "certificate 1 is broken");
    paper_write(paper, "cut", 0644, cut, sizeof cut - 1, path);
    refused(path, paper->key_file, RESULT_MALFORMED, path, "certificate 1 is broken");
    refused(paper->key_file, paper->key_file, RESULT_MALFORMED, paper->key_file, "no certificate");

    X509 *chain[17];
    for (size_t i = 0; i < 17; i++)
        chain[i] = i == 0 ? paper->certificate : paper->signer;
    paper_write_certificates(paper, "long", chain, 16, path);
    taken(path, paper->key_file);
    paper_write_certificates(paper, "longer", chain, 17, path);
    refused(path, paper->key_file, RESULT_MALFORMED, path, "more than 16");
}

/* What follows the first certificate counts as well. */
static void test_a_broken_second_certificate(void **state)
{
    const struct paper *paper = *state;
    char good[PAPER_PATH_BYTES], path[PAPER_PATH_BYTES], text[8192];
    paper_write_certificates(paper, "good", &paper->certificate, 1, good);
    FILE *file = fopen(good, "re");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text / 2, file);
    assert_int_equal(fclose(file), 0);
    memcpy(text + length, text, length / 2);
    paper_write(paper, "second", 0644, text, length + length / 2, path);
    taken(good, paper->key_file);
    refused(path, paper->key_file, RESULT_MALFORMED, path, "certificate 2 is broken");
}

static void test_rights_to_the_key(void **state)
{
    const struct paper *paper = *state;
    static const mode_t refused_modes[] = {0644, 0604, 0602, 0601, 0666, 0777};
    static const mode_t taken_modes[] = {0600, 0400, 0640, 0660};
    char path[PAPER_PATH_BYTES], mode[32];
    for (size_t i = 0; i < sizeof refused_modes / sizeof refused_modes[0]; i++) {
        paper_write_key(paper, "open", refused_modes[i], paper->key, NULL, path);
        assert_in_range(snprintf(mode, sizeof mode, "mode 0%o", (unsigned)refused_modes[i]), 1, 31);
        refused(paper->certificate_file, path, RESULT_MALFORMED, path, mode);
    }
    for (size_t i = 0; i < sizeof taken_modes / sizeof taken_modes[0]; i++) {
        paper_write_key(paper, "own", taken_modes[i], paper->key, NULL, path);
        taken(paper->certificate_file, path);
    }
}

static void test_keys(void **state)
{
    const struct paper *paper = *state;
    static const char broken[] = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
    char path[PAPER_PATH_BYTES];
    paper_write(paper, "broken-key", 0600, broken, sizeof broken - 1, path);
    refused(paper->certificate_file, path, RESULT_MALFORMED, path, "private key is broken");
    paper_write_key(paper, "locked", 0600, paper->key, "secret", path);
    refused(paper->certificate_file, path, RESULT_MALFORMED, path, "passphrase");
    paper_write_key(paper, "other", 0600, paper->signer_key, NULL, path);
    refused(paper->certificate_file, path, RESULT_MALFORMED, path, "not the private key of");
}

static void make_pair(const struct paper *paper, EVP_PKEY *key, char certificate_file[],
                      char key_file[])
{
    X509 *certificate = paper_certificate(key, "localhost", NULL, NULL);
    paper_write_certificates(paper, "own-certificate", &certificate, 1, certificate_file);
    paper_write_key(paper, "own-key", 0600, key, NULL, key_file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void test_strength(void **state)
{
    const struct paper *paper = *state;
    char certificate[PAPER_PATH_BYTES], key[PAPER_PATH_BYTES];
    make_pair(paper, EVP_RSA_gen(1024), certificate, key);
    refused(certificate, key, RESULT_MALFORMED, certificate, "key too small");
    make_pair(paper, EVP_RSA_gen(2048), certificate, key);
    taken(certificate, key);
    make_pair(paper, EVP_EC_gen("P-384"), certificate, key);
    taken(certificate, key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_a_pipe_is_not_waited_for),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_a_broken_second_certificate),
        cmocka_unit_test(test_rights_to_the_key),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_strength),
    };
    return cmocka_run_group_tests(tests, paper_open, paper_close);
}
