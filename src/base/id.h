/* Identifiers: UUID version 7 (RFC 9562, section 5.7) in memory, TypeID 0.3 as text:
 * a prefix, '_' and 26 characters of Crockford base32 in lower case. */
#ifndef USHER_BASE_ID_H
#define USHER_BASE_ID_H

#include "base/timestamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_BYTES 16
#define ID_SUFFIX_CHARACTERS 26
#define ID_ALPHABET "0123456789abcdefghjkmnpqrstvwxyz"
#define ID_PREFIX_MAX 12 /* the longest is "reservation" */
#define ID_TEXT_BYTES (ID_PREFIX_MAX + 1 + ID_SUFFIX_CHARACTERS + 1)

/* All zero means "none". Ids of one source compare in the order in which they were made. */
struct id {
    uint8_t bytes[ID_BYTES];
};

#define ID_NONE ((struct id){{0}})

bool id_is_none(struct id id);
bool id_equal(struct id a, struct id b);
int id_compare(struct id a, struct id b);
uint64_t id_hash(struct id id);

/* The millisecond an id carries in its first 48 bits. */
timestamp_ms id_time(struct id id);

/* The least id that carries `time`: every id made at or after it compares greater or equal. */
struct id id_floor(timestamp_ms time);

/* Writes "prefix_suffix" and its NUL; returns the length without the NUL. */
size_t id_format(const char *prefix, struct id id, char text[static ID_TEXT_BYTES]);

/* False, and `id` untouched, unless the text is exactly this prefix with a well-formed suffix in
 * lower case that is not all zero. */
bool id_parse(const char *prefix, const char *text, size_t length, struct id *id);

/* Makes ids in strictly increasing order (RFC 9562, 6.2, method 2: within a millisecond the random
 * part grows by a random step). Deterministic in its seed; ids are names, not secrets. */
struct id_source {
    uint64_t state[4];
    struct id last;
};

void id_source_init(struct id_source *source, const uint64_t seed[static 4]);

/* `now` below the last id's millisecond counts as that millisecond. */
struct id id_next(struct id_source *source, timestamp_ms now);

#endif
