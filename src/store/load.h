/* Bringing everything back: the tables' live rows, then the journal's tail. */
#ifndef USHER_STORE_LOAD_H
#define USHER_STORE_LOAD_H

#include "store/journal.h"
#include "store/overlay.h"
#include "store/sql.h"
#include "store/store.h"

/* Adds the journal's rows that the overlay lacks to it. RESULT_CORRUPT: a gap, a row that
 * breaks the chain, or a journal that does not go on where the overlay ends. */
MUST_USE enum result load_catch_up(struct journal *journal, struct overlay *overlay,
                                   struct journal_extent *extent, struct explanation *explanation);

/* What store_load does, given the parts of the store. While it lasts the connection is used by
 * another thread. */
MUST_USE enum result load_everything(struct journal *journal, struct overlay *overlay,
                                     struct sql_connection *tables, timestamp_ms now,
                                     const struct store_loader *loader,
                                     struct store_position *position,
                                     struct explanation *explanation);

/* Decodes the records of a journal row one by one. */
typedef enum result record_visit(void *owner, const struct record *record,
                                 struct explanation *explanation);
MUST_USE enum result load_row_records(const struct journal_row *row, record_visit *visit,
                                      void *owner, struct explanation *explanation);

#endif
