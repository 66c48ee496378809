/* See schema.h. Identifiers are always quoted: one of the columns is called row. */
#include "store/schema.h"

#include "base/check.h"
#include "store/row_source.h"

#include <string.h>

/* Indexes that a look-up needs beside those that flags ask for. */
static const struct special_index {
    const char *table, *name, *columns[2], *where;
} special_indexes[] = {
    /* The seats of a round in seat order. */
    {"seat", "seat_round_position", {"concert_round_id", "position"}, NULL},
    /* Of the house's users most are buyers. */
    {"user", "user_staff", {"id"}, "\"role\" IN ('organizer','staff')"},
    /* The reference of a charge or adjustment is unique for its caller, and people look for one
     * without knowing whose it is; what has none is not looked for. */
    {"point_entry",
     "point_entry_reference",
     {"reference", "caller_id"},
     "\"reference\" IS NOT NULL"},
    /* Of the kinds of entries these are rare; the others fill a page soon. */
    {"point_entry", "point_entry_refund", {"id"}, "\"kind\" = 'refund'"},
    {"point_entry", "point_entry_adjustment", {"id"}, "\"kind\" = 'adjustment'"},
    /* A restart loads what is live without reading the history around it. */
    {"queue_token", "queue_token_live", {"id"}, "\"status\" IN ('waiting', 'active')"},
    /* Pending ones are few: a restart, and an organizer's list of them, must not read the others.
     */
    {"seat_reservation", "seat_reservation_pending", {"id"}, "\"status\" = 'pending'"},
    /* A reservation names the payment that succeeded; the one that failed is found from here. */
    {"payment", "payment_failed", {"reservation_id"}, "\"status\" = 'failed'"},
};

#define SPECIAL_INDEX_COUNT (sizeof special_indexes / sizeof special_indexes[0])

void schema_current(struct schema *schema)
{
    _Static_assert((int)RECORD_KIND_COUNT <= SCHEMA_ENTITIES_MAX, "schema.def fits");
    *schema = (struct schema){.version = SCHEMA_VERSION, .entity_count = RECORD_KIND_COUNT};
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
        schema->entities[i] = *record_schema((enum record_kind)i);
}

/* ---- Columns ---- */

static bool is_key(const struct field_schema *field)
{
    return (field->flags & FIELD_FLAG_KEY) != 0;
}

static const char *column_type(const struct field_schema *field)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ENUM:
        return "TEXT";
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_BOOL:
        return "INTEGER";
    case FIELD_REAL:
        return "REAL";
    case FIELD_ID:
    case FIELD_SECRET:
        return "BLOB";
    }
    UNREACHABLE("field type");
}

/* What rows written before the column existed hold: what decodes to zero. */
static void append_default(sqlite3_str *sql, const struct field_schema *field)
{
    switch (field->type) {
    case FIELD_TEXT:
        sqlite3_str_appendall(sql, " DEFAULT ''");
        return;
    case FIELD_ENUM:
        sqlite3_str_appendf(sql, " DEFAULT %Q", field->texts[0]);
        return;
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_BOOL:
        sqlite3_str_appendall(sql, " DEFAULT 0");
        return;
    case FIELD_REAL:
        sqlite3_str_appendall(sql, " DEFAULT 0.0");
        return;
    case FIELD_ID:
    case FIELD_SECRET:
        break;
    }
    UNREACHABLE("these may be NULL when they come later");
}

static const char *key_column(const struct entity_schema *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (is_key(&entity->fields[i]))
            return entity->fields[i].column;
    UNREACHABLE("an entity without a key");
}

/* A column that came later may be NULL where rows without it can have no value that fits: an id
 * names a row, and a blob has no constant default. */
static bool may_be_null(const struct entity_schema *entity, const struct field_schema *field)
{
    return (field->flags & FIELD_FLAG_OPTIONAL) ||
           (field->since > entity->since &&
            (field->type == FIELD_ID || field->type == FIELD_SECRET));
}

static void append_column(sqlite3_str *sql, const struct schema *schema,
                          const struct entity_schema *entity, const struct field_schema *field)
{
    sqlite3_str_appendf(sql, "\"%w\" %s", field->column, column_type(field));
    if (!may_be_null(entity, field)) {
        sqlite3_str_appendall(sql, " NOT NULL");
        if (field->since > entity->since)
            append_default(sql, field);
    }
    if (field->flags & FIELD_FLAG_REFERENCE) {
        const struct entity_schema *parent = &schema->entities[field->id_of];
        sqlite3_str_appendf(sql, " REFERENCES \"%w\"(\"%w\")", parent->table, key_column(parent));
    }
}

/* "a","b" of the fields that have all of `flags`. */
static void append_names(sqlite3_str *sql, const struct entity_schema *entity, unsigned flags)
{
    const char *separator = "";
    for (size_t i = 0; i < entity->field_count; i++) {
        if ((entity->fields[i].flags & flags) != flags)
            continue;
        sqlite3_str_appendf(sql, "%s\"%w\"", separator, entity->fields[i].column);
        separator = ",";
    }
}

/* ---- Tables, indexes, views ---- */

char *schema_table_sql(const struct schema *schema, const struct entity_schema *entity)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "CREATE TABLE \"%w\" (", entity->table);
    for (size_t i = 0; i < entity->field_count; i++) {
        append_column(sql, schema, entity, &entity->fields[i]);
        sqlite3_str_appendall(sql, ", ");
    }
    sqlite3_str_appendall(sql, "PRIMARY KEY (");
    append_names(sql, entity, FIELD_FLAG_KEY);
    sqlite3_str_appendall(sql, ")) STRICT;");
    return sqlite3_str_finish(sql);
}

char *schema_add_column_sql(const struct schema *schema, const struct entity_schema *entity,
                            const struct field_schema *field)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "ALTER TABLE \"%w\" ADD COLUMN ", entity->table);
    append_column(sql, schema, entity, field);
    sqlite3_str_appendall(sql, ";");
    return sqlite3_str_finish(sql);
}

static void append_special_index(sqlite3_str *sql, const struct special_index *index)
{
    sqlite3_str_appendf(sql, "CREATE INDEX \"%w\" ON \"%w\" (\"%w\"", index->name, index->table,
                        index->columns[0]);
    if (index->columns[1] != NULL)
        sqlite3_str_appendf(sql, ", \"%w\"", index->columns[1]);
    sqlite3_str_appendall(sql, ")");
    if (index->where != NULL)
        sqlite3_str_appendf(sql, " WHERE %s", index->where);
    sqlite3_str_appendall(sql, ";\n");
}

/* With the id after it, the index of a LISTED field answers a list in its order, from any id on. */
static void append_index(sqlite3_str *sql, const struct entity_schema *entity,
                         const struct field_schema *field)
{
    sqlite3_str_appendf(sql, "CREATE INDEX \"%w_%w\" ON \"%w\" (\"%w\"", entity->table,
                        field->column, entity->table, field->column);
    if (field->flags & FIELD_FLAG_LISTED)
        sqlite3_str_appendf(sql, ", \"%w\"", key_column(entity));
    sqlite3_str_appendall(sql, ")");
    if (field->flags & FIELD_FLAG_OPTIONAL) /* nobody looks for what has none */
        sqlite3_str_appendf(sql, " WHERE \"%w\" IS NOT NULL", field->column);
    sqlite3_str_appendall(sql, ";\n");
}

char *schema_indexes_sql(const struct entity_schema *entity)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "\n");
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].flags & (FIELD_FLAG_INDEXED | FIELD_FLAG_LISTED))
            append_index(sql, entity, &entity->fields[i]);
    for (size_t i = 0; i < SPECIAL_INDEX_COUNT; i++)
        if (strcmp(special_indexes[i].table, entity->table) == 0)
            append_special_index(sql, &special_indexes[i]);
    return sqlite3_str_finish(sql);
}

static bool is_secret(const struct field_schema *field)
{
    return field->type == FIELD_SECRET || strcmp(field->column, "password_hash") == 0;
}

/* The text of an id (base/id.h), which any program's SQLite can work out. Two zero bits before it
 * make the 128 bits 26 digits of five; with two more, digit after digit begins at the bit `at` of a
 * whole number of hexadecimal digits, and lies within two of these. */
static void append_id_text(sqlite3_str *sql, const char *column, const char *prefix)
{
    sqlite3_str_appendf(
        sql,
        "(WITH RECURSIVE digit(at, text) AS (SELECT 2, '%s_' WHERE length(\"%w\") = %d"
        " UNION ALL SELECT at + 5, text || substr('" ID_ALPHABET "', 1 +"
        " (((instr('123456789ABCDEF', substr('0' || hex(\"%w\"), 1 + at / 4, 1)) << 4)"
        " | instr('123456789ABCDEF', substr('0' || hex(\"%w\"), 2 + at / 4, 1)))"
        " >> (3 - at %% 4) & 31), 1) FROM digit WHERE at < 132)"
        " SELECT text FROM digit WHERE at = 132) AS \"%w\"",
        prefix, column, ID_BYTES, column, column, column);
}

static void append_readable(sqlite3_str *sql, const struct schema *schema,
                            const struct field_schema *field)
{
    if (field->type == FIELD_ID)
        append_id_text(sql, field->column, schema->entities[field->id_of].prefix);
    else if (field->type == FIELD_TIME)
        sqlite3_str_appendf(
            sql, "strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', \"%w\" / 1000.0, 'unixepoch') AS \"%w\"",
            field->column, field->column);
    else
        sqlite3_str_appendf(sql, "\"%w\"", field->column);
}

char *schema_view_sql(const struct schema *schema, const struct entity_schema *entity)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "CREATE VIEW \"%w_readable\" AS SELECT ", entity->table);
    const char *separator = "";
    for (size_t i = 0; i < entity->field_count; i++) {
        if (is_secret(&entity->fields[i]))
            continue;
        sqlite3_str_appendall(sql, separator);
        append_readable(sql, schema, &entity->fields[i]);
        separator = ", ";
    }
    sqlite3_str_appendf(sql, " FROM \"%w\";", entity->table);
    return sqlite3_str_finish(sql);
}

/* ---- Statements ---- */

/* Whether an index or a foreign key follows the column, so that writing it costs a look-up more. */
static bool is_followed(const struct entity_schema *entity, const struct field_schema *field)
{
    if (field->flags & (FIELD_FLAG_REFERENCE | FIELD_FLAG_INDEXED | FIELD_FLAG_LISTED))
        return true;
    for (size_t i = 0; i < SPECIAL_INDEX_COUNT; i++)
        if (strcmp(special_indexes[i].table, entity->table) == 0 &&
            (strcmp(special_indexes[i].columns[0], field->column) == 0 ||
             (special_indexes[i].columns[1] != NULL &&
              strcmp(special_indexes[i].columns[1], field->column) == 0)))
            return true;
    return false;
}

/* What is followed and every row has says where the row belongs, which seldom changes; what a row
 * may be without, as a reservation its payment, comes later. */
static bool is_settled(const struct entity_schema *entity, const struct field_schema *field)
{
    return !is_key(field) && !(field->flags & FIELD_FLAG_OPTIONAL) && is_followed(entity, field);
}

static void append_assignments(sqlite3_str *sql, const struct entity_schema *entity, bool quick)
{
    const char *separator = "";
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct field_schema *field = &entity->fields[i];
        if (is_key(field) || (quick && is_settled(entity, field)))
            continue;
        sqlite3_str_appendf(sql, "%s\"%w\"=excluded.\"%w\"", separator, field->column,
                            field->column);
        separator = ",";
    }
}

static void append_all_settled(sqlite3_str *sql, const struct entity_schema *entity)
{
    sqlite3_str_appendall(sql, "(true");
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct field_schema *field = &entity->fields[i];
        if (is_settled(entity, field))
            sqlite3_str_appendf(sql, " AND \"%w\".\"%w\" IS excluded.\"%w\"", entity->table,
                                field->column, field->column);
    }
    sqlite3_str_appendall(sql, ")");
}

char *schema_upsert_sql(const struct entity_schema *entity, bool quick)
{
    char *select = row_source_select_sql(entity->field_count);
    if (select == NULL)
        return NULL;
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "INSERT INTO \"%w\" (", entity->table);
    append_names(sql, entity, 0);
    sqlite3_str_appendf(sql, ") %s ON CONFLICT (", select);
    append_names(sql, entity, FIELD_FLAG_KEY);
    sqlite3_str_appendall(sql, ") DO UPDATE SET ");
    append_assignments(sql, entity, quick);
    sqlite3_str_appendall(sql, quick ? " WHERE " : " WHERE NOT ");
    append_all_settled(sql, entity);
    sqlite3_free(select);
    return sqlite3_str_finish(sql);
}
