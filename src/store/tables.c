/* See tables.h. Every query reads what it hands over and little else, whatever the history. */
#include "store/tables.h"

#include "base/array.h"
#include "store/row.h"

#include <stdlib.h>
#include <string.h>

/* ---- Sets of ids ---- */

/* Where the id is, or would be. */
static size_t id_set_place(const struct id_set *set, struct id id)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (id_compare(set->ids[middle], id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool id_set_has(const struct id_set *set, struct id id)
{
    const size_t place = id_set_place(set, id);
    return place < set->count && id_equal(set->ids[place], id);
}

enum result id_set_add(struct id_set *set, struct id id)
{
    const size_t place = id_set_place(set, id);
    if (place < set->count && id_equal(set->ids[place], id))
        return RESULT_OK;
    struct id *ids = array_reserve(set->ids, &set->capacity, set->count + 1, sizeof *set->ids);
    if (ids == NULL)
        return RESULT_NO_MEMORY;
    set->ids = ids;
    memmove(&set->ids[place + 1], &set->ids[place], (set->count - place) * sizeof *set->ids);
    set->ids[place] = id;
    set->count++;
    return RESULT_OK;
}

void id_set_release(struct id_set *set)
{
    free(set->ids);
    *set = (struct id_set){0};
}

/* ---- Handing over ---- */

struct loading {
    struct sql_connection *connection;
    timestamp_ms now;
    const struct id_set *also_live;
    const struct store_loader *loader;
    struct id_set live_rounds;
    struct explanation *explanation;
};

/* "SELECT <columns of the table as t> <rest>" */
static enum result prepare_load(struct loading *loading, enum record_kind kind, const char *rest,
                                struct sql_statement **statement)
{
    struct sql_text text;
    sql_text_begin(&text);
    sql_text_add(&text, "SELECT ");
    row_add_columns(&text, record_schema(kind), "t");
    sql_text_add(&text, " %s", rest);
    return sql_prepare(loading->connection, text.bytes, statement, loading->explanation);
}

/* The next row that the statement answers. `*more` is false when there is none. */
static enum result read_next(struct loading *loading, struct sql_statement *statement,
                             enum record_kind kind, struct record *record, bool *more)
{
    const enum sql_step step = sql_step(statement);
    *more = step == SQL_ROW;
    if (step == SQL_DONE)
        return RESULT_OK;
    if (step != SQL_ROW)
        return sql_failure(loading->connection, loading->explanation);
    const enum result result = row_read(statement, 0, kind, record);
    if (result != RESULT_OK)
        return explain(loading->explanation, result, "%s: a row of %s cannot be read",
                       sql_name(loading->connection), record_schema(kind)->table);
    return RESULT_OK;
}

static enum result hand_over(struct loading *loading, const struct record *record)
{
    return loading->loader->row(loading->loader->owner, record);
}

/* Hands over every row that the statement answers. */
static enum result hand_over_all(struct loading *loading, struct sql_statement *statement,
                                 enum record_kind kind)
{
    struct record record;
    bool more;
    enum result result = read_next(loading, statement, kind, &record, &more);
    while (result == RESULT_OK && more) {
        result = hand_over(loading, &record);
        if (result == RESULT_OK)
            result = read_next(loading, statement, kind, &record, &more);
    }
    return result;
}

static enum result load_all(struct loading *loading, enum record_kind kind, const char *rest)
{
    struct sql_statement *statement = NULL;
    enum result result = prepare_load(loading, kind, rest, &statement);
    if (result == RESULT_OK)
        result = hand_over_all(loading, statement, kind);
    sql_drop(&statement);
    return result;
}

/* The same with one live round after the other as the parameter. */
static enum result load_of_live_rounds(struct loading *loading, enum record_kind kind,
                                       const char *rest)
{
    struct sql_statement *statement = NULL;
    enum result result = prepare_load(loading, kind, rest, &statement);
    for (size_t i = 0; i < loading->live_rounds.count && result == RESULT_OK; i++) {
        if (sql_bind_id(statement, 1, &loading->live_rounds.ids[i]) != RESULT_OK)
            result = sql_failure(loading->connection, loading->explanation);
        if (result == RESULT_OK)
            result = hand_over_all(loading, statement, kind);
        sql_rewind(statement);
    }
    sql_drop(&statement);
    return result;
}

/* ---- Live tokens ---- */

/* An index names the live tokens, but to look one up costs some ten times as much as to read on to
 * the next row of the table. So from a live one it is read on, until this many rows in a run were
 * not live; then the index tells where to go on. */
#define ENDED_TOKENS_IN_A_RUN 8

static const char next_live_token_sql[] = "SELECT min(\"id\") FROM \"queue_token\" WHERE "
                                          "\"status\" IN ('waiting', 'active') AND \"id\" > ?1";

/* The first live token after `*id`, which becomes its id; `*more` is false when there is none. */
static enum result find_live_token(struct loading *loading, struct sql_statement *statement,
                                   struct id *id, bool *more)
{
    enum result result = RESULT_OK;
    *more = false;
    if (sql_bind_id(statement, 1, id) != RESULT_OK || sql_step(statement) != SQL_ROW)
        result = sql_failure(loading->connection, loading->explanation);
    const struct sql_value found =
        result == RESULT_OK ? sql_column(statement, 0) : (struct sql_value){.type = SQL_NULL};
    if (found.type != SQL_NULL) {
        *more = true;
        if (!sql_read_id(&found, id))
            result = explain(loading->explanation, RESULT_CORRUPT, "%s: a row of %s cannot be read",
                             sql_name(loading->connection), "queue_token");
    }
    sql_rewind(statement);
    return result;
}

/* Hands over the live tokens from `*id` on, until too many were not; then `*id` is the last of
 * those. */
static enum result load_run_of_tokens(struct loading *loading, struct sql_statement *statement,
                                      struct id *id, bool *more)
{
    struct record record;
    size_t ended = 0;
    enum result result = RESULT_OK;
    if (sql_bind_id(statement, 1, id) != RESULT_OK)
        result = sql_failure(loading->connection, loading->explanation);
    while (result == RESULT_OK && ended < ENDED_TOKENS_IN_A_RUN) {
        result = read_next(loading, statement, RECORD_KIND_QUEUE_TOKEN, &record, more);
        if (result != RESULT_OK || !*more)
            break;
        const bool live = record.as.queue_token.status != TOKEN_STATUS_EXPIRED;
        ended = live ? 0 : ended + 1;
        if (live)
            result = hand_over(loading, &record);
    }
    if (result == RESULT_OK && *more)
        *id = record.as.queue_token.id;
    sql_rewind(statement);
    return result;
}

static enum result load_live_tokens(struct loading *loading, enum record_kind kind,
                                    const char *rest)
{
    struct sql_statement *next = NULL, *run = NULL;
    struct id id = ID_NONE;
    bool more = true;
    enum result result =
        sql_prepare(loading->connection, next_live_token_sql, &next, loading->explanation);
    if (result == RESULT_OK)
        result = prepare_load(loading, kind, rest, &run);
    while (result == RESULT_OK && more) {
        result = find_live_token(loading, next, &id, &more);
        if (result == RESULT_OK && more)
            result = load_run_of_tokens(loading, run, &id, &more);
    }
    sql_drop(&run);
    sql_drop(&next);
    return result;
}

/* ---- What is live ---- */

/* The pending ones of all rounds are found at once; a cancelled round's are read up to the first
 * that is to be refunded. */
static const char rounds_sql[] =
    "SELECT \"id\", \"start_time\" > ?1 OR \"first_reserved_at\" IS NULL"
    " OR \"id\" IN (SELECT \"round_id\" FROM \"seat_reservation\" WHERE \"status\" = 'pending')"
    " OR (\"status\" = 'cancelled' AND EXISTS (SELECT 1 FROM \"seat_reservation\" r"
    " WHERE r.\"round_id\" = t.\"id\" AND r.\"status\" = 'confirmed'))"
    " FROM \"concert_round\" t";

static enum result note_round(struct loading *loading, struct sql_statement *statement)
{
    struct id id;
    const struct sql_value found = sql_column(statement, 0);
    if (!sql_read_id(&found, &id))
        return explain(loading->explanation, RESULT_CORRUPT, "%s: a row of %s cannot be read",
                       sql_name(loading->connection), "concert_round");
    if (sql_column_integer(statement, 1) == 0 && !id_set_has(loading->also_live, id))
        return RESULT_OK;
    if (id_set_add(&loading->live_rounds, id) != RESULT_OK)
        return explain(loading->explanation, RESULT_NO_MEMORY, "no memory for the live rounds");
    return RESULT_OK;
}

static enum result find_live_rounds(struct loading *loading)
{
    struct sql_statement *statement = NULL;
    enum result result =
        sql_prepare(loading->connection, rounds_sql, &statement, loading->explanation);
    if (result == RESULT_OK &&
        sql_bind_integer(statement, 1, loading->now - ROUND_OVER_AFTER_MS) != RESULT_OK)
        result = sql_failure(loading->connection, loading->explanation);
    while (result == RESULT_OK) {
        const enum sql_step step = sql_step(statement);
        if (step == SQL_DONE)
            break;
        result = step == SQL_ROW ? note_round(loading, statement)
                                 : sql_failure(loading->connection, loading->explanation);
    }
    sql_drop(&statement);
    return result;
}

/* Of what is never needed to decide. */
static enum result load_none(struct loading *loading, enum record_kind kind, const char *rest)
{
    (void)loading;
    (void)kind;
    (void)rest;
    return RESULT_OK;
}

/* How the live rows of an entity are found. */
struct live_rows {
    enum result (*load)(struct loading *loading, enum record_kind kind, const char *rest);
    const char *rest;
};

static const struct live_rows live_rows[RECORD_KIND_COUNT] = {
    [RECORD_KIND_HOUSE] = {load_all, "FROM \"house\" t"},
    [RECORD_KIND_USER] = {load_all, "FROM \"user\" t"},
    [RECORD_KIND_SESSION] = {load_all, "FROM \"session\" t"},
    [RECORD_KIND_POINT_ACCOUNT] = {load_all, "FROM \"point_account\" t"},
    [RECORD_KIND_CONCERT] = {load_all, "FROM \"concert\" t"},
    [RECORD_KIND_CONCERT_ROUND] = {load_all, "FROM \"concert_round\" t"},
    [RECORD_KIND_SEAT] = {load_of_live_rounds, "FROM \"seat\" t WHERE t.\"concert_round_id\" = ?1"
                                               " ORDER BY t.\"position\""},
    [RECORD_KIND_QUEUE_TOKEN] = {load_live_tokens, "FROM \"queue_token\" t"
                                                   " WHERE t.\"id\" >= ?1 ORDER BY t.\"id\""},
    [RECORD_KIND_PAYMENT] = {load_of_live_rounds,
                             "FROM \"seat_reservation\" r CROSS JOIN \"payment\" t"
                             " ON t.\"id\" = r.\"payment_id\" OR"
                             " (t.\"reservation_id\" = r.\"id\" AND t.\"status\" = 'failed')"
                             " WHERE r.\"round_id\" = ?1"
                             " AND r.\"status\" IN ('pending', 'confirmed')"},
    [RECORD_KIND_SEAT_RESERVATION] = {load_of_live_rounds,
                                      "FROM \"seat_reservation\" t"
                                      " WHERE t.\"round_id\" = ?1"
                                      " AND t.\"status\" IN ('pending', 'confirmed')"
                                      " ORDER BY t.\"id\""},
    [RECORD_KIND_RESERVATION_SEAT] = {load_of_live_rounds,
                                      "FROM \"seat_reservation\" r"
                                      " CROSS JOIN \"reservation_seat\" t"
                                      " ON t.\"reservation_id\" = r.\"id\""
                                      " WHERE r.\"round_id\" = ?1"
                                      " AND r.\"status\" IN ('pending', 'confirmed')"},
    [RECORD_KIND_TICKET] = {load_of_live_rounds, "FROM \"seat_reservation\" r"
                                                 " CROSS JOIN \"ticket\" t"
                                                 " ON t.\"reservation_id\" = r.\"id\""
                                                 " WHERE r.\"round_id\" = ?1"
                                                 " AND r.\"status\" = 'confirmed'"},
    [RECORD_KIND_POINT_ENTRY] = {load_none, NULL},
    [RECORD_KIND_INCIDENT] = {load_none, NULL},
    [RECORD_KIND_ACTION] = {load_none, NULL},
    [RECORD_KIND_PLAN] = {load_all, "FROM \"plan\" t"},
    [RECORD_KIND_PLAN_PIECE] = {load_none, NULL},
    [RECORD_KIND_IDEMPOTENCY_KEY] = {load_all, "FROM \"idempotency_key\" t"},
    [RECORD_KIND_API_KEY] = {load_all, "FROM \"api_key\" t"},
    [RECORD_KIND_NOTICE] = {load_all, "FROM \"notice\" t"},
    [RECORD_KIND_PASSWORD_RESET] = {load_all, "FROM \"password_reset\" t"},
};

enum result tables_load(struct sql_connection *connection, timestamp_ms now,
                        const struct id_set *also_live, const struct store_loader *loader,
                        struct explanation *explanation)
{
    struct loading loading = {.connection = connection,
                              .now = now,
                              .also_live = also_live,
                              .loader = loader,
                              .explanation = explanation};
    enum result result = find_live_rounds(&loading);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT && result == RESULT_OK; kind++)
        result = live_rows[kind].load(&loading, (enum record_kind)kind, live_rows[kind].rest);
    id_set_release(&loading.live_rounds);
    return result;
}
