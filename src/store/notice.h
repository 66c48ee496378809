/* What the tables hold that breaks no invariant and yet somebody should know: what an earlier
 * version took and this one would not. */
#ifndef USHER_STORE_NOTICE_H
#define USHER_STORE_NOTICE_H

#include "store/store.h"

/* What store_notices does, given the tables. */
MUST_USE enum result notices(const char *tables_path, store_notice *notice, void *owner,
                             size_t *count, struct explanation *explanation);

#endif
