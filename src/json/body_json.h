/* A request's body as JSON: its bytes become jansson's values, or a reason why they are none.
 * Bounds depth and size, and keeps the values in one place; which fields there are is body.h's
 * business. */
#ifndef USHER_JSON_BODY_JSON_H
#define USHER_JSON_BODY_JSON_H

#include "base/buffer.h"
#include "record/refusal.h"
#include "json/write.h"

#include <jansson.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BODY_DEPTH_MAX 32

/* The values a body may have: jansson takes up to about 150 bytes for one of two bytes of text. */
#define BODY_VALUES_MAX 40000

/* jansson's allocations for a small body lie here: a hold makes some twenty. */
#define BODY_ROOM_BYTES 4096

struct body_room {
    size_t used;
    alignas(max_align_t) uint8_t bytes[BODY_ROOM_BYTES];
};

struct body {
    json_t *root;
    bool integers_as_reals; /* a number out of range was among them */
    const char *malformed;  /* why it is no JSON, for people; NULL otherwise */
    int line, column;       /* of `malformed`; 0: unknown */
    struct buffer error_bytes;
    struct json_writer errors; /* one object after the other */
    size_t error_count;        /* all, also those past BODY_ERRORS_MAX */
    bool no_memory;            /* a field could not be read for want of it */
    struct body_room room;     /* last: only its beginning is ever cleared */
};

struct body_path;

void body_init(struct body *body);
void body_release(struct body *body);

/* Gives back what was read, and keeps the errors. */
void body_forget(struct body *body);

/* Once, before threads read bodies. */
void body_start(void);

/* REFUSAL_NONE; REFUSAL_CAPACITY for want of memory; or REFUSAL_MALFORMED_JSON with `malformed`
 * set. A number past a double is no reason to refuse here: its field is out of range. `bytes` may
 * be NULL when there are none. Texts read later live until body_release. */
enum refusal body_parse(struct body *body, const uint8_t *bytes, size_t length, size_t values_max);

/* The same of one value that stands at `path` in a larger body, `depth` objects and arrays deep:
 * errors have that path, and line and column are the value's own. The value read before must have
 * been given back (body_forget). */
enum refusal body_parse_value(struct body *body, const uint8_t *bytes, size_t length, size_t depth,
                              const struct body_path *path);

/* Sets why it is no JSON, and where; returns REFUSAL_MALFORMED_JSON. `line` 0: unknown. */
enum refusal body_malformed(struct body *body, const char *why, int line, int column);

extern const char body_too_many_values[], body_syntax_error[], body_ends_too_early[];

/* True when no error was collected and memory was never short. */
bool body_good(const struct body *body);

/* Puts a text in the place of one that was read, so that it lives as long. NULL: no memory. */
const char *body_replace(struct body *body, const json_t *value, const char *text, size_t length);

#endif
