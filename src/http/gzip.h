/* The content coding gzip (RFC 1952) of answers. */
#ifndef USHER_HTTP_GZIP_H
#define USHER_HTTP_GZIP_H

#include "base/result.h"

#include <stddef.h>
#include <stdint.h>

/* A body below this is sent as it is: it fits in few packets, and coding takes longer than they do.
 */
#define GZIP_BYTES_MIN 4096

/* The coded bytes, malloc'd. RESULT_NO_MEMORY; RESULT_FULL when they would be no fewer. */
MUST_USE enum result gzip_make(const uint8_t *bytes, size_t length, uint8_t **coded,
                               size_t *coded_length);

#endif
