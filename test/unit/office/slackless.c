/* Takes the slack out of every buffer, so that a verb that appends more than it reserved is found
 * out by the buffer's own check. Linked with --wrap=buffer_reserve. */
#include "base/buffer.h"

enum result __real_buffer_reserve(struct buffer *buffer, size_t bytes);
enum result __wrap_buffer_reserve(struct buffer *buffer, size_t bytes);

enum result __wrap_buffer_reserve(struct buffer *buffer, size_t bytes)
{
    const enum result result = __real_buffer_reserve(buffer, bytes);
    if (result == RESULT_OK)
        buffer->capacity = buffer->length + bytes;
    return result;
}
