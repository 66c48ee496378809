/* Reads an object of a body by its rows: each field by its name, type and bounds, into its place in
 * a struct. The rows are also what describes the body to others. */
#ifndef USHER_JSON_FILL_H
#define USHER_JSON_FILL_H

#include "record/record.h"
#include "json/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum body_type {
    BODY_TEXT,     /* const char *, of a text_kind, `min`..`max` characters */
    BODY_INTEGER,  /* int64_t, `min`..`max` */
    BODY_REAL,     /* double, `min`..`max` */
    BODY_BOOLEAN,  /* bool */
    BODY_TIME,     /* timestamp_ms */
    BODY_ID,       /* struct id */
    BODY_IDS,      /* const struct id *, `min`..`max` of them, no two the same */
    BODY_EMAIL,    /* struct email */
    BODY_PASSWORD, /* const char *, of `min` characters or more; a new one (`min` above 0) must be
                      one that anybody may choose */
    BODY_OBJECTS,  /* `min`..`max` objects, in an array: read by the owner of the body */
};

struct body_field {
    const char *name, *meaning;
    enum body_type type;
    enum body_presence presence;
    size_t offset;       /* of its place; a value that is absent or bad leaves it as it is */
    size_t count_offset; /* of IDS: where their number goes, a size_t */
    bool tells;          /* whether it was there goes to told_offset, a bool */
    size_t told_offset;
    enum text_kind kind;    /* of TEXT */
    enum email_rule rule;   /* of EMAIL */
    enum record_kind id_of; /* of ID and IDS */
    int64_t min, max;
    unsigned element; /* of OBJECTS: which body each is, as the owner of the rows numbers them */
};

struct body_schema {
    const char *name, *meaning;
    const struct body_field *fields;
    size_t field_count;
};

/* Gives memory for an array, which lives as long as the struct that is filled. NULL: no memory. */
struct body_memory {
    void *owner;
    void *(*take)(void *owner, size_t bytes);
};

enum body_extent {
    BODY_WHOLE,
    BODY_PART, /* of a change: no field is required */
};

/* Reads all rows, in their order. `memory` may be NULL where none is an array. Errors were added to
 * the body's. */
void body_fill(struct body_object *object, const struct body_schema *schema,
               enum body_extent extent, void *target, const struct body_memory *memory);

#endif
