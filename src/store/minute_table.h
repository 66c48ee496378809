/* The house minute by minute: the table `house_minute` has a row for each, with the numbers that
 * read/house_minute.def names. A minute may come again, whole, and then takes its row's place. They
 * are written in the transaction that books, so they cost no sync of their own. */
#ifndef USHER_STORE_MINUTE_TABLE_H
#define USHER_STORE_MINUTE_TABLE_H

#include "base/result.h"
#include "read/house_minute.h"
#include "store/sql.h"

#include <stddef.h>

struct minute_table {
    struct sql_statement *put, *forget;
};

MUST_USE enum result minute_table_prepare(struct minute_table *table,
                                          struct sql_connection *connection,
                                          struct explanation *explanation);
void minute_table_drop(struct minute_table *table);

/* Inside a transaction. Those that are as old as MINUTES_KEPT go. */
MUST_USE enum result minute_table_put(struct minute_table *table,
                                      const struct house_minute *minutes, size_t count);

/* Visits the minutes from `from` on, the oldest first. */
MUST_USE enum result minute_table_read(struct sql_connection *connection, int64_t from,
                                       house_minute_visit *visit, void *owner,
                                       struct explanation *explanation);

#endif
