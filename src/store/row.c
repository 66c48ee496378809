/* See row.h. What a field is in SQL: ids and enumerated values are text, times whole milliseconds,
 * booleans 0 or 1, secrets blobs; an optional field that is zero is NULL. */
#include "store/row.h"

#include "base/check.h"

#include <string.h>

static int bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    if (text == NULL)
        return sqlite3_bind_null(statement, parameter);
    return sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC);
}

static int bind_id(sqlite3_stmt *statement, int parameter, const struct field_schema *schema,
                   const void *field, char text[static ID_TEXT_BYTES])
{
    struct id id;
    memcpy(id.bytes, field, ID_BYTES);
    if (id_is_none(id))
        return sqlite3_bind_null(statement, parameter);
    const size_t length = id_format(record_schema(schema->id_of)->prefix, id, text);
    return sqlite3_bind_text(statement, parameter, text, (int)length, SQLITE_STATIC);
}

static int bind_field(sqlite3_stmt *statement, int parameter, const struct field_schema *schema,
                      const void *field, char text[static ID_TEXT_BYTES])
{
    double real;
    switch (schema->type) {
    case FIELD_ID:
        return bind_id(statement, parameter, schema, field, text);
    case FIELD_TEXT:
        return bind_text(statement, parameter, field_text(field));
    case FIELD_ENUM:
        return bind_text(statement, parameter, schema->texts[field_number(field)]);
    case FIELD_INT:
    case FIELD_TIME:
        if ((schema->flags & FIELD_FLAG_OPTIONAL) && field_integer(field) == 0)
            return sqlite3_bind_null(statement, parameter);
        return sqlite3_bind_int64(statement, parameter, field_integer(field));
    case FIELD_BOOL:
        return sqlite3_bind_int(statement, parameter, *(const bool *)field);
    case FIELD_REAL:
        memcpy(&real, field, sizeof real);
        return sqlite3_bind_double(statement, parameter, real);
    case FIELD_SECRET:
        return sqlite3_bind_blob(statement, parameter, field, SECRET_BYTES, SQLITE_STATIC);
    }
    UNREACHABLE("field type");
}

/* Binds the fields that have all of `flags`. */
static enum result bind_fields(sqlite3_stmt *statement, const struct record *record, unsigned flags,
                               struct row_texts *texts)
{
    const struct entity_schema *schema = record_schema(record->kind);
    int parameter = 0;
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        if ((field->flags & flags) != flags)
            continue;
        parameter++;
        if (bind_field(statement, parameter, field, record_field(record, field), texts->ids[i]) !=
            SQLITE_OK)
            return RESULT_NO_MEMORY;
    }
    return RESULT_OK;
}

enum result row_bind(sqlite3_stmt *statement, const struct record *record, struct row_texts *texts)
{
    return bind_fields(statement, record, 0, texts);
}

enum result row_bind_key(sqlite3_stmt *statement, const struct record *record,
                         struct row_texts *texts)
{
    return bind_fields(statement, record, FIELD_FLAG_KEY, texts);
}

static bool read_id(sqlite3_stmt *statement, int column, const struct field_schema *schema,
                    void *field)
{
    struct id id;
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (text == NULL || !id_parse(record_schema(schema->id_of)->prefix, text,
                                  (size_t)sqlite3_column_bytes(statement, column), &id))
        return false;
    memcpy(field, id.bytes, ID_BYTES);
    return true;
}

static bool read_text(sqlite3_stmt *statement, int column, void *field)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (text == NULL || strlen(text) != (size_t)sqlite3_column_bytes(statement, column))
        return false;
    memcpy(field, &text, sizeof text);
    return true;
}

static bool read_enumeration(sqlite3_stmt *statement, int column, const struct field_schema *schema,
                             void *field)
{
    int value;
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (text == NULL || !enumeration_parse(schema->texts, schema->text_count, text, &value))
        return false;
    memcpy(field, &value, sizeof value);
    return true;
}

static bool read_field(sqlite3_stmt *statement, int column, const struct field_schema *schema,
                       void *field)
{
    int64_t integer;
    double real;
    const int type = sqlite3_column_type(statement, column);
    if (type == SQLITE_NULL)
        return true; /* stays zero, which is what "none" is */
    switch (schema->type) {
    case FIELD_ID:
        return read_id(statement, column, schema, field);
    case FIELD_TEXT:
        return read_text(statement, column, field);
    case FIELD_ENUM:
        return read_enumeration(statement, column, schema, field);
    case FIELD_INT:
    case FIELD_TIME:
        integer = sqlite3_column_int64(statement, column);
        memcpy(field, &integer, sizeof integer);
        return type == SQLITE_INTEGER;
    case FIELD_BOOL:
        *(bool *)field = sqlite3_column_int(statement, column) != 0;
        return type == SQLITE_INTEGER;
    case FIELD_REAL:
        real = sqlite3_column_double(statement, column);
        memcpy(field, &real, sizeof real);
        return type == SQLITE_FLOAT;
    case FIELD_SECRET:
        if (type != SQLITE_BLOB || sqlite3_column_bytes(statement, column) != SECRET_BYTES)
            return false;
        memcpy(field, sqlite3_column_blob(statement, column), SECRET_BYTES);
        return true;
    }
    UNREACHABLE("field type");
}

enum result row_read(sqlite3_stmt *statement, int first, enum record_kind kind,
                     struct record *record)
{
    const struct entity_schema *schema = record_schema(kind);
    memset(record, 0, sizeof *record);
    record->kind = kind;
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        if (!read_field(statement, first + (int)i, field, record_field_mutable(record, field)))
            return RESULT_CORRUPT;
    }
    return RESULT_OK;
}
