/* The commits, in order, for followers inside the process, such as live streams. The changes of a
 * round's seats stand beside its states (seat_ring.h).
 *
 * Every durable commit comes once, whole, after the snapshots show it and before its requests are
 * answered. Sequence numbers are consecutive, also over a failed append: a commit whose outcome was
 * pending comes when the journal has it, and never otherwise.
 *
 * A bounded number of commits is kept. A follower that is slower than that is told so, and begins
 * anew with a snapshot. While nobody follows nothing is copied.
 *
 * Threads: publish and resume belong to the engine's; everything else to anybody, a follower
 * to one thread at a time. */
#ifndef USHER_ENGINE_FEED_H
#define USHER_ENGINE_FEED_H

#include "base/buffer.h"
#include "base/result.h"
#include "base/timestamp.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A second and more of the busiest house: a follower that reads a commit at a time never needs as
 * many, and one that stopped shall not cost memory for long. */
#define FEED_COMMITS_MAX 2048
#define FEED_BYTES_MAX (UINT32_C(32) << 20)

/* Never changes. */
struct commit {
    atomic_uint references;
    uint64_t seq;
    timestamp_ms house_time;
    size_t record_count;
    size_t length;
    uint8_t records[]; /* one after the other, each with its reason (record_decode) */
};

struct follower {
    /* Called when there is something to read again after feed_next answered FEED_WAIT; on the
     * engine's thread, under the feed's lock: it must neither block nor call the feed. */
    void (*wake)(struct follower *follower);
    uint64_t next_seq; /* the feed's, as the rest */
    bool waits;
    struct follower *previous, *next;
};

struct feed {
    pthread_mutex_t lock;
    struct follower *followers;
    struct commit *kept[FEED_COMMITS_MAX]; /* by sequence number */
    uint64_t first_seq;                    /* the first that is kept, or the next to come */
    uint64_t last_seq;                     /* the last that was published */
    size_t bytes;
};

void feed_init(struct feed *feed);
void feed_release(struct feed *feed); /* nobody follows any more */

/* ---- The engine's thread ---- */

/* The journal's last sequence number at the start. */
void feed_start(struct feed *feed, uint64_t last_seq);

/* A commit is durable and published. */
void feed_publish(struct feed *feed, uint64_t seq, timestamp_ms house_time,
                  const struct buffer *records, size_t record_count);

/* The office was loaded anew, and the journal ends with `last_seq`: followers have missed what came
 * since the last commit. */
void feed_resume(struct feed *feed, uint64_t last_seq);

/* ---- Followers ---- */

/* Begins with the next commit; answers the last one before it. A snapshot that is taken afterwards
 * holds at least everything up to that. `wake` is set by the caller. */
uint64_t feed_follow(struct feed *feed, struct follower *follower);

/* After it `wake` is not called any more. */
void feed_leave(struct feed *feed, struct follower *follower);

enum feed_answer {
    FEED_COMMIT, /* the next one, with a reference for the caller */
    FEED_WAIT,   /* there is none yet; `wake` comes */
    FEED_BEHIND, /* commits were missed: leave, follow again, and begin with a snapshot */
};

enum feed_answer feed_next(struct feed *feed, struct follower *follower,
                           const struct commit **commit);
void commit_release(const struct commit *commit);

#endif
