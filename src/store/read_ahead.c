/* See read_ahead.h. A ring of batches, each of which is the reader's until it is full, then the
 * taker's until it is empty. */
#include "store/read_ahead.h"

#include "base/check.h"
#include "base/thread.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

/* One is read into, one is taken from, and as many wait in between when the two are not at the same
 * pace for a while. */
#define BATCHES 4
/* To pass a batch on wakes the other thread, which a virtual machine pays dearly for: with a
 * quarter of the rows a start took a sixth longer. */
#define BATCH_ROWS 2048
/* Of that many users, with their hashes. A longer text, which only a concert has, makes room. */
#define BATCH_TEXT_BYTES ((size_t)512 << 10)

struct batch {
    size_t count, text_bytes, text_capacity;
    char *texts;
    struct record rows[BATCH_ROWS];
};

struct read_ahead {
    read_ahead_source *read;
    void *reader;
    pthread_mutex_t mutex;
    pthread_cond_t moved;   /* a batch was passed on or given back, or nothing more is read */
    size_t filled, emptied; /* batches so far */
    bool ended;             /* nothing more is read */
    enum result refusal;    /* the taker's; RESULT_OK: it takes more */
    enum result result;     /* what `read` answered, and why */
    struct explanation explanation;
    struct batch batches[BATCHES];
};

static void lock(struct read_ahead *ahead)
{
    CHECK(pthread_mutex_lock(&ahead->mutex) == 0);
}

static void unlock(struct read_ahead *ahead)
{
    CHECK(pthread_mutex_unlock(&ahead->mutex) == 0);
}

/* Only one of the two ever waits: the ring is not full and empty. */
static void tell(struct read_ahead *ahead)
{
    CHECK(pthread_cond_signal(&ahead->moved) == 0);
}

static void wait(struct read_ahead *ahead)
{
    CHECK(pthread_cond_wait(&ahead->moved, &ahead->mutex) == 0);
}

/* ---- The reader ---- */

/* The reader's, and empty or not full. Only the reader counts `filled` on. */
static struct batch *open_batch(struct read_ahead *ahead)
{
    return &ahead->batches[ahead->filled % BATCHES];
}

/* The next batch is empty when this returns. Answers what the taker does. */
static enum result pass_on(struct read_ahead *ahead)
{
    lock(ahead);
    ahead->filled++;
    tell(ahead);
    while (ahead->filled - ahead->emptied == BATCHES && ahead->refusal == RESULT_OK)
        wait(ahead);
    const enum result refusal = ahead->refusal;
    unlock(ahead);
    return refusal;
}

/* Room for texts of so many bytes, in an empty batch if need be. */
static enum result make_room(struct read_ahead *ahead, size_t bytes)
{
    struct batch *batch = open_batch(ahead);
    if (batch->count == BATCH_ROWS ||
        (batch->count > 0 && batch->text_capacity - batch->text_bytes < bytes)) {
        const enum result refusal = pass_on(ahead);
        if (refusal != RESULT_OK)
            return refusal;
        batch = open_batch(ahead);
    }
    if (batch->text_capacity - batch->text_bytes >= bytes)
        return RESULT_OK;
    const size_t capacity = bytes < BATCH_TEXT_BYTES ? BATCH_TEXT_BYTES : bytes;
    free(batch->texts);
    batch->texts = malloc(capacity);
    batch->text_capacity = batch->texts == NULL ? 0 : capacity;
    return batch->texts == NULL ? RESULT_NO_MEMORY : RESULT_OK;
}

static enum result put(void *owner, const struct record *record)
{
    struct read_ahead *ahead = owner;
    const size_t text_bytes = record_text_bytes(record);
    const enum result result = make_room(ahead, text_bytes);
    if (result == RESULT_NO_MEMORY)
        return explain(&ahead->explanation, result, "no memory for rows that are read");
    if (result != RESULT_OK)
        return result;
    struct batch *batch = open_batch(ahead);
    struct record *kept = &batch->rows[batch->count++];
    *kept = *record;
    if (text_bytes > 0)
        record_move_texts(kept, batch->texts + batch->text_bytes);
    batch->text_bytes += text_bytes;
    return RESULT_OK;
}

static void *read_run(void *argument)
{
    struct read_ahead *ahead = argument;
    const struct store_loader loader = {.owner = ahead, .row = put};
    ahead->result = ahead->read(ahead->reader, &loader, &ahead->explanation);
    lock(ahead);
    if (open_batch(ahead)->count > 0)
        ahead->filled++;
    ahead->ended = true;
    tell(ahead);
    unlock(ahead);
    return NULL;
}

/* ---- The taker ---- */

/* NULL: there is none, and none will come. */
static struct batch *next_batch(struct read_ahead *ahead)
{
    lock(ahead);
    while (ahead->filled == ahead->emptied && !ahead->ended)
        wait(ahead);
    const bool there = ahead->filled > ahead->emptied;
    unlock(ahead);
    return there ? &ahead->batches[ahead->emptied % BATCHES] : NULL;
}

static void give_back(struct read_ahead *ahead, struct batch *batch, enum result result)
{
    batch->count = batch->text_bytes = 0;
    lock(ahead);
    ahead->emptied++;
    ahead->refusal = result;
    tell(ahead);
    unlock(ahead);
}

static enum result take_all(struct read_ahead *ahead, const struct store_loader *taker)
{
    struct batch *batch;
    enum result result = RESULT_OK;
    while (result == RESULT_OK && (batch = next_batch(ahead)) != NULL) {
        for (size_t i = 0; i < batch->count && result == RESULT_OK; i++)
            result = taker->row(taker->owner, &batch->rows[i]);
        give_back(ahead, batch, result);
    }
    return result;
}

/* ---- Both ---- */

static struct read_ahead *read_ahead_new(read_ahead_source *read, void *reader)
{
    struct read_ahead *ahead = calloc(1, sizeof *ahead);
    if (ahead == NULL)
        return NULL;
    ahead->read = read;
    ahead->reader = reader;
    CHECK(pthread_mutex_init(&ahead->mutex, NULL) == 0);
    CHECK(pthread_cond_init(&ahead->moved, NULL) == 0);
    return ahead;
}

static void read_ahead_free(struct read_ahead *ahead)
{
    for (size_t i = 0; i < BATCHES; i++)
        free(ahead->batches[i].texts);
    CHECK(pthread_cond_destroy(&ahead->moved) == 0);
    CHECK(pthread_mutex_destroy(&ahead->mutex) == 0);
    free(ahead);
}

enum result read_ahead_run(read_ahead_source *read, void *reader, const struct store_loader *taker,
                           struct explanation *explanation)
{
    pthread_t thread;
    struct read_ahead *ahead = read_ahead_new(read, reader);
    if (ahead == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for rows that are read");
    if (thread_start(&thread, "usher-load", read_run, ahead) != RESULT_OK) {
        read_ahead_free(ahead);
        return read(reader, taker, explanation);
    }
    enum result result = take_all(ahead, taker);
    thread_join(thread);
    if (result == RESULT_OK && ahead->result != RESULT_OK) {
        *explanation = ahead->explanation;
        result = ahead->result;
    }
    read_ahead_free(ahead);
    /* A megabyte or so, which SQLite gave back to the arena of a thread that is gone. */
    (void)malloc_trim(0);
    return result;
}
