/* See audit_changes.h. */
#include "store/audit_changes.h"

#include "read/change.h"
#include "store/row.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct change_audit {
    struct sql_connection *connection;
    change_violation *violation;
    void *owner;
    struct explanation *explanation;
    struct sql_statement *counted, *by_key[RECORD_KIND_COUNT];
    struct buffer told, found; /* two encoded rows */
    uint64_t next;             /* number that the next row has to begin with; 0: any */
    timestamp_ms known_since;  /* the minute after which all is counted, and all is told */
    timestamp_ms minute;
    uint32_t counts[RECORD_KIND_COUNT];
};

__attribute__((format(printf, 2, 3))) static void violated(struct change_audit *audit,
                                                           const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments); /* cut to fit */
    va_end(arguments);
    audit->violation(audit->owner, text);
}

/* ---- Counts ---- */

static int64_t counted_of(const struct change_audit *audit, enum record_kind kind)
{
    struct sql_statement *counted = audit->counted;
    int64_t rows = -1;
    if (sql_bind_integer(counted, 1, audit->minute) == RESULT_OK &&
        sql_bind_text(counted, 2, record_schema(kind)->table) == RESULT_OK &&
        sql_step(counted) == SQL_ROW)
        rows = sql_column_integer(counted, 0);
    sql_rewind(counted);
    return rows;
}

/* The end of a minute, of which the first may have been counted in part. */
static enum result compare_counts(struct change_audit *audit)
{
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (audit->minute <= audit->known_since || !change_is_followed_whole(kind))
            continue;
        const int64_t counted = counted_of(audit, kind);
        if (counted < 0)
            return sql_failure(audit->connection, audit->explanation);
        if (counted != audit->counts[kind]) {
            char minute[TIMESTAMP_TEXT_BYTES];
            timestamp_format(audit->minute, minute);
            violated(audit, "%u changes tell of %s in the minute from %s, where %lld happened",
                     audit->counts[kind], record_schema(kind)->table, minute, (long long)counted);
        }
    }
    memset(audit->counts, 0, sizeof audit->counts);
    return RESULT_OK;
}

/* ---- Rows ---- */

/* Whether the row stays as this image has it. */
static bool is_final(const struct record *record)
{
    const enum record_kind kind = record->kind;
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        return record->as.queue_token.status == TOKEN_STATUS_EXPIRED;
    if (kind == RECORD_KIND_PAYMENT)
        return record->as.payment.status == PAYMENT_STATUS_CANCELLED;
    if (kind == RECORD_KIND_SEAT_RESERVATION)
        return record->as.seat_reservation.status == RESERVATION_STATUS_CANCELLED ||
               record->as.seat_reservation.status == RESERVATION_STATUS_EXPIRED;
    return kind == RECORD_KIND_POINT_ENTRY;
}

static enum result encode_image(const struct record *record, struct buffer *buffer)
{
    buffer_clear(buffer);
    const enum result result = buffer_reserve(buffer, record_encoded_max(record));
    if (result == RESULT_OK)
        record_encode(record, WHY_UNTOLD, buffer);
    return result;
}

static enum result compare_images(struct change_audit *audit, uint64_t number,
                                  const struct record *told, const struct record *found)
{
    if (encode_image(told, &audit->told) != RESULT_OK ||
        encode_image(found, &audit->found) != RESULT_OK)
        return explain(audit->explanation, RESULT_NO_MEMORY, "no memory for comparing rows");
    if (audit->told.length != audit->found.length ||
        memcmp(audit->told.data, audit->found.data, audit->found.length) != 0)
        violated(audit, "the row of %s that change %llu tells of is another in the tables",
                 record_schema(told->kind)->table, (unsigned long long)number);
    return RESULT_OK;
}

static enum result compare_final(struct change_audit *audit, uint64_t number,
                                 const struct record *told)
{
    struct sql_statement *statement = audit->by_key[told->kind];
    struct record found;
    if (row_bind_key(statement, told) != RESULT_OK)
        return sql_failure(audit->connection, audit->explanation);
    const enum sql_step step = sql_step(statement);
    enum result result = RESULT_OK;
    if (step == SQL_ROW && row_read(statement, 0, told->kind, &found) == RESULT_OK)
        result = compare_images(audit, number, told, &found);
    else if (step == SQL_ROW || step == SQL_DONE)
        violated(audit, "the row of %s that change %llu tells of is not in the tables",
                 record_schema(told->kind)->table, (unsigned long long)number);
    else
        result = sql_failure(audit->connection, audit->explanation);
    sql_rewind(statement);
    return result;
}

/* ---- The walk ---- */

static enum result audit_change(struct change_audit *audit, uint64_t number,
                                const struct record *record)
{
    if (change_of(record) == CHANGE_NONE)
        violated(audit, "change %llu is none", (unsigned long long)number);
    if (record->why != WHY_UNTOLD) /* as those are counted that tell why */
        audit->counts[record->kind]++;
    return is_final(record) ? compare_final(audit, number, record) : RESULT_OK;
}

static enum result audit_images(struct change_audit *audit, uint64_t first, uint64_t count,
                                const uint8_t *images, size_t length)
{
    uint64_t number = first;
    enum result result = RESULT_OK;
    for (size_t used; length > 0 && result == RESULT_OK; number++) {
        struct record record;
        if (record_decode(images, length, &record, &used) != RESULT_OK) {
            violated(audit, "change %llu cannot be read", (unsigned long long)number);
            return RESULT_OK;
        }
        images += used;
        length -= used;
        result = audit_change(audit, number, &record);
    }
    if (result == RESULT_OK && number - first != count)
        violated(audit, "%llu changes stand from %llu on, where %llu were booked",
                 (unsigned long long)(number - first), (unsigned long long)first,
                 (unsigned long long)count);
    return result;
}

static enum result audit_row(struct change_audit *audit, struct sql_statement *row)
{
    const uint64_t first = (uint64_t)sql_column_integer(row, 0);
    const timestamp_ms at = sql_column_integer(row, 1);
    const uint64_t count = (uint64_t)sql_column_integer(row, 2);
    enum result result = RESULT_OK;
    if (audit->next != 0 && audit->next != first)
        violated(audit, "change %llu follows change %llu", (unsigned long long)first,
                 (unsigned long long)(audit->next - 1));
    audit->next = first + count;
    if (audit->minute != at - at % MINUTE_MS) {
        result = compare_counts(audit);
        audit->minute = at - at % MINUTE_MS;
    }
    const struct sql_value images = sql_column(row, 3);
    return result != RESULT_OK
               ? result
               : audit_images(audit, first, count, images.as.bytes, (size_t)images.length);
}

static enum result walk_changes(struct change_audit *audit)
{
    struct sql_statement *rows = NULL;
    enum result result =
        sql_prepare(audit->connection,
                    "SELECT \"first\", \"at\", \"count\", \"records\" FROM \"change\" ORDER BY 1",
                    &rows, audit->explanation);
    while (result == RESULT_OK) {
        const enum sql_step step = sql_step(rows);
        if (step == SQL_DONE)
            break;
        result = step == SQL_ROW ? audit_row(audit, rows)
                                 : sql_failure(audit->connection, audit->explanation);
    }
    sql_drop(&rows);
    return result == RESULT_OK ? compare_counts(audit) : result;
}

/* A minute of which no change is there at all is not walked, so it is asked for: none of a followed
 * entity may have been counted in one. */
static enum result find_silent_minutes(struct change_audit *audit)
{
    struct sql_statement *minutes = NULL;
    enum result result =
        sql_prepare(audit->connection,
                    "SELECT DISTINCT minute FROM happening WHERE minute > ?1 AND entity IN"
                    " ('seat_reservation', 'payment', 'point_entry', 'concert', 'ticket')"
                    " EXCEPT"
                    " SELECT at - at % 60000 FROM change",
                    &minutes, audit->explanation);
    if (result == RESULT_OK && sql_bind_integer(minutes, 1, audit->known_since) != RESULT_OK)
        result = sql_failure(audit->connection, audit->explanation);
    while (result == RESULT_OK) {
        const enum sql_step step = sql_step(minutes);
        if (step == SQL_DONE)
            break;
        if (step != SQL_ROW) {
            result = sql_failure(audit->connection, audit->explanation);
            break;
        }
        audit->minute = sql_column_integer(minutes, 0);
        result = compare_counts(audit);
    }
    sql_drop(&minutes);
    return result;
}

static enum result begin_audit(struct change_audit *audit)
{
    int64_t since = 0;
    enum result result = sql_integer(
        audit->connection,
        "SELECT max(since) FROM (SELECT coalesce(min(at), 4611686018427387904) AS since FROM change"
        " UNION ALL SELECT coalesce(min(minute), 0) FROM happening) o",
        &since, audit->explanation);
    audit->known_since = since - since % MINUTE_MS;
    if (result == RESULT_OK)
        result = sql_prepare(audit->connection,
                             "SELECT CAST(coalesce(sum(rows), 0) AS bigint) FROM happening"
                             " WHERE minute = ?1 AND entity = ?2",
                             &audit->counted, audit->explanation);
    for (size_t i = 0; i < RECORD_KIND_COUNT && result == RESULT_OK; i++) {
        struct sql_text select;
        row_select_sql(&select, record_schema((enum record_kind)i));
        result =
            sql_prepare(audit->connection, select.bytes, &audit->by_key[i], audit->explanation);
    }
    return result;
}

enum result audit_changes(struct sql_connection *connection, change_violation *violation,
                          void *owner, struct explanation *explanation)
{
    struct change_audit audit = {.connection = connection,
                                 .violation = violation,
                                 .owner = owner,
                                 .explanation = explanation};
    buffer_init(&audit.told, SIZE_MAX / 2);
    buffer_init(&audit.found, SIZE_MAX / 2);
    enum result result = begin_audit(&audit);
    if (result == RESULT_OK)
        result = walk_changes(&audit);
    if (result == RESULT_OK)
        result = find_silent_minutes(&audit);
    sql_drop(&audit.counted);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
        sql_drop(&audit.by_key[i]);
    buffer_release(&audit.told);
    buffer_release(&audit.found);
    return result;
}
