/* See buffer.h. */
#include "base/buffer.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

void buffer_init(struct buffer *buffer, size_t bound)
{
    *buffer = (struct buffer){.bound = bound};
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer, buffer->bound);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
}

enum result buffer_reserve(struct buffer *buffer, size_t bytes)
{
    if (bytes > buffer->bound - buffer->length)
        return RESULT_FULL;
    const size_t needed = buffer->length + bytes;
    if (needed <= buffer->capacity)
        return RESULT_OK;
    size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > buffer->bound)
        capacity = buffer->bound;
    uint8_t *data = realloc(buffer->data, capacity);
    if (data == NULL)
        return RESULT_NO_MEMORY;
    buffer->data = data;
    buffer->capacity = capacity;
    return RESULT_OK;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
    CHECK(length <= buffer->capacity - buffer->length);
    if (length > 0)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
}

void buffer_append_byte(struct buffer *buffer, uint8_t byte)
{
    CHECK(buffer->length < buffer->capacity);
    buffer->data[buffer->length++] = byte;
}
