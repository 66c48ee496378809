/* See journal.h. */
#include "store/journal.h"

#include "base/check.h"
#include "record/record.h"
#include "store/database.h"
#include "store/sqlite_util.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CHECKSUM_BYTES 16 /* BLAKE2b-128: against a disk's errors, not against people */

/* EXCLUSIVE before anything else, so that the log's index is in this process's memory and no other
 * connection can come in. secure_delete off: a pruned row's pages need not be written once more to
 * be blank, for the tables hold the same rows. The log keeps its size when it is begun anew (an
 * fsync of blocks that exist needs no change of the file's length) unless one huge batch blew it
 * up.
 */
static const char pragmas[] = "PRAGMA locking_mode = EXCLUSIVE;"
                              "PRAGMA page_size = 4096;"
                              "PRAGMA secure_delete = OFF;"
                              "PRAGMA temp_store = MEMORY;"
                              "PRAGMA cache_size = -4096;"
                              "PRAGMA journal_size_limit = 67108864;";

/* 4 MiB of log: a checkpoint then costs two fsyncs and a few milliseconds, once in several hundred
 * appends; it is made by the thread that appends. */
#define LOG_FRAMES_MAX 1024

/* What one transaction prunes at most: an append must not wait long for old rows, whose pages may
 * have to be read. A huge one goes alone. */
#define PRUNE_ROWS_MAX 128
#define PRUNE_BYTES_MAX (INT64_C(2) << 20)

/* What is written anew at most when free pages are given back, through memory: twice what a stop
 * leaves. Only what could not be booked is more, and then the next stop does it. */
#define REWRITTEN_PAGES_MAX 1024

/* The body last: what stands before it is read without following a large body's pages. */
static const char table_sql[] =
    "CREATE TABLE \"journal\" ("
    "\"seq\" INTEGER PRIMARY KEY, \"schema_version\" INTEGER NOT NULL, "
    "\"house_time\" INTEGER NOT NULL, \"record_count\" INTEGER NOT NULL, "
    "\"checksum\" BLOB NOT NULL, \"body\" BLOB NOT NULL) STRICT;";

static int note_journal_frames(void *owner, sqlite3 *db, const char *name, int frames)
{
    (void)db;
    (void)name;
    struct journal *journal = owner;
    journal->log_frames = frames;
    return SQLITE_OK;
}

/* ---- Opening and closing ---- */

static enum result prepare_journal(struct journal *journal, struct explanation *explanation)
{
    const struct {
        sqlite3_stmt **statement;
        const char *sql;
    } wanted[] = {
        {&journal->insert, "INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
        {&journal->begin, "BEGIN IMMEDIATE"},
        {&journal->commit, "COMMIT"},
        {&journal->prunable, "SELECT seq, length(body) FROM journal WHERE seq <= ?1 ORDER BY seq"},
        {&journal->prunable_bytes,
         "SELECT coalesce(sum(length(body)), 0) FROM journal WHERE seq <= ?1"},
        {&journal->prune, "DELETE FROM journal WHERE seq <= ?1"},
        {&journal->read, "SELECT seq, schema_version, house_time, record_count, checksum, body "
                         "FROM journal WHERE seq > ?1 AND seq <= ?2 ORDER BY seq"},
        {&journal->last, "SELECT seq, house_time FROM journal ORDER BY seq DESC LIMIT 1"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const enum result result =
            sqlite_prepare(journal->db, wanted[i].sql, wanted[i].statement, explanation);
        if (result != RESULT_OK)
            return result;
    }
    return RESULT_OK;
}

static enum result make_current(struct journal *journal, int64_t version,
                                struct explanation *explanation)
{
    if (version == SCHEMA_VERSION)
        return RESULT_OK;
    enum result result = sqlite_run(journal->db, "BEGIN IMMEDIATE", explanation);
    if (result == RESULT_OK && version == 0)
        result = sqlite_run(journal->db, table_sql, explanation);
    if (result == RESULT_OK)
        result = database_mark(journal->db, JOURNAL_APPLICATION_ID, SCHEMA_VERSION, explanation);
    if (result == RESULT_OK)
        result = sqlite_run(journal->db, "COMMIT", explanation);
    return result; /* a failure closes the connection, which rolls back */
}

enum result journal_open(struct journal *journal, const char *path, struct explanation *explanation)
{
    int64_t version;
    *journal = (struct journal){.path = path, .broken = true};
    enum result result = database_open(path, JOURNAL_APPLICATION_ID, NULL, pragmas, &journal->db,
                                       &version, explanation);
    if (result != RESULT_OK)
        return result;
    (void)sqlite3_wal_hook(journal->db, note_journal_frames, journal); /* answers the hook before */
    result = make_current(journal, version, explanation);
    if (result == RESULT_OK)
        result = prepare_journal(journal, explanation);
    if (result != RESULT_OK)
        journal_close(journal);
    return result;
}

void journal_close(struct journal *journal)
{
    sqlite3_stmt **const statements[] = {
        &journal->insert,         &journal->begin, &journal->commit, &journal->prunable,
        &journal->prunable_bytes, &journal->prune, &journal->read,   &journal->last};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        sqlite_drop(statements[i]);
    sqlite_shut(&journal->db);
    journal->broken = true;
}

enum result journal_checkpoint(struct journal *journal, struct explanation *explanation)
{
    journal->broken = true;
    if (journal->db == NULL)
        return explain(explanation, RESULT_IO, "%s is not open", journal->path);
    const enum result result = database_settle(journal->db, explanation);
    if (result != RESULT_OK)
        return result;
    journal->log_frames = 0;
    journal->broken = false;
    return RESULT_OK;
}

/* ---- Appending ---- */

static void put_integer(uint8_t bytes[static 8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

static void checksum(const struct journal_row *row, uint64_t schema_version,
                     uint8_t sum[static CHECKSUM_BYTES])
{
    uint8_t head[32];
    put_integer(head, row->seq);
    put_integer(head + 8, schema_version);
    put_integer(head + 16, (uint64_t)row->house_time);
    put_integer(head + 24, row->record_count);
    crypto_generichash_state state;
    /* These fail only for lengths that BLAKE2b does not have. */
    CHECK(crypto_generichash_init(&state, NULL, 0, CHECKSUM_BYTES) == 0);
    CHECK(crypto_generichash_update(&state, head, sizeof head) == 0);
    CHECK(crypto_generichash_update(&state, row->body, row->body_length) == 0);
    CHECK(crypto_generichash_final(&state, sum, CHECKSUM_BYTES) == 0);
}

static enum result insert_row(struct journal *journal, const struct journal_row *row)
{
    uint8_t sum[CHECKSUM_BYTES];
    checksum(row, SCHEMA_VERSION, sum);
    sqlite3_stmt *insert = journal->insert;
    if (sqlite3_bind_int64(insert, 1, (sqlite3_int64)row->seq) != SQLITE_OK ||
        sqlite3_bind_int64(insert, 2, SCHEMA_VERSION) != SQLITE_OK ||
        sqlite3_bind_int64(insert, 3, row->house_time) != SQLITE_OK ||
        sqlite3_bind_int64(insert, 4, (sqlite3_int64)row->record_count) != SQLITE_OK ||
        sqlite3_bind_blob(insert, 5, sum, sizeof sum, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_blob64(insert, 6, row->body_length == 0 ? (const uint8_t *)"" : row->body,
                            row->body_length, SQLITE_STATIC) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    const enum result result = sqlite_step_done(insert);
    /* The body belongs to the caller and `sum` to this call. */
    return sqlite3_clear_bindings(insert) == SQLITE_OK ? result : RESULT_IO;
}

struct pruned {
    uint64_t rows;
    int64_t bytes;
};

/* How far one transaction may prune, and what that is. */
static enum result prune_bound(struct journal *journal, uint64_t prune_to, uint64_t *bound,
                               struct pruned *pruned)
{
    *pruned = (struct pruned){0};
    if (sqlite3_bind_int64(journal->prunable, 1, (sqlite3_int64)prune_to) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    int code;
    while ((code = sqlite3_step(journal->prunable)) == SQLITE_ROW) {
        const int64_t bytes = sqlite3_column_int64(journal->prunable, 1);
        if (pruned->rows > 0 && pruned->bytes + bytes > PRUNE_BYTES_MAX)
            break;
        *bound = (uint64_t)sqlite3_column_int64(journal->prunable, 0);
        pruned->bytes += bytes;
        if (++pruned->rows == PRUNE_ROWS_MAX)
            break;
    }
    sqlite_rewind(journal->prunable);
    return code == SQLITE_ROW || code == SQLITE_DONE ? RESULT_OK : RESULT_IO;
}

static enum result prune_some(struct journal *journal, uint64_t prune_to, struct pruned *pruned)
{
    uint64_t bound = 0;
    const enum result result = prune_bound(journal, prune_to, &bound, pruned);
    if (result != RESULT_OK || pruned->rows == 0)
        return result;
    if (sqlite3_bind_int64(journal->prune, 1, (sqlite3_int64)bound) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    return sqlite_step_done(journal->prune);
}

static enum result insert_and_prune(struct journal *journal, const struct journal_row *row,
                                    uint64_t prune_to, uint64_t *pruned_rows)
{
    struct pruned pruned = {0};
    enum result result = sqlite_step_done(journal->begin);
    if (result == RESULT_OK)
        result = insert_row(journal, row);
    if (result == RESULT_OK)
        result = prune_some(journal, prune_to, &pruned);
    if (result == RESULT_OK)
        result = sqlite_step_done(journal->commit);
    *pruned_rows = pruned.rows;
    return result; /* no rollback: a failure leads to closing, opening and looking again */
}

static enum result prunable_bytes(struct journal *journal, uint64_t prune_to, int64_t *bytes)
{
    if (sqlite3_bind_int64(journal->prunable_bytes, 1, (sqlite3_int64)prune_to) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    const int code = sqlite3_step(journal->prunable_bytes);
    *bytes = code == SQLITE_ROW ? sqlite3_column_int64(journal->prunable_bytes, 0) : 0;
    sqlite_rewind(journal->prunable_bytes);
    return code == SQLITE_ROW ? RESULT_OK : RESULT_IO;
}

enum result journal_prune(struct journal *journal, uint64_t prune_to)
{
    if (journal->broken)
        return RESULT_IO;
    int64_t bytes;
    enum result result = sqlite_step_done(journal->begin);
    if (result == RESULT_OK)
        result = prunable_bytes(journal, prune_to, &bytes);
    while (result == RESULT_OK && bytes > PRUNE_BYTES_MAX) {
        struct pruned pruned;
        result = prune_some(journal, prune_to, &pruned);
        bytes -= pruned.bytes;
    }
    if (result == RESULT_OK)
        result = sqlite_step_done(journal->commit);
    journal->broken = result != RESULT_OK;
    return result;
}

enum result journal_give_back(struct journal *journal, struct explanation *explanation)
{
    int64_t pages, free_pages = 0;
    if (journal->broken)
        return RESULT_IO;
    enum result result = sqlite_integer(journal->db, "PRAGMA page_count", &pages, explanation);
    if (result == RESULT_OK)
        result = sqlite_integer(journal->db, "PRAGMA freelist_count", &free_pages, explanation);
    if (result == RESULT_OK && pages - free_pages <= REWRITTEN_PAGES_MAX)
        result = sqlite_run(journal->db, "VACUUM", explanation);
    journal->broken = result != RESULT_OK;
    return result;
}

enum result journal_append(struct journal *journal, const struct journal_row *row,
                           uint64_t prune_to, uint64_t *pruned)
{
    *pruned = 0;
    if (journal->broken)
        return RESULT_IO;
    CHECK(prune_to < row->seq); /* the last row always stays: it says where the journal is */
    const enum result result =
        prune_to == 0 ? insert_row(journal, row) : insert_and_prune(journal, row, prune_to, pruned);
    if (result != RESULT_OK) {
        journal->broken = true;
        return result;
    }
    /* The row is durable whatever becomes of this; a disk that fails here is found out by the next
     * append. */
    if (journal->log_frames >= LOG_FRAMES_MAX &&
        sqlite3_wal_checkpoint_v2(journal->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) !=
            SQLITE_OK)
        journal->broken = true;
    return RESULT_OK;
}

/* ---- Reading ---- */

static enum result read_row(const struct journal *journal, uint64_t expected_seq,
                            struct journal_row *row, struct explanation *explanation)
{
    sqlite3_stmt *read = journal->read;
    const int64_t version = sqlite3_column_int64(read, 1);
    const void *stored_sum = sqlite3_column_blob(read, 4);
    uint8_t sum[CHECKSUM_BYTES];
    row->seq = (uint64_t)sqlite3_column_int64(read, 0);
    row->house_time = sqlite3_column_int64(read, 2);
    row->record_count = (size_t)sqlite3_column_int64(read, 3);
    row->body = sqlite3_column_blob(read, 5);
    row->body_length = (size_t)sqlite3_column_bytes(read, 5);
    if (row->seq != expected_seq)
        return explain(explanation, RESULT_CORRUPT, "%s: row %llu is missing, the next one is %llu",
                       journal->path, (unsigned long long)expected_seq,
                       (unsigned long long)row->seq);
    if (version > SCHEMA_VERSION)
        return explain(explanation, RESULT_NEWER, "%s: row %llu was written by a newer usher",
                       journal->path, (unsigned long long)row->seq);
    checksum(row, (uint64_t)version, sum);
    if (sqlite3_column_bytes(read, 4) != CHECKSUM_BYTES ||
        memcmp(stored_sum, sum, CHECKSUM_BYTES) != 0)
        return explain(explanation, RESULT_CORRUPT, "%s: the checksum of row %llu is wrong",
                       journal->path, (unsigned long long)row->seq);
    return RESULT_OK;
}

enum result journal_read(struct journal *journal, uint64_t after_seq, uint64_t last_seq,
                         journal_visit *visit, void *owner, struct explanation *explanation)
{
    if (journal->db == NULL)
        return explain(explanation, RESULT_IO, "%s is not open", journal->path);
    enum result result = RESULT_OK;
    if (sqlite3_bind_int64(journal->read, 1, (sqlite3_int64)after_seq) != SQLITE_OK ||
        sqlite3_bind_int64(journal->read, 2, (sqlite3_int64)last_seq) != SQLITE_OK)
        return sqlite_failure(journal->db, explanation);
    uint64_t expected = after_seq + 1;
    while (result == RESULT_OK) {
        struct journal_row row;
        const int code = sqlite3_step(journal->read);
        if (code == SQLITE_DONE)
            break;
        result = code == SQLITE_ROW ? read_row(journal, expected, &row, explanation)
                                    : sqlite_failure(journal->db, explanation);
        if (result == RESULT_OK)
            result = visit(owner, &row, explanation);
        expected++;
    }
    sqlite_rewind(journal->read);
    return result;
}

enum result journal_extent(struct journal *journal, struct journal_extent *extent,
                           struct explanation *explanation)
{
    *extent = (struct journal_extent){0};
    if (journal->db == NULL)
        return explain(explanation, RESULT_IO, "%s is not open", journal->path);
    const int code = sqlite3_step(journal->last);
    if (code == SQLITE_ROW) {
        extent->last_seq = (uint64_t)sqlite3_column_int64(journal->last, 0);
        extent->last_house_time = sqlite3_column_int64(journal->last, 1);
    }
    sqlite_rewind(journal->last);
    if (code == SQLITE_DONE)
        return RESULT_OK;
    if (code != SQLITE_ROW)
        return sqlite_failure(journal->db, explanation);
    int64_t first;
    const enum result result =
        sqlite_integer(journal->db, "SELECT min(seq) FROM journal", &first, explanation);
    if (result == RESULT_OK)
        extent->first_seq = (uint64_t)first;
    return result;
}

enum result journal_inspect(struct journal *journal, journal_fault *fault, void *owner,
                            struct explanation *explanation)
{
    return database_inspect(journal->db, fault, owner, explanation);
}

static uint64_t file_bytes(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

uint64_t journal_bytes(const char *path)
{
    char log[PATH_MAX + 4];
    const int length = snprintf(log, sizeof log, "%s-wal", path);
    CHECK(length > 0 && (size_t)length < sizeof log);
    return file_bytes(path) + file_bytes(log);
}
