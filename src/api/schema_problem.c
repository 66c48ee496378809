/* The shapes of refusals (RFC 9457). See openapi_schema.h. */
#include "api/openapi_schema.h"

#include "api/problem.h"
#include "api/schema_piece.h"

#include <string.h>

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
    json_write_text_member(
        writer, "description",
        "A JSON pointer into the body (RFC 6901), a column of CSV, or a parameter of "
        "the query.");
    json_write_object_end(writer);
    put_rules(writer);
    put_string(writer, "message", "What is wrong in English, for people.");
    put_bound(writer, "least", "Of range, length and count: from where on it is good.");
    put_bound(writer, "most", "Up to where it is.");
    put_string(writer, "other",
               "A JSON pointer to what it collides with; of CSV, its line, as in line 2.");
    put_bound(writer, "line", "Of CSV: the line, from 1.");
    put_bound(writer, "column", "The column in it, from 1; without it, the whole line.");
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
    schema_begin(writer, schema->meaning);
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
        schema_put_fields(writer, told);
    json_write_object_end(writer);
    json_write_array_member_begin(writer, "required");
    json_write_raw(writer, always, sizeof always - 1);
    if (has_errors(schema))
        json_write_text(writer, "errors");
    if (told != OBJECT_NONE)
        schema_put_field_names(writer, told);
    json_write_array_end(writer);
    json_write_object_end(writer);
}
