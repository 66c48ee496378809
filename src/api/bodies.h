/* The API's bodies as tables (bodies.def), and the structs that those are read into which are no
 * call's. */
#ifndef USHER_API_BODIES_H
#define USHER_API_BODIES_H

#include "record/limit.h"
#include "json/fill.h"

/* More ids than any reservation may have seats, so that the office's own limit is what refuses. */
#define HOLD_SEAT_IDS_MAX 100
_Static_assert(HOLD_SEAT_IDS_MAX > SEATS_PER_RESERVATION_MAX, "the office says seat_limit");

/* Each is compared with all before it: for as many, half a millisecond. A body has room for twice
 * as many. */
#define BLOCK_SEAT_IDS_MAX 1000

#define ROUND_SECTIONS_MAX 1000 /* no house has as many */

struct sign_up {
    const char *name, *password;
    bool has_email;
    struct email email;
};

struct sign_in {
    struct email email;
    const char *password; /* like everything that was read, it lives as long as the body */
};

struct account_change {
    const char *name, *password, *current_password;
    bool has_email;
    struct email email;
    char verified_hash[PASSWORD_HASH_BYTES_MAX + 1];
};

struct round_section {
    const char *name, *grade;
    int64_t rows, seats_per_row, price;
};

enum body_name {
#define BODY(name, type, meaning) BODY_OF_##name,
#define TEXT(json, member, presence, kind, min, max, meaning)
#define INTEGER(json, member, presence, min, max, meaning)
#define INTEGER_TOLD(json, member, told, presence, min, max, meaning)
#define REAL(json, member, presence, min, max, meaning)
#define BOOLEAN(json, member, presence, meaning)
#define BOOLEAN_TOLD(json, member, told, presence, meaning)
#define TIME(json, member, presence, meaning)
#define TIME_TOLD(json, member, told, presence, meaning)
#define ID(json, member, presence, entity, meaning)
#define IDS(json, member, count, presence, entity, min, max, meaning)
#define EMAIL(json, member, presence, rule, meaning)
#define EMAIL_TOLD(json, member, told, presence, rule, meaning)
#define PASSWORD(json, member, presence, min, meaning)
#define OBJECTS(json, body, presence, min, max, meaning)
#define END_BODY(name)
#include "api/bodies.def"
    BODY_OF_COUNT,
    BODY_OF_NOTHING = BODY_OF_COUNT,
};

const struct body_schema *body_schema(enum body_name name);

#endif
