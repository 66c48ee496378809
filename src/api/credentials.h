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

#define TOKEN_SECRET_BYTES 16
#define TOKEN_MAC_BYTES 16
#define SESSION_TOKEN_BYTES (2 * ID_BYTES + TOKEN_SECRET_BYTES + TOKEN_MAC_BYTES)
#define SESSION_TOKEN_PREFIX "usher_"
#define SESSION_TOKEN_CHARACTERS                                                                   \
    (sizeof SESSION_TOKEN_PREFIX - 1 + BASE64_CHARACTERS(SESSION_TOKEN_BYTES))

struct session_token {
    struct id session_id, user_id;
    uint8_t secret[TOKEN_SECRET_BYTES];
};

/* Writes the token and its NUL. */
void session_token_format(const struct session_token *token, const struct secret *key,
                          char text[static SESSION_TOKEN_CHARACTERS + 1]);

/* False, and `token` untouched, unless the text is one that session_token_format wrote with this
 * key. Takes the same time wherever the MAC differs. */
bool session_token_parse(const char *text, size_t length, const struct secret *key,
                         struct session_token *token);

/* The wire form of an API key: a session token's, with the key's id in the place of the session's.
 */
#define API_KEY_PREFIX "usher_key_"
#define API_KEY_CHARACTERS (sizeof API_KEY_PREFIX - 1 + BASE64_CHARACTERS(SESSION_TOKEN_BYTES))

void api_key_format(const struct session_token *token, const struct secret *key,
                    char text[static API_KEY_CHARACTERS + 1]);
bool api_key_parse(const char *text, size_t length, const struct secret *key,
                   struct session_token *token);

/* The wire form of a password reset, in the same way: "usher_reset_" and base64url of its user's
 * id, a secret and a MAC. */
#define RESET_TOKEN_BYTES (ID_BYTES + TOKEN_SECRET_BYTES + TOKEN_MAC_BYTES)
#define RESET_TOKEN_PREFIX "usher_reset_"
#define RESET_TOKEN_CHARACTERS                                                                     \
    (sizeof RESET_TOKEN_PREFIX - 1 + BASE64_CHARACTERS(RESET_TOKEN_BYTES))

struct reset_token {
    struct id user_id;
    uint8_t secret[TOKEN_SECRET_BYTES];
};

void reset_token_format(const struct reset_token *token, const struct secret *key,
                        char text[static RESET_TOKEN_CHARACTERS + 1]);
bool reset_token_parse(const char *text, const struct secret *key, struct reset_token *token);

/* The wire form of a handover, in the same way: "usher_handover_" and base64url of its session's
 * id, a secret and a MAC, then '.' and the address to go to. It stands in the fragment of
 * an address. No browser sends that, so a messenger that previews the page does not learn it. */
#define HANDOVER_CODE_BYTES (ID_BYTES + TOKEN_SECRET_BYTES + TOKEN_MAC_BYTES)
#define HANDOVER_CODE_PREFIX "usher_handover_"
#define HANDOVER_CODE_CHARACTERS                                                                   \
    (sizeof HANDOVER_CODE_PREFIX - 1 + BASE64_CHARACTERS(HANDOVER_CODE_BYTES))

struct handover_code {
    struct id session_id;
    uint8_t secret[TOKEN_SECRET_BYTES];
};

/* Without the address; with a NUL. */
void handover_code_format(const struct handover_code *code, const struct secret *key,
                          char text[static HANDOVER_CODE_CHARACTERS + 1]);

/* `*to` points to the address in the text. Whether it is the one that the code was made for, the
 * hash says. */
bool handover_code_parse(const char *text, const struct secret *key, struct handover_code *code,
                         const char **to);

/* The part that the store keeps: BLAKE2b, 256 bits, of the secret and the address. */
struct secret handover_hash(const uint8_t secret[static TOKEN_SECRET_BYTES], const char *to);

/* What the address of a reservation's calendar file has in it, so that nobody guesses it: base64url
 * of a MAC of the id, for as long as the house keeps its key. With a NUL. */
#define CALENDAR_KEY_CHARACTERS BASE64_CHARACTERS(TOKEN_MAC_BYTES)
void calendar_key_format(struct id reservation_id, const struct secret *key,
                         char text[static CALENDAR_KEY_CHARACTERS + 1]);
bool calendar_key_is(const char *text, struct id reservation_id, const struct secret *key);

/* The part that the store keeps: BLAKE2b, 256 bits, of the secret. */
struct secret token_secret_hash(const uint8_t secret[static TOKEN_SECRET_BYTES]);

/* The credentials of an Authorization header's value: the part after "Bearer", in any case; NULL
 * for another scheme. `*length` is its length. */
const char *bearer_find(const char *header, size_t *length);

/* The value of one cookie in a Cookie header (RFC 6265, 4.2.1), without its quotes; NULL: not
 * there.
 */
const char *cookie_find(const char *header, const char *name, size_t *length);

#endif
