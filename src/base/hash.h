/* Hashing keys that are text. */
#ifndef USHER_BASE_HASH_H
#define USHER_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Hash of a run of bytes: FNV-1a, 64 bits, finished as id_hash is. */
uint64_t hash_bytes(const void *bytes, size_t length);

#endif
