/* The seats of a new round, or of a plan that is to be stored, from JSON that comes in pieces: each
 * seat, and each row of a plan, is read when it is there, and only what is kept of it stays. */
#ifndef USHER_API_ROUND_PLAN_H
#define USHER_API_ROUND_PLAN_H

#include "api/bodies.h"
#include "api/seat_name.h"
#include "base/arena.h"
#include "office/chair.h"
#include "json/cut.h"
#include "json/value.h"

struct round_section;

/* The arrays that a body may have. */
enum plan_array {
    PLAN_SEATS,
    PLAN_SECTIONS,
    PLAN_ROWS, /* of its plan, as are */
    PLAN_PRICES,
    PLAN_NO_ARRAY, /* one that it may not have */
};

/* A price in place of a seat's that has none. */
#define PRICE_NONE (-1)

/* Which of a plan's prices its seats name. */
struct price_reach {
    int64_t end;     /* above all of them */
    size_t last_row; /* the first one that names the highest */
};

struct round_plan {
    enum refusal refusal;                       /* of the form; what is wrong stands in `body` */
    timestamp_ms start_time, doors_at, ends_at; /* the last two: 0 where nobody says */
    const char *name;                           /* of a plan that is to be stored */
    struct id plan_id; /* of the stored plan whose seats are wanted; ID_NONE: these are */
    const struct number_by_name *prices; /* for seats of a plan, by their grades */
    size_t price_count;
    struct seat_plan *seats; /* those of a plan may cost PRICE_NONE where it is to be stored */
    size_t seat_count;

    /* While it is read. */
    enum body_name form;
    struct plan_frame frame;
    struct plan_price *plan_prices;
    size_t plan_price_count, plan_price_room;
    struct price_reach reach;
    uint32_t *row_starts; /* of each row of the plan, its first seat */
    size_t row_count, row_room;
    struct seat_naming naming;
    uint32_t *lines; /* of each seat, where it stands in a sheet; NULL: it came in JSON */
    size_t line_room;
    struct body *body;
    struct json_cut cut;
    struct arena texts; /* of seats and sections */
    size_t seat_room;   /* of `seats` */
    struct round_section *sections;
    enum plan_array array; /* that elements come of, */
    size_t array_number;   /* which is the first of all for 1; 0: none yet */
    json_t *array_key;     /* and its key, a string or NULL, */
    json_t *outer_key;     /* and that of the member which has it, the same */
    bool arrays_seen[PLAN_NO_ARRAY];
    size_t elements[PLAN_NO_ARRAY]; /* that came */
};

/* The errors go to `body`, which is the caller's, empty, and outlives the plan. `form`: a round's,
 * a stored plan's, or that of a plan that is to be checked. */
void round_plan_init(struct round_plan *plan, struct body *body, enum body_name form);
void round_plan_release(struct round_plan *plan);

/* The next bytes of the body, however it is split. */
void round_plan_feed(struct round_plan *plan, const uint8_t *bytes, size_t length);

/* The body is there: sets the start time and the seats, or the refusal. Faulty seats and seats that
 * are one are all counted; where the plan is to be checked, plan_check.h tells of the latter. The
 * seats and their texts live as long as the plan. */
void round_plan_end(struct round_plan *plan);

/* What another body, or this one, asks for: gives the seats of this plan, which was read, the
 * other's prices, and adds errors to its body where they are of grades that it does not have. */
void round_plan_try_prices(struct round_plan *plan, const struct round_plan *asked);

/* The same, and seats that then have no price are errors too. */
void round_plan_take_prices(struct round_plan *plan, const struct round_plan *asked);

/* ---- For those who read a part of it (plan_row.c, plan_section.c) ---- */

/* A copy that lives as long as the plan; `before`, which is or may be the same, serves as well.
 * NULL for NULL, and for want of memory, which the plan's refusal tells. */
const char *round_plan_keep(struct round_plan *plan, const char *text, const char *before);

/* Room for so many seats more; false: no memory. */
bool round_plan_reserve(struct round_plan *plan, size_t seats);

#endif
