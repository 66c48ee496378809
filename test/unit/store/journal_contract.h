/* What every backend answers to store/journal.h, asked of one. */
#ifndef USHER_TEST_STORE_JOURNAL_CONTRACT_H
#define USHER_TEST_STORE_JOURNAL_CONTRACT_H

#include "fixture.h"

#include "store/journal.h"

struct journal_backend {
    /* Opens the only journal of a fixture's directory, or makes it. */
    enum result (*open)(struct fixture *fixture, struct journal **journal);
    /* Runs SQL on it while it is closed; the table has the name and the columns of
     * `journal_stored`. */
    void (*by_hand)(struct fixture *fixture, const char *sql);
};

/* The exit status of a test's program. */
int journal_contract(const struct journal_backend *backend);

#endif
