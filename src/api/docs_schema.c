/* See docs_schema.h. */
#include "api/docs_schema.h"

#include <string.h>

/* As many as any real number of JSON keeps, so 0.2 is written as it was read. */
#define REAL_DIGITS 15

const char *docs_member(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

const char *docs_reference(json_t *value)
{
    const char *pointer = json_string_value(json_object_get(value, "$ref"));
    return pointer == NULL ? NULL : pointer + strlen("#/components/");
}

void docs_link(struct html *html, const char *reference, const char *text)
{
    html_raw(html, "<a href=\"#");
    html_text(html, reference);
    html_raw(html, "\">");
    html_text(html, text);
    html_raw(html, "</a>");
}

/* ---- JSON as it is ---- */

static int take_json(const char *bytes, size_t length, void *owner)
{
    html_text_n(owner, bytes, length);
    return 0;
}

static void tell_json(struct html *html, json_t *value, size_t flags)
{
    if (json_dump_callback(value, take_json, html,
                           JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS) | flags) != 0)
        html->failed = true;
}

static void tell_code(struct html *html, json_t *value)
{
    html_raw(html, "<code>");
    tell_json(html, value, JSON_COMPACT);
    html_raw(html, "</code>");
}

/* ---- Values ---- */

static void tell_choice(struct html *html, json_t *schemas, const char *between)
{
    size_t index;
    json_t *schema;
    json_array_foreach(schemas, index, schema)
    {
        if (index > 0)
            html_raw(html, between);
        docs_value(html, schema);
    }
}

static void tell_constants(struct html *html, json_t *values)
{
    size_t index;
    json_t *value;
    json_array_foreach(values, index, value)
    {
        html_raw(html, index > 0 ? ", " : ": ");
        tell_code(html, value);
    }
}

/* "string", or "string or null". */
static void tell_type(struct html *html, json_t *type)
{
    size_t index;
    json_t *each;
    if (json_is_string(type))
        html_text(html, json_string_value(type));
    json_array_foreach(type, index, each)
    {
        if (index > 0)
            html_raw(html, " or ");
        html_text(html, json_string_value(each));
    }
}

/* Whether docs_value or docs_members has a way of its own to tell it. */
static bool is_told_apart(const char *keyword)
{
    static const char *const told[] = {
        "$ref",
        "type",
        "enum",
        "anyOf",
        "oneOf",
        "items",
        "prefixItems",
        "description",
        "properties",
        "required",
        "additionalProperties",
        "x-events",
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (strcmp(keyword, told[i]) == 0)
            return true;
    return false;
}

/* Every other keyword with its value, so that none is left out. */
static void tell_rest(struct html *html, json_t *schema)
{
    const char *keyword;
    json_t *value;
    json_object_foreach(schema, keyword, value)
    {
        if (is_told_apart(keyword))
            continue;
        html_raw(html, ", ");
        html_text(html, keyword);
        html_raw(html, " ");
        tell_code(html, value);
    }
}

void docs_value(struct html *html, json_t *schema)
{
    const char *reference = docs_reference(schema);
    if (reference != NULL) {
        docs_link(html, reference, strchr(reference, '/') + 1);
        return;
    }
    tell_type(html, json_object_get(schema, "type"));
    tell_constants(html, json_object_get(schema, "enum"));
    tell_choice(html, json_object_get(schema, "anyOf"), " or ");
    tell_choice(html, json_object_get(schema, "oneOf"), " or ");
    if (json_object_get(schema, "items") != NULL) {
        html_raw(html, " of ");
        docs_value(html, json_object_get(schema, "items"));
    }
    if (json_object_get(schema, "prefixItems") != NULL) {
        html_raw(html, " of ");
        tell_choice(html, json_object_get(schema, "prefixItems"), " and ");
    }
    tell_rest(html, schema);
}

/* ---- Members ---- */

static bool is_required(json_t *schema, const char *member)
{
    size_t index;
    json_t *name;
    json_array_foreach(json_object_get(schema, "required"), index,
                       name) if (strcmp(json_string_value(name), member) == 0) return true;
    return false;
}

/* A table of schemas that have names. `schema` says which of them must be there; NULL: all. */
static void tell_named(struct html *html, const char *heading, json_t *named, json_t *schema)
{
    const char *name;
    json_t *value;
    if (named == NULL)
        return;
    html_raw(html, "<table><thead><tr><th>");
    html_raw(html, heading);
    html_raw(html, "<th>Value<th>Meaning</thead><tbody>\n");
    json_object_foreach(named, name, value)
    {
        const bool optional = schema != NULL && !is_required(schema, name);
        html_raw(html, "<tr><td><code>");
        html_text(html, name);
        html_raw(html, optional ? "</code> (optional)<td>" : "</code><td>");
        docs_value(html, value);
        html_raw(html, "<td>");
        html_text(html, docs_member(value, "description"));
        docs_members(html, value);
        html_raw(html, "\n");
    }
    html_raw(html, "</tbody></table>\n");
}

void docs_members(struct html *html, json_t *schema)
{
    if (json_object_get(schema, "items") != NULL)
        docs_members(html, json_object_get(schema, "items"));
    tell_named(html, "Member", json_object_get(schema, "properties"), schema);
    tell_named(html, "Event", json_object_get(schema, "x-events"), NULL);
}

/* ---- Content ---- */

/* JSON with a member a line; a text, as CSV is, in its own lines. */
static void tell_example(struct html *html, const char *name, json_t *value)
{
    html_raw(html, "<details><summary>Example: ");
    html_text(html, name);
    html_raw(html, "</summary><pre>");
    if (json_is_string(value))
        html_text(html, json_string_value(value));
    else
        tell_json(html, value, JSON_INDENT(2));
    html_raw(html, "</pre></details>\n");
}

static void tell_form(struct html *html, const char *type, json_t *body)
{
    json_t *schema = json_object_get(body, "schema");
    html_raw(html, "<p><code>");
    html_text(html, type);
    html_raw(html, "</code>: ");
    docs_value(html, schema);
    html_raw(html, " ");
    html_text(html, docs_member(schema, "description"));
    html_raw(html, "</p>\n");
    docs_members(html, schema);
    const char *name;
    json_t *example;
    json_object_foreach(json_object_get(body, "examples"), name, example)
        tell_example(html, name, json_object_get(example, "value"));
}

void docs_content(struct html *html, json_t *content)
{
    const char *type;
    json_t *body;
    json_object_foreach(content, type, body) tell_form(html, type, body);
}
