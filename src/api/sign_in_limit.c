/* See sign_in_limit.h. */
#include "api/sign_in_limit.h"

#include "base/check.h"

#define MINUTE_US INT64_C(60000000)

/* Keys that each table remembers, two megabytes: as many as fail within some minutes, when a thread
 * verifies ten passwords a second. */
#define FAILURE_ENTRIES 65536

/* Eight megabytes: those who signed in last, a quarter of a million of them. */
#define KNOWN_ENTRIES 262144

static struct limit_rate rate_per_minute(int64_t per_minute)
{
    return (struct limit_rate){.interval_us = MINUTE_US / per_minute, .burst = per_minute};
}

/* Of failures at an account from an address, and from all strangers. */
static struct limit_rate pair_rate(const struct sign_in_limit *limit)
{
    return rate_per_minute(atomic_load(&limit->account_per_minute));
}

static struct limit_rate strangers_rate(const struct sign_in_limit *limit)
{
    return rate_per_minute((int64_t)SIGN_IN_STRANGERS_FACTOR *
                           atomic_load(&limit->account_per_minute));
}

/* Of failures from an address, whatever the accounts. */
static struct limit_rate guesser_rate(const struct sign_in_limit *limit)
{
    return rate_per_minute(atomic_load(&limit->address_per_minute));
}

void sign_in_limit_change(struct sign_in_limit *limit, unsigned account_per_minute,
                          unsigned address_per_minute)
{
    CHECK(account_per_minute > 0 && address_per_minute > 0);
    atomic_store(&limit->account_per_minute, account_per_minute);
    atomic_store(&limit->address_per_minute, address_per_minute);
}

enum result sign_in_limit_init(struct sign_in_limit *limit)
{
    *limit = (struct sign_in_limit){.account_per_minute = 0};
    if (limit_table_init(&limit->pairs, FAILURE_ENTRIES) != RESULT_OK ||
        limit_table_init(&limit->accounts, FAILURE_ENTRIES) != RESULT_OK ||
        limit_table_init(&limit->addresses, FAILURE_ENTRIES) != RESULT_OK ||
        limit_table_init(&limit->known, KNOWN_ENTRIES) != RESULT_OK)
        return RESULT_NO_MEMORY;
    return RESULT_OK;
}

void sign_in_limit_release(struct sign_in_limit *limit)
{
    limit_table_release(&limit->pairs);
    limit_table_release(&limit->accounts);
    limit_table_release(&limit->addresses);
    limit_table_release(&limit->known);
}

/* The key of an account and an address together. */
static uint64_t pair_key(const struct limit_table *table, const struct sign_in_account *account,
                         const struct address *address)
{
    const uint64_t keys[] = {limit_key_bytes(table, account->bytes, account->length),
                             limit_key_address(table, address)};
    return limit_key_bytes(table, keys, sizeof keys);
}

bool sign_in_limit_begin(struct sign_in_limit *limit, const struct sign_in_account *account,
                         const struct address *address, int64_t now_us, struct sign_in_try *try,
                         int64_t *wait_us)
{
    *try = (struct sign_in_try){
        .pair = pair_key(&limit->pairs, account, address),
        .known = pair_key(&limit->known, account, address),
    };
    const struct limit_rate of_pair = pair_rate(limit), of_strangers = strangers_rate(limit),
                            of_guesser = guesser_rate(limit);
    if (!limit_take(&limit->pairs, try->pair, &of_pair, now_us, wait_us))
        return false;
    try->begun = true;
    if (limit_remembers(&limit->known, try->known))
        return true;
    const uint64_t account_key = limit_key_bytes(&limit->accounts, account->bytes, account->length);
    const uint64_t address_key = limit_key_address(&limit->addresses, address);
    if (limit_take(&limit->accounts, account_key, &of_strangers, now_us, wait_us)) {
        try->account = account_key;
        if (limit_take(&limit->addresses, address_key, &of_guesser, now_us, wait_us)) {
            try->address = address_key;
            return true;
        }
    }
    sign_in_limit_end(limit, try, SIGN_IN_UNDECIDED, now_us);
    return false;
}

void sign_in_limit_end(struct sign_in_limit *limit, struct sign_in_try *try,
                       enum sign_in_outcome outcome, int64_t now_us)
{
    CHECK(try->begun);
    try->begun = false;
    if (outcome == SIGN_IN_WRONG)
        return;
    const struct limit_rate of_pair = pair_rate(limit), of_strangers = strangers_rate(limit),
                            of_guesser = guesser_rate(limit);
    limit_give_back(&limit->pairs, try->pair, &of_pair);
    if (try->account != 0)
        limit_give_back(&limit->accounts, try->account, &of_strangers);
    if (try->address != 0)
        limit_give_back(&limit->addresses, try->address, &of_guesser);
    if (outcome == SIGN_IN_RIGHT)
        limit_remember(&limit->known, try->known, now_us);
}

bool sign_in_limit_sign_up(struct sign_in_limit *limit, const struct address *address,
                           int64_t now_us, int64_t *wait_us)
{
    const struct limit_rate of_guesser = guesser_rate(limit);
    return limit_take(&limit->addresses, limit_key_address(&limit->addresses, address), &of_guesser,
                      now_us, wait_us);
}

void sign_in_limit_remember(struct sign_in_limit *limit, const struct sign_in_account *account,
                            const struct address *address, int64_t now_us)
{
    limit_remember(&limit->known, pair_key(&limit->known, account, address), now_us);
}
