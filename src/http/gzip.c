/* See gzip.h. */
#include "http/gzip.h"

#include "base/check.h"

#include <stdlib.h>
#include <zlib.h>

#define WINDOW_BITS (15 + 16) /* the longest window, and gzip's own frame */
#define MEMORY_LEVEL 8        /* zlib's default: 256 KB while it works */

enum result gzip_make(const uint8_t *bytes, size_t length, uint8_t **coded, size_t *coded_length)
{
    z_stream stream = {0};
    CHECK(length <= UINT32_MAX);
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return RESULT_NO_MEMORY;
    uint8_t *out = malloc(length + 1);
    int ended = Z_MEM_ERROR;
    if (out != NULL) {
        stream.next_in = (Bytef *)(uintptr_t)bytes; /* zlib reads them alone */
        stream.avail_in = (uInt)length;
        stream.next_out = out;
        stream.avail_out = (uInt)length;
        ended = deflate(&stream, Z_FINISH);
    }
    const size_t made = stream.total_out;
    (void)deflateEnd(&stream);
    if (ended != Z_STREAM_END) {
        free(out);
        return out == NULL ? RESULT_NO_MEMORY : RESULT_FULL;
    }
    *coded = out;
    *coded_length = made;
    return RESULT_OK;
}
