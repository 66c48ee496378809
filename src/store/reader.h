/* A reader's connection and its view of one moment: the tables, and over them the rows that are not
 * booked yet. Private to the files reader*.c. */
#ifndef USHER_STORE_READER_H
#define USHER_STORE_READER_H

#include "record/view.h"
#include "store/overlay.h"

#include <sqlite3.h>

/* What a list can be restricted by, beside the range of ids. */
enum reader_filter {
    FILTER_USER = 1,
    FILTER_ROUND = 2,
    FILTER_STATUS = 4,
    FILTER_EMAIL = 8,
    FILTER_EXTERNAL_ID = 16,
    FILTER_COMBINATIONS = 32,
};

/* The most values a `status` has, and one place for "any". */
#define READER_STATUS_MAX 8

struct store_reader {
    struct overlay *overlay;
    sqlite3 *db;
    sqlite3_stmt *begin, *end, *booked_seq, *by_reference;
    sqlite3_stmt *by_key[RECORD_KIND_COUNT];
    /* Prepared when first wanted. */
    sqlite3_stmt *lists[RECORD_KIND_COUNT][FILTER_COMBINATIONS][READER_STATUS_MAX + 1];
    struct overlay_snapshot snapshot;
};

MUST_USE enum result reader_open(struct store_reader **reader, const char *path,
                                 struct overlay *overlay, struct explanation *explanation);
void reader_close(struct store_reader *reader);

/* Between these two everything is read as of one moment. */
MUST_USE enum result reader_begin(struct store_reader *reader);
void reader_end(struct store_reader *reader);

/* Whether the overlay has an image of the row, newer than the table's. */
const struct overlay_row *reader_overlaid(struct store_reader *reader, enum record_kind kind,
                                          const struct record_key *key);

/* The row that has the kind and key of `wanted`. Its texts live until the next look-up of this
 * kind, or the end. RESULT_NOT_FOUND: there is none, or it is deleted. */
MUST_USE enum result reader_find(struct store_reader *reader, const struct record *wanted,
                                 struct record *found);

/* The reservation with what stands around it. */
MUST_USE enum result reader_view(struct store_reader *reader,
                                 const struct seat_reservation *reservation,
                                 struct reservation_view *view);

/* What store_reader_list and store_reader_look_up do. */
MUST_USE enum result reader_list(struct store_reader *reader, const struct record_query *query,
                                 struct record_page *page);
MUST_USE enum result reader_look_up(struct store_reader *reader, struct look_up *look_up);

#endif
