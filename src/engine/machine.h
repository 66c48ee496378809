/* The engine's parts, for the files of this layer that work its thread. */
#ifndef USHER_ENGINE_MACHINE_H
#define USHER_ENGINE_MACHINE_H

#include "engine/batch.h"
#include "engine/booking_thread.h"
#include "engine/change_watch.h"
#include "engine/clock.h"
#include "engine/counters.h"
#include "engine/feed.h"
#include "engine/inbox.h"
#include "engine/passwords.h"
#include "engine/readers.h"
#include "engine/selfcheck.h"
#include "engine/snapshot.h"

struct engine {
    struct inbox inbox;
    struct counters counters;
    struct snapshots snapshots;
    struct feed feed;
    struct readers readers;
    struct passwords passwords;
    struct booking_thread booking_thread;
    struct change_watch change_watch;
    struct selfcheck selfcheck;

    /* Set before the threads start, and then only read. */
    struct store *store;
    struct office_settings settings;
    struct house_clock clock;
    struct house_keys keys;
    pthread_t thread;
    bool started;

    /* Written by the engine's thread, read by any. */
    atomic_int state; /* enum engine_state, but for ENGINE_DRAINING: the inbox knows that */
    _Atomic timestamp_ms state_since; /* the wall's */
    counter seq;                      /* of the last durable append */
    counter moves;                    /* turns, and rows loaded by one that recovers */
    _Atomic int64_t shown_offset_ms;  /* of shown_clock */
    atomic_bool stop;                 /* written by engine_stop */

    /* The engine's thread's own. */
    struct batch batch; /* and with it the office; NULL while there is none */
    struct batch held;  /* whose outcome is pending, and its office; NULL: there is none */
    struct id_source ids;
    unsigned unpruned;     /* appends since the journal was last pruned */
    uint64_t appended_at;  /* monotonic nanoseconds; when the last append began */
    timestamp_ms retry_at; /* house time of the next attempt to recover; while not ready */
    struct shown_clock shown_clock;
};

/* ---- machine.c: without threads, so that one may also be driven by hand ---- */

/* Nothing is loaded and nothing runs: recovery_open comes next. `keys` are those of a new data
 * directory. NULL: no memory. */
struct engine *machine_new(struct store *store, const struct office_settings *settings,
                           const uint64_t id_seed[static 4], const struct house_keys *keys);

/* Every thread has ended. */
void machine_free(struct engine *engine);

/* ---- turn.c: one turn of the thread ---- */

/* Recovers when that is due; then takes what is in the inbox, decides it, writes it down, answers.
 * Returns at once when there is nothing to do. */
void turn_take(struct engine *engine);

/* Measures how far the two clocks are apart, and logs a change. Each turn does it, so at least once
 * a second. */
void turn_look_at_clocks(struct engine *engine, struct moment now);

/* How long nothing will be due by itself. */
int64_t turn_wait_ms(const struct engine *engine);

/* Closes the batch that is open and writes it down. STORE_DONE: it is durable and published, and
 * its requests can be answered. */
MUST_USE enum store_outcome turn_write_down(struct engine *engine);

/* The batch that is open is durable: shows it to everybody, as of `now`. */
void turn_publish(struct engine *engine, struct moment now);

/* Completes the batch's requests, or hands them to the readers. */
void turn_answer(struct engine *engine);

/* ---- recovery.c ---- */

/* Loads the office, writes what a downtime moved, and publishes. The clocks start. */
MUST_USE enum result recovery_open(struct engine *engine, struct explanation *explanation);

/* An append failed: settles what became of the batch, answers it, and tries to go on. */
void recovery_begin(struct engine *engine, enum store_outcome outcome);

/* One attempt to write again. */
void recovery_attempt(struct engine *engine);

#endif
