/* The office's live rows held against the newest images that were journalled. */
#ifndef USHER_TEST_COMPARE_H
#define USHER_TEST_COMPARE_H

#include "ledger.h"

/* Every row that must be in memory is there and is its newest image; no row in memory is unknown to
 * the ledger. */
bool compare_with_ledger(const struct office *office, const struct ledger *ledger,
                         struct explanation *why);

#endif
