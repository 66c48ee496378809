/* Pages of rows: the table's rows in order, and among them the overlay's. A row that the overlay
 * has an image of is taken from there only, so a filter on a column that changes is asked of the
 * newest image, whichever side it is on. A search is asked of the rows in their order once they are
 * one list, since its bound counts them there. */
#include "store/reader.h"

#include "base/check.h"
#include "read/search.h"
#include "store/row.h"

#include <stdlib.h>
#include <string.h>

/* ---- The overlay's side ---- */

/* The first `wanted` matching rows of the overlay; up to twice as many while they are gathered. */
struct candidates {
    const struct overlay_row **rows;
    size_t count, wanted;
    size_t walked; /* images that were looked at */
    bool cut;      /* some were thrown away: what comes after the last kept one cannot be wanted */
};

/* Negative: `a` is shown before `b`. A key begins with the id. */
static int compare_shown(const struct record_key *a, const struct record_key *b)
{
    return memcmp(b->bytes, a->bytes, ID_BYTES);
}

static int compare_candidates(const void *left, const void *right)
{
    const struct overlay_row *const *a = left, *const *b = right;
    return compare_shown(&(*a)->key, &(*b)->key);
}

static void sort_and_cut(struct candidates *candidates)
{
    if (candidates->count > 1)
        qsort(candidates->rows, candidates->count, sizeof(const struct overlay_row *),
              compare_candidates);
    if (candidates->count > candidates->wanted) {
        candidates->count = candidates->wanted;
        candidates->cut = true;
    }
}

static bool comes_too_late(const struct candidates *candidates, const struct record_key *key)
{
    return candidates->cut &&
           compare_shown(key, &candidates->rows[candidates->wanted - 1]->key) > 0;
}

static enum result is_of_concert(struct store_reader *reader, struct id round_id,
                                 struct id concert_id, bool *is)
{
    const struct record named = {.kind = RECORD_KIND_CONCERT_ROUND,
                                 .as.concert_round.id = round_id};
    struct record found;
    const enum result result = reader_find(reader, &named, &found);
    if (result == RESULT_OK)
        *is = id_equal(found.as.concert_round.concert_id, concert_id);
    return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
}

static enum result is_of_round(struct store_reader *reader, struct id reservation_id,
                               struct id round_id, bool *is)
{
    const struct record named = {.kind = RECORD_KIND_SEAT_RESERVATION,
                                 .as.seat_reservation.id = reservation_id};
    struct record found;
    const enum result result = reader_find(reader, &named, &found);
    if (result == RESULT_OK)
        *is = id_equal(found.as.seat_reservation.round_id, round_id);
    return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
}

/* Whether the query asks for the record: by itself, and by what it names. */
static enum result reader_wants(struct store_reader *reader, const struct record_query *query,
                                const struct record *record, bool *wanted)
{
    const struct list_schema *list = list_schema(query->kind);
    enum result result = RESULT_OK;
    *wanted = query_wants(query, record);
    for (size_t i = 0; i < list->filter_count && *wanted && result == RESULT_OK; i++) {
        const struct list_filter *row = &list->filters[i];
        const void *named = record_field(record, row->column);
        const void *asked = filter_wanted(row->filter, query);
        if (!filter_is_set(row->filter, query))
            continue;
        if (row->filter->type == FILTER_ROUND)
            result =
                is_of_round(reader, *(const struct id *)named, *(const struct id *)asked, wanted);
        else if (row->filter->type == FILTER_CONCERT)
            result =
                is_of_concert(reader, *(const struct id *)named, *(const struct id *)asked, wanted);
    }
    return result;
}

static enum result consider(struct store_reader *reader, const struct record_query *query,
                            const struct overlay_row *row, struct candidates *candidates)
{
    struct record record;
    bool wanted;
    if (row->deleted || comes_too_late(candidates, &row->key) ||
        reader_overlaid(reader, query->kind, &row->key) != row)
        return RESULT_OK;
    overlay_decode(row, &record);
    const enum result result = reader_wants(reader, query, &record, &wanted);
    if (result != RESULT_OK || !wanted)
        return result;
    candidates->rows[candidates->count++] = row;
    if (candidates->count == 2 * candidates->wanted)
        sort_and_cut(candidates);
    return RESULT_OK;
}

static enum result gather(struct store_reader *reader, const struct record_query *query,
                          const struct id_range *range, struct candidates *candidates)
{
    enum result result = RESULT_OK;
    const bool of_owner =
        !id_is_none(query->user_id) && record_schema(query->kind)->owner_offset > 0;
    struct overlay_walk walk =
        of_owner
            ? overlay_walk_owner(reader->overlay, &reader->snapshot, query->kind, query->user_id)
            : overlay_walk_kind(reader->overlay, &reader->snapshot, query->kind);
    const struct overlay_row *row;
    for (; result == RESULT_OK && (row = overlay_next(&walk)) != NULL; candidates->walked++)
        if (memcmp(row->key.bytes, range->low.bytes, ID_BYTES) >= 0 &&
            memcmp(row->key.bytes, range->high.bytes, ID_BYTES) < 0)
            result = consider(reader, query, row, candidates);
    sort_and_cut(candidates);
    return result;
}

/* ---- The table's side ---- */

/* The parameters of the statement: the range of ids, the most rows that are read, then a list's
 * filters by their places. */
#define PARAMETER_LOW 1
#define PARAMETER_HIGH 2
#define PARAMETER_ROWS 3
#define PARAMETER_OF_FILTER 4

#define USES_INDEX (FIELD_FLAG_KEY | FIELD_FLAG_INDEXED | FIELD_FLAG_LISTED)

/* The payments of a round, by its reservations: each names the payment that succeeded, and the one
 * that failed has an index of its own. What this reads grows with the round, not with the house. */
#define PAYMENTS_OF_ROUND                                                                          \
    " AND \"id\" IN (SELECT \"payment_id\" FROM \"seat_reservation\" WHERE \"round_id\" = ?%d"     \
    " UNION ALL SELECT p.\"id\" FROM \"seat_reservation\" r JOIN \"payment\" p"                    \
    " ON p.\"reservation_id\" = r.\"id\" AND p.\"status\" = 'failed' WHERE r.\"round_id\" = ?%d)"

/* An index has each round's reservations in the list's order, so that with the limit no more of a
 * round is read than a page of it. */
#define OF_CONCERT                                                                                 \
    " AND %s\"%s\" IN (SELECT \"id\" FROM \"concert_round\" WHERE \"concert_id\" = ?%d)"

/* "column" IN ('a','b'): an index over the rows that have these says the same (schema.c). */
static void append_among(struct sql_text *text, const struct field_schema *column, uint32_t values)
{
    const char *separator = "(";
    sql_text_add(text, " AND \"%s\" IN ", column->column);
    for (size_t i = 0; i < column->text_count; i++) {
        if ((values >> i & 1) == 0)
            continue;
        sql_text_add(text, "%s'%s'", separator, column->texts[i]);
        separator = ",";
    }
    sql_text_add(text, ")");
}

/* A column whose index an earlier filter's makes needless hides it behind a +. An enumerated value
 * stands in the text, not in a parameter: only then can an index over the rows of one status serve
 * it. It is one of the program's own words. */
static void append_condition(struct sql_text *text, const struct list_filter *row,
                             const struct record_query *query, int parameter, bool hidden)
{
    const struct field_schema *column = row->column;
    const void *wanted = filter_wanted(row->filter, query);
    switch (row->filter->type) {
    case FILTER_ROUND:
        CHECK(query->kind == RECORD_KIND_PAYMENT);
        sql_text_add(text, PAYMENTS_OF_ROUND, parameter, parameter);
        return;
    case FILTER_CONCERT:
        sql_text_add(text, OF_CONCERT, hidden ? "+" : "", column->column, parameter);
        return;
    case FILTER_ID:
    case FILTER_TEXT:
    case FILTER_EMAIL:
        sql_text_add(text, " AND %s\"%s\" = ?%d", hidden ? "+" : "", column->column, parameter);
        return;
    case FILTER_ENUM:
        sql_text_add(text, " AND \"%s\" = '%s'", column->column,
                     column->texts[((const struct wanted_value *)wanted)->value]);
        return;
    case FILTER_AMONG:
        append_among(text, column, *(const uint32_t *)wanted);
        return;
    case FILTER_SEARCH:
        return; /* asked of each row (add_row) */
    case FILTER_FROM:
    case FILTER_TO:
        return; /* the range says them */
    }
}

/* The statement's text after the columns. */
static void condition_sql(const struct record_query *query, struct sql_text *text)
{
    const struct list_schema *list = list_schema(query->kind);
    bool index_used = false;
    sql_text_begin(text);
    sql_text_add(text, " FROM \"%s\" WHERE \"id\" >= ?%d AND \"id\" < ?%d",
                 record_schema(query->kind)->table, PARAMETER_LOW, PARAMETER_HIGH);
    for (size_t i = 0; i < list->filter_count; i++) {
        const struct list_filter *row = &list->filters[i];
        if (!filter_is_set(row->filter, query))
            continue;
        append_condition(text, row, query, PARAMETER_OF_FILTER + (int)i, index_used);
        index_used |= (row->filter->type == FILTER_ID || row->filter->type == FILTER_CONCERT) &&
                      (row->column->flags & USES_INDEX) != 0;
    }
    sql_text_add(text, " ORDER BY \"id\" DESC LIMIT ?%d", PARAMETER_ROWS);
}

/* The columns follow from the table, so a statement is known by the rest of its text. */
static struct sql_statement *kept_statement(struct store_reader *reader, const char *condition)
{
    for (size_t i = 0; i < READER_LISTS_MAX; i++)
        if (reader->lists[i].statement != NULL &&
            strcmp(reader->lists[i].condition, condition) == 0)
            return reader->lists[i].statement;
    return NULL;
}

/* In the place of the oldest. */
static enum result keep_statement(struct store_reader *reader, enum record_kind kind,
                                  const char *condition, struct sql_statement **statement)
{
    const struct entity_schema *schema = record_schema(kind);
    struct kept_list *place = &reader->lists[reader->next_list];
    struct explanation explanation;
    struct sql_text text;
    sql_drop(&place->statement);
    free(place->condition);
    place->condition = strdup(condition);
    if (place->condition == NULL)
        return RESULT_NO_MEMORY;
    sql_text_begin(&text);
    sql_text_add(&text, "SELECT ");
    row_add_columns(&text, schema, schema->table);
    sql_text_add(&text, "%s", condition);
    const enum result result =
        sql_prepare(reader->connection, text.bytes, &place->statement, &explanation);
    if (result == RESULT_OK)
        reader->next_list = (reader->next_list + 1) % READER_LISTS_MAX;
    *statement = place->statement;
    return result;
}

static enum result list_statement(struct store_reader *reader, const struct record_query *query,
                                  struct sql_statement **statement)
{
    struct sql_text condition;
    condition_sql(query, &condition);
    *statement = kept_statement(reader, condition.bytes);
    return *statement != NULL ? RESULT_OK
                              : keep_statement(reader, query->kind, condition.bytes, statement);
}

static enum result bind_filter(struct sql_statement *statement, int parameter,
                               enum filter_type type, const void *wanted)
{
    switch (type) {
    case FILTER_ID:
    case FILTER_ROUND:
    case FILTER_CONCERT:
        return sql_bind_id(statement, parameter, wanted);
    case FILTER_TEXT:
    case FILTER_EMAIL:
        return sql_bind_text(statement, parameter, field_text(wanted));
    case FILTER_ENUM:
    case FILTER_AMONG:
    case FILTER_SEARCH:
    case FILTER_FROM:
    case FILTER_TO:
        return RESULT_OK;
    }
    UNREACHABLE("a filter's type");
}

#define ALL_ROWS INT64_MAX

/* So many rows of the table fill a page, even if each image that was walked leaves one of them out.
 * Only where the database would sort all: a deleted row, which reservations never are, is on no
 * owner's walk. */
static int64_t rows_of_table(const struct record_query *query, const struct candidates *candidates)
{
    return id_is_none(query->concert_id) ? ALL_ROWS
                                         : (int64_t)(candidates->wanted + candidates->walked);
}

static enum result bind_query(struct sql_statement *statement, const struct record_query *query,
                              const struct id_range *range, int64_t rows)
{
    const struct list_schema *list = list_schema(query->kind);
    enum result result = sql_bind_id(statement, PARAMETER_LOW, &range->low);
    if (result == RESULT_OK)
        result = sql_bind_id(statement, PARAMETER_HIGH, &range->high);
    if (result == RESULT_OK && sql_bind_integer(statement, PARAMETER_ROWS, rows) != RESULT_OK)
        result = RESULT_NO_MEMORY;
    for (size_t i = 0; i < list->filter_count && result == RESULT_OK; i++) {
        const struct filter_schema *filter = list->filters[i].filter;
        if (filter_is_set(filter, query))
            result = bind_filter(statement, PARAMETER_OF_FILTER + (int)i, filter->type,
                                 filter_wanted(filter, query));
    }
    return result;
}

/* The table's next row that the overlay has no image of; RESULT_NOT_FOUND after the last. */
static enum result next_in_table(struct store_reader *reader, struct sql_statement *statement,
                                 enum record_kind kind, struct record *record)
{
    for (;;) { /* ends with the table's rows */
        const enum sql_step step = sql_step(statement);
        if (step == SQL_DONE)
            return RESULT_NOT_FOUND;
        if (step != SQL_ROW)
            return RESULT_IO;
        const enum result result = row_read(statement, 0, kind, record);
        if (result != RESULT_OK)
            return result;
        const struct record_key key = record_key(record);
        if (reader_overlaid(reader, kind, &key) == NULL)
            return RESULT_OK;
    }
}

/* ---- The page ---- */

static enum result search_user(const char *search, const struct user *user, bool *found)
{
    enum result result = search_in(search, user->name, found);
    if (result == RESULT_OK && !*found)
        result = search_in(search, user->email, found);
    return result;
}

static enum result search_reservation(struct store_reader *reader, const char *search,
                                      const struct reservation_view *view, bool *found)
{
    const struct record wanted = {.kind = RECORD_KIND_USER,
                                  .as.user.id = view->reservation.user_id};
    struct record user;
    enum result result = reader_find(reader, &wanted, &user);
    if (result == RESULT_OK)
        result = search_user(search, &user.as.user, found);
    for (size_t i = 0; i < view->seat_count && result == RESULT_OK && !*found; i++)
        result = search_in(search, view->seats[i].seat_number, found);
    return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
}

/* Where an id is searched for, the range has no other row. */
static bool finds_all(const struct record_query *query)
{
    struct id id;
    return query->search == NULL || search_is_id(query->search, query->kind, &id);
}

static enum result add_reservation(struct store_reader *reader, const struct record_query *query,
                                   const struct seat_reservation *reservation,
                                   struct record_page *page)
{
    struct reservation_view *view = &page->reservations[page->count];
    bool found = finds_all(query);
    enum result result = reader_view(reader, reservation, view);
    if (result == RESULT_OK && !found)
        result = search_reservation(reader, query->search, view, &found);
    if (result != RESULT_OK || !found) {
        reservation_view_release(view);
        return result;
    }
    page->count++;
    return reader_expand(reader, page, page->count - 1);
}

/* Adds the row, if the search finds it. */
static enum result add_row(struct store_reader *reader, const struct record_query *query,
                           const struct record *record, struct record_page *page)
{
    bool found = finds_all(query);
    if (page->reservations != NULL)
        return add_reservation(reader, query, &record->as.seat_reservation, page);
    if (!found) {
        CHECK(record->kind == RECORD_KIND_USER);
        const enum result result = search_user(query->search, &record->as.user, &found);
        if (result != RESULT_OK || !found)
            return result;
    }
    page->records[page->count] = record_copy(record);
    if (page->records[page->count] == NULL)
        return RESULT_NO_MEMORY;
    page->count++;
    return RESULT_OK;
}

/* How many rows a page looks at, at most. */
static size_t rows_max(const struct record_query *query)
{
    return query->search != NULL ? SEARCH_ROWS_MAX : query->limit;
}

static enum result merge(struct store_reader *reader, const struct record_query *query,
                         struct sql_statement *statement, const struct candidates *candidates,
                         struct record_page *page)
{
    size_t taken = 0, looked_at = 0;
    struct record in_table, in_overlay;
    enum result table = next_in_table(reader, statement, query->kind, &in_table);
    for (;;) { /* ends with the rows or when the page is full */
        if (table != RESULT_OK && table != RESULT_NOT_FOUND)
            return table;
        if (table == RESULT_NOT_FOUND && taken == candidates->count)
            return RESULT_OK;
        if (page->count == query->limit || looked_at == rows_max(query)) {
            page->more = true;
            return RESULT_OK;
        }
        bool overlay_first = table == RESULT_NOT_FOUND;
        if (!overlay_first && taken < candidates->count) {
            const struct record_key key = record_key(&in_table);
            overlay_first = compare_shown(&candidates->rows[taken]->key, &key) < 0;
        }
        if (overlay_first)
            overlay_decode(candidates->rows[taken++], &in_overlay);
        const struct record *next = overlay_first ? &in_overlay : &in_table;
        const enum result result = add_row(reader, query, next, page);
        if (result != RESULT_OK)
            return result;
        page->last = record_first_id(next);
        looked_at++;
        if (!overlay_first)
            table = next_in_table(reader, statement, query->kind, &in_table);
    }
}

static enum result list_in_moment(struct store_reader *reader, const struct record_query *query,
                                  struct candidates *candidates, struct record_page *page)
{
    const struct id_range range = query_range(query);
    struct sql_statement *statement;
    enum result result = gather(reader, query, &range, candidates);
    if (result == RESULT_OK)
        result = list_statement(reader, query, &statement);
    if (result != RESULT_OK)
        return result;
    result = bind_query(statement, query, &range, rows_of_table(query, candidates));
    if (result == RESULT_OK)
        result = merge(reader, query, statement, candidates, page);
    sql_rewind(statement);
    return result;
}

static enum result make_room(const struct record_query *query, struct candidates *candidates,
                             struct record_page *page)
{
    *page = (struct record_page){0};
    /* One more than the page looks at tells whether there is more. */
    *candidates = (struct candidates){.wanted = rows_max(query) + 1};
    candidates->rows = calloc(2 * candidates->wanted, sizeof(const struct overlay_row *));
    if (query->kind == RECORD_KIND_SEAT_RESERVATION)
        page->reservations = calloc(query->limit, sizeof *page->reservations);
    else
        page->records = calloc(query->limit, sizeof *page->records);
    return candidates->rows == NULL || (page->reservations == NULL && page->records == NULL)
               ? RESULT_NO_MEMORY
               : reader_expand_room(query, page);
}

enum result reader_list(struct store_reader *reader, const struct record_query *query,
                        struct record_page *page)
{
    CHECK(query->limit >= 1 && query->limit <= LIST_LIMIT_MAX && query_fits_list(query));
    CHECK(query->expand == 0 || query->kind == RECORD_KIND_SEAT_RESERVATION);
    struct candidates candidates;
    enum result result = make_room(query, &candidates, page);
    if (result == RESULT_OK)
        result = reader_begin(reader);
    if (result == RESULT_OK) {
        result = list_in_moment(reader, query, &candidates, page);
        reader_end(reader);
    }
    free((void *)candidates.rows);
    if (result != RESULT_OK)
        record_page_release(page);
    return result;
}
