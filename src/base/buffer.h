/* A run of bytes that grows at its end, up to a bound that its owner names. */
#ifndef USHER_BASE_BUFFER_H
#define USHER_BASE_BUFFER_H

#include "base/result.h"

#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *data;
    size_t length, capacity, bound;
};

/* `bound`: the most bytes it may ever hold. */
void buffer_init(struct buffer *buffer, size_t bound);
void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* empties it and keeps the memory */

/* After RESULT_OK the next `bytes` bytes can be appended. RESULT_FULL past the bound. */
MUST_USE enum result buffer_reserve(struct buffer *buffer, size_t bytes);

/* Reserved before. */
void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_append_byte(struct buffer *buffer, uint8_t byte);

#endif
