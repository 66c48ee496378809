/* The API's bodies as tables (bodies.def), and the structs that those are read into which are no
 * call's. */
#ifndef USHER_API_BODIES_H
#define USHER_API_BODIES_H

#include "api/credentials.h"
#include "api/rehearsals.h"
#include "api/shown_plan.h"
#include "record/limit.h"
#include "json/fill.h"

/* More than any reservation may have seats, so that the office's own limit is what refuses. */
#define HOLD_SEATS_MAX 100
_Static_assert(HOLD_SEATS_MAX > SEATS_PER_RESERVATION_MAX, "the office says seat_limit");

/* Each is compared with all before it: for as many, half a millisecond. A body has room for twice
 * as many. */
#define BLOCK_SEAT_IDS_MAX 1000

/* A version more for each change of prices; what a number of JSON can hold exactly. */
#define PLAN_VERSION_MAX (INT64_C(1) << 53)

/* What a number of JSON can hold exactly. */
#define SEED_MAX (INT64_C(1) << 53)

#define ROUND_SECTIONS_MAX 1000 /* no house has as many */

struct sign_up {
    const char *name, *password, *external_id;
    bool has_email;
    struct email email;
};

struct sign_in {
    struct id user_id;
    struct session_token granted; /* the new session's token, but for the session's id */
    struct email email;
    const char *password; /* like everything that was read, it lives as long as the body */
};

struct account_change {
    const char *name, *password, *current_password;
    bool has_email;
    struct email email;
    char verified_hash[PASSWORD_HASH_BYTES_MAX + 1];
};

struct erasure {
    const char *current_password;
    bool forfeit;
};

struct handing_over {
    struct id user_id;
    const char *to;
    struct handover_code code;
};

struct redeeming {
    const char *code, *to; /* `to` stands in `code` */
    bool replace;
    struct session_token token; /* the session's, from now on */
};

struct inviting {
    struct email email;
    const char *name;
    uint32_t scopes;
    struct reset_token token; /* the invitation, but for the user's id */
};

struct password_choice {
    const char *token, *password;
    struct reset_token reset; /* the token's, once it is read */
};

/* A row of a plan, but for its arrays. */
struct row_head {
    const char *section, *row;
    int64_t first, count, first_number; /* 0: `numbers` has them */
};

/* A plan, but for its prices and rows. What the API tells beside them is taken back, and not looked
 * at. */
struct plan_frame {
    const char *format;
    int64_t scale;
    struct id round_id;
    int64_t plan_version;
    struct plan_bounds bounds;
};

struct round_section {
    const char *name, *grade;
    int64_t rows, seats_per_row, price;
};

/* By their ids, or by what they have. */
struct block_wanted {
    const struct id *ids;
    size_t id_count;
    const char *section, *row, *grade; /* NULL: any */
};

enum body_name {
#define BODY(name, type, meaning) BODY_OF_##name,
#define TEXT(json, member, presence, kind, min, max, meaning)
#define INTEGER(json, member, presence, min, max, meaning)
#define INTEGER_TOLD(json, member, told, presence, min, max, meaning)
#define REAL(json, member, presence, min, max, meaning)
#define BOOLEAN(json, member, presence, meaning)
#define BOOLEAN_TOLD(json, member, told, presence, meaning)
#define TEXT_TOLD(json, member, told, presence, kind, min, max, meaning)
#define CHOICE(json, member, told, presence, enumeration, meaning)
#define TIME(json, member, presence, meaning)
#define TIME_TOLD(json, member, told, presence, meaning)
#define ID(json, member, presence, entity, meaning)
#define IDS(json, member, count, presence, entity, min, max, meaning)
#define INTEGERS(json, member, count, presence, min, max, each_max, meaning)
#define NUMBERS(json, member, count, presence, min, max, each_max, meaning)
#define SET(json, member, presence, texts, min, meaning)
#define EMAIL(json, member, presence, rule, meaning)
#define EMAIL_TOLD(json, member, told, presence, rule, meaning)
#define PASSWORD(json, member, presence, min, meaning)
#define OBJECT(json, member, type, body, presence, meaning)
#define OBJECTS(json, body, presence, min, max, meaning)
#define STEPS(json, presence, min, max, each_max, meaning)
#define LABELS(json, presence, min, max, each_max, meaning)
#define END_BODY(name)
#include "api/bodies.def"
    BODY_OF_COUNT,
    BODY_OF_NOTHING = BODY_OF_COUNT,
};

const struct body_schema *body_schema(enum body_name name);

#endif
