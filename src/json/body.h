/* A request's JSON, read strictly: one object, no repeated or unknown keys; and what is wrong with
 * it, value by value. What a value must be stands in value.h, and what an object has in fill.h.
 * Takes plain bytes; knows neither HTTP nor usher's verbs. */
#ifndef USHER_JSON_BODY_H
#define USHER_JSON_BODY_H

#include "base/buffer.h"
#include "record/refusal.h"
#include "json/write.h"

#include <jansson.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BODY_DEPTH_MAX 32
#define BODY_FIELDS_MAX 16  /* fields that one object may have; the largest here has ten */
#define BODY_ERRORS_MAX 100 /* told in one answer: as many as somebody reads; all are counted */

/* The values a body may have: jansson takes up to about 150 bytes for one of two bytes of text. */
#define BODY_VALUES_MAX 40000

/* What jansson allocates for a small body lies here: a hold makes some twenty pieces of it. */
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
    struct json_writer errors; /* {"field","message"} after {"field","message"} */
    size_t error_count;        /* all, also those past BODY_ERRORS_MAX */
    bool no_memory;            /* a field could not be read for want of it */
    struct body_room room;     /* last: only its beginning is ever cleared */
};

/* Where a value stands, from the inside out; the JSON pointer (RFC 6901) is made when needed. */
struct body_path {
    const struct body_path *parent; /* NULL: the root */
    const char *key;                /* NULL: `index` of an array */
    size_t index;
};

struct body_object {
    struct body *body;
    const json_t *json;
    const struct body_path *path; /* NULL: the root */
    const char *asked[BODY_FIELDS_MAX];
    size_t asked_count;
};

enum body_presence {
    BODY_OPTIONAL,
    BODY_NULLABLE, /* optional, and null is as if it were absent */
    BODY_REQUIRED,
};

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
 * what is wrong with it is told with that path, and line and column are the value's own. What was
 * read before must have been given back (body_forget). */
enum refusal body_parse_value(struct body *body, const uint8_t *bytes, size_t length, size_t depth,
                              const struct body_path *path);

/* Sets why it is no JSON, and where; returns REFUSAL_MALFORMED_JSON. `line` 0: unknown. */
enum refusal body_malformed(struct body *body, const char *why, int line, int column);

extern const char body_too_many_values[], body_syntax_error[], body_ends_too_early[];

/* True when no error was collected and memory was never short. */
bool body_good(const struct body *body);

/* Adds an error at a field of the object (key NULL: the object itself). */
void body_error(const struct body_object *object, const char *key, const char *message);
void body_error_at(struct body *body, const struct body_path *path, const char *message);

void body_root(struct body *body, struct body_object *object);

/* A value as an object; false with an error when it is none. `path` must stay in place while the
 * object is read. */
bool body_object(struct body *body, const json_t *json, const struct body_path *path,
                 struct body_object *object);

/* After all fields were asked for: every other key is an error. */
void body_close(struct body_object *object);

/* Whether the field is there, good or bad; and whether it is, and is not null. */
bool body_has_key(const struct body_object *object, const char *key);
bool body_has(const struct body_object *object, const char *key);

/* The field's value, or NULL; notes that the key is known. An error where one is required. */
const json_t *body_ask(struct body_object *object, const char *key, enum body_presence presence);

/* The JSON takes a text in the place of one that was sent, so that it lives as long. NULL: no
 * memory. */
const char *body_replace(struct body *body, const json_t *value, const char *text, size_t length);

#endif
