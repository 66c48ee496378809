/* What the tables hold that breaks no invariant and yet somebody should know: what an earlier
 * version took and this one would not. */
#ifndef USHER_STORE_REMARK_H
#define USHER_STORE_REMARK_H

#include "store/sql.h"
#include "store/store.h"

/* What store_remarks does, given the tables. */
MUST_USE enum result remarks(struct sql_connection *tables, store_remark *remark, void *owner,
                             size_t *count, struct explanation *explanation);

#endif
