/* Queue tokens. For the files of this layer only. There are millions: they are kept as users are
 * (user.h). */
#ifndef USHER_OFFICE_TOKEN_H
#define USHER_OFFICE_TOKEN_H

#include "base/heap.h"
#include "base/pool.h"
#include "office/finished_list.h"
#include "office/office.h"

struct live_lane;

struct live_token {
    struct pool_item item;
    uint32_t user;
    uint32_t visit; /* 0: it waits, and was never passed over */
    struct heap_node deadline;
    struct id id;
    timestamp_ms heard_at; /* see token_heard_at */
#define TOKEN_KEEPS(type, column, width) type column width;
#include "office/kept.def"
    bool present : 1;       /* waiting and not silent: counted in the line */
    bool holding : 1;       /* inside, and with a hold: counted in its lane */
    uint8_t hold_count : 6; /* holds made with it since the last start */
    uint16_t lane;
    uint32_t position; /* in its lane, while waiting */
};

/* What a token has besides, once more came of it than waiting. */
struct live_visit {
    struct pool_item item;
    uint32_t token;
#define VISIT_KEEPS(type, column, width) type column width;
#include "office/kept.def"
    struct finished_node finished;
};

_Static_assert(HOLDS_PER_TOKEN_MAX < 1 << 6, "hold_count has 6 bits");
_Static_assert(sizeof(struct live_token) == 64, "what a million of them costs is known");
_Static_assert(sizeof(struct live_visit) == 64, "what a million of them costs is known");

/* Room in memory, wanted before the line that a verb crosses (room.c). */
struct live_lane *token_reserve(struct office *office,
                                struct id concert_id); /* its lane; or NULL */
bool visit_reserve(struct office *office); /* for a waiting token that may do more than wait */

/* ---- Finding, and back to a row (find.c, live_row.c) ---- */

struct live_token *token_find(const struct office *office, struct id id);
struct live_user *token_user(const struct office *office, const struct live_token *token);

/* An active token always has one. NULL: it only waits. */
struct live_visit *token_visit(const struct office *office, const struct live_token *token);

struct queue_token token_row(const struct office *office, const struct live_token *token);

/* ---- Its time (token.c) ---- */

timestamp_ms token_heard_at(const struct office *office, const struct live_token *token);
bool token_has_hold(const struct office *office, const struct live_token *token);

/* Counts it in its lane as one that is inside with a hold, or no longer so. */
void token_set_holding(struct office *office, struct live_token *token, bool holding);

/* Puts the token on the heap at the time of the next thing that may happen to it. */
void token_arm(struct office *office, struct live_token *token);

/* Ends or keeps a token whose time may have come, or whose last hold ended. */
void token_review(struct office *office, struct live_token *token);
void token_end(struct office *office, struct live_token *token, enum token_reason reason);
void token_mark_heard(struct office *office, struct live_token *token);

/* The token's deadline follows its holds. */
void token_follow_holds(struct office *office, struct live_token *token);

#endif
