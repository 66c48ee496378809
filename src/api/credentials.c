/* See credentials.h. */
#include "api/credentials.h"

#include "base/check.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#define SIGNED_BYTES (SESSION_TOKEN_BYTES - SESSION_MAC_BYTES)

static void mac_make(const uint8_t bytes[static SIGNED_BYTES], const struct secret *key,
                     uint8_t mac[static SESSION_MAC_BYTES])
{
    CHECK(crypto_generichash(mac, SESSION_MAC_BYTES, bytes, SIGNED_BYTES, key->bytes,
                             SECRET_BYTES) == 0);
}

void session_token_format(const struct session_token *token, const struct secret *key,
                          char text[static SESSION_TOKEN_CHARACTERS + 1])
{
    const size_t prefix_length = sizeof SESSION_TOKEN_PREFIX - 1;
    uint8_t bytes[SESSION_TOKEN_BYTES];
    memcpy(bytes, token->session_id.bytes, ID_BYTES);
    memcpy(bytes + ID_BYTES, token->user_id.bytes, ID_BYTES);
    memcpy(bytes + 2 * ID_BYTES, token->secret, SESSION_SECRET_BYTES);
    mac_make(bytes, key, bytes + SIGNED_BYTES);
    memcpy(text, SESSION_TOKEN_PREFIX, prefix_length);
    const size_t written = base64_encode(BASE64_URL, bytes, sizeof bytes, text + prefix_length);
    text[prefix_length + written] = '\0';
    sodium_memzero(bytes, sizeof bytes);
}

bool session_token_parse(const char *text, size_t length, const struct secret *key,
                         struct session_token *token)
{
    const size_t prefix_length = sizeof SESSION_TOKEN_PREFIX - 1;
    uint8_t bytes[SESSION_TOKEN_BYTES], mac[SESSION_MAC_BYTES];
    if (length != SESSION_TOKEN_CHARACTERS ||
        memcmp(text, SESSION_TOKEN_PREFIX, prefix_length) != 0 ||
        !base64_decode(BASE64_URL, text + prefix_length, length - prefix_length, bytes,
                       sizeof bytes))
        return false;
    mac_make(bytes, key, mac);
    if (sodium_memcmp(mac, bytes + SIGNED_BYTES, SESSION_MAC_BYTES) != 0)
        return false;
    memcpy(token->session_id.bytes, bytes, ID_BYTES);
    memcpy(token->user_id.bytes, bytes + ID_BYTES, ID_BYTES);
    memcpy(token->secret, bytes + 2 * ID_BYTES, SESSION_SECRET_BYTES);
    return true;
}

struct secret session_secret_hash(const uint8_t secret[static SESSION_SECRET_BYTES])
{
    struct secret hash;
    CHECK(crypto_generichash(hash.bytes, sizeof hash.bytes, secret, SESSION_SECRET_BYTES, NULL,
                             0) == 0);
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
