/* The shapes of what requests say. See openapi_schema.h. */
#include "api/openapi_schema.h"

#include "api/schema_piece.h"
#include "base/check.h"

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
    schema_put_type(writer, "array", nullable);
    put_counts(writer, field);
    json_write_boolean_member(writer, "uniqueItems", true);
    json_write_key(writer, "items");
    schema_id(writer, record_schema(field->id_of)->prefix);
}

static void put_members(struct json_writer *writer, const struct body_field *field, bool nullable)
{
    schema_put_type(writer, "object", nullable);
    json_write_integer_member(writer, "minProperties", field->min);
    json_write_integer_member(writer, "maxProperties", field->max);
    json_write_object_member_begin(writer, "additionalProperties");
    schema_put_type(writer, "integer", false);
    json_write_integer_member(writer, "minimum", 0);
    json_write_integer_member(writer, "maximum", field->each_max);
    json_write_object_end(writer);
}

static void put_integers(struct json_writer *writer, const struct body_field *field, bool nullable)
{
    schema_put_type(writer, "array", nullable);
    put_counts(writer, field);
    json_write_boolean_member(writer, "uniqueItems", true);
    json_write_object_member_begin(writer, "items");
    schema_put_type(writer, "integer", false);
    json_write_integer_member(writer, "minimum", 0);
    json_write_integer_member(writer, "maximum", field->each_max);
    json_write_object_end(writer);
}

static void put_steps(struct json_writer *writer, const struct body_field *field, bool nullable)
{
    schema_put_type(writer, "array", nullable);
    put_counts(writer, field);
    json_write_object_member_begin(writer, "items");
    schema_put_type(writer, "integer", false);
    json_write_integer_member(writer, "minimum", -field->each_max);
    json_write_integer_member(writer, "maximum", field->each_max);
    json_write_object_end(writer);
}

static void put_labels(struct json_writer *writer, const struct body_field *field, bool nullable)
{
    schema_put_type(writer, "array", nullable);
    put_counts(writer, field);
    json_write_object_member_begin(writer, "items");
    schema_put_type(writer, "string", true);
    json_write_integer_member(writer, "minLength", 1);
    json_write_integer_member(writer, "maxLength", field->each_max);
    json_write_object_end(writer);
}

static void put_body_array(struct json_writer *writer, const struct body_field *field,
                           bool nullable)
{
    char name[SCHEMA_NAME_BYTES];
    schema_name_body((enum body_name)field->element, BODY_WHOLE, name);
    schema_put_type(writer, "array", nullable);
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
        schema_put_type(writer, "string", nullable);
        put_lengths(writer, field);
        return;
    case BODY_INTEGER:
        schema_put_type(writer, "integer", nullable);
        put_range(writer, field);
        return;
    case BODY_REAL:
        schema_put_type(writer, "number", nullable);
        put_range(writer, field);
        return;
    case BODY_BOOLEAN:
        schema_put_type(writer, "boolean", nullable);
        return;
    case BODY_CHOICE:
        schema_put_type(writer, "string", nullable);
        schema_put_enum(writer, field->texts, (size_t)field->max, false);
        return;
    case BODY_TIME:
        schema_put_type(writer, "string", nullable);
        schema_put_time(writer);
        return;
    case BODY_ID:
        schema_put_type(writer, "string", nullable);
        schema_put_id_pattern(writer, record_schema(field->id_of)->prefix);
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
        schema_put_words(writer, field->texts, field->text_count, nullable);
        json_write_integer_member(writer, "minItems", field->min);
        return;
    case BODY_EMAIL:
        schema_put_type(writer, "string", nullable);
        json_write_text_member(writer, "format", "idn-email");
        return;
    case BODY_PASSWORD:
        schema_put_type(writer, "string", nullable);
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
    schema_begin(writer, schema->meaning);
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
