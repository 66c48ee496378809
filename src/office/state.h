/* The office's live state and its one door, for the files of this layer only. */
#ifndef USHER_OFFICE_STATE_H
#define USHER_OFFICE_STATE_H

#include "base/arena.h"
#include "base/check.h"
#include "base/fenwick.h"
#include "base/heap.h"
#include "base/index.h"
#include "base/pool.h"
#include "office/caller.h"
#include "office/office.h"

/* ---- Live rows ---- */

/* Of what there are millions, users and what each has one of, the fields lie so that none is kept
 * twice and no bytes between them are lost, and others are named by their numbers in their pools
 * (0: none) rather than by pointers. The rows are put together again where they are wanted
 * (user_row, session_row, token_row). */

/* A row that came to its end stays in memory, on its kind's list, until its batch is booked. */
struct finished_node {
    uint64_t seq; /* of the batch that ended it */
    uint32_t next;
};

struct finished_list {
    uint32_t first, last; /* pool numbers */
    size_t count;
};

struct live_session {
    struct pool_item item;
    uint32_t user;
    uint32_t next; /* of the same user, in the order of opening */
    struct heap_node deadline;
    struct id id;
    struct secret secret_hash;
    timestamp_ms created_at, expires_at;
};

struct live_token {
    struct pool_item item;
    uint32_t user;
    uint32_t visit; /* 0: it waits, and was never passed over */
    struct heap_node deadline;
    uint32_t position; /* in the line, while waiting */
    enum token_status status : 8;
    enum token_reason reason : 8;
    bool present;       /* waiting and not silent: counted in the line */
    uint8_t hold_count; /* holds made with it since the last start */
    struct id id;
    int64_t number;
    timestamp_ms issued_at;
    timestamp_ms heard_at; /* see token_heard_at */
};

/* What a token has besides, once more came of it than waiting. */
struct live_visit {
    struct pool_item item;
    uint32_t token;
    timestamp_ms activate_at, expires_at, holds_until, passed_at, ended_at;
    struct finished_node finished;
};

struct live_user {
    struct pool_item item;
    uint32_t token;        /* the live one */
    uint32_t sessions;     /* the first */
    uint32_t reservations; /* the first of the pending and confirmed ones */
    uint32_t keys;         /* the first */
    enum user_role role : 8;
    struct id id;
    char *texts; /* see user_texts.c */
    timestamp_ms created_at;
    struct {
        int64_t balance;
        timestamp_ms last_updated;
    } account;
};

_Static_assert(sizeof(struct live_session) == 80, "what a million of them costs is known");
_Static_assert(sizeof(struct live_token) == 64, "what a million of them costs is known");
_Static_assert(sizeof(struct live_visit) == 64, "what a million of them costs is known");
_Static_assert(sizeof(struct live_user) == 72, "what a million of them costs is known");

struct live_concert {
    struct pool_item item;
    struct concert row; /* texts: one block that starts at `title` */
    size_t round_count;
};

struct live_seat {
    struct pool_item item;
    struct seat row; /* texts: one block that starts at `seat_number` */
    struct live_round *round;
};

struct live_round {
    struct pool_item item;
    struct concert_round row;
    struct live_concert *concert;
    struct live_seat **seats; /* in seat order; NULL once the round is over */
    char *states;             /* a character a seat, for the public */
    int64_t counts[4];        /* by enum seat_status */
    uint64_t version;         /* last batch that changed a seat's status */
    uint64_t last_seq; /* last batch that changed anything that must be booked before it goes */
    bool leaving;      /* over; its rows are leaving memory */
    struct live_reservation *reservations; /* pending and confirmed */
    size_t reservation_count;              /* in memory, ended ones too: they point at seats */
};

struct live_payment {
    struct pool_item item;
    struct payment row;
};

/* A reservation names few seats of the many that it may: each stands apart. */
struct held_seat {
    struct pool_item item;
    uint32_t next; /* of the same reservation, in the order of positions */
    struct live_seat *seat;
    int64_t price;
};

struct reservation_link {
    struct live_reservation *previous, *next;
};

struct live_reservation {
    struct pool_item item;
    struct seat_reservation row;
    struct live_user *user;
    struct live_round *round;
    struct reservation_link of_user, of_round;
    struct live_payment *payment;        /* the succeeded or cancelled one */
    struct live_payment *failed_payment; /* the one failed try that is kept */
    struct heap_node deadline;           /* while pending */
    uint8_t seat_count;
    uint32_t seats; /* the first */
    struct finished_node finished;
};

/* A charge's reference, until the tables answer for it. */
struct live_reference {
    struct pool_item item;
    struct point_entry row; /* `reference` is its own block */
    struct finished_node finished;
};

/* What a caller did under an Idempotency-Key. */
struct live_key {
    struct pool_item item;
    uint32_t next; /* of the same user, in no order */
    struct heap_node deadline;
    struct idempotency_key row;
    struct live_user *user;
};

/* ---- The line: waiting tokens by number ---- */

/* Slots stand in the order of numbers; `cursor` is the first that was neither admitted nor passed
 * over. A present token before the cursor was passed over and heard again: it goes first. So the
 * number of present tokens before a position is exactly the number that would be admitted before
 * it. */
struct waiting_line {
    uint32_t *slots; /* pool numbers of tokens; 0: gone */
    size_t length, capacity;
    size_t cursor;
    size_t waiting, present_count;
    struct fenwick present;
};

#define ADMISSION_WINDOW_SECONDS 60

/* Admissions in each of the last sixty seconds, for the estimate. */
struct admission_rate {
    int64_t second[ADMISSION_WINDOW_SECONDS]; /* which second the slot counts */
    int64_t count[ADMISSION_WINDOW_SECONDS];
    int64_t first_second; /* of the measurement; 0: none yet */
};

/* Whether anything is on sale, and for which wall times that answer stands. */
struct sale_window {
    bool open;
    timestamp_ms from, until; /* half-open */
    uint64_t catalogue_version;
};

struct office {
    struct office_settings settings;
    struct house house;
    bool loading, frozen;
    enum record_kind ready_kind; /* while loading: its rows have the other kinds' indexes */
    bool house_dirty;            /* the house row goes into the batch when it settles */
    uint64_t seq;                /* of the batch being made */
    struct moment now;
    struct id_source *ids; /* of the turn */
    enum record_why why;   /* of what is put now */

    struct pool users, sessions, tokens, visits, concerts, rounds, seats, payments, reservations,
        held_seats, references, keys;
    uint32_t found_user, found_round, found_seat, found_reservation; /* by the *_find_near */
    struct id newest[RECORD_KIND_COUNT]; /* of some kinds: no row that was put has a greater id */
    struct arena texts;                  /* of users */
    char *user_texts;                    /* of the next user that is put; see user_reserve */
    struct index user_by_id, user_by_mailbox, session_by_id, token_by_id, concert_by_id,
        round_by_id, seat_by_id, payment_by_id, reservation_by_id, reference_by_text;
    struct heap session_deadlines, token_deadlines, hold_deadlines, key_deadlines;
    struct finished_list finished_visits, finished_reservations, finished_references;
    uint64_t references_dropped_seq; /* entries up to here are the tables' to know */

    struct waiting_line line;
    size_t active_count;
    bool refunds_pending;     /* a cancelled round may still have reservations */
    timestamp_ms heard_floor; /* everybody counts as heard at least then */
    int64_t admission_credit; /* thousandths of an admission */
    timestamp_ms credit_at;
    bool door_open; /* as the last look at it found it */
    bool behind;    /* the last tick left work that is due */
    struct admission_rate admissions;
    struct sale_window sale;

    uint64_t catalogue_version;
    struct live_concert **concert_order; /* by reservationOpenAt, id */
    struct live_round **round_order;     /* by startTime, id */
    size_t concert_capacity, round_capacity;
    struct changed_seat *changed_seats;
    size_t changed_count, changed_capacity;

    struct buffer batch;
    size_t batch_count;
};

/* ---- The turn (state.c) ---- */

/* Everything until the next turn happens at this one's moment, and in its batch. */
void turn_begin(struct office *office, const struct turn *turn);

/* The next id of the turn, above all before. */
struct id new_id(struct office *office);

/* ---- Room in the batch, wanted before the line that a verb crosses ---- */

/* The most bytes a record without text takes, and a seat's. Checked against schema.def by a test.
 */
#define PLAIN_RECORD_BYTES 512
#define SEAT_RECORD_BYTES 1792
/* For the largest tick; SQLite's default limit for a value is 10^9 bytes. */
#define BATCH_BYTES_MAX (UINT32_C(640) << 20)

/* Records that may join any batch after its verb: the house row when it settles, the key that is
 * kept and the one that it pushes out. */
#define BATCH_RECORDS_SPARE 3

/* After true, that much fits, and the spare records. */
bool batch_reserve(struct office *office, size_t plain_records, size_t seat_records,
                   size_t more_bytes);

/* ---- The one door (put.c) and its room (state.c) ---- */

/* Installs a row's new image, or takes the row out when it is marked deleted, keeps the indexes and
 * appends it to the batch, because of office->why. Objects, room in indexes and heaps and a USER's
 * texts were reserved (the
 * *_reserve functions); a CONCERT's, SEAT's or POINT_ENTRY's texts must be the office's own
 * (texts_own). */
void office_put(struct office *office, const struct record *record);

/* Gives the record's texts a block of their own, which the door then adopts. False: no memory. */
bool texts_own(struct record *record);
void texts_free(struct record *record); /* of a record that was not put after all */
void texts_free_block(const char *first_text);

bool user_reserve(struct office *office, const struct user *row); /* the row that will be put */
bool session_reserve(struct office *office);
bool token_reserve(struct office *office);
bool visit_reserve(struct office *office); /* for a waiting token that may do more than wait */
bool concert_reserve(struct office *office);
bool round_reserve(struct office *office, size_t seats);

bool reservation_reserve(struct office *office, size_t seats);
bool payment_reserve(struct office *office);
bool reference_reserve(struct office *office);
bool key_reserve(struct office *office);

/* Pieces of the door that dropping (drop.c) needs. */
void reservation_unlink(struct live_reservation *reservation);
void seat_forget(struct office *office, struct live_seat *seat);

/* Whether no USER, SESSION, SEAT, QUEUE_TOKEN or SEAT_RESERVATION that was put can have this id:
 * ids rise, so most rows that are new need no look-up. */
bool id_is_new(const struct office *office, enum record_kind kind, struct id id);

/* ---- Indexes on the way up (load.c) ---- */

/* Those of which there are millions are made when they are first needed, each at once. */
void indexes_defer(struct office *office);

/* ---- Finding (state.c) ---- */

struct live_user *user_find(const struct office *office, struct id id);

/* The same, quick when it is the one that was found last, or was made right before or after it.
 * Whoever holds the object that the door will look up next says so in `found_user`. */
struct live_user *user_find_near(struct office *office, struct id id);

/* Whose mailbox it is (record/email.h); NULL: the e-mail itself. Two accounts of the old rule
 * may have one mailbox under two spellings: then it is the one that is kept as this e-mail, or the
 * older one. */
struct live_user *user_find_email(const struct office *office, const char *email,
                                  const char *mailbox);
struct live_session *session_find(const struct office *office, struct id id);
struct live_token *token_find(const struct office *office, struct id id);
struct live_concert *concert_find(const struct office *office, struct id id);
struct live_round *round_find(const struct office *office, struct id id);
struct live_seat *seat_find(const struct office *office, struct id id);
struct live_payment *payment_find(const struct office *office, struct id id);
struct live_reservation *reservation_find(const struct office *office, struct id id);

/* The same, quick when it is the one that was found last or that `found_*` names. */
struct live_round *round_find_near(struct office *office, struct id id);
struct live_seat *seat_find_near(struct office *office, struct id id);
struct live_reservation *reservation_find_near(struct office *office, struct id id);
struct live_reference *reference_find(const struct office *office, struct id caller_id,
                                      const char *reference);

/* ---- From one to the other, and back to rows (state.c) ---- */

struct live_token *user_token(const struct office *office, const struct live_user *user);
struct live_session *user_sessions(const struct office *office, const struct live_user *user);
struct live_reservation *user_reservations(const struct office *office,
                                           const struct live_user *user);
struct held_seat *reservation_seats(const struct office *office,
                                    const struct live_reservation *reservation);
struct held_seat *held_seat_next(const struct office *office, const struct held_seat *held);
struct live_key *user_keys(const struct office *office, const struct live_user *user);
struct live_session *session_next(const struct office *office, const struct live_session *session);
struct live_key *key_next(const struct office *office, const struct live_key *key);
/* The key that a user has under this hash, or NULL. */
struct live_key *user_key(const struct office *office, const struct live_user *user,
                          int64_t key_hash);
struct live_user *session_user(const struct office *office, const struct live_session *session);
struct live_user *token_user(const struct office *office, const struct live_token *token);

/* An active token always has one. NULL: it only waits. */
struct live_visit *token_visit(const struct office *office, const struct live_token *token);

struct point_account account_row(const struct live_user *user);
struct session session_row(const struct office *office, const struct live_session *session);
struct queue_token token_row(const struct office *office, const struct live_token *token);

/* ---- Users' texts (user_texts.c) ---- */

/* Room for a password hash that is kept in fewer bytes than its text has. */
struct hash_text {
    char text[PASSWORD_HASH_BYTES_MAX + 1];
};

/* A user's texts in one block of the arena. NULL: no memory. */
char *user_texts_pack(struct arena *arena, const struct user *row);
void user_texts_free(struct arena *arena, char *texts); /* or NULL */

const char *user_email(const struct live_user *user);   /* NULL: none */
const char *user_mailbox(const struct live_user *user); /* of the e-mail; NULL: none */
bool user_has_hash(const struct live_user *user, const char *hash);

/* The row's texts live as long as the user's and `hash` do. */
struct user user_row(const struct live_user *user, struct hash_text *hash);

/* ---- The line (line.c) ---- */

bool waiting_line_reserve(struct office *office);
bool waiting_line_build(struct office *office); /* from the loaded tokens; false: no memory */
void waiting_line_append(struct office *office, struct live_token *token);
void waiting_line_remove(struct office *office, struct live_token *token);
void waiting_line_set_present(struct office *office, struct live_token *token, bool present);
int64_t waiting_line_ahead(const struct office *office, const struct live_token *token);

/* ---- The queue (queue.c, admission.c) ---- */

timestamp_ms token_heard_at(const struct office *office, const struct live_token *token);
bool token_has_hold(const struct office *office, const struct live_token *token);

/* Puts the token on the heap at the time of the next thing that may happen to it. */
void token_arm(struct office *office, struct live_token *token);

/* Ends or keeps a token whose time may have come, or whose last hold ended. One record of room. */
void token_review(struct office *office, struct live_token *token);
void token_end(struct office *office, struct live_token *token, enum token_reason reason);
void token_mark_heard(struct office *office, struct live_token *token);

/* The token's deadline follows its holds. One record of room. */
void token_follow_holds(struct office *office, struct live_token *token);

/* Changes the queue's settings; the house row goes into the batch when it settles. */
void queue_apply(struct office *office, const struct queue_change *change);
enum queue_status queue_status_given(const struct house *house, timestamp_ms wall, bool on_sale);
enum queue_status queue_status_at(struct office *office, timestamp_ms wall);

/* Admits while there is a free slot, credit and somebody to admit; `budget` bounds the records.
 * False: more could be done. */
bool queue_admit(struct office *office, size_t *budget);
struct wait_estimate queue_estimate(const struct office *office, enum queue_status status,
                                    int64_t ahead);

/* When the next one may be admitted, or the door opens by itself; INT64_MAX: neither is in sight.
 */
timestamp_ms queue_next_admission(const struct office *office, struct moment now);

/* ---- Sessions (session.c) ---- */

/* Whose session it is; NULL when it does not hold. Renews it: one record of room is made. */
struct live_user *session_authenticate(struct office *office,
                                       const struct credentials *credentials);
size_t session_count(const struct office *office, const struct live_user *user);
void sessions_close_but(struct office *office, struct live_user *user, struct id kept);
void sessions_expire(struct office *office, size_t *budget);

/* ---- Seats and reservations (catalogue.c, reservation.c) ---- */

void seat_set_status(struct office *office, struct live_seat *seat, enum seat_status status);

/* Its seats have left memory, or are leaving it. */
bool round_is_over(const struct live_round *round);

/* When the round's sale ends: reservationCloseAt or its start, the earlier. */
timestamp_ms round_sale_end(const struct live_round *round);

/* Frees a pending reservation's seats, or refunds a confirmed one, and ends it.
 * RESERVATION_END_RECORDS of room plus a seat record a seat. */
#define RESERVATION_END_RECORDS 6
void reservation_end(struct office *office, struct live_reservation *reservation,
                     enum reservation_status status, enum cancel_reason reason);
void reservation_show(const struct office *office, const struct live_reservation *reservation,
                      struct reservation_view *view);

/* Appends an entry and the account's new balance. Two records of room. */
void points_move(struct office *office, struct live_user *user, const struct point_entry *entry);

/* ---- Answers (call.c) ---- */

/* Answers with a copy of the record. REFUSAL_CAPACITY: no memory. */
enum refusal call_show_record(struct call *call, const struct record *record);

/* For a row that is not in memory: false when history says there is none. True: either
 * call->look_up.state is now LOOK_UP_WANTED and the verb returns REFUSAL_NONE at once, to be called
 * again, or the row is in call->look_up. */
bool look_up_want(struct call *call, enum record_kind kind, struct id id);

/* ---- Verbs: what office_call dispatches to ---- */

typedef enum refusal verb_function(struct office *office, const struct caller *caller,
                                   struct call *call);

#define VERB(name, function, need, effect, answers, kept)                                          \
    enum refusal function(struct office *office, const struct caller *caller, struct call *call);
#include "office/verb.def"

/* Runs a verb under the call's Idempotency-Key, or answers from what the key has kept. */
enum refusal call_kept(struct office *office, const struct caller *caller, struct call *call,
                       verb_function *function);
void keys_expire(struct office *office, size_t *budget);

/* Shows an object to one who may see it, from memory or from history. */
enum refusal token_answer(struct office *office, const struct caller *caller, struct id id,
                          struct call *call); /* ID_NONE: the caller's live one */
enum refusal reservation_answer(const struct office *office, const struct caller *caller,
                                struct id id, struct call *call);
enum refusal payment_answer(const struct office *office, const struct caller *caller, struct id id,
                            struct call *call);

/* Of a block or unblock that was done: how many it changed then, and which seats are not as it
 * wants them now. */
enum refusal seats_answer(const struct office *office, size_t changed, struct call *call);

#endif
