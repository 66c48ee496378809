/* See openapi_schema.h. */
#include "api/openapi_schema.h"

#include "api/event_frame.h"
#include "api/openapi_piece.h"
#include "api/problem.h"
#include "base/check.h"

#include <stdio.h>
#include <string.h>

static void name_format(char name[static SCHEMA_NAME_BYTES], const char *before, const char *own,
                        const char *after)
{
    const int length = snprintf(name, SCHEMA_NAME_BYTES, "%s%s%s", before, own, after);
    CHECK(length > 0 && length < SCHEMA_NAME_BYTES);
}

void schema_name_object(enum object_name object, char name[static SCHEMA_NAME_BYTES])
{
    name_format(name, "", object_schema(object)->name, "");
}

void schema_name_page(enum object_name object, char name[static SCHEMA_NAME_BYTES])
{
    name_format(name, "page_of_", object_schema(object)->name, "");
}

void schema_name_body(enum body_name body, enum body_extent extent,
                      char name[static SCHEMA_NAME_BYTES])
{
    name_format(name, extent == BODY_WHOLE ? "body_" : "change_of_", body_schema(body)->name, "");
}

void schema_name_problem(enum refusal refusal, char name[static SCHEMA_NAME_BYTES])
{
    name_format(name, "problem_", refusal_schema(refusal)->code, "");
}

/* ---- Pieces ---- */

/* "type": "string", or with null. */
static void put_type(struct json_writer *writer, const char *type, bool nullable)
{
    json_write_key(writer, "type");
    if (!nullable) {
        json_write_text(writer, type);
        return;
    }
    json_write_array_begin(writer);
    json_write_text(writer, type);
    json_write_text(writer, "null");
    json_write_array_end(writer);
}

static void put_id_pattern(struct json_writer *writer, const char *prefix)
{
    char pattern[ID_PREFIX_MAX + 40];
    const int length =
        snprintf(pattern, sizeof pattern, "^%s_[0-7][0-9a-hjkmnp-tv-z]{25}$", prefix);
    CHECK(length > 0 && (size_t)length < sizeof pattern);
    json_write_text_member(writer, "pattern", pattern);
}

static void put_time(struct json_writer *writer)
{
    json_write_text_member(writer, "format", "date-time");
}

/* As timestamp_format writes it. */
static void put_shown_time(struct json_writer *writer)
{
    put_time(writer);
    json_write_text_member(writer, "pattern",
                           "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$");
}

static bool has_null(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (texts[i] == NULL)
            return true;
    return false;
}

/* `nullable`: null is one of the values, whether or not the texts have it. */
static void put_enum(struct json_writer *writer, const char *const *texts, size_t count,
                     bool nullable)
{
    json_write_array_member_begin(writer, "enum");
    for (size_t i = 0; i < count; i++)
        json_write_text(writer, texts[i]);
    if (nullable && !has_null(texts, count))
        json_write_null(writer);
    json_write_array_end(writer);
}

/* An array of words, of which none comes twice. */
static void put_words(struct json_writer *writer, const char *const *texts, size_t count,
                      bool nullable)
{
    put_type(writer, "array", nullable);
    json_write_boolean_member(writer, "uniqueItems", true);
    json_write_object_member_begin(writer, "items");
    put_type(writer, "string", false);
    put_enum(writer, texts, count, false);
    json_write_object_end(writer);
}

void schema_reference(struct json_writer *writer, const char *name)
{
    openapi_reference(writer, "schemas", name);
}

void schema_id(struct json_writer *writer, const char *prefix)
{
    json_write_object_begin(writer);
    put_type(writer, "string", false);
    put_id_pattern(writer, prefix);
    json_write_object_end(writer);
}

static void begin_object(struct json_writer *writer, const char *meaning)
{
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "object");
    json_write_text_member(writer, "description", meaning);
    json_write_boolean_member(writer, "additionalProperties", false);
}

/* ---- Objects ---- */

/* The members of a value's schema, but for its braces. */
static void put_value(struct json_writer *writer, const struct object_field *row, bool nullable)
{
    const struct field_schema *field = object_field_schema(row);
    switch (field->type) {
    case FIELD_ID:
        put_type(writer, "string", nullable);
        put_id_pattern(writer, record_schema(field->id_of)->prefix);
        return;
    case FIELD_TEXT:
        put_type(writer, "string", nullable);
        return;
    case FIELD_INT:
        put_type(writer, "integer", nullable);
        json_write_text_member(writer, "format", "int64");
        if (!row->is_signed)
            json_write_integer_member(writer, "minimum", 0);
        return;
    case FIELD_TIME:
        put_type(writer, "string", nullable);
        put_shown_time(writer);
        return;
    case FIELD_ENUM:
        put_type(writer, "string", nullable || has_null(field->texts, field->text_count));
        put_enum(writer, field->texts, field->text_count, nullable);
        return;
    case FIELD_BOOL:
        put_type(writer, "boolean", nullable);
        return;
    case FIELD_REAL:
        put_type(writer, "number", nullable);
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
    put_type(writer, "string", false);
    put_letters(writer, row->letters, "*");
}

/* Arrays of two: a number and a letter. */
static void put_changes(struct json_writer *writer, const struct object_field *row)
{
    static const char number[] = "{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":0}";
    put_type(writer, "array", false);
    json_write_object_member_begin(writer, "items");
    put_type(writer, "array", false);
    json_write_integer_member(writer, "minItems", 2);
    json_write_integer_member(writer, "maxItems", 2);
    json_write_array_member_begin(writer, "prefixItems");
    json_write_raw(writer, number, sizeof number - 1);
    json_write_object_begin(writer);
    put_type(writer, "string", false);
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
        put_type(writer, "array", false);
        schema_name_object(row->object, name);
        json_write_key(writer, "items");
        schema_reference(writer, name);
        break;
    case OBJECT_IDS:
    case OBJECT_NUMBERS:
    case OBJECT_TEXTS:
        put_type(writer, "array", false);
        put_items(writer, row, row->kind == OBJECT_TEXTS);
        break;
    case OBJECT_COLUMN:
        put_type(writer, "array", false);
        put_items(writer, row, object_field_is_nullable(row));
        break;
    case OBJECT_WORDS:
        put_words(writer, row->given.texts, row->given.text_count, false);
        break;
    case OBJECT_INLINE:
        put_type(writer, "string", false);
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

static void put_fields(struct json_writer *writer, enum object_name object)
{
    const struct object_schema *schema = object_schema(object);
    for (size_t i = 0; i < schema->field_count; i++)
        put_field(writer, &schema->fields[i]);
}

static void put_field_names(struct json_writer *writer, enum object_name object)
{
    const struct object_schema *schema = object_schema(object);
    for (size_t i = 0; i < schema->field_count; i++)
        json_write_text(writer, object_field_schema(&schema->fields[i])->json);
}

void schema_object(struct json_writer *writer, enum object_name object)
{
    begin_object(writer, object_schema(object)->meaning);
    json_write_object_member_begin(writer, "properties");
    put_fields(writer, object);
    json_write_object_end(writer);
    json_write_array_member_begin(writer, "required");
    put_field_names(writer, object);
    json_write_array_end(writer);
    json_write_object_end(writer);
}

void schema_page(struct json_writer *writer, enum object_name object)
{
    static const char always[] = "[\"items\",\"nextCursor\"]";
    char name[SCHEMA_NAME_BYTES];
    schema_name_object(object, name);
    begin_object(writer, "A part of a list, and where it goes on.");
    json_write_object_member_begin(writer, "properties");
    json_write_object_member_begin(writer, "items");
    put_type(writer, "array", false);
    json_write_key(writer, "items");
    schema_reference(writer, name);
    json_write_object_end(writer);
    json_write_object_member_begin(writer, "nextCursor");
    json_write_text_member(writer, "description",
                           "The cursor of the next page; null: this is the last.");
    put_type(writer, "string", true);
    json_write_object_end(writer);
    json_write_object_end(writer);
    json_write_key(writer, "required");
    json_write_raw(writer, always, sizeof always - 1);
    json_write_object_end(writer);
}

/* ---- Bodies ---- */

static void put_lengths(struct json_writer *writer, const struct body_field *field)
{
    json_write_integer_member(writer, "minLength", field->min);
    json_write_integer_member(writer, "maxLength", field->max);
}

static void put_counts(struct json_writer *writer, const struct body_field *field)
{
    json_write_integer_member(writer, "minItems", field->min);
    json_write_integer_member(writer, "maxItems", field->max);
}

static void put_range(struct json_writer *writer, const struct body_field *field)
{
    json_write_integer_member(writer, "minimum", field->min);
    json_write_integer_member(writer, "maximum", field->max);
}

static void put_ids(struct json_writer *writer, const struct body_field *field, bool nullable)
{
    put_type(writer, "array", nullable);
    put_counts(writer, field);
    json_write_boolean_member(writer, "uniqueItems", true);
    json_write_key(writer, "items");
    schema_id(writer, record_schema(field->id_of)->prefix);
}

static void put_members(struct json_writer *writer, const struct body_field *field, bool nullable)
{
    put_type(writer, "object", nullable);
    json_write_integer_member(writer, "minProperties", field->min);
    json_write_integer_member(writer, "maxProperties", field->max);
    json_write_object_member_begin(writer, "additionalProperties");
    put_type(writer, "integer", false);
    json_write_integer_member(writer, "minimum", 0);
    json_write_integer_member(writer, "maximum", field->each_max);
    json_write_object_end(writer);
}

static void put_integers(struct json_writer *writer, const struct body_field *field, bool nullable)
{
    put_type(writer, "array", nullable);
    put_counts(writer, field);
    json_write_boolean_member(writer, "uniqueItems", true);
    json_write_object_member_begin(writer, "items");
    put_type(writer, "integer", false);
    json_write_integer_member(writer, "minimum", 0);
    json_write_integer_member(writer, "maximum", field->each_max);
    json_write_object_end(writer);
}

static void put_steps(struct json_writer *writer, const struct body_field *field, bool nullable)
{
    put_type(writer, "array", nullable);
    put_counts(writer, field);
    json_write_object_member_begin(writer, "items");
    put_type(writer, "integer", false);
    json_write_integer_member(writer, "minimum", -field->each_max);
    json_write_integer_member(writer, "maximum", field->each_max);
    json_write_object_end(writer);
}

static void put_labels(struct json_writer *writer, const struct body_field *field, bool nullable)
{
    put_type(writer, "array", nullable);
    put_counts(writer, field);
    json_write_object_member_begin(writer, "items");
    put_type(writer, "string", true);
    json_write_integer_member(writer, "minLength", 1);
    json_write_integer_member(writer, "maxLength", field->each_max);
    json_write_object_end(writer);
}

static void put_body_array(struct json_writer *writer, const struct body_field *field,
                           bool nullable)
{
    char name[SCHEMA_NAME_BYTES];
    schema_name_body((enum body_name)field->element, BODY_WHOLE, name);
    put_type(writer, "array", nullable);
    put_counts(writer, field);
    json_write_key(writer, "items");
    schema_reference(writer, name);
}

static void put_body_part(struct json_writer *writer, const struct body_field *field)
{
    char name[SCHEMA_NAME_BYTES];
    const bool nullable = field->presence == BODY_NULLABLE;
    schema_name_body((enum body_name)field->element, BODY_WHOLE, name);
    json_write_array_member_begin(writer, nullable ? "anyOf" : "allOf");
    schema_reference(writer, name);
    if (nullable) {
        json_write_object_begin(writer);
        json_write_text_member(writer, "type", "null");
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
}

static void put_body_value(struct json_writer *writer, const struct body_field *field)
{
    const bool nullable = field->presence == BODY_NULLABLE || field->presence == BODY_CLEARABLE;
    switch (field->type) {
    case BODY_TEXT:
        put_type(writer, "string", nullable);
        put_lengths(writer, field);
        return;
    case BODY_INTEGER:
        put_type(writer, "integer", nullable);
        put_range(writer, field);
        return;
    case BODY_REAL:
        put_type(writer, "number", nullable);
        put_range(writer, field);
        return;
    case BODY_BOOLEAN:
        put_type(writer, "boolean", nullable);
        return;
    case BODY_CHOICE:
        put_type(writer, "string", nullable);
        put_enum(writer, field->texts, (size_t)field->max, false);
        return;
    case BODY_TIME:
        put_type(writer, "string", nullable);
        put_time(writer);
        return;
    case BODY_ID:
        put_type(writer, "string", nullable);
        put_id_pattern(writer, record_schema(field->id_of)->prefix);
        return;
    case BODY_IDS:
        put_ids(writer, field, nullable);
        return;
    case BODY_INTEGERS:
        put_integers(writer, field, nullable);
        return;
    case BODY_NUMBERS:
        put_members(writer, field, nullable);
        return;
    case BODY_SET:
        put_words(writer, field->texts, field->text_count, nullable);
        json_write_integer_member(writer, "minItems", field->min);
        return;
    case BODY_EMAIL:
        put_type(writer, "string", nullable);
        json_write_text_member(writer, "format", "idn-email");
        return;
    case BODY_PASSWORD:
        put_type(writer, "string", nullable);
        json_write_text_member(writer, "format", "password");
        /* Counted in a form that may be shorter than what is sent. */
        json_write_integer_member(writer, "minLength", field->min);
        return;
    case BODY_STEPS:
        put_steps(writer, field, nullable);
        return;
    case BODY_LABELS:
        put_labels(writer, field, nullable);
        return;
    case BODY_OBJECT:
        put_body_part(writer, field);
        return;
    case BODY_OBJECTS:
        put_body_array(writer, field, nullable);
        return;
    }
    UNREACHABLE("type of a field");
}

static void put_required(struct json_writer *writer, const struct body_schema *schema)
{
    json_write_array_member_begin(writer, "required");
    for (size_t i = 0; i < schema->field_count; i++)
        if (schema->fields[i].presence == BODY_REQUIRED)
            json_write_text(writer, schema->fields[i].name);
    json_write_array_end(writer);
}

void schema_body(struct json_writer *writer, enum body_name body, enum body_extent extent)
{
    const struct body_schema *schema = body_schema(body);
    begin_object(writer, schema->meaning);
    json_write_object_member_begin(writer, "properties");
    for (size_t i = 0; i < schema->field_count; i++) {
        json_write_object_member_begin(writer, schema->fields[i].name);
        json_write_text_member(writer, "description", schema->fields[i].meaning);
        put_body_value(writer, &schema->fields[i]);
        json_write_object_end(writer);
    }
    json_write_object_end(writer);
    if (extent == BODY_WHOLE)
        put_required(writer, schema);
    json_write_object_end(writer);
}

/* ---- Exports ---- */

/* The columns are the object's fields, so the description of those is not told again. */
void schema_export(struct json_writer *writer, enum object_name name)
{
    const struct object_schema *object = object_schema(name);
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
    json_write_object_end(writer);
}

/* ---- Events ---- */

/* What the event's data may be. */
static void put_event_data(struct json_writer *writer, const struct event_schema *event)
{
    const enum object_name objects[] = {event->object, event->other, OBJECT_stale};
    char name[SCHEMA_NAME_BYTES];
    json_write_object_begin(writer);
    json_write_text_member(writer, "description", event->meaning);
    json_write_array_member_begin(writer, "oneOf");
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        if (objects[i] == OBJECT_NONE)
            continue;
        schema_name_object(objects[i], name);
        schema_reference(writer, name);
    }
    if (event->nullable) {
        json_write_object_begin(writer);
        json_write_text_member(writer, "type", "null");
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_write_object_end(writer);
}

void schema_events(struct json_writer *writer)
{
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "string");
    json_write_text_member(
        writer, "description",
        "Server-sent events, as EventSource reads them: a name, and data in JSON. "
        "x-events has the schema of each event's data.");
    json_write_object_member_begin(writer, "x-events");
    for (enum event_name event = 0; event < EVENT_COUNT; event++) {
        json_write_key(writer, event_schema(event)->name);
        put_event_data(writer, event_schema(event));
    }
    json_write_object_end(writer);
    json_write_object_end(writer);
}

/* ---- Parameters ---- */

void schema_parameter(struct json_writer *writer, const struct query_parameter *parameter)
{
    json_write_object_begin(writer);
    switch (parameter->type) {
    case PARAMETER_COUNT:
        put_type(writer, "integer", false);
        json_write_integer_member(writer, "minimum", 1);
        json_write_integer_member(writer, "maximum", parameter->max);
        break;
    case PARAMETER_SECONDS:
        put_type(writer, "integer", false);
        json_write_integer_member(writer, "minimum", 0);
        json_write_integer_member(writer, "maximum", parameter->max);
        break;
    case PARAMETER_SET:
        put_type(writer, "array", false);
        json_write_object_member_begin(writer, "items");
        put_type(writer, "string", false);
        put_enum(writer, parameter->texts, parameter->text_count, false);
        json_write_object_end(writer);
        break;
    case PARAMETER_VERSION:
        put_type(writer, "integer", false);
        json_write_text_member(writer, "format", "int64");
        json_write_integer_member(writer, "minimum", 0);
        json_write_integer_member(writer, "maximum", parameter->max);
        break;
    case PARAMETER_CURSOR:
        put_type(writer, "string", false);
        break;
    case PARAMETER_ID:
        put_type(writer, "string", false);
        put_id_pattern(writer, record_schema(parameter->id_of)->prefix);
        break;
    case PARAMETER_TIME:
        put_type(writer, "string", false);
        put_time(writer);
        break;
    case PARAMETER_ENUM:
        put_type(writer, "string", false);
        put_enum(writer, parameter->texts, parameter->text_count, false);
        break;
    case PARAMETER_TEXT:
    case PARAMETER_NEEDED:
        put_type(writer, "string", false);
        json_write_integer_member(writer, "minLength", 1);
        json_write_integer_member(writer, "maxLength", parameter->max);
        break;
    case PARAMETER_EMAIL:
        put_type(writer, "string", false);
        json_write_text_member(writer, "format", "idn-email");
        break;
    }
    json_write_object_end(writer);
}

/* ---- Problems ---- */

static void put_constant(struct json_writer *writer, const char *key, const char *text)
{
    json_write_object_member_begin(writer, key);
    json_write_text_member(writer, "const", text);
    json_write_object_end(writer);
}

static void put_string(struct json_writer *writer, const char *key, const char *meaning)
{
    json_write_object_member_begin(writer, key);
    json_write_text_member(writer, "type", "string");
    json_write_text_member(writer, "description", meaning);
    json_write_integer_member(writer, "minLength", 1);
    json_write_object_end(writer);
}

static void put_bound(struct json_writer *writer, const char *key, const char *meaning)
{
    json_write_object_member_begin(writer, key);
    json_write_text_member(writer, "type", "integer");
    json_write_text_member(writer, "description", meaning);
    json_write_object_end(writer);
}

/* All words, and what each means. */
static void put_rules(struct json_writer *writer)
{
    static const char meaning[] = "The rule that the value breaks, by a word that stays what it is:"
#define RULE(constant, word, words) " " word ": it " words "."
#include "record/rule.def"
        ;
    json_write_object_member_begin(writer, "rule");
    json_write_text_member(writer, "type", "string");
    json_write_text_member(writer, "description", meaning);
    json_write_array_member_begin(writer, "enum");
    for (int rule = RULE_NONE + 1; rule < RULE_COUNT; rule++)
        json_write_text(writer, rule_word((enum rule)rule));
    json_write_array_end(writer);
    json_write_object_end(writer);
}

/* One of the errors, of one field. */
static void put_error(struct json_writer *writer)
{
    static const char always[] = "\"field\",\"rule\",\"message\"";
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "object");
    json_write_boolean_member(writer, "additionalProperties", false);
    json_write_object_member_begin(writer, "properties");
    json_write_object_member_begin(writer, "field");
    json_write_text_member(writer, "type", "string");
    json_write_text_member(writer, "description",
                           "A JSON pointer into the body (RFC 6901), or a parameter of the query.");
    json_write_object_end(writer);
    put_rules(writer);
    put_string(writer, "message", "What is wrong in English, for people.");
    put_bound(writer, "least", "Of range, length and count: from where on it is good.");
    put_bound(writer, "most", "Up to where it is.");
    put_string(writer, "other", "A JSON pointer to what it collides with.");
    json_write_object_end(writer);
    json_write_array_member_begin(writer, "required");
    json_write_raw(writer, always, sizeof always - 1);
    json_write_array_end(writer);
    json_write_object_end(writer);
}

/* The errors, one a field. */
static void put_errors(struct json_writer *writer)
{
    json_write_object_member_begin(writer, "errors");
    json_write_text_member(writer, "type", "array");
    json_write_text_member(writer, "description", "What is wrong, field by field.");
    json_write_integer_member(writer, "minItems", 1);
    json_write_integer_member(writer, "maxItems", BODY_ERRORS_MAX);
    json_write_key(writer, "items");
    put_error(writer);
    json_write_object_end(writer);
    json_write_object_member_begin(writer, "errorCount");
    json_write_text_member(writer, "type", "integer");
    json_write_text_member(writer, "description",
                           "How many errors there are, where errors has not all.");
    json_write_integer_member(writer, "minimum", BODY_ERRORS_MAX + 1);
    json_write_object_end(writer);
}

static bool has_errors(const struct refusal_schema *schema)
{
    return strcmp(schema->code, refusal_schema(REFUSAL_INVALID_FIELD)->code) == 0;
}

void schema_problem(struct json_writer *writer, enum refusal refusal)
{
    const struct refusal_schema *schema = refusal_schema(refusal);
    static const char always[] = "\"type\",\"title\",\"status\",\"detail\",\"code\",\"requestId\"";
    const enum object_name told = problem_object(refusal);
    char type[PROBLEM_TYPE_BYTES];
    problem_type(schema, type);
    begin_object(writer, schema->meaning);
    json_write_object_member_begin(writer, "properties");
    put_constant(writer, "type", type);
    put_constant(writer, "title", schema->title);
    json_write_object_member_begin(writer, "status");
    json_write_integer_member(writer, "const", schema->status);
    json_write_object_end(writer);
    put_string(writer, "detail", "What is wrong, for people.");
    put_constant(writer, "code", schema->code);
    put_string(writer, "requestId", "As X-Request-Id.");
    if (has_errors(schema))
        put_errors(writer);
    if (told != OBJECT_NONE)
        put_fields(writer, told);
    json_write_object_end(writer);
    json_write_array_member_begin(writer, "required");
    json_write_raw(writer, always, sizeof always - 1);
    if (has_errors(schema))
        json_write_text(writer, "errors");
    if (told != OBJECT_NONE)
        put_field_names(writer, told);
    json_write_array_end(writer);
    json_write_object_end(writer);
}
