/* The office's live rows held against the newest images that were journalled. */
#ifndef USHER_TEST_COMPARE_H
#define USHER_TEST_COMPARE_H

#include "ledger.h"

struct hash_text;

/* Every row that must be in memory is there and is its newest image; no row in memory is unknown to
 * the ledger. */
bool compare_with_ledger(const struct office *office, const struct ledger *ledger,
                         struct explanation *why);

/* The live row with an image's key, as the image of today. False: it is not in memory. Its texts
 * live as long as the row's and `hash` do. */
bool compare_find(const struct office *office, const struct record *image, struct record *live,
                  struct hash_text *hash);

/* Whether all fields of two records of one kind agree. */
bool compare_rows(const struct record *a, const struct record *b);

#endif
