/* What somebody asks of the server, as a value: it can be kept, sent again, sent twice, and made
 * into the office's call each time. */
#ifndef USHER_TEST_SIM_WORLD_DEED_H
#define USHER_TEST_SIM_WORLD_DEED_H

#include "office/office.h"

#define DEED_SEATS_MAX                                                                             \
    24 /* more than SEATS_PER_RESERVATION_MAX, so that too many can be asked for */
#define DEED_PIECES_MAX 6
#define DEED_TEXT_BYTES 40

enum deed_sender {
    DEED_SIGNED,      /* with one of the client's sessions, if there is one */
    DEED_NAMELESS,    /* without credentials */
    DEED_BY_KEY,      /* with one of the API keys that were made */
    DEED_FORGED,      /* with a session's id and another secret */
    DEED_HANDED_OVER, /* with the last handover, as if it were a session */
};

struct deed {
    enum verb verb;
    enum deed_sender sender;
    struct idempotency idempotency;
    struct id subject; /* the user, session, concert, round, token, reservation or payment it is
                          about */
    struct id seat_ids[DEED_SEATS_MAX];
    size_t seat_count; /* of a hold or block; of a new round: how many it gets */
    bool by_place;     /* a hold names its seats by these, of that plan */
    int64_t places[DEED_SEATS_MAX], plan_version;
    struct best_wanted best;         /* of a hold that names no seats; its texts are literals */
    struct number_by_name prices[2]; /* of a round's grades; the names are literals */
    size_t price_count;
    const char *pieces[DEED_PIECES_MAX]; /* of a plan; literals, `seat_count` of them */
    int64_t amount;        /* of a notice, its level; of a plan, its version: 0 none, -1 any */
    timestamp_ms from, to; /* a concert's sale; a round starts at `from` */
    bool has_doors_at, has_ends_at;
    timestamp_ms doors_at, ends_at; /* of a round; one that is moved is free to cancel until `to`,
                                       and `name` and `place` say why */
    struct concert_terms terms;     /* their texts are `place` and `reference` */
    struct queue_change change;     /* of the queue */
    struct record_query query;      /* its texts: `email`, `reference`, `name`, `place` */
    struct change_query changes;
    struct secret secret; /* whose hash a new session, reset or key gets */
    uint32_t scopes;      /* of a new key, of which `to` is when it ends, or of staff */
    /* Empty: none. */
    char name[DEED_TEXT_BYTES], email[DEED_TEXT_BYTES], password[DEED_TEXT_BYTES],
        verified[DEED_TEXT_BYTES], reference[DEED_TEXT_BYTES], place[DEED_TEXT_BYTES];
};

/* The seats of every new round, ... A round has up to `count`; with one more, two are
 * one: by their number, or by their place, with other blanks around it. */
struct seat_plans {
    struct seat_plan *seats;
    char (*numbers)[DEED_TEXT_BYTES], (*rows)[DEED_TEXT_BYTES];
    size_t count;
};

void seat_plans_init(struct seat_plans *plans, size_t count, int64_t price_max);
void seat_plans_release(struct seat_plans *plans);

/* Whether an Idempotency-Key counts for it. */
bool deed_may_carry_key(const struct deed *deed);

/* What a server would make of the request's path and body. */
int64_t deed_fingerprint(const struct deed *deed);

/* Fills a zeroed call, which points into the deed and the plans. */
void deed_call(const struct deed *deed, const struct seat_plans *plans, struct call *call);

#endif
