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
    BODY_CHOICE,   /* an enumeration's value, by its text */
    BODY_TIME,     /* timestamp_ms */
    BODY_ID,       /* struct id */
    BODY_IDS,      /* const struct id *, `min`..`max` of them, no two the same */
    BODY_INTEGERS, /* const int64_t *, `min`..`max` of them, each 0..`each_max`, no two the same */
    BODY_NUMBERS,  /* const struct number_by_name *, `min`..`max` of them: an object's members, each
                      0..`each_max` */
    BODY_SET,      /* uint32_t, a bit (1 << n) for the text n: an array, no two the same */
    BODY_EMAIL,    /* struct email */
    BODY_PASSWORD, /* const char *, of `min` characters or more; a new one (`min` above 0) must be
                      one that anybody may choose */
    BODY_OBJECT,   /* a struct of its own, read by the rows of `part` */
    BODY_STEPS,    /* `min`..`max` whole numbers, each `-each_max`..`each_max`, in an array; and */
    BODY_LABELS,   /* `min`..`max` labels, each a text of `each_max` characters at the most or null:
                      both read by the owner of the body */
    BODY_OBJECTS,  /* `min`..`max` objects, in an array: read by the owner of the body */
};

struct body_field {
    const char *name, *meaning;
    enum body_type type;
    enum body_presence presence;
    size_t offset;       /* of its place; a value that is absent or bad leaves it as it is */
    size_t count_offset; /* of IDS, INTEGERS and NUMBERS: where their number goes, a size_t */
    bool tells;          /* whether it was there, or is to be none, goes to told_offset, a bool */
    size_t told_offset;
    enum text_kind kind;      /* of TEXT */
    enum email_rule rule;     /* of EMAIL */
    enum record_kind id_of;   /* of ID and IDS */
    const char *const *texts; /* of CHOICE and SET: a text a value; of a CHOICE `max` of them, */
    size_t text_count;        /* of a SET so many */
    int64_t min, max;
    int64_t each_max; /* of INTEGERS, NUMBERS, STEPS and LABELS */
    unsigned element; /* of OBJECT and OBJECTS: which body it is, as the owner of the rows numbers
                         them */
};

/* The rows of another body. */
typedef const struct body_schema *body_part(unsigned element);

struct body_schema {
    const char *name, *meaning;
    const struct body_field *fields;
    size_t field_count;
    body_part *part; /* NULL where no row is an OBJECT */
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

/* Reads all rows, in their order; objects in objects are closed,
 * and the arrays in them that their owner reads are arrays. `memory` may be NULL where none is
 * an array. Errors were added to the body's. */
void body_fill(struct body_object *object, const struct body_schema *schema,
               enum body_extent extent, void *target, const struct body_memory *memory);

#endif
