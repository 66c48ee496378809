/* See schema_piece.h. */
#include "api/schema_piece.h"

#include "base/check.h"
#include "record/record.h"

#include <stdio.h>

void schema_put_type(struct json_writer *writer, const char *type, bool nullable)
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

void schema_put_id_pattern(struct json_writer *writer, const char *prefix)
{
    char pattern[ID_PREFIX_MAX + 40];
    const int length =
        snprintf(pattern, sizeof pattern, "^%s_[0-7][0-9a-hjkmnp-tv-z]{25}$", prefix);
    CHECK(length > 0 && (size_t)length < sizeof pattern);
    json_write_text_member(writer, "pattern", pattern);
}

void schema_put_time(struct json_writer *writer)
{
    json_write_text_member(writer, "format", "date-time");
}

bool schema_has_null(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (texts[i] == NULL)
            return true;
    return false;
}

void schema_put_enum(struct json_writer *writer, const char *const *texts, size_t count,
                     bool nullable)
{
    json_write_array_member_begin(writer, "enum");
    for (size_t i = 0; i < count; i++)
        json_write_text(writer, texts[i]);
    if (nullable && !schema_has_null(texts, count))
        json_write_null(writer);
    json_write_array_end(writer);
}

void schema_put_words(struct json_writer *writer, const char *const *texts, size_t count,
                      bool nullable)
{
    schema_put_type(writer, "array", nullable);
    json_write_boolean_member(writer, "uniqueItems", true);
    json_write_object_member_begin(writer, "items");
    schema_put_type(writer, "string", false);
    schema_put_enum(writer, texts, count, false);
    json_write_object_end(writer);
}

void schema_begin(struct json_writer *writer, const char *meaning)
{
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "object");
    json_write_text_member(writer, "description", meaning);
    json_write_boolean_member(writer, "additionalProperties", false);
}
