/* Whether the tables keep the design's invariants, and whether the journal agrees with them. */
#ifndef USHER_STORE_AUDIT_H
#define USHER_STORE_AUDIT_H

#include "store/journal.h"
#include "store/sql.h"
#include "store/store.h"

/* What store_audit does, given the parts of the store. Nobody writes meanwhile. */
MUST_USE enum result audit(struct journal *journal, struct sql_connection *tables,
                           store_violation *violation, void *owner, size_t *violations,
                           struct explanation *explanation);

/* What store_selfcheck does, given the tables. */
MUST_USE enum result audit_served(struct sql_connection *tables, store_may_go_on *may_go_on,
                                  store_violation *violation, void *owner,
                                  struct store_verdict *verdict, struct explanation *explanation);

#endif
