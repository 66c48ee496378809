/* See row.h. What a field is in SQL: enumerated values are text, times whole milliseconds, booleans
 * 0 or 1, ids and secrets blobs; an optional field that is zero is NULL. */
#include "store/row.h"

#include "base/check.h"

#include <string.h>

/* A value as SQL has it. */
struct value {
    int type; /* SQLITE_NULL, SQLITE_INTEGER, ... */
    int length;
    union {
        int64_t integer;
        double real;
        const void *bytes;
    } as;
};

static const struct value null_value = {.type = SQLITE_NULL};

static struct value text_value(const char *text, size_t length)
{
    return (struct value){.type = SQLITE_TEXT, .length = (int)length, .as.bytes = text};
}

static struct value blob_value(const void *bytes, int length)
{
    return (struct value){.type = SQLITE_BLOB, .length = length, .as.bytes = bytes};
}

static struct value id_value(const void *field)
{
    struct id id;
    memcpy(id.bytes, field, ID_BYTES);
    return id_is_none(id) ? null_value : blob_value(field, ID_BYTES);
}

static struct value string_value(const char *text)
{
    return text == NULL ? null_value : text_value(text, strlen(text));
}

static struct value integer_value(int64_t integer)
{
    return (struct value){.type = SQLITE_INTEGER, .as.integer = integer};
}

static struct value field_value(const struct field_schema *schema, const void *field)
{
    struct value value = {.type = SQLITE_FLOAT};
    switch (schema->type) {
    case FIELD_ID:
        return id_value(field);
    case FIELD_TEXT:
        return string_value(field_text(field));
    case FIELD_ENUM:
        return string_value(schema->texts[field_number(field)]);
    case FIELD_INT:
    case FIELD_TIME:
        if ((schema->flags & FIELD_FLAG_OPTIONAL) && field_integer(field) == 0)
            return null_value;
        return integer_value(field_integer(field));
    case FIELD_BOOL:
        return integer_value(*(const bool *)field);
    case FIELD_REAL:
        memcpy(&value.as.real, field, sizeof value.as.real);
        return value;
    case FIELD_SECRET:
        return blob_value(field, SECRET_BYTES);
    }
    UNREACHABLE("field type");
}

static int bind(sqlite3_stmt *statement, int parameter, const struct value *value)
{
    switch (value->type) {
    case SQLITE_INTEGER:
        return sqlite3_bind_int64(statement, parameter, value->as.integer);
    case SQLITE_FLOAT:
        return sqlite3_bind_double(statement, parameter, value->as.real);
    case SQLITE_TEXT:
        return sqlite3_bind_text(statement, parameter, value->as.bytes, value->length,
                                 SQLITE_STATIC);
    case SQLITE_BLOB:
        return sqlite3_bind_blob(statement, parameter, value->as.bytes, value->length,
                                 SQLITE_STATIC);
    default:
        return sqlite3_bind_null(statement, parameter);
    }
}

enum result row_bind_key(sqlite3_stmt *statement, const struct record *record)
{
    const struct entity_schema *schema = record_schema(record->kind);
    int parameter = 0;
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        if (!(field->flags & FIELD_FLAG_KEY))
            continue;
        parameter++;
        const struct value value = field_value(field, record_field(record, field));
        if (bind(statement, parameter, &value) != SQLITE_OK)
            return RESULT_NO_MEMORY;
    }
    return RESULT_OK;
}

void row_answer(sqlite3_context *context, const struct record *record, size_t i)
{
    const struct field_schema *field = &record_schema(record->kind)->fields[i];
    const struct value value = field_value(field, record_field(record, field));
    switch (value.type) {
    case SQLITE_INTEGER:
        sqlite3_result_int64(context, value.as.integer);
        return;
    case SQLITE_FLOAT:
        sqlite3_result_double(context, value.as.real);
        return;
    case SQLITE_TEXT:
        sqlite3_result_text(context, value.as.bytes, value.length, SQLITE_STATIC);
        return;
    case SQLITE_BLOB:
        sqlite3_result_blob(context, value.as.bytes, value.length, SQLITE_STATIC);
        return;
    default:
        sqlite3_result_null(context);
    }
}

/* Fields are read from values: a column is looked up once for its value, where each of SQLite's
 * functions for columns looks it up again. Such a value is for the connection's thread alone. */

static bool read_blob(sqlite3_value *value, void *field, int length)
{
    if (sqlite3_value_type(value) != SQLITE_BLOB || sqlite3_value_bytes(value) != length)
        return false;
    memcpy(field, sqlite3_value_blob(value), (size_t)length);
    return true;
}

bool row_read_id(sqlite3_value *value, struct id *id)
{
    return read_blob(value, id->bytes, ID_BYTES);
}

enum result row_bind_id(sqlite3_stmt *statement, int parameter, struct id id)
{
    return sqlite3_bind_blob(statement, parameter, id.bytes, ID_BYTES, SQLITE_TRANSIENT) ==
                   SQLITE_OK
               ? RESULT_OK
               : RESULT_NO_MEMORY;
}

static bool read_text(sqlite3_value *value, void *field)
{
    const char *text = (const char *)sqlite3_value_text(value);
    if (text == NULL || strlen(text) != (size_t)sqlite3_value_bytes(value))
        return false;
    memcpy(field, &text, sizeof text);
    return true;
}

static bool read_enumeration(sqlite3_value *value, const struct field_schema *schema, void *field)
{
    int number;
    const char *text = (const char *)sqlite3_value_text(value);
    if (text == NULL || !enumeration_parse(schema->texts, schema->text_count, text, &number))
        return false;
    memcpy(field, &number, sizeof number);
    return true;
}

static bool read_field(sqlite3_value *value, const struct field_schema *schema, void *field)
{
    int64_t integer;
    double real;
    const int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL)
        return true; /* stays zero, which is what "none" is */
    switch (schema->type) {
    case FIELD_ID:
        return read_blob(value, field, ID_BYTES);
    case FIELD_TEXT:
        return read_text(value, field);
    case FIELD_ENUM:
        return read_enumeration(value, schema, field);
    case FIELD_INT:
    case FIELD_TIME:
        integer = sqlite3_value_int64(value);
        memcpy(field, &integer, sizeof integer);
        return type == SQLITE_INTEGER;
    case FIELD_BOOL:
        *(bool *)field = sqlite3_value_int(value) != 0;
        return type == SQLITE_INTEGER;
    case FIELD_REAL:
        real = sqlite3_value_double(value);
        memcpy(field, &real, sizeof real);
        return type == SQLITE_FLOAT;
    case FIELD_SECRET:
        return read_blob(value, field, SECRET_BYTES);
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
        sqlite3_value *value = sqlite3_column_value(statement, first + (int)i);
        if (!read_field(value, field, record_field_mutable(record, field)))
            return RESULT_CORRUPT;
    }
    return RESULT_OK;
}
