/* See feed.h. */
#include "engine/feed.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

static void lock(struct feed *feed)
{
    CHECK(pthread_mutex_lock(&feed->lock) == 0);
}

static void unlock(struct feed *feed)
{
    CHECK(pthread_mutex_unlock(&feed->lock) == 0);
}

/* ---- Commits ---- */

/* NULL: no memory. */
static struct commit *commit_new(uint64_t seq, timestamp_ms house_time,
                                 const struct buffer *records, size_t record_count)
{
    struct commit *commit = malloc(sizeof *commit + records->length);
    if (commit == NULL)
        return NULL;
    atomic_init(&commit->references, 1);
    commit->seq = seq;
    commit->house_time = house_time;
    commit->record_count = record_count;
    commit->length = records->length;
    memcpy(commit->records, records->data, records->length);
    return commit;
}

void commit_release(const struct commit *commit)
{
    /* Constant for those who read it; the count is the holders' business. */
    struct commit *held = (struct commit *)commit;
    if (held != NULL && atomic_fetch_sub(&held->references, 1) == 1)
        free(held);
}

/* ---- What is kept ---- */

static struct commit **commit_place(struct feed *feed, uint64_t seq)
{
    return &feed->kept[seq % FEED_COMMITS_MAX];
}

static void forget_first(struct feed *feed)
{
    struct commit **place = commit_place(feed, feed->first_seq++);
    feed->bytes -= (*place)->length;
    commit_release(*place);
    *place = NULL;
}

static void forget_all(struct feed *feed)
{
    while (feed->first_seq <= feed->last_seq)
        forget_first(feed);
}

static void keep_commit(struct feed *feed, struct commit *commit)
{
    while (feed->first_seq < commit->seq && (commit->seq - feed->first_seq >= FEED_COMMITS_MAX ||
                                             feed->bytes + commit->length > FEED_BYTES_MAX))
        forget_first(feed);
    *commit_place(feed, commit->seq) = commit;
    feed->bytes += commit->length;
    feed->last_seq = commit->seq;
}

/* Drops the commits up to `seq`: a follower that had still to read one is behind. */
static void skip_to(struct feed *feed, uint64_t seq)
{
    forget_all(feed);
    feed->last_seq = seq;
    feed->first_seq = seq + 1;
}

static void wake_all(struct feed *feed)
{
    for (struct follower *follower = feed->followers; follower != NULL; follower = follower->next) {
        if (!follower->waits)
            continue;
        follower->waits = false;
        follower->wake(follower);
    }
}

/* NULL: nobody follows, or there was no memory for it. */
static void publish(struct feed *feed, struct commit *commit, uint64_t seq)
{
    CHECK(seq == feed->last_seq + 1);
    if (commit == NULL)
        skip_to(feed, seq);
    else
        keep_commit(feed, commit);
    wake_all(feed);
}

/* ---- The engine's thread ---- */

void feed_init(struct feed *feed)
{
    *feed = (struct feed){.first_seq = 1};
    CHECK(pthread_mutex_init(&feed->lock, NULL) == 0);
}

void feed_release(struct feed *feed)
{
    CHECK(feed->followers == NULL);
    forget_all(feed);
    CHECK(pthread_mutex_destroy(&feed->lock) == 0);
}

void feed_start(struct feed *feed, uint64_t last_seq)
{
    lock(feed);
    CHECK(feed->followers == NULL);
    skip_to(feed, last_seq);
    unlock(feed);
}

void feed_publish(struct feed *feed, uint64_t seq, timestamp_ms house_time,
                  const struct buffer *records, size_t record_count)
{
    lock(feed);
    const bool followed = feed->followers != NULL;
    if (!followed)
        publish(feed, NULL, seq);
    unlock(feed);
    if (!followed)
        return;
    struct commit *commit = commit_new(seq, house_time, records, record_count);
    lock(feed);
    publish(feed, commit, seq);
    unlock(feed);
}

void feed_resume(struct feed *feed, uint64_t last_seq)
{
    lock(feed);
    if (last_seq != feed->last_seq) {
        skip_to(feed, last_seq);
        wake_all(feed);
    }
    unlock(feed);
}

/* ---- Followers ---- */

uint64_t feed_follow(struct feed *feed, struct follower *follower)
{
    lock(feed);
    follower->waits = false;
    follower->previous = NULL;
    follower->next = feed->followers;
    if (follower->next != NULL)
        follower->next->previous = follower;
    feed->followers = follower;
    follower->next_seq = feed->last_seq + 1;
    const uint64_t seq = feed->last_seq;
    unlock(feed);
    return seq;
}

void feed_leave(struct feed *feed, struct follower *follower)
{
    lock(feed);
    if (follower->previous != NULL)
        follower->previous->next = follower->next;
    else
        feed->followers = follower->next;
    if (follower->next != NULL)
        follower->next->previous = follower->previous;
    if (feed->followers == NULL)
        forget_all(feed);
    unlock(feed);
}

enum feed_answer feed_next(struct feed *feed, struct follower *follower,
                           const struct commit **commit)
{
    enum feed_answer answer = FEED_COMMIT;
    lock(feed);
    if (follower->next_seq > feed->last_seq) {
        follower->waits = true;
        answer = FEED_WAIT;
    } else if (follower->next_seq < feed->first_seq) {
        answer = FEED_BEHIND;
    } else {
        struct commit *next = *commit_place(feed, follower->next_seq++);
        atomic_fetch_add(&next->references, 1);
        *commit = next;
    }
    unlock(feed);
    return answer;
}
