/* See load.h. */
#include "store/load.h"

#include "store/read_ahead.h"
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

/* ---- The overlay ---- */

static enum result check_record(void *owner, const struct record *record,
                                struct explanation *explanation)
{
    (void)owner;
    (void)record;
    (void)explanation;
    return RESULT_OK; /* it could be read */
}

static enum result add_to_overlay(void *owner, const struct journal_row *row,
                                  struct explanation *explanation)
{
    struct overlay *overlay = owner;
    const enum result result = load_row_records(row, check_record, NULL, explanation);
    if (result != RESULT_OK)
        return result;
    if (overlay_reserve(overlay, row->record_count, row->body_length) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the rows not booked yet");
    overlay_append(overlay, row->seq, row->house_time, row->body, row->body_length,
                   row->record_count);
    return RESULT_OK;
}

enum result load_catch_up(struct journal *journal, struct overlay *overlay,
                          struct journal_extent *extent, struct explanation *explanation)
{
    const uint64_t known = overlay->last_seq;
    const enum result result = journal_extent(journal, extent, explanation);
    if (result != RESULT_OK)
        return result;
    /* What failed to be synced is still shown by the system's memory, and gone after a power cut:
     * nobody is to see it, and the tables must not have it. */
    if (journal->broken && extent->last_seq > known)
        extent->last_seq = known;
    if (extent->last_seq < known)
        return explain(
            explanation, RESULT_CORRUPT,
            "%s ends at row %llu, but the tables beside it go up to row %llu: they do not "
            "belong together, or it lost rows",
            journal_name(journal), (unsigned long long)extent->last_seq, (unsigned long long)known);
    if (extent->first_seq > known + 1)
        return explain(
            explanation, RESULT_CORRUPT,
            "%s begins at row %llu, but the tables beside it go up to row %llu only: they "
            "do not belong together",
            journal_name(journal), (unsigned long long)extent->first_seq,
            (unsigned long long)known);
    return journal_read(journal, known, extent->last_seq, add_to_overlay, overlay, explanation);
}

/* ---- The rounds that the tail speaks of ---- */

static struct id round_of_row(const struct record *record)
{
    if (record->kind == RECORD_KIND_CONCERT_ROUND)
        return record->as.concert_round.id;
    if (record->kind == RECORD_KIND_SEAT)
        return record->as.seat.concert_round_id;
    return record->kind == RECORD_KIND_SEAT_RESERVATION ? record->as.seat_reservation.round_id
                                                        : ID_NONE;
}

/* A round is loaded with all of its seats or with none, so one that the tail touches is live. */
static enum result collect_rounds(struct overlay *overlay, struct id_set *rounds)
{
    static const enum record_kind kinds[] = {RECORD_KIND_CONCERT_ROUND, RECORD_KIND_SEAT,
                                             RECORD_KIND_SEAT_RESERVATION};
    struct overlay_snapshot snapshot;
    enum result result = RESULT_OK;
    overlay_snapshot_take(overlay, &snapshot);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct overlay_walk walk = overlay_walk_kind(overlay, &snapshot, kinds[i]);
        const struct overlay_row *row;
        while (result == RESULT_OK && (row = overlay_next(&walk)) != NULL) {
            struct record record;
            overlay_decode(row, &record);
            const struct id id = round_of_row(&record);
            if (!id_is_none(id)) /* a deleted seat does not say */
                result = id_set_add(rounds, id);
        }
    }
    overlay_snapshot_release(overlay, &snapshot);
    return result;
}

/* ---- The tail ---- */

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

/* ---- The tables ---- */

struct table_reading {
    struct sql_connection *tables;
    timestamp_ms now;
    const struct id_set *rounds;
    uint64_t booked_seq; /* which the tables hold; found out first */
};

static enum result read_moment(struct table_reading *reading, const struct store_loader *loader,
                               struct explanation *explanation)
{
    int64_t booked;
    const enum result result =
        sql_integer(reading->tables, "SELECT booked_seq FROM bookkeeping", &booked, explanation);
    if (result != RESULT_OK)
        return result;
    reading->booked_seq = (uint64_t)booked;
    return tables_load(reading->tables, reading->now, reading->rounds, loader, explanation);
}

static enum result read_tables(void *reader, const struct store_loader *loader,
                               struct explanation *explanation)
{
    struct table_reading *reading = reader;
    if (sql_begin(reading->tables) != RESULT_OK)
        return sql_failure(reading->tables, explanation);
    const enum result result = read_moment(reading, loader, explanation);
    sql_end(reading->tables);
    return result;
}

struct table_taking {
    const struct store_loader *loader;
    const char *name; /* of the database */
    struct explanation *explanation;
};

static enum result take_row(void *owner, const struct record *record)
{
    const struct table_taking *taking = owner;
    const enum result result = taking->loader->row(taking->loader->owner, record);
    if (result != RESULT_OK)
        return explain(taking->explanation, result, "%s: a row of %s does not fit the others",
                       taking->name, record_schema(record->kind)->table);
    return RESULT_OK;
}

static enum result load_tables(struct table_reading *reading, const struct store_loader *loader,
                               struct explanation *explanation)
{
    struct table_taking taking = {
        .loader = loader, .name = sql_name(reading->tables), .explanation = explanation};
    const struct store_loader taker = {.owner = &taking, .row = take_row};
    return read_ahead_run(read_tables, reading, &taker, explanation);
}

/* ---- All of it ---- */

enum result load_everything(struct journal *journal, struct overlay *overlay,
                            struct sql_connection *tables, timestamp_ms now,
                            const struct store_loader *loader, struct store_position *position,
                            struct explanation *explanation)
{
    struct id_set rounds = {0};
    struct table_reading reading = {.tables = tables, .now = now, .rounds = &rounds};
    struct store_loader handed = *loader;
    struct journal_extent extent;
    enum result result = load_catch_up(journal, overlay, &extent, explanation);
    if (result == RESULT_OK && collect_rounds(overlay, &rounds) != RESULT_OK)
        result = explain(explanation, RESULT_NO_MEMORY, "no memory for the journal's rounds");
    if (result == RESULT_OK)
        result = load_tables(&reading, loader, explanation);
    if (result == RESULT_OK)
        result = journal_read(journal, reading.booked_seq, extent.last_seq, hand_over_row, &handed,
                              explanation);
    if (result == RESULT_OK)
        *position =
            (struct store_position){.seq = extent.last_seq, .house_time = extent.last_house_time};
    id_set_release(&rounds);
    return result;
}
