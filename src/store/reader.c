/* See reader.h. Opening, moments, single rows, views. */
#include "store/reader.h"

#include "base/check.h"
#include "store/row.h"

#include <stdlib.h>
#include <string.h>

/* ---- Opening and closing ---- */

/* The statements that every reader has. */
static enum result prepare_reader(struct store_reader *reader, struct explanation *explanation)
{
    const struct {
        struct sql_statement **statement;
        const char *text;
    } wanted[] = {
        {&reader->booked_seq, "SELECT booked_seq FROM bookkeeping"},
        {&reader->by_reference,
         "SELECT id FROM point_entry WHERE caller_id = ?1 AND reference = ?2 LIMIT 1"},
        {&reader->failed_payment,
         "SELECT id FROM payment WHERE reservation_id = ?1 AND status = 'failed'"},
        /* A row for each seat that was ever paid for. */
        {&reader->paid_seats,
         "SELECT r.id, p.paid_at, p.cancelled_at, s.price, t.grade, t.section"
         " FROM seat_reservation r JOIN payment p ON p.id = r.payment_id"
         " JOIN reservation_seat s ON s.reservation_id = r.id JOIN seat t ON t.id = s.seat_id"
         " WHERE r.round_id = ?1"},
        {&reader->tickets, "SELECT id FROM ticket WHERE reservation_id = ?1"},
        /* From the row that has the change of this number, or the oldest. */
        {&reader->changes, "SELECT first, at, records FROM change WHERE first >= coalesce("
                           "(SELECT max(first) FROM change WHERE first <= ?1), 0)"
                           " ORDER BY first"},
    };
    enum result result = RESULT_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && result == RESULT_OK; i++)
        result = sql_prepare(reader->connection, wanted[i].text, wanted[i].statement, explanation);
    for (size_t i = 0; i < RECORD_KIND_COUNT && result == RESULT_OK; i++) {
        struct sql_text select;
        row_select_sql(&select, record_schema((enum record_kind)i));
        result = sql_prepare(reader->connection, select.bytes, &reader->by_key[i], explanation);
    }
    return result;
}

enum result reader_open(struct store_reader **reader, struct sql_connection *connection,
                        struct overlay *overlay, struct explanation *explanation)
{
    *reader = calloc(1, sizeof **reader);
    if (*reader == NULL) {
        sql_close(&connection);
        return explain(explanation, RESULT_NO_MEMORY, "no memory for a reader");
    }
    (*reader)->overlay = overlay;
    (*reader)->connection = connection;
    const enum result result = prepare_reader(*reader, explanation);
    if (result != RESULT_OK) {
        reader_close(*reader);
        *reader = NULL;
    }
    return result;
}

void reader_close(struct store_reader *reader)
{
    sql_drop(&reader->booked_seq);
    sql_drop(&reader->by_reference);
    sql_drop(&reader->changes);
    sql_drop(&reader->failed_payment);
    sql_drop(&reader->paid_seats);
    sql_drop(&reader->tickets);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
        sql_drop(&reader->by_key[i]);
    for (size_t i = 0; i < READER_LISTS_MAX; i++) {
        sql_drop(&reader->lists[i].statement);
        free(reader->lists[i].condition);
    }
    sql_close(&reader->connection);
    free(reader);
}

/* ---- Moments ---- */

/* The overlay first: a generation that is booked in between is then in both, and left out when the
 * tables say that they have it. The other way round it could be in neither. */
enum result reader_begin(struct store_reader *reader)
{
    overlay_snapshot_take(reader->overlay, &reader->snapshot);
    enum result result = sql_begin(reader->connection);
    if (result == RESULT_OK) {
        result = sql_step(reader->booked_seq) == SQL_ROW ? RESULT_OK : RESULT_IO;
        if (result == RESULT_OK)
            reader->snapshot.booked_seq = (uint64_t)sql_column_integer(reader->booked_seq, 0);
        sql_rewind(reader->booked_seq);
    }
    if (result != RESULT_OK) {
        reader_end(reader);
        return result;
    }
    /* The tables may be ahead of what the overlay had: then they are the moment. */
    if (reader->snapshot.seq < reader->snapshot.booked_seq)
        reader->snapshot.seq = reader->snapshot.booked_seq;
    return RESULT_OK;
}

void reader_end(struct store_reader *reader)
{
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
        sql_rewind(reader->by_key[i]);
    sql_end(reader->connection);
    overlay_snapshot_release(reader->overlay, &reader->snapshot);
}

/* ---- Single rows ---- */

const struct overlay_row *reader_overlaid(struct store_reader *reader, enum record_kind kind,
                                          const struct record_key *key)
{
    return overlay_find(reader->overlay, &reader->snapshot, kind, key);
}

static enum result find_in_table(struct store_reader *reader, const struct record *wanted,
                                 struct record *found)
{
    struct sql_statement *statement = reader->by_key[wanted->kind];
    sql_rewind(statement);
    enum result result = row_bind_key(statement, wanted);
    if (result == RESULT_OK) {
        const enum sql_step step = sql_step(statement);
        if (step == SQL_ROW)
            result = row_read(statement, 0, wanted->kind, found);
        else
            result = step == SQL_DONE ? RESULT_NOT_FOUND : RESULT_IO;
    }
    if (result != RESULT_OK) /* otherwise the texts of the row still stand in the statement */
        sql_rewind(statement);
    return result;
}

enum result reader_find(struct store_reader *reader, const struct record *wanted,
                        struct record *found)
{
    const struct record_key key = record_key(wanted);
    const struct overlay_row *row = reader_overlaid(reader, wanted->kind, &key);
    if (row == NULL)
        return find_in_table(reader, wanted, found);
    if (row->deleted)
        return RESULT_NOT_FOUND;
    overlay_decode(row, found);
    return RESULT_OK;
}

/* ---- Views ---- */

/* A row that another one names is there; a store without it contradicts itself. */
static enum result find_named(struct store_reader *reader, const struct record *wanted,
                              struct record *found)
{
    const enum result result = reader_find(reader, wanted, found);
    return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
}

static enum result view_seat(struct store_reader *reader, const struct reservation_seat *reserved,
                             struct reserved_seat_view *view)
{
    const struct record wanted = {.kind = RECORD_KIND_SEAT, .as.seat.id = reserved->seat_id};
    struct record found;
    const enum result result = find_named(reader, &wanted, &found);
    if (result != RESULT_OK)
        return result;
    const size_t length = strlen(found.as.seat.seat_number);
    if (length > SEAT_NUMBER_BYTES_MAX)
        return RESULT_CORRUPT;
    view->seat_id = reserved->seat_id;
    view->price = reserved->price;
    memcpy(view->seat_number, found.as.seat.seat_number, length + 1);
    return RESULT_OK;
}

static enum result view_seats(struct store_reader *reader, struct id reservation_id,
                              struct reservation_view *view)
{
    for (int64_t i = 0; i < SEATS_PER_RESERVATION_MAX; i++) {
        const struct record wanted = {
            .kind = RECORD_KIND_RESERVATION_SEAT,
            .as.reservation_seat = {.reservation_id = reservation_id, .position = i}};
        struct record found;
        enum result result = reader_find(reader, &wanted, &found);
        if (result == RESULT_NOT_FOUND)
            return RESULT_OK;
        if (result == RESULT_OK)
            result = view_seat(reader, &found.as.reservation_seat, &view->seats[i]);
        if (result != RESULT_OK)
            return result;
        view->seat_count++;
    }
    return RESULT_OK;
}

enum result reader_view(struct store_reader *reader, const struct seat_reservation *reservation,
                        struct reservation_view *view)
{
    const struct record wanted = {.kind = RECORD_KIND_CONCERT_ROUND,
                                  .as.concert_round.id = reservation->round_id};
    struct record round;
    enum result result = find_named(reader, &wanted, &round);
    if (result != RESULT_OK)
        return result;
    reservation_view_begin(view, reservation, &round.as.concert_round);
    result = view_seats(reader, reservation->id, view);
    if (result == RESULT_OK && !id_is_none(reservation->payment_id))
        result = reader_view_tickets(reader, view);
    if (result != RESULT_OK)
        reservation_view_release(view);
    return result;
}

/* ---- History ---- */

/* The id of the entry that a caller made with a reference, in the rows not booked yet. */
static bool reference_in_overlay(struct store_reader *reader, const struct look_up *look_up,
                                 struct id *id)
{
    struct overlay_walk walk = overlay_walk_reference(reader->overlay, &reader->snapshot,
                                                      look_up->caller_id, look_up->reference);
    const struct overlay_row *row;
    while ((row = overlay_next(&walk)) != NULL) {
        struct record record;
        overlay_decode(row, &record);
        const struct point_entry *entry = &record.as.point_entry;
        if (id_equal(entry->caller_id, look_up->caller_id) && entry->reference != NULL &&
            strcmp(entry->reference, look_up->reference) == 0) {
            *id = entry->id;
            return true;
        }
    }
    return false;
}

static enum result reference_in_table(struct store_reader *reader, const struct look_up *look_up,
                                      struct id *id)
{
    struct sql_statement *statement = reader->by_reference;
    if (sql_bind_id(statement, 1, &look_up->caller_id) != RESULT_OK ||
        sql_bind_text(statement, 2, look_up->reference) != RESULT_OK)
        return RESULT_NO_MEMORY;
    const enum sql_step step = sql_step(statement);
    enum result result = step == SQL_DONE ? RESULT_NOT_FOUND : RESULT_IO;
    if (step == SQL_ROW) {
        const struct sql_value found = sql_column(statement, 0);
        result = sql_read_id(&found, id) ? RESULT_OK : RESULT_CORRUPT;
    }
    sql_rewind(statement);
    return result;
}

/* What is wanted as a kind and a key. */
static enum result wanted_row(struct store_reader *reader, const struct look_up *look_up,
                              struct record *wanted)
{
    *wanted = (struct record){.kind = look_up->kind};
    struct id id = look_up->id;
    if (look_up->kind == RECORD_KIND_POINT_ENTRY && look_up->reference != NULL &&
        !reference_in_overlay(reader, look_up, &id)) {
        const enum result result = reference_in_table(reader, look_up, &id);
        if (result != RESULT_OK)
            return result;
    }
    const struct field_schema *key = &record_schema(look_up->kind)->fields[0];
    CHECK(key->type == FIELD_ID && (key->flags & FIELD_FLAG_KEY));
    memcpy(record_field_mutable(wanted, key), id.bytes, ID_BYTES);
    return RESULT_OK;
}

static enum result keep_found(struct store_reader *reader, const struct record *found,
                              struct look_up *look_up)
{
    enum result result = RESULT_OK;
    look_up->record = record_copy(found);
    if (look_up->record == NULL)
        return RESULT_NO_MEMORY;
    if (found->kind == RECORD_KIND_SEAT_RESERVATION) {
        look_up->view = calloc(1, sizeof *look_up->view);
        result = look_up->view == NULL
                     ? RESULT_NO_MEMORY
                     : reader_view(reader, &found->as.seat_reservation, look_up->view);
    }
    if (result == RESULT_OK)
        return RESULT_OK;
    free(look_up->record);
    free(look_up->view);
    look_up->record = NULL;
    look_up->view = NULL;
    return result;
}

enum result reader_look_up(struct store_reader *reader, struct look_up *look_up)
{
    struct record wanted, found;
    enum result result = reader_begin(reader);
    if (result != RESULT_OK)
        return result;
    look_up->as_of_seq = reader->snapshot.seq;
    result = wanted_row(reader, look_up, &wanted);
    if (result == RESULT_OK)
        result = reader_find(reader, &wanted, &found);
    if (result == RESULT_OK)
        result = keep_found(reader, &found, look_up);
    reader_end(reader);
    if (result == RESULT_OK)
        look_up->state = LOOK_UP_FOUND;
    if (result != RESULT_NOT_FOUND)
        return result;
    look_up->state = LOOK_UP_ABSENT;
    return RESULT_OK;
}
