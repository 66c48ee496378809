/* A reader's connection and its view of one moment: the tables, and over them the rows that are not
 * booked yet. Private to the files reader*.c. */
#ifndef USHER_STORE_READER_H
#define USHER_STORE_READER_H

#include "read/change.h"
#include "read/drawn_plan.h"
#include "read/history.h"
#include "read/list.h"
#include "read/look_up.h"
#include "read/page.h"
#include "read/sales_breakdown.h"
#include "store/change_table.h"
#include "store/overlay.h"
#include "store/sql.h"

/* Statements of lists that are kept: one for each set of filters that is asked for. Those of all
 * the API's lists are about as many; past it the oldest goes. */
#define READER_LISTS_MAX 32

/* A list's statement, prepared when it is first wanted, and what it is known by. */
struct kept_list {
    struct sql_statement *statement; /* NULL: none yet */
    char *condition;
};

struct store_reader {
    struct overlay *overlay;
    struct sql_connection *connection;
    struct sql_statement *booked_seq, *by_reference, *changes, *failed_payment, *paid_seats,
        *tickets;
    struct sql_statement *by_key[RECORD_KIND_COUNT];
    struct kept_list lists[READER_LISTS_MAX];
    size_t next_list; /* the place of the next */
    struct overlay_snapshot snapshot;
};

/* The connection is the reader's from now on, also when this fails. */
MUST_USE enum result reader_open(struct store_reader **reader, struct sql_connection *connection,
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

/* The tickets of a view that has its seats; each name of a holder is a block of its own. */
MUST_USE enum result reader_view_tickets(struct store_reader *reader,
                                         struct reservation_view *view);

/* The reservation with what stands around it. reservation_view_release gives it back. */
MUST_USE enum result reader_view(struct store_reader *reader,
                                 const struct seat_reservation *reservation,
                                 struct reservation_view *view);

/* Room for what the page's reservations are expanded with, as the query wants it, and the copies of
 * that for one of them. Free with the page. */
MUST_USE enum result reader_expand_room(const struct record_query *query, struct record_page *page);
MUST_USE enum result reader_expand(struct store_reader *reader, struct record_page *page,
                                   size_t index);

/* What store_reader_list, _changes, _history, _plan, _sales and _look_up do. */
MUST_USE enum result reader_list(struct store_reader *reader, const struct record_query *query,
                                 struct record_page *page);
MUST_USE enum result reader_changes(struct store_reader *reader, const struct change_query *query,
                                    struct change_page *page);
MUST_USE enum result reader_history(struct store_reader *reader, struct id reservation_id,
                                    struct reservation_history *history);
MUST_USE enum result reader_plan(struct store_reader *reader, struct id plan_id,
                                 struct drawn_plan *plan);
MUST_USE enum result reader_sales(struct store_reader *reader, const struct sales_query *query,
                                  struct sales_breakdown *breakdown);
MUST_USE enum result reader_look_up(struct store_reader *reader, struct look_up *look_up);

#endif
