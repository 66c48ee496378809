/* See bookkeeper.h. */
#include "store/bookkeeper.h"

#include "base/check.h"
#include "store/database.h"
#include "store/migrate.h"
#include "store/paced_vfs.h"
#include "store/rebuild.h"
#include "store/row.h"
#include "store/sqlite_sql.h"
#include "store/sqlite_util.h"

#include <stdlib.h>
#include <string.h>

/* The page size is the disk's; the cache keeps the upper levels of the trees and the pages that
 * one booking changes, more only costs memory. What a row no longer says is overwritten: an account
 * that was erased must not be left in the blanks of the file. */
static const char pragmas[] = "PRAGMA page_size = 4096;"
                              "PRAGMA foreign_keys = ON;"
                              "PRAGMA temp_store = MEMORY;"
                              "PRAGMA secure_delete = ON;"
                              "PRAGMA cache_size = -32768;"
                              "PRAGMA journal_size_limit = 134217728;";

/* 64 MiB of log: a checkpoint writes a page once however many bookings changed it, so the fewer the
 * better; but readers look pages up in the log, and the disk has to have room for it. */
#define LOG_FRAMES_MAX 16384

/* Before a statement of several rows changes a page it keeps a copy in memory, for the case that it
 * fails half way: this bounds those copies. */
#define STATEMENT_ROWS_MAX 1000

static int note_log_frames(void *owner, sqlite3 *db, const char *name, int frames)
{
    (void)db;
    (void)name;
    struct bookkeeper *bookkeeper = owner;
    bookkeeper->log_frames = frames;
    return SQLITE_OK;
}

/* ---- Opening and closing ---- */

static enum result prepare_all(struct bookkeeper *bookkeeper, struct explanation *explanation)
{
    sqlite3 *db = bookkeeper->db;
    bookkeeper->lent = sqlite_sql_lend(db);
    if (bookkeeper->lent == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the bookkeeper");
    enum result result = row_source_register(db, &bookkeeper->source, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db, "BEGIN IMMEDIATE", &bookkeeper->begin, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db, "COMMIT", &bookkeeper->commit, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db, "UPDATE bookkeeping SET booked_seq = ?1",
                                &bookkeeper->set_booked_seq, explanation);
    if (result == RESULT_OK)
        result = happenings_prepare(&bookkeeper->happenings, bookkeeper->lent, explanation);
    if (result == RESULT_OK)
        result = change_table_prepare(&bookkeeper->change_table, bookkeeper->lent, explanation);
    if (result == RESULT_OK)
        result = minute_table_prepare(&bookkeeper->minute_table, bookkeeper->lent, explanation);
    for (size_t i = 0; i < RECORD_KIND_COUNT && result == RESULT_OK; i++) {
        const struct entity_schema *entity = record_schema((enum record_kind)i);
        struct bookkeeper_statements *of_kind = &bookkeeper->of_kind[i];
        result =
            sqlite_prepare_owned(db, schema_upsert_sql(entity, true), &of_kind->quick, explanation);
        if (result == RESULT_OK)
            result = sqlite_prepare_owned(db, schema_upsert_sql(entity, false), &of_kind->rest,
                                          explanation);
        struct sql_text remove;
        row_delete_sql(&remove, entity);
        if (result == RESULT_OK)
            result = sql_prepare(bookkeeper->lent, remove.bytes, &of_kind->remove, explanation);
    }
    return result;
}

/* Copies the log into the file and syncs that, as far as readers of older states let it; they do
 * not wait for it nor it for them. Once all of it is copied the next booking begins the log anew.
 */
static enum result checkpoint(struct bookkeeper *bookkeeper, struct explanation *explanation)
{
    return sqlite3_wal_checkpoint_v2(bookkeeper->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) ==
                   SQLITE_OK
               ? RESULT_OK
               : sqlite_failure(bookkeeper->db, explanation);
}

static enum result open_tables(struct bookkeeper *bookkeeper, struct explanation *explanation)
{
    int64_t version, booked_seq;
    enum result result = database_open(bookkeeper->path, TABLES_APPLICATION_ID, PACED_VFS_NAME,
                                       pragmas, &bookkeeper->db, &version, explanation);
    if (result != RESULT_OK)
        return result;
    if (version > 0 && version < REBUILD_VERSION)
        return explain(
            explanation, RESULT_OLDER,
            "%s was written by an older usher (its schema is version %lld): start `usher "
            "serve` on it once, which takes it up",
            bookkeeper->path, (long long)version);
    (void)sqlite3_wal_hook(bookkeeper->db, note_log_frames,
                           bookkeeper); /* answers the one before */
    struct schema *schema = malloc(sizeof *schema);
    if (schema == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the schema");
    schema_current(schema);
    result = migrate(bookkeeper->db, schema, version, explanation);
    free(schema);
    if (result == RESULT_OK)
        result = database_settle(bookkeeper->db, explanation);
    if (result == RESULT_OK)
        result = sqlite_integer(bookkeeper->db, "SELECT booked_seq FROM bookkeeping", &booked_seq,
                                explanation);
    if (result == RESULT_OK)
        result = prepare_all(bookkeeper, explanation);
    if (result == RESULT_OK)
        bookkeeper->booked_seq = (uint64_t)booked_seq;
    return result;
}

enum result bookkeeper_open(struct bookkeeper *bookkeeper, const char *path,
                            struct explanation *explanation)
{
    *bookkeeper = (struct bookkeeper){.path = path};
    const enum result result = open_tables(bookkeeper, explanation);
    if (result != RESULT_OK)
        bookkeeper_close(bookkeeper);
    return result;
}

void bookkeeper_close(struct bookkeeper *bookkeeper)
{
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++) {
        sqlite_drop(&bookkeeper->of_kind[i].quick);
        sqlite_drop(&bookkeeper->of_kind[i].rest);
        sql_drop(&bookkeeper->of_kind[i].remove);
    }
    sqlite_drop(&bookkeeper->begin);
    sqlite_drop(&bookkeeper->commit);
    sqlite_drop(&bookkeeper->set_booked_seq);
    happenings_drop(&bookkeeper->happenings);
    change_table_drop(&bookkeeper->change_table);
    minute_table_drop(&bookkeeper->minute_table);
    sql_close(&bookkeeper->lent);
    sqlite_shut(&bookkeeper->db);
}

/* ---- Booking ---- */

static enum result remove_row(struct sql_statement *statement, const struct overlay_row *row)
{
    struct record record;
    overlay_decode(row, &record);
    const enum result bound = row_bind_key(statement, &record);
    return bound == RESULT_OK ? sql_step_done(statement) : bound;
}

/* First without touching what seldom changes; what that left, if anything, is written whole. One
 * statement for both takes three times as long for a reservation whose status changes: it looks up
 * each reference again, and writes two indexes. */
static enum result write_rows(struct bookkeeper *bookkeeper, const struct overlay_row **rows,
                              size_t count)
{
    const struct bookkeeper_statements *of_kind = &bookkeeper->of_kind[rows[0]->kind];
    bookkeeper->source = (struct row_source){.rows = rows, .count = count};
    const enum result result = sqlite_step_done(of_kind->quick);
    if (result != RESULT_OK || (size_t)sqlite3_changes(bookkeeper->db) == count)
        return result;
    return sqlite_step_done(of_kind->rest);
}

/* How many of the first rows one statement takes. */
static size_t run_length(const struct overlay_row **rows, size_t count)
{
    size_t length = 1;
    while (length < count && length < STATEMENT_ROWS_MAX && !rows[0]->deleted &&
           !rows[length]->deleted && rows[length]->kind == rows[0]->kind)
        length++;
    return length;
}

static enum result book_run(struct bookkeeper *bookkeeper, const struct overlay_row **rows,
                            size_t length)
{
    return rows[0]->deleted ? remove_row(bookkeeper->of_kind[rows[0]->kind].remove, rows[0])
                            : write_rows(bookkeeper, rows, length);
}

/* Rows to write, parents first, then rows to delete, children first. Within an entity in the order
 * of keys, so that neighbours share pages. */
static int compare_rows(const void *left, const void *right)
{
    const struct overlay_row *const *a = left, *const *b = right;
    if ((*a)->deleted != (*b)->deleted)
        return (*a)->deleted ? 1 : -1;
    if ((*a)->kind != (*b)->kind)
        return ((*a)->kind < (*b)->kind) != (*a)->deleted ? -1 : 1;
    return memcmp((*a)->key.bytes, (*b)->key.bytes, RECORD_KEY_BYTES);
}

static enum result book_rows(struct bookkeeper *bookkeeper, const struct generation *generation,
                             const struct overlay_row **rows, size_t count, size_t minute_count)
{
    const uint64_t seq = generation_last_seq(generation);
    enum result result = sqlite_step_done(bookkeeper->begin);
    for (size_t i = 0, length; i < count && result == RESULT_OK; i += length) {
        length = run_length(rows + i, count - i);
        result = book_run(bookkeeper, rows + i, length);
    }
    if (result == RESULT_OK)
        result = happenings_book(&bookkeeper->happenings, generation);
    if (result == RESULT_OK)
        result = change_table_book(&bookkeeper->change_table, generation);
    if (result == RESULT_OK)
        result = minute_table_put(&bookkeeper->minute_table, bookkeeper->minutes, minute_count);
    if (result == RESULT_OK &&
        sqlite3_bind_int64(bookkeeper->set_booked_seq, 1, (sqlite3_int64)seq) != SQLITE_OK)
        result = RESULT_NO_MEMORY;
    if (result == RESULT_OK)
        result = sqlite_step_done(bookkeeper->set_booked_seq);
    if (result == RESULT_OK)
        result = sqlite_step_done(bookkeeper->commit);
    return result;
}

static enum result book_generation(struct bookkeeper *bookkeeper,
                                   const struct generation *generation, size_t minute_count,
                                   size_t *count, struct explanation *explanation)
{
    const struct overlay_row **rows = malloc(generation_row_count(generation) * sizeof *rows);
    if (rows == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for booking");
    *count = generation_newest(generation, rows);
    qsort(rows, *count, sizeof *rows, compare_rows);
    enum result result = book_rows(bookkeeper, generation, rows, *count, minute_count);
    free(rows);
    if (result != RESULT_OK) {
        result = sqlite_failure(bookkeeper->db, explanation);
        bookkeeper_close(bookkeeper); /* which rolls back */
        *count = 0;
        return result;
    }
    bookkeeper->booked_seq = generation_last_seq(generation);
    return RESULT_OK;
}

/* Where no row waits, minutes have a transaction of their own. */
static enum result book_minutes(struct bookkeeper *bookkeeper, size_t minute_count,
                                struct explanation *explanation)
{
    if (minute_count == 0)
        return RESULT_OK;
    enum result result = sqlite_step_done(bookkeeper->begin);
    if (result == RESULT_OK)
        result = minute_table_put(&bookkeeper->minute_table, bookkeeper->minutes, minute_count);
    if (result == RESULT_OK)
        result = sqlite_step_done(bookkeeper->commit);
    if (result == RESULT_OK)
        return result;
    result = sqlite_failure(bookkeeper->db, explanation);
    bookkeeper_close(bookkeeper); /* which rolls back */
    return result;
}

enum result bookkeeper_book(struct bookkeeper *bookkeeper, struct overlay *overlay,
                            struct minute_line *minutes, size_t *rows,
                            struct explanation *explanation)
{
    uint64_t minutes_end;
    *rows = 0;
    enum result result = RESULT_OK;
    if (bookkeeper->db == NULL)
        result = bookkeeper_open(bookkeeper, bookkeeper->path, explanation);
    if (result != RESULT_OK)
        return result;
    const size_t minute_count = minute_line_look(minutes, bookkeeper->minutes, &minutes_end);
    const struct generation *generation = overlay_oldest(overlay);
    /* A commit that failed may have been durable all the same: then this one is done. */
    const bool is_new =
        generation != NULL && generation_last_seq(generation) > bookkeeper->booked_seq;
    if (generation != NULL)
        *rows = generation_row_count(generation);
    result = is_new ? book_generation(bookkeeper, generation, minute_count, rows, explanation)
                    : book_minutes(bookkeeper, minute_count, explanation);
    if (result != RESULT_OK)
        return result;
    minute_line_booked(minutes, minutes_end);
    if (generation == NULL)
        return RESULT_OK;
    overlay_booked(overlay);
    if (bookkeeper->log_frames >= LOG_FRAMES_MAX)
        result = checkpoint(bookkeeper, explanation);
    if (result != RESULT_OK)
        bookkeeper_close(bookkeeper);
    return result;
}
