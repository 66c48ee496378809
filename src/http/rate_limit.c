/* See rate_limit.h. */
#include "http/rate_limit.h"

#include "base/check.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(uint64_t) == crypto_shorthash_BYTES, "a key is one SipHash");

enum result limit_table_init(struct limit_table *table, size_t entries)
{
    *table = (struct limit_table){.set_count = LIMIT_STRIPES};
    while (table->set_count * LIMIT_WAYS < entries)
        table->set_count *= 2;
    table->entries = calloc(table->set_count * LIMIT_WAYS, sizeof *table->entries);
    if (table->entries == NULL)
        return RESULT_NO_MEMORY;
    randombytes_buf(table->hash_key, sizeof table->hash_key);
    for (size_t i = 0; i < LIMIT_STRIPES; i++)
        CHECK(pthread_mutex_init(&table->stripes[i], NULL) == 0);
    return RESULT_OK;
}

void limit_table_release(struct limit_table *table)
{
    if (table->entries == NULL)
        return;
    for (size_t i = 0; i < LIMIT_STRIPES; i++)
        CHECK(pthread_mutex_destroy(&table->stripes[i]) == 0);
    free(table->entries);
    table->entries = NULL;
}

uint64_t limit_key_bytes(const struct limit_table *table, const void *bytes, size_t length)
{
    uint64_t key;
    CHECK(crypto_shorthash((unsigned char *)&key, bytes, length, table->hash_key) == 0);
    return key == 0 ? 1 : key; /* 0 is the empty entry */
}

uint64_t limit_key_id(const struct limit_table *table, struct id id)
{
    return limit_key_bytes(table, id.bytes, sizeof id.bytes);
}

uint64_t limit_key_address(const struct limit_table *table, const struct address *address)
{
    size_t length;
    const uint8_t *bytes = address_customer(address, &length);
    return limit_key_bytes(table, bytes, length);
}

static pthread_mutex_t *stripe_of(struct limit_table *table, uint64_t key)
{
    return &table->stripes[key % LIMIT_STRIPES];
}

static struct limit_entry *set_of(const struct limit_table *table, uint64_t key)
{
    return &table->entries[(key & (table->set_count - 1)) * LIMIT_WAYS];
}

/* The key's entry, made if need be; NULL when all of its set have requests in flight. The stripe is
 * locked. */
static struct limit_entry *entry_of_key(struct limit_table *table, uint64_t key, int64_t now_us)
{
    struct limit_entry *set = set_of(table, key);
    struct limit_entry *oldest = NULL;
    for (size_t i = 0; i < LIMIT_WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].in_flight == 0 && (oldest == NULL || set[i].due_us < oldest->due_us))
            oldest = &set[i];
    }
    if (oldest != NULL)
        *oldest = (struct limit_entry){.key = key, .due_us = now_us};
    return oldest;
}

static bool take_from_entry(struct limit_entry *entry, int64_t interval_us, int64_t burst,
                            int64_t now_us, int64_t *wait_us)
{
    const int64_t due_us = entry->due_us > now_us ? entry->due_us : now_us;
    const int64_t early_us = due_us - now_us - interval_us * (burst - 1);
    if (early_us > 0) {
        *wait_us = early_us;
        return false;
    }
    entry->due_us = due_us + interval_us;
    return true;
}

bool limit_take(struct limit_table *table, uint64_t key, const struct limit_rate *rate,
                int64_t now_us, int64_t *wait_us)
{
    CHECK(pthread_mutex_lock(stripe_of(table, key)) == 0);
    struct limit_entry *entry = entry_of_key(table, key, now_us);
    const bool good =
        entry == NULL || take_from_entry(entry, rate->interval_us, rate->burst, now_us, wait_us);
    CHECK(pthread_mutex_unlock(stripe_of(table, key)) == 0);
    return good;
}

/* The key's entry, or NULL. The stripe is locked. */
static struct limit_entry *entry_find(const struct limit_table *table, uint64_t key)
{
    struct limit_entry *set = set_of(table, key);
    for (size_t i = 0; i < LIMIT_WAYS; i++)
        if (set[i].key == key)
            return &set[i];
    return NULL;
}

void limit_give_back(struct limit_table *table, uint64_t key, const struct limit_rate *rate)
{
    CHECK(pthread_mutex_lock(stripe_of(table, key)) == 0);
    struct limit_entry *entry = entry_find(table, key);
    if (entry != NULL) /* otherwise it is forgotten, and forgiven */
        entry->due_us -= rate->interval_us;
    CHECK(pthread_mutex_unlock(stripe_of(table, key)) == 0);
}

void limit_remember(struct limit_table *table, uint64_t key, int64_t now_us)
{
    CHECK(pthread_mutex_lock(stripe_of(table, key)) == 0);
    struct limit_entry *entry = entry_of_key(table, key, now_us);
    if (entry != NULL)
        entry->due_us = now_us;
    CHECK(pthread_mutex_unlock(stripe_of(table, key)) == 0);
}

bool limit_remembers(struct limit_table *table, uint64_t key)
{
    CHECK(pthread_mutex_lock(stripe_of(table, key)) == 0);
    const bool there = entry_find(table, key) != NULL;
    CHECK(pthread_mutex_unlock(stripe_of(table, key)) == 0);
    return there;
}

bool limit_enter(struct limit_table *table, uint64_t key, uint32_t max, int64_t now_us)
{
    CHECK(pthread_mutex_lock(stripe_of(table, key)) == 0);
    struct limit_entry *entry = entry_of_key(table, key, now_us);
    const bool good = entry != NULL && entry->in_flight < max;
    if (good)
        entry->in_flight++;
    CHECK(pthread_mutex_unlock(stripe_of(table, key)) == 0);
    return good;
}

void limit_leave(struct limit_table *table, uint64_t key)
{
    CHECK(pthread_mutex_lock(stripe_of(table, key)) == 0);
    struct limit_entry *entry = entry_of_key(table, key, 0);
    CHECK(entry != NULL && entry->in_flight > 0);
    entry->in_flight--;
    CHECK(pthread_mutex_unlock(stripe_of(table, key)) == 0);
}

void limit_pace(struct limit_table *table, uint64_t key, int64_t interval_us, int64_t now_us)
{
    CHECK(pthread_mutex_lock(stripe_of(table, key)) == 0);
    struct limit_entry *entry = entry_of_key(table, key, now_us);
    if (entry != NULL && entry->interval_us != interval_us) {
        /* As many intervals ahead as before, each as long as they are now. */
        const int64_t ahead_us = entry->due_us > now_us ? entry->due_us - now_us : 0;
        entry->due_us =
            now_us + (entry->interval_us == 0 ? 0 : ahead_us / entry->interval_us * interval_us);
        entry->interval_us = interval_us;
    }
    CHECK(pthread_mutex_unlock(stripe_of(table, key)) == 0);
}

bool limit_take_paced(struct limit_table *table, uint64_t key, int64_t burst, int64_t now_us,
                      int64_t *wait_us)
{
    CHECK(pthread_mutex_lock(stripe_of(table, key)) == 0);
    struct limit_entry *entry = entry_of_key(table, key, now_us);
    const bool good =
        entry == NULL || take_from_entry(entry, entry->interval_us, burst, now_us, wait_us);
    CHECK(pthread_mutex_unlock(stripe_of(table, key)) == 0);
    return good;
}
