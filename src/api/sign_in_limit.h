/* How often somebody may be wrong about a password. Failures count, successes do not, and nobody
 * can shut somebody else out of an account:
 *
 * - Failures for one account from one address have a rate of their own. They slow nobody at another
 *   address.
 * - Failures for one account from all addresses that never signed in there share a second, wider
 *   rate, and failures from one address, whatever the accounts, have a third. An address from which
 *   somebody has signed in to the account before is not held to these two, and does not count
 *   there: a crowd of guessers slows strangers to the account, and never its owner at home.
 *
 * A try counts as a failure before the password is looked at, and is given back when it was none:
 * else all tries that are sent at once would pass. The tables are bounded, lie in memory and have
 * random keys; a restart forgives, and so does a key that gives way to another. */
#ifndef USHER_API_SIGN_IN_LIMIT_H
#define USHER_API_SIGN_IN_LIMIT_H

#include "http/rate_limit.h"

#include <stdatomic.h>

/* Strangers together may fail at an account this many times as often as one address may: a guesser
 * needs as many addresses at full pace to slow those who come from a new place, and a password that
 * is not among the common ones outlasts a hundred guesses a minute. */
#define SIGN_IN_STRANGERS_FACTOR 10

struct sign_in_limit {
    struct limit_table pairs;     /* failures at an account from an address */
    struct limit_table accounts;  /* failures at an account from strangers */
    struct limit_table addresses; /* failures from an address at accounts that do not know it */
    struct limit_table known;     /* accounts with the addresses that signed in to them before */
    atomic_uint account_per_minute, address_per_minute; /* failures from one address */
};

/* Without rates: sign_in_limit_change comes next. */
MUST_USE enum result sign_in_limit_init(struct sign_in_limit *limit);

/* Failures a minute, at least 1 each; from the next try on. Any thread. */
void sign_in_limit_change(struct sign_in_limit *limit, unsigned account_per_minute,
                          unsigned address_per_minute);

void sign_in_limit_release(struct sign_in_limit *limit);

/* The account whose password is tried, by its folded e-mail or its id. */
struct sign_in_account {
    const void *bytes;
    size_t length;
};

/* A try that began and is not decided yet; zeroed: none. */
struct sign_in_try {
    bool begun;
    uint64_t pair, known;
    uint64_t account, address; /* 0: not counted there */
};

enum sign_in_outcome {
    SIGN_IN_RIGHT,
    SIGN_IN_WRONG,
    SIGN_IN_UNDECIDED, /* the machine was busy, or nobody waited for the answer */
};

/* False: it comes too early, by `*wait_us`, and counts nowhere. After true, `try` is ended once. */
bool sign_in_limit_begin(struct sign_in_limit *limit, const struct sign_in_account *account,
                         const struct address *address, int64_t now_us, struct sign_in_try *try,
                         int64_t *wait_us);

void sign_in_limit_end(struct sign_in_limit *limit, struct sign_in_try *try,
                       enum sign_in_outcome outcome, int64_t now_us);

/* A new account from this address, which counts there like a failure for good: it costs as much
 * work, and tells whether an e-mail is taken. False as above. */
bool sign_in_limit_sign_up(struct sign_in_limit *limit, const struct address *address,
                           int64_t now_us, int64_t *wait_us);

/* The account was made from this address: it is no stranger there. */
void sign_in_limit_remember(struct sign_in_limit *limit, const struct sign_in_account *account,
                            const struct address *address, int64_t now_us);

#endif
