/* See openapi_schema.h. */
#include "api/openapi_schema.h"

#include "api/event_frame.h"
#include "api/openapi_piece.h"
#include "api/schema_piece.h"
#include "api/seat_sheet.h"
#include "base/check.h"

#include <stdio.h>

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

void schema_reference(struct json_writer *writer, const char *name)
{
    openapi_reference(writer, "schemas", name);
}

void schema_id(struct json_writer *writer, const char *prefix)
{
    json_write_object_begin(writer);
    schema_put_type(writer, "string", false);
    schema_put_id_pattern(writer, prefix);
    json_write_object_end(writer);
}

void schema_sheet(struct json_writer *writer)
{
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "string");
    json_write_text_member(writer, "description",
                           "Seats as CSV (RFC 4180) in UTF-8, with or without a byte order mark: "
                           "the names of the columns "
                           "in any order, of which price must be there, and then a line a seat, "
                           "the best first, in the form of "
                           "a seat of JSON. Empty cells are as if absent, rows without anything "
                           "are passed over, and a ' "
                           "before what looks like a formula is taken off. Without a seatNumber it "
                           "is section, row and "
                           "number with a - between them.");
    json_write_array_member_begin(writer, "x-columns");
    for (size_t i = 0; i < SEAT_COLUMN_COUNT; i++)
        json_write_text(writer, seat_column_texts[i]);
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
        schema_put_type(writer, "integer", false);
        json_write_integer_member(writer, "minimum", 1);
        json_write_integer_member(writer, "maximum", parameter->max);
        break;
    case PARAMETER_SECONDS:
        schema_put_type(writer, "integer", false);
        json_write_integer_member(writer, "minimum", 0);
        json_write_integer_member(writer, "maximum", parameter->max);
        break;
    case PARAMETER_SET:
        schema_put_type(writer, "array", false);
        json_write_object_member_begin(writer, "items");
        schema_put_type(writer, "string", false);
        schema_put_enum(writer, parameter->texts, parameter->text_count, false);
        json_write_object_end(writer);
        break;
    case PARAMETER_VERSION:
        schema_put_type(writer, "integer", false);
        json_write_text_member(writer, "format", "int64");
        json_write_integer_member(writer, "minimum", 0);
        json_write_integer_member(writer, "maximum", parameter->max);
        break;
    case PARAMETER_CURSOR:
        schema_put_type(writer, "string", false);
        break;
    case PARAMETER_ID:
        schema_put_type(writer, "string", false);
        schema_put_id_pattern(writer, record_schema(parameter->id_of)->prefix);
        break;
    case PARAMETER_TIME:
        schema_put_type(writer, "string", false);
        schema_put_time(writer);
        break;
    case PARAMETER_ENUM:
        schema_put_type(writer, "string", false);
        schema_put_enum(writer, parameter->texts, parameter->text_count, false);
        break;
    case PARAMETER_TEXT:
    case PARAMETER_NEEDED:
        schema_put_type(writer, "string", false);
        json_write_integer_member(writer, "minLength", 1);
        json_write_integer_member(writer, "maxLength", parameter->max);
        break;
    case PARAMETER_EMAIL:
        schema_put_type(writer, "string", false);
        json_write_text_member(writer, "format", "idn-email");
        break;
    }
    json_write_object_end(writer);
}
