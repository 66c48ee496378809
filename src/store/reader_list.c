/* Pages of rows: the table's rows in order, and among them the overlay's. A row that the overlay
 * has an image of is taken from there only, so a filter on a column that changes is asked of the
 * newest image, whichever side it is on. */
#include "store/reader.h"

#include "base/check.h"
#include "store/row.h"
#include "store/schema.h"
#include "store/sqlite_util.h"

#include <stdlib.h>
#include <string.h>

/* ---- The order and the range ---- */

/* Where a row stands in its list. */
struct place {
    int64_t position; /* of a seat; 0 otherwise */
    struct id id;
};

static struct place place_of(const struct record *record)
{
    struct place place = {.position =
                              record->kind == RECORD_KIND_SEAT ? record->as.seat.position : 0};
    memcpy(place.id.bytes, record_field(record, &record_schema(record->kind)->fields[0]), ID_BYTES);
    return place;
}

/* Negative: `a` is shown before `b`. Seats by position, all else newest first. */
static int compare_places(enum record_kind kind, const struct place *a, const struct place *b)
{
    if (kind != RECORD_KIND_SEAT)
        return id_compare(b->id, a->id);
    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    return id_compare(a->id, b->id);
}

/* Ids that may be listed: from `low` up to, and without, `high`. */
struct id_range {
    struct id low, high;
};

static struct id_range range_of(const struct record_query *query)
{
    struct id_range range;
    memset(range.high.bytes, 0xff, ID_BYTES); /* no id: its version bits differ */
    range.low = query->from > 0 ? id_floor(query->from) : ID_NONE;
    if (query->to > 0)
        range.high = id_floor(query->to);
    if (!id_is_none(query->before) && id_compare(query->before, range.high) < 0)
        range.high = query->before;
    return range;
}

/* ---- Filters ---- */

static struct id round_of(const struct record *record)
{
    if (record->kind == RECORD_KIND_SEAT)
        return record->as.seat.concert_round_id;
    CHECK(record->kind == RECORD_KIND_SEAT_RESERVATION);
    return record->as.seat_reservation.round_id;
}

static const struct field_schema *status_field(enum record_kind kind)
{
    const struct entity_schema *schema = record_schema(kind);
    for (size_t i = 0; i < schema->field_count; i++)
        if (schema->fields[i].type == FIELD_ENUM && strcmp(schema->fields[i].column, "status") == 0)
            return &schema->fields[i];
    return NULL;
}

/* The filters that the query sets and the kind has; others do not restrict. */
static unsigned filters_of(const struct record_query *query)
{
    unsigned filters = 0;
    if (!id_is_none(query->user_id) && query->kind != RECORD_KIND_SEAT)
        filters |= FILTER_USER;
    if (!id_is_none(query->round_id) &&
        (query->kind == RECORD_KIND_SEAT || query->kind == RECORD_KIND_SEAT_RESERVATION))
        filters |= FILTER_ROUND;
    if (query->status >= 0 && status_field(query->kind) != NULL)
        filters |= FILTER_STATUS;
    if (query->email != NULL && query->kind == RECORD_KIND_USER)
        filters |= FILTER_EMAIL;
    if (query->external_id != NULL && query->kind == RECORD_KIND_USER)
        filters |= FILTER_EXTERNAL_ID;
    return filters;
}

static bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool passes(const struct record_query *query, unsigned filters, const struct record *record)
{
    if (filters & FILTER_USER) {
        const struct id owner =
            record->kind == RECORD_KIND_USER ? record->as.user.id : record_owner(record);
        if (!id_equal(owner, query->user_id))
            return false;
    }
    if ((filters & FILTER_ROUND) && !id_equal(round_of(record), query->round_id))
        return false;
    if (filters & FILTER_STATUS) {
        int status;
        memcpy(&status, record_field(record, status_field(record->kind)), sizeof status);
        if (status != query->status)
            return false;
    }
    if ((filters & FILTER_EMAIL) && !same_text(record->as.user.email, query->email))
        return false;
    return !(filters & FILTER_EXTERNAL_ID) ||
           same_text(record->as.user.external_id, query->external_id);
}

/* ---- The overlay's side ---- */

struct candidate {
    struct place place;
    const struct overlay_row *row;
};

/* The first `wanted` matching rows of the overlay; up to twice as many while they are gathered. */
struct candidates {
    enum record_kind kind;
    struct candidate *rows;
    size_t count, wanted;
    bool cut; /* some were thrown away: what comes after the last kept one cannot be wanted */
};

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    return compare_places((enum record_kind)a->row->kind, &a->place, &b->place);
}

static void sort_and_cut(struct candidates *candidates)
{
    if (candidates->count > 1)
        qsort(candidates->rows, candidates->count, sizeof *candidates->rows, compare_candidates);
    if (candidates->count > candidates->wanted) {
        candidates->count = candidates->wanted;
        candidates->cut = true;
    }
}

static bool comes_too_late(const struct candidates *candidates, const struct place *place)
{
    return candidates->cut && compare_places(candidates->kind, place,
                                             &candidates->rows[candidates->wanted - 1].place) > 0;
}

static void consider(struct store_reader *reader, const struct record_query *query,
                     unsigned filters, const struct overlay_row *row, struct candidates *candidates)
{
    struct record record;
    if (row->deleted)
        return;
    overlay_decode(row, &record);
    if (!passes(query, filters, &record))
        return;
    const struct place place = place_of(&record);
    if (comes_too_late(candidates, &place) ||
        reader_overlaid(reader, query->kind, &row->key) != row)
        return;
    candidates->rows[candidates->count++] = (struct candidate){.place = place, .row = row};
    if (candidates->count == 2 * candidates->wanted)
        sort_and_cut(candidates);
}

static void gather(struct store_reader *reader, const struct record_query *query, unsigned filters,
                   const struct id_range *range, struct candidates *candidates)
{
    struct overlay_walk walk =
        (filters & FILTER_USER) && query->kind != RECORD_KIND_USER
            ? overlay_walk_owner(reader->overlay, &reader->snapshot, query->kind, query->user_id)
            : overlay_walk_kind(reader->overlay, &reader->snapshot, query->kind);
    const struct overlay_row *row;
    while ((row = overlay_next(&walk)) != NULL)
        if (memcmp(row->key.bytes, range->low.bytes, ID_BYTES) >= 0 &&
            memcmp(row->key.bytes, range->high.bytes, ID_BYTES) < 0)
            consider(reader, query, filters, row, candidates);
    sort_and_cut(candidates);
}

/* ---- The table's side ---- */

/* The status stands in the text, not in a parameter: only then can an index over the rows of one
 * status serve it. It is one of the program's own words. */
static char *list_sql(enum record_kind kind, unsigned filters, int status)
{
    const struct entity_schema *schema = record_schema(kind);
    char *columns = schema_columns(schema, schema->table);
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "SELECT %s FROM \"%w\" WHERE \"id\" >= ?1 AND \"id\" < ?2",
                        columns == NULL ? "" : columns, schema->table);
    sqlite3_free(columns);
    if (filters & FILTER_USER)
        sqlite3_str_appendf(sql, " AND \"%w\" = ?3", kind == RECORD_KIND_USER ? "id" : "user_id");
    if (filters & FILTER_ROUND) /* a user has fewer reservations than a round: + hides its index */
        sqlite3_str_appendf(sql, " AND %s\"%w\" = ?4", filters & FILTER_USER ? "+" : "",
                            kind == RECORD_KIND_SEAT ? "concert_round_id" : "round_id");
    if (filters & FILTER_STATUS)
        sqlite3_str_appendf(sql, " AND \"status\" = %Q", status_field(kind)->texts[status]);
    if (filters & FILTER_EMAIL)
        sqlite3_str_appendall(sql, " AND \"email\" = ?5");
    if (filters & FILTER_EXTERNAL_ID)
        sqlite3_str_appendall(sql, " AND \"external_id\" = ?6");
    sqlite3_str_appendall(sql, kind == RECORD_KIND_SEAT ? " ORDER BY \"position\", \"id\""
                                                        : " ORDER BY \"id\" DESC");
    return sqlite3_str_finish(sql);
}

static enum result list_statement(struct store_reader *reader, const struct record_query *query,
                                  unsigned filters, sqlite3_stmt **statement)
{
    const int status = filters & FILTER_STATUS ? query->status : READER_STATUS_MAX;
    CHECK(status >= 0 && status <= READER_STATUS_MAX);
    sqlite3_stmt **place = &reader->lists[query->kind][filters][status];
    enum result result = RESULT_OK;
    if (*place == NULL) {
        struct explanation explanation;
        result = sqlite_prepare_owned(reader->db, list_sql(query->kind, filters, status), place,
                                      &explanation);
    }
    *statement = *place;
    return result;
}

static enum result bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    return sqlite3_bind_text(statement, parameter, text, -1, SQLITE_TRANSIENT) == SQLITE_OK
               ? RESULT_OK
               : RESULT_NO_MEMORY;
}

static enum result bind_query(sqlite3_stmt *statement, const struct record_query *query,
                              unsigned filters, const struct id_range *range)
{
    enum result result = row_bind_id(statement, 1, range->low);
    if (result == RESULT_OK)
        result = row_bind_id(statement, 2, range->high);
    if (result == RESULT_OK && (filters & FILTER_USER))
        result = row_bind_id(statement, 3, query->user_id);
    if (result == RESULT_OK && (filters & FILTER_ROUND))
        result = row_bind_id(statement, 4, query->round_id);
    if (result == RESULT_OK && (filters & FILTER_EMAIL))
        result = bind_text(statement, 5, query->email);
    if (result == RESULT_OK && (filters & FILTER_EXTERNAL_ID))
        result = bind_text(statement, 6, query->external_id);
    return result;
}

/* The table's next row that the overlay has no image of; RESULT_NOT_FOUND after the last. */
static enum result next_in_table(struct store_reader *reader, sqlite3_stmt *statement,
                                 enum record_kind kind, struct record *record)
{
    for (;;) { /* ends with the table's rows */
        const int code = sqlite3_step(statement);
        if (code == SQLITE_DONE)
            return RESULT_NOT_FOUND;
        if (code != SQLITE_ROW)
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

static enum result add_row(struct store_reader *reader, const struct record *record,
                           struct record_page *page)
{
    if (page->reservations != NULL) {
        const enum result result =
            reader_view(reader, &record->as.seat_reservation, &page->reservations[page->count]);
        if (result == RESULT_OK)
            page->count++;
        return result;
    }
    page->records[page->count] = record_copy(record);
    if (page->records[page->count] == NULL)
        return RESULT_NO_MEMORY;
    page->count++;
    return RESULT_OK;
}

static enum result merge(struct store_reader *reader, const struct record_query *query,
                         sqlite3_stmt *statement, const struct candidates *candidates,
                         struct record_page *page)
{
    size_t taken = 0;
    struct record in_table, in_overlay;
    enum result table = next_in_table(reader, statement, query->kind, &in_table);
    for (;;) { /* ends with the rows or when the page is full */
        if (table != RESULT_OK && table != RESULT_NOT_FOUND)
            return table;
        if (table == RESULT_NOT_FOUND && taken == candidates->count)
            return RESULT_OK;
        if (page->count == query->limit) {
            page->more = true;
            return RESULT_OK;
        }
        bool overlay_first = table == RESULT_NOT_FOUND;
        if (!overlay_first && taken < candidates->count) {
            const struct place place = place_of(&in_table);
            overlay_first = compare_places(query->kind, &candidates->rows[taken].place, &place) < 0;
        }
        if (overlay_first)
            overlay_decode(candidates->rows[taken++].row, &in_overlay);
        const enum result result = add_row(reader, overlay_first ? &in_overlay : &in_table, page);
        if (result != RESULT_OK)
            return result;
        if (!overlay_first)
            table = next_in_table(reader, statement, query->kind, &in_table);
    }
}

static enum result list_in_moment(struct store_reader *reader, const struct record_query *query,
                                  struct candidates *candidates, struct record_page *page)
{
    const unsigned filters = filters_of(query);
    const struct id_range range = range_of(query);
    sqlite3_stmt *statement;
    gather(reader, query, filters, &range, candidates);
    enum result result = list_statement(reader, query, filters, &statement);
    if (result != RESULT_OK)
        return result;
    result = bind_query(statement, query, filters, &range);
    if (result == RESULT_OK)
        result = merge(reader, query, statement, candidates, page);
    sqlite_rewind(statement);
    return result;
}

static enum result make_room(const struct record_query *query, struct candidates *candidates,
                             struct record_page *page)
{
    *page = (struct record_page){0};
    /* One more than the page shows tells whether there is more. */
    *candidates = (struct candidates){.kind = query->kind, .wanted = query->limit + 1};
    candidates->rows = calloc(2 * candidates->wanted, sizeof *candidates->rows);
    if (query->kind == RECORD_KIND_SEAT_RESERVATION)
        page->reservations = calloc(query->limit, sizeof *page->reservations);
    else
        page->records = calloc(query->limit, sizeof *page->records);
    return candidates->rows == NULL || (page->reservations == NULL && page->records == NULL)
               ? RESULT_NO_MEMORY
               : RESULT_OK;
}

enum result reader_list(struct store_reader *reader, const struct record_query *query,
                        struct record_page *page)
{
    CHECK(query->limit >= 1 && query->limit <= ROUND_SEATS_MAX);
    struct candidates candidates;
    enum result result = make_room(query, &candidates, page);
    if (result == RESULT_OK)
        result = reader_begin(reader);
    if (result == RESULT_OK) {
        result = list_in_moment(reader, query, &candidates, page);
        reader_end(reader);
    }
    free(candidates.rows);
    if (result != RESULT_OK)
        record_page_release(page);
    return result;
}
