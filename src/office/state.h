/* The office's live state, for the files of this layer only. What lies in its pools has a header an
 * idea: user.h, token.h, catalogue.h, reservation.h. Rows change through the doors (door.h). */
#ifndef USHER_OFFICE_STATE_H
#define USHER_OFFICE_STATE_H

#include "base/arena.h"
#include "base/check.h"
#include "base/heap.h"
#include "base/index.h"
#include "base/pool.h"
#include "office/admission.h"
#include "office/finished_list.h"
#include "office/offer.h"
#include "office/office.h"
#include "office/told.h"
#include "office/waiting_line.h"

struct live_concert;
struct live_round;

struct office {
    struct office_settings settings;
    struct house house;
    struct notice notice;        /* without an id: there is none */
    struct load_cursor *loading; /* NULL: it is open */
    bool frozen;
    enum record_kind ready_kind; /* while loading: its rows have the other kinds' indexes */
    bool house_owed;             /* its row goes into the batch when that settles */
    bool queue_changed;          /* its settings did since it last went there */
    uint64_t seq;                /* of the batch being made */
    struct moment now;
    struct id_source *ids; /* of the turn */
    enum record_why why;   /* of what is put now */
    struct told told;      /* what the call that is decided now changes */

#define LIVE(type, name, pages, let_go) struct pool name;
#define KEY(name, pool, hash, matches) struct index name;
#define DEADLINE(name, type, pool) struct heap name;
#define FINISHED(name, type, pool, forget) struct finished_list name;
#include "office/live.def"
    struct arena texts;              /* of users */
    uint64_t references_dropped_seq; /* entries up to here are the tables' to know */

    struct waiting_line line;
    size_t active_count;
    size_t users_of_role[USER_ROLE_FORMER + 1];
    bool refunds_pending;     /* a cancelled round may still have reservations */
    bool tickets_owed;        /* some of what was paid for may lack its tickets */
    uint32_t tickets_looked;  /* the last reservation that was looked at for that */
    timestamp_ms heard_floor; /* everybody counts as heard at least then */
    int64_t admission_credit; /* thousandths of an admission */
    timestamp_ms credit_at;
    bool door_open; /* as the last look at it found it */
    bool behind;    /* the last tick left work that is due */
    struct admission_rate admissions;
    struct offer_window offer;

    uint64_t catalogue_version;
    struct live_concert **concert_order; /* by reservationOpenAt, id */
    struct live_round **round_order;     /* by startTime, id */
    size_t concert_capacity, round_capacity;
    struct changed_seat *changed_seats;
    size_t changed_count, changed_capacity;

    struct buffer batch;
    size_t batch_count;
    struct tally tally; /* of the batch */
    size_t room;        /* records that may yet be appended; see batch_reserve */
};

/* Everything until the next turn happens at this one's moment, and in its batch. */
void turn_begin(struct office *office, const struct turn *turn);

/* The next id of the turn, above all before. */
struct id new_id(struct office *office);

/* The notice as it is told at that time of the wall; false: nobody is told any. And when that
 * changes by itself; INT64_MAX: it does not. */
bool notice_view(const struct office *office, timestamp_ms wall, struct queue_notice *view);
timestamp_ms notice_ends(const struct office *office, struct moment now);

/* ---- What live.def names ---- */

/* The functions of the indexes. */
#define KEY(index, pool, hash, matches)                                                            \
    index_hash hash;                                                                               \
    index_matches matches;
#include "office/live.def"

/* Gives back what an object has in memory beside itself (live.c). */
typedef void live_let_go(struct office *office, void *item);
live_let_go user_let_go, api_key_let_go, lane_let_go, plan_let_go, concert_let_go, round_let_go,
    seat_let_go, ticket_let_go, reference_let_go;

/* Takes an object out of memory that ended with batch `seq`, which is booked (drop.c). */
typedef void live_forget(struct office *office, void *item, uint64_t seq);
live_forget forget_token, forget_reservation, forget_reference;

/* Whether all of it is in order; else `explanation` says what is not. Walks everything. */
bool audit_live(const struct office *office, struct explanation *explanation);

#endif
