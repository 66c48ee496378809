/* See upgrade.h. */
#include "store/upgrade.h"

#include "base/check.h"
#include "base/thread.h"
#include "store/database.h"
#include "store/rebuild.h"
#include "store/sqlite_util.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NEW_FILE_SUFFIX ".new"
#define LOG_SUFFIX "-wal"

/* What a row takes on one core of 2024, and a third more. */
#define ROW_NANOSECONDS 7000

/* The new file is smaller than the old one. Beside it lies, for moments, what is sorted for one
 * index: less than this part of the old file. */
#define SORTED_PART 8

/* For directories, a rollback journal and what else a file system takes for itself. */
#define ROOM_BYTES_MORE (UINT64_C(16) << 20)

struct upgrade {
    const char *old; /* the tables */
    char new[PATH_MAX];
    int descriptor; /* of the new file, from its making to its sync; -1: none */
    sqlite3 *db;    /* one connection at a time */
    struct schema schema;
    int64_t from;
    atomic_uint_fast64_t steps; /* done, of all */
    struct store_upgrade told;
    const struct store_upgrade_watch *watch;
    struct explanation *explanation;
};

/* ---- Telling ---- */

static void tell_stage(struct upgrade *upgrade, enum store_upgrade_stage stage)
{
    upgrade->told.stage = stage;
    upgrade->watch->tell(upgrade->watch->owner, &upgrade->told);
}

static void count_steps(void *owner, uint64_t steps)
{
    struct upgrade *upgrade = owner;
    atomic_fetch_add_explicit(&upgrade->steps, steps, memory_order_relaxed);
}

/* A word for each percent that is begun, from the thread that opens. */
static void advance(void *owner, uint64_t steps)
{
    struct upgrade *upgrade = owner;
    const uint64_t all = upgrade->told.rows * REBUILD_STEPS_A_ROW;
    count_steps(upgrade, steps);
    const uint64_t done = atomic_load_explicit(&upgrade->steps, memory_order_relaxed);
    while (upgrade->told.percent < 100 && done * 100 > upgrade->told.percent * all) {
        upgrade->told.percent++;
        tell_stage(upgrade, upgrade->told.stage);
    }
}

/* ---- What it takes ---- */

static enum result measure_old(struct upgrade *upgrade, uint64_t *bytes)
{
    int64_t pages, page_bytes;
    enum result result =
        sqlite_integer(upgrade->db, "PRAGMA page_count", &pages, upgrade->explanation);
    if (result == RESULT_OK)
        result = sqlite_integer(upgrade->db, "PRAGMA page_size", &page_bytes, upgrade->explanation);
    if (result == RESULT_OK)
        result = rebuild_count(upgrade->db, &upgrade->schema, upgrade->from, &upgrade->told.rows,
                               upgrade->explanation);
    if (result == RESULT_OK)
        *bytes = (uint64_t)pages * (uint64_t)page_bytes;
    return result;
}

/* The log's pages may come to the old file's end before the new one is begun. */
static enum result measure(struct upgrade *upgrade)
{
    uint64_t bytes = 0;
    struct stat status;
    struct statvfs room;
    const enum result result = measure_old(upgrade, &bytes);
    if (result != RESULT_OK)
        return result;
    if (stat(upgrade->old, &status) != 0 || statvfs(upgrade->old, &room) != 0)
        return explain(upgrade->explanation, RESULT_IO, "%s: %m", upgrade->old);
    const uint64_t on_disk = (uint64_t)status.st_size;
    upgrade->told.bytes_needed =
        bytes + bytes / SORTED_PART + (bytes > on_disk ? bytes - on_disk : 0) + ROOM_BYTES_MORE;
    upgrade->told.bytes_free = (uint64_t)room.f_bavail * room.f_frsize;
    upgrade->told.seconds =
        (unsigned)(upgrade->told.rows * ROW_NANOSECONDS / UINT64_C(1000000000)) + 1;
    return RESULT_OK;
}

static enum result refuse_without_room(const struct upgrade *upgrade)
{
    const struct store_upgrade *told = &upgrade->told;
    if (told->bytes_free >= told->bytes_needed)
        return RESULT_OK;
    return explain(upgrade->explanation, RESULT_FULL,
                   "%s: taking up the tables of version %u needs %llu MB of room beside them, and "
                   "there are %llu MB: make room and start again; nothing was changed",
                   upgrade->old, told->from, (unsigned long long)(told->bytes_needed >> 20) + 1,
                   (unsigned long long)(told->bytes_free >> 20));
}

/* ---- The old file ---- */

/* Nobody else may have a connection to it: on closing it they would remove the log of the new file,
 * which has its name. */
static enum result alone(const struct upgrade *upgrade, enum result result)
{
    if (result != RESULT_BUSY)
        return result;
    return explain(upgrade->explanation, RESULT_BUSY,
                   "%s is open in another program, such as sqlite3: end it and start again",
                   upgrade->old);
}

static enum result open_old(struct upgrade *upgrade)
{
    enum result result =
        alone(upgrade, database_open(upgrade->old, TABLES_APPLICATION_ID, NULL,
                                     "PRAGMA locking_mode = EXCLUSIVE", &upgrade->db,
                                     &upgrade->from, upgrade->explanation));
    if (result != RESULT_OK)
        return result;
    CHECK(upgrade->from > 0 && upgrade->from < REBUILD_VERSION);
    upgrade->told.from = (unsigned)upgrade->from;
    upgrade->told.to = upgrade->schema.version;
    return rebuild_recognize(upgrade->db, &upgrade->schema, upgrade->from, upgrade->explanation);
}

/* Leaves the old file with all that was in its log, and the log durably empty. */
static enum result prepare_old(struct upgrade *upgrade)
{
    enum result result = open_old(upgrade);
    if (result == RESULT_OK)
        result = measure(upgrade);
    if (result == RESULT_OK)
        result = refuse_without_room(upgrade);
    if (result == RESULT_OK) {
        tell_stage(upgrade, STORE_UPGRADE_BEGINS);
        result = database_settle(upgrade->db, upgrade->explanation);
    }
    sqlite_shut(&upgrade->db);
    return result;
}

/* What is in a log is applied to whatever file has its name. */
static enum result check_log_is_empty(const struct upgrade *upgrade)
{
    char log[PATH_MAX + sizeof LOG_SUFFIX];
    struct stat status;
    (void)snprintf(log, sizeof log, "%s" LOG_SUFFIX, upgrade->old);
    if (stat(log, &status) != 0)
        return errno == ENOENT ? RESULT_OK
                               : explain(upgrade->explanation, RESULT_IO, "%s: %m", log);
    if (status.st_size > 0)
        return explain(upgrade->explanation, RESULT_BUSY,
                       "%s was written by another program meanwhile: end it and start again",
                       upgrade->old);
    return RESULT_OK;
}

/* ---- The new file ---- */

static enum result remove_new(const struct upgrade *upgrade, struct explanation *explanation)
{
    if (unlink(upgrade->new) == 0 || errno == ENOENT)
        return RESULT_OK;
    return explain(explanation, RESULT_IO, "cannot remove %s: %m", upgrade->new);
}

/* Whoever may use the old file may use the new one. The descriptor stays open until the file is
 * synced: it is told of every write that failed meanwhile. */
static enum result make_new(struct upgrade *upgrade)
{
    struct stat status;
    if (stat(upgrade->old, &status) != 0)
        return explain(upgrade->explanation, RESULT_IO, "%s: %m", upgrade->old);
    upgrade->descriptor =
        open(upgrade->new, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (upgrade->descriptor < 0)
        return explain(upgrade->explanation, RESULT_IO, "cannot make %s: %m", upgrade->new);
    if (fchown(upgrade->descriptor, status.st_uid, status.st_gid) != 0 ||
        fchmod(upgrade->descriptor, status.st_mode & ACCESSPERMS) != 0)
        return explain(upgrade->explanation, RESULT_IO,
                       "cannot give %s the owner and rights of the old file: %m", upgrade->new);
    return RESULT_OK;
}

/* From here until it is closed nobody else gets at the old file: attached files are locked as the
 * first one is. That one is then let go, for the connection that inspects it. */
static enum result attach_old(struct upgrade *upgrade)
{
    enum result result = database_open_unsynced(upgrade->new, &upgrade->db, upgrade->explanation);
    if (result == RESULT_OK)
        result = alone(upgrade, sqlite_run_owned(upgrade->db,
                                                 sqlite3_mprintf("ATTACH %Q AS old", upgrade->old),
                                                 upgrade->explanation));
    if (result == RESULT_OK)
        result = sqlite_run(upgrade->db, "PRAGMA main.locking_mode = NORMAL", upgrade->explanation);
    return result == RESULT_OK ? check_log_is_empty(upgrade) : result;
}

/* ---- The check ---- */

/* The new file, on a thread and a connection of its own: it takes half as long as comparing. */
struct inspection {
    struct upgrade *upgrade;
    enum result result;
    struct explanation explanation;
};

static void *inspect_new(void *argument)
{
    struct inspection *inspection = argument;
    struct upgrade *upgrade = inspection->upgrade;
    sqlite3 *db = NULL;
    inspection->result = database_open_reader(upgrade->new, &db, &inspection->explanation);
    const struct rebuild rebuild = {.db = db,
                                    .schema = &upgrade->schema,
                                    .from = upgrade->from,
                                    .advance = count_steps,
                                    .owner = upgrade};
    if (inspection->result == RESULT_OK)
        inspection->result = rebuild_inspect(&rebuild, &inspection->explanation);
    sqlite_shut(&db);
    return NULL;
}

static enum result check_new(struct upgrade *upgrade, const struct rebuild *rebuild)
{
    struct inspection inspection = {.upgrade = upgrade};
    pthread_t thread;
    tell_stage(upgrade, STORE_UPGRADE_CHECKS);
    if (thread_start(&thread, "usher-inspect", inspect_new, &inspection) != RESULT_OK)
        return explain(upgrade->explanation, RESULT_NO_MEMORY, "no thread to check the new tables");
    const enum result result = rebuild_compare(rebuild, upgrade->explanation);
    thread_join(thread);
    advance(upgrade, 0); /* tells how far the other thread came */
    if (result != RESULT_OK || inspection.result == RESULT_OK)
        return result;
    *upgrade->explanation = inspection.explanation;
    return inspection.result;
}

static enum result fill_new(struct upgrade *upgrade)
{
    const struct rebuild rebuild = {.db = upgrade->db,
                                    .schema = &upgrade->schema,
                                    .from = upgrade->from,
                                    .advance = advance,
                                    .owner = upgrade};
    tell_stage(upgrade, STORE_UPGRADE_BUILDS);
    enum result result = sqlite_run(upgrade->db, "BEGIN IMMEDIATE", upgrade->explanation);
    if (result == RESULT_OK)
        result = rebuild_tables(&rebuild, upgrade->explanation);
    if (result == RESULT_OK)
        result = database_mark(upgrade->db, TABLES_APPLICATION_ID, upgrade->schema.version,
                               upgrade->explanation);
    if (result == RESULT_OK)
        result = sqlite_run(upgrade->db, "COMMIT", upgrade->explanation);
    return result == RESULT_OK ? check_new(upgrade, &rebuild) : result;
}

/* SQLite sorts in files of its own, and would look for a place where room is neither counted nor
 * certain to be had. */
static enum result sort_beside(struct upgrade *upgrade, enum result fill(struct upgrade *upgrade))
{
    char *copy = sqlite3_mprintf("%s", upgrade->new);
    if (copy == NULL)
        return explain(upgrade->explanation, RESULT_NO_MEMORY, "no memory for a path");
    char *const before = sqlite3_temp_directory;
    sqlite3_temp_directory = dirname(copy);
    const enum result result = fill(upgrade);
    sqlite3_temp_directory = before;
    sqlite3_free(copy);
    return result;
}

/* A directory that cannot be synced ends the start, since the journal must not go on from tables
 * that may yet become the old ones. The next start syncs it first of all. */
static enum result place_new(struct upgrade *upgrade)
{
    if (fsync(upgrade->descriptor) != 0)
        return explain(upgrade->explanation, RESULT_IO, "%s: %m", upgrade->new);
    if (rename(upgrade->new, upgrade->old) != 0)
        return explain(upgrade->explanation, RESULT_IO, "cannot rename %s: %m", upgrade->new);
    return directory_sync(upgrade->old, upgrade->explanation);
}

static enum result replace_old(struct upgrade *upgrade)
{
    enum result result = make_new(upgrade);
    if (result == RESULT_OK)
        result = attach_old(upgrade);
    if (result == RESULT_OK)
        result = sort_beside(upgrade, fill_new);
    if (result == RESULT_OK)
        result = place_new(upgrade);
    sqlite_shut(&upgrade->db);
    if (upgrade->descriptor >= 0)
        (void)close(upgrade->descriptor); /* synced, or to be removed */
    return result;
}

/* ---- All of it ---- */

static enum result take_up(struct upgrade *upgrade)
{
    enum result result = remove_new(upgrade, upgrade->explanation);
    if (result == RESULT_OK)
        result = prepare_old(upgrade);
    if (result == RESULT_OK)
        result = replace_old(upgrade);
    struct explanation left;
    if (result == RESULT_OK)
        tell_stage(upgrade, STORE_UPGRADE_DONE);
    else
        (void)(remove_new(upgrade, &left) == RESULT_OK); /* or the next start removes it */
    return result;
}

enum result upgrade_tables(const struct directory *directory,
                           const struct store_upgrade_watch *watch, struct explanation *explanation)
{
    struct upgrade *upgrade = malloc(sizeof *upgrade);
    if (upgrade == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for taking up old tables");
    *upgrade = (struct upgrade){
        .old = directory->tables, .descriptor = -1, .watch = watch, .explanation = explanation};
    schema_current(&upgrade->schema);
    enum result result = RESULT_OK;
    if (snprintf(upgrade->new, sizeof upgrade->new, "%s" NEW_FILE_SUFFIX, upgrade->old) >=
        (int)sizeof upgrade->new)
        result = explain(explanation, RESULT_IO, "the name of the data directory is too long");
    if (result == RESULT_OK)
        result = take_up(upgrade);
    free(upgrade);
    return result;
}
