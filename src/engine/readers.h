/* Threads that answer from the tables: a list goes straight back to its owner, a row that left
 * memory to the engine, which decides with it. */
#ifndef USHER_ENGINE_READERS_H
#define USHER_ENGINE_READERS_H

#include "base/worker.h"
#include "engine/counters.h"
#include "engine/inbox.h"

/* As many as one batch can ask for; a reader does thousands a second. */
#define READER_LINE_MAX ENGINE_BATCH_MAX
#define READER_THREADS_MAX WORKERS_MAX

struct readers {
    struct workers workers;
    struct inbox *inbox;
    struct counters *counters;
    struct store_reader *each[READER_THREADS_MAX]; /* a thread's own */
    size_t opened;
};

/* On a failure, too, readers_stop is owed. */
MUST_USE enum result readers_start(struct readers *readers, size_t count, struct store *store,
                                   struct inbox *inbox, struct counters *counters,
                                   struct explanation *explanation);

/* Answers what is in line, then ends the threads. Fine for zeroed readers. */
void readers_stop(struct readers *readers);

/* The engine's thread hands over a decided request whose call wants a list or history. Past the
 * bound it is refused (BUSY) and completed here. */
void readers_ask(struct readers *readers, struct request *request);

#endif
