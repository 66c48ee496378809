/* How often what happened, minute by minute: the table `happening` has a row for each minute,
 * reason (record/why.def) and entity, with how many images of rows were put for it.
 *
 * The tables' other rows are newest images, which hide what happened in between. These are counted
 * from every image, in the order of the commits, in the transaction that books them. So nothing is
 * left out, and nothing counts twice after a crash: the counts and the sequence number up to which
 * the tables go are durable together. The house's own numbers are not counted. */
#ifndef USHER_STORE_HAPPENINGS_H
#define USHER_STORE_HAPPENINGS_H

#include "store/overlay.h"
#include "store/sql.h"

/* Whoever compares with last month's sale finds it. In a house that is busy day and night it takes
 * some 50 MB. */
#define HAPPENINGS_KEPT_MS (30 * DAY_MS)

struct happenings {
    struct sql_statement *add, *forget;
    timestamp_ms minute; /* that is being counted, by its first millisecond */
    uint32_t counts[WHY_COUNT][RECORD_KIND_COUNT];
};

MUST_USE enum result happenings_prepare(struct happenings *happenings,
                                        struct sql_connection *connection,
                                        struct explanation *explanation);
void happenings_drop(struct happenings *happenings);

/* Inside the transaction that books the generation. */
MUST_USE enum result happenings_book(struct happenings *happenings,
                                     const struct generation *generation);

#endif
