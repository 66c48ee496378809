/* See change_table.h. */
#include "store/change_table.h"

#include "base/check.h"

/* Rows of the table that go with one booking. A full generation adds some 3,000 of them. */
#define FORGOTTEN_ROWS_MAX "4000"

/* Room for one row: the longest image is a concert's, whose texts have 41,000 bytes. */
#define PENDING_BYTES_MAX ((size_t)1 << 20)

enum result change_table_last(struct sql_connection *connection, uint64_t *last,
                              struct explanation *explanation)
{
    int64_t number = 0;
    const enum result result = sql_integer(
        connection,
        "SELECT \"first\" + \"count\" - 1 FROM \"change\" ORDER BY \"first\" DESC LIMIT 1", &number,
        explanation);
    *last = (uint64_t)number;
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

/* The last row stays whatever its age: it has the last number. */
enum result change_table_prepare(struct change_table *table, struct sql_connection *connection,
                                 struct explanation *explanation)
{
    buffer_init(&table->pending, PENDING_BYTES_MAX);
    table->pending_count = 0;
    enum result result = change_table_last(connection, &table->last, explanation);
    if (result == RESULT_OK)
        result = sql_prepare(connection, "INSERT INTO \"change\" VALUES (?1, ?2, ?3, ?4)",
                             &table->add, explanation);
    if (result == RESULT_OK)
        result = sql_prepare(connection, "SELECT \"at\" FROM \"change\" ORDER BY \"first\" LIMIT 1",
                             &table->oldest, explanation);
    if (result == RESULT_OK)
        result = sql_prepare(connection,
                             "DELETE FROM \"change\" WHERE \"first\" IN (SELECT \"first\" FROM"
                             " (SELECT \"first\", \"at\" FROM \"change\" ORDER BY \"first\""
                             " LIMIT " FORGOTTEN_ROWS_MAX ") o WHERE \"at\" < ?1)"
                             " AND \"first\" < (SELECT max(\"first\") FROM \"change\")",
                             &table->forget, explanation);
    return result;
}

void change_table_drop(struct change_table *table)
{
    sql_drop(&table->add);
    sql_drop(&table->oldest);
    sql_drop(&table->forget);
    buffer_release(&table->pending);
}

/* ---- Booking ---- */

static enum result write_pending_row(struct change_table *table)
{
    struct sql_statement *add = table->add;
    const struct sql_value images = {
        .type = SQL_BLOB, .length = (int)table->pending.length, .as.bytes = table->pending.data};
    if (table->pending_count == 0)
        return RESULT_OK;
    if (sql_bind_integer(add, 1, (int64_t)table->last + 1) != RESULT_OK ||
        sql_bind_integer(add, 2, table->pending_at) != RESULT_OK ||
        sql_bind_integer(add, 3, (int64_t)table->pending_count) != RESULT_OK ||
        sql_bind(add, 4, &images) != RESULT_OK)
        return RESULT_NO_MEMORY;
    const enum result result = sql_step_done(add);
    table->last += table->pending_count;
    table->pending_count = 0;
    buffer_clear(&table->pending);
    return result;
}

/* The house's row has its keys, which are not to outlive new ones, and a ticket's a name, of which
 * those who follow are told none. */
static enum result put_without_secrets(struct buffer *buffer, const struct record *record)
{
    struct record told = *record;
    if (told.kind == RECORD_KIND_HOUSE) {
        told.as.house.token_key = (struct secret){{0}};
        told.as.house.ticket_seed = (struct secret){{0}};
    } else {
        told.as.ticket.holder_name = NULL;
    }
    const enum result result = buffer_reserve(buffer, record_encoded_max(&told));
    if (result == RESULT_OK)
        record_encode(&told, told.why, buffer);
    return result;
}

static enum result append_change(struct buffer *buffer, const struct overlay_row *row,
                                 const struct record *record)
{
    if (record->kind == RECORD_KIND_HOUSE || record->kind == RECORD_KIND_TICKET)
        return put_without_secrets(buffer, record);
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
    const enum sql_step step = sql_step(table->oldest);
    const bool old = step == SQL_ROW && sql_column_integer(table->oldest, 0) < before;
    sql_rewind(table->oldest);
    /* The booking may have been rolled back with it. */
    if (step != SQL_ROW && step != SQL_DONE)
        return RESULT_IO;
    if (!old)
        return RESULT_OK;
    if (sql_bind_integer(table->forget, 1, before) != RESULT_OK)
        return RESULT_NO_MEMORY;
    return sql_step_done(table->forget);
}

enum result change_table_book(struct change_table *table, const struct generation *generation)
{
    table->pending_at = 0;
    enum result result = generation_tell(generation, add_image, table);
    if (result == RESULT_OK)
        result = write_pending_row(table);
    return result == RESULT_OK ? forget_old_changes(table) : result;
}
