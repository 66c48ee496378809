/* What the QR code of a ticket says: pretix's signed secret, scheme 1 (pretix_sig1), which doors
 * check without a network. Its payload is a Protocol Buffer of pretix's: field 1, a text, which is
 * the serial, a point and the generation here, and field 2, the product, of which a house has one.
 */
#ifndef USHER_API_TICKET_CODE_H
#define USHER_API_TICKET_CODE_H

#include "record/record.h"

#define TICKET_SIGNING_KEY_BYTES 64 /* of Ed25519: the seed and the public key */
#define TICKET_KEY_CHARACTERS 44    /* of 32 bytes in base64 */

/* The two numbers of a payload and the point between them, with their tags and lengths. */
#define TICKET_PAYLOAD_BYTES_MAX 32
#define TICKET_SIGNATURE_BYTES 64

/* A byte that says the scheme and two lengths of two bytes, then what they are the lengths of; four
 * characters of base64 for three bytes. */
#define TICKET_CODE_BYTES_MAX (5 + TICKET_PAYLOAD_BYTES_MAX + TICKET_SIGNATURE_BYTES)
#define TICKET_CODE_CHARACTERS_MAX ((TICKET_CODE_BYTES_MAX + 2) / 3 * 4)
_Static_assert(TICKET_CODE_CHARACTERS_MAX < 256, "it fits what reads it");
_Static_assert(TICKET_PAYLOAD_BYTES_MAX < 128,
               "a length is one byte, whatever sign a reader gives it");

struct ticket_signer {
    uint8_t key[TICKET_SIGNING_KEY_BYTES];
    char public_text[TICKET_KEY_CHARACTERS + 1]; /* the public key, in base64 */
};

void ticket_signer_make(struct ticket_signer *signer, const struct secret *seed);

/* Writes the code and its NUL; returns its length. Some twenty microseconds. */
size_t ticket_code_format(const struct ticket_signer *signer, int64_t serial, int64_t generation,
                          char code[static TICKET_CODE_CHARACTERS_MAX + 1]);

#endif
