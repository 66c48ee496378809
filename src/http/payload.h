/* Takes a request's body out of its framing: a length, or chunks (RFC 9112, 6.2 and 7.1), read
 * strictly. Extensions of chunks and trailers are looked at for their form and thrown away. */
#ifndef USHER_HTTP_PAYLOAD_H
#define USHER_HTTP_PAYLOAD_H

#include "http/request_head.h"

/* Extensions are hardly used; a line of more is an attempt to make us work for nothing. */
#define CHUNK_LINE_BYTES_MAX 256

/* Trailers of one body, together. */
#define TRAILER_BYTES_MAX 4096

enum payload_state {
    PAYLOAD_DATA, /* `left` bytes of the body, or of the chunk, are to come */
    PAYLOAD_SIZE, /* a chunk's line, from here on in the order in which it is read */
    PAYLOAD_EXTENSION,
    PAYLOAD_EXTENSION_NAME,
    PAYLOAD_EXTENSION_VALUE,
    PAYLOAD_EXTENSION_TOKEN,
    PAYLOAD_EXTENSION_QUOTED,
    PAYLOAD_EXTENSION_ESCAPE,
    PAYLOAD_EXTENSION_END,
    PAYLOAD_SIZE_END,
    PAYLOAD_DATA_RETURN,
    PAYLOAD_DATA_END,
    PAYLOAD_TRAILER, /* a line begins */
    PAYLOAD_TRAILER_NAME,
    PAYLOAD_TRAILER_VALUE,
    PAYLOAD_TRAILER_END,
    PAYLOAD_LAST, /* the LF of the empty line at the end */
    PAYLOAD_OVER,
    PAYLOAD_BROKEN, /* nothing after it may be read as a request */
};

struct payload {
    enum payload_state state;
    bool chunked;
    uint64_t left;        /* of the body, or of the chunk */
    unsigned size_digits; /* of the chunk's size */
    size_t line_bytes;    /* of the chunk's line, or of all trailers */
};

/* The head is good. */
void payload_init(struct payload *payload, const struct request_head *head);

/* Reads on in `length` bytes that came. Returns how many it used; of them the `*data_length` at
 * `*data` are the body's, in one run. It stops before a chunk's first byte, after a run, at the
 * end, and where the framing is broken; else it used everything. */
size_t payload_read(struct payload *payload, const char *bytes, size_t length, const char **data,
                    size_t *data_length);

/* Whether a body's first byte is next, or it is over, without one or broken. What comes between an
 * empty chunk and the end of its trailers may still break it. */
bool payload_begun(const struct payload *payload);

#endif
