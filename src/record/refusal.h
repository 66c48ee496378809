/* The refusals of refusal.def as values. */
#ifndef USHER_RECORD_REFUSAL_H
#define USHER_RECORD_REFUSAL_H

#include <stdbool.h>

enum refusal {
    REFUSAL_NONE = 0,
#define REFUSAL(name, by, status, code, title, meaning, retry) REFUSAL_##name,
#include "record/refusal.def"
    REFUSAL_COUNT
};

/* A set of refusals. */
__extension__ typedef unsigned __int128 refusal_set;
#define REFUSAL_MASK(refusal) ((refusal_set)1 << (refusal))
_Static_assert((int)REFUSAL_COUNT <= 128, "a bit for each refusal");

enum refusal_by {
    REFUSAL_BY_OFFICE,
    REFUSAL_BY_HTTP,
    REFUSAL_BY_ENGINE,
};

struct refusal_schema {
    const char *name; /* the constant's, for logs and tests */
    enum refusal_by by;
    int status; /* HTTP */
    const char *code, *title, *meaning;
    bool retry_later;
};

/* `refusal` is not REFUSAL_NONE. */
const struct refusal_schema *refusal_schema(enum refusal refusal);

/* Whether it says that the caller lacks a right, whatever the request is about. */
bool refusal_is_of_right(enum refusal refusal);

#endif
