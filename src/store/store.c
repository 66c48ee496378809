/* See store.h. The parts put together: the directory, the journal and its overlay, the tables. */
#include "store/store.h"

#include "base/check.h"
#include "store/audit.h"
#include "store/bookkeeper.h"
#include "store/database.h"
#include "store/directory.h"
#include "store/journal.h"
#include "store/load.h"
#include "store/overlay.h"
#include "store/paced_vfs.h"
#include "store/reader.h"
#include "store/remark.h"
#include "store/sqlite_journal.h"
#include "store/sqlite_sql.h"
#include "store/upgrade.h"

#include <sodium.h>
#include <stdlib.h>

struct store {
    struct directory directory;
    struct journal *journal; /* the engine's thread's; what it knows of it: */
    struct journal_tip tip;
    struct bookkeeper bookkeeper; /* the bookkeeper's */
    struct overlay overlay;
    struct minute_line minutes;
    bool overlay_made, prune_wanted;
    atomic_uint_fast64_t booked_seq, last_change;
    /* Counters; see struct store_counts. */
    atomic_uint_fast64_t appends, appended_bytes, pruned_rows, booked_rows, bookings;
};

/* ---- Opening and closing ---- */

/* SQLite's count of its memory takes a lock at every allocation, which the bookkeeper, running only
 * when nobody else does, could hold while the engine waits. It can be switched off before SQLite's
 * first use in the process; later it stays as it is. */
static enum result start_libraries(struct explanation *explanation)
{
    const int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if ((code != SQLITE_OK && code != SQLITE_MISUSE) || sqlite3_initialize() != SQLITE_OK ||
        paced_vfs_register() != RESULT_OK)
        return explain(explanation, RESULT_IO, "SQLite cannot be started");
    if (sodium_init() < 0)
        return explain(explanation, RESULT_IO, "libsodium cannot be started");
    return RESULT_OK;
}

static enum result open_store_tables(struct store *store, const struct store_upgrade_watch *watch,
                                     struct explanation *explanation)
{
    const char *path = store->directory.tables;
    enum result result = bookkeeper_open(&store->bookkeeper, path, explanation);
    if (result != RESULT_OLDER || watch == NULL)
        return result;
    result = upgrade_tables(&store->directory, watch, explanation);
    return result == RESULT_OK ? bookkeeper_open(&store->bookkeeper, path, explanation) : result;
}

/* The tables first: where they cannot be taken up, the journal is not marked either, and the older
 * version goes on. */
enum result store_begin(struct store *store, const struct store_upgrade_watch *watch,
                        struct explanation *explanation)
{
    enum result result = open_store_tables(store, watch, explanation);
    if (result == RESULT_OK)
        result = sqlite_journal_open(store->directory.journal, &store->journal, explanation);
    if (result != RESULT_OK)
        return result;
    atomic_init(&store->booked_seq, store->bookkeeper.booked_seq);
    atomic_init(&store->last_change, store->bookkeeper.change_table.last);
    result = overlay_init(&store->overlay, store->bookkeeper.booked_seq);
    if (result != RESULT_OK)
        return explain(explanation, result, "no memory for the rows not booked yet");
    store->overlay_made = true;
    struct journal_extent extent;
    return load_catch_up(store->journal, &store->overlay, &extent, explanation);
}

enum result store_lock(struct store **store, const struct store_options *options,
                       struct explanation *explanation)
{
    enum result result = start_libraries(explanation);
    if (result != RESULT_OK)
        return result;
    struct store *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the store");
    result =
        directory_open(&opened->directory, options->directory, options->must_exist, explanation);
    if (result != RESULT_OK) {
        free(opened);
        return result;
    }
    minute_line_init(&opened->minutes);
    *store = opened;
    return RESULT_OK;
}

enum result store_open(struct store **store, const struct store_options *options,
                       struct explanation *explanation)
{
    struct store *opened = NULL;
    enum result result = store_lock(&opened, options, explanation);
    if (result != RESULT_OK)
        return result;
    CHECK(opened != NULL);
    result = store_begin(opened, NULL, explanation);
    if (result == RESULT_OK)
        *store = opened;
    else
        store_close(opened);
    return result;
}

/* Many booked rows, as after a seed, would make the next start's first appends slow, and those that
 * went before may have what an account said that was erased since. Who only looked leaves the
 * journal as it was. */
static void prune_booked(struct store *store)
{
    struct explanation explanation;
    struct journal_extent extent;
    if (atomic_load(&store->appends) == 0 || store->journal->broken ||
        journal_extent(store->journal, &extent, &explanation) != RESULT_OK)
        return;
    const uint64_t booked = store_booked_seq(store), last = extent.last_seq;
    if (journal_prune(store->journal, booked < last ? booked : last - 1) == RESULT_OK)
        (void)(journal_give_back(store->journal, &explanation) == RESULT_OK);
}

void store_close(struct store *store)
{
    prune_booked(store);
    /* The files are whole without a checkpoint; with it they can be copied one by one. */
    struct explanation explanation;
    if (store->bookkeeper.db != NULL)
        (void)(database_checkpoint(store->bookkeeper.db, &explanation) == RESULT_OK);
    journal_close(&store->journal);
    bookkeeper_close(&store->bookkeeper);
    if (store->overlay_made)
        overlay_release(&store->overlay);
    minute_line_release(&store->minutes);
    directory_close(&store->directory);
    free(store);
}

/* The upper levels of the trees, and a page's rows. */
#define READING_CACHE_KIB 4096

/* When all is loaded each page is needed once, or again soon: a small cache stays in that of the
 * processor. */
#define LOADING_CACHE_KIB 1024

enum result store_load(struct store *store, timestamp_ms now, const struct store_loader *loader,
                       struct store_position *position, struct explanation *explanation)
{
    struct sql_connection *tables = NULL;
    enum result result =
        sqlite_sql_open(store->directory.tables, LOADING_CACHE_KIB, &tables, explanation);
    if (result == RESULT_OK)
        result = load_everything(store->journal, &store->overlay, tables, now, loader, position,
                                 explanation);
    sql_close(&tables);
    if (result != RESULT_OK)
        return result;
    struct journal_tip tip = {.seq = position->seq};
    if (tip.seq > 0)
        result = journal_look(store->journal, tip.seq, &tip.chain, explanation);
    if (result == RESULT_OK)
        store->tip = tip;
    return result;
}

/* ---- The journal ---- */

static void count(atomic_uint_fast64_t *counter, uint64_t more)
{
    atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

static struct journal_row row_of_batch(uint64_t seq, timestamp_ms house_time,
                                       const struct buffer *records, size_t record_count)
{
    return (struct journal_row){.seq = seq,
                                .house_time = house_time,
                                .record_count = record_count,
                                .body = records->data,
                                .body_length = records->length};
}

/* A row for which there was room in the overlay is durable, or is not. */
static void end_append(struct store *store, const struct journal_row *row,
                       enum store_outcome outcome)
{
    if (outcome != STORE_DONE) {
        overlay_abandon(&store->overlay);
        return;
    }
    overlay_append(&store->overlay, row->seq, row->house_time, row->body, row->body_length,
                   row->record_count);
    count(&store->appends, 1);
    count(&store->appended_bytes, row->body_length);
}

enum store_outcome store_append(struct store *store, uint64_t seq, timestamp_ms house_time,
                                const struct buffer *records, size_t record_count)
{
    const struct journal_row row = row_of_batch(seq, house_time, records, record_count);
    const uint64_t prune_to = store->prune_wanted ? store_booked_seq(store) : 0;
    uint64_t pruned;
    if (overlay_reserve(&store->overlay, record_count, records->length) != RESULT_OK)
        return STORE_PENDING;
    const enum store_outcome outcome =
        journal_append(store->journal, &store->tip, &row, prune_to, &pruned);
    end_append(store, &row, outcome);
    if (outcome == STORE_DONE) {
        store->prune_wanted = false;
        count(&store->pruned_rows, pruned);
    }
    return outcome;
}

enum store_outcome store_settle(struct store *store, uint64_t seq, timestamp_ms house_time,
                                const struct buffer *records, size_t record_count,
                                struct explanation *explanation)
{
    const struct journal_row row = row_of_batch(seq, house_time, records, record_count);
    if (overlay_reserve(&store->overlay, record_count, records->length) != RESULT_OK) {
        (void)explain(explanation, RESULT_NO_MEMORY, "no memory for the rows not booked yet");
        return STORE_PENDING;
    }
    const enum store_outcome outcome =
        journal_settle(store->journal, &store->tip, &row, explanation);
    end_append(store, &row, outcome);
    return outcome;
}

enum result store_reopen(struct store *store, struct explanation *explanation)
{
    return journal_mend(store->journal, explanation);
}

size_t store_unbooked(struct store *store)
{
    return atomic_load_explicit(&store->overlay.rows, memory_order_relaxed);
}

timestamp_ms store_unbooked_since(struct store *store)
{
    return overlay_waiting_since(&store->overlay);
}

uint64_t store_booked_seq(struct store *store)
{
    return atomic_load_explicit(&store->booked_seq, memory_order_acquire);
}

uint64_t store_last_change(struct store *store)
{
    return atomic_load_explicit(&store->last_change, memory_order_acquire);
}

void store_prune(struct store *store)
{
    store->prune_wanted = true;
}

/* ---- The bookkeeper ---- */

enum result store_book(struct store *store, size_t *rows, struct explanation *explanation)
{
    const enum result result =
        bookkeeper_book(&store->bookkeeper, &store->overlay, &store->minutes, rows, explanation);
    /* Published only now that the commit is on disk: the journal is pruned up to it. */
    if (store->bookkeeper.booked_seq > store_booked_seq(store)) {
        atomic_store_explicit(&store->booked_seq, store->bookkeeper.booked_seq,
                              memory_order_release);
        atomic_store_explicit(&store->last_change, store->bookkeeper.change_table.last,
                              memory_order_release);
    }
    if (*rows > 0) {
        count(&store->booked_rows, *rows);
        count(&store->bookings, 1);
    }
    return result;
}

/* ---- Readers ---- */

static enum result open_reading(const struct store *store, struct sql_connection **tables,
                                struct explanation *explanation)
{
    *tables = NULL;
    return sqlite_sql_open(store->directory.tables, READING_CACHE_KIB, tables, explanation);
}

enum result store_reader_open(struct store *store, struct store_reader **reader,
                              struct explanation *explanation)
{
    struct sql_connection *tables = NULL;
    const enum result result = open_reading(store, &tables, explanation);
    return result == RESULT_OK ? reader_open(reader, tables, &store->overlay, explanation) : result;
}

void store_reader_close(struct store_reader *reader)
{
    reader_close(reader);
}

enum result store_reader_list(struct store_reader *reader, const struct record_query *query,
                              struct record_page *page)
{
    return reader_list(reader, query, page);
}

enum result store_reader_changes(struct store_reader *reader, const struct change_query *query,
                                 struct change_page *page)
{
    return reader_changes(reader, query, page);
}

enum result store_reader_history(struct store_reader *reader, struct id reservation_id,
                                 struct reservation_history *history)
{
    return reader_history(reader, reservation_id, history);
}

enum result store_reader_plan(struct store_reader *reader, struct id plan_id,
                              struct drawn_plan *plan)
{
    return reader_plan(reader, plan_id, plan);
}

enum result store_reader_sales(struct store_reader *reader, const struct sales_query *query,
                               struct sales_breakdown *breakdown)
{
    return reader_sales(reader, query, breakdown);
}

enum result store_reader_look_up(struct store_reader *reader, struct look_up *look_up)
{
    return reader_look_up(reader, look_up);
}

/* ---- The house minute by minute ---- */

void store_put_minute(struct store *store, const struct house_minute *minute)
{
    minute_line_put(&store->minutes, minute);
}

enum result store_read_minutes(const struct store *store, int64_t from, house_minute_visit *visit,
                               void *owner, struct explanation *explanation)
{
    struct sql_connection *tables;
    enum result result = open_reading(store, &tables, explanation);
    if (result == RESULT_OK)
        result = minute_table_read(tables, from, visit, owner, explanation);
    sql_close(&tables);
    return result;
}

/* ---- Audit and numbers ---- */

enum result store_audit(struct store *store, store_violation *violation, void *owner,
                        size_t *violations, struct explanation *explanation)
{
    struct sql_connection *tables;
    enum result result = open_reading(store, &tables, explanation);
    if (result == RESULT_OK)
        result = audit(store->journal, tables, violation, owner, violations, explanation);
    sql_close(&tables);
    return result;
}

enum result store_selfcheck(struct store *store, store_may_go_on *may_go_on,
                            store_violation *violation, void *owner, struct store_verdict *verdict,
                            struct explanation *explanation)
{
    struct sql_connection *tables;
    enum result result = open_reading(store, &tables, explanation);
    if (result == RESULT_OK)
        result = audit_served(tables, may_go_on, violation, owner, verdict, explanation);
    sql_close(&tables);
    return result;
}

enum result store_remarks(struct store *store, store_remark *remark, void *owner, size_t *count,
                          struct explanation *explanation)
{
    struct sql_connection *tables;
    *count = 0;
    enum result result = open_reading(store, &tables, explanation);
    if (result == RESULT_OK)
        result = remarks(tables, remark, owner, count, explanation);
    sql_close(&tables);
    return result;
}

void store_counts(struct store *store, struct store_counts *counts)
{
    *counts = (struct store_counts){
        .appends = atomic_load_explicit(&store->appends, memory_order_relaxed),
        .appended_bytes = atomic_load_explicit(&store->appended_bytes, memory_order_relaxed),
        .pruned_rows = atomic_load_explicit(&store->pruned_rows, memory_order_relaxed),
        .booked_rows = atomic_load_explicit(&store->booked_rows, memory_order_relaxed),
        .bookings = atomic_load_explicit(&store->bookings, memory_order_relaxed),
        .journal_bytes = journal_bytes(store->journal),
    };
}
