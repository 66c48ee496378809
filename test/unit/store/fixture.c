/* See fixture.h. */
#include "fixture.h"

#include "store/migrate.h"
#include "store/sqlite_journal.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define BATCH_BYTES_MAX (UINT32_C(64) << 20)

struct fixture *fixture_new(void)
{
    static const uint64_t seed[4] = {1, 2, 3, 4};
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    const char *parent = getenv("TMPDIR");
    assert_true(snprintf(fixture->directory, sizeof fixture->directory, "%s/usher-store-XXXXXX",
                         parent == NULL ? "/tmp" : parent) < (int)sizeof fixture->directory);
    assert_non_null(mkdtemp(fixture->directory));
    buffer_init(&fixture->batch, BATCH_BYTES_MAX);
    id_source_init(&fixture->ids, seed);
    return fixture;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void fixture_free(struct fixture *fixture)
{
    if (fixture->store != NULL)
        fixture_close(fixture);
    buffer_release(&fixture->batch);
    assert_int_equal(nftw(fixture->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
    free(fixture);
}

int fixture_setup(void **state)
{
    struct fixture *fixture = fixture_new();
    *state = fixture;
    return fixture_open(fixture) == RESULT_OK ? 0 : -1;
}

int fixture_teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

enum result fixture_open(struct fixture *fixture)
{
    const struct store_options options = {.directory = fixture->directory};
    fixture->explanation.text[0] = '\0';
    return store_open(&fixture->store, &options, &fixture->explanation);
}

void fixture_close(struct fixture *fixture)
{
    store_close(fixture->store);
    fixture->store = NULL;
}

void fixture_reopen(struct fixture *fixture)
{
    struct loaded loaded;
    if (fixture->store != NULL)
        fixture_close(fixture);
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    fixture->seq = loaded.position.seq;
    loaded_release(&loaded);
}

struct id fixture_id(struct fixture *fixture)
{
    return id_next(&fixture->ids, NOW);
}

const char *fixture_path(const struct fixture *fixture, const char *file, char path[static 128])
{
    assert_true(snprintf(path, 128, "%s/%s", fixture->directory, file) < 128);
    return path;
}

/* ---- Writing ---- */

void batch_add(struct fixture *fixture, const struct record *record)
{
    assert_int_equal(buffer_reserve(&fixture->batch, record_encoded_max(record)), RESULT_OK);
    record_encode(record, record->why, &fixture->batch);
    fixture->batch_count++;
}

/* A batch that is pending stays, to be settled. */
static enum store_outcome batch_end(struct fixture *fixture, enum store_outcome outcome)
{
    if (outcome == STORE_DONE)
        fixture->seq++;
    if (outcome == STORE_PENDING)
        return outcome;
    buffer_clear(&fixture->batch);
    fixture->batch_count = 0;
    return outcome;
}

enum store_outcome batch_try_append(struct fixture *fixture)
{
    return batch_end(fixture, store_append(fixture->store, fixture->seq + 1,
                                           NOW + (timestamp_ms)fixture->seq, &fixture->batch,
                                           fixture->batch_count));
}

enum store_outcome batch_settle(struct fixture *fixture)
{
    return batch_end(fixture, store_settle(fixture->store, fixture->seq + 1,
                                           NOW + (timestamp_ms)fixture->seq, &fixture->batch,
                                           fixture->batch_count, &fixture->explanation));
}

void batch_append(struct fixture *fixture)
{
    assert_int_equal(batch_try_append(fixture), STORE_DONE);
}

void append_one(struct fixture *fixture, const struct record *record)
{
    batch_add(fixture, record);
    batch_append(fixture);
}

void book_all(struct fixture *fixture)
{
    size_t rows;
    do {
        if (store_book(fixture->store, &rows, &fixture->explanation) != RESULT_OK)
            fail_msg("%s", fixture->explanation.text);
    } while (rows > 0);
    assert_int_equal(store_unbooked(fixture->store), 0);
}

/* ---- Reading back ---- */

static enum result keep(void *owner, const struct record *record)
{
    struct loaded *loaded = owner;
    loaded->records = realloc(loaded->records, (loaded->count + 1) * sizeof *loaded->records);
    assert_non_null(loaded->records);
    loaded->records[loaded->count] = record_copy(record);
    assert_non_null(loaded->records[loaded->count]);
    loaded->count++;
    return RESULT_OK;
}

enum result load(struct fixture *fixture, struct loaded *loaded)
{
    *loaded = (struct loaded){0};
    const struct store_loader loader = {.owner = loaded, .row = keep};
    fixture->explanation.text[0] = '\0';
    return store_load(fixture->store, NOW, &loader, &loaded->position, &fixture->explanation);
}

void loaded_release(struct loaded *loaded)
{
    for (size_t i = 0; i < loaded->count; i++)
        free(loaded->records[i]);
    free(loaded->records);
    *loaded = (struct loaded){0};
}

size_t loaded_count(const struct loaded *loaded, enum record_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < loaded->count; i++)
        count += loaded->records[i]->kind == kind ? 1 : 0;
    return count;
}

const struct record *loaded_find(const struct loaded *loaded, enum record_kind kind, struct id id)
{
    const struct record_key key = record_key_of_id(id);
    for (size_t i = loaded->count; i-- > 0;) {
        if (loaded->records[i]->kind != kind)
            continue;
        const struct record_key found = record_key(loaded->records[i]);
        if (memcmp(&found, &key, sizeof key) == 0)
            return loaded->records[i];
    }
    return NULL;
}

timestamp_ms loaded_heartbeat(const struct loaded *loaded)
{
    timestamp_ms heartbeat_at = 0;
    for (size_t i = 0; i < loaded->count; i++)
        if (loaded->records[i]->kind == RECORD_KIND_HOUSE)
            heartbeat_at = loaded->records[i]->as.house.heartbeat_at;
    return heartbeat_at;
}

/* ---- By hand ---- */

static sqlite3 *open_file(const struct fixture *fixture, const char *file)
{
    char path[128];
    sqlite3 *db;
    assert_int_equal(
        sqlite3_open_v2(fixture_path(fixture, file, path), &db, SQLITE_OPEN_READWRITE, NULL),
        SQLITE_OK);
    return db;
}

void fixture_run(const struct fixture *fixture, const char *file, const char *sql)
{
    sqlite3 *db = open_file(fixture, file);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void drop_since(sqlite3_str *sql, const struct entity_schema *schema, unsigned version)
{
    if (schema->since > version)
        sqlite3_str_appendf(sql, "DROP VIEW \"%w_readable\"; DROP TABLE \"%w\";", schema->table,
                            schema->table);
    for (size_t i = 0; schema->since <= version && i < schema->field_count; i++) {
        const char *column = schema->fields[i].column;
        if (schema->fields[i].since <= version)
            continue;
        sqlite3_str_appendf(sql, "DROP VIEW IF EXISTS \"%w_readable\";", schema->table);
        sqlite3_str_appendf(sql, "DROP INDEX IF EXISTS \"%w_%w\";", schema->table, column);
        sqlite3_str_appendf(sql, "ALTER TABLE \"%w\" DROP COLUMN \"%w\";", schema->table, column);
    }
}

void fixture_make_old(const struct fixture *fixture, unsigned version)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    for (size_t kind = RECORD_KIND_COUNT; kind > 0; kind--) /* children first */
        drop_since(sql, record_schema((enum record_kind)(kind - 1)), version);
    if (version < CHANGES_SINCE)
        sqlite3_str_appendall(sql, "DROP TABLE change;");
    if (version < MINUTES_SINCE)
        sqlite3_str_appendall(sql, "DROP TABLE house_minute;");
    sqlite3_str_appendf(sql, "PRAGMA user_version = %u", version);
    char *text = sqlite3_str_finish(sql);
    assert_non_null(text);
    fixture_run(fixture, "usher.db", text);
    sqlite3_free(text);
    char mark[128];
    (void)snprintf(mark, sizeof mark, "%s PRAGMA user_version = %u",
                   version < CHAIN_SINCE ? "ALTER TABLE journal RENAME COLUMN chain TO checksum;"
                                         : "",
                   version);
    fixture_run(fixture, "journal.db", mark);
}

int64_t fixture_integer(const struct fixture *fixture, const char *file, const char *sql)
{
    sqlite3 *db = open_file(fixture, file);
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const int64_t value = sqlite3_column_int64(statement, 0);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return value;
}
