/* See credentials.h. */
#include "api/credentials.h"

#include "base/check.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

/* ---- Any token ---- */

/* What a kind of token is: the text before its bytes, what its MAC covers beside them so that no
 * token passes for one of another kind, and how many bytes the MAC covers. */
struct token_form {
    const char *prefix, *domain;
    size_t signed_bytes;
};

#define TOKEN_BYTES_MAX SESSION_TOKEN_BYTES

static const struct token_form session_form = {SESSION_TOKEN_PREFIX, "",
                                               SESSION_TOKEN_BYTES - TOKEN_MAC_BYTES};
static const struct token_form api_key_form = {API_KEY_PREFIX, API_KEY_PREFIX,
                                               SESSION_TOKEN_BYTES - TOKEN_MAC_BYTES};
static const struct token_form reset_form = {RESET_TOKEN_PREFIX, RESET_TOKEN_PREFIX,
                                             RESET_TOKEN_BYTES - TOKEN_MAC_BYTES};
static const struct token_form handover_form = {HANDOVER_CODE_PREFIX, HANDOVER_CODE_PREFIX,
                                                HANDOVER_CODE_BYTES - TOKEN_MAC_BYTES};
static const struct token_form calendar_form = {"", "usher_calendar_", ID_BYTES};
_Static_assert(HANDOVER_CODE_BYTES <= TOKEN_BYTES_MAX, "there is room for any token");
_Static_assert(RESET_TOKEN_BYTES <= TOKEN_BYTES_MAX, "there is room for any token");

static void mac_make(const struct token_form *form, const uint8_t *bytes, const struct secret *key,
                     uint8_t mac[static TOKEN_MAC_BYTES])
{
    crypto_generichash_state state;
    CHECK(crypto_generichash_init(&state, key->bytes, SECRET_BYTES, TOKEN_MAC_BYTES) == 0);
    CHECK(crypto_generichash_update(&state, (const uint8_t *)form->domain, strlen(form->domain)) ==
          0);
    CHECK(crypto_generichash_update(&state, bytes, form->signed_bytes) == 0);
    CHECK(crypto_generichash_final(&state, mac, TOKEN_MAC_BYTES) == 0);
}

/* `bytes` has room for the MAC, and is no secret afterwards; `text` has for the token. */
static void token_format(const struct token_form *form, uint8_t *bytes, const struct secret *key,
                         char *text)
{
    const size_t prefix_length = strlen(form->prefix),
                 length = form->signed_bytes + TOKEN_MAC_BYTES;
    mac_make(form, bytes, key, bytes + form->signed_bytes);
    memcpy(text, form->prefix, prefix_length);
    const size_t written = base64_encode(BASE64_URL, bytes, length, text + prefix_length);
    text[prefix_length + written] = '\0';
    sodium_memzero(bytes, length);
}

/* False: no text that token_format wrote with this key. */
static bool token_parse(const struct token_form *form, const char *text, size_t length,
                        const struct secret *key, uint8_t bytes[static TOKEN_BYTES_MAX])
{
    const size_t prefix_length = strlen(form->prefix);
    const size_t byte_count = form->signed_bytes + TOKEN_MAC_BYTES;
    uint8_t mac[TOKEN_MAC_BYTES];
    if (length != prefix_length + BASE64_CHARACTERS(byte_count) ||
        memcmp(text, form->prefix, prefix_length) != 0 ||
        !base64_decode(BASE64_URL, text + prefix_length, length - prefix_length, bytes, byte_count))
        return false;
    mac_make(form, bytes, key, mac);
    return sodium_memcmp(mac, bytes + form->signed_bytes, TOKEN_MAC_BYTES) == 0;
}

/* ---- Each kind ---- */

static void caller_token_format(const struct token_form *form, const struct session_token *token,
                                const struct secret *key, char *text)
{
    uint8_t bytes[TOKEN_BYTES_MAX];
    memcpy(bytes, token->session_id.bytes, ID_BYTES);
    memcpy(bytes + ID_BYTES, token->user_id.bytes, ID_BYTES);
    memcpy(bytes + 2 * ID_BYTES, token->secret, TOKEN_SECRET_BYTES);
    token_format(form, bytes, key, text);
}

static bool caller_token_parse(const struct token_form *form, const char *text, size_t length,
                               const struct secret *key, struct session_token *token)
{
    uint8_t bytes[TOKEN_BYTES_MAX];
    if (!token_parse(form, text, length, key, bytes))
        return false;
    memcpy(token->session_id.bytes, bytes, ID_BYTES);
    memcpy(token->user_id.bytes, bytes + ID_BYTES, ID_BYTES);
    memcpy(token->secret, bytes + 2 * ID_BYTES, TOKEN_SECRET_BYTES);
    return true;
}

void session_token_format(const struct session_token *token, const struct secret *key,
                          char text[static SESSION_TOKEN_CHARACTERS + 1])
{
    caller_token_format(&session_form, token, key, text);
}

bool session_token_parse(const char *text, size_t length, const struct secret *key,
                         struct session_token *token)
{
    return caller_token_parse(&session_form, text, length, key, token);
}

void api_key_format(const struct session_token *token, const struct secret *key,
                    char text[static API_KEY_CHARACTERS + 1])
{
    caller_token_format(&api_key_form, token, key, text);
}

bool api_key_parse(const char *text, size_t length, const struct secret *key,
                   struct session_token *token)
{
    return caller_token_parse(&api_key_form, text, length, key, token);
}

/* An id and a secret, for one use. */
static void id_token_format(const struct token_form *form, const struct id *id,
                            const uint8_t secret[static TOKEN_SECRET_BYTES],
                            const struct secret *key, char *text)
{
    uint8_t bytes[TOKEN_BYTES_MAX];
    memcpy(bytes, id->bytes, ID_BYTES);
    memcpy(bytes + ID_BYTES, secret, TOKEN_SECRET_BYTES);
    token_format(form, bytes, key, text);
}

static bool id_token_parse(const struct token_form *form, const char *text, size_t length,
                           const struct secret *key, struct id *id,
                           uint8_t secret[static TOKEN_SECRET_BYTES])
{
    uint8_t bytes[TOKEN_BYTES_MAX];
    if (!token_parse(form, text, length, key, bytes))
        return false;
    memcpy(id->bytes, bytes, ID_BYTES);
    memcpy(secret, bytes + ID_BYTES, TOKEN_SECRET_BYTES);
    return true;
}

void reset_token_format(const struct reset_token *token, const struct secret *key,
                        char text[static RESET_TOKEN_CHARACTERS + 1])
{
    id_token_format(&reset_form, &token->user_id, token->secret, key, text);
}

bool reset_token_parse(const char *text, const struct secret *key, struct reset_token *token)
{
    return id_token_parse(&reset_form, text, strlen(text), key, &token->user_id, token->secret);
}

void handover_code_format(const struct handover_code *code, const struct secret *key,
                          char text[static HANDOVER_CODE_CHARACTERS + 1])
{
    id_token_format(&handover_form, &code->session_id, code->secret, key, text);
}

bool handover_code_parse(const char *text, const struct secret *key, struct handover_code *code,
                         const char **to)
{
    const char *dot = strchr(text, '.');
    if (dot == NULL || !id_token_parse(&handover_form, text, (size_t)(dot - text), key,
                                       &code->session_id, code->secret))
        return false;
    *to = dot + 1;
    return true;
}

void calendar_key_format(struct id reservation_id, const struct secret *key,
                         char text[static CALENDAR_KEY_CHARACTERS + 1])
{
    uint8_t mac[TOKEN_MAC_BYTES];
    mac_make(&calendar_form, reservation_id.bytes, key, mac);
    text[base64_encode(BASE64_URL, mac, sizeof mac, text)] = '\0';
}

bool calendar_key_is(const char *text, struct id reservation_id, const struct secret *key)
{
    char right[CALENDAR_KEY_CHARACTERS + 1];
    calendar_key_format(reservation_id, key, right);
    return strlen(text) == CALENDAR_KEY_CHARACTERS &&
           sodium_memcmp(text, right, CALENDAR_KEY_CHARACTERS) == 0;
}

struct secret handover_hash(const uint8_t secret[static TOKEN_SECRET_BYTES], const char *to)
{
    struct secret hash;
    crypto_generichash_state state;
    CHECK(crypto_generichash_init(&state, NULL, 0, SECRET_BYTES) == 0);
    CHECK(crypto_generichash_update(&state, secret, TOKEN_SECRET_BYTES) == 0);
    CHECK(crypto_generichash_update(&state, (const uint8_t *)to, strlen(to)) == 0);
    CHECK(crypto_generichash_final(&state, hash.bytes, SECRET_BYTES) == 0);
    return hash;
}

struct secret token_secret_hash(const uint8_t secret[static TOKEN_SECRET_BYTES])
{
    struct secret hash;
    CHECK(crypto_generichash(hash.bytes, sizeof hash.bytes, secret, TOKEN_SECRET_BYTES, NULL, 0) ==
          0);
    return hash;
}

const char *bearer_find(const char *header, size_t *length)
{
    static const char scheme[] = "bearer ";
    if (strncasecmp(header, scheme, sizeof scheme - 1) != 0)
        return NULL;
    const char *token = header + sizeof scheme - 1;
    token += strspn(token, " ");
    *length = strcspn(token, " \t");
    return token;
}

/* A value may stand in quotes, which are not part of it; one of them alone is. */
static const char *unquote(const char *value, size_t *length)
{
    if (*length < 2 || value[0] != '"' || value[*length - 1] != '"')
        return value;
    *length -= 2;
    return value + 1;
}

const char *cookie_find(const char *header, const char *name, size_t *length)
{
    const size_t name_length = strlen(name);
    while (*header != '\0') {
        header += strspn(header, " \t;");
        const size_t pair_length = strcspn(header, ";");
        if (pair_length > name_length && header[name_length] == '=' &&
            memcmp(header, name, name_length) == 0) {
            const char *value = header + name_length + 1;
            *length = strcspn(value, "; \t");
            return unquote(value, length);
        }
        header += pair_length;
    }
    return NULL;
}
