/* See tls_ticket.h. */
#include "http/tls_ticket.h"

#include "base/check.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct tls_tickets {
    atomic_size_t holders;
    EVP_CIPHER *cipher;
    EVP_MAC *mac; /* both looked up once: it costs more than a ticket */
    pthread_mutex_t lock;
    /* Under the lock. The current key is replaced when it is TICKET_SECONDS old; its last ticket
     * has ended by the time that it is the previous key's turn to go. */
    struct ticket_key current, previous;
    int64_t current_since_s;
};

struct tls_tickets *tls_tickets_new(void)
{
    struct tls_tickets *tickets = calloc(1, sizeof *tickets);
    if (tickets == NULL)
        return NULL;
    atomic_init(&tickets->holders, 1);
    CHECK(pthread_mutex_init(&tickets->lock, NULL) == 0);
    tickets->current_since_s = INT64_MIN / 2; /* the first use makes keys */
    tickets->cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
    tickets->mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    if (tickets->cipher == NULL || tickets->mac == NULL) {
        tls_tickets_drop(tickets);
        return NULL;
    }
    return tickets;
}

struct tls_tickets *tls_tickets_hold(struct tls_tickets *tickets)
{
    atomic_fetch_add(&tickets->holders, 1);
    return tickets;
}

void tls_tickets_drop(struct tls_tickets *tickets)
{
    if (tickets == NULL || atomic_fetch_sub(&tickets->holders, 1) > 1)
        return;
    EVP_CIPHER_free(tickets->cipher);
    EVP_MAC_free(tickets->mac);
    CHECK(pthread_mutex_destroy(&tickets->lock) == 0);
    sodium_memzero(tickets, sizeof *tickets);
    free(tickets);
}

/* Under the lock. A key that has been idle for so long that it could not be the previous one any
 * more goes at once. */
static void renew_keys(struct tls_tickets *tickets, int64_t now_s)
{
    const int64_t age_s = now_s - tickets->current_since_s;
    if (age_s < TICKET_SECONDS)
        return;
    if (age_s < 2 * TICKET_SECONDS)
        tickets->previous = tickets->current;
    else
        randombytes_buf(&tickets->previous, sizeof tickets->previous);
    randombytes_buf(&tickets->current, sizeof tickets->current);
    tickets->current_since_s = now_s;
}

struct ticket_key tls_tickets_current(struct tls_tickets *tickets, int64_t now_s)
{
    CHECK(pthread_mutex_lock(&tickets->lock) == 0);
    renew_keys(tickets, now_s);
    const struct ticket_key key = tickets->current;
    CHECK(pthread_mutex_unlock(&tickets->lock) == 0);
    return key;
}

static bool is_named(const struct ticket_key *key, const uint8_t name[static TICKET_NAME_BYTES])
{
    return memcmp(key->name, name, TICKET_NAME_BYTES) == 0;
}

enum ticket_age tls_tickets_find(struct tls_tickets *tickets,
                                 const uint8_t name[static TICKET_NAME_BYTES], int64_t now_s,
                                 struct ticket_key *key)
{
    enum ticket_age age = TICKET_UNKNOWN;
    CHECK(pthread_mutex_lock(&tickets->lock) == 0);
    renew_keys(tickets, now_s);
    if (is_named(&tickets->current, name)) {
        *key = tickets->current;
        age = TICKET_CURRENT;
    } else if (is_named(&tickets->previous, name)) {
        *key = tickets->previous;
        age = TICKET_PREVIOUS;
    }
    CHECK(pthread_mutex_unlock(&tickets->lock) == 0);
    return age;
}

/* ---- OpenSSL's side ---- */

static int64_t monotonic_seconds(void)
{
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return now.tv_sec;
}

static bool mac_begin(EVP_MAC_CTX *mac, struct ticket_key *key)
{
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->mac_key, sizeof key->mac_key),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

static bool ticket_encrypt(struct tls_tickets *tickets, struct ticket_key *key, unsigned char *iv,
                           EVP_CIPHER_CTX *cipher)
{
    *key = tls_tickets_current(tickets, monotonic_seconds());
    randombytes_buf(iv, (size_t)EVP_CIPHER_get_iv_length(tickets->cipher));
    return EVP_EncryptInit_ex2(cipher, tickets->cipher, key->cipher_key, iv, NULL) == 1;
}

/* As SSL_CTX_set_tlsext_ticket_key_evp_cb(3) has it: negative ends the handshake, 0 makes it a full
 * one, 1 goes on, and 2 goes on and gives the client a new ticket. */
static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac, int making)
{
    struct tls_tickets *tickets = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    struct ticket_key key;
    int answer = 1;
    bool good;
    if (making) {
        good = ticket_encrypt(tickets, &key, iv, cipher);
        memcpy(name, key.name, sizeof key.name);
    } else {
        const enum ticket_age age = tls_tickets_find(tickets, name, monotonic_seconds(), &key);
        if (age == TICKET_UNKNOWN)
            return 0;
        /* A ticket of TLS 1.3 is used once, so that nobody who listens can tie visits together. */
        if (age == TICKET_PREVIOUS || SSL_version(ssl) >= TLS1_3_VERSION)
            answer = 2;
        good = EVP_DecryptInit_ex2(cipher, tickets->cipher, key.cipher_key, iv, NULL) == 1;
    }
    good = good && mac_begin(mac, &key);
    sodium_memzero(&key, sizeof key);
    return good ? answer : -1;
}

bool tls_tickets_use(struct tls_tickets *tickets, SSL_CTX *context)
{
    return SSL_CTX_set_app_data(context, tickets) == 1 &&
           SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket) == 1;
}
