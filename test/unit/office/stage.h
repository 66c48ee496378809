/* A house on a test's stage: a real office, clocks wound by hand, ids from a seed, and a ledger in
 * the store's place. It does what an engine does (tick, call, settle, write, wake when something is
 * due) and after every batch holds the office against its audit, the judge and the ledger. */
#ifndef USHER_TEST_STAGE_H
#define USHER_TEST_STAGE_H

#include "ledger.h"
#include "office/office.h"

/* The clocks' first moment: 2026-11-22T10:00:00Z. */
#define STAGE_START INT64_C(1795341600000)

/* How much the tables hold when an office is loaded again. */
enum recovery {
    RECOVER_FROM_JOURNAL, /* nothing: everything is read from the journal, in order */
    RECOVER_FROM_TABLES,  /* everything */
    RECOVER_FROM_BOTH,    /* half of the batches, and the journal's tail */
    RECOVERY_COUNT,
};

struct stage {
    struct office *office;
    struct office_settings settings;
    struct ledger ledger;
    struct id_source ids;
    struct moment now;
    enum recovery recovery;
    bool drop_at_once; /* every batch is booked, and what has ended forgotten, at once */
    /* Batches; 1 unless a test has very many of them, 0: never. */
    unsigned audit_every, compare_every;
    unsigned batches;
    struct tally tally;  /* of all batches */
    int64_t passed_over; /* as their records tell it */
    /* Told before and after the office decides a call; NULL, or a test that injects failures. */
    void (*watch)(struct stage *stage, bool deciding);
    uint64_t booked_seq;        /* as far as stage_drop said */
    struct explanation trouble; /* why a function answered false */
};

/* The settings that tests start from: design.md's defaults, open charging and registration. */
struct office_settings stage_settings(void);

/* A new, empty house. False, here and below: `trouble` says what went wrong. */
bool stage_open(struct stage *stage, const struct office_settings *settings, enum recovery recovery,
                struct coverage *coverage);
void stage_close(struct stage *stage);

/* One call in a batch of its own, history looked up where it is wanted. Checks that a refusal
 * changed nothing. The caller releases the call. */
bool stage_call(struct stage *stage, struct call *call);

/* The parts of a batch, for several calls in one. */
bool stage_batch_begin(struct stage *stage);
bool stage_batch_call(struct stage *stage, struct call *call);
bool stage_batch_end(struct stage *stage);

/* Winds both clocks on, waking whenever the office says that something is due. */
bool stage_wait(struct stage *stage, int64_t ms);

/* Winds both clocks on at once, then lets the office tick: over 5 s that is a downtime. */
bool stage_jump(struct stage *stage, int64_t ms);

/* The house closes, `ms` pass, and another office is loaded from the ledger and opened. */
bool stage_restart(struct stage *stage, int64_t ms);

/* Everything written so far but the last `unbooked` batches is booked, and the office forgets what
 * it may. */
bool stage_drop(struct stage *stage, uint64_t unbooked);

/* Audits the office and holds each of its rows against the newest image in the ledger. */
bool stage_check(struct stage *stage);

#endif
