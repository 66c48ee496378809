/* What followers are told (read/change.def): the table `change` has the images of rows that are
 * changes, as the journal had them, in the order of the commits and numbered from 1.
 *
 * A row of it has as many of one commit's as fit on a page, so that what is booked for followers is
 * a few long rows. They are written in the transaction that books, from every image, as happenings
 * are: the numbers and the sequence number up to which the tables go are durable together, so no
 * change is left out, and none is told twice. The house's secrets are not among them. */
#ifndef USHER_STORE_CHANGE_TABLE_H
#define USHER_STORE_CHANGE_TABLE_H

#include "read/change.h"
#include "store/overlay.h"
#include "store/sql.h"

/* As long as what happened is counted: a follower that is away for weeks is one that is set up
 * anew. A purchase takes some 700 bytes of it. */
#define CHANGES_KEPT_MS (30 * DAY_MS)

/* The bytes of images in a row: with its numbers they fill a page of the tables' file. One longer
 * image stands alone. */
#define CHANGES_ROW_BYTES 4000

struct change_table {
    struct sql_statement *add, *oldest, *forget;
    uint64_t last;         /* the last number that was given */
    struct buffer pending; /* the row that is being filled: */
    uint64_t pending_count;
    timestamp_ms pending_at;
};

MUST_USE enum result change_table_prepare(struct change_table *table,
                                          struct sql_connection *connection,
                                          struct explanation *explanation);
void change_table_drop(struct change_table *table);

/* Inside the transaction that books the generation. Also forgets some of what is old: more than a
 * booking adds, and no more than a booking has time for. After a failure the changes are prepared
 * anew. */
MUST_USE enum result change_table_book(struct change_table *table,
                                       const struct generation *generation);

/* The last number that the table has; 0: none. */
MUST_USE enum result change_table_last(struct sql_connection *connection, uint64_t *last,
                                       struct explanation *explanation);

#endif
