/* See ticket_code.h. The signature is Ed25519's (RFC 8032), the form pretix's (docs.pretix.eu,
 * "Ticket secret generators"): base64 of the whole, written from its end, so that what differs from
 * ticket to ticket stands first. */
#include "api/ticket_code.h"

#include "base/base64.h"
#include "base/check.h"
#include "record/limit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

_Static_assert(TICKET_SIGNING_KEY_BYTES == crypto_sign_SECRETKEYBYTES, "as libsodium has it");
_Static_assert(TICKET_SIGNATURE_BYTES == crypto_sign_BYTES, "as libsodium has it");
_Static_assert(SECRET_BYTES == crypto_sign_SEEDBYTES, "a seed is a secret");

/* Protocol Buffers: a field's number and how it is coded. */
#define TAG_SEED (1 << 3 | 2) /* bytes, after their length */
#define TAG_ITEM (2 << 3 | 0) /* a number */

#define SCHEME 1
#define ITEM 1 /* a ticket: there is no other product */

/* Base64 with the padding that strict readers ask for. Returns the characters. */
static size_t pad_base64(const uint8_t *bytes, size_t length, char *text)
{
    size_t written = base64_encode(BASE64_STANDARD, bytes, length, text);
    while (written % 4 != 0)
        text[written++] = '=';
    return written;
}

void ticket_signer_make(struct ticket_signer *signer, const struct secret *seed)
{
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
    CHECK(crypto_sign_seed_keypair(public_key, signer->key, seed->bytes) == 0);
    const size_t length = pad_base64(public_key, sizeof public_key, signer->public_text);
    CHECK(length == TICKET_KEY_CHARACTERS);
    signer->public_text[length] = '\0';
}

static size_t write_payload(int64_t serial, int64_t generation,
                            uint8_t payload[static TICKET_PAYLOAD_BYTES_MAX])
{
    char seed[TICKET_PAYLOAD_BYTES_MAX];
    CHECK(serial >= 1 && serial <= TICKET_SERIAL_MAX);
    CHECK(generation >= 1 && generation <= TICKET_GENERATION_MAX);
    const int length =
        snprintf(seed, sizeof seed, "%lld.%lld", (long long)serial, (long long)generation);
    CHECK(length > 0 && (size_t)length + 4 <= TICKET_PAYLOAD_BYTES_MAX);
    size_t at = 0;
    payload[at++] = TAG_SEED;
    payload[at++] = (uint8_t)length;
    memcpy(payload + at, seed, (size_t)length);
    at += (size_t)length;
    payload[at++] = TAG_ITEM;
    payload[at++] = ITEM;
    return at;
}

static void reverse(char *text, size_t length)
{
    for (size_t i = 0; i < length / 2; i++) {
        const char first = text[i];
        text[i] = text[length - 1 - i];
        text[length - 1 - i] = first;
    }
}

size_t ticket_code_format(const struct ticket_signer *signer, int64_t serial, int64_t generation,
                          char code[static TICKET_CODE_CHARACTERS_MAX + 1])
{
    uint8_t bytes[TICKET_CODE_BYTES_MAX] = {SCHEME};
    uint8_t *payload = bytes + 5;
    const size_t length = write_payload(serial, generation, payload);
    bytes[2] = (uint8_t)length; /* the upper byte of both lengths is zero */
    bytes[4] = TICKET_SIGNATURE_BYTES;
    CHECK(crypto_sign_detached(payload + length, NULL, payload, length, signer->key) == 0);
    const size_t characters = pad_base64(bytes, 5 + length + TICKET_SIGNATURE_BYTES, code);
    CHECK(characters <= TICKET_CODE_CHARACTERS_MAX);
    reverse(code, characters);
    code[characters] = '\0';
    return characters;
}
