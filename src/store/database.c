/* See database.h. */
#include "store/database.h"

#include "record/record.h"
#include "store/sqlite_util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A reader waits this long for the moment in which the log is recovered after a crash. */
#define BUSY_MS 5000

/* ---- Whose it is ---- */

/* The beginning of a database file (sqlite.org/fileformat.html, 1.3 and 1.6): the magic, among the
 * header's fields the application id, then the root page of the list of tables and so on. */
#define HEAD_BYTES 108
#define HEAD_APPLICATION_ID 68
#define HEAD_PAGE_TYPE 100
#define HEAD_CELL_COUNT 103
#define PAGE_TYPE_LEAF 0x0d

static bool is_ours(const uint8_t head[static HEAD_BYTES], int64_t application_id)
{
    static const char magic[16] = "SQLite format 3";
    int64_t found_id = 0;
    for (size_t i = 0; i < 4; i++)
        found_id = found_id << 8 | head[HEAD_APPLICATION_ID + i];
    if (memcmp(head, magic, sizeof magic) != 0)
        return false;
    /* What we had only just begun has no mark yet, and nothing in it. */
    const bool blank = head[HEAD_PAGE_TYPE] == PAGE_TYPE_LEAF && head[HEAD_CELL_COUNT] == 0 &&
                       head[HEAD_CELL_COUNT + 1] == 0;
    return found_id == application_id || (found_id == 0 && blank);
}

/* Whether the first page was being written when the power went: nothing of its beginning is there,
 * and SQLite's journal beside the file says that there was no page before. It takes back what there
 * is, and is asked again whose file it is. */
static bool was_being_begun(const char *path, const uint8_t *head, size_t length)
{
    char journal[PATH_MAX];
    for (size_t i = 0; i < length; i++)
        if (head[i] != 0)
            return false;
    return snprintf(journal, sizeof journal, "%s-journal", path) < (int)sizeof journal &&
           access(journal, F_OK) == 0;
}

enum result database_recognize(const char *path, int64_t application_id,
                               struct explanation *explanation)
{
    uint8_t head[HEAD_BYTES];
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT)
        return RESULT_OK;
    if (descriptor < 0)
        return explain(explanation, RESULT_IO, "%s: %m", path);
    const ssize_t length = pread(descriptor, head, sizeof head, 0);
    const int error = errno;
    (void)close(descriptor); /* it was only read */
    errno = error;
    if (length < 0)
        return explain(explanation, RESULT_IO, "%s: %m", path);
    if (length > 0 && (length < HEAD_BYTES || !is_ours(head, application_id)) &&
        !was_being_begun(path, head, (size_t)length))
        return explain(explanation, RESULT_FOREIGN, "%s is not a file of usher's", path);
    return RESULT_OK;
}

/* ---- Opening ---- */

static enum result connect(const char *path, int flags, const char *vfs, sqlite3 **db,
                           struct explanation *explanation)
{
    /* NOMUTEX: a connection belongs to one thread at a time. */
    if (sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, vfs) == SQLITE_OK &&
        sqlite3_extended_result_codes(*db, 1) == SQLITE_OK &&
        /* Closing is no occasion to checkpoint: a reader never does, and after a failure what is on
         * disk must be read again first. */
        sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK &&
        sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
        sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) == SQLITE_OK)
        return RESULT_OK;
    if (*db == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "%s: no memory", path);
    const enum result result = sqlite_failure(*db, explanation);
    sqlite_shut(db);
    return result;
}

/* The same question again of SQLite, which sees the log of a crash too. */
static enum result identify(sqlite3 *db, int64_t application_id, int64_t *version,
                            struct explanation *explanation)
{
    int64_t found_id = 0, objects = 0;
    const char *path = sqlite3_db_filename(db, "main");
    enum result result = sqlite_integer(db, "PRAGMA application_id", &found_id, explanation);
    if (result == RESULT_OK)
        result = sqlite_integer(db, "PRAGMA user_version", version, explanation);
    if (result == RESULT_OK)
        result = sqlite_integer(db, "SELECT count(*) FROM sqlite_schema", &objects, explanation);
    if (result == RESULT_FOREIGN)
        return explain(explanation, RESULT_FOREIGN, "%s is not a file of usher's", path);
    if (result != RESULT_OK)
        return result;
    if (found_id != application_id && (found_id != 0 || objects != 0 || *version != 0))
        return explain(explanation, RESULT_FOREIGN, "%s is a database of another program", path);
    if (*version > SCHEMA_VERSION)
        return explain(explanation, RESULT_NEWER,
                       "%s was written by a newer usher (its schema is version %lld, this program "
                       "knows %d)",
                       path, (long long)*version, SCHEMA_VERSION);
    return RESULT_OK;
}

/* WAL: an append is one sequential write and one fsync, and readers never wait for the writer.
 * FULL: a commit is on disk when it returns. The mode is read back, for SQLite answers the old one
 * where it cannot be changed. Checkpoints are made where they are wanted, not behind our back. */
static enum result keep_in_wal(sqlite3 *db, struct explanation *explanation)
{
    sqlite3_stmt *statement = NULL;
    enum result result = sqlite_prepare(db, "PRAGMA journal_mode = WAL", &statement, explanation);
    if (result != RESULT_OK)
        return result;
    if (sqlite3_step(statement) != SQLITE_ROW)
        result = sqlite_failure(db, explanation);
    else if (sqlite3_stricmp((const char *)sqlite3_column_text(statement, 0), "wal") != 0)
        result = explain(explanation, RESULT_IO, "%s: the file system has no write-ahead log",
                         sqlite3_db_filename(db, "main"));
    sqlite_drop(&statement);
    /* Where the mode was another one, it is the first look at the file that opens the log. */
    if (result == RESULT_OK)
        result = sqlite_run(db, "SELECT 1 FROM sqlite_schema LIMIT 1", explanation);
    if (result == RESULT_OK)
        result = sqlite_run(db, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;",
                            explanation);
    return result;
}

enum result database_open(const char *path, int64_t application_id, const char *vfs,
                          const char *pragmas, sqlite3 **db, int64_t *version,
                          struct explanation *explanation)
{
    enum result result = connect(path, SQLITE_OPEN_READWRITE, vfs, db, explanation);
    if (result != RESULT_OK)
        return result;
    result = sqlite_run(*db, pragmas, explanation);
    if (result == RESULT_OK)
        result = identify(*db, application_id, version, explanation);
    if (result == RESULT_OK)
        result = keep_in_wal(*db, explanation);
    if (result != RESULT_OK)
        sqlite_shut(db);
    return result;
}

/* A journal in memory keeps what pages of the file were before, and an empty one has none. What is
 * sorted for an index may take as much memory as the cache, and files beyond. */
static const char unsynced_pragmas[] = "PRAGMA journal_mode = MEMORY;"
                                       "PRAGMA synchronous = OFF;"
                                       "PRAGMA locking_mode = EXCLUSIVE;"
                                       "PRAGMA page_size = 4096;"
                                       "PRAGMA cache_size = -65536;";

enum result database_open_unsynced(const char *path, sqlite3 **db, struct explanation *explanation)
{
    enum result result = connect(path, SQLITE_OPEN_READWRITE, NULL, db, explanation);
    if (result != RESULT_OK)
        return result;
    result = sqlite_run(*db, unsynced_pragmas, explanation);
    if (result != RESULT_OK)
        sqlite_shut(db);
    return result;
}

enum result database_open_reader(const char *path, sqlite3 **db, struct explanation *explanation)
{
    enum result result = connect(path, SQLITE_OPEN_READONLY, NULL, db, explanation);
    if (result != RESULT_OK)
        return result;
    if (sqlite3_busy_timeout(*db, BUSY_MS) != SQLITE_OK)
        result = sqlite_failure(*db, explanation);
    if (result != RESULT_OK)
        sqlite_shut(db);
    return result;
}

enum result database_mark(sqlite3 *db, int64_t application_id, unsigned version,
                          struct explanation *explanation)
{
    return sqlite_run_owned(
        db,
        sqlite3_mprintf("PRAGMA application_id = %lld; PRAGMA user_version = %u;",
                        (long long)application_id, version),
        explanation);
}

enum result database_checkpoint(sqlite3 *db, struct explanation *explanation)
{
    if (sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        return sqlite_failure(db, explanation);
    return RESULT_OK;
}

/* ---- Whether it is whole ---- */

/* A sentence a row. */
static enum result tell_faults(sqlite3 *db, const char *sql, database_fault *fault, void *owner,
                               struct explanation *explanation)
{
    sqlite3_stmt *statement = NULL;
    int code = SQLITE_DONE;
    enum result result = sqlite_prepare(db, sql, &statement, explanation);
    while (result == RESULT_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        fault(owner, text == NULL ? "a file is damaged" : text);
    }
    if (result == RESULT_OK && code != SQLITE_DONE)
        result = sqlite_failure(db, explanation);
    sqlite_drop(&statement);
    return result;
}

enum result database_inspect(sqlite3 *db, database_fault *fault, void *owner,
                             struct explanation *explanation)
{
    return tell_faults(db,
                       "SELECT file || ' is damaged: ' || integrity_check FROM"
                       " pragma_integrity_check, pragma_database_list"
                       " WHERE integrity_check <> 'ok' AND name = 'main'",
                       fault, owner, explanation);
}

enum result database_inspect_names(sqlite3 *db, database_fault *fault, void *owner,
                                   struct explanation *explanation)
{
    return tell_faults(db,
                       "SELECT 'a row of ' || \"table\" || ' names a row of ' || parent ||"
                       " ' that is not there' FROM pragma_foreign_key_check",
                       fault, owner, explanation);
}

/* ---- After who knows what ---- */

#define REWRITE_BYTES 65536

/* Writes every byte of a file again and syncs it: a sync that failed may have left bytes that are
 * read and not on the disk, and that no later sync takes there, because the system believes that
 * they are clean (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC
 * 2020). Whatever part of this reaches the disk, the file reads as before. */
static int rewrite(sqlite3_file *file)
{
    const sqlite3_io_methods *io = file->pMethods;
    sqlite3_int64 size;
    int code = io->xFileSize(file, &size);
    uint8_t *bytes = code == SQLITE_OK ? malloc(REWRITE_BYTES) : NULL;
    if (code == SQLITE_OK && bytes == NULL)
        code = SQLITE_NOMEM;
    for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size; at += REWRITE_BYTES) {
        const int length = size - at < REWRITE_BYTES ? (int)(size - at) : REWRITE_BYTES;
        code = io->xRead(file, bytes, length, at);
        if (code == SQLITE_OK)
            code = io->xWrite(file, bytes, length, at);
    }
    free(bytes);
    return code == SQLITE_OK && size > 0 ? io->xSync(file, SQLITE_SYNC_NORMAL) : code;
}

enum result database_settle(sqlite3 *db, struct explanation *explanation)
{
    sqlite3_file *log = NULL;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, (void *)&log) != SQLITE_OK ||
        log == NULL || log->pMethods == NULL)
        return explain(explanation, RESULT_IO, "%s: its log is not open",
                       sqlite3_db_filename(db, "main"));
    if (rewrite(log) != SQLITE_OK)
        return explain(explanation, RESULT_IO, "%s: its log cannot be written again: %m",
                       sqlite3_db_filename(db, "main"));
    const enum result result = database_checkpoint(db, explanation);
    if (result != RESULT_OK)
        return result;
    /* An old log must not come back over a newer file: its end is as durable as the file is. */
    if (log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) != SQLITE_OK)
        return explain(explanation, RESULT_IO, "%s: its log cannot be synced: %m",
                       sqlite3_db_filename(db, "main"));
    return RESULT_OK;
}
