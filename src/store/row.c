/* See row.h. What a field is in SQL: enumerated values are text, times whole milliseconds, booleans
 * 0 or 1, ids and secrets blobs; an optional field that is zero is NULL. */
#include "store/row.h"

#include "base/check.h"

#include <string.h>

/* ---- Statements ---- */

void row_add_columns(struct sql_text *text, const struct entity_schema *entity, const char *alias)
{
    for (size_t i = 0; i < entity->field_count; i++)
        sql_text_add(text, "%s\"%s\".\"%s\"", i == 0 ? "" : ",", alias, entity->fields[i].column);
}

static void add_key_condition(struct sql_text *text, const struct entity_schema *entity)
{
    int parameter = 0;
    for (size_t i = 0; i < entity->field_count; i++) {
        if (!(entity->fields[i].flags & FIELD_FLAG_KEY))
            continue;
        parameter++;
        sql_text_add(text, "%s\"%s\"=?%d", parameter == 1 ? " WHERE " : " AND ",
                     entity->fields[i].column, parameter);
    }
}

void row_select_sql(struct sql_text *text, const struct entity_schema *entity)
{
    sql_text_begin(text);
    sql_text_add(text, "SELECT ");
    row_add_columns(text, entity, entity->table);
    sql_text_add(text, " FROM \"%s\"", entity->table);
    add_key_condition(text, entity);
}

void row_delete_sql(struct sql_text *text, const struct entity_schema *entity)
{
    sql_text_begin(text);
    sql_text_add(text, "DELETE FROM \"%s\"", entity->table);
    add_key_condition(text, entity);
}

/* ---- Values ---- */

static const struct sql_value null_value = {.type = SQL_NULL};

static struct sql_value text_value(const char *text, size_t length)
{
    return (struct sql_value){.type = SQL_TEXT, .length = (int)length, .as.bytes = text};
}

static struct sql_value blob_value(const void *bytes, int length)
{
    return (struct sql_value){.type = SQL_BLOB, .length = length, .as.bytes = bytes};
}

static struct sql_value id_value(const void *field)
{
    struct id id;
    memcpy(id.bytes, field, ID_BYTES);
    return id_is_none(id) ? null_value : blob_value(field, ID_BYTES);
}

static struct sql_value string_value(const char *text)
{
    return text == NULL ? null_value : text_value(text, strlen(text));
}

static struct sql_value integer_value(int64_t integer)
{
    return (struct sql_value){.type = SQL_INTEGER, .as.integer = integer};
}

static struct sql_value field_value(const struct field_schema *schema, const void *field)
{
    struct sql_value value = {.type = SQL_REAL};
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

struct sql_value row_value(const struct record *record, size_t i)
{
    const struct field_schema *field = &record_schema(record->kind)->fields[i];
    return field_value(field, record_field(record, field));
}

enum result row_bind_key(struct sql_statement *statement, const struct record *record)
{
    const struct entity_schema *schema = record_schema(record->kind);
    int parameter = 0;
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        if (!(field->flags & FIELD_FLAG_KEY))
            continue;
        parameter++;
        const struct sql_value value = row_value(record, i);
        if (sql_bind(statement, parameter, &value) != RESULT_OK)
            return RESULT_NO_MEMORY;
    }
    return RESULT_OK;
}

static bool read_blob(const struct sql_value *value, void *field, int length)
{
    if (value->type != SQL_BLOB || value->length != length)
        return false;
    memcpy(field, value->as.bytes, (size_t)length);
    return true;
}

/* A text is one in its row too, without a NUL in it; none is where there was no memory for it. */
static const char *whole_text(const struct sql_value *value)
{
    const char *text = value->type == SQL_TEXT ? value->as.bytes : NULL;
    return text != NULL && strlen(text) == (size_t)value->length ? text : NULL;
}

static bool read_text(const struct sql_value *value, void *field)
{
    const char *text = whole_text(value);
    memcpy(field, &text, sizeof text);
    return text != NULL;
}

static bool read_enumeration(const struct sql_value *value, const struct field_schema *schema,
                             void *field)
{
    int number;
    const char *text = whole_text(value);
    if (text == NULL || !enumeration_parse(schema->texts, schema->text_count, text, &number))
        return false;
    memcpy(field, &number, sizeof number);
    return true;
}

static bool read_field(const struct sql_value *value, const struct field_schema *schema,
                       void *field)
{
    if (value->type == SQL_NULL)
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
        memcpy(field, &value->as.integer, sizeof value->as.integer);
        return value->type == SQL_INTEGER;
    case FIELD_BOOL:
        *(bool *)field = value->as.integer != 0;
        return value->type == SQL_INTEGER;
    case FIELD_REAL:
        memcpy(field, &value->as.real, sizeof value->as.real);
        return value->type == SQL_REAL;
    case FIELD_SECRET:
        return read_blob(value, field, SECRET_BYTES);
    }
    UNREACHABLE("field type");
}

enum result row_read(struct sql_statement *statement, int first, enum record_kind kind,
                     struct record *record)
{
    const struct entity_schema *schema = record_schema(kind);
    memset(record, 0, sizeof *record);
    record->kind = kind;
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        const struct sql_value value = sql_column(statement, first + (int)i);
        if (!read_field(&value, field, record_field_mutable(record, field)))
            return RESULT_CORRUPT;
    }
    return RESULT_OK;
}
