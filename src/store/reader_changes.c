/* Pages of changes, from the table that the bookkeeper writes for followers (change_table.h): what
 * is booked, and nothing of what is not, so that a number never stands for two things. */
#include "store/reader.h"

#include "base/check.h"

#include <stdlib.h>

/* Images that one page looks at, wanted or not: some milliseconds of a reader's time. */
#define EXAMINED_MAX 20000

/* A walk along the images, in order. */
struct image_walk {
    struct sql_statement *statement;
    uint64_t next; /* the number of the next image */
    timestamp_ms at;
    const uint8_t *image, *end; /* the rest of the row's */
};

/* Steps to the next row of the table; RESULT_NOT_FOUND after the last. */
static enum result next_row(struct image_walk *walk)
{
    const enum sql_step step = sql_step(walk->statement);
    if (step != SQL_ROW)
        return step == SQL_DONE ? RESULT_NOT_FOUND : RESULT_IO;
    walk->next = (uint64_t)sql_column_integer(walk->statement, 0);
    walk->at = sql_column_integer(walk->statement, 1);
    const struct sql_value images = sql_column(walk->statement, 2);
    if (images.type != SQL_BLOB || images.as.bytes == NULL)
        return RESULT_CORRUPT;
    walk->image = images.as.bytes;
    walk->end = walk->image + images.length;
    return RESULT_OK;
}

/* The next image, whose number is then `next` - 1; its texts live until the one after it. */
static enum result next_image(struct image_walk *walk, struct record *record)
{
    size_t used;
    if (walk->image == walk->end) {
        const enum result result = next_row(walk);
        if (result != RESULT_OK)
            return result;
    }
    if (record_decode(walk->image, (size_t)(walk->end - walk->image), record, &used) != RESULT_OK)
        return RESULT_CORRUPT;
    walk->image += used;
    walk->next++;
    return RESULT_OK;
}

/* ---- What stands around a row ---- */

static enum result round_of_payment(struct store_reader *reader, const struct payment *payment,
                                    struct id *round_id)
{
    const struct record wanted = {.kind = RECORD_KIND_SEAT_RESERVATION,
                                  .as.seat_reservation.id = payment->reservation_id};
    struct record found;
    const enum result result = reader_find(reader, &wanted, &found);
    if (result == RESULT_OK)
        *round_id = found.as.seat_reservation.round_id;
    return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
}

/* A ticket comes with the payment and ends with its reservation; nobody who follows is told a name.
 */
static void tell_tickets_of_then(struct reservation_view *view)
{
    const bool sold = view->reservation.status == RESERVATION_STATUS_CONFIRMED;
    for (size_t i = 0; i < view->ticket_count; i++) {
        free((void *)(uintptr_t)view->seats[i].holder_name);
        view->seats[i].holder_name = NULL;
        view->seats[i].ticket_status = sold ? TICKET_STATUS_VALID : TICKET_STATUS_VOID;
    }
}

static enum result view_reservation(struct store_reader *reader, struct change *change)
{
    const struct seat_reservation *reservation = &change->record->as.seat_reservation;
    change->view = calloc(1, sizeof *change->view);
    if (change->view == NULL)
        return RESULT_NO_MEMORY;
    change->round_id = reservation->round_id;
    const enum result result = reader_view(reader, reservation, change->view);
    if (result == RESULT_OK)
        tell_tickets_of_then(change->view);
    return result;
}

/* A reservation's round and seats, which never change, come from their rows; so does a payment's
 * round. */
static enum result look_around(struct store_reader *reader, struct change *change)
{
    const struct record *record = change->record;
    if (record->deleted && record->kind != RECORD_KIND_CONCERT_ROUND)
        return RESULT_OK; /* only its key is known */
    change->user_id = record->deleted ? ID_NONE : record_owner(record);
    if (record->kind == RECORD_KIND_SEAT_RESERVATION)
        return view_reservation(reader, change);
    if (record->kind == RECORD_KIND_PAYMENT)
        return round_of_payment(reader, &record->as.payment, &change->round_id);
    if (record->kind == RECORD_KIND_CONCERT_ROUND)
        change->round_id = record->as.concert_round.id;
    if (record->kind == RECORD_KIND_TICKET)
        change->round_id = record->as.ticket.round_id;
    if (record->kind == RECORD_KIND_SEAT)
        change->round_id = record->as.seat.concert_round_id;
    return RESULT_OK;
}

static enum result add_change(struct store_reader *reader, const struct image_walk *walk,
                              enum change_type type, const struct record *record,
                              struct change_page *page)
{
    struct change *change = &page->changes[page->count];
    *change = (struct change){.number = walk->next - 1, .at = walk->at, .type = type};
    change->record = record_copy(record);
    page->count++; /* it is released with the page */
    return change->record == NULL ? RESULT_NO_MEMORY : look_around(reader, change);
}

/* ---- The page ---- */

/* The row that has the change after `page->last`, or the oldest; then what is before it in the row
 * is passed over. RESULT_NOT_FOUND: there is no such row. */
static enum result find_first(struct store_reader *reader, const struct change_query *query,
                              struct image_walk *walk, struct change_page *page)
{
    const uint64_t wanted = page->last + 1;
    walk->statement = reader->changes;
    if (sql_bind_integer(walk->statement, 1, (int64_t)wanted) != RESULT_OK)
        return RESULT_NO_MEMORY;
    enum result result = next_row(walk);
    if (result != RESULT_OK)
        return result;
    if (query->from_oldest)
        page->last = walk->next - 1;
    else if (walk->next > wanted)
        page->gone = true;
    while (result == RESULT_OK && walk->next <= page->last && walk->image < walk->end) {
        struct record passed;
        result = next_image(walk, &passed);
    }
    return result;
}

static enum result walk_images(struct store_reader *reader, const struct change_query *query,
                               struct image_walk *walk, struct change_page *page)
{
    struct record record;
    for (size_t examined = 0; page->count < query->limit && examined < EXAMINED_MAX; examined++) {
        enum result result = next_image(walk, &record);
        if (result != RESULT_OK)
            return result == RESULT_NOT_FOUND ? RESULT_OK : result;
        const enum change_type type = change_of(&record);
        if (type != CHANGE_NONE && (query->types >> type & 1) != 0)
            result = add_change(reader, walk, type, &record, page);
        if (result != RESULT_OK)
            return result;
        page->last = walk->next - 1;
    }
    page->more = true;
    return RESULT_OK;
}

/* Nobody has seen a change of a higher number than the last; a cursor that says otherwise is of
 * another house, or of this one before it was restored. */
static enum result changes_in_moment(struct store_reader *reader, const struct change_query *query,
                                     struct change_page *page)
{
    struct image_walk walk = {0};
    struct explanation explanation;
    uint64_t last;
    enum result result = change_table_last(reader->connection, &last, &explanation);
    if (result != RESULT_OK)
        return result;
    page->last = query->from_oldest ? 0 : query->after;
    page->gone = page->last > last;
    if (last == 0 || page->last >= last)
        return RESULT_OK;
    result = find_first(reader, query, &walk, page);
    if (result == RESULT_OK && !page->gone)
        result = walk_images(reader, query, &walk, page);
    sql_rewind(walk.statement);
    return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
}

enum result reader_changes(struct store_reader *reader, const struct change_query *query,
                           struct change_page *page)
{
    CHECK(query->limit >= 1 && query->limit <= LIST_LIMIT_MAX);
    *page = (struct change_page){.changes = calloc(query->limit, sizeof *page->changes)};
    if (page->changes == NULL)
        return RESULT_NO_MEMORY;
    enum result result = reader_begin(reader);
    if (result == RESULT_OK) {
        result = changes_in_moment(reader, query, page);
        reader_end(reader);
    }
    if (result != RESULT_OK)
        change_page_release(page);
    return result;
}
