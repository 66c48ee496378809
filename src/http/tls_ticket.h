/* The keys of session tickets (RFC 5077, RFC 8446 section 4.6.1): random, of this process only,
 * and renewed, so that a stolen process gives away the sessions of some hours and no more. */
#ifndef USHER_HTTP_TLS_TICKET_H
#define USHER_HTTP_TLS_TICKET_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

/* A ticket is good for as long as somebody may wait in the queue and then buy. */
#define TICKET_SECONDS 7200

#define TICKET_NAME_BYTES 16

struct ticket_key {
    uint8_t name[TICKET_NAME_BYTES]; /* stands in the ticket in the clear */
    uint8_t cipher_key[32];          /* AES-256-CBC */
    uint8_t mac_key[32];             /* HMAC-SHA256 over name, IV and ciphertext */
};

enum ticket_age {
    TICKET_UNKNOWN, /* not ours, or too old */
    TICKET_PREVIOUS,
    TICKET_CURRENT,
};

/* Counted references; any thread. */
struct tls_tickets;

/* NULL: no memory. */
struct tls_tickets *tls_tickets_new(void);
struct tls_tickets *tls_tickets_hold(struct tls_tickets *tickets);
void tls_tickets_drop(struct tls_tickets *tickets); /* or NULL */

/* The key for a ticket that is made at `now_s`, monotonic seconds. */
struct ticket_key tls_tickets_current(struct tls_tickets *tickets, int64_t now_s);

/* The key of this name, which `*key` becomes unless it is unknown, at `now_s`. */
enum ticket_age tls_tickets_find(struct tls_tickets *tickets,
                                 const uint8_t name[static TICKET_NAME_BYTES], int64_t now_s,
                                 struct ticket_key *key);

/* Makes the context's tickets with these keys. The tickets must outlive the context. */
bool tls_tickets_use(struct tls_tickets *tickets, SSL_CTX *context);

#endif
