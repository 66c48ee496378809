/* See rebuild.h. Of the old form only this is known here: the tables and columns have the names
 * that schema.def gives them, and an id is text with the prefix of its entity. */
#include "store/rebuild.h"

#include "base/check.h"
#include "store/migrate.h"
#include "store/sqlite_util.h"

#include <string.h>

/* So many rows go by between two words of how far it is. */
#define ROWS_A_WORD 4096

/* The most of a broken value that a sentence repeats. */
#define SHOWN_BYTES 80

/* ---- One table, old and new ---- */

/* An entity's fields that the old version has, and what reads and writes its rows. */
struct passage {
    const struct rebuild *rebuild;
    const struct entity_schema *entity;
    const struct field_schema *fields[RECORD_FIELDS_MAX];
    int field_count;
    sqlite3_stmt *old; /* the old rows in the order of their keys */
    sqlite3_stmt *new; /* writes a row, or reads the new rows in the order of their keys */
    struct id ids[RECORD_FIELDS_MAX];
    uint64_t rows;
    struct explanation *explanation;
};

static void passage_begin(struct passage *passage, const struct rebuild *rebuild,
                          const struct entity_schema *entity, struct explanation *explanation)
{
    *passage = (struct passage){.rebuild = rebuild, .entity = entity, .explanation = explanation};
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].since <= rebuild->from)
            passage->fields[passage->field_count++] = &entity->fields[i];
}

static void passage_end(struct passage *passage)
{
    sqlite_drop(&passage->old);
    sqlite_drop(&passage->new);
}

static bool is_of_version(const struct entity_schema *entity, int64_t version)
{
    return entity->since <= version;
}

static void append_old_columns(sqlite3_str *sql, const struct passage *passage, unsigned flags)
{
    const char *separator = "";
    for (int i = 0; i < passage->field_count; i++) {
        if ((passage->fields[i]->flags & flags) != flags)
            continue;
        sqlite3_str_appendf(sql, "%s\"%w\"", separator, passage->fields[i]->column);
        separator = ",";
    }
}

/* Ids sort as their texts do: one prefix, and digits of base32 in the order of their values. */
static char *select_sql(const struct passage *passage, const char *database)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "SELECT ");
    append_old_columns(sql, passage, 0);
    sqlite3_str_appendf(sql, " FROM \"%w\".\"%w\" ORDER BY ", database, passage->entity->table);
    append_old_columns(sql, passage, FIELD_FLAG_KEY);
    return sqlite3_str_finish(sql);
}

static char *insert_sql(const struct passage *passage)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "INSERT INTO main.\"%w\" (", passage->entity->table);
    append_old_columns(sql, passage, 0);
    sqlite3_str_appendall(sql, ") VALUES (");
    for (int i = 0; i < passage->field_count; i++)
        sqlite3_str_appendf(sql, "%s?%d", i == 0 ? "" : ",", i + 1);
    sqlite3_str_appendall(sql, ")");
    return sqlite3_str_finish(sql);
}

static const char *id_prefix(const struct passage *passage, const struct field_schema *field)
{
    return passage->rebuild->schema->entities[field->id_of].prefix;
}

/* The next row of a statement; `*more` is false when there is none. */
static enum result step_rows(const struct passage *passage, sqlite3_stmt *statement, bool *more)
{
    const int code = sqlite3_step(statement);
    *more = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE
               ? RESULT_OK
               : sqlite_failure(passage->rebuild->db, passage->explanation);
}

static void row_passed(struct passage *passage)
{
    passage->rows++;
    if (passage->rows % ROWS_A_WORD == 0)
        passage->rebuild->advance(passage->rebuild->owner, ROWS_A_WORD);
}

/* The rows since the last word. */
static void all_passed(const struct passage *passage)
{
    passage->rebuild->advance(passage->rebuild->owner, passage->rows % ROWS_A_WORD);
}

/* ---- Saying which row ---- */

/* As far as it has room, with a '?' for what a line must not hold: the value is anybody's. */
static void show(sqlite3_value *value, char shown[static SHOWN_BYTES])
{
    const char *text = (const char *)sqlite3_value_text(value);
    size_t length = 0;
    for (; text != NULL && text[length] != '\0' && length < SHOWN_BYTES - 1; length++)
        shown[length] = text[length];
    shown[length] = '\0';
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)shown[i] < ' ' || (unsigned char)shown[i] > '~')
            shown[i] = '?';
}

/* Of the old row that is read just now. */
static enum result refuse_row(const struct passage *passage, int i, const char *what)
{
    char key[SHOWN_BYTES], value[SHOWN_BYTES];
    show(sqlite3_column_value(passage->old, 0), key); /* what makes the key comes first */
    show(sqlite3_column_value(passage->old, i), value);
    return explain(passage->explanation, RESULT_CORRUPT,
                   "%s: table %s, row \"%s\": %s \"%s\" %s; nothing was changed",
                   sqlite3_db_filename(passage->rebuild->db, "old"), passage->entity->table, key,
                   passage->fields[i]->column, value, what);
}

/* ---- Copying ---- */

static bool parse_id(const struct passage *passage, const struct field_schema *field,
                     sqlite3_value *value, struct id *id)
{
    const char *text = (const char *)sqlite3_value_text(value);
    return text != NULL &&
           id_parse(id_prefix(passage, field), text, (size_t)sqlite3_value_bytes(value), id);
}

/* As it is; what it points to lives until the old row is left. */
static int bind_value(sqlite3_stmt *statement, int parameter, sqlite3_value *value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        return sqlite3_bind_int64(statement, parameter, sqlite3_value_int64(value));
    case SQLITE_FLOAT:
        return sqlite3_bind_double(statement, parameter, sqlite3_value_double(value));
    case SQLITE_TEXT: {
        const char *text = (const char *)sqlite3_value_text(value);
        return sqlite3_bind_text(statement, parameter, text, sqlite3_value_bytes(value),
                                 SQLITE_STATIC);
    }
    case SQLITE_BLOB: {
        const void *bytes = sqlite3_value_blob(value);
        const int length = sqlite3_value_bytes(value);
        return length == 0 ? sqlite3_bind_zeroblob(statement, parameter, 0)
                           : sqlite3_bind_blob(statement, parameter, bytes, length, SQLITE_STATIC);
    }
    default:
        return sqlite3_bind_null(statement, parameter);
    }
}

static enum result bind_field(struct passage *passage, int i)
{
    sqlite3_value *value = sqlite3_column_value(passage->old, i);
    const struct field_schema *field = passage->fields[i];
    int code;
    if (field->type != FIELD_ID || sqlite3_value_type(value) == SQLITE_NULL) {
        code = bind_value(passage->new, i + 1, value);
    } else {
        if (!parse_id(passage, field, value, &passage->ids[i]))
            return refuse_row(passage, i, "is no id");
        code =
            sqlite3_bind_blob(passage->new, i + 1, passage->ids[i].bytes, ID_BYTES, SQLITE_STATIC);
    }
    return code == SQLITE_OK ? RESULT_OK
                             : sqlite_failure(passage->rebuild->db, passage->explanation);
}

static enum result copy_old_row(struct passage *passage)
{
    enum result result = RESULT_OK;
    for (int i = 0; i < passage->field_count && result == RESULT_OK; i++)
        result = bind_field(passage, i);
    if (result != RESULT_OK)
        return result;
    if (sqlite3_step(passage->new) != SQLITE_DONE)
        result = sqlite_failure(passage->rebuild->db, passage->explanation);
    sqlite_rewind(passage->new);
    row_passed(passage);
    return result;
}

static enum result copy_table(const struct rebuild *rebuild, const struct entity_schema *entity,
                              struct explanation *explanation)
{
    struct passage passage;
    bool more = true;
    passage_begin(&passage, rebuild, entity, explanation);
    enum result result =
        sqlite_prepare_owned(rebuild->db, select_sql(&passage, "old"), &passage.old, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare_owned(rebuild->db, insert_sql(&passage), &passage.new, explanation);
    while (result == RESULT_OK && more) { /* each turn takes a row of a file that ends */
        result = step_rows(&passage, passage.old, &more);
        if (result == RESULT_OK && more)
            result = copy_old_row(&passage);
    }
    passage_end(&passage);
    all_passed(&passage);
    return result;
}

static enum result count_table(sqlite3 *db, const char *database,
                               const struct entity_schema *entity, uint64_t *rows,
                               struct explanation *explanation)
{
    sqlite3_stmt *statement = NULL;
    enum result result = sqlite_prepare_owned(
        db, sqlite3_mprintf("SELECT count(*) FROM \"%w\".\"%w\"", database, entity->table),
        &statement, explanation);
    if (result == RESULT_OK && sqlite3_step(statement) != SQLITE_ROW)
        result = sqlite_failure(db, explanation);
    if (result == RESULT_OK)
        *rows = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite_drop(&statement);
    return result;
}

/* Made once the rows are there, each index is sorted and written from its beginning to its end. */
static enum result derive_indexes(const struct rebuild *rebuild, const struct entity_schema *entity,
                                  struct explanation *explanation)
{
    uint64_t rows = 0;
    enum result result = migrate_derived(rebuild->db, rebuild->schema, entity, explanation);
    if (result == RESULT_OK)
        result = count_table(rebuild->db, "main", entity, &rows, explanation);
    rebuild->advance(rebuild->owner, rows);
    return result;
}

enum result rebuild_tables(const struct rebuild *rebuild, struct explanation *explanation)
{
    const struct schema *schema = rebuild->schema;
    CHECK(rebuild->from > 0 && rebuild->from < REBUILD_VERSION);
    enum result result = migrate_tables(rebuild->db, schema, 0, explanation);
    for (size_t i = 0; i < schema->entity_count && result == RESULT_OK; i++)
        if (is_of_version(&schema->entities[i], rebuild->from))
            result = copy_table(rebuild, &schema->entities[i], explanation);
    if (result == RESULT_OK)
        result = sqlite_run(rebuild->db,
                            "UPDATE main.bookkeeping SET booked_seq ="
                            " (SELECT booked_seq FROM old.bookkeeping)",
                            explanation);
    for (size_t i = 0; i < schema->entity_count && result == RESULT_OK; i++)
        result = derive_indexes(rebuild, &schema->entities[i], explanation);
    return result;
}

/* ---- Before ---- */

static bool is_known(const struct schema *schema, int64_t from, const char *table,
                     const char *column)
{
    if (strcmp(table, "bookkeeping") == 0)
        return strcmp(column, "id") == 0 || strcmp(column, "booked_seq") == 0;
    for (size_t i = 0; i < schema->entity_count; i++) {
        const struct entity_schema *entity = &schema->entities[i];
        if (!is_of_version(entity, from) || strcmp(entity->table, table) != 0)
            continue;
        for (size_t j = 0; j < entity->field_count; j++)
            if (entity->fields[j].since <= from && strcmp(entity->fields[j].column, column) == 0)
                return true;
    }
    return false;
}

enum result rebuild_recognize(sqlite3 *old, const struct schema *schema, int64_t from,
                              struct explanation *explanation)
{
    sqlite3_stmt *statement = NULL;
    int code = SQLITE_DONE;
    enum result result = sqlite_prepare(old,
                                        "SELECT t.name, c.name"
                                        " FROM sqlite_schema t, pragma_table_info(t.name) c"
                                        " WHERE t.type = 'table' AND t.name NOT GLOB 'sqlite_*'",
                                        &statement, explanation);
    while (result == RESULT_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(statement, 0);
        const char *column = (const char *)sqlite3_column_text(statement, 1);
        if (table == NULL || column == NULL)
            result = explain(explanation, RESULT_NO_MEMORY, "no memory for the old tables' names");
        else if (!is_known(schema, from, table, column))
            result = explain(explanation, RESULT_FOREIGN,
                             "%s: column %s of table %s is not usher's and would be lost: move it "
                             "out of this file first; nothing was changed",
                             sqlite3_db_filename(old, "main"), column, table);
    }
    if (result == RESULT_OK && code != SQLITE_DONE)
        result = sqlite_failure(old, explanation);
    sqlite_drop(&statement);
    return result;
}

enum result rebuild_count(sqlite3 *old, const struct schema *schema, int64_t from, uint64_t *rows,
                          struct explanation *explanation)
{
    enum result result = RESULT_OK;
    *rows = 0;
    for (size_t i = 0; i < schema->entity_count && result == RESULT_OK; i++) {
        uint64_t of_table = 0;
        if (is_of_version(&schema->entities[i], from))
            result = count_table(old, "main", &schema->entities[i], &of_table, explanation);
        *rows += of_table;
    }
    return result;
}

/* ---- Comparing ---- */

/* The way back, not the one that the row came: the new id written as text is the old one. */
static bool is_same_id(const struct passage *passage, const struct field_schema *field,
                       sqlite3_value *old, sqlite3_value *new)
{
    struct id id;
    char text[ID_TEXT_BYTES];
    if (sqlite3_value_type(new) != SQLITE_BLOB || sqlite3_value_bytes(new) != ID_BYTES)
        return false;
    memcpy(id.bytes, sqlite3_value_blob(new), ID_BYTES);
    const size_t length = id_format(id_prefix(passage, field), id, text);
    const void *old_text = sqlite3_value_text(old);
    return old_text != NULL && (size_t)sqlite3_value_bytes(old) == length &&
           memcmp(old_text, text, length) == 0;
}

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static bool is_same_value(sqlite3_value *old, sqlite3_value *new)
{
    const int type = sqlite3_value_type(old);
    if (sqlite3_value_type(new) != type)
        return false;
    if (type == SQLITE_NULL)
        return true;
    if (type == SQLITE_INTEGER)
        return sqlite3_value_int64(old) == sqlite3_value_int64(new);
    if (type == SQLITE_FLOAT)
        return bits_of(sqlite3_value_double(old)) == bits_of(sqlite3_value_double(new));
    const void *left = sqlite3_value_blob(old), *right = sqlite3_value_blob(new);
    const int length = sqlite3_value_bytes(old);
    return length == sqlite3_value_bytes(new) &&
           (length == 0 ||
            (left != NULL && right != NULL && memcmp(left, right, (size_t)length) == 0));
}

static enum result compare_old_row(struct passage *passage)
{
    for (int i = 0; i < passage->field_count; i++) {
        const struct field_schema *field = passage->fields[i];
        sqlite3_value *old = sqlite3_column_value(passage->old, i);
        sqlite3_value *new = sqlite3_column_value(passage->new, i);
        const bool is_id = field->type == FIELD_ID && sqlite3_value_type(old) != SQLITE_NULL;
        if (is_id ? !is_same_id(passage, field, old, new) : !is_same_value(old, new))
            return refuse_row(passage, i, "is another one in the new file");
    }
    row_passed(passage);
    return RESULT_OK;
}

static enum result compare_old_rows(struct passage *passage)
{
    bool old_more = true, new_more = true;
    while (old_more && new_more) { /* each turn takes a row of files that end */
        enum result result = step_rows(passage, passage->old, &old_more);
        if (result == RESULT_OK)
            result = step_rows(passage, passage->new, &new_more);
        if (result == RESULT_OK && old_more && new_more)
            result = compare_old_row(passage);
        if (result != RESULT_OK)
            return result;
    }
    if (old_more == new_more)
        return RESULT_OK;
    return explain(passage->explanation, RESULT_CORRUPT,
                   "%s: table %s has %s rows in the new file; nothing was changed",
                   sqlite3_db_filename(passage->rebuild->db, "old"), passage->entity->table,
                   old_more ? "fewer" : "more");
}

/* The new rows by the index of their key, which thereby is seen to find each of them. */
static enum result compare_table(const struct rebuild *rebuild, const struct entity_schema *entity,
                                 struct explanation *explanation)
{
    struct passage passage;
    passage_begin(&passage, rebuild, entity, explanation);
    enum result result =
        sqlite_prepare_owned(rebuild->db, select_sql(&passage, "old"), &passage.old, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare_owned(rebuild->db, select_sql(&passage, "main"), &passage.new,
                                      explanation);
    if (result == RESULT_OK)
        result = compare_old_rows(&passage);
    passage_end(&passage);
    all_passed(&passage);
    return result;
}

static enum result check_booked(const struct rebuild *rebuild, struct explanation *explanation)
{
    int64_t same;
    const enum result result = sqlite_integer(rebuild->db,
                                              "SELECT (SELECT booked_seq FROM main.bookkeeping) IS"
                                              " (SELECT booked_seq FROM old.bookkeeping)",
                                              &same, explanation);
    if (result != RESULT_OK || same == 1)
        return result;
    return explain(explanation, RESULT_CORRUPT,
                   "%s: the new file is at another place of the journal; nothing was changed",
                   sqlite3_db_filename(rebuild->db, "old"));
}

/* ---- SQLite's own checks ---- */

static enum result check_references(const struct rebuild *rebuild,
                                    const struct entity_schema *entity,
                                    struct explanation *explanation)
{
    sqlite3_stmt *statement = NULL;
    enum result result = sqlite_prepare_owned(
        rebuild->db, sqlite3_mprintf("PRAGMA main.foreign_key_check(\"%w\")", entity->table),
        &statement, explanation);
    if (result != RESULT_OK)
        return result;
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        result = explain(explanation, RESULT_CORRUPT,
                         "%s: row %lld of table %s names a row of %s that is not there; nothing "
                         "was changed",
                         sqlite3_db_filename(rebuild->db, "main"),
                         (long long)sqlite3_column_int64(statement, 1), entity->table,
                         sqlite3_column_text(statement, 2));
    else if (code != SQLITE_DONE)
        result = sqlite_failure(rebuild->db, explanation);
    sqlite_drop(&statement);
    return result;
}

/* Trees and pages, and that each row is in each index. */
static enum result check_table(const struct rebuild *rebuild, const struct entity_schema *entity,
                               struct explanation *explanation)
{
    sqlite3_stmt *statement = NULL;
    enum result result = sqlite_prepare_owned(
        rebuild->db, sqlite3_mprintf("PRAGMA main.integrity_check(\"%w\")", entity->table),
        &statement, explanation);
    if (result != RESULT_OK)
        return result;
    const char *found = sqlite3_step(statement) == SQLITE_ROW
                            ? (const char *)sqlite3_column_text(statement, 0)
                            : NULL;
    if (found == NULL)
        result = sqlite_failure(rebuild->db, explanation);
    else if (strcmp(found, "ok") != 0)
        result = explain(explanation, RESULT_CORRUPT, "%s: %.300s; nothing was changed",
                         sqlite3_db_filename(rebuild->db, "main"), found);
    sqlite_drop(&statement);
    return result;
}

static enum result inspect_table(const struct rebuild *rebuild, const struct entity_schema *entity,
                                 struct explanation *explanation)
{
    uint64_t rows = 0;
    enum result result = check_references(rebuild, entity, explanation);
    if (result == RESULT_OK)
        result = check_table(rebuild, entity, explanation);
    if (result == RESULT_OK)
        result = count_table(rebuild->db, "main", entity, &rows, explanation);
    rebuild->advance(rebuild->owner, rows);
    return result;
}

/* ---- All tables ---- */

enum result rebuild_compare(const struct rebuild *rebuild, struct explanation *explanation)
{
    const struct schema *schema = rebuild->schema;
    enum result result = check_booked(rebuild, explanation);
    for (size_t i = 0; i < schema->entity_count && result == RESULT_OK; i++)
        if (is_of_version(&schema->entities[i], rebuild->from))
            result = compare_table(rebuild, &schema->entities[i], explanation);
    return result;
}

enum result rebuild_inspect(const struct rebuild *rebuild, struct explanation *explanation)
{
    const struct schema *schema = rebuild->schema;
    enum result result = RESULT_OK;
    for (size_t i = 0; i < schema->entity_count && result == RESULT_OK; i++)
        result = inspect_table(rebuild, &schema->entities[i], explanation);
    return result;
}
