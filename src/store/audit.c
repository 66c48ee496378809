/* See audit.h. Invariants 1 to 9 are questions in SQL (audit.def), asked of the tables alone; 10
 * and 12 also read what is left of the journal, 13 the changes (audit_changes.h). 11 has no rows of
 * its own in the tables. */
#include "store/audit.h"

#include "base/check.h"
#include "store/audit_changes.h"
#include "store/load.h"
#include "store/overlay.h"
#include "store/row.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define INVARIANT_MAX 18 /* those between are of no version yet */
#define TOLD_MAX 100     /* of each invariant */

struct auditor {
    struct journal *journal;
    struct sql_connection *tables;
    store_violation *violation;
    void *owner;
    size_t told[INVARIANT_MAX + 1];
    size_t violations;
    struct patience *patience; /* NULL: it has no end */
    struct explanation *explanation;
};

/* How long somebody waits for the verdict. */
struct patience {
    store_may_go_on *may_go_on;
    void *owner;
    bool over;
};

static bool look_at_patience(void *asked)
{
    struct patience *patience = asked;
    patience->over = patience->over || !patience->may_go_on(patience->owner);
    return !patience->over;
}

static void tell(struct auditor *auditor, int invariant, const char *text)
{
    CHECK(invariant >= 1 && invariant <= INVARIANT_MAX);
    auditor->violations++;
    if (auditor->told[invariant]++ < TOLD_MAX)
        auditor->violation(auditor->owner, invariant, text);
}

__attribute__((format(printf, 3, 4))) static void tell_of(struct auditor *auditor, int invariant,
                                                          const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments); /* cut to fit */
    va_end(arguments);
    tell(auditor, invariant, text);
}

/* ---- The questions ---- */

static const struct question {
    int invariant;
    const char *name, *sql;
} questions[] = {
#define AUDIT(invariant, name, sql) {invariant, #name, sql},
#include "store/audit.def"
};

static enum result ask(struct auditor *auditor, const struct question *question)
{
    if (auditor->patience != NULL && !look_at_patience(auditor->patience))
        return explain(auditor->explanation, RESULT_FULL, "the check was broken off");
    struct sql_statement *statement = NULL;
    enum result result =
        sql_prepare(auditor->tables, question->sql, &statement, auditor->explanation);
    while (result == RESULT_OK) {
        const enum sql_step step = sql_step(statement);
        if (step == SQL_DONE)
            break;
        if (step != SQL_ROW) {
            result = sql_failure(auditor->tables, auditor->explanation);
            break;
        }
        const char *text = sql_column_text(statement, 0);
        tell(auditor, question->invariant, text == NULL ? question->name : text);
    }
    sql_drop(&statement);
    return result;
}

static void tell_of_whole(void *owner, const char *text)
{
    tell(owner, 10, text);
}

static enum result ask_all(struct auditor *auditor)
{
    enum result result = sql_inspect(auditor->tables, tell_of_whole, auditor, auditor->explanation);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0] && result == RESULT_OK; i++)
        result = ask(auditor, &questions[i]);
    return result;
}

/* ---- The journal against the tables ---- */

/* The journal's newest images, gathered as the rows that wait for booking are. */
struct gathering {
    struct overlay overlay;
    uint64_t booked_seq;
};

static enum result ignore_record(void *owner, const struct record *record,
                                 struct explanation *explanation)
{
    (void)owner;
    (void)record;
    (void)explanation;
    return RESULT_OK;
}

static enum result gather_unbooked(void *owner, const struct journal_row *row,
                                   struct explanation *explanation)
{
    struct gathering *gathering = owner;
    const enum result result = load_row_records(row, ignore_record, NULL, explanation);
    if (result != RESULT_OK || row->seq > gathering->booked_seq)
        return result;
    if (overlay_reserve(&gathering->overlay, row->record_count, row->body_length) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the journal's rows");
    overlay_append(&gathering->overlay, row->seq, row->house_time, row->body, row->body_length,
                   row->record_count);
    return RESULT_OK;
}

/* The tables know no negative zero. */
static struct record as_in_tables(const struct record *record)
{
    struct record same = *record;
    const struct entity_schema *schema = record_schema(record->kind);
    for (size_t i = 0; i < schema->field_count; i++) {
        double real;
        if (schema->fields[i].type != FIELD_REAL)
            continue;
        memcpy(&real, record_field(&same, &schema->fields[i]), sizeof real);
        real += 0.0;
        memcpy(record_field_mutable(&same, &schema->fields[i]), &real, sizeof real);
    }
    return same;
}

static enum result encode(const struct record *record, struct buffer *buffer)
{
    const struct record same = as_in_tables(record);
    buffer_clear(buffer);
    const enum result result = buffer_reserve(buffer, record_encoded_max(&same));
    if (result == RESULT_OK)
        record_encode(&same, WHY_UNTOLD, buffer);
    return result;
}

/* One entity's comparison: its statement, and room for two encoded rows. */
struct comparison {
    const struct entity_schema *schema;
    struct sql_statement *statement;
    struct buffer expected, found;
};

static void key_text(const struct record *record, char text[static ID_TEXT_BYTES])
{
    const struct entity_schema *schema = record_schema(record->kind);
    const struct field_schema *field = &schema->fields[0];
    text[0] = '\0';
    if (field->type == FIELD_ID) {
        struct id id;
        memcpy(id.bytes, record_field(record, field), ID_BYTES);
        id_format(record_schema(field->id_of)->prefix, id, text);
    }
}

static enum result compare_found(struct auditor *auditor, struct comparison *comparison,
                                 const struct record *expected)
{
    char key[ID_TEXT_BYTES];
    struct record found;
    key_text(expected, key);
    if (expected->deleted) {
        tell_of(auditor, 12, "%s %s is deleted in the journal and there in the tables",
                comparison->schema->table, key);
        return RESULT_OK;
    }
    if (row_read(comparison->statement, 0, expected->kind, &found) != RESULT_OK) {
        tell_of(auditor, 12, "%s %s cannot be read from the tables", comparison->schema->table,
                key);
        return RESULT_OK;
    }
    if (encode(expected, &comparison->expected) != RESULT_OK ||
        encode(&found, &comparison->found) != RESULT_OK)
        return explain(auditor->explanation, RESULT_NO_MEMORY, "no memory for comparing rows");
    if (comparison->expected.length != comparison->found.length ||
        memcmp(comparison->expected.data, comparison->found.data, comparison->found.length) != 0)
        tell_of(auditor, 12, "%s %s differs between the journal and the tables",
                comparison->schema->table, key);
    return RESULT_OK;
}

static enum result compare_row(struct auditor *auditor, struct comparison *comparison,
                               const struct overlay_row *row)
{
    struct record expected;
    char key[ID_TEXT_BYTES];
    overlay_decode(row, &expected);
    enum result result = RESULT_OK;
    if (row_bind_key(comparison->statement, &expected) != RESULT_OK)
        return sql_failure(auditor->tables, auditor->explanation);
    const enum sql_step step = sql_step(comparison->statement);
    if (step == SQL_ROW) {
        result = compare_found(auditor, comparison, &expected);
    } else if (step != SQL_DONE) {
        result = sql_failure(auditor->tables, auditor->explanation);
    } else if (!expected.deleted) {
        key_text(&expected, key);
        tell_of(auditor, 12, "%s %s is in the journal and missing in the tables",
                comparison->schema->table, key);
    }
    sql_rewind(comparison->statement);
    return result;
}

static enum result compare_kind(struct auditor *auditor, struct overlay *overlay,
                                const struct overlay_snapshot *snapshot, enum record_kind kind)
{
    struct comparison comparison = {.schema = record_schema(kind)};
    buffer_init(&comparison.expected, SIZE_MAX / 2);
    buffer_init(&comparison.found, SIZE_MAX / 2);
    struct sql_text select;
    row_select_sql(&select, comparison.schema);
    enum result result =
        sql_prepare(auditor->tables, select.bytes, &comparison.statement, auditor->explanation);
    struct overlay_walk walk = overlay_walk_kind(overlay, snapshot, kind);
    const struct overlay_row *row;
    while (result == RESULT_OK && (row = overlay_next(&walk)) != NULL)
        if (overlay_find(overlay, snapshot, kind, &row->key) == row)
            result = compare_row(auditor, &comparison, row);
    sql_drop(&comparison.statement);
    buffer_release(&comparison.expected);
    buffer_release(&comparison.found);
    return result;
}

static enum result compare_all(struct auditor *auditor, struct gathering *gathering,
                               uint64_t first_seq)
{
    struct overlay_snapshot snapshot;
    enum result result = RESULT_OK;
    overlay_snapshot_take(&gathering->overlay, &snapshot);
    snapshot.booked_seq = first_seq - 1;
    for (size_t kind = 0; kind < RECORD_KIND_COUNT && result == RESULT_OK; kind++)
        result = compare_kind(auditor, &gathering->overlay, &snapshot, (enum record_kind)kind);
    overlay_snapshot_release(&gathering->overlay, &snapshot);
    return result;
}

/* A journal that cannot be read to its end breaks invariant 10; it does not end the audit. */
static enum result audit_rows(struct auditor *auditor, const struct journal_extent *extent,
                              uint64_t booked_seq)
{
    struct gathering gathering = {.booked_seq = booked_seq};
    if (overlay_init(&gathering.overlay, extent->first_seq - 1) != RESULT_OK)
        return explain(auditor->explanation, RESULT_NO_MEMORY, "no memory for the journal's rows");
    enum result result = journal_read(auditor->journal, extent->first_seq - 1, extent->last_seq,
                                      gather_unbooked, &gathering, auditor->explanation);
    if (result == RESULT_CORRUPT || result == RESULT_NEWER) {
        tell(auditor, 10, auditor->explanation->text);
        result = RESULT_OK;
    }
    if (result == RESULT_OK)
        result = compare_all(auditor, &gathering, extent->first_seq);
    overlay_release(&gathering.overlay);
    return result;
}

static enum result audit_journal(struct auditor *auditor)
{
    int64_t booked_seq = 0;
    struct journal_extent extent;
    enum result result = journal_extent(auditor->journal, &extent, auditor->explanation);
    if (result == RESULT_OK)
        result = journal_inspect(auditor->journal, tell_of_whole, auditor, auditor->explanation);
    if (result == RESULT_OK)
        result = sql_integer(auditor->tables, "SELECT booked_seq FROM bookkeeping", &booked_seq,
                             auditor->explanation);
    if (result != RESULT_OK)
        return result;
    if ((uint64_t)booked_seq > extent.last_seq)
        tell_of(auditor, 10, "the tables are at row %lld, and the journal ends at row %llu",
                (long long)booked_seq, (unsigned long long)extent.last_seq);
    if (extent.last_seq == 0)
        return RESULT_OK;
    return audit_rows(auditor, &extent, (uint64_t)booked_seq);
}

static void tell_of_changes(void *owner, const char *text)
{
    tell(owner, 13, text);
}

enum result audit(struct journal *journal, struct sql_connection *tables,
                  store_violation *violation, void *owner, size_t *violations,
                  struct explanation *explanation)
{
    struct auditor auditor = {.journal = journal,
                              .tables = tables,
                              .violation = violation,
                              .owner = owner,
                              .explanation = explanation};
    enum result result = ask_all(&auditor);
    if (result == RESULT_OK)
        result = audit_journal(&auditor);
    if (result == RESULT_OK)
        result = audit_changes(tables, tell_of_changes, &auditor, explanation);
    *violations = auditor.violations;
    return result;
}

/* ---- Beside the running store ---- */

/* The bookkeeper goes on meanwhile. */
static enum result audit_moment(struct auditor *auditor, int64_t *booked_seq)
{
    enum result result = sql_begin(auditor->tables);
    if (result != RESULT_OK)
        return sql_failure(auditor->tables, auditor->explanation);
    result = sql_integer(auditor->tables, "SELECT booked_seq FROM bookkeeping", booked_seq,
                         auditor->explanation);
    if (result == RESULT_OK)
        result = ask_all(auditor);
    if (result == RESULT_OK)
        result = audit_changes(auditor->tables, tell_of_changes, auditor, auditor->explanation);
    sql_end(auditor->tables);
    return result;
}

enum result audit_served(struct sql_connection *tables, store_may_go_on *may_go_on,
                         store_violation *violation, void *owner, struct store_verdict *verdict,
                         struct explanation *explanation)
{
    struct patience patience = {.may_go_on = may_go_on, .owner = owner};
    struct auditor auditor = {.tables = tables,
                              .violation = violation,
                              .owner = owner,
                              .patience = &patience,
                              .explanation = explanation};
    int64_t booked_seq = 0;
    sql_watch(tables, look_at_patience, &patience);
    const enum result result = audit_moment(&auditor, &booked_seq);
    if (patience.over)
        return explain(explanation, RESULT_FULL, "the check was broken off");
    *verdict = (struct store_verdict){.seq = (uint64_t)booked_seq,
                                      .questions = sizeof questions / sizeof questions[0] + 2,
                                      .violations = auditor.violations};
    return result;
}
