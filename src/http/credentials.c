/* See credentials.h. */
#include "http/credentials.h"

#include "base/check.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#define SIGNED_BYTES (SESSION_TOKEN_BYTES - SESSION_MAC_BYTES)

size_t base64_encode(const uint8_t *bytes, size_t length, char *text)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t written = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < length; i++) {
        bits = bits << 8 | bytes[i];
        for (count += 8; count >= 6; count -= 6)
            text[written++] = alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0)
        text[written++] = alphabet[bits << (6 - count) & 63];
    return written;
}

/* The value of a character, or 64. */
static unsigned character_value(char character)
{
    if (character >= 'A' && character <= 'Z')
        return (unsigned)(character - 'A');
    if (character >= 'a' && character <= 'z')
        return (unsigned)(character - 'a') + 26;
    if (character >= '0' && character <= '9')
        return (unsigned)(character - '0') + 52;
    return character == '-' ? 62 : character == '_' ? 63 : 64;
}

bool base64_decode(const char *text, size_t text_length, uint8_t *bytes, size_t length)
{
    if (text_length != BASE64_CHARACTERS(length))
        return false;
    uint32_t bits = 0;
    unsigned count = 0;
    size_t written = 0;
    for (size_t i = 0; i < text_length; i++) {
        const unsigned value = character_value(text[i]);
        if (value == 64)
            return false;
        bits = bits << 6 | value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes[written++] = (uint8_t)(bits >> count);
        }
    }
    return (bits & ((UINT32_C(1) << count) - 1)) == 0; /* bits left over are zero */
}

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
    const size_t written = base64_encode(bytes, sizeof bytes, text + prefix_length);
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
        !base64_decode(text + prefix_length, length - prefix_length, bytes, sizeof bytes))
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
            return value;
        }
        header += pair_length;
    }
    return NULL;
}
