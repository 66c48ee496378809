/* The shapes of the API's objects, of pages of them, and of their rows as CSV. See
 * openapi_schema.h. */
#include "api/openapi_schema.h"

#include "api/schema_piece.h"
#include "base/check.h"

#include <stdio.h>

/* As timestamp_format writes it. */
static void put_shown_time(struct json_writer *writer)
{
    schema_put_time(writer);
    json_write_text_member(writer, "pattern",
                           "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$");
}

/* The members of a value's schema, but for its braces. */
static void put_value(struct json_writer *writer, const struct object_field *row, bool nullable)
{
    const struct field_schema *field = object_field_schema(row);
    switch (field->type) {
    case FIELD_ID:
        schema_put_type(writer, "string", nullable);
        schema_put_id_pattern(writer, record_schema(field->id_of)->prefix);
        return;
    case FIELD_TEXT:
        schema_put_type(writer, "string", nullable);
        return;
    case FIELD_INT:
        schema_put_type(writer, "integer", nullable);
        json_write_text_member(writer, "format", "int64");
        if (!row->is_signed)
            json_write_integer_member(writer, "minimum", 0);
        return;
    case FIELD_TIME:
        schema_put_type(writer, "string", nullable);
        put_shown_time(writer);
        return;
    case FIELD_ENUM:
        schema_put_type(writer, "string",
                        nullable || schema_has_null(field->texts, field->text_count));
        schema_put_enum(writer, field->texts, field->text_count, nullable);
        return;
    case FIELD_BOOL:
        schema_put_type(writer, "boolean", nullable);
        return;
    case FIELD_REAL:
        schema_put_type(writer, "number", nullable);
        return;
    case FIELD_SECRET:
        break;
    }
    UNREACHABLE("a field that is never shown");
}

static void put_items(struct json_writer *writer, const struct object_field *row, bool nullable)
{
    json_write_object_member_begin(writer, "items");
    put_value(writer, row, nullable);
    json_write_object_end(writer);
}

static void put_part(struct json_writer *writer, const struct object_field *row)
{
    char name[SCHEMA_NAME_BYTES];
    schema_name_object(row->object, name);
    json_write_array_member_begin(writer, "anyOf");
    schema_reference(writer, name);
    if (object_field_is_nullable(row)) {
        json_write_object_begin(writer);
        json_write_text_member(writer, "type", "null");
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
}

/* Of several objects one, or null. */
static void put_choice(struct json_writer *writer, const struct object_field *row)
{
    char name[SCHEMA_NAME_BYTES];
    json_write_array_member_begin(writer, "anyOf");
    for (int object = 0; object < OBJECT_COUNT; object++) {
        if ((row->objects >> object & 1) == 0)
            continue;
        schema_name_object((enum object_name)object, name);
        schema_reference(writer, name);
    }
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "null");
    json_write_object_end(writer);
    json_write_array_end(writer);
}

/* `times`: how often, as a regular expression has it. */
static void put_letters(struct json_writer *writer, const char *letters, const char *times)
{
    char pattern[40];
    const int length = snprintf(pattern, sizeof pattern, "^[%s]%s$", letters, times);
    CHECK(length > 0 && (size_t)length < sizeof pattern);
    json_write_text_member(writer, "pattern", pattern);
}

static void put_run(struct json_writer *writer, const struct object_field *row)
{
    schema_put_type(writer, "string", false);
    put_letters(writer, row->letters, "*");
}

/* Arrays of two: a number and a letter. */
static void put_changes(struct json_writer *writer, const struct object_field *row)
{
    static const char number[] = "{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":0}";
    schema_put_type(writer, "array", false);
    json_write_object_member_begin(writer, "items");
    schema_put_type(writer, "array", false);
    json_write_integer_member(writer, "minItems", 2);
    json_write_integer_member(writer, "maxItems", 2);
    json_write_array_member_begin(writer, "prefixItems");
    json_write_raw(writer, number, sizeof number - 1);
    json_write_object_begin(writer);
    schema_put_type(writer, "string", false);
    put_letters(writer, row->letters, "");
    json_write_object_end(writer);
    json_write_array_end(writer);
    json_write_object_end(writer);
}

static void put_field(struct json_writer *writer, const struct object_field *row)
{
    char name[SCHEMA_NAME_BYTES];
    json_write_object_member_begin(writer, object_field_schema(row)->json);
    json_write_text_member(writer, "description", row->meaning);
    switch (row->kind) {
    case OBJECT_VALUE:
        put_value(writer, row, object_field_is_nullable(row));
        break;
    case OBJECT_PART:
        put_part(writer, row);
        break;
    case OBJECT_CHOICE:
        put_choice(writer, row);
        break;
    case OBJECT_LIST:
        schema_put_type(writer, "array", false);
        schema_name_object(row->object, name);
        json_write_key(writer, "items");
        schema_reference(writer, name);
        break;
    case OBJECT_IDS:
    case OBJECT_NUMBERS:
    case OBJECT_TEXTS:
        schema_put_type(writer, "array", false);
        put_items(writer, row, row->kind == OBJECT_TEXTS);
        break;
    case OBJECT_COLUMN:
        schema_put_type(writer, "array", false);
        put_items(writer, row, object_field_is_nullable(row));
        break;
    case OBJECT_WORDS:
        schema_put_words(writer, row->given.texts, row->given.text_count, false);
        break;
    case OBJECT_INLINE:
        schema_put_type(writer, "string", false);
        break;
    case OBJECT_RUN:
        put_run(writer, row);
        break;
    case OBJECT_RAW:
        put_part(writer, row);
        break;
    case OBJECT_CHANGES:
        put_changes(writer, row);
        break;
    }
    json_write_object_end(writer);
}

void schema_put_fields(struct json_writer *writer, enum object_name object)
{
    const struct object_schema *schema = object_schema(object);
    for (size_t i = 0; i < schema->field_count; i++)
        put_field(writer, &schema->fields[i]);
}

void schema_put_field_names(struct json_writer *writer, enum object_name object)
{
    const struct object_schema *schema = object_schema(object);
    for (size_t i = 0; i < schema->field_count; i++)
        json_write_text(writer, object_field_schema(&schema->fields[i])->json);
}

void schema_object(struct json_writer *writer, enum object_name object)
{
    schema_begin(writer, object_schema(object)->meaning);
    json_write_object_member_begin(writer, "properties");
    schema_put_fields(writer, object);
    json_write_object_end(writer);
    json_write_array_member_begin(writer, "required");
    schema_put_field_names(writer, object);
    json_write_array_end(writer);
    json_write_object_end(writer);
}

void schema_page(struct json_writer *writer, enum object_name object)
{
    static const char always[] = "[\"items\",\"nextCursor\"]";
    char name[SCHEMA_NAME_BYTES];
    schema_name_object(object, name);
    schema_begin(writer, "A part of a list, and where it goes on.");
    json_write_object_member_begin(writer, "properties");
    json_write_object_member_begin(writer, "items");
    schema_put_type(writer, "array", false);
    json_write_key(writer, "items");
    schema_reference(writer, name);
    json_write_object_end(writer);
    json_write_object_member_begin(writer, "nextCursor");
    json_write_text_member(writer, "description",
                           "The cursor of the next page; null: this is the last.");
    schema_put_type(writer, "string", true);
    json_write_object_end(writer);
    json_write_object_end(writer);
    json_write_key(writer, "required");
    json_write_raw(writer, always, sizeof always - 1);
    json_write_object_end(writer);
}

/* ---- Exports ---- */

/* The columns are the object's fields, so the description of those is not told again. */
void schema_export(struct json_writer *writer, enum object_name name)
{
    const struct object_schema *object = object_schema(name);
    char row[SCHEMA_NAME_BYTES];
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "string");
    json_write_text_member(writer, "description",
                           "CSV (RFC 4180) in UTF-8 with a byte order mark: the names of the "
                           "columns, then a line each. A text that a spreadsheet would take for a "
                           "formula has a ' before it.");
    json_write_array_member_begin(writer, "x-columns");
    for (size_t i = 0; i < object->field_count; i++)
        json_write_text(writer, object_field_schema(&object->fields[i])->json);
    json_write_array_end(writer);
    json_write_key(writer, "x-row"); /* what the columns mean */
    schema_name_object(name, row);
    schema_reference(writer, row);
    json_write_object_end(writer);
}
