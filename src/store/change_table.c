/* See change_table.h. */
#include "store/change_table.h"

#include "base/check.h"
#include "store/sqlite_util.h"

/* Rows of the table that go with one booking. A full generation adds some 3,000 of them. */
#define FORGOTTEN_ROWS_MAX "4000"

/* Room for one row: the longest image is a concert's, whose texts have 41,000 bytes. */
#define PENDING_BYTES_MAX ((size_t)1 << 20)

enum result change_table_make(sqlite3 *db, struct explanation *explanation)
{
    return sqlite_run(db,
                      "CREATE TABLE \"change\" (\"first\" INTEGER PRIMARY KEY, "
                      "\"at\" INTEGER NOT NULL, \"count\" INTEGER NOT NULL, "
                      "\"records\" BLOB NOT NULL) STRICT;",
                      explanation);
}

enum result change_table_last(sqlite3 *db, uint64_t *last, struct explanation *explanation)
{
    int64_t number = 0;
    const enum result result = sqlite_integer(
        db, "SELECT \"first\" + \"count\" - 1 FROM \"change\" ORDER BY \"first\" DESC LIMIT 1",
        &number, explanation);
    *last = (uint64_t)number;
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

/* The last row stays whatever its age: it has the last number. */
enum result change_table_prepare(struct change_table *table, sqlite3 *db,
                                 struct explanation *explanation)
{
    buffer_init(&table->pending, PENDING_BYTES_MAX);
    table->pending_count = 0;
    enum result result = change_table_last(db, &table->last, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db, "INSERT INTO \"change\" VALUES (?1, ?2, ?3, ?4)", &table->add,
                                explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db, "SELECT \"at\" FROM \"change\" ORDER BY \"first\" LIMIT 1",
                                &table->oldest, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db,
                                "DELETE FROM \"change\" WHERE \"first\" IN (SELECT \"first\" FROM"
                                " (SELECT \"first\", \"at\" FROM \"change\" ORDER BY \"first\""
                                " LIMIT " FORGOTTEN_ROWS_MAX ") WHERE \"at\" < ?1)"
                                " AND \"first\" < (SELECT max(\"first\") FROM \"change\")",
                                &table->forget, explanation);
    return result;
}

void change_table_drop(struct change_table *table)
{
    sqlite_drop(&table->add);
    sqlite_drop(&table->oldest);
    sqlite_drop(&table->forget);
    buffer_release(&table->pending);
}

/* ---- Booking ---- */

static enum result write_pending_row(struct change_table *table)
{
    sqlite3_stmt *add = table->add;
    if (table->pending_count == 0)
        return RESULT_OK;
    if (sqlite3_bind_int64(add, 1, (sqlite3_int64)table->last + 1) != SQLITE_OK ||
        sqlite3_bind_int64(add, 2, table->pending_at) != SQLITE_OK ||
        sqlite3_bind_int64(add, 3, (sqlite3_int64)table->pending_count) != SQLITE_OK ||
        sqlite3_bind_blob64(add, 4, table->pending.data, table->pending.length, SQLITE_STATIC) !=
            SQLITE_OK)
        return RESULT_NO_MEMORY;
    const enum result result = sqlite_step_done(add);
    table->last += table->pending_count;
    table->pending_count = 0;
    buffer_clear(&table->pending);
    /* The images end with this call. */
    return sqlite3_clear_bindings(add) == SQLITE_OK ? result : RESULT_NO_MEMORY;
}

/* The house's row has the key that signs session tokens, which is not to outlive a new one. */
static enum result put_without_key(struct buffer *buffer, const struct record *record)
{
    struct record told = *record;
    told.as.house.token_key = (struct secret){{0}};
    const enum result result = buffer_reserve(buffer, record_encoded_max(&told));
    if (result == RESULT_OK)
        record_encode(&told, told.why, buffer);
    return result;
}

static enum result append_change(struct buffer *buffer, const struct overlay_row *row,
                                 const struct record *record)
{
    if (record->kind == RECORD_KIND_HOUSE)
        return put_without_key(buffer, record);
    const enum result result = buffer_reserve(buffer, row->length);
    if (result == RESULT_OK)
        buffer_append(buffer, row->data, row->length);
    return result;
}

static enum result add_image(void *owner, const struct overlay_row *row, timestamp_ms at)
{
    struct change_table *table = owner;
    struct record record;
    if (!change_is_followed(row->kind))
        return RESULT_OK;
    overlay_decode(row, &record);
    if (change_of(&record) == CHANGE_NONE)
        return RESULT_OK;
    enum result result = RESULT_OK;
    if (table->pending_count > 0 &&
        (table->pending_at != at || table->pending.length + row->length > CHANGES_ROW_BYTES))
        result = write_pending_row(table);
    if (result == RESULT_OK)
        result = append_change(&table->pending, row, &record);
    table->pending_at = at;
    table->pending_count++;
    return result;
}

/* Looks at the oldest alone until that is to go. */
static enum result forget_old_changes(struct change_table *table)
{
    const timestamp_ms before = table->pending_at - CHANGES_KEPT_MS;
    const int code = sqlite3_step(table->oldest);
    const bool old = code == SQLITE_ROW && sqlite3_column_int64(table->oldest, 0) < before;
    sqlite_rewind(table->oldest);
    /* SQLite may have rolled the booking back with it. */
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return RESULT_IO;
    if (!old)
        return RESULT_OK;
    if (sqlite3_bind_int64(table->forget, 1, before) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    return sqlite_step_done(table->forget);
}

enum result change_table_book(struct change_table *table, const struct generation *generation)
{
    table->pending_at = 0;
    enum result result = generation_tell(generation, add_image, table);
    if (result == RESULT_OK)
        result = write_pending_row(table);
    return result == RESULT_OK ? forget_old_changes(table) : result;
}
