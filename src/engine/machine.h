/* The engine's parts, for the files of this layer that work its thread. */
#ifndef USHER_ENGINE_MACHINE_H
#define USHER_ENGINE_MACHINE_H

#include "engine/batch.h"
#include "engine/bookkeeper.h"
#include "engine/clock.h"
#include "engine/counters.h"
#include "engine/inbox.h"
#include "engine/passwords.h"
#include "engine/readers.h"
#include "engine/snapshot.h"

struct engine {
    struct inbox inbox;
    struct counters counters;
    struct snapshots snapshots;
    struct readers readers;
    struct passwords passwords;
    struct bookkeeper bookkeeper;

    /* Set before the threads start, and then only read. */
    struct store *store;
    struct office_settings settings;
    struct house_clock clock;
    struct secret token_key;
    pthread_t thread;
    bool started;

    /* Written by the engine's thread, read by any. */
    atomic_int state; /* enum engine_state, but for ENGINE_DRAINING: the inbox knows that */
    counter seq;      /* of the last durable append */
    atomic_bool stop; /* written by engine_stop */

    /* The engine's thread's own. */
    struct batch batch; /* and with it the office; NULL while there is none */
    struct id_source ids;
    unsigned unpruned;     /* appends since the journal was last pruned */
    timestamp_ms retry_at; /* house time of the next attempt to recover; while not ready */
};

/* ---- engine.c ---- */

/* Closes the batch that is open and writes it down. STORE_DONE: it is durable and published, and
 * its requests can be answered. */
MUST_USE enum store_outcome engine_write_down(struct engine *engine);

/* Completes the batch's requests, or hands them to the readers. */
void engine_answer(struct engine *engine);

/* ---- recovery.c ---- */

/* Makes an office from what the store holds, to be opened. There is none before. */
MUST_USE enum result recovery_load(struct engine *engine, struct store_position *position,
                                   struct explanation *explanation);

/* Makes up for a downtime and writes the first heartbeat after loading. */
MUST_USE enum store_outcome recovery_first_batch(struct engine *engine);

/* An append failed: answers the batch, drops the office and tries to go on. */
void recovery_begin(struct engine *engine, enum store_outcome outcome);

/* One attempt to write again. */
void recovery_attempt(struct engine *engine);

#endif
