/* A password's hash of argon2id, as the text that crypto_pwhash_str of libsodium writes and as what
 * that text says: "$argon2id$v=19$m=M,t=T,p=P$SALT$KEY" with decimal numbers and unpadded base64
 * (P. Biryukov et al., the reference implementation's encoding.c). The engine hashes
 * (engine/passwords.h). */
#ifndef USHER_RECORD_PASSWORD_HASH_H
#define USHER_RECORD_PASSWORD_HASH_H

#include "record/limit.h"

#include <stdbool.h>
#include <stdint.h>

#define PASSWORD_SALT_BYTES 16
#define PASSWORD_KEY_BYTES 32

struct password_hash {
    uint32_t kibibytes;
    uint16_t passes, lanes; /* far more than anybody waits for or has processors */
    uint8_t salt[PASSWORD_SALT_BYTES], key[PASSWORD_KEY_BYTES];
};

/* False for any text that password_hash_format would not write. */
bool password_hash_parse(const char *text, struct password_hash *hash);

void password_hash_format(const struct password_hash *hash,
                          char text[static PASSWORD_HASH_BYTES_MAX + 1]);

#endif
