/* A JSON value as bytes in one form: texts that mean the same give the same bytes, whatever their
 * white space, the order of their members, their escapes and their way to write a number; others
 * give other bytes. For comparing: unlike RFC 8785's, the bytes are no JSON. */
#ifndef USHER_JSON_CANONICAL_H
#define USHER_JSON_CANONICAL_H

#include <jansson.h>
#include <stddef.h>

/* Where the bytes go, piece after piece. */
struct canonical_sink {
    void *owner;
    void (*add)(void *owner, const void *bytes, size_t length);
};

/* Each object has at most BODY_FIELDS_MAX members and the value is at most BODY_DEPTH_MAX deep, as
 * in any body that was read to its end (body_close). */
void json_canonical(const json_t *value, const struct canonical_sink *sink);

#endif
