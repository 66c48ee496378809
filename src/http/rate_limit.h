/* How often somebody may ask: tables of fixed size from a key (an account, an address, an e-mail)
 * to when the next request is due. Forgetting a key only forgives it. */
#ifndef USHER_HTTP_RATE_LIMIT_H
#define USHER_HTTP_RATE_LIMIT_H

#include "base/address.h"
#include "base/id.h"
#include "base/result.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIMIT_WAYS 8     /* entries that share a set; the one idle the longest gives way */
#define LIMIT_STRIPES 64 /* locks, each for the sets that fall to it */

/* A sustained rate and a burst, as the generic cell rate algorithm (ITU-T I.371) has them: one time
 * a key, no counters and no timers. */
struct limit_rate {
    int64_t interval_us; /* between two requests, sustained */
    int64_t burst;       /* requests that may come at once; at least 1 */
};

struct limit_entry {
    uint64_t key;        /* 0: empty */
    int64_t due_us;      /* when the next request would keep the sustained rate */
    int64_t interval_us; /* limit_pace's */
    uint32_t in_flight;  /* an entry with requests in flight stays */
};

struct limit_table {
    struct limit_entry *entries;
    size_t set_count; /* a power of two */
    uint8_t hash_key[16];
    pthread_mutex_t stripes[LIMIT_STRIPES];
};

/* Room for `entries` keys (rounded up to a power of two of sets). */
MUST_USE enum result limit_table_init(struct limit_table *table, size_t entries);
void limit_table_release(struct limit_table *table);

/* Keys; keyed with the table's own random key, so that nobody can aim at another's set. */
uint64_t limit_key_bytes(const struct limit_table *table, const void *bytes, size_t length);
uint64_t limit_key_id(const struct limit_table *table, struct id id);
/* Of address_customer's bytes. */
uint64_t limit_key_address(const struct limit_table *table, const struct address *address);

/* Counts one request of the key at `now_us`. False: it comes too early, by `*wait_us`; then it does
 * not count. */
bool limit_take(struct limit_table *table, uint64_t key, const struct limit_rate *rate,
                int64_t now_us, int64_t *wait_us);

/* Takes back one that was counted and should not have been. */
void limit_give_back(struct limit_table *table, uint64_t key, const struct limit_rate *rate);

/* A table may, instead of counting, remember keys; those longest not named give way. */
void limit_remember(struct limit_table *table, uint64_t key, int64_t now_us);
bool limit_remembers(struct limit_table *table, uint64_t key);

/* One more request of the key in flight; false, and nothing counted, when there are `max` already
 * or every entry of the set is in use. */
bool limit_enter(struct limit_table *table, uint64_t key, uint32_t max, int64_t now_us);
void limit_leave(struct limit_table *table, uint64_t key);

/* A key that sets its own pace: limit_pace remembers the interval for the requests that follow, and
 * limit_take_paced counts one with it. Without a pace everything is allowed. */
void limit_pace(struct limit_table *table, uint64_t key, int64_t interval_us, int64_t now_us);
bool limit_take_paced(struct limit_table *table, uint64_t key, int64_t burst, int64_t now_us,
                      int64_t *wait_us);

#endif
