/* A simulated world: a server, the people around it and everything that goes wrong, in one thread
 * and under one seed. First a safety phase, in which it may; then it stops going wrong, and whoever
 * still wants something must get it (the liveness phase); then everything is checked. */
#ifndef USHER_TEST_SIM_WORLD_WORLD_H
#define USHER_TEST_SIM_WORLD_WORLD_H

#include "oracle/oracle.h"
#include "server/server.h"
#include "world/deed.h"
#include "world/events.h"
#include "world/shape.h"
#include "world/trace.h"

enum phase {
    PHASE_SIGN_UP, /* of all clients; nothing goes wrong yet */
    PHASE_SAFETY,
    PHASE_LIVENESS,
};

/* ---- What came to somebody's knowledge ---- */

#define KNOWN_IDS_MAX 16

/* The last ones, and some older. */
struct known_ids {
    struct id ids[KNOWN_IDS_MAX];
    size_t count;
};

enum known_kind {
    KNOWN_CONCERTS,
    KNOWN_PLANS,
    KNOWN_ROUNDS,
    KNOWN_TOKENS,
    KNOWN_RESERVATIONS,
    KNOWN_PAYMENTS,
    KNOWN_TICKETS,
    KNOWN_KIND_COUNT,
};

/* ---- People ---- */

#define CLIENT_SESSIONS_MAX 12 /* more than SESSIONS_PER_USER_MAX */
#define CLIENT_DEEDS_MAX 4

/* What a client believes, from the answers that reached it. */
struct client {
    uint32_t index;
    bool organizer;
    bool registered;   /* there is an account with this e-mail */
    bool gone;         /* the account was erased, and no other is to be had */
    struct id user_id; /* none: not known yet */
    char email[DEED_TEXT_BYTES], password[DEED_TEXT_BYTES];
    char other_email[DEED_TEXT_BYTES]; /* asked to be called so; it is not known whether they are */
    struct credentials sessions[CLIENT_SESSIONS_MAX];
    size_t session_count;
    struct secret asked_secret; /* of the session that is being opened */

    struct id token; /* none: not in line */
    bool inside;     /* it is active */
    bool names;      /* its token names a concert */
    struct id held;  /* a pending reservation, or none */
    struct id paid;  /* a confirmed one, or none */
    bool short_of_points;
    bool sated;                    /* may not hold more with this token */
    timestamp_ms refundable_until; /* of the last one, on the wall */
    struct id paid_round;          /* of the confirmed one */
    int64_t last_moment;           /* at which to do the last that may be done, or 0: */
    struct id last_round;          /* to hold seats of this one; none: to ask for the points back */
    struct known_ids known[KNOWN_KIND_COUNT];
    struct deed kept[CLIENT_DEEDS_MAX]; /* sent with an Idempotency-Key, for sending again */
    size_t kept_count;

    uint32_t in_flight;
    int64_t wakes_at, silent_until;
    /* In the liveness phase. */
    bool admitted, tried; /* was inside; tried to hold */
    bool served;          /* wants nothing any more */
};

#define WORLD_KEYS_MAX 8

/* ---- Errands ---- */

enum errand_fate {
    ERRAND_OUT,         /* on its way to the server, or inside */
    ERRAND_ANSWERED,    /* the client hears of it */
    ERRAND_LOST,        /* the client will never know */
    ERRAND_TURNED_AWAY, /* nobody took it: the server is down, or its inbox full */
};

/* A deed on its way to the server and back. */
struct errand {
    struct request request; /* first, so that one is the other */
    struct deed deed;
    char request_id[16];
    struct world *world;
    struct client *client;
    uint32_t index;
    enum errand_fate fate;
    bool inside;    /* the server has it */
    bool duplicate; /* a copy on the wire: the client waits for the first */
    unsigned tries;
};

/* ---- The world ---- */

struct counts {
    uint64_t operations; /* requests that reached the server */
    uint64_t answers, unanswered;
    uint64_t events, turns, look_ups, bookings, starts, deaths;
    uint64_t fired[FAULT_COUNT];
};

struct world {
    struct options options;
    struct shape shape;
    struct chance people, network, machine, faults, disk_chance;
    struct credentials keys[WORLD_KEYS_MAX]; /* API keys that somebody was told of, gone ones too */
    size_t keys_told;
    struct {
        struct id user_id;
        struct secret secret;
    } last_reset; /* of a password, that somebody was told of */
    struct {
        struct id session_id;
        struct secret secret;
    } last_handover;           /* the same */
    struct id last_ensured;    /* of another system */
    struct id last_former;     /* whose account nobody has */
    struct id last_everywhere; /* who signed in on as many devices as one may be */
    struct {
        struct id user_id;
        char password[DEED_TEXT_BYTES]; /* empty: the invitation was not taken */
    } last_staff;
    struct id last_organizer; /* that is no client's */
    bool one_organizer;       /* there will never be another, so nobody can let this one go */
    enum phase phase;
    struct trace trace;
    struct events events;
    struct counts counts;

    struct disk *disk;
    struct oracle *oracle;
    struct server *server;
    struct office_settings settings;
    struct server_observer judge; /* the oracle's */

    struct client *clients;
    struct seat_plans plans;
    struct known_ids known[KNOWN_KIND_COUNT]; /* to anybody */
    size_t known_rounds_made;
    int64_t rich_amount;     /* charged to one who is to become rich */
    struct errand **errands; /* made as they are needed */
    uint32_t *free_errands;  /* their indexes */
    size_t errand_count, errand_capacity, free_count;
    int64_t nights, sleep_until; /* everybody's */

    /* running.c */
    int64_t turn_at; /* INT64_MAX: none is planned */
    bool woken;      /* somebody has asked since the last turn */
    int64_t stalled_until, no_booking_until;
    bool look_up_planned, booking_planned, start_planned;
    unsigned spins; /* turns without effect, one after the other, that the engine wanted */
    uint64_t spin_seq;
    int death_at_start; /* in so many operations of the disk, or 0 */
    /* Starts that failed, one after the other: with no fault as an excuse, and with one. */
    unsigned failed_starts, excused_starts;

    /* faults.c */
    bool fault_active;
    enum fault fault;
    uint64_t fault_number; /* of the fault; an end belongs to one */
    struct disk_counts counts_before;
    uint64_t memory_failures_before;
    bool settled; /* a batch that was pending, in this turn */
    bool booking_fails;

    /* liveness.c */
    int64_t liveness_until; /* the bound */
    struct id last_concert; /* that is put on for it */
    uint32_t served;        /* clients */

    /* What is wrong; the run ends. */
    bool failed;
    char failure[512];
};

/* One run. */
struct outcome {
    bool failed;
    char failure[512];
    uint64_t hash;
    int64_t simulated_ms;
    struct counts counts;
};

/* `coverage` has coverage_count() elements, to which the run's are added. */
void world_run(const struct options *options, struct outcome *outcome, uint64_t *coverage);

/* ---- For the parts ---- */

int64_t world_now(void);

/* The first one counts. */
void world_fail(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line of --verbose. */
void world_tell(const struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void known_add(struct known_ids *known, struct id id, struct chance *chance);

/* One of them, or one that nobody ever had. */
struct id known_one(const struct known_ids *known, struct chance *chance);

#endif
