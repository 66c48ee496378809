/* See sqlite_journal.h. */
#include "store/sqlite_journal.h"

#include "base/check.h"
#include "record/record.h"
#include "store/database.h"
#include "store/sqlite_util.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct sqlite_journal {
    struct journal journal;
    const char *path;
    sqlite3 *db; /* NULL: could not be opened again after a failure */
    sqlite3_stmt *insert, *begin, *commit, *prunable, *prunable_bytes, *prune, *hollow, *read,
        *last, *look;
    int log_frames; /* pages in the write-ahead log since it was last emptied */
};

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

/* The body last: what stands before it is read without following a large body's pages.
 *
 * The last row that was pruned stays, hollow: with no records and no body, but with its chain, by
 * which the row after it can be judged. */
static const char table_sql[] =
    "CREATE TABLE \"journal\" ("
    "\"seq\" INTEGER PRIMARY KEY, \"schema_version\" INTEGER NOT NULL, "
    "\"house_time\" INTEGER NOT NULL, \"record_count\" INTEGER NOT NULL, "
    "\"chain\" BLOB NOT NULL, \"body\" BLOB NOT NULL) STRICT;";

static struct sqlite_journal *of_sqlite(struct journal *journal)
{
    return (struct sqlite_journal *)journal;
}

static enum result not_open(const struct sqlite_journal *self, struct explanation *explanation)
{
    return explain(explanation, RESULT_IO, "%s is not open", self->path);
}

static int note_journal_frames(void *owner, sqlite3 *db, const char *name, int frames)
{
    (void)db;
    (void)name;
    struct sqlite_journal *self = owner;
    self->log_frames = frames;
    return SQLITE_OK;
}

/* ---- Opening and closing ---- */

static enum result prepare_journal(struct sqlite_journal *self, struct explanation *explanation)
{
    const struct {
        sqlite3_stmt **statement;
        const char *sql;
    } wanted[] = {
        {&self->insert, "INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
        {&self->begin, "BEGIN IMMEDIATE"},
        {&self->commit, "COMMIT"},
        {&self->prunable, "SELECT seq, length(body) FROM journal WHERE seq <= ?1 AND "
                          "record_count > 0 ORDER BY seq"},
        {&self->prunable_bytes,
         "SELECT coalesce(sum(length(body)), 0) FROM journal WHERE seq <= ?1"},
        {&self->prune, "DELETE FROM journal WHERE seq < ?1"},
        {&self->hollow, "UPDATE journal SET record_count = 0, body = zeroblob(0) WHERE seq = ?1"},
        {&self->read, "SELECT seq, schema_version, chain, house_time, record_count, body "
                      "FROM journal WHERE seq > ?1 AND seq <= ?2 AND record_count > 0 "
                      "ORDER BY seq"},
        {&self->last, "SELECT seq, schema_version, chain, house_time FROM journal "
                      "ORDER BY seq DESC LIMIT 1"},
        {&self->look, "SELECT seq, schema_version, chain FROM journal WHERE seq = ?1"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const enum result result =
            sqlite_prepare(self->db, wanted[i].sql, wanted[i].statement, explanation);
        if (result != RESULT_OK)
            return result;
    }
    return RESULT_OK;
}

static enum result make_current(const struct sqlite_journal *self, int64_t version,
                                struct explanation *explanation)
{
    if (version == SCHEMA_VERSION)
        return RESULT_OK;
    enum result result = sqlite_run(self->db, "BEGIN IMMEDIATE", explanation);
    if (result == RESULT_OK && version == 0)
        result = sqlite_run(self->db, table_sql, explanation);
    else if (result == RESULT_OK && version < CHAIN_SINCE)
        result = sqlite_run(self->db, "ALTER TABLE journal RENAME COLUMN checksum TO chain",
                            explanation);
    if (result == RESULT_OK)
        result = database_mark(self->db, JOURNAL_APPLICATION_ID, SCHEMA_VERSION, explanation);
    if (result == RESULT_OK)
        result = sqlite_run(self->db, "COMMIT", explanation);
    return result; /* a failure closes the connection, which rolls back */
}

static void disconnect(struct sqlite_journal *self)
{
    sqlite3_stmt **const statements[] = {
        &self->insert, &self->begin,  &self->commit, &self->prunable, &self->prunable_bytes,
        &self->prune,  &self->hollow, &self->read,   &self->last,     &self->look};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        sqlite_drop(statements[i]);
    sqlite_shut(&self->db);
}

static enum result connect_journal(struct sqlite_journal *self, struct explanation *explanation)
{
    int64_t version;
    enum result result = database_open(self->path, JOURNAL_APPLICATION_ID, NULL, pragmas, &self->db,
                                       &version, explanation);
    if (result != RESULT_OK)
        return result;
    (void)sqlite3_wal_hook(self->db, note_journal_frames, self); /* answers the hook before */
    result = make_current(self, version, explanation);
    if (result == RESULT_OK)
        result = prepare_journal(self, explanation);
    if (result != RESULT_OK)
        disconnect(self);
    return result;
}

/* Copies the write-ahead log into the file and empties it. */
static enum result mend_sqlite(struct journal *journal, struct explanation *explanation)
{
    struct sqlite_journal *self = of_sqlite(journal);
    disconnect(self);
    enum result result = connect_journal(self, explanation);
    if (result == RESULT_OK)
        result = database_settle(self->db, explanation);
    if (result == RESULT_OK)
        self->log_frames = 0;
    return result;
}

static void close_sqlite(struct journal *journal)
{
    struct sqlite_journal *self = of_sqlite(journal);
    struct explanation explanation;
    /* The file is whole without it. */
    if (!journal->broken)
        (void)(database_settle(self->db, &explanation) == RESULT_OK);
    disconnect(self);
    free(self);
}

/* ---- Appending ---- */

/* The chain of the row on which a statement stands that selects seq, schema_version, chain. What is
 * no chain is that of no row. */
static struct journal_chain read_chain(sqlite3_stmt *statement)
{
    struct journal_chain chain = {{0}};
    const void *stored = sqlite3_column_blob(statement, 2);
    if (sqlite3_column_int64(statement, 1) >= CHAIN_SINCE && stored != NULL &&
        sqlite3_column_bytes(statement, 2) == JOURNAL_CHAIN_BYTES)
        memcpy(chain.bytes, stored, sizeof chain.bytes);
    return chain;
}

/* Nobody can write between this and what is written next: the file is this connection's alone. */
static enum store_outcome follows_tip(const struct sqlite_journal *self,
                                      const struct journal_tip *tip)
{
    struct journal_tip last = {0};
    const int code = sqlite3_step(self->last);
    if (code == SQLITE_ROW) {
        last.seq = (uint64_t)sqlite3_column_int64(self->last, 0);
        last.chain = read_chain(self->last);
    }
    sqlite_rewind(self->last);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return STORE_PENDING;
    return last.seq == tip->seq &&
                   memcmp(last.chain.bytes, tip->chain.bytes, sizeof last.chain.bytes) == 0
               ? STORE_DONE
               : STORE_LOST;
}

static enum result insert_row(const struct sqlite_journal *self,
                              const struct journal_stored *stored)
{
    const struct journal_row *row = &stored->row;
    sqlite3_stmt *insert = self->insert;
    if (sqlite3_bind_int64(insert, 1, (sqlite3_int64)row->seq) != SQLITE_OK ||
        sqlite3_bind_int64(insert, 2, stored->schema_version) != SQLITE_OK ||
        sqlite3_bind_int64(insert, 3, row->house_time) != SQLITE_OK ||
        sqlite3_bind_int64(insert, 4, (sqlite3_int64)row->record_count) != SQLITE_OK ||
        sqlite3_bind_blob(insert, 5, stored->chain->bytes, sizeof stored->chain->bytes,
                          SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_blob64(insert, 6, row->body_length == 0 ? (const uint8_t *)"" : row->body,
                            row->body_length, SQLITE_STATIC) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    const enum result result = sqlite_step_done(insert);
    /* The body and the chain belong to the caller. */
    return sqlite3_clear_bindings(insert) == SQLITE_OK ? result : RESULT_IO;
}

struct pruned {
    uint64_t rows;
    int64_t bytes;
};

/* How far one transaction may prune, and what that is. */
static enum result prune_bound(const struct sqlite_journal *self, uint64_t prune_to,
                               uint64_t *bound, struct pruned *pruned)
{
    *pruned = (struct pruned){0};
    if (sqlite3_bind_int64(self->prunable, 1, (sqlite3_int64)prune_to) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    int code;
    while ((code = sqlite3_step(self->prunable)) == SQLITE_ROW) {
        const int64_t bytes = sqlite3_column_int64(self->prunable, 1);
        if (pruned->rows > 0 && pruned->bytes + bytes > PRUNE_BYTES_MAX)
            break;
        *bound = (uint64_t)sqlite3_column_int64(self->prunable, 0);
        pruned->bytes += bytes;
        if (++pruned->rows == PRUNE_ROWS_MAX)
            break;
    }
    sqlite_rewind(self->prunable);
    return code == SQLITE_ROW || code == SQLITE_DONE ? RESULT_OK : RESULT_IO;
}

static enum result prune_some(const struct sqlite_journal *self, uint64_t prune_to,
                              struct pruned *pruned)
{
    uint64_t bound = 0;
    const enum result result = prune_bound(self, prune_to, &bound, pruned);
    if (result != RESULT_OK || pruned->rows == 0)
        return result;
    if (sqlite3_bind_int64(self->prune, 1, (sqlite3_int64)bound) != SQLITE_OK ||
        sqlite3_bind_int64(self->hollow, 1, (sqlite3_int64)bound) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    const enum result deleted = sqlite_step_done(self->prune);
    return deleted == RESULT_OK ? sqlite_step_done(self->hollow) : deleted;
}

static enum result insert_and_prune(const struct sqlite_journal *self,
                                    const struct journal_stored *stored, uint64_t prune_to,
                                    uint64_t *pruned_rows)
{
    struct pruned pruned = {0};
    enum result result = sqlite_step_done(self->begin);
    if (result == RESULT_OK)
        result = insert_row(self, stored);
    if (result == RESULT_OK)
        result = prune_some(self, prune_to, &pruned);
    if (result == RESULT_OK)
        result = sqlite_step_done(self->commit);
    *pruned_rows = pruned.rows;
    return result; /* no rollback: a failure leads to closing, opening and looking again */
}

static enum store_outcome append_sqlite(struct journal *journal, const struct journal_tip *tip,
                                        const struct journal_stored *stored, uint64_t prune_to,
                                        uint64_t *pruned)
{
    struct sqlite_journal *self = of_sqlite(journal);
    const enum store_outcome outcome = follows_tip(self, tip);
    if (outcome != STORE_DONE)
        return outcome;
    const enum result result =
        prune_to == 0 ? insert_row(self, stored) : insert_and_prune(self, stored, prune_to, pruned);
    if (result != RESULT_OK)
        return STORE_PENDING;
    /* The row is durable whatever becomes of this; a disk that fails here is found out by the next
     * append. */
    if (self->log_frames >= LOG_FRAMES_MAX &&
        sqlite3_wal_checkpoint_v2(self->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) !=
            SQLITE_OK)
        journal->broken = true;
    return STORE_DONE;
}

static enum result prunable_bytes(const struct sqlite_journal *self, uint64_t prune_to,
                                  int64_t *bytes)
{
    if (sqlite3_bind_int64(self->prunable_bytes, 1, (sqlite3_int64)prune_to) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    const int code = sqlite3_step(self->prunable_bytes);
    *bytes = code == SQLITE_ROW ? sqlite3_column_int64(self->prunable_bytes, 0) : 0;
    sqlite_rewind(self->prunable_bytes);
    return code == SQLITE_ROW ? RESULT_OK : RESULT_IO;
}

static enum result prune_sqlite(struct journal *journal, uint64_t prune_to)
{
    const struct sqlite_journal *self = of_sqlite(journal);
    int64_t bytes;
    enum result result = sqlite_step_done(self->begin);
    if (result == RESULT_OK)
        result = prunable_bytes(self, prune_to, &bytes);
    while (result == RESULT_OK && bytes > PRUNE_BYTES_MAX) {
        struct pruned pruned;
        result = prune_some(self, prune_to, &pruned);
        bytes -= pruned.bytes;
    }
    if (result == RESULT_OK)
        result = sqlite_step_done(self->commit);
    return result;
}

/* Once the log is emptied what was in the free pages is not in the file any more. */
static enum result give_back_sqlite(struct journal *journal, struct explanation *explanation)
{
    const struct sqlite_journal *self = of_sqlite(journal);
    int64_t pages, free_pages = 0;
    enum result result = sqlite_integer(self->db, "PRAGMA page_count", &pages, explanation);
    if (result == RESULT_OK)
        result = sqlite_integer(self->db, "PRAGMA freelist_count", &free_pages, explanation);
    if (result == RESULT_OK && pages - free_pages <= REWRITTEN_PAGES_MAX)
        result = sqlite_run(self->db, "VACUUM", explanation);
    return result;
}

/* ---- Reading ---- */

/* BLAKE2b-128, over what the chain takes in without the row before. */
#define CHECKSUM_BYTES 16

static bool has_checksum(const struct journal_stored *stored, const void *checksum, int length)
{
    const struct journal_row *row = &stored->row;
    const uint64_t head[] = {row->seq, (uint64_t)stored->schema_version, (uint64_t)row->house_time,
                             row->record_count};
    uint8_t bytes[sizeof head], expected[CHECKSUM_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(head[i / 8] >> (8 * (i % 8)));
    crypto_generichash_state state;
    CHECK(crypto_generichash_init(&state, NULL, 0, sizeof expected) == 0);
    CHECK(crypto_generichash_update(&state, bytes, sizeof bytes) == 0);
    CHECK(crypto_generichash_update(&state, row->body, row->body_length) == 0);
    CHECK(crypto_generichash_final(&state, expected, sizeof expected) == 0);
    return length == CHECKSUM_BYTES && memcmp(checksum, expected, sizeof expected) == 0;
}

/* Hands over the row on which the statement stands. */
static enum result hand_over_stored(const struct sqlite_journal *self, journal_take *take,
                                    void *owner, struct explanation *explanation)
{
    sqlite3_stmt *read = self->read;
    const struct journal_chain chain = read_chain(read);
    const struct journal_stored stored = {
        .row = {.seq = (uint64_t)sqlite3_column_int64(read, 0),
                .house_time = sqlite3_column_int64(read, 3),
                .record_count = (size_t)sqlite3_column_int64(read, 4),
                .body = sqlite3_column_blob(read, 5),
                .body_length = (size_t)sqlite3_column_bytes(read, 5)},
        .schema_version = sqlite3_column_int64(read, 1),
        .chain = sqlite3_column_int64(read, 1) >= CHAIN_SINCE ? &chain : NULL,
    };
    if (stored.chain == NULL &&
        !has_checksum(&stored, sqlite3_column_blob(read, 2), sqlite3_column_bytes(read, 2)))
        return explain(explanation, RESULT_CORRUPT, "%s: the checksum of row %llu is wrong",
                       self->path, (unsigned long long)stored.row.seq);
    return take(owner, &stored, explanation);
}

static enum result read_sqlite(struct journal *journal, uint64_t after_seq, uint64_t last_seq,
                               journal_take *take, void *owner, struct explanation *explanation)
{
    const struct sqlite_journal *self = of_sqlite(journal);
    if (self->db == NULL)
        return not_open(self, explanation);
    enum result result = RESULT_OK;
    if (sqlite3_bind_int64(self->read, 1, (sqlite3_int64)after_seq) != SQLITE_OK ||
        sqlite3_bind_int64(self->read, 2, (sqlite3_int64)last_seq) != SQLITE_OK)
        return sqlite_failure(self->db, explanation);
    while (result == RESULT_OK) {
        const int code = sqlite3_step(self->read);
        if (code == SQLITE_DONE)
            break;
        result = code == SQLITE_ROW ? hand_over_stored(self, take, owner, explanation)
                                    : sqlite_failure(self->db, explanation);
    }
    sqlite_rewind(self->read);
    return result;
}

static enum result look_sqlite(struct journal *journal, uint64_t seq, struct journal_chain *chain,
                               struct explanation *explanation)
{
    const struct sqlite_journal *self = of_sqlite(journal);
    if (self->db == NULL)
        return not_open(self, explanation);
    if (sqlite3_bind_int64(self->look, 1, (sqlite3_int64)seq) != SQLITE_OK)
        return sqlite_failure(self->db, explanation);
    enum result result = RESULT_OK;
    const int code = sqlite3_step(self->look);
    if (code == SQLITE_ROW)
        *chain = read_chain(self->look);
    else if (code == SQLITE_DONE)
        result = explain(explanation, RESULT_NOT_FOUND, "%s: row %llu is missing", self->path,
                         (unsigned long long)seq);
    else
        result = sqlite_failure(self->db, explanation);
    sqlite_rewind(self->look);
    return result;
}

static enum result extent_sqlite(struct journal *journal, struct journal_extent *extent,
                                 struct explanation *explanation)
{
    const struct sqlite_journal *self = of_sqlite(journal);
    if (self->db == NULL)
        return not_open(self, explanation);
    const int code = sqlite3_step(self->last);
    if (code == SQLITE_ROW) {
        extent->last_seq = (uint64_t)sqlite3_column_int64(self->last, 0);
        extent->last_house_time = sqlite3_column_int64(self->last, 3);
    }
    sqlite_rewind(self->last);
    if (code == SQLITE_DONE)
        return RESULT_OK;
    if (code != SQLITE_ROW)
        return sqlite_failure(self->db, explanation);
    int64_t first;
    enum result result = sqlite_integer(
        self->db, "SELECT seq FROM journal WHERE record_count > 0 ORDER BY seq LIMIT 1", &first,
        explanation);
    if (result == RESULT_OK)
        extent->first_seq = (uint64_t)first;
    else if (result == RESULT_NOT_FOUND) /* the last row is never pruned */
        result = explain(explanation, RESULT_CORRUPT, "%s: row %llu is damaged", self->path,
                         (unsigned long long)extent->last_seq);
    return result;
}

static enum result inspect_sqlite(struct journal *journal, journal_fault *fault, void *owner,
                                  struct explanation *explanation)
{
    return database_inspect(of_sqlite(journal)->db, fault, owner, explanation);
}

static uint64_t file_bytes(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

/* The file and its write-ahead log. */
static uint64_t bytes_sqlite(const struct journal *journal)
{
    const char *path = ((const struct sqlite_journal *)journal)->path;
    char log[PATH_MAX + 4];
    const int length = snprintf(log, sizeof log, "%s-wal", path);
    CHECK(length > 0 && (size_t)length < sizeof log);
    return file_bytes(path) + file_bytes(log);
}

static const char *name_sqlite(const struct journal *journal)
{
    return ((const struct sqlite_journal *)journal)->path;
}

/* ---- All of it ---- */

static const struct journal_methods methods = {
    .append = append_sqlite,
    .mend = mend_sqlite,
    .look = look_sqlite,
    .read = read_sqlite,
    .extent = extent_sqlite,
    .prune = prune_sqlite,
    .give_back = give_back_sqlite,
    .inspect = inspect_sqlite,
    .bytes = bytes_sqlite,
    .name = name_sqlite,
    .close = close_sqlite,
};

enum result sqlite_journal_open(const char *path, struct journal **journal,
                                struct explanation *explanation)
{
    struct sqlite_journal *self = calloc(1, sizeof *self);
    if (self == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the journal");
    *self = (struct sqlite_journal){.journal = {.methods = &methods, .broken = true}, .path = path};
    *journal = &self->journal;
    const enum result result = journal_mend(*journal, explanation);
    if (result != RESULT_OK)
        journal_close(journal);
    return result;
}
