/* The seats of a new round, from the JSON of POST /v1/concerts/{id}/rounds, which comes in pieces:
 * each seat is read when it is there, and only what is kept of it stays. */
#ifndef USHER_API_ROUND_PLAN_H
#define USHER_API_ROUND_PLAN_H

#include "base/arena.h"
#include "office/chair.h"
#include "json/cut.h"
#include "json/value.h"

struct round_section;

/* The arrays that a round may have. */
enum plan_array {
    PLAN_SEATS,
    PLAN_SECTIONS,
    PLAN_NO_ARRAY, /* one that it may not have */
};

struct round_plan {
    enum refusal refusal;                       /* of the form; what is wrong stands in `body` */
    timestamp_ms start_time, doors_at, ends_at; /* the last two: 0 where nobody says */
    struct seat_plan *seats;
    size_t seat_count;

    /* While it is read. */
    struct body *body;
    struct json_cut cut;
    struct arena texts; /* of seats and sections */
    size_t seat_room;   /* of `seats` */
    struct round_section *sections;
    enum plan_array array; /* that elements come of, */
    size_t array_number;   /* which is the first of all for 1; 0: none yet */
    json_t *array_key;     /* and its key, a string or NULL */
    bool arrays_seen[PLAN_NO_ARRAY];
    size_t elements[PLAN_NO_ARRAY]; /* that came */
};

/* The errors go to `body`, which is the caller's, empty, and outlives the plan. */
void round_plan_init(struct round_plan *plan, struct body *body);
void round_plan_release(struct round_plan *plan);

/* The next bytes of the body, however it is split. */
void round_plan_feed(struct round_plan *plan, const uint8_t *bytes, size_t length);

/* The body is there: sets the start time and the seats, or the refusal. Faulty seats and seats that
 * are one are all counted. The seats and their texts live as long as the plan. */
void round_plan_end(struct round_plan *plan);

#define SAME_CHAIR_MESSAGE_BYTES 80

/* Says of which seat a later one is the same; the seats count as they do in JSON pointers. */
void same_chair_message(enum chair_sameness sameness, size_t earlier,
                        char message[static SAME_CHAIR_MESSAGE_BYTES]);

#endif
