/* See reader.h. Opening, moments, single rows, views. */
#include "store/reader.h"

#include "base/check.h"
#include "store/database.h"
#include "store/row.h"
#include "store/schema.h"
#include "store/sqlite_util.h"

#include <stdlib.h>
#include <string.h>

/* ---- Opening and closing ---- */

static enum result prepare_reader(struct store_reader *reader, struct explanation *explanation)
{
    sqlite3 *db = reader->db;
    enum result result = sqlite_run(db, "PRAGMA cache_size = -4096;", explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db, "BEGIN", &reader->begin, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db, "COMMIT", &reader->end, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db, "SELECT booked_seq FROM bookkeeping", &reader->booked_seq,
                                explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(
            db, "SELECT id FROM point_entry WHERE caller_id = ?1 AND reference = ?2 LIMIT 1",
            &reader->by_reference, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(
            db, "SELECT id FROM payment WHERE reservation_id = ?1 AND status = 'failed'",
            &reader->failed_payment, explanation);
    if (result == RESULT_OK) /* a row for each seat that was ever paid for */
        result = sqlite_prepare(
            db,
            "SELECT r.id, p.paid_at, p.cancelled_at, s.price, t.grade, t.section"
            " FROM seat_reservation r JOIN payment p ON p.id = r.payment_id"
            " JOIN reservation_seat s ON s.reservation_id = r.id JOIN seat t ON t.id = s.seat_id"
            " WHERE r.round_id = ?1",
            &reader->paid_seats, explanation);
    if (result == RESULT_OK) /* from the row that has the change of this number, or the oldest */
        result = sqlite_prepare(db,
                                "SELECT first, at, records FROM change WHERE first >= ifnull("
                                "(SELECT max(first) FROM change WHERE first <= ?1), 0)"
                                " ORDER BY first",
                                &reader->changes, explanation);
    for (size_t i = 0; i < RECORD_KIND_COUNT && result == RESULT_OK; i++)
        result = sqlite_prepare_owned(db, schema_select_sql(record_schema((enum record_kind)i)),
                                      &reader->by_key[i], explanation);
    return result;
}

enum result reader_open(struct store_reader **reader, const char *path, struct overlay *overlay,
                        struct explanation *explanation)
{
    *reader = calloc(1, sizeof **reader);
    if (*reader == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for a reader");
    (*reader)->overlay = overlay;
    enum result result = database_open_reader(path, &(*reader)->db, explanation);
    if (result == RESULT_OK)
        result = prepare_reader(*reader, explanation);
    if (result != RESULT_OK) {
        reader_close(*reader);
        *reader = NULL;
    }
    return result;
}

void reader_close(struct store_reader *reader)
{
    sqlite_drop(&reader->begin);
    sqlite_drop(&reader->end);
    sqlite_drop(&reader->booked_seq);
    sqlite_drop(&reader->by_reference);
    sqlite_drop(&reader->changes);
    sqlite_drop(&reader->failed_payment);
    sqlite_drop(&reader->paid_seats);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
        sqlite_drop(&reader->by_key[i]);
    for (size_t i = 0; i < READER_LISTS_MAX; i++)
        sqlite_drop(&reader->lists[i]);
    sqlite_shut(&reader->db);
    free(reader);
}

/* ---- Moments ---- */

/* The overlay first: a generation that is booked in between is then in both, and left out when the
 * tables say that they have it. The other way round it could be in neither. */
enum result reader_begin(struct store_reader *reader)
{
    overlay_snapshot_take(reader->overlay, &reader->snapshot);
    enum result result = sqlite_step_done(reader->begin);
    if (result == RESULT_OK) {
        result = sqlite3_step(reader->booked_seq) == SQLITE_ROW ? RESULT_OK : RESULT_IO;
        reader->snapshot.booked_seq = (uint64_t)sqlite3_column_int64(reader->booked_seq, 0);
        sqlite_rewind(reader->booked_seq);
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
        sqlite_rewind(reader->by_key[i]);
    /* What only read has nothing to lose here; a connection that cannot end it fails to begin the
     * next moment, which is told. */
    if (!sqlite3_get_autocommit(reader->db))
        (void)sqlite3_step(reader->end);
    sqlite_rewind(reader->end);
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
    sqlite3_stmt *statement = reader->by_key[wanted->kind];
    sqlite_rewind(statement);
    enum result result = row_bind_key(statement, wanted);
    if (result == RESULT_OK) {
        const int code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
            result = row_read(statement, 0, wanted->kind, found);
        else
            result = code == SQLITE_DONE ? RESULT_NOT_FOUND : RESULT_IO;
    }
    if (result != RESULT_OK) /* otherwise the texts of the row still stand in the statement */
        sqlite_rewind(statement);
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
    const enum result result = find_named(reader, &wanted, &round);
    if (result != RESULT_OK)
        return result;
    reservation_view_begin(view, reservation, &round.as.concert_round);
    return view_seats(reader, reservation->id, view);
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
    sqlite3_stmt *statement = reader->by_reference;
    if (row_bind_id(statement, 1, look_up->caller_id) != RESULT_OK ||
        sqlite3_bind_text(statement, 2, look_up->reference, -1, SQLITE_STATIC) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    const int code = sqlite3_step(statement);
    enum result result = code == SQLITE_DONE ? RESULT_NOT_FOUND : RESULT_IO;
    if (code == SQLITE_ROW)
        result = row_read_id(sqlite3_column_value(statement, 0), id) ? RESULT_OK : RESULT_CORRUPT;
    sqlite_rewind(statement);
    return sqlite3_clear_bindings(statement) == SQLITE_OK ? result : RESULT_IO;
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
        look_up->view = malloc(sizeof *look_up->view);
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
