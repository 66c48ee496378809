/* What a follower of the feed is told: each durable batch once, whole and in order, also over a
 * failed append, and nothing else. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include "base/hash.h"

static uint64_t hash_of(const uint8_t *bytes, size_t length, size_t record_count)
{
    return hash_bytes(bytes, length) ^ record_count;
}

void feed_began(struct oracle *oracle, uint64_t seq)
{
    if (seq != oracle->seq)
        object_to(oracle, 10, "the feed begins after batch %llu, and the last is %llu",
                  (unsigned long long)seq, (unsigned long long)oracle->seq);
    oracle->feed.told_seq = seq;
    oracle->feed.memory_failures = memory_failures();
}

void feed_appended(struct oracle *oracle, uint64_t seq, const struct attempt *attempt)
{
    struct feed_model *feed = &oracle->feed;
    feed->places[seq % FEED_BATCHES_MAX] =
        hash_of(attempt->bytes, attempt->length, attempt->records);
}

void feed_told(struct oracle *oracle, const struct commit *commit)
{
    struct feed_model *feed = &oracle->feed;
    if (commit->seq != feed->told_seq + 1)
        object_to(oracle, 10, "the feed tells batch %llu after batch %llu",
                  (unsigned long long)commit->seq, (unsigned long long)feed->told_seq);
    else if (commit->seq > oracle->seq)
        object_to(oracle, 10, "the feed tells batch %llu, and the last is %llu",
                  (unsigned long long)commit->seq, (unsigned long long)oracle->seq);
    else if (hash_of(commit->records, commit->length, commit->record_count) !=
             feed->places[commit->seq % FEED_BATCHES_MAX])
        object_to(oracle, 12, "the feed tells batch %llu with other records",
                  (unsigned long long)commit->seq);
    feed->told_seq = commit->seq;
}

/* Only where memory was short may a batch be missed, and the follower is told that. */
void feed_missed(struct oracle *oracle)
{
    if (memory_failures() == oracle->feed.memory_failures)
        object_to(oracle, 10, "the feed missed a batch after %llu",
                  (unsigned long long)oracle->feed.told_seq);
}

void feed_drained(struct oracle *oracle)
{
    oracle->feed.memory_failures = memory_failures();
    if (oracle->feed.told_seq != oracle->seq && !oracle->in_limbo)
        object_to(oracle, 10, "the feed ends with batch %llu, and the last is %llu",
                  (unsigned long long)oracle->feed.told_seq, (unsigned long long)oracle->seq);
}
