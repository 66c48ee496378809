/* The wire form of a session: "usher_" and base64url of its id, its user's id, a secret and a MAC.
 * The MAC lets I/O threads turn a forged token away without asking the engine; the store keeps only
 * a hash of the secret, so neither it nor the key alone makes a session. */
#ifndef USHER_API_CREDENTIALS_H
#define USHER_API_CREDENTIALS_H

#include "base/base64.h"
#include "base/id.h"
#include "record/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSION_SECRET_BYTES 16
#define SESSION_MAC_BYTES 16
#define SESSION_TOKEN_BYTES (2 * ID_BYTES + SESSION_SECRET_BYTES + SESSION_MAC_BYTES)
#define SESSION_TOKEN_PREFIX "usher_"
#define SESSION_TOKEN_CHARACTERS                                                                   \
    (sizeof SESSION_TOKEN_PREFIX - 1 + BASE64_CHARACTERS(SESSION_TOKEN_BYTES))

struct session_token {
    struct id session_id, user_id;
    uint8_t secret[SESSION_SECRET_BYTES];
};

/* Writes the token and its NUL. */
void session_token_format(const struct session_token *token, const struct secret *key,
                          char text[static SESSION_TOKEN_CHARACTERS + 1]);

/* False, and `token` untouched, unless the text is one that session_token_format wrote with this
 * key. Takes the same time wherever the MAC differs. */
bool session_token_parse(const char *text, size_t length, const struct secret *key,
                         struct session_token *token);

/* The part that the store keeps: BLAKE2b, 256 bits, of the secret. */
struct secret session_secret_hash(const uint8_t secret[static SESSION_SECRET_BYTES]);

/* The credentials of an Authorization header's value: the part after "Bearer", in any case; NULL
 * for another scheme. `*length` is its length. */
const char *bearer_find(const char *header, size_t *length);

/* The value of one cookie in a Cookie header (RFC 6265, 4.2.1), without its quotes; NULL: not
 * there.
 */
const char *cookie_find(const char *header, const char *name, size_t *length);

#endif
