/* See read_ahead.h. A ring of bundles, each of which is the reader's until it is full, then the
 * taker's until it is empty. */
#include "store/read_ahead.h"

#include "base/check.h"
#include "base/thread.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

/* One is read into, one is taken from, and as many wait in between when the two are not at the same
 * pace for a while. */
#define BUNDLES 4
/* To pass a bundle on wakes the other thread, which a virtual machine pays dearly for: with a
 * quarter of the rows a start took a sixth longer. */
#define BUNDLE_ROWS 2048
/* Of that many users, with their hashes. A longer text, which only a concert has, makes room. */
#define BUNDLE_TEXT_BYTES ((size_t)512 << 10)

struct bundle {
    size_t count, text_bytes, text_capacity;
    char *texts;
    struct record rows[BUNDLE_ROWS];
};

struct read_ahead {
    read_ahead_source *read;
    void *reader;
    pthread_mutex_t mutex;
    pthread_cond_t moved;   /* a bundle was passed on or given back, or nothing more is read */
    size_t filled, emptied; /* bundles so far */
    bool ended;             /* nothing more is read */
    enum result refusal;    /* the taker's; RESULT_OK: it takes more */
    enum result result;     /* what `read` answered, and why */
    struct explanation explanation;
    struct bundle bundles[BUNDLES];
};

static void lock_bundles(struct read_ahead *ahead)
{
    CHECK(pthread_mutex_lock(&ahead->mutex) == 0);
}

static void unlock_bundles(struct read_ahead *ahead)
{
    CHECK(pthread_mutex_unlock(&ahead->mutex) == 0);
}

/* Only one of the two ever waits: the ring is not full and empty. */
static void wake_other(struct read_ahead *ahead)
{
    CHECK(pthread_cond_signal(&ahead->moved) == 0);
}

static void wait(struct read_ahead *ahead)
{
    CHECK(pthread_cond_wait(&ahead->moved, &ahead->mutex) == 0);
}

/* ---- The reader ---- */

/* The reader's, and empty or not full. Only the reader counts `filled` on. */
static struct bundle *open_bundle(struct read_ahead *ahead)
{
    return &ahead->bundles[ahead->filled % BUNDLES];
}

/* The next bundle is empty when this returns. Answers what the taker does. */
static enum result pass_on(struct read_ahead *ahead)
{
    lock_bundles(ahead);
    ahead->filled++;
    wake_other(ahead);
    while (ahead->filled - ahead->emptied == BUNDLES && ahead->refusal == RESULT_OK)
        wait(ahead);
    const enum result refusal = ahead->refusal;
    unlock_bundles(ahead);
    return refusal;
}

/* Room for texts of so many bytes, in an empty bundle if need be. */
static enum result make_text_room(struct read_ahead *ahead, size_t bytes)
{
    struct bundle *bundle = open_bundle(ahead);
    if (bundle->count == BUNDLE_ROWS ||
        (bundle->count > 0 && bundle->text_capacity - bundle->text_bytes < bytes)) {
        const enum result refusal = pass_on(ahead);
        if (refusal != RESULT_OK)
            return refusal;
        bundle = open_bundle(ahead);
    }
    if (bundle->text_capacity - bundle->text_bytes >= bytes)
        return RESULT_OK;
    const size_t capacity = bytes < BUNDLE_TEXT_BYTES ? BUNDLE_TEXT_BYTES : bytes;
    free(bundle->texts);
    bundle->texts = malloc(capacity);
    bundle->text_capacity = bundle->texts == NULL ? 0 : capacity;
    return bundle->texts == NULL ? RESULT_NO_MEMORY : RESULT_OK;
}

static enum result put_row(void *owner, const struct record *record)
{
    struct read_ahead *ahead = owner;
    const size_t text_bytes = record_text_bytes(record);
    const enum result result = make_text_room(ahead, text_bytes);
    if (result == RESULT_NO_MEMORY)
        return explain(&ahead->explanation, result, "no memory for rows that are read");
    if (result != RESULT_OK)
        return result;
    struct bundle *bundle = open_bundle(ahead);
    struct record *kept = &bundle->rows[bundle->count++];
    *kept = *record;
    if (text_bytes > 0)
        record_move_texts(kept, bundle->texts + bundle->text_bytes);
    bundle->text_bytes += text_bytes;
    return RESULT_OK;
}

static void *read_run(void *argument)
{
    struct read_ahead *ahead = argument;
    const struct store_loader loader = {.owner = ahead, .row = put_row};
    ahead->result = ahead->read(ahead->reader, &loader, &ahead->explanation);
    lock_bundles(ahead);
    if (open_bundle(ahead)->count > 0)
        ahead->filled++;
    ahead->ended = true;
    wake_other(ahead);
    unlock_bundles(ahead);
    return NULL;
}

/* ---- The taker ---- */

/* NULL: there is none, and none will come. */
static struct bundle *next_batch(struct read_ahead *ahead)
{
    lock_bundles(ahead);
    while (ahead->filled == ahead->emptied && !ahead->ended)
        wait(ahead);
    const bool there = ahead->filled > ahead->emptied;
    unlock_bundles(ahead);
    return there ? &ahead->bundles[ahead->emptied % BUNDLES] : NULL;
}

static void give_bundle_back(struct read_ahead *ahead, struct bundle *bundle, enum result result)
{
    bundle->count = bundle->text_bytes = 0;
    lock_bundles(ahead);
    ahead->emptied++;
    ahead->refusal = result;
    wake_other(ahead);
    unlock_bundles(ahead);
}

static enum result take_all(struct read_ahead *ahead, const struct store_loader *taker)
{
    struct bundle *bundle;
    enum result result = RESULT_OK;
    while (result == RESULT_OK && (bundle = next_batch(ahead)) != NULL) {
        for (size_t i = 0; i < bundle->count && result == RESULT_OK; i++)
            result = taker->row(taker->owner, &bundle->rows[i]);
        give_bundle_back(ahead, bundle, result);
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
    for (size_t i = 0; i < BUNDLES; i++)
        free(ahead->bundles[i].texts);
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
