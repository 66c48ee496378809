/* See load.h. The tail is read twice: first to check it, to bring the overlay up to it and to see
 * which rounds it speaks of; then, after the tables' rows, to hand it over. */
#include "store/load.h"

#include "store/database.h"
#include "store/sqlite_util.h"
#include "store/tables.h"

enum result load_row_records(const struct journal_row *row, record_visit *visit, void *owner,
                             struct explanation *explanation)
{
    size_t at = 0;
    enum result result = RESULT_OK;
    for (size_t i = 0; i < row->record_count && result == RESULT_OK; i++) {
        struct record record;
        size_t used;
        result = record_decode(row->body + at, row->body_length - at, &record, &used);
        if (result != RESULT_OK)
            return explain(explanation, result == RESULT_NEWER ? RESULT_NEWER : RESULT_CORRUPT,
                           "journal row %llu: record %zu cannot be read",
                           (unsigned long long)row->seq, i);
        at += used;
        result = visit(owner, &record, explanation);
    }
    if (result == RESULT_OK && at != row->body_length)
        return explain(explanation, RESULT_CORRUPT,
                       "journal row %llu has bytes after its last record",
                       (unsigned long long)row->seq);
    return result;
}

/* ---- The first reading ---- */

struct catching_up {
    struct overlay *overlay;
    struct id_set rounds;
};

/* A round is loaded with all of its seats or with none, so one that the tail touches is live. */
static enum result note_round(void *owner, const struct record *record,
                              struct explanation *explanation)
{
    struct catching_up *catching_up = owner;
    struct id id = ID_NONE;
    if (record->kind == RECORD_KIND_CONCERT_ROUND)
        id = record->as.concert_round.id;
    else if (record->kind == RECORD_KIND_SEAT)
        id = record->as.seat.concert_round_id;
    else if (record->kind == RECORD_KIND_SEAT_RESERVATION)
        id = record->as.seat_reservation.round_id;
    if (!id_is_none(id) && id_set_add(&catching_up->rounds, id) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the journal's rounds");
    return RESULT_OK;
}

static enum result catch_up(void *owner, const struct journal_row *row,
                            struct explanation *explanation)
{
    struct catching_up *catching_up = owner;
    struct overlay *overlay = catching_up->overlay;
    enum result result = load_row_records(row, note_round, catching_up, explanation);
    if (result != RESULT_OK || row->seq <= overlay->last_seq)
        return result;
    if (overlay_reserve(overlay, row->record_count, row->body_length) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the rows not booked yet");
    overlay_append(overlay, row->seq, row->body, row->body_length, row->record_count);
    return RESULT_OK;
}

/* ---- The second reading ---- */

static enum result hand_over_record(void *owner, const struct record *record,
                                    struct explanation *explanation)
{
    const struct store_loader *loader = owner;
    const enum result result = loader->row(loader->owner, record);
    if (result != RESULT_OK)
        return explain(explanation, result, "a record of %s does not fit the rows before it",
                       record_schema(record->kind)->table);
    return RESULT_OK;
}

static enum result hand_over_row(void *owner, const struct journal_row *row,
                                 struct explanation *explanation)
{
    const enum result result = load_row_records(row, hand_over_record, owner, explanation);
    if (result == RESULT_CORRUPT) {
        const struct explanation what = *explanation;
        return explain(explanation, result, "journal row %llu: %.400s",
                       (unsigned long long)row->seq, what.text);
    }
    return result;
}

/* ---- All of it ---- */

static enum result load_tables(sqlite3 *db, timestamp_ms now, const struct id_set *rounds,
                               const struct store_loader *loader, uint64_t *booked_seq,
                               struct explanation *explanation)
{
    int64_t booked;
    enum result result = sqlite_run(db, "PRAGMA cache_size = -16384; BEGIN", explanation);
    if (result == RESULT_OK)
        result = sqlite_integer(db, "SELECT booked_seq FROM bookkeeping", &booked, explanation);
    if (result == RESULT_OK)
        result = tables_load(db, now, rounds, loader, explanation);
    if (result == RESULT_OK)
        *booked_seq = (uint64_t)booked;
    return result; /* closing the connection ends the transaction */
}

enum result load_everything(struct journal *journal, struct overlay *overlay,
                            const char *tables_path, uint64_t booked_seq, timestamp_ms now,
                            const struct store_loader *loader, struct store_position *position,
                            struct explanation *explanation)
{
    struct catching_up catching_up = {.overlay = overlay};
    struct journal_extent extent;
    struct store_loader handed = *loader;
    sqlite3 *db = NULL;
    enum result result = journal_extent(journal, &extent, explanation);
    if (result == RESULT_OK && extent.last_seq < overlay->last_seq)
        result =
            explain(explanation, RESULT_CORRUPT, "%s ends at row %llu, but row %llu was written",
                    journal->path, (unsigned long long)extent.last_seq,
                    (unsigned long long)overlay->last_seq);
    if (result == RESULT_OK)
        result = journal_read(journal, booked_seq, catch_up, &catching_up, explanation);
    if (result == RESULT_OK)
        result = database_open_reader(tables_path, &db, explanation);
    if (result == RESULT_OK)
        result = load_tables(db, now, &catching_up.rounds, loader, &booked_seq, explanation);
    sqlite_shut(&db);
    if (result == RESULT_OK)
        result = journal_read(journal, booked_seq, hand_over_row, &handed, explanation);
    if (result == RESULT_OK)
        *position =
            (struct store_position){.seq = extent.last_seq, .house_time = extent.last_house_time};
    id_set_release(&catching_up.rounds);
    return result;
}
