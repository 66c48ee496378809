/* Copying what the journal holds into the tables. The one connection that writes usher.db. */
#ifndef USHER_STORE_BOOKKEEPER_H
#define USHER_STORE_BOOKKEEPER_H

#include "base/result.h"
#include "store/change_table.h"
#include "store/happenings.h"
#include "store/minute_line.h"
#include "store/minute_table.h"
#include "store/overlay.h"
#include "store/row_source.h"

#include <sqlite3.h>

/* The statements of one entity. */
struct bookkeeper_statements {
    sqlite3_stmt *quick, *rest; /* these write the rows of the source */
    struct sql_statement *remove;
};

struct bookkeeper {
    const char *path;
    sqlite3 *db;                 /* NULL: to be opened again after a failure */
    struct sql_connection *lent; /* the same one, for what is written in few rows */
    struct row_source source;
    struct bookkeeper_statements of_kind[RECORD_KIND_COUNT];
    sqlite3_stmt *begin, *commit, *set_booked_seq;
    struct happenings happenings;
    struct change_table change_table;
    struct minute_table minute_table;
    struct house_minute minutes[MINUTES_WAITING_MAX]; /* that are being booked */
    int log_frames;      /* pages in the write-ahead log since it was last emptied */
    uint64_t booked_seq; /* what the tables durably hold */
};

/* Opens the tables, migrates them and checkpoints what a crash left. `path` lives as long as the
 * bookkeeper. RESULT_OLDER: the tables have to be rebuilt first (upgrade.h); nothing was changed.
 */
MUST_USE enum result bookkeeper_open(struct bookkeeper *bookkeeper, const char *path,
                                     struct explanation *explanation);
void bookkeeper_close(struct bookkeeper *bookkeeper);

/* Books the overlay's oldest generation and the minutes that wait, and lets them go; `*rows` is how
 * many rows of the generation were written, 0 when none waited. After a failure the tables are
 * opened and checkpointed again by the next call, before anything is written: a commit that failed
 * may yet be on disk. */
MUST_USE enum result bookkeeper_book(struct bookkeeper *bookkeeper, struct overlay *overlay,
                                     struct minute_line *minutes, size_t *rows,
                                     struct explanation *explanation);

#endif
