/* One call: what is asked of the office, and its answer. */
#ifndef USHER_OFFICE_CALL_H
#define USHER_OFFICE_CALL_H

#include "base/address.h"
#include "base/id.h"
#include "base/timestamp.h"
#include "office/verb.h"
#include "read/change.h"
#include "read/drawn_plan.h"
#include "read/history.h"
#include "read/list.h"
#include "read/look_up.h"
#include "read/page.h"
#include "read/sales_breakdown.h"
#include "record/limit.h"
#include "record/number_by_name.h"
#include "record/record.h"
#include "record/refusal.h"

/* Who asks. The secret's hash was computed, and the token's MAC checked, before the call. */
struct credentials {
    bool present;
    bool is_key; /* an API key's, whose id this is */
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

/* As long as Debian lets the name of a user be. */
#define ADMINISTRATOR_BYTES_MAX 32

/* Where a call comes from, for the action that tells of it; NULL: not known. All live until the
 * call is answered. */
struct call_origin {
    const struct address *address;
    const char *administrator; /* the user of the server's own machine who asks there, and not from
                                  an address; at most ADMINISTRATOR_BYTES_MAX */
    const char *request_id;
    const char *reason; /* in the words of who asks */
};

/* A change of the queue's settings; a false `has_` leaves the old value. */
struct queue_change {
    bool has_open_at, has_join_opens_at, has_paused;
    bool has_max_active, has_admit_per_second, has_silent_seconds, has_active_seconds,
        has_wait_seconds;
    timestamp_ms open_at;
    timestamp_ms join_opens_at; /* 0: people join at any time */
    bool paused;
    int64_t max_active, admit_per_second, silent_seconds, active_seconds, wait_seconds;
};

/* What people are told, in each of the house's languages; none is NULL, or both: nothing. */
struct texts_to_tell {
    const char *ko, *en;
};

struct reason_to_tell {
    struct texts_to_tell texts;
};

/* What a concert need not have; a false `has_` leaves the old value. */
struct concert_terms {
    bool has_status, has_place, has_max_seats_per_reservation, has_max_seats_per_user,
        has_external_id;
    enum concert_status status;
    const char *place, *external_id;                       /* NULL: none */
    int64_t max_seats_per_reservation, max_seats_per_user; /* 0: as the house has it */
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

/* The best seats side by side, for who names none (best_available.h). */
struct best_wanted {
    int64_t count;               /* 1 or more */
    int64_t wheelchairs;         /* of them accessible: 0..count */
    const char *section, *grade; /* NULL: any */
};

struct seat_plan {
    const char *seat_number;                    /* not NULL */
    const char *section, *row, *number, *grade; /* may be NULL */
    int64_t price;
    bool placed; /* x and y are set */
    double x, y;
    bool accessible, companion, restricted_view;
};

/* What a plan draws, cut for the tables. */
struct plan_text {
    const char *const *pieces; /* each of 1..PLAN_PIECE_BYTES_MAX bytes of UTF-8 */
    size_t piece_count;        /* 1..PLAN_PIECES_MAX */
    size_t seat_count;
};

/* A waiting time in whole seconds, from the admissions of the last minute. */
struct wait_estimate {
    bool known;
    int64_t low_seconds, high_seconds;
};

struct token_view {
    struct queue_token token;
    int64_t ahead; /* waiting tokens that would be admitted before it; 0 unless waiting */
    bool sold_out; /* it waits, and all that it could buy is sold */
    struct wait_estimate estimate;
    int64_t poll_after_ms; /* 0: none (the token has ended) */
};

/* What a refusal tells beside its name; which members are set follows from the refusal. */
struct refusal_detail {
    int64_t limit, already_held; /* SEAT_LIMIT, HOLD_LIMIT (limit) */
    bool by_place;               /* SEAT_OF_OTHER_ROUND: seats were named by their places */
    size_t seat_index;           /* SEAT_OF_OTHER_ROUND, DUPLICATE_SEAT_NUMBER or _PLACE */
    size_t earlier_seat_index;   /* DUPLICATE_SEAT_NUMBER or _PLACE */
    int64_t balance;             /* INSUFFICIENT_POINTS, BALANCE_TOO_SMALL, HAS_POINTS */
    int64_t required;            /* INSUFFICIENT_POINTS */
    enum scope scope;            /* SCOPE_REQUIRED */
    struct id payment_id;        /* INSUFFICIENT_POINTS, RESERVATION_NOT_PENDING (or none) */
    enum reservation_status reservation_status; /* RESERVATION_NOT_PENDING */
};

/* A seat that cannot be had. */
struct seat_conflict {
    struct id seat_id;
    int64_t place; /* in seat order */
    char seat_number[SEAT_NUMBER_BYTES_MAX + 1];
};

/* All seats of a hold that cannot be had. */
struct seat_conflicts {
    size_t count;
    struct seat_conflict seats[SEATS_PER_RESERVATION_MAX];
};

struct seat_refusal {
    struct id seat_id;
    enum seat_status status;
};

/* A session as its user sees it. */
struct own_session {
    struct id id;
    timestamp_ms created_at, expires_at;
    bool current; /* the one that the call came with */
};

/* The caller's, in the order of opening. */
struct own_sessions {
    size_t count;
    struct own_session sessions[SESSIONS_PER_USER_MAX];
};

/* What became of seats that were to be blocked, or the other way. */
struct seat_changes {
    int64_t changed, refused_seats;
    size_t refused_count;
    struct seat_refusal *refused; /* malloc'd; who puts several together may name fewer */
};

/* What a round has sold. */
struct round_sales {
    struct id round_id;
    int64_t total_seat_cnt, available, held, sold, blocked;
    int64_t revenue;         /* of confirmed reservations: what is refunded is out of it */
    int64_t refunds_pending; /* confirmed reservations of a cancelled round */
};

/* When the last of those who wait would be let in, and how many would be inside. */
struct queue_forecast {
    int64_t waiting, active;     /* now: people who are heard, and inside */
    struct wait_estimate bounds; /* of the last's wait: if nobody stayed, if everybody did */
    bool measured;               /* by how long people stayed in the last minute: */
    int64_t expected_seconds, expected_active;
};

/* One call: arguments in, answer out. Texts and arrays in `in` belong to the caller and must live
 * until the call is answered. Whoever made the call releases it (call_release). */
struct call {
    enum verb verb;
    struct credentials credentials;
    struct call_origin origin;
    bool wants_everybody;           /* LIST: all rows, or a refusal: an export */
    bool goes_on;                   /* LIST: of something that was told already */
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
            const char *email;         /* as it will be kept */
            const char *mailbox;       /* of the e-mail; NULL: the same text */
            const char *password_hash; /* USER_ENSURE: NULL, and `email` may be */
            const char *external_id;   /* USER_ENSURE; NULL elsewhere */
        } user_register;               /* and ORGANIZER_ADD, USER_ENSURE */
        struct {
            struct id user_id;
            const char *verified_hash; /* the stored hash that the password was verified against;
                                          SESSION_GRANT: NULL */
            struct secret secret_hash; /* of the new session's secret */
        } session_open;                /* and SESSION_GRANT, HANDOVER_MAKE */
        struct {
            struct id session_id;        /* which is made by HANDOVER_MAKE, */
            struct secret handover_hash; /* and whose secret's hash was this */
            struct secret secret_hash;   /* of the secret that it has from now on */
            bool replace;                /* also where somebody else is signed in */
        } handover_redeem;
        struct {
            struct id session_id; /* ID_NONE: the one that the call came with */
        } session_close;
        struct {
            struct id user_id; /* ID_NONE: the caller */
        } user_get;            /* and POINTS_GET */
        struct user_change user_change;
        struct {
            struct id user_id;
            const char *name;    /* NULL: unchanged */
            bool has_email;      /* false: unchanged */
            const char *email;   /* as it will be kept; NULL: none */
            const char *mailbox; /* of the e-mail; NULL: the same text */
        } buyer_change;
        struct {
            const char *verified_hash; /* as a change of the e-mail wants it */
            bool forfeit;              /* though there are points, which are lost */
        } user_erase;
        struct {
            struct id user_id;
            struct secret secret_hash; /* of the token's secret */
            const char *password_hash; /* PASSWORD_RESET_TAKE: the new one */
        } password_reset;
        struct {
            struct id user_id; /* STAFF_CHANGE, STAFF_REMOVE; the rest: STAFF_INVITE */
            const char *name;
            const char *email;         /* as it will be kept */
            const char *mailbox;       /* of the e-mail; NULL: the same text */
            uint32_t scopes;           /* and STAFF_CHANGE */
            struct secret secret_hash; /* of the invitation's secret */
        } staff;
        struct {
            struct id key_id; /* API_KEY_REMOVE */
            const char *name;
            uint32_t scopes;
            timestamp_ms expires_at;   /* on the wall; 0: never */
            struct secret secret_hash; /* of the key's secret */
        } api_key;
        struct {
            struct id user_id;     /* ID_NONE: the caller */
            int64_t amount;        /* above zero; POINTS_ADJUST: or below */
            const char *reference; /* or NULL */
            const char *reason;    /* POINTS_ADJUST; NULL elsewhere */
        } points_charge;           /* and POINTS_ADJUST */
        struct {
            struct id concert_id;            /* CONCERT_CHANGE, CONCERT_DELETE */
            const char *title, *description; /* NULL: unchanged */
            timestamp_ms reservation_open_at, reservation_close_at; /* 0: unchanged */
            struct concert_terms terms;
        } concert;
        struct {
            struct id plan_id; /* PLAN_CHANGE, PLAN_REMOVE, PLAN_GET */
            const char *name;
            struct plan_text text;
            bool any_version; /* PLAN_CHANGE: whatever it is by now */
            int64_t version;  /* else only if it is still this one; 0: none was named */
        } plan;
        struct {
            struct id concert_id;                /* ROUND_CREATE */
            struct id round_id;                  /* the others */
            timestamp_ms start_time;             /* ROUND_CHANGE: 0: unchanged */
            bool has_doors_at, has_ends_at;      /* ROUND_CHANGE: false: unchanged */
            timestamp_ms doors_at, ends_at;      /* and ROUND_MOVE; 0: none */
            timestamp_ms free_cancel_until;      /* ROUND_MOVE */
            struct reason_to_tell reason;        /* ROUND_MOVE, ROUND_CANCEL */
            const struct number_by_name *prices; /* ROUND_CHANGE: by their grades, which differ */
            size_t price_count;
            const struct seat_plan *seats; /* in seat order, up to ROUND_SEATS_MAX; none: its plan
                                              is not there */
            size_t seat_count;
        } round;
        struct {
            struct id round_id;
            const struct id *seat_ids;
            size_t seat_count;
        } seats_block; /* and SEATS_UNBLOCK */
        struct {
            struct id concert_id; /* ID_NONE: whatever is on sale */
        } queue_join;
        struct {
            struct id token_id; /* ID_NONE: the caller's live one */
        } token;                /* QUEUE_TOKEN_GET, QUEUE_LEAVE */
        struct queue_change queue_change;
        struct {
            int64_t add_seconds;
            const char *note;
        } incident;
        struct {
            struct texts_to_tell texts;
            bool has_level;
            enum notice_level level;
            bool has_until;
            timestamp_ms until; /* on the wall */
        } notice;               /* NOTICE_SET */
        struct {
            struct id round_id;
            const struct id *seat_ids; /* distinct; NULL: by their places */
            const int64_t *places;     /* distinct, in seat order of the plan with that version */
            int64_t plan_version;
            size_t seat_count;       /* of either; 0: the best available */
            struct best_wanted best; /* where `seat_count` is 0 */
        } reservation_hold;
        struct {
            struct id reservation_id;
            timestamp_ms start_time; /* PAYMENT_MAKE: as its payer was told; 0: not said */
        } reservation; /* RESERVATION_GET, _CALENDAR, _CANCEL and _HISTORY, PAYMENT_MAKE */
        struct {
            struct id payment_id;
        } payment_get;
        struct {
            struct id ticket_id;
            bool has_holder_name;    /* TICKET_CHANGE: false: unchanged */
            const char *holder_name; /* NULL: none */
        } ticket;                    /* TICKET_GET, _CODE_GET, _REISSUE, _CHANGE */
        struct record_query list;
        struct change_query changes;
        struct sales_query sales_break_down;
        struct {
            int64_t admit_per_second, max_active;
        } forecast;
    } in;

    enum refusal refusal;
    struct refusal_detail detail;
    struct id caller_id;   /* the signed-in user, or ID_NONE */
    bool by_house;         /* that user is no buyer, but of the house's people or programs */
    bool created;          /* 201 rather than 200 */
    bool replayed;         /* done before under the same Idempotency-Key: `created` is the first
                              answer's, the object is shown as it is now, nothing was changed */
    struct record *record; /* USER, API_KEY, CONCERT, CONCERT_ROUND, PLAN, POINT_ENTRY, TICKET
                              answers; malloc'd */
    char *holder_names;    /* of the tickets in out.reservation; malloc'd, or NULL */
    union {
        struct token_view token;
        struct reservation_view reservation;
        struct seat_conflicts conflicts; /* refused: SEAT_UNAVAILABLE */
        struct payment payment;
        struct point_account points;
        struct session session; /* SESSION_OPEN; its user is in `record` */
        struct own_sessions sessions;
        struct password_reset reset;
        struct seat_changes seats_block;
        struct round_sales sales;
        struct queue_forecast forecast;
        struct record_page page;            /* LIST: filled by the engine's readers */
        struct change_page changes;         /* CHANGES: the same */
        struct reservation_history history; /* RESERVATION_HISTORY: the same */
        struct sales_breakdown breakdown;   /* SALES_BREAK_DOWN: the same */
        struct drawn_plan drawn_plan;       /* PLAN_GET: the same */
    } out;
};

/* True after office_call when the answer needs a row that is not in memory: the engine looks up
 * call->look_up and calls again. No state was changed. */
bool call_wants_look_up(const struct call *call);

/* True after office_call when the caller may list `in.list` (a buyer's query was narrowed to the
 * caller's own rows), or read changes, a history, a breakdown or a plan: the engine's readers
 * fill out.page, out.changes, out.history, out.breakdown or out.drawn_plan. */
bool call_wants_list(const struct call *call);

/* Frees what an answer holds. */
void call_release(struct call *call);

#endif
