/* The box office: every rule, decided in memory. Pure: time, ids and secrets are handed in; no
 * system call, no thread, no clock. One thread at a time.
 *
 * Every change goes through the door of its kind of row (door.h): that installs a row's new image,
 * keeps the indexes and appends the row to the batch, which the engine writes to the journal before
 * anybody is answered. Loading uses the same doors. */
#ifndef USHER_OFFICE_OFFICE_H
#define USHER_OFFICE_OFFICE_H

#include "base/buffer.h"
#include "base/id.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "office/call.h"
#include "office/tally.h"
#include "read/told_texts.h"
#include "record/record.h"

struct office;

/* House time runs durations and never goes back; wall time decides calendar windows. */
struct moment {
    timestamp_ms house;
    timestamp_ms wall;
};

/* What every call is handed. */
struct turn {
    struct moment now;
    uint64_t seq; /* the journal sequence number that this batch will get */
    struct id_source *ids;
    enum refusal barred; /* what a call that puts rows is refused; NONE: the journal takes them */
};

/* The settings that rules depend on (app/config.def has their defaults and ranges). */
struct office_settings {
    int64_t hold_seconds;
    int64_t extend_seconds; /* 0: no hold is given more time */
    int64_t max_seats_per_reservation;
    int64_t max_seats_per_user;
    int64_t refund_until_seconds;
    bool charging_open;     /* buyers may charge themselves */
    bool registration_open; /* anybody may make an account */
    /* Of a new data directory; afterwards the house row and PATCH /v1/queue decide. */
    int64_t max_active, admit_per_second, silent_seconds, active_seconds, wait_seconds;
    /* Those of them that somebody set: what an operator writes down holds from this start on, until
     * the organizer changes it. */
    struct queue_change given;
};

/* What the house signs with: made once, and kept in its row. */
struct house_keys {
    struct secret token_key;   /* of session tokens, and of all that is proved by a MAC */
    struct secret ticket_seed; /* of the codes of tickets */
};

/* ---- Life ---- */

/* NULL: no memory. */
struct office *office_new(const struct office_settings *settings);
void office_free(struct office *office);

/* Installs one live row on the way up, before office_open: the tables' rows in schema order, then
 * every later record of the journal in its order. RESULT_CORRUPT when it contradicts what is there:
 * then `why` names the row and what is wrong with it (contradiction.def). RESULT_NO_MEMORY. */
MUST_USE enum result office_load(struct office *office, const struct record *record,
                                 struct explanation *why);

/* Ends loading. `last_seq` is the journal's last sequence number. A new directory gets its house
 * row with `keys`, in the first batch; a house that lacks one of them gets that. Everybody counts
 * as heard at `now`. Fails as office_load does, when the rows contradict each other as a whole;
 * then the office can only be freed. An office that opened passes its audit. */
MUST_USE enum result office_open(struct office *office, struct moment now, uint64_t last_seq,
                                 const struct house_keys *keys, struct explanation *why);

/* ---- A batch: tick, calls, settle; then its records are taken ---- */

/* The most deadlines one tick works off; it bounds a batch's bytes. */
#define OFFICE_TICK_MAX 16384

/* Moves deadlines by a downtime, ends what is due, passes over, admits. True when more is due than
 * one batch takes: then settle, write the batch, and tick again before any call. */
bool office_tick(struct office *office, const struct turn *turn);

/* Decides one call. A refused call changes nothing but presence. Sets call->refusal. */
void office_call(struct office *office, const struct turn *turn, struct call *call);

/* Closes the batch: admits whoever the calls made room for, and adds the heartbeat when due. */
void office_settle(struct office *office, const struct turn *turn);

/* For each call of the batch, after office_settle: one that joined and was let in at once is
 * answered so, and need not ask again. */
void office_show_settled(struct office *office, struct call *call);

/* The batch's records, encoded one after the other, and how many. Valid until office_batch_clear.
 */
const struct buffer *office_batch(const struct office *office, size_t *record_count);
const struct tally *office_tally(const struct office *office); /* what happened in the batch */
void office_batch_clear(struct office *office);

/* Rows that came to their end in a batch up to `booked_seq` leave memory, a bounded number a call.
 */
void office_drop_finished(struct office *office, uint64_t booked_seq);

/* While frozen the office answers what is asked and changes nothing by itself: no tick, no
 * admission, no renewal, no heartbeat. For an engine that cannot write. */
void office_freeze(struct office *office, bool frozen);

/* When the next deadline or admission is due, for the engine's wait; INT64_MAX: nothing waits. */
timestamp_ms office_next_due(const struct office *office, struct moment now);

/* ---- What the public sees; read by the engine after a commit ---- */

enum queue_status {
    QUEUE_STATUS_SCHEDULED, /* before openAt */
    QUEUE_STATUS_OPEN,
    QUEUE_STATUS_PAUSED,
    QUEUE_STATUS_CLOSED, /* nothing on sale */
};

/* Seats of a round that is on sale, or will be. */
struct queue_round {
    struct id round_id, concert_id;
    int64_t seats_left; /* available */
    int64_t seats_held;
    bool sold_out; /* neither is any */
};

/* Seats of all these rounds, and what was paid for them: for the desk, not for everybody. */
struct queue_sales {
    int64_t total_seat_cnt, held, sold;
    int64_t revenue; /* of confirmed reservations: what is refunded is out of it */
};

/* What everybody in line is told. */
struct queue_notice {
    struct told_texts texts;
    enum notice_level level;
    timestamp_ms until; /* on the wall; 0: until it is taken back */
};

struct queue_view {
    enum queue_status status;
    timestamp_ms open_at;       /* 0: open at once */
    timestamp_ms join_opens_at; /* 0: people join at any time */
    int64_t serving, last_number, waiting, active;
    int64_t max_active, admit_per_second, silent_seconds, active_seconds, wait_seconds;
    struct wait_estimate estimate;               /* for one who joins now */
    struct queue_round rounds[QUEUE_ROUNDS_MAX]; /* by startTime; paused ones, too */
    size_t round_count;
    struct queue_sales sales;
    bool has_notice;
    struct queue_notice notice;
};

void office_queue_view(const struct office *office, struct moment now, struct queue_view *view);

/* Grows with every change of a concert, a round or the set of seats (not of their status). */
uint64_t office_catalogue_version(const struct office *office);

/* The catalogue, for copying: concerts by reservationOpenAt, rounds of all concerts by startTime;
 * ties by id. Pointers live until the next office call. */
size_t office_concert_count(const struct office *office);
const struct concert *office_concert_at(const struct office *office, size_t index);
size_t office_round_count(const struct office *office);
const struct concert_round *office_round_at(const struct office *office, size_t index);
bool office_round_is_draft(const struct office *office, size_t index); /* its concert is one */

/* What changes of a round's seats. `states` has a character a seat in seat order: a, h, s, b. */
struct round_state {
    uint64_t version; /* the journal sequence number of the last change */
    int64_t available, held, sold, blocked;
    bool draft;         /* its concert is one */
    const char *states; /* totalSeatCnt characters, not NUL-terminated */
};

/* False: no such round, or it is over and its seats left memory. */
bool office_round_state(const struct office *office, struct id round_id, struct round_state *state);

/* When the first hold of the round ends unless it is paid, by house time; 0: nothing is held. */
timestamp_ms office_round_next_return(const struct office *office, struct id round_id);
const struct seat *office_round_seat(const struct office *office, struct id round_id,
                                     size_t position);

struct changed_seat {
    struct id round_id;
    uint64_t version; /* of the round, by the change */
    uint32_t position;
    char state;
};

/* The seats that changed status since the list was last cleared, in the order of their changes;
 * those that are new or gone, with their round, are not among them. */
size_t office_changed_seats(const struct office *office, const struct changed_seat **seats);
void office_changed_seats_clear(struct office *office);

struct house_keys office_keys(const struct office *office);

/* Counts for metrics. */
struct office_counts {
    size_t users, sessions, resets, api_keys, tokens, concerts, rounds, seats, reservations,
        payments;
    size_t finished_waiting; /* ended rows that are not booked yet */
};
void office_counts(const struct office *office, struct office_counts *counts);

/* Checks invariants 1, 3 (balance >= 0), 5, 7, 8, 11 (once a key) and 16 on the live state, and
 * every index, heap and list of live objects against those; for tests and simulations: it walks
 * everything. False: `explanation` names the invariant, or what is in disorder. */
bool office_audit(const struct office *office, struct explanation *explanation);

#endif
