/* The line: waiting tokens by number, in lanes. For the files of this layer only.
 *
 * There is one line and one numbering. A lane is those of it who wait for the same: for one
 * concert's sale, or for whatever is on sale. What is true of a sale is true of all its lane at
 * once, so when a sale opens, pauses or is sold out no token is touched. */
#ifndef USHER_OFFICE_WAITING_LINE_H
#define USHER_OFFICE_WAITING_LINE_H

#include "base/fenwick.h"
#include "base/pool.h"
#include "office/token.h"

struct live_concert;

/* Slots stand in the order of numbers; `cursor` is the first that was neither admitted nor passed
 * over. Those before it that still wait were passed over. */
struct live_lane {
    struct pool_item item;
    struct id concert_id;         /* ID_NONE: whatever is on sale */
    struct live_concert *concert; /* NULL: none, or it was deleted */
    size_t tokens;                /* of it in memory; the last takes the lane along */
    size_t active, holding;       /* of them: inside, and inside with a hold */
    uint32_t *slots;              /* pool numbers of tokens; 0: gone */
    int64_t *numbers;             /* of the token that came to each LANE_STRIDE-th slot */
    size_t length, capacity;
    size_t cursor;
    size_t waiting, present_count;
    struct fenwick present;
};

/* A number is found among the slots by a search of every sixteenth, and a walk to it: half a byte a
 * person, and as much time as summing the tree takes. */
#define LANE_STRIDE 16

/* As many concerts as there may be, as many that are gone while somebody waits for them, and the
 * lane of those who name none. */
#define LANES_MAX (2 * CONCERTS_MAX + 1)
_Static_assert(LANES_MAX <= UINT16_MAX, "a token names its lane in 16 bits");

struct waiting_line {
    struct live_lane **lanes; /* all of them, in no order */
    size_t lane_count, lane_capacity;
    size_t waiting;
};

/* The lane of those who name the concert, or none, with room for one more; made when there is none
 * yet. NULL: no memory, or no room for another lane. */
struct live_lane *lane_reserve(struct office *office, struct id concert_id);

/* Makes the lanes' slots of the loaded tokens. RESULT_CORRUPT: two have one number. */
MUST_USE enum result waiting_line_build(struct office *office, struct explanation *why);
void waiting_line_append(struct office *office, struct live_token *token);
void waiting_line_remove(struct office *office, struct live_token *token);
void waiting_line_set_present(struct office *office, struct live_token *token, bool present);

/* Of the lane: those who wait, are not silent, and have a lower number. */
int64_t lane_ahead(const struct office *office, const struct live_lane *lane, int64_t number);

/* A token that names the lane came into memory, or left it: then the lane may go, too. */
void lane_join(struct live_lane *lane);
void lane_part(struct office *office, struct live_lane *lane);

/* ---- Finding (find.c) ---- */

struct live_lane *lane_find(const struct office *office, struct id concert_id);
struct live_lane *token_lane(const struct office *office, const struct live_token *token);

#endif
