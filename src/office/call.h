/* One call: what is asked of the office, and its answer. */
#ifndef USHER_OFFICE_CALL_H
#define USHER_OFFICE_CALL_H

#include "base/id.h"
#include "base/timestamp.h"
#include "office/verb.h"
#include "read/list.h"
#include "read/look_up.h"
#include "read/page.h"
#include "record/limit.h"
#include "record/record.h"
#include "record/refusal.h"

/* Who asks. The secret's hash was computed, and the token's MAC checked, before the call. */
struct credentials {
    bool present;
    struct id session_id;
    struct secret secret_hash;
};

/* The caller's Idempotency-Key and the request that it came with (method, path and body), both
 * hashed under a key of the house's. */
struct idempotency {
    bool present;
    int64_t key_hash;
    int64_t fingerprint;      /* of the request, as it is kept */
    int64_t sent_fingerprint; /* of the request with its body's bytes: older versions kept that */
};

/* A change of the queue's settings; a false `has_` leaves the old value. */
struct queue_change {
    bool has_open_at, has_paused;
    bool has_max_active, has_admit_per_second, has_silent_seconds, has_active_seconds,
        has_wait_seconds;
    timestamp_ms open_at;
    bool paused;
    int64_t max_active, admit_per_second, silent_seconds, active_seconds, wait_seconds;
};

/* Optional fields of a change: a NULL text leaves the old value. */
struct user_change {
    const char *name;
    const char *email;         /* as it will be kept */
    const char *mailbox;       /* of the e-mail; NULL: the same text */
    const char *password_hash; /* ends the caller's other sessions */
    /* The hash that currentPassword was verified against, wanted with e-mail or password: the
     * change is refused (WRONG_PASSWORD) when it is no longer the stored one. */
    const char *verified_hash;
};

struct seat_plan {
    const char *seat_number;                    /* not NULL */
    const char *section, *row, *number, *grade; /* may be NULL */
    int64_t price;
    bool placed; /* x and y are set */
    double x, y;
    bool accessible;
};

/* A waiting time in whole seconds, from the admissions of the last minute. */
struct wait_estimate {
    bool known;
    int64_t low_seconds, high_seconds;
};

struct token_view {
    struct queue_token token;
    int64_t ahead; /* waiting tokens that would be admitted before it; 0 unless waiting */
    struct wait_estimate estimate;
    int64_t poll_after_ms; /* 0: none (the token has ended) */
};

#define CONFLICTS_MAX SEATS_PER_RESERVATION_MAX

/* What a refusal tells beside its name; which members are set follows from the refusal. */
struct refusal_detail {
    int64_t limit, already_held; /* SEAT_LIMIT, HOLD_LIMIT (limit) */
    size_t conflict_count;       /* SEAT_UNAVAILABLE */
    struct id conflicts[CONFLICTS_MAX];
    size_t seat_index;         /* SEAT_OF_OTHER_ROUND, DUPLICATE_SEAT_NUMBER or _PLACE */
    size_t earlier_seat_index; /* DUPLICATE_SEAT_NUMBER or _PLACE */
    int64_t balance, required; /* INSUFFICIENT_POINTS */
    struct id payment_id;      /* INSUFFICIENT_POINTS, RESERVATION_NOT_PENDING (or none) */
    enum reservation_status reservation_status; /* RESERVATION_NOT_PENDING */
};

struct seat_refusal {
    struct id seat_id;
    enum seat_status status;
};

/* What became of seats that were to be blocked, or the other way. */
struct seat_changes {
    int64_t changed;
    size_t refused_count;
    struct seat_refusal *refused; /* malloc'd */
};

/* What a round has sold. */
struct round_sales {
    struct id round_id;
    int64_t total_seat_cnt, available, held, sold, blocked;
    int64_t revenue;         /* of confirmed reservations: what is refunded is out of it */
    int64_t refunds_pending; /* confirmed reservations of a cancelled round */
};

/* One call: arguments in, answer out. Texts and arrays in `in` belong to the caller and must live
 * until the call is answered. Whoever made the call releases it (call_release). */
struct call {
    enum verb verb;
    struct credentials credentials;
    struct idempotency idempotency; /* looked at by the verbs that verb.def marks KEPT */
    struct look_up
        look_up; /* filled by the engine when the office wanted it; see call_wants_look_up */

    union {
        struct {
            const char *email;   /* as the old rule kept them: `spelled` of record/email.h */
            const char *mailbox; /* of the e-mail; NULL: the same text */
        } sign_in_find;
        struct {
            const char *name;
            const char *email;   /* as it will be kept */
            const char *mailbox; /* of the e-mail; NULL: the same text */
            const char *password_hash;
        } user_register; /* and ORGANIZER_ADD */
        struct {
            struct id user_id;
            const char *verified_hash; /* the stored hash that the password was verified against */
            struct secret secret_hash; /* of the new session's secret */
        } session_open;
        struct {
            struct id user_id; /* ID_NONE: the caller */
        } user_get;            /* and POINTS_GET */
        struct user_change user_change;
        struct {
            struct id user_id; /* ID_NONE: the caller */
            int64_t amount;
            const char *reference; /* or NULL */
        } points_charge;
        struct {
            struct id concert_id;            /* CONCERT_CHANGE, CONCERT_DELETE */
            const char *title, *description; /* NULL: unchanged */
            timestamp_ms reservation_open_at, reservation_close_at; /* 0: unchanged */
        } concert;
        struct {
            struct id concert_id;          /* ROUND_CREATE */
            struct id round_id;            /* the others */
            timestamp_ms start_time;       /* ROUND_CHANGE: 0: unchanged */
            const struct seat_plan *seats; /* in seat order, 1..ROUND_SEATS_MAX */
            size_t seat_count;
        } round;
        struct {
            struct id round_id;
            const struct id *seat_ids;
            size_t seat_count;
        } seats_block; /* and SEATS_UNBLOCK */
        struct {
            struct id token_id; /* ID_NONE: the caller's live one */
        } token;                /* QUEUE_TOKEN_GET, QUEUE_LEAVE */
        struct queue_change queue_change;
        struct {
            struct id round_id;
            const struct id *seat_ids; /* distinct */
            size_t seat_count;         /* at least 1 */
        } reservation_hold;
        struct {
            struct id reservation_id;
        } reservation; /* RESERVATION_GET, RESERVATION_CANCEL, PAYMENT_MAKE */
        struct {
            struct id payment_id;
        } payment_get;
        struct record_query list;
    } in;

    enum refusal refusal;
    struct refusal_detail detail;
    struct id caller_id;   /* the signed-in user, or ID_NONE */
    bool by_organizer;     /* that user's role */
    bool created;          /* 201 rather than 200 */
    bool replayed;         /* done before under the same Idempotency-Key: `created` is the first
                              answer's, the object is shown as it is now, nothing was changed */
    struct record *record; /* USER, CONCERT, CONCERT_ROUND, POINT_ENTRY answers; malloc'd */
    union {
        struct token_view token;
        struct reservation_view reservation;
        struct payment payment;
        struct point_account points;
        struct session session; /* SESSION_OPEN; its user is in `record` */
        struct seat_changes seats_block;
        struct round_sales sales;
        struct record_page page; /* LIST: filled by the engine's readers */
    } out;
};

/* True after office_call when the answer needs a row that is not in memory: the engine looks up
 * call->look_up and calls again. No state was changed. */
bool call_wants_look_up(const struct call *call);

/* True after office_call when the caller may list `in.list` (a buyer's query was narrowed to the
 * caller's own rows): the engine's readers fill out.page. */
bool call_wants_list(const struct call *call);

/* Frees what an answer holds. */
void call_release(struct call *call);

#endif
